"""A day's plan in words: what to study, and why each item is there."""

from __future__ import annotations

from bot.study.agenda import Agenda
from bot.study.plan import Step
from bot.wording import say
from bot.wording.foreign import Clean
from bot.wording.phrases.progress import short_title
from knowledge.bank.models import Bank, Lang


def why_words(step: Step, bank: Bank, lang: Lang, clean: Clean) -> str:
    """Return why an item is in a plan.

    Args:
        step: of a plan.
        bank: has the topic that needs the item's.
        lang: language of the words.
        clean: makes a title harmless where it is shown.
    """
    if step.needed_by is not None:
        title = short_title(bank[step.needed_by].title[lang])
        return say("plan.why.needed", lang, topic=clean(title))
    return say(f"plan.why.{step.why}", lang, chance=round(100 * step.prospect.without))


def expected_words(agenda: Agenda, lang: Lang) -> str:
    """Return what a day's list is worth, in as many digits as show that it is worth something."""
    key = "agenda.expected.line" if agenda.days else "agenda.expected.today"
    shares = {name: 100 * getattr(agenda, name) for name in ("now", "without", "expected")}
    digits = 1 if agenda.days and round(shares["expected"]) == round(shares["without"]) else 0
    return say(key, lang, **{name: f"{share:.{digits}f}" for name, share in shares.items()})
