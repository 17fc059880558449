"""The report of a whole interview as a picture that can be read on a phone: a row for each part.

A bar shows the points that were made, those that perhaps were, and those that were not; below it the time it took,
beside its share of the clock.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from bot.discord.ui.fonts import cut, drawable, font
from bot.study.loops.machine import Part
from bot.study.loops.report import Report, shown
from bot.wording import say
from bot.wording.phrases.loops import minutes, result, title_of
from knowledge.bank.models import Bank, Lang

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

WIDTH = 900
_EDGE, _HEAD, _ROW, _FOOT = 36, 132, 92, 64
_LEFT, _RIGHT, _BAR, _CLOCK = 470, 740, 22, 10
_BACKGROUND, _TRACK, _TEXT, _SOFT = "#1e1f22", "#35373c", "#f2f3f5", "#b5bac1"
_MADE, _UNSURE, _FAILED, _TIME = "#3ba55d", "#e0a82e", "#d9534f", "#5b8def"


def report_png(report: Report, bank: Bank, role: str, lang: Lang) -> bytes:
    """Draw what came of an interview. Blocks for a moment: not for the event loop."""
    from PIL import Image, ImageDraw

    parts = [part for part in report.loop.parts if shown(part)]
    size = (WIDTH, _HEAD + _ROW * len(parts) + _FOOT)
    picture = Image.new("RGB", size, _BACKGROUND)
    draw = ImageDraw.Draw(picture)
    _head(draw, report, role, lang)
    for number, part in enumerate(parts):
        _part(draw, _HEAD + _ROW * number, number, part, bank, lang)
    _legend(draw, size[1] - _FOOT // 2 - 6, lang)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _head(draw: ImageDraw, report: Report, role: str, lang: Lang) -> None:
    title = cut(drawable(role), 38, WIDTH - 2 * _EDGE - 190)
    draw.text((_EDGE, 28), title, font=font(38), fill=_TEXT)
    now = report.now
    share = f"{round(now.share * 100)}%"
    draw.text((WIDTH - _EDGE, 22), share, font=font(52), fill=_TEXT, anchor="ra")
    spent, limit = minutes(now.seconds), minutes(report.loop.limit_s)
    words = [
        say("loop.report.points", lang, made=now.made, asked=now.asked),
        say("loop.report.time", lang, spent=spent, limit=limit),
    ]
    if report.before is not None:
        shares = {"before": round(report.before.share * 100), "now": round(now.share * 100)}
        words.append(say("loop.report.since_points", lang, **shares))
    line = drawable(" · ".join(words).replace("*", ""))
    draw.text((_EDGE, 84), cut(line, 25, WIDTH - 2 * _EDGE), font=font(25), fill=_SOFT)


def _part(draw: ImageDraw, top: int, number: int, part: Part, bank: Bank, lang: Lang) -> None:
    name = cut(drawable(title_of(bank, part.topic, lang)), 28, _LEFT - _EDGE - 24)
    draw.text((_EDGE, top + 6), name, font=font(28), fill=_TEXT)
    kind = say(f"loop.part.{part.kind}", lang)
    draw.text((_EDGE, top + 44), drawable(f"{number + 1} · {kind}"), font=font(22), fill=_SOFT)
    width = _RIGHT - _LEFT
    y = top + 14
    draw.rounded_rectangle((_LEFT, y, _RIGHT, y + _BAR), radius=6, fill=_TRACK)
    for start, end, colour in _bars(part):
        if end > start:
            draw.rounded_rectangle((_LEFT + width * start, y, _LEFT + width * end, y + _BAR), radius=6, fill=colour)
    draw.text(
        (WIDTH - _EDGE, y - 6), cut(drawable(result(part, lang)), 26, 120), font=font(26), fill=_TEXT, anchor="ra"
    )
    _time(draw, top + 52, part)
    if part.spent_s > 0:
        took = f"{int(part.spent_s) // 60}:{int(part.spent_s) % 60:02}"
        draw.text((WIDTH - _EDGE, top + 44), took, font=font(22), fill=_SOFT, anchor="ra")


def _bars(part: Part) -> list[tuple[float, float, str]]:
    if part.passed is not None:
        return [(0.0, 1.0, _MADE if part.passed else _FAILED)]
    if not part.points:
        return []
    made = len(part.made) / len(part.points)
    return [(0.0, made, _MADE), (made, made + len(part.unsure) / len(part.points), _UNSURE)]


def _time(draw: ImageDraw, y: int, part: Part) -> None:
    """Draw the time a part took; its share is a line in the middle, twice its share the whole width."""
    width = _RIGHT - _LEFT
    took = min(part.spent_s / (2 * part.share_s), 1.0) if part.share_s else 0.0
    if took > 0:
        draw.rectangle((_LEFT, y, _LEFT + max(width * took, 2), y + _CLOCK), fill=_TIME)
    middle = _LEFT + width // 2
    draw.rectangle((middle - 1, y - 4, middle + 1, y + _CLOCK + 4), fill=_SOFT)


def _legend(draw: ImageDraw, middle: int, lang: Lang) -> None:
    left = _EDGE
    for key, colour in (("made", _MADE), ("unsure", _UNSURE), ("time", _TIME)):
        text = drawable(say(f"loop.report.{key}_legend", lang))
        draw.rectangle((left, middle - 9, left + 18, middle + 9), fill=colour)
        draw.text((left + 28, middle), text, font=font(22), fill=_SOFT, anchor="lm")
        left += 64 + int(font(22).getlength(text))
