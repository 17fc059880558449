"""The podium as a picture: the first three places with their names, in a packaged font that has Chinese glyphs."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.discord.ui.fonts import cut, drawable, font

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

SIZE = (800, 480)  # a phone shows it half as wide: large letters
_BACKGROUND, _TEXT, _SOFT = "#1e1f22", "#f2f3f5", "#b5bac1"
#: (left, top, colour) of the steps by place: gold in the middle.
_STEPS = {1: (280, 210, "#e0a82e"), 2: (20, 265, "#9aa5b1"), 3: (540, 305, "#b0713c")}
PLACES = len(_STEPS)
_STEP_WIDTH = 240
_NAME_SIZES = (44, 38, 32, 26)
#: Sizes of the names where several stand on one step, and how far apart they are; for each but the first all steps
#: are that much lower.
_SHARED_SIZES, _LINE, _LOWER = (30, 26), 36, 24
_NAMES = 3


@dataclass(frozen=True, slots=True)
class Stand:
    """One member on a step of the podium.

    Attributes:
        place: 1 to 3; members with the same place share a step.
        name: as the member wrote it; what the font cannot draw is left out.
        instead: shown where nothing of the name is left.
        points: as text.
    """

    place: int
    name: str
    instead: str
    points: str


def podium_png(stands: Sequence[Stand], title: str) -> bytes:
    """Draw everyone on the step of their place, best first, and return the picture.

    Nobody stands on a step that a tie leaves out; of many on one step the first are named, and how many more there are.
    """
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", SIZE, _BACKGROUND)
    draw = ImageDraw.Draw(picture)
    _centred(draw, SIZE[0] // 2, 24, drawable(title), font(44), _TEXT)
    steps = {place: [stand for stand in stands if stand.place == place] for place in _STEPS}
    lower = _LOWER * (min(max(map(len, steps.values())), _NAMES) - 1) if stands else 0
    for place, (left, top, colour) in _STEPS.items():
        if steps[place]:
            _step(draw, left, top + lower, colour, steps[place])
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _step(draw: ImageDraw, left: int, top: int, colour: str, stands: Sequence[Stand]) -> None:
    """Draw one step with all who stand on it."""
    middle = left + _STEP_WIDTH // 2
    draw.rounded_rectangle((left, top, left + _STEP_WIDTH, SIZE[1] + 20), radius=14, fill=colour)
    _centred(draw, middle, top + 22, str(stands[0].place), font(72), _BACKGROUND)
    names = [drawable(stand.name) or drawable(stand.instead) for stand in stands]
    if len(names) > _NAMES:
        names = [*names[: _NAMES - 1], f"+{len(names) - _NAMES + 1}"]
    sizes = _NAME_SIZES if len(names) == 1 else _SHARED_SIZES
    for above, name in enumerate(reversed(names)):
        large, fitted = _fit(name, _STEP_WIDTH + 10, sizes)
        draw.text((middle, top - 56 - above * _LINE), fitted, font=large, fill=_TEXT, anchor="ms")
    _centred(draw, middle, top - 48, drawable(stands[0].points), font(30), _SOFT)


def _fit(name: str, width: int, sizes: Sequence[int]) -> tuple[FreeTypeFont, str]:
    """Return the largest font in which the name fits, and the name, cut where none is small enough."""
    for size in sizes:
        if font(size).getlength(name) <= width:
            return font(size), name
    return font(sizes[-1]), cut(name, sizes[-1], width)


def _centred(draw: ImageDraw, middle: int, top: int, text: str, letters: FreeTypeFont, colour: str) -> None:
    draw.text((middle, top), text, font=letters, fill=colour, anchor="ma")
