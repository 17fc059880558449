"""Flashcards: a row of a table a question, under a head that says so, or a line with its two sides apart.

| Question | Answer |
|----------|--------|
| What …?  | …      |        →   Q: What …?   A: …

What …? ⇥ …    What …? :: …    question,answer
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

from knowledge.importer.lines import Fence, Prose

_QUESTION = re.compile(r"\W*(?:questions?|q|front|题目|问题|问|面试题)\W*", re.IGNORECASE)
_ANSWER = re.compile(r"\W*(?:answers?|a|back|答案|参考答案|回答|解答|答)\W*", re.IGNORECASE)
_BELOW_HEAD = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)*\s*:?-*:?\s*")
_CARDS = 2  # so many lines, and they may be cards
_CELL_END = re.compile(r"(?<!\\)\|")


def unfolded(items: Sequence[Prose | Fence]) -> list[Prose | Fence] | None:
    """Return the items with the rows of such tables as lines with labels; None if there is no such table.

    Cells beside the two become part of the answer, so that no column is lost.
    """
    found: list[Prose | Fence] = []
    columns: tuple[int, int] | None = None
    any_table = False
    for item, below in zip(items, [*items[1:], None], strict=True):
        text = item.text if isinstance(item, Prose) and item.role == "text" else ""
        if "|" not in text:
            columns = None
            found.append(item)
        elif columns is not None and isinstance(item, Prose):
            found.extend(_row(item.line, _cells(item.text), columns))
        else:
            is_head = isinstance(below, Prose) and "-" in below.text and len(below.text) < 1000
            columns = _columns(_cells(text)) if is_head and _BELOW_HEAD.fullmatch(below.text) else None  # type: ignore[union-attr]
            any_table |= columns is not None
            found.append(item)
    return found if any_table else None


def separated(items: Sequence[Prose | Fence]) -> list[Prose | Fence] | None:
    """Return cards with a tab, `::` or a comma between their sides as lines with labels; None if these are none.

    Each line is a card, and a head names the sides or most of the first sides ask; with commas there has to be a head.
    """
    lines = [item for item in items if isinstance(item, Prose) and item.role == "text" and item.text.strip()]
    if len(lines) < _CARDS or any(isinstance(item, Fence) for item in items):
        return None
    for separator in ("\t", "::", ","):
        rows = [_sides(line.text, separator) for line in lines]
        wide = max(2, len(rows[0])) if separator == "," else 2
        if any(len(row) < wide or not row[0] for row in rows):
            continue
        named = _columns(rows[0])
        asking = sum(row[0].endswith(("?", "？")) for row in rows)
        if named is None and (separator == "," or 2 * asking <= len(rows)):
            continue
        cards = zip(lines, rows, strict=True)
        head = [lines[0]] if named else []
        return [*head, *(side for line, row in [*cards][len(head) :] for side in _row(line.line, row, named or (0, 1)))]
    return None


def _sides(line: str, separator: str) -> list[str]:
    try:
        cells = next(csv.reader([line]), []) if separator == "," else line.split(separator)
    except csv.Error:  # a field beyond what the module reads
        return []
    return [cell.strip() for cell in cells]


def _columns(cells: Sequence[str]) -> tuple[int, int] | None:
    asks = [n for n, cell in enumerate(cells) if _QUESTION.fullmatch(cell)]
    answers = [n for n, cell in enumerate(cells) if _ANSWER.fullmatch(cell)]
    return (asks[0], answers[0]) if asks and answers else None


def _row(line: int, cells: Sequence[str], columns: tuple[int, int]) -> list[Prose]:
    if not "".join(cells).strip(" :-"):
        return []  # the line below the head
    asked, answer = (cells[n] if n < len(cells) else "" for n in columns)
    others = [cell for n, cell in enumerate(cells) if n not in columns and cell and not cell.isdecimal()]
    return [Prose(line, f"Q: {asked}"), Prose(line, f"A: {' '.join([answer, *others])}")]


def _cells(row: str) -> list[str]:
    inner = row.strip().removeprefix("|").removesuffix("|")
    return [cell.replace("\\|", "|").strip() for cell in _CELL_END.split(inner)]
