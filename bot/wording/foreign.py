"""Text from outside, for any front: without control sequences, and cut between visible characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

#: Makes foreign text harmless where it is to be shown.
Clean = Callable[[str], str]

# ESC sequences (CSI, OSC up to BEL or ST, and two-character ones) go as a whole, so that no `[31m` is left behind.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])?")
_BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
#: Code points that one visible character has at the most, to look that far beyond a cut.
_LONGEST = 32


def printable(text: str) -> str:
    """Return `text` without escape sequences, bidi overrides and control characters (tab and newline stay).

    A carriage return starts its line anew in a terminal, which lets a program overwrite what stands there; it becomes
    a newline.
    """
    text = _ESCAPES.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or (unicodedata.category(c) not in ("Cc", "Cs") and c not in _BIDI))


def width(text: str) -> int:
    """Return the length of `text` in UTF-16 units: never below its code points, nor below what Discord counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clip(text: str, limit: int) -> str:
    """Return the beginning of `text` that fits into `limit`, an ellipsis at its end when something is missing."""
    return text if width(text) <= limit else beginning(text, limit - 1) + "…"


def beginning(text: str, limit: int) -> str:
    """Return the beginning of `text` within `limit`, cut between two characters as a reader sees them.

    What is seen as one may be several code points: a family joined into one emoji, a letter with its marks, a flag.
    """
    room, end = limit, 0
    for character in _characters(text[: max(limit, 0) + _LONGEST]):
        room -= width(character)
        if room < 0:
            break
        end += len(character)
    return text[:end]


def ending(text: str, limit: int) -> str:
    """Return the end of `text` within `limit`, cut likewise."""
    room, start, first = limit, len(text), max(0, len(text) - max(limit, 0) - _LONGEST)
    while first > 0 and "🇦" <= text[first] <= "🇿":
        first -= 1  # flags are pairs of letters, to be counted from the first of them
    for character in reversed(_characters(text[first:])):
        room -= width(character)
        if room < 0:
            break
        start -= len(character)
    return text[start:]


def _characters(text: str) -> list[str]:
    import regex  # every command would wait for it, and few cut anything

    found: list[str] = regex.findall(r"\X", text)
    return found
