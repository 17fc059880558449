"""The source questions by number: each belongs to one topic and has a title of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.bank import names
from knowledge.bank.errors import KnowledgeError
from knowledge.bank.models import LANGS, Bank, Lang, Text, Topic

_NUMBER = re.compile(r"\s*(?:第|q|#|no\.?)?\s*(\d{1,4})\s*(?:题)?\s*", re.IGNORECASE)


class UnknownQuestion(KnowledgeError):
    """No question has that number or title; carries what was asked for and the numbers there are."""

    def __init__(self, name: str, numbers: tuple[int, ...]) -> None:
        super().__init__(f"no question is called {name!r}; there are {len(numbers)}")
        self.name = name
        self.numbers = numbers


@dataclass(frozen=True, slots=True)
class Numbered:
    """One source question; `unit` answers it, where the bank says so."""

    number: int
    title: Text
    topic: Topic
    unit: str | None = None

    def line(self, lang: Lang) -> str:
        """Return number and title on one line."""
        return f"{self.number}. {self.title[lang]}"


def numbered(bank: Bank) -> dict[int, Numbered]:
    """Return all source questions by number, in order; one without a title has its topic's."""
    found: dict[int, Numbered] = {}
    for topic in bank.topics.values():
        for number in topic.meta.questions:
            title = topic.meta.question_titles.get(str(number))
            unit = title.unit if title is not None else None
            found[number] = Numbered(number, title or topic.title, topic, unit)
    return dict(sorted(found.items()))


def complete(bank: Bank, text: str, lang: Lang, limit: int = 25) -> list[Numbered]:
    """Return the questions that a half-typed number or title may become, likeliest first; all for nothing."""
    every = list(numbered(bank).values())
    if match := _NUMBER.fullmatch(text):
        return [each for each in every if str(each.number).startswith(match[1])][:limit]
    typed = text.casefold().split()
    named = [each for each in every if all(part in _titles(each) for part in typed)]
    if named or not typed:
        return named[:limit]
    order = {topic.slug: rank for rank, topic in enumerate(names.complete(bank, text, lang, limit))}
    near = [each for each in every if each.topic.slug in order]
    return sorted(near, key=lambda each: order[each.topic.slug])[:limit]


def find(bank: Bank, text: str, lang: Lang) -> Numbered:
    """Return the question with that number, or the one whose title says what was typed.

    Raises:
        UnknownQuestion: there is none.
    """
    every = numbered(bank)
    if match := _NUMBER.fullmatch(text):
        found = every.get(int(match[1]))
    else:
        found = next(iter(complete(bank, text, lang, 1)), None) if text.strip() else None
    if found is None:
        raise UnknownQuestion(text, tuple(every))
    return found


def _titles(question: Numbered) -> str:
    return " ".join(f"{question.title[lang]} {question.topic.title[lang]}" for lang in LANGS).casefold()
