"""Flashcards in a table: a row a question, under a head that says so.

| Question | Answer |
|----------|--------|
| What …?  | …      |        →   Q: What …?   A: …
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.importer.lines import Fence, Prose

_QUESTION = re.compile(r"\W*(?:questions?|q|front|题目|问题|问|面试题)\W*", re.IGNORECASE)
_ANSWER = re.compile(r"\W*(?:answers?|a|back|答案|参考答案|回答|解答|答)\W*", re.IGNORECASE)
_BELOW_HEAD = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)*\s*:?-*:?\s*")
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
            found.extend(_row(item, columns))
        else:
            is_head = isinstance(below, Prose) and "-" in below.text and len(below.text) < 1000
            columns = _columns(text) if is_head and _BELOW_HEAD.fullmatch(below.text) else None  # type: ignore[union-attr]
            any_table |= columns is not None
            found.append(item)
    return found if any_table else None


def _columns(head: str) -> tuple[int, int] | None:
    cells = _cells(head)
    asks = [n for n, cell in enumerate(cells) if _QUESTION.fullmatch(cell)]
    answers = [n for n, cell in enumerate(cells) if _ANSWER.fullmatch(cell)]
    return (asks[0], answers[0]) if asks and answers else None


def _row(item: Prose, columns: tuple[int, int]) -> list[Prose]:
    cells = _cells(item.text)
    if not "".join(cells).strip(" :-"):
        return []  # the line below the head
    asked, answer = (cells[n] if n < len(cells) else "" for n in columns)
    others = [cell for n, cell in enumerate(cells) if n not in columns and cell and not cell.isdecimal()]
    return [Prose(item.line, f"Q: {asked}"), Prose(item.line, f"A: {' '.join([answer, *others])}")]


def _cells(row: str) -> list[str]:
    inner = row.strip().removeprefix("|").removesuffix("|")
    return [cell.replace("\\|", "|").strip() for cell in _CELL_END.split(inner)]
