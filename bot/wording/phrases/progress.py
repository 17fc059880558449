"""A learner's progress in words: the topics known best, those known least, and what comes up."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.study.learning import Mastery, Progress
from bot.wording import say
from bot.wording.foreign import Clean
from knowledge.bank.models import Lang

_NAMED = 3
#: "Optimisers (momentum, Adam)" and "The pooling layer: max and average" are known by what is left without.
_BESIDES = re.compile(r"\s*(?:\([^)]*\)|（[^）]*）|[:：,，].*$)", re.DOTALL)


def in_words(progress: Progress, lang: Lang, clean: Clean) -> list[str]:
    """Return a line each on the strongest topics, the weakest others, and what comes up; nothing before a beginning.

    Args:
        progress: of a learner.
        lang: language of the lines.
        clean: makes titles harmless where the lines are shown.
    """
    if not progress.begun:
        return []
    lines = [say("member.progress.strongest", lang, topics=shares(progress.begun[:_NAMED], lang, clean))]
    if found := weakest(progress):
        lines.append(say("member.progress.weakest", lang, topics=shares(found, lang, clean)))
    due = {"today": progress.forecast[0], "days": len(progress.forecast), "sum": sum(progress.forecast)}
    return [*lines, say("member.progress.coming", lang, **due)]


def weakest(progress: Progress) -> tuple[Mastery, ...]:
    """Return the topics known least, the weakest first; none that is among the strongest."""
    return progress.begun[_NAMED:][-_NAMED:][::-1]


def shares(masteries: Iterable[Mastery], lang: Lang, clean: Clean) -> str:
    """Return topics one after the other, each with the share of it that is remembered."""
    named = [(clean(short_title(each.topic.title[lang])), percent(each)) for each in masteries]
    return say("member.progress.between", lang).join(
        say("member.progress.topic", lang, title=title, share=share) for title, share in named
    )


def percent(mastery: Mastery) -> int:
    """Return how much of a topic is remembered, in hundredths."""
    return round(100 * mastery.recalled)


def short_title(title: str) -> str:
    """Return a topic's title without what stands in brackets or after a colon or comma."""
    return _BESIDES.sub("", title).strip() or title
