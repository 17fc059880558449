"""What a member studies for, and today's list towards it, which stays the same until the day is over.

Goal + Outlooks → the day's list, kept → Agenda: what of it is done, and what comes of it on the day

Clock and chance are passed in; nothing here waits for anything.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self, cast, get_args

from bot.study import plan as planning
from bot.study.plan import ItemKey, Outlooks, Step, StepReason
from knowledge.bank.formerly import find_drill, find_item
from knowledge.bank.models import Bank

#: The most minutes a day that are planned for.
MOST_MINUTES = 600


@dataclass(frozen=True, slots=True)
class Listed:
    """An item of a day's list: its topic and id at that time, why, and the topic that needs it where that is why."""

    topic: str
    item: str
    why: StepReason
    needed_by: str | None = None

    @property
    def key(self) -> ItemKey:
        """Topic and item."""
        return self.topic, self.item

    @classmethod
    def of(cls, step: Step) -> Self:
        """Return what to keep of a step of a plan."""
        return cls(*step.piece.key, step.why, step.needed_by)

    def as_json(self) -> list[Any]:
        """Return what to keep."""
        return [self.topic, self.item, self.why, self.needed_by]

    @classmethod
    def read(cls, kept: Any) -> Self | None:  # noqa: ANN401 - what JSON held
        """Return what was kept; None for what is damaged or of another version."""
        if not isinstance(kept, list) or len(kept) != 4 or kept[2] not in get_args(StepReason):
            return None
        if not all(isinstance(each, str) for each in kept[:2]) or not isinstance(kept[3], str | None):
            return None
        return cls(kept[0], kept[1], cast("StepReason", kept[2]), kept[3])


@dataclass(frozen=True, slots=True)
class DayList:
    """The list of one day: the member's day, when it was made (Unix time), and what is on it, in the order of study."""

    day: date
    made: float
    steps: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class Goal:
    """What a member studies for.

    Attributes:
        day: of the interview; None for no day in particular.
        minutes: a day.
        today: the newest list; None where there is none for this goal.
    """

    day: date | None = None
    minutes: int = planning.MINUTES
    today: DayList | None = None

    def days(self, today: date) -> int:
        """Return for how many days ahead to plan: as far as there is no day to come, for `HORIZON_DAYS`."""
        return planning.HORIZON_DAYS if self.day is None or self.day < today else (self.day - today).days


@dataclass(frozen=True, slots=True)
class Agenda:
    """Today's list of a member, and what it is worth.

    Attributes:
        goal: what it is for.
        today: the member's day.
        days: how many days ahead is planned for.
        steps: the list as far as the bank has it, in the order of study.
        done: which of them were answered since the list was made.
        now: the share of the bank that would be answered right today.
        without: the share answered right on the day, with nothing studied from here on.
        expected: the same with what is left of the list.
        more: whether there is something by which more would be won.
    """

    goal: Goal
    today: date
    days: int
    steps: tuple[Step, ...]
    done: frozenset[ItemKey]
    now: float
    without: float
    expected: float
    more: bool

    @property
    def minutes(self) -> int:
        """How long all of the list takes."""
        return sum(step.piece.minutes for step in self.steps)

    @property
    def day(self) -> date | None:
        """The day that is planned for; None where no day to come was named."""
        return None if self.goal.day is None or self.goal.day < self.today else self.goal.day

    @property
    def over(self) -> date | None:
        """The day that was named and is over."""
        return self.goal.day if self.day is None else None

    @property
    def left(self) -> tuple[Step, ...]:
        """What is still to do, drills last: they can be put off."""
        left = [step for step in self.steps if step.piece.key not in self.done]
        return tuple(sorted(left, key=lambda step: step.piece.kind == planning.DRILL))


def today_of(key: ItemKey, bank: Bank) -> ItemKey | None:
    """Return an item or drill under the names it has now; None where it has left the bank."""
    if (drill := find_drill(bank, *key)) is not None:
        return drill.topic, drill.item
    found = find_item(bank, *key)
    return None if found is None else (found[0].slug, found[1].id)


def agenda(
    goal: Goal, listed: Sequence[Listed], done: Collection[ItemKey], found: Outlooks, bank: Bank, today: date, *,
    more: bool = False,
) -> Agenda:  # fmt: skip
    """Return where a member stands with a day's list.

    Args:
        goal: what it is for.
        listed: what is on it.
        done: what was answered since it was made.
        found: the prospects of the member for the day of the goal.
        bank: has the items; what it lacks is left out.
        today: the member's day.
        more: whether there was more to study when it was made.
    """
    pieces = {piece.key: piece for piece in found.everything}
    steps: list[Step] = []
    for each in listed:
        key = today_of(each.key, bank)
        if key is None or (piece := pieces.get(key)) is None:
            continue
        needed = each.needed_by if each.needed_by in bank.topics else None
        why: StepReason = "new" if each.why == "needed" and needed is None else each.why
        steps.append(Step(found.of(piece), why, needed))
    over = frozenset(step.piece.key for step in steps if step.piece.key in done)
    count = max(1, len(found.everything))
    without = sum(map(found.chance, found.everything)) / count
    gained = sum(step.prospect.reviewed - step.prospect.without for step in steps if step.piece.key not in over) / count
    now = replace(found, day=found.now)
    return Agenda(
        goal, today, goal.days(today), tuple(steps), over, sum(map(now.chance, found.everything)) / count, without,
        without + max(gained, 0.0), more,
    )  # fmt: skip
