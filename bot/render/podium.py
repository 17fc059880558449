"""The podium as a picture: the first three with their names, in a packaged font that has Chinese glyphs."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

SIZE = (1000, 560)
FONT_FILE = "NotoSansCJKsc-Regular.otf"
_BACKGROUND, _TEXT, _SOFT = "#1e1f22", "#f2f3f5", "#b5bac1"
#: (left, top, colour) of the steps, in the order of their places: gold in the middle.
_STEPS = ((380, 250, "#e0a82e"), (120, 320, "#9aa5b1"), (640, 370, "#b0713c"))
_STEP_WIDTH = 240
_NAME_SIZES = (38, 32, 26, 20)


@dataclass(frozen=True, slots=True)
class Stand:
    """Who stands on a step.

    Attributes:
        place: 1 to 3; two may share one.
        name: as the member wrote it; what the font cannot draw is left out.
        instead: shown where nothing of the name is left.
        points: as text.
    """

    place: int
    name: str
    instead: str
    points: str


def podium_png(stands: Sequence[Stand], title: str) -> bytes:
    """Draw at most three stands, best first, and return the picture."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", SIZE, _BACKGROUND)
    draw = ImageDraw.Draw(picture)
    _centred(draw, SIZE[0] // 2, 40, drawable(title), _font(40), _TEXT)
    for (left, top, colour), stand in zip(_STEPS, stands, strict=False):
        middle = left + _STEP_WIDTH // 2
        draw.rounded_rectangle((left, top, left + _STEP_WIDTH, SIZE[1] + 20), radius=14, fill=colour)
        _centred(draw, middle, top + 22, str(stand.place), _font(72), _BACKGROUND)
        name = drawable(stand.name) or drawable(stand.instead)
        font, fitted = _fit(draw, name, _STEP_WIDTH + 16)
        draw.text((middle, top - 56), fitted, font=font, fill=_TEXT, anchor="ms")
        _centred(draw, middle, top - 50, drawable(stand.points), _font(26), _SOFT)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


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
def _font(size: int) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(str(font_path()), size)


def _fit(draw: ImageDraw, name: str, width: int) -> tuple[FreeTypeFont, str]:
    """Return the largest font in which the name fits, and the name, cut where none is small enough."""
    for size in _NAME_SIZES:
        if draw.textlength(name, font=_font(size)) <= width:
            return _font(size), name
    font = _font(_NAME_SIZES[-1])
    while name and draw.textlength(f"{name}…", font=font) > width:
        name = name[:-1]
    return font, f"{name.rstrip()}…"


def _centred(draw: ImageDraw, middle: int, top: int, text: str, font: FreeTypeFont, colour: str) -> None:
    draw.text((middle, top), text, font=font, fill=colour, anchor="ma")
