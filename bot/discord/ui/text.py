"""Escaping text from outside for Discord, and lengths as Discord may count them."""

from __future__ import annotations

import re
import unicodedata

from bot.wording.foreign import beginning as beginning
from bot.wording.foreign import clip as clip
from bot.wording.foreign import ending, printable
from bot.wording.foreign import width as width

#: All text of one Components V2 message together.
MESSAGE_TEXT = 4_000
#: Left free of it, for what is added behind.
_SPARE = 100
#: Text of a button, an option of a select, and a choice of autocompletion.
BUTTON_LABEL = 80
OPTION_LABEL = 100
CHOICE_NAME = 100
#: Files on one message, one of them, and all of them (the request has a limit of its own).
FILES = 10
FILE_BYTES = 10_000_000
REQUEST_BYTES = 24_000_000

ZERO_WIDTH = "\u200b"
#: Combining marks that may follow one character. Living scripts stack two; more is decoration that spills over lines.
_MARKS = 2
_FENCE = re.compile(r"`(?=``)|(?<=`)`(?=`)")
_MENTION = re.compile(r"@(?=everyone|here)|<(?=@[!&]?\d|#\d|id:|a?:\w+:\d|t:-?\d|/[^\s>]+:\d)", re.IGNORECASE)
_INVISIBLE = re.compile("[\u00ad\u180e\u200b\u2060-\u2064\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
#: What formats within a line, or at its beginning. discord.py's `escape_markdown` leaves alone what stands between the
#: first and the last link of a line.
_MARKDOWN = re.compile(r"[\\`*_~|\[]|^[>#-]")
_LINE_ENDS = re.compile("[\u0085\u2028\u2029]")
#: What stands for a member, a role or a channel.
_NAMES = re.compile(r"<(?:@[!&]?|#)\d+>")


def neutralise(text: str) -> str:
    """Return `text` so that it can neither ping, nor leave its code block, nor disturb the lines around it.

    Escape sequences, bidi controls, invisible and control characters go; fences and mentions get a zero-width space
    between their characters; piles of combining marks are cut down.
    """
    text = _LINE_ENDS.sub("\n", _INVISIBLE.sub("", printable(_last_of_each_line(text))))
    text = _capped_marks(text)
    text = _FENCE.sub("`" + ZERO_WIDTH, text)
    return _MENTION.sub(lambda match: match[0] + ZERO_WIDTH, text)


def _last_of_each_line(text: str) -> str:
    """Do what a terminal does with a carriage return, so that a progress bar is one line, not hundreds."""
    text = text.replace("\r\n", "\n")
    if "\r" not in text:
        return text
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))


def _capped_marks(text: str) -> str:
    if text.isascii():
        return text
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= _MARKS:
            kept.append(character)
    return "".join(kept)


def one_line(text: str, limit: int) -> str:
    """Return foreign text as one harmless line without any formatting, at most `limit` long."""
    line = " ".join(neutralise(text).split())
    escaped = _MARKDOWN.sub(r"\\\g<0>", line)
    while width(escaped) > limit:  # escaping lengthens, so the cut is made before it
        line = beginning(line, width(line) - max(1, (width(escaped) - limit) // 2 + 1))
        escaped = _MARKDOWN.sub(r"\\\g<0>", line) + "…"
    return escaped


def nameless(text: str, limit: int) -> str:
    """Return the beginning of what a member typed, fit to be kept: it names nobody, and has no control characters."""
    lines = (" ".join(line.split()) for line in printable(_NAMES.sub(" ", text)).split("\n"))
    return beginning("\n".join(lines).strip(), limit)


def tail(text: str, limit: int, lines: int) -> tuple[str, int]:
    """Return the end of `text` within `limit` and `lines`, and how many lines it leaves out.

    A line that is too long by itself loses its beginning.
    """
    rows = text.split("\n")
    kept: list[str] = []
    room = limit
    for row in reversed(rows[-lines:]):
        if width(row) + 1 > room:
            break
        kept.append(row)
        room -= width(row) + 1
    if not kept:
        kept = ["…" + ending(rows[-1], limit - 2)]
    return "\n".join(reversed(kept)), len(rows) - len(kept)


def code_block(text: str) -> str:
    """Return neutralised `text` as a code block."""
    return f"```\n{text}\n```"


def fitting(blocks: list[str]) -> list[str]:
    """Cut the longest block down until all of them fit one message."""
    while (excess := sum(map(width, blocks)) - (MESSAGE_TEXT - _SPARE)) > 0:
        longest = max(range(len(blocks)), key=lambda index: width(blocks[index]))
        blocks[longest] = clip(blocks[longest], max(20, width(blocks[longest]) - excess - 1))
    return blocks
