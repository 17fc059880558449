"""When an item is due again: FSRS 6, by py-fsrs (Ye, Su & Cao 2022, "A Stochastic Shortest Path Algorithm…").

A card's state is plain JSON, so that a database can keep it; the clock is passed in. `parameters` are those fitted to
the member (`bot.study.fitting`); None stands for the ones that FSRS comes with, which suit most.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, cast

if TYPE_CHECKING:
    from fsrs import Card, Scheduler
    from fsrs.card import CardDict

log = logging.getLogger(__name__)

CardState = dict[str, Any]
#: FSRS's weights, in its own order: 21 numbers.
Parameters = tuple[float, ...]
Grade = Literal[1, 2, 3, 4]
AGAIN: Grade = 1
HARD: Grade = 2
GOOD: Grade = 3
EASY: Grade = 4
#: A card that is neither learned nor learned again, as py-fsrs numbers it.
_REVIEW = 2
#: Lapses that make a card a leech, and after how many more it is told again: those of Anki (its manual, *Leeches*).
LEECH, LEECH_AGAIN = 8, 4
GRADES: dict[Grade, str] = {AGAIN: "again", HARD: "hard", GOOD: "good", EASY: "easy"}


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is remembered of a card, as probabilities from 0 to 1.

    Attributes:
        now: recalled at this moment.
        kept: recalled on a day to come, with no review before it.
        passed: recalled on that day, where a review now goes well.
        failed: recalled on that day, where it does not.
    """

    now: float
    kept: float
    passed: float
    failed: float


def grade_of_choice(right: bool) -> Grade:
    """Return what the answer to an item with options counts as."""
    return GOOD if right else AGAIN


def review(
    state: CardState | None, grade: Grade, at: float, parameters: Parameters | None = None
) -> tuple[CardState, float]:
    """Return the card's state after a review, and when it is due: always later than `at`.

    Args:
        state: what the last review returned; None for a card never seen.
        grade: how it went.
        at: Unix time. A review that arrives after a later one counts as given with it.
        parameters: of the member.
    """
    from fsrs import Rating

    card = _card(state, at)
    when = datetime.fromtimestamp(at, UTC)
    if card.last_review is not None:
        when = max(when, card.last_review)
    moved, _ = _scheduler(parameters).review_card(card, Rating(grade), when)
    kept = {name: value for name, value in moved.to_dict().items() if name != "card_id"}
    return kept, moved.due.timestamp()


def in_steps(state: CardState) -> bool:
    """Return whether a card is being learned or learned again, so that it comes back within minutes."""
    return state.get("state") != _REVIEW


def settled(state: CardState, at: float) -> tuple[CardState, float]:
    """Return the card's state once what was missed was answered right in the same session, and when it is due.

    Its steps are over, as with Anki's relearning steps; its stability and difficulty stay those of the answer that was
    a review, as py-fsrs leaves them where it has no steps. It is due when 9 in 10 would still remember it, as its
    stability says, and at the earliest a day after that answer.
    """
    card = _card(state, at)
    last = card.last_review or datetime.fromtimestamp(at, UTC)
    due = last + timedelta(days=max(1, round(card.stability or 0.0)))
    return {**state, "state": _REVIEW, "step": None, "due": due.isoformat()}, due.timestamp()


def unseen(at: float) -> CardState:
    """Return the state of a card that nobody has answered yet, due at Unix time `at`."""
    return {name: value for name, value in _card(None, at).to_dict().items() if name != "card_id"}


def asked_for(state: CardState, due: float) -> bool:
    """Return whether its member asked for a card that is due at Unix time `due`: earlier than its state says."""
    if state.get("last_review") is None:
        return True
    try:
        return due < datetime.fromisoformat(state["due"]).timestamp() - 1
    except (KeyError, TypeError, ValueError):
        return False  # damaged: it begins anew when it is answered


def replayed(reviews: Iterable[tuple[Grade, float]], parameters: Parameters | None = None) -> tuple[CardState, float]:
    """Return the state that a card would have had its reviews all been scheduled so, and when it is due.

    That is what py-fsrs says to do with the cards when their parameters change (`Scheduler.reschedule_card`).

    Args:
        reviews: grade and Unix time of each, at least one, the oldest first.
        parameters: of the member.
    """
    state: CardState | None = None
    due = 0.0
    for grade, at in reviews:
        state, due = review(state, grade, at, parameters)
    assert state is not None
    return state, due


def lapses(reviews: Iterable[tuple[Grade, float]]) -> tuple[int, bool]:
    """Return how often a card was forgotten that had been learned, and whether the last of its reviews was such a time.

    As in Anki, that is *Again* to a card in review; *Again* while it is learned, or learned anew, is none.

    Args:
        reviews: grade and Unix time of each, the oldest first.
    """
    from fsrs import State

    state: CardState | None = None
    count, last = 0, False
    for grade, at in reviews:
        last = grade == AGAIN and state is not None and state["state"] == State.Review
        count += last
        state, _ = review(state, grade, at)
    return count, last


def is_leech(count: int) -> bool:
    """Return whether so many lapses are to be told of: the first `LEECH` of them, then each `LEECH_AGAIN` more."""
    return count >= LEECH and (count - LEECH) % LEECH_AGAIN == 0


def recall(state: CardState, at: float, parameters: Parameters | None = None) -> float:
    """Return the probability that the card is remembered at Unix time `at`."""
    return float(_scheduler(parameters).get_card_retrievability(_card(state, at), datetime.fromtimestamp(at, UTC)))


def outlook(state: CardState | None, now: float, day: float, parameters: Parameters | None = None) -> Outlook:
    """Return what a review at Unix time `now` would change for Unix time `day`; of a card never seen, nothing is kept.

    A review counts as one that goes well from *Good* on: what FSRS makes of *Hard* and *Easy* lies about it.
    """
    passed, failed = (recall(review(state, grade, now, parameters)[0], day, parameters) for grade in (GOOD, AGAIN))
    if state is None:
        return Outlook(0.0, 0.0, passed, failed)
    return Outlook(recall(state, now, parameters), recall(state, day, parameters), passed, failed)


@lru_cache(maxsize=256)
def _scheduler(parameters: Parameters | None) -> Scheduler:
    from fsrs import Scheduler

    # Without chance: two processes, or a review told twice, come to the same day.
    if parameters is not None:
        try:
            return Scheduler(parameters, enable_fuzzing=False)
        except (TypeError, ValueError) as error:
            log.error("parameters that were fitted to a member are none of this FSRS, so the usual ones do: %r", error)
    return Scheduler(enable_fuzzing=False)


def _card(state: CardState | None, at: float) -> Card:
    from fsrs import Card

    if state is not None:
        try:
            return Card.from_dict(cast("CardDict", {**state, "card_id": 0}))
        except (KeyError, TypeError, ValueError) as error:
            log.error("the state of a card is damaged, so the card begins anew: %r", error)
    return Card(card_id=0, due=datetime.fromtimestamp(at, UTC))
