"""Which questions of a document the bank answers already: by name, and by the questions its topics list.

    question → subject, abbreviation, title → equal to a name, a source question or an ask of a topic

Equal, not alike: what is said to be there is not written again, so a guess would lose a question.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from knowledge.bank.models import LANGS, Bank
from knowledge.bank.names import named
from knowledge.importer.document import DocumentQuestion
from knowledge.importer.grouping import QuestionGroup


def known(bank: Bank, groups: Sequence[QuestionGroup]) -> dict[int, str]:
    """Return the slug of the topic that answers it, for each group (by its place) that the bank has."""
    asked = _asked(bank)
    found: dict[int, str] = {}
    for place, group in enumerate(groups):
        wordings = {_key(wording) for question in group.questions for wording in _wordings(question)}
        called = (named(bank, name) for name in (group.subject, group.abbreviation) if name)
        slug = next((topic.slug for topic in called if topic is not None), None)
        slug = slug or next((asked[key] for key in sorted(wordings) if key in asked), None)
        if slug is not None:
            found[place] = slug
    return found


def _asked(bank: Bank) -> dict[str, str]:
    """Return the slug behind every question that a topic lists, by the question's key."""
    found: dict[str, str] = {}
    for slug, topic in bank.topics.items():
        for lang in LANGS:
            for wording in (*(title[lang] for title in topic.meta.question_titles.values()), *topic.meta.asks[lang]):
                found.setdefault(_key(wording), slug)
    found.pop("", None)
    return found


def _wordings(question: DocumentQuestion) -> tuple[str, str]:
    return question.title, question.parts.get("question", "")


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())
