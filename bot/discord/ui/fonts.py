"""The packaged font of Epoch's pictures. It has Chinese glyphs; which others it lacks is known."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

FONT_FILE = "NotoSansCJKsc-Regular.otf"


def drawable(text: str) -> str:
    """Return `text` without the characters that the font has no glyph for: no picture shows boxes."""
    known = glyphs()
    kept = "".join(character for character in text if character == " " or ord(character) in known)
    return " ".join(kept.split())


@cache
def glyphs() -> frozenset[int]:
    """Return the code points that the font can draw."""
    from fontTools.ttLib import TTFont

    with TTFont(font_path(), lazy=True) as font:
        return frozenset(font.getBestCmap())


@cache
def font_path() -> Path:
    """Return the file of the font, without importing the package it comes in, which would set up matplotlib."""
    spec = find_spec("mplfonts")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "fonts" / FONT_FILE


@cache
def font(size: int) -> FreeTypeFont:
    """Return the font at `size` pixels."""
    from PIL import ImageFont

    return ImageFont.truetype(str(font_path()), size)


def cut(text: str, size: int, room: float) -> str:
    """Return the beginning of `text` that fits into `room` pixels, an ellipsis at its end when something is missing."""
    measure = font(size).getlength
    if measure(text) <= room:
        return text
    while text and measure(f"{text}…") > room:
        text = text[:-1]
    return f"{text.rstrip()}…"
