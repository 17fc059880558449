"""A review session: its deck, its start, and the missed items, which come again until they are answered right.

Nothing of a session is kept but its deck and its beginning, which its controls carry: what was missed since then is in
the log of answers. An answer that is given again in the session is no review (`bot.study.schedule.settled`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.study.plan import ItemKey
from bot.study.schedule import AGAIN, in_steps

#: `all`: what is due and new; `mine`: one's own mistakes; `plan`: today's list.
Deck = Literal["all", "mine", "plan"]
DECKS: tuple[Deck, ...] = ("all", "mine", "plan")
#: Answers between a miss and its return, as far as there are others.
_BETWEEN = 3
#: Right answers in a row by which a mistake leaves the deck, and how far apart they are at least.
_RIGHT, _APART_S = 2, 12 * 3_600.0
#: In a card's state: when it was last asked again in a session. The next review drops it.
REPEATED = "repeated"

#: Topic, item, grade and Unix time of an answer.
Logged = tuple[str, str, int, float]


@dataclass(frozen=True, slots=True)
class ReviewSession:
    """A session of reviewing: its deck, and when it began, in whole seconds of Unix time."""

    deck: Deck
    since: int

    @classmethod
    def begin(cls, deck: Deck, now: float) -> ReviewSession:
        """Return a session that begins now."""
        return cls(deck, int(now))


def mistakes(log: Sequence[Logged]) -> list[ItemKey]:
    """Return what was missed and has not been right twice since, half a day apart; the oldest mistake first.

    What is answered right at once after it was told shows little, so it does not count.

    Args:
        log: all answers, the oldest first.
    """
    rights: dict[ItemKey, int] = {}
    last: dict[ItemKey, float] = {}
    for topic, item, grade, at in log:
        key = (topic, item)
        if grade == AGAIN:
            rights[key], last[key] = 0, at
        elif key in rights and at - last[key] >= _APART_S:
            rights[key] += 1
            last[key] = at
            if rights[key] >= _RIGHT:
                del rights[key], last[key]
    return sorted(rights, key=lambda key: (last[key], key))


def missed(
    session: ReviewSession, log: Sequence[Logged], states: Mapping[ItemKey, Mapping[str, Any]]
) -> list[tuple[ItemKey, bool]]:
    """Return what was missed in a session and is not right yet, the one that waits longest first; and whose turn it is.

    Args:
        session: of reviewing.
        log: answers, the oldest first.
        states: of all cards.
    """
    of_session = [each for each in log if each[3] >= session.since]
    latest = {(topic, item): (grade, at) for topic, item, grade, at in of_session}
    waiting: list[tuple[float, ItemKey]] = []
    for key, (grade, at) in latest.items():
        state = states.get(key)
        if grade == AGAIN and state is not None and in_steps(dict(state)):
            again = state.get(REPEATED)
            waiting.append((max(at, again) if isinstance(again, (int, float)) else at, key))

    def is_its_turn(key: ItemKey, asked: float) -> bool:
        return sum(at > asked and (topic, item) != key for topic, item, _, at in of_session) >= _BETWEEN

    return [(key, is_its_turn(key, asked)) for asked, key in sorted(waiting)]


def answered(session: ReviewSession, log: Sequence[Logged]) -> Collection[ItemKey]:
    """Return what was answered in a session."""
    return {(topic, item) for topic, item, _, at in log if at >= session.since}
