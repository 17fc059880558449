"""Splitting Markdown into pieces that fit a message: between paragraphs if possible, never inside a line that fits.

A code fence that is split is closed in one piece and opened again in the next, so every piece renders by itself.
`"".join(piece.text for piece in pieces(text, limit))` is `text` again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.discord.ui.text import beginning, width

_FENCE = re.compile(r"^ {0,3}(?P<mark>`{3,10})(?P<info>[^`\n]{0,40})$")
#: What the fence marks around a piece may take: a mark with a language before it, a mark after it, two line ends.
_MARKS = 62
#: A cut between paragraphs is taken unless it would leave the piece emptier than this.
_FULL_ENOUGH = 1 / 3


@dataclass(frozen=True, slots=True)
class MessagePiece:
    """One piece: its part of the whole text, and the fence marks it needs to stand alone."""

    text: str
    opening: str = ""
    closing: str = ""

    @property
    def shown(self) -> str:
        """What is sent."""
        return f"{self.opening}{self.text}{self.closing}"


@dataclass(frozen=True, slots=True)
class _SourceLine:
    """A line, its end included, or a part of one; `fence` is the line that opened the code it ends in, or empty."""

    text: str
    fence: str

    @property
    def ends_paragraph(self) -> bool:
        return not self.fence and not self.text.strip()

    @property
    def opens_code(self) -> bool:
        return bool(self.fence) and self.text.rstrip("\n") == self.fence

    @property
    def closing(self) -> str:
        mark = re.match(r" {0,3}(`*)", self.fence)
        if not self.fence or mark is None:
            return ""
        return ("" if self.text.endswith("\n") else "\n") + mark[1]


def pieces(text: str, limit: int) -> list[MessagePiece]:
    """Cut `text` into pieces that are at most `limit` wide, fence marks included.

    Raises:
        ValueError: a limit that fence marks alone could fill.
    """
    if limit <= 2 * _MARKS:
        raise ValueError(f"pieces of {limit} characters are too short to hold a code fence")
    lines = list(_lines(text, limit - _MARKS))
    done: list[MessagePiece] = []
    start = 0
    while start < len(lines):
        fence = lines[start - 1].fence if start else ""
        opening = f"{fence}\n" if fence else ""
        end = _cut(lines, start, limit - width(opening))
        part = "".join(line.text for line in lines[start:end])
        done.append(MessagePiece(part, opening, lines[end - 1].closing if end < len(lines) else ""))
        start = end
    return done or [MessagePiece(text)]


def _cut(lines: list[_SourceLine], start: int, room: int) -> int:
    """Return where the piece that begins at `start` should end: the index after its last line."""
    size, end, paragraph = 0, start, start
    while end < len(lines) and size + width(lines[end].text) + len(lines[end].closing) <= room:
        size += width(lines[end].text)
        end += 1
        if lines[end - 1].ends_paragraph and size >= room * _FULL_ENOUGH:
            paragraph = end
    if end == len(lines):
        return end
    if paragraph > start:
        return paragraph
    # A piece that ends in the mark of a fence would show an empty block.
    return end - 1 if end - 1 > start and lines[end - 1].opens_code else max(end, start + 1)


def _lines(text: str, longest: int) -> list[_SourceLine]:
    found: list[_SourceLine] = []
    fence = ""
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):  # not splitlines: it knows more line ends than Markdown
        match = _FENCE.match(line.rstrip("\n"))
        if match and not fence:
            fence = line.rstrip("\n")
        elif match and not match["info"].strip() and match["mark"].startswith(_mark(fence)):
            fence = ""
        found += [_SourceLine(part, fence) for part in _parts(line, longest)]
    return found


def _mark(fence: str) -> str:
    return re.sub(r"[^`].*", "", fence.lstrip())


def _parts(line: str, longest: int) -> list[str]:
    """Cut one line that no message could hold."""
    parts = []
    while width(line) > longest:
        part = beginning(line, longest) or line[:1]  # one character with hundreds of marks
        parts.append(part)
        line = line[len(part) :]
    return [*parts, line] if line else parts
