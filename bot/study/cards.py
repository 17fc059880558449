"""The stored values of spaced repetition: an answer, and the scheduler's state of a member's item."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Card:
    """The scheduler's state for one member and one item; `state` is the scheduler's own document."""

    member_id: int
    topic: str
    item: str
    state: dict[str, Any]
    due: float


@dataclass(frozen=True, slots=True)
class Review:
    """One answer that counts as a review.

    Attributes:
        member_id: whose.
        topic: of the item.
        item: its id within the topic.
        rating: 1 again, 2 hard, 3 good, 4 easy.
        source: where the answer was given, such as `round:12:3`; a second review from the same source is not counted.
        at: when, in Unix time.
        day: the same in the member's own zone.
    """

    member_id: int
    topic: str
    item: str
    rating: int
    source: str
    at: float
    day: date


#: (state before or None, review) → (state after, when it is due).
ReviewStep = Callable[[dict[str, Any] | None, Review], tuple[dict[str, Any], float]]
#: State before → (state after, when it is due); None where nothing changes.
CardChange = Callable[[dict[str, Any]], tuple[dict[str, Any], float] | None]
