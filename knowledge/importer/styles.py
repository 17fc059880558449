"""Which lines of a document open its questions: decided over the whole document, not line by line.

    marks → runs, one a style → the run that explains the document best → what it leaves open, filled

Lists in answers look like questions, chapters look like questions, and tables of contents repeat them. But questions
recur: one style runs through the whole document, its numbers count on, most of its lines ask, each has a text of its
own below it, and an answer's label where the document has labels. Once a run is chosen, all of it is read as questions,
whatever a single line of it sounds like.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from knowledge.importer.layout import Layout
from knowledge.importer.marks import Mark, Style

#: What a run is worth: how much of the document it covers counts most, then labels, asking, texts, its markup.
_COVERS, _LABELS, _ASKS, _TEXTS, _COUNTS = 3.0, 4.0, 2.0, 1.0, 0.5
_ALONE = 1.5  # what recurs explains a document, one line seldom does
_MARKED = {"hash": 1.0, "label": 1.0, "summary": 0.8, "bold": 0.7, "number": 0.3, "bullet": 0.0, "plain": -0.3}
#: From this share of asking lines on, a run without any other sign is one of questions.
_MOSTLY = 0.5
#: In a list, what a line is worth as a question, and what a number costs that does not follow on.
_ASKING, _OTHER, _BOLD_TITLE, _GAP, _RESTART = 2.0, 0.4, 0.4, 1.0, 6.0
_CHAPTER = 1.5  # a restart below a line that may head a chapter, or a list in an answer
_NEAR = 5
_OF_QUESTIONS = re.compile(r"面试|面经|八股|题|问答|考点|interview|question|q&a|quiz|faq|flash ?cards?", re.IGNORECASE)
_ANSWERS = re.compile(r"(?:参考)?答案.{0,6}|解答|(?:the )?(?:answers?|solutions?)(?: keys?| sheet)?\W*", re.IGNORECASE)


@dataclass
class Run:
    """The lines of one style, as a candidate: where its questions start, and where each ends."""

    style: Style
    starts: list[int]
    ends: list[int] = field(default_factory=list)

    @property
    def level(self) -> int:
        """The level of its headings; 0 if it has none."""
        return self.style.level if self.style.kind == "hash" else 0


@dataclass(frozen=True, slots=True)
class Start:
    """Where a question begins and ends, what its line says, and where its answer stands if that is apart."""

    index: int
    end: int
    mark: Mark
    answer: range = range(0)


def starts(layout: Layout) -> list[Start]:
    """Return where the document's questions start, in order; empty if it has none."""
    runs = [run for run in _runs(layout) if run.starts]
    for run in runs:
        run.ends = _ends(layout, run)
    admitted = [run for run in runs if _admissible(layout, run)] or _topics(layout, runs)
    if not admitted:
        return []
    best = max(admitted, key=lambda run: (_worth(layout, run), -run.starts[0]))
    best.starts = _without_contents(layout, sorted({*best.starts, *_left_open(layout, best)}))
    best.ends = _ends(layout, best)
    apart = _answers_apart(layout, best)
    return [
        Start(n, min(end, apart.head or end), layout.marks[n], apart.answers.get(n, range(0)))
        for n, end in zip(best.starts, best.ends, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Apart:
    """Answers that stand together behind all questions: the index of their heading, and each question's."""

    head: int | None = None
    answers: Mapping[int, range] = field(default_factory=dict)


def _answers_apart(layout: Layout, run: Run) -> _Apart:
    """Find the answers of questions that have none below them, by their numbers, under a heading at the end."""
    numbers = {layout.marks[n].number: n for n in run.starts}
    head = next(
        (
            n
            for n in range(run.starts[-1] + 1, len(layout.items))
            if (n in layout.headings and _ANSWERS.fullmatch(layout.marks[n].title if n in layout.marks else ""))
            or (n in layout.labels and layout.labels[n].part == "answer" and not layout.labels[n].rest)
        ),
        None,
    )
    alone = all(below is None or below >= end for below, end in _below(layout, run, head or 0))
    if head is None or None in numbers or len(numbers) != len(run.starts) or len(numbers) < 2 or not alone:
        return _Apart()
    places: dict[int, int] = {}  # number → where its answer begins
    for n in range(head + 1, len(layout.items)):
        number = layout.marks[n].number if n in layout.marks else None
        expected = max(places, default=0)
        if number in numbers and number is not None and expected < number <= expected + _NEAR:
            places[number] = n
    if len(places) < 2 or len(places) < _MOSTLY * len(numbers):
        return _Apart()
    begins = [*places.values()]
    return _Apart(
        head,
        {
            numbers[number]: range(n, end)
            for (number, n), end in zip(places.items(), [*begins[1:], len(layout.items)], strict=True)
        },
    )


def _below(layout: Layout, run: Run, head: int) -> Iterator[tuple[int | None, int]]:
    for n, end in zip(run.starts, run.ends, strict=True):
        yield layout.next_text(n), min(end, head)


def _topics(layout: Layout, runs: Sequence[Run]) -> list[Run]:
    """Return the headings that name topics, each with its text, in a document whose title says it is one of questions."""
    first = min(layout.headings, default=None)
    title = (layout.texts[first] or "") if first is not None else ""
    if not _OF_QUESTIONS.search(title):
        return []
    return [
        run
        for run in runs
        if run.level and len(run.starts) > 1 and first not in run.starts and _texts(layout, run) == 1
    ]


def _runs(layout: Layout) -> Iterator[Run]:
    by_style: dict[Style, list[int]] = defaultdict(list)
    for n, mark in layout.marks.items():
        if not mark.links:
            by_style[mark.style].append(n)
    for style, lines in by_style.items():
        if style.kind == "hash":
            yield Run(style, _headings(layout, lines))
        elif style.kind == "number" or (style.kind == "bold" and style.numbering):
            yield Run(style, _counted(layout, lines))
        else:
            yield Run(style, lines)
    # Bold lines that count and bold lines that do not may be one run.
    bold = sorted(n for style, lines in by_style.items() if style.kind == "bold" for n in lines)
    asking = [n for n in bold if layout.marks[n].asks]
    if asking and len({layout.marks[n].style for n in asking}) > 1:
        yield Run(Style("bold"), asking)


def _headings(layout: Layout, lines: Sequence[int]) -> list[int]:
    """Return the headings of one level that are questions: if most count, those that do or that end with `?`."""
    marks = layout.marks
    repeated = _repeated(layout)
    lines = [n for n in lines if not marks[n].matter and n not in repeated]
    counting = [n for n in lines if marks[n].numbered and (marks[n].firm or marks[n].asks)]
    if 2 * len(counting) >= len(lines):
        return [n for n in lines if marks[n].numbered or marks[n].asks_outright]
    asking = [n for n in lines if marks[n].asks]
    return lines if len(asking) > _MOSTLY * len(lines) or layout.answers or not asking else asking


def _counted(layout: Layout, lines: Sequence[int]) -> list[int]:
    """Return the lines of one list through the whole document: numbers that count on, restarting at chapters.

    Answers hold lists in the same style; theirs are the numbers that fit worse. The best chain is found by dynamic
    programming, in a time linear in the number of lines.
    """
    marks = layout.marks
    if all(marks[n].path for n in lines):
        return _dotted(layout, lines)
    numbers = [marks[n].number for n in lines]
    if None in numbers or (numbers.count(1) > 1 and numbers.count(1) > _MOSTLY * len(numbers)):
        return list(lines)  # `1.` before each is how Markdown lets one count
    chapters = sorted(layout.headings)
    worth: list[float] = []
    back: list[int | None] = []
    by_number: dict[int, int] = {}
    best: int | None = None
    for at, (n, number) in enumerate(zip(lines, numbers, strict=True)):
        assert number is not None
        ways: list[tuple[float, int | None]] = [(0.0, None)]
        for step in range(1, _NEAR + 1):
            if (before := by_number.get(number - step)) is not None:
                ways.append((worth[before] - _GAP * (step > 1), before))
        if best is not None:
            passed = bisect_left(chapters, n) > bisect_left(chapters, lines[best])
            last = numbers[best] or 0
            costs = _GAP if number > last else _RESTART
            if number <= 1 and (passed or chapter_above(layout, n) is not None):
                costs = 0.0 if passed else _CHAPTER
            ways.append((worth[best] - costs, best))
        value, before = max(ways, key=lambda way: (way[0], -1 if way[1] is None else way[1]))
        worth.append(value + _line_worth(layout, n))
        back.append(before)
        if number not in by_number or worth[at] >= worth[by_number[number]]:
            by_number[number] = at
        if best is None or worth[at] >= worth[best]:
            best = at
    chain: list[int] = []
    while best is not None:
        chain.append(lines[best])
        best = back[best]
    return _asking_chapters(layout, chain[::-1])


def _dotted(layout: Layout, lines: Sequence[int]) -> list[int]:
    """Return the lines whose dotted numbers go on from the one before: 2.3 after 2.2, 3.1 after any 2."""
    chain: list[int] = []
    for n in lines:
        path = layout.marks[n].path
        before = layout.marks[chain[-1]].path if chain else path[:-1] + (path[-1] - 1,)
        goes_on = before[:-1] == path[:-1] and 0 < path[-1] - before[-1] <= _NEAR
        if goes_on or (before[:-1] < path[:-1] and path[-1] <= 1):
            chain.append(n)
    return chain


def _line_worth(layout: Layout, n: int) -> float:
    text = (layout.texts[n] or "").rstrip()
    below = layout.next_text(n)
    labelled = below is not None and below in layout.labels and layout.labels[below].part in ("answer", "question")
    asks = _ASKING if layout.marks[n].asks or labelled else _OTHER
    return asks + _BOLD_TITLE * text.endswith(("**", "__"))


def _asking_chapters(layout: Layout, chain: list[int]) -> list[int]:
    """Drop the parts of a chain, from a number that restarts to the next, in which nothing asks though others do."""
    parts: list[list[int]] = []
    for n in chain:
        number = layout.marks[n].number or 0
        if not parts or number <= (layout.marks[parts[-1][-1]].number or 0):
            parts.append([])
        parts[-1].append(n)
    asking = [part for part in parts if any(_line_worth(layout, n) >= _ASKING for n in part)]
    return [n for part in asking or parts for n in part]


def _ends(layout: Layout, run: Run) -> list[int]:
    """Return where each question of a run ends: at the next one, or at a heading that is above it."""
    deepest = run.level or max(2, _chapter_level(layout, run))
    opening = set(run.starts)
    repeated = _repeated(layout)
    chapters = {chapter_above(layout, n) for n in run.starts if (layout.marks[n].number or 0) <= 1 and not run.level}
    closing = [n for n, level in layout.headings.items() if level <= deepest and n not in opening and n not in repeated]
    closing = sorted({*closing, *(n for n in chapters if n is not None and n not in opening)})
    rule = _rule_behind(layout, run, closing)
    closing = sorted({*closing, *rule})
    folded = _folded(layout, run.starts) if run.style.kind == "summary" else {}
    ends = []
    for n, following in zip(run.starts, [*run.starts[1:], len(layout.items)], strict=True):
        place = bisect_right(closing, n)
        ends.append(min(following, closing[place] if place < len(closing) else following, folded.get(n, following)))
    return ends


def _rule_behind(layout: Layout, run: Run, closing: Sequence[int]) -> list[int]:
    """Return the rule that ends the last question, if rules stand nowhere within the others, but between them at most."""
    bounds = sorted({*run.starts, *closing})
    # A rule right below a text is often meant as an underline.
    free = [n for n in layout.rules if n and not (layout.texts[n - 1] or "").strip()]
    within = [n for n in free if (below := layout.next_text(n)) is not None and below not in bounds]
    last = [n for n in within if n > run.starts[-1]]
    return last[:1] if len(run.starts) > 1 and len(last) == len([n for n in within if n > run.starts[0]]) == 1 else []


def chapter_above(layout: Layout, n: int) -> int | None:
    """Return the line right above that may head a chapter without hashes: `一、基础`, or a bold line that asks nothing."""
    above = next((m for m in range(n - 1, max(-1, n - 4), -1) if not layout.blank(m)), None)
    mark = layout.marks.get(above) if above is not None else None
    text = (layout.texts[above] or "").strip() if above is not None else ""
    if mark is None or mark.asks or mark.rest or text.endswith((":", "：", ":**", "：**")):
        return None
    heads = mark.style.kind == "bold" or (mark.style.kind == "number" and "一" in mark.style.numbering)
    return above if heads else None


def _chapter_level(layout: Layout, run: Run) -> int:
    """Return the deepest level of headings that stand right above a question."""
    opening = set(run.starts)
    return max(
        (level for n, level in layout.headings.items() if n not in opening and layout.next_text(n) in opening),
        default=0,
    )


def _repeated(layout: Layout) -> set[int]:
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


def _admissible(layout: Layout, run: Run) -> bool:
    """Tell whether lines of this style can be questions at all."""
    marks = [layout.marks[n] for n in run.starts]
    if run.style.kind == "number" and len(marks) == 1 and not marks[0].asks_outright and not layout.answers:
        return False  # `1.5 is a number`
    if _share(marks, "asks") >= _MOSTLY or _labelled(layout, run) >= _MOSTLY:
        return (
            run.style.kind not in ("bullet", "plain")
            or _labelled(layout, run) > 0
            or _texts(layout, run) > 0
            or (run.style.kind == "bullet" and len(marks) > 1)
        )
    return run.style.kind in ("hash", "bold", "label", "summary") and _share(marks, "firm") >= _MOSTLY


def _worth(layout: Layout, run: Run) -> float:
    marks = [layout.marks[n] for n in run.starts]
    sizes = layout.sizes
    covered = sum(sizes[end] - sizes[start] for start, end in zip(run.starts, run.ends, strict=True))
    return (
        -_ALONE * (len(marks) == 1)
        + _COVERS * covered / max(1, sizes[-1])
        + _LABELS * _labelled(layout, run)
        + _ASKS * _share(marks, "asks")
        + _TEXTS * _texts(layout, run)
        + _COUNTS * (_share(marks, "numbered") + math.log2(len(marks)))
        + _MARKED[run.style.kind]
    )


def _share(marks: Sequence[Mark], what: str) -> float:
    return sum(bool(getattr(mark, what)) for mark in marks) / len(marks)


def _texts(layout: Layout, run: Run) -> float:
    """Return the share of questions that have a text of their own, before any section."""
    own = 0
    for n, end in zip(run.starts, run.ends, strict=True):
        below = layout.next_text(n)
        own += bool(layout.marks[n].rest) or (below is not None and below < end and below not in layout.headings)
    return own / len(run.starts)


def _labelled(layout: Layout, run: Run) -> float:
    """Return the share of questions with one answer's label, or of labels that belong to one, whichever is less."""
    answers = layout.answers
    one = 0
    for n, end in zip(run.starts, run.ends, strict=True):
        one += bisect_left(answers, end) - bisect_right(answers, n) == 1
    return one / max(len(run.starts), len(answers)) if answers else 0.0


def _left_open(layout: Layout, run: Run) -> Iterator[int]:
    """Yield the questions of other styles: numbers that the run leaves out, higher headings that ask, second labels."""
    taken = set(run.starts)
    counts = _share([layout.marks[n] for n in run.starts], "firm") >= _MOSTLY
    for n, level in layout.headings.items():
        mark = layout.marks.get(n)
        if mark is None or (counts and not mark.numbered) or (level == 1 and n < run.starts[0]):
            continue
        if run.level and level < run.level and mark.asks_outright and not mark.matter:
            below = layout.next_text(n)
            if below is not None and below not in layout.headings:
                yield n
    bounds = [*zip(run.starts, [*run.starts[1:], len(layout.items)], strict=True)]
    others = [n for n, mark in layout.marks.items() if n not in taken and not mark.links]
    for n, following in bounds:
        between = others[bisect_right(others, n) : bisect_left(others, following)]
        yield from _missing_numbers(layout, n, following, between)
        yield from _second_labels(layout, n, following, between)


def _missing_numbers(layout: Layout, n: int, following: int, between: Sequence[int]) -> Iterator[int]:
    """Yield marked-up lines with the numbers that are missing between two questions."""
    number = layout.marks[n].number
    after = layout.marks[following].number if following in layout.marks else None
    for m in between:
        mark = layout.marks[m]
        strong = mark.style.kind in ("hash", "bold", "label") and mark.style.kind != layout.marks[n].style.kind
        if number is None or after is None or mark.number != number + 1 or not mark.firm or not strong:
            continue
        if number + 1 < after:
            number += 1
            yield m


def _second_labels(layout: Layout, n: int, following: int, between: Sequence[int]) -> Iterator[int]:
    """Yield what stands before a second answer's label: that answers another question."""
    answered = False
    since: list[int] = []
    marks = {*between}
    for m in range(n + 1, following):
        label = layout.labels.get(m)
        if label is not None and label.part == "answer":
            if answered and since:
                asked = [each for each in since if layout.marks[each].style.kind in ("hash", "bold", "label")]
                yield asked[-1] if asked else since[-1]
            answered, since = True, []
        elif m in marks and (layout.marks[m].numbered or layout.marks[m].asks or m in layout.labels):
            since.append(m)
        elif m in layout.labels:
            since = []


def _without_contents(layout: Layout, found: Sequence[int]) -> list[int]:
    """Return the questions without those that only announce a later one: a table of contents in plain text."""
    later: set[str] = set()
    kept: list[int] = []
    for n, following in zip(reversed(found), [len(layout.items), *reversed(found)], strict=False):
        mark = layout.marks[n]
        below = layout.next_text(n)
        empty = not mark.rest and (below is None or below >= following or below in layout.headings)
        key = "".join(mark.title.split()).casefold()
        if not (empty and key and key in later):
            kept.append(n)
            later.add(key)
    return kept[::-1]
