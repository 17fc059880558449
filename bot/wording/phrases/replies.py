"""What is said beside an answer: that two things are not compared, that something is not covered."""

from __future__ import annotations

from collections.abc import Callable

from bot.wording import say
from bot.wording.languages import listed
from knowledge.bank.models import Bank, Lang, Topic
from knowledge.search.retriever import Reply

#: Of the topics of a reply without an answer: the nearest, and how likely one has to be to be near.
_NEAREST, _NEAR = 3, 0.15


def not_compared(reply: Reply) -> str | None:
    """Return the sentence below definitions that stand for a comparison; None under an answer that is whole."""
    return say("replies.not_compared", reply.lang) if reply.topic is not None and reply.below else None


def not_covered(reply: Reply, shown: Callable[[str], str]) -> str | None:
    """Return the sentence that names what the bank does not cover; None where that is not known.

    Args:
        reply: a reply without an answer.
        shown: makes what a person typed fit to be shown.
    """
    if not reply.missing:
        return None
    names = listed((say("replies.quoted", reply.lang, name=shown(name)) for name in reply.missing), reply.lang)
    return say("replies.missing", reply.lang, names=names)


def provenance(topic: Topic, lang: Lang, shown: Callable[[str], str]) -> str | None:
    """Return the line under an answer that names the bank it is from; None for the packaged one.

    Args:
        topic: what the answer is of.
        lang: language of the answer.
        shown: makes foreign text fit to be shown.
    """
    if (origin := topic.origin) is None:
        return None
    told = filter(None, (origin.title[lang], origin.author, origin.licence))
    return say("replies.bank", lang, bank=" · ".join(map(shown, told)))


def near(reply: Reply) -> tuple[str, ...]:
    """Return the slugs of the topics that are near a question without an answer, the nearest first; often none is.

    To a reply that asks what was meant all are offered.
    """
    least = 0.0 if reply.outcome == "clarify" else _NEAR
    shown = {place.topic for place in reply.below}
    found = (each.topic for each in reply.candidates if each.score >= least and each.topic not in shown)
    return tuple(found)[:_NEAREST]


def whole_text(reply: Reply, bank: Bank) -> str | None:
    """Return all that is shown first, in Markdown and without headings; None where the bank has nothing to show."""
    parts = []
    if (said := not_covered(reply, str)) is not None:
        parts.append(said)
    if reply.topic is not None and reply.section is not None:
        parts.append(bank[reply.topic].passage(reply.section, reply.lang, reply.unit))
    parts += [bank[place.topic].passage(place.section, reply.lang, place.unit) for place in reply.below]
    if (said := not_compared(reply)) is not None:
        parts.append(said)
    return "\n\n".join(part.strip() for part in parts) or None
