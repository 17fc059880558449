"""Lines of one style through a document, and where the question of each ends: at the next, or at what is above it."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from knowledge.importer.counting import chapter_above
from knowledge.importer.layout import Layout
from knowledge.importer.marks import Mark, Style


@dataclass
class StyleRun:
    """The lines of one style, as a candidate: where its questions start, and where each ends."""

    style: Style
    starts: list[int]
    ends: list[int] = field(default_factory=list)

    @property
    def level(self) -> int:
        """The level of its headings; 0 if it has none."""
        return self.style.level if self.style.kind == "hash" else 0


@dataclass(frozen=True, slots=True)
class QuestionStart:
    """Where a question begins and ends, what its line says, and where its answer stands if that is apart."""

    index: int
    end: int
    mark: Mark
    answer: range = range(0)


def ends(layout: Layout, run: StyleRun) -> list[int]:
    """Return where each question of a run ends: at the next one, or at a heading that is above it."""
    deepest = run.level or max(2, _chapter_level(layout, run))
    opening = set(run.starts)
    inner = repeated(layout)
    chapters = {chapter_above(layout, n) for n in run.starts if (layout.marks[n].number or 0) <= 1 and not run.level}
    above = {n for n, level in layout.headings.items() if level <= deepest and n not in inner}
    above |= {n for n in chapters if n is not None}
    above -= opening
    closing = sorted(above.union(_rule_behind(layout, run, above | opening)))
    folded = _folded(layout, run.starts) if run.style.kind == "summary" else {}
    found = []
    for n, following in zip(run.starts, [*run.starts[1:], len(layout.items)], strict=True):
        place = bisect_right(closing, n)
        found.append(min(following, closing[place] if place < len(closing) else following, folded.get(n, following)))
    return found


def _rule_behind(layout: Layout, run: StyleRun, bounds: set[int]) -> list[int]:
    """Return the rule that ends the last question, if no rule stands within the others, but between them at most."""
    # A rule right below a text is often meant as an underline.
    free = [n for n in layout.rules if n and not (layout.texts[n - 1] or "").strip()]
    within = [n for n in free if (below := layout.next_text(n)) is not None and below not in bounds]
    last = [n for n in within if n > run.starts[-1]]
    return last[:1] if len(run.starts) > 1 and len(last) == len([n for n in within if n > run.starts[0]]) == 1 else []


def _chapter_level(layout: Layout, run: StyleRun) -> int:
    """Return the deepest level of headings that stand right above a question."""
    opening = set(run.starts)
    return max(
        (level for n, level in layout.headings.items() if n not in opening and layout.next_text(n) in opening),
        default=0,
    )


def repeated(layout: Layout) -> set[int]:
    """Return the headings whose words recur, as those of a question's parts do (`### Approach` below each)."""
    seen: dict[str, list[int]] = defaultdict(list)
    for n in layout.headings:
        mark = layout.marks.get(n)
        if mark is not None and not mark.numbered and not mark.asks and not mark.matter:
            seen[mark.title.casefold()].append(n)
    return {n for lines in seen.values() if len(lines) > 1 for n in lines}


def _folded(layout: Layout, opening: Sequence[int]) -> dict[int, int]:
    """Return for each question in `<details>` the index behind its own `</details>`."""
    wanted, ends, depth = set(opening), {}, 0
    inside: list[tuple[int, int]] = []
    for n, text in enumerate(layout.texts):
        lower = (text or "").lower()
        depth += lower.count("<details")
        if n in wanted:
            inside.append((n, depth))
        depth -= lower.count("</details")
        while inside and depth < inside[-1][1]:
            ends[inside.pop()[0]] = n + 1
    return ends
