"""Terms of machine learning that no topic of the bank covers, so that a decline can name them.

`field.toml` → topics that are not loaded → the longest of their terms in a question → its name in both languages
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import tomli

from knowledge.bank.models import Text
from knowledge.search.mentions import Mentions
from knowledge.search.reading import normalise


@dataclass(frozen=True, slots=True)
class NotYet:
    """A topic of the field that the bank lacks: the slug it would have, and its name."""

    slug: str
    name: Text


class Lacking:
    """The topics of the field that a bank does not have.

    Args:
        loaded: slugs of the topics that it has.
        names: theirs, normalised: a term that one of them goes by is not lacking.
    """

    def __init__(self, loaded: Collection[str], names: Collection[str] = ()) -> None:
        self._topics = [(topic, terms) for topic, terms in packaged() if topic.slug not in loaded]
        own = set(names)
        lacking = [(place, term) for place, (_, terms) in enumerate(self._topics) for term in terms if term not in own]
        self._mentions = Mentions(lacking, len(self._topics))

    def in_it(self, text: str) -> bool:
        """Tell whether normalised `text` names any of them."""
        return bool(self._mentions.signals(text)[:-1, 0].any())

    def named(self, question: str) -> NotYet | None:
        """Return the topic that most of the question's letters name; None where it names none."""
        shares = self._mentions.signals(normalise(question))[:-1, 1]
        return self._topics[int(shares.argmax())][0] if shares.size and shares.max() > 0 else None


@cache
def packaged() -> tuple[tuple[NotYet, tuple[str, ...]], ...]:
    """Return the topics of `field.toml` with their terms, normalised."""
    data = tomli.loads(files("knowledge.search").joinpath("field.toml").read_text(encoding="utf-8"))
    return tuple(
        (NotYet(slug, Text(**entry["name"])), tuple(normalise(term) for term in entry["terms"]))
        for slug, entry in data.items()
    )
