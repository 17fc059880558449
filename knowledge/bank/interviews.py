"""The questions that the interview section of a topic asks and answers: `**Question?** Answer.`, one a paragraph."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.bank.models import LANGS, Lang, Topic

_QUESTION = re.compile(r"^\*\*([^\n]+?[?？])\*\*[ \t]*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question an interviewer may go on with, and its checked answer, in Markdown."""

    question: str
    answer: str


def follow_ups(topic: Topic, lang: Lang) -> tuple[FollowUp, ...]:
    """Return the questions of a topic's interview section, in their order; none where it is written otherwise.

    Of a page made of units, they are those whose lead asks in either language: the same in both.
    """
    if topic.units[lang]:
        units = [unit for each in LANGS for unit in topic.units[each] if unit.section == "interview"]
        asking = {unit.id for unit in units if unit.lead.endswith(("?", "？"))}
        return tuple(
            FollowUp(unit.lead, unit.text.removeprefix("- ").removeprefix(f"**{unit.lead}**").strip())
            for unit in topic.units[lang]
            if unit.id in asking and unit.lead
        )
    _, *found = _QUESTION.split(topic.sections[lang].get("interview", ""))
    return tuple(FollowUp(question, answer.strip()) for question, answer in zip(found[::2], found[1::2], strict=True))
