"""A review as the text of a message: what is asked, its answer, when it comes back."""

from __future__ import annotations

from bot.discord.ui.text import clip, fitting, neutralise
from bot.wording import say
from knowledge.bank.models import Lang, Open, Topic

_PROMPT, _POINT, _WHY, _TITLE = 1_000, 600, 700, 200


def open_blocks(topic: Topic, item: Open, lang: Lang, *, told: bool) -> list[str]:
    """Return an item that is answered in words; `told`: with the points of a full answer."""
    title = f"### {clip(topic.title[lang], _TITLE)}\n-# {say('member.kind.open', lang)}"
    blocks = [title, f"**{clip(neutralise(item.prompt[lang]), _PROMPT)}**"]
    if not told:
        return [*blocks, "-# " + say("member.review.think", lang)]
    points = [f"- {clip(neutralise(topic.meta.key_points[index][lang]), _POINT)}" for index in item.points]
    blocks.append("\n".join([say("member.review.points", lang), *points]))
    if item.why is not None:
        blocks.append(clip(item.why[lang], _WHY))
    return fitting(blocks)
