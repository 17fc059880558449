"""The text of a review's message: an item, its answer, and when it is due again."""

from __future__ import annotations

from bot.discord.ui.text import clip, fitting, neutralise
from bot.wording import say
from knowledge.bank.drills import Drill
from knowledge.bank.models import Item, Lang, Topic

_PROMPT, _POINT, _WHY, _TITLE = 1_000, 600, 700, 200


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


def drill_blocks(drill: Drill, topic: Topic, lang: Lang) -> list[str]:
    """Return a drill to be written again."""
    level = say(f"drilling.level.{drill.meta.level}", lang)
    title = f"### {clip(drill.meta.title[lang], _TITLE)}\n-# {clip(topic.title[lang], _TITLE)} · {level}"
    due = say("drilling.review.due", lang, minutes=drill.meta.minutes)
    return fitting([title, clip(drill.meta.statement[lang].strip(), _PROMPT), f"-# {due}"])


def leech_line(topic: Topic, count: int, lang: Lang) -> str:
    """Return that an item was forgotten so often that its explanation is worth more than another review."""
    return say("studying.leech.told", lang, count=count, title=clip(neutralise(topic.title[lang]), _TITLE))
