"""Which unit of a topic's page answers a question: the one that the nearest passages vote for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from knowledge.search.arrays import F64
from knowledge.search.index import UnitPlace

#: By how much the best has to lead the second; where none leads, a whole section is the better answer.
_CLEAR = 0.04


class Units:
    """The units of all topics.

    Args:
        places: all units, topic by topic.
        topics: how many topics there are.
    """

    def __init__(self, places: Sequence[UnitPlace], topics: int) -> None:
        self._places = list(places)
        owners = [place.owner for place in places]
        self._rows = [np.flatnonzero(np.equal(owners, owner)) for owner in range(topics)]

    def __len__(self) -> int:
        return len(self._places)

    def best(self, owner: int, votes: F64) -> UnitPlace | None:
        """Return the unit of a topic that answers; None where no unit leads clearly.

        Args:
            owner: which topic, by its place among the slugs.
            votes: `Votes.answers` of the question, shape (units,).
        """
        rows = self._rows[owner]
        if not len(rows):
            return None
        first, *others = np.sort(votes[rows])[::-1].tolist()
        return self._places[rows[int(votes[rows].argmax())]] if not others or first - others[0] >= _CLEAR else None
