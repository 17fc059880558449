"""The text of `/saved`: a page of a member's list."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from bot.discord.ui.text import clip
from bot.store.saved import SavedPlace
from bot.study.shown import PagePlace
from bot.wording import say
from knowledge.bank.formerly import find_topic
from knowledge.bank.models import SECTIONS, Bank, Lang

#: Places on one page: two screens of a phone.
PAGE = 10
#: Of the words a place begins with, and of a topic's title; a page of the longest fits one message.
_LEAD, _TITLE = 40, 40
_MARKUP = re.compile(r"\*\*|__|`")


def pages_of(count: int) -> int:
    """Return how many pages a list takes; an empty one takes one."""
    return max(1, math.ceil(count / PAGE))


def blocks(found: Sequence[SavedPlace], page: int, bank: Bank, lang: Lang) -> list[str]:
    """Return what stands on a page of the list.

    Args:
        found: all of it, the newest first.
        page: which one, from 0.
        bank: where the places are looked up; what has left it is said to be gone.
        lang: of the texts.
    """
    title = f"### {say('saved.title', lang)}"
    if not found:
        return [f"{title}\n{say('saved.none', lang)}"]
    count = say("saved.count", lang, count=len(found), page=page + 1, pages=pages_of(len(found)))
    first = page * PAGE
    rows = [_row(number, each, bank, lang) for number, each in enumerate(found[first : first + PAGE], first + 1)]
    return [f"{title}\n-# {count}", "\n".join(rows)]


def _row(number: int, kept: SavedPlace, bank: Bank, lang: Lang) -> str:
    topic = find_topic(bank, kept.place.topic)
    if topic is None or (named := lead(kept.place, bank, lang)) is None:
        title = topic.title[lang] if topic is not None else kept.place.topic
        return say("saved.gone", lang, number=number, topic=clip(title, _TITLE), at=int(kept.at))
    assert kept.place.section is not None  # every place that is kept has one
    return say(
        "saved.row", lang, number=number, lead=clip(named, _LEAD), topic=clip(topic.title[lang], _TITLE),
        section=SECTIONS[kept.place.section][lang], at=int(kept.at),
    )  # fmt: skip


def lead(place: PagePlace, bank: Bank, lang: Lang) -> str | None:
    """Return in a few plain words what a place is about; None where it has left the bank."""
    topic = find_topic(bank, place.topic)
    if topic is None or place.section is None or place.section not in topic.sections[lang]:
        return None
    if place.unit is None:
        return topic.title[lang]
    unit = next((each for each in topic.units[lang] if each.id == place.unit), None)
    if unit is None:
        return None
    words = " ".join(_MARKUP.sub("", unit.lead or unit.text).split())
    return words.rstrip(".。:：")
