"""The numbers of one list through a whole document: which go on, and which belong to lists within answers.

1 2 3 | 1 2 | 4 …   →   1 2 3 4 …
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from knowledge.importer.layout import Layout

#: What a line is worth as a question, and what a number costs that does not follow on.
_ASKING, _OTHER, _BOLD_TITLE, _GAP, _RESTART = 2.0, 0.4, 0.4, 1.0, 6.0
_CHAPTER = 1.5  # a restart below a line that may head a chapter, or a list in an answer
#: So many numbers may be missing.
NEAR = 5
#: More ones than this share: `1.` before each is how Markdown lets one count.
_MOSTLY = 0.5


def chain(layout: Layout, lines: Sequence[int]) -> list[int]:
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
    counted = _Chain(layout, lines, [number or 0 for number in numbers])
    for at in range(len(lines)):
        counted.add(at)
    return _asking_chapters(layout, counted.best_lines())


class _Chain:
    """The chains that end with each line read so far: what each is worth, and the line before its last."""

    def __init__(self, layout: Layout, lines: Sequence[int], numbers: Sequence[int]) -> None:
        self.layout = layout
        self.lines = lines
        self.numbers = numbers
        self.chapters = sorted(layout.headings)
        self.worth: list[float] = []
        self.back: list[int | None] = []
        self.by_number: dict[int, int] = {}
        self.best: int | None = None

    def add(self, at: int) -> None:
        """Read the next line: it goes on from the chain that makes it worth most, or begins one."""
        number = self.numbers[at]
        value, before = max(self._ways(at), key=lambda way: (way[0], -1 if way[1] is None else way[1]))
        self.worth.append(value + _line_worth(self.layout, self.lines[at]))
        self.back.append(before)
        if number not in self.by_number or self.worth[at] >= self.worth[self.by_number[number]]:
            self.by_number[number] = at
        if self.best is None or self.worth[at] >= self.worth[self.best]:
            self.best = at

    def best_lines(self) -> list[int]:
        """Return the lines of the best chain, in order."""
        found: list[int] = []
        at = self.best
        while at is not None:
            found.append(self.lines[at])
            at = self.back[at]
        return found[::-1]

    def _ways(self, at: int) -> Iterator[tuple[float, int | None]]:
        """Yield what a chain is worth before the line, and its last line, for each that the line may go on from."""
        yield 0.0, None
        number = self.numbers[at]
        for step in range(1, NEAR + 1):
            if (before := self.by_number.get(number - step)) is not None:
                yield self.worth[before] - _GAP * (step > 1), before
        if self.best is None:
            return
        costs = _GAP if number > self.numbers[self.best] else _RESTART
        if number <= 1:
            first, n = self.lines[self.best], self.lines[at]
            if bisect_left(self.chapters, n) > bisect_left(self.chapters, first):
                costs = 0.0
            elif chapter_above(self.layout, n) is not None:
                costs = _CHAPTER
        yield self.worth[self.best] - costs, self.best


def _dotted(layout: Layout, lines: Sequence[int]) -> list[int]:
    """Return the lines whose dotted numbers go on from the one before: 2.3 after 2.2, 3.1 after any 2."""
    found: list[int] = []
    for n in lines:
        path = layout.marks[n].path
        before = layout.marks[found[-1]].path if found else path[:-1] + (path[-1] - 1,)
        goes_on = before[:-1] == path[:-1] and 0 < path[-1] - before[-1] <= NEAR
        if goes_on or (before[:-1] < path[:-1] and path[-1] <= 1):
            found.append(n)
    return found


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


def chapter_above(layout: Layout, n: int) -> int | None:
    """Return the line right above that may head a chapter: `一、基础`, or a bold line that asks nothing."""
    above = next((m for m in range(n - 1, max(-1, n - 4), -1) if not layout.blank(m)), None)
    mark = layout.marks.get(above) if above is not None else None
    text = (layout.texts[above] or "").strip() if above is not None else ""
    if mark is None or mark.asks or mark.rest or text.endswith((":", "：", ":**", "：**")):
        return None
    # Letters count within numbers: `1. GANs`, `(a) What …?`, `(b) …`, `2. VAEs`, `(a) …`.
    lettered = layout.marks[n].style.numbering.lower().strip("(.)、") == "a" if n in layout.marks else False
    heads = mark.style.kind == "bold" or (mark.style.kind == "number" and ("一" in mark.style.numbering or lettered))
    return above if heads else None
