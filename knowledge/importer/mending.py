"""What one style leaves open: questions marked up otherwise, contents that repeat them, answers that stand apart."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from knowledge.importer.counting import NEAR
from knowledge.importer.layout import Layout
from knowledge.importer.runs import StyleRun

_ANSWERS = re.compile(r"(?:参考)?答案.{0,6}|解答|(?:the )?(?:answers?|solutions?)(?: keys?| sheet)?\W*", re.IGNORECASE)
#: Below this share, numbers behind a heading of answers are no answers' numbers.
_MOSTLY = 0.5


def left_open(layout: Layout, run: StyleRun) -> Iterator[int]:
    """Yield the questions of other styles: numbers that the run leaves out, higher headings that ask, second labels."""
    taken = set(run.starts)
    counts = sum(layout.marks[n].firm for n in run.starts) >= _MOSTLY * len(run.starts)
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


def without_contents(layout: Layout, found: Sequence[int]) -> list[int]:
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


@dataclass(frozen=True, slots=True)
class Apart:
    """Answers that stand together behind all questions: the index of their heading, and each question's."""

    head: int | None = None
    answers: Mapping[int, range] = field(default_factory=dict)


def answers_apart(layout: Layout, run: StyleRun) -> Apart:
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
        return Apart()
    places: dict[int, int] = {}  # number → where its answer begins
    last = 0
    for n in range(head + 1, len(layout.items)):
        number = layout.marks[n].number if n in layout.marks else None
        if number in numbers and number is not None and last < number <= last + NEAR:
            places[number] = n
            last = number
    if len(places) < 2 or len(places) < _MOSTLY * len(numbers):
        return Apart()
    begins = [*places.values()]
    return Apart(
        head,
        {
            numbers[number]: range(n, end)
            for (number, n), end in zip(places.items(), [*begins[1:], len(layout.items)], strict=True)
        },
    )


def _below(layout: Layout, run: StyleRun, head: int) -> Iterator[tuple[int | None, int]]:
    for n, end in zip(run.starts, run.ends, strict=True):
        yield layout.next_text(n), min(end, head)
