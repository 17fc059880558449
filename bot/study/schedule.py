"""When an item is due again: FSRS 6, by py-fsrs (Ye, Su & Cao 2022, "A Stochastic Shortest Path Algorithm…").

A card's state is plain JSON, so that a database can keep it; the clock is passed in.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, cast

if TYPE_CHECKING:
    from fsrs import Card, Scheduler
    from fsrs.card import CardDict

log = logging.getLogger(__name__)

CardState = dict[str, Any]
Grade = Literal[1, 2, 3, 4]
AGAIN: Grade = 1
HARD: Grade = 2
GOOD: Grade = 3
EASY: Grade = 4
GRADES: dict[Grade, str] = {AGAIN: "again", HARD: "hard", GOOD: "good", EASY: "easy"}


def grade_of_choice(right: bool) -> Grade:
    """Return what the answer to an item with options counts as."""
    return GOOD if right else AGAIN


def review(state: CardState | None, grade: Grade, at: float) -> tuple[CardState, float]:
    """Return the card's state after a review, and when it is due: always later than `at`.

    Args:
        state: what the last review returned; None for a card never seen.
        grade: how it went.
        at: Unix time. A review that arrives after a later one counts as given with it.
    """
    from fsrs import Rating

    card = _card(state, at)
    when = datetime.fromtimestamp(at, UTC)
    if card.last_review is not None:
        when = max(when, card.last_review)
    moved, _ = _scheduler().review_card(card, Rating(grade), when)
    kept = {name: value for name, value in moved.to_dict().items() if name != "card_id"}
    return kept, moved.due.timestamp()


def recall(state: CardState, at: float) -> float:
    """Return the probability that the card is remembered at Unix time `at`."""
    return float(_scheduler().get_card_retrievability(_card(state, at), datetime.fromtimestamp(at, UTC)))


@cache
def _scheduler() -> Scheduler:
    from fsrs import Scheduler

    # Without chance: two processes, or a review told twice, come to the same day.
    return Scheduler(enable_fuzzing=False)


def _card(state: CardState | None, at: float) -> Card:
    from fsrs import Card

    if state is not None:
        try:
            return Card.from_dict(cast("CardDict", {**state, "card_id": 0}))
        except (KeyError, TypeError, ValueError) as error:
            log.error("the state of a card is damaged, so the card begins anew: %r", error)
    return Card(card_id=0, due=datetime.fromtimestamp(at, UTC))
