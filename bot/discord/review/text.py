"""A review as the text of a message: what is asked, its answer, when it comes back."""

from __future__ import annotations

from bot.discord.quiz.text import fitting
from bot.discord.ui.text import clip, neutralise
from bot.study.learning import Standing
from bot.wording import say
from knowledge.bank.models import Item, Lang, Topic

_PROMPT, _POINT, _WHY, _TITLE = 1_000, 600, 700, 200
_MINUTE, _HOUR, _DAY = 60.0, 3_600.0, 86_400.0
#: (from which length on, unit in seconds, wording)
_UNITS = (
    (600 * _DAY, 365 * _DAY, "years"), (60 * _DAY, 30 * _DAY, "months"), (_DAY, _DAY, "days"), (_HOUR, _HOUR, "hours"),
)  # fmt: skip


def standing_line(standing: Standing, lang: Lang) -> str:
    """Return the small print over a review."""
    counts = {name: getattr(standing, name) for name in ("due", "new", "today", "streak")}
    return "-# " + say("member.review.standing", lang, **counts)


def span(seconds: float, lang: Lang) -> str:
    """Return a length of time in its largest fitting unit."""
    for least, unit, name in _UNITS:
        if seconds >= least:
            return say(f"member.span.{name}", lang, count=round(seconds / unit))
    return say("member.span.minutes", lang, count=max(1, round(seconds / _MINUTE)))


def blocks_in_words(topic: Topic, item: Item, lang: Lang, *, told: bool) -> list[str]:
    """Return an item that is answered in words; `told`: with the points of a full answer."""
    title = f"### {clip(topic.title[lang], _TITLE)}\n-# {item.about.name[lang]}"
    sheet = item.sheet(topic, lang)
    blocks = [title, f"**{clip(neutralise(sheet.prompt), _PROMPT)}**"]
    if not told:
        return [*blocks, "-# " + say("member.review.think", lang)]
    points = [f"- {clip(neutralise(point), _POINT)}" for point in sheet.points]
    blocks.append("\n".join([say("member.review.points", lang), *points]))
    if sheet.why is not None:
        blocks.append(clip(sheet.why, _WHY))
    return fitting(blocks)
