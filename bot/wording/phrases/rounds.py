"""A quiz round in words."""

from __future__ import annotations

from bot.study.rounds.questions import PACK
from bot.wording.foreign import Clean
from knowledge.bank.formerly import find_topic
from knowledge.bank.models import Bank, Lang


def topic_title(slug: str, bank: Bank, lang: Lang, clean: Clean) -> str:
    """Return what a question's topic is called; `clean` makes the name of a trivia pack harmless where it is shown."""
    if slug.startswith(PACK):
        return f"📦 {clean(slug.removeprefix(PACK))}"
    topic = find_topic(bank, slug)
    return topic.title[lang] if topic is not None else slug
