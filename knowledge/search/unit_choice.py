"""Which unit of a topic's page answers a question: the one whose asks and own text are most like it.

scores of the topic's passages → best ask and best paragraph of each unit → the best unit, where it leads clearly
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.bank.models import LANGS, Bank, SectionId, Topic
from knowledge.search.arrays import F32, I64
from knowledge.search.index import Passage, paragraphs
from knowledge.search.reading import normalise

#: What a paragraph counts beside an ask, by how often asks that were left out found their own unit: .74 with none of
#: this, .79 with it.
_OWN_TEXT = 1.5
#: By how much the best has to lead the second. Of asks that were left out, 7 in 10 do, and 9 in 10 of those are right;
#: where none leads, a whole section is the better answer.
_CLEAR = 0.04


@dataclass(frozen=True)
class _Page:
    """A topic's units, and which passage belongs to which."""

    units: tuple[tuple[str, SectionId], ...]
    asks: tuple[I64, I64]
    texts: tuple[I64, I64]


class Units:
    """The units of all topics, each with its passages.

    Args:
        bank: the topics.
        slugs: in the order of their owners.
        passages: what is indexed.
    """

    def __init__(self, bank: Bank, slugs: Sequence[str], passages: Sequence[Passage]) -> None:
        rows: list[list[int]] = [[] for _ in slugs]
        for row, passage in enumerate(passages):
            if passage.owner < len(slugs):
                rows[passage.owner].append(row)
        self._pages = [_page(bank[slug], passages, mine) for slug, mine in zip(slugs, rows, strict=True)]

    def best(self, owner: int, scores: F32) -> tuple[str, SectionId] | None:
        """Return the unit of a topic that answers, with its section; None where no unit leads clearly.

        Args:
            owner: which topic, by its place among the slugs.
            scores: of all passages, shape (passages,).
        """
        page = self._pages[owner]
        if not page.units:
            return None
        asked, own = np.zeros(len(page.units)), np.zeros(len(page.units))
        np.maximum.at(asked, page.asks[1], scores[page.asks[0]])
        np.maximum.at(own, page.texts[1], scores[page.texts[0]])
        total = asked + _OWN_TEXT * own
        first, *others = np.sort(total)[::-1].tolist()
        return page.units[int(total.argmax())] if not others or first - others[0] >= _CLEAR else None


def _page(topic: Topic, passages: Sequence[Passage], rows: Sequence[int]) -> _Page:
    units = tuple((unit.id, unit.section) for unit in topic.units["zh"])
    place = {ident: number for number, (ident, _) in enumerate(units)}
    asks = {normalise(ask): place[ident] for ident, asks in topic.meta.unit_asks.items() if ident in place
            for lang in LANGS for ask in asks[lang]}  # fmt: skip
    texts = {normalise(part): place[unit.id] for lang in LANGS for unit in topic.units[lang] if unit.id in place
             for part in paragraphs(unit.text)}  # fmt: skip
    return _Page(units, _of(asks, "ask", passages, rows), _of(texts, "text", passages, rows))


def _of(known: dict[str, int], kind: str, passages: Sequence[Passage], rows: Sequence[int]) -> tuple[I64, I64]:
    """Return which of the rows hold a known text, and the unit of each."""
    found = [(row, known[passages[row].text]) for row in rows
             if passages[row].kind == kind and passages[row].text in known]  # fmt: skip
    pairs = np.array(found, np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]
