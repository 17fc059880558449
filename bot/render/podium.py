"""The podium as a picture: the first three with their names, in a packaged font that has Chinese glyphs."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.render.fonts import cut, drawable, font

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

SIZE = (800, 480)  # a phone shows it half as wide: large letters
_BACKGROUND, _TEXT, _SOFT = "#1e1f22", "#f2f3f5", "#b5bac1"
#: (left, top, colour) of the steps, in the order of their places: gold in the middle.
_STEPS = ((280, 210, "#e0a82e"), (20, 265, "#9aa5b1"), (540, 305, "#b0713c"))
_STEP_WIDTH = 240
_NAME_SIZES = (44, 38, 32, 26)


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
    _centred(draw, SIZE[0] // 2, 24, drawable(title), font(44), _TEXT)
    for (left, top, colour), stand in zip(_STEPS, stands, strict=False):
        middle = left + _STEP_WIDTH // 2
        draw.rounded_rectangle((left, top, left + _STEP_WIDTH, SIZE[1] + 20), radius=14, fill=colour)
        _centred(draw, middle, top + 22, str(stand.place), font(72), _BACKGROUND)
        name = drawable(stand.name) or drawable(stand.instead)
        large, fitted = _fit(name, _STEP_WIDTH + 10)
        draw.text((middle, top - 56), fitted, font=large, fill=_TEXT, anchor="ms")
        _centred(draw, middle, top - 48, drawable(stand.points), font(30), _SOFT)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _fit(name: str, width: int) -> tuple[FreeTypeFont, str]:
    """Return the largest font in which the name fits, and the name, cut where none is small enough."""
    for size in _NAME_SIZES:
        if font(size).getlength(name) <= width:
            return font(size), name
    return font(_NAME_SIZES[-1]), cut(name, _NAME_SIZES[-1], width)


def _centred(draw: ImageDraw, middle: int, top: int, text: str, letters: FreeTypeFont, colour: str) -> None:
    draw.text((middle, top), text, font=letters, fill=colour, anchor="ma")
