"""Making foreign text harmless to a terminal."""

from __future__ import annotations

import re
import unicodedata

# ESC sequences (CSI, OSC up to BEL or ST, and two-character ones) go as a whole, so that no `[31m` is left behind.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])?")
_BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def printable(text: str) -> str:
    """Return `text` without escape sequences, bidi overrides and control characters (tab and newline stay).

    A carriage return starts its line anew in a terminal, which lets a program overwrite what stands there; it becomes
    a newline.
    """
    text = _ESCAPES.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or (unicodedata.category(c) not in ("Cc", "Cs") and c not in _BIDI))
