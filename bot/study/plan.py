"""What to study next: the items by which most is won on the day that matters, such as that of an interview.

cards and log → MemoryState, Beliefs → Prospect (the chance of a right answer on the day, without and with a review now)
→ the greatest gains first, until the minutes are used up → Plan

Each item is right on the day where it is known anyway, or else where it is remembered from a review:
`chance = known + (1 - known) · recall`. Recall is FSRS's (`bot.study.schedule`). What is known anyway is a Beta
posterior of first answers for a topic and kind of item, and the item's own first answer moves it by `_TELLS`.

Clock and chance are passed in. Nothing here waits for anything.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any, Literal

from bot.study import schedule
from knowledge.bank.models import Bank, InWords, Item

DAY = 86_400.0
#: For how many days what is learned should last, where no date was given.
HORIZON_DAYS = 30
#: Minutes a day where nobody says how many.
MINUTES = 20

#: The farthest day that can be planned for.
MOST_DAYS = 730

#: Kind of item that drills are.
DRILL = "drill"
#: Minutes that an answer takes: a letter, a program to be read first, words. A drill has its own.
_LETTER, _CODE, _WORDS = 1, 2, 3
#: First answers that the prior counts as: of a topic nobody has begun it is all there is.
_PRIOR = 4.0
#: What an answer tells of the other kinds of items in its topic, beside one of the same kind.
_OTHER_KIND = 0.5
#: What a pass tells of a topic that its own requires, and a failure of one that requires its own; squared a step on.
_CREDIT = 0.25
#: How much an item's first answer tells of the item itself: 0 nothing, 1 all. Letters are guessed, and slips happen.
_TELLS = 0.5
#: What is asked often counts for more.
_OFTEN = 1.25
#: A topic's further items on the same day count for less: mixed practice holds better (Rohrer & Taylor 2007).
_SAME_TOPIC = 0.8
#: One in so many is one that is due, however much there is that is new: what was learned is not left to be forgotten.
_DUE_EACH = 4
#: Answers that a topic takes before it can be called the weakest.
_TOLD = 2

ItemKey = tuple[str, str]
#: Why an item is in a plan: it is due; its topic is the one known least; a topic that goes badly requires its topic; it
#: is often asked; it is new.
StepReason = Literal["due", "weakest", "needed", "asked", "new"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing to study: an item or a drill of the bank.

    Attributes:
        topic: the slug.
        item: its id in the topic; reviews are kept under that.
        kind: of an item, or `DRILL`.
        minutes: what it takes.
        often: whether its topic answers questions that are known to be asked.
    """

    topic: str
    item: str
    kind: str
    minutes: int
    often: bool = False

    @property
    def key(self) -> ItemKey:
        """Topic and item, by which its card is stored."""
        return self.topic, self.item


@dataclass(frozen=True, slots=True)
class MemoryState:
    """What is kept of an item that was answered.

    Attributes:
        state: of its card.
        due: when it comes up, in Unix time.
        passed: whether the first answer was right; None where that is not known any more.
        last: whether the last one was.
        asked: whether the learner asked for it before its time.
    """

    state: Mapping[str, Any]
    due: float
    passed: bool | None
    last: bool | None = None
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Beta:
    """A Beta distribution of the chance that an item never studied is answered right."""

    right: float
    wrong: float

    @property
    def mean(self) -> float:
        """The chance to be expected."""
        return self.right / (self.right + self.wrong)

    @property
    def deviation(self) -> float:
        """The standard deviation of that chance."""
        answers = self.right + self.wrong
        return math.sqrt(self.right * self.wrong / (answers + 1)) / answers


@dataclass(frozen=True, slots=True)
class Prospect:
    """A thing to study, and the chance that it is answered right on the day: without a review now, and with one."""

    piece: Piece
    without: float
    reviewed: float
    due: bool

    @property
    def gain(self) -> float:
        """What a review now is worth.

        An item is worth the minutes of an interview that it would take there, so its worth a minute is the gain in
        chance, whatever its kind.
        """
        return (self.reviewed - self.without) * (_OFTEN if self.piece.often else 1.0)


@dataclass(frozen=True, slots=True)
class Step:
    """One item of a day's plan, why it is there, and the topic that needs it where that is why."""

    prospect: Prospect
    why: StepReason
    needed_by: str | None = None

    @property
    def piece(self) -> Piece:
        """What to study."""
        return self.prospect.piece


@dataclass(frozen=True, slots=True)
class Plan:
    """What to study today.

    Attributes:
        days: from now to the day it is for.
        today: in the order of study.
        expected: the share of the bank answered right on the day, with what is in the plan and nothing after it.
        now: the share without it.
        more: whether there is more by which something would be won today.
    """

    days: int
    today: tuple[Step, ...]
    expected: float
    now: float
    more: bool

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return sum(step.piece.minutes for step in self.today)


def pieces(bank: Bank) -> Iterator[Piece]:
    """Yield all that can be studied of a bank: items, then drills, topic by topic."""
    for topic in bank.topics.values():
        often = bool(topic.meta.questions)
        for item in topic.quiz:
            yield Piece(topic.slug, item.id, item.kind, _minutes(item), often)
        for drill in topic.drills:
            yield Piece(topic.slug, drill.item, DRILL, drill.meta.minutes, often)


def _minutes(item: Item) -> int:
    if isinstance(item, InWords):
        return _WORDS
    return _CODE if any(True for _ in item.programs()) else _LETTER


class Beliefs:
    """What first answers tell of topics and kinds of items, of those too that nobody has answered yet.

    Args:
        topics: which topics each of them requires, by slug.
        firsts: topic, kind and whether it was right, of each item's first answer.
    """

    def __init__(self, topics: Mapping[str, Sequence[str]], firsts: Iterable[tuple[str, str, bool]]) -> None:
        self._topics = topics
        self._counts: dict[str, dict[str, list[int]]] = {}
        for topic, kind, right in firsts:
            self._counts.setdefault(topic, {}).setdefault(kind, [0, 0])[not right] += 1
        self._found: dict[tuple[str, str], Beta] = {}

    def of(self, topic: str, kind: str) -> Beta:
        """Return what is to be expected of a topic's items of one kind."""
        found = self._found.get((topic, kind))
        if found is None:
            found = self._found[topic, kind] = self._posterior(topic, kind)
        return found

    def answers(self, topic: str) -> int:
        """Return how many first answers a topic has."""
        return sum(sum(counts) for counts in self._counts.get(topic, {}).values())

    def mean(self, topic: str) -> float:
        """Return what is to be expected of a topic, over the kinds that were answered."""
        kinds = sorted(self._counts.get(topic, {})) or [""]
        return sum(self.of(topic, kind).mean for kind in kinds) / len(kinds)

    @cached_property
    def weakest(self) -> str | None:
        """The topic known least, of those with answers enough to tell; None where all of it goes well."""
        told = [topic for topic in self._counts if self.answers(topic) >= _TOLD]
        weak = min(told, key=lambda topic: (self.mean(topic), topic), default=None)
        return weak if weak is not None and self.mean(weak) < self._everything else None

    def needing(self, topic: str) -> str | None:
        """Return the topic that itself requires this one, was begun and goes worst; None where none goes badly."""
        begun = [each for each in self._dependents.get(topic, ()) if self.answers(each)]
        found = min(begun, key=lambda each: (self.mean(each), each), default=None)
        return found if found is not None and self.mean(found) < self._everything else None

    @cached_property
    def _everything(self) -> float:
        counts = [each for kinds in self._counts.values() for each in kinds.values()]
        right, wrong = (sum(each[side] for each in counts) for side in (0, 1))
        return (right + 1) / (right + wrong + 2)

    @cached_property
    def _dependents(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for topic, required in self._topics.items():
            for each in required:
                found.setdefault(each, []).append(topic)
        return found

    @cached_property
    def _of_kind(self) -> dict[str, float]:
        """The prior of each kind, which all topics share: the learner's own answers, drawn towards all of them."""
        sums: dict[str, list[int]] = {}
        for kinds in self._counts.values():
            for kind, counts in kinds.items():
                both = sums.setdefault(kind, [0, 0])
                both[0], both[1] = both[0] + counts[0], both[1] + counts[1]
        return {
            kind: (right + _PRIOR * self._everything) / (right + wrong + _PRIOR)
            for kind, (right, wrong) in sums.items()
        }

    def _posterior(self, topic: str, kind: str) -> Beta:
        prior = self._of_kind.get(kind, self._everything)
        right, wrong = _PRIOR * prior, _PRIOR * (1 - prior)
        told = [(topic, 1.0, 1.0)]
        told += [(each, _CREDIT**far, 0.0) for each, far in _beyond(topic, self._dependents).items()]
        told += [(each, 0.0, _CREDIT**far) for each, far in _beyond(topic, self._topics).items()]
        for each, passes, failures in told:
            for other, counts in self._counts.get(each, {}).items():
                weight = 1.0 if other == kind else _OTHER_KIND
                right += weight * passes * counts[0]
                wrong += weight * failures * counts[1]
        return Beta(right, wrong)


def _beyond(topic: str, leads: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return how many steps away all topics are that a topic leads to, itself left out."""
    far: dict[str, int] = {}
    edge, steps = [topic], 0
    while edge:
        steps += 1
        edge = [each for last in edge for each in leads.get(last, ()) if each != topic and each not in far]
        far.update(dict.fromkeys(edge, steps))
    return far


@dataclass(frozen=True)
class Outlooks:
    """The prospects of all that can be studied, for one learner at one moment.

    Args:
        everything: of the bank.
        memories: of what was answered.
        beliefs: what first answers tell.
        now: Unix time.
        day: the moment that it is for, in Unix time; not before `now`.
        parameters: of FSRS, fitted to the learner; None for the usual ones.
    """

    everything: Sequence[Piece]
    memories: Mapping[ItemKey, MemoryState]
    beliefs: Beliefs
    now: float
    day: float
    parameters: schedule.Parameters | None = None

    def open(self) -> list[Prospect]:
        """Return the prospects of what is due or new."""
        return [self.of(each) for each in self.everything if self._is_open(each)]

    def _is_open(self, piece: Piece) -> bool:
        memory = self.memories.get(piece.key)
        return memory is None or memory.due <= self.now

    def of(self, piece: Piece) -> Prospect:
        """Return the prospect of one thing to study."""
        known = self.beliefs.of(piece.topic, piece.kind).mean
        memory = self.memories.get(piece.key)
        if memory is None:
            passed, failed = _known(known, True), _known(known, False)
            new = self._new
            right = known * _either(passed, new.passed) + (1 - known) * _either(failed, new.failed)
            return Prospect(piece, known, right, due=False)
        known = _known(known, memory.passed)
        seen = schedule.outlook(dict(memory.state), self.now, self.day, self.parameters)
        passes = _either(known, seen.now)
        after = passes * seen.passed + (1 - passes) * seen.failed
        return Prospect(piece, _either(known, seen.kept), _either(known, after), due=True)

    @cached_property
    def _new(self) -> schedule.Outlook:
        return schedule.outlook(None, self.now, self.day, self.parameters)

    def chance(self, piece: Piece) -> float:
        """Return the chance that it is answered right on the day, with no review before."""
        known = self.beliefs.of(piece.topic, piece.kind).mean
        memory = self.memories.get(piece.key)
        if memory is None:
            return known
        recalled = schedule.recall(dict(memory.state), self.day, self.parameters)
        return _either(_known(known, memory.passed), recalled)

    def leverage(self, piece: Piece) -> float:
        """Return by how much that chance changes with what is to be expected of items never studied."""
        memory = self.memories.get(piece.key)
        if memory is None:
            return 1.0
        forgotten = 1 - schedule.recall(dict(memory.state), self.day, self.parameters)
        return forgotten if memory.passed is None else forgotten * (1 - _TELLS)


def _known(expected: float, passed: bool | None) -> float:
    """Return what an item's first answer leaves of what was expected; over both answers its mean stays the same."""
    if passed is None:
        return expected
    return expected + _TELLS * (1 - expected) if passed else expected * (1 - _TELLS)


def _either(known: float, recalled: float) -> float:
    return known + (1 - known) * recalled


def outlooks(
    bank: Bank,
    memories: Mapping[ItemKey, MemoryState],
    now: float,
    day: float,
    wished: Callable[[Piece], bool] = lambda _: True,
    parameters: schedule.Parameters | None = None,
) -> Outlooks:
    """Return the prospects of a learner over a bank.

    Args:
        bank: has what can be studied.
        memories: of what the learner answered, by topic and item; what has left the bank is passed over.
        now: Unix time.
        day: the moment that matters, in Unix time.
        wished: which pieces to look at. Beliefs come from all.
        parameters: of FSRS, fitted to the learner; None for the usual ones.
    """
    everything = list(pieces(bank))
    firsts = [
        (piece.topic, piece.kind, memory.passed)
        for piece in everything
        if (memory := memories.get(piece.key)) is not None and memory.passed is not None
    ]
    requires = {slug: topic.meta.requires for slug, topic in bank.topics.items()}
    return Outlooks(
        [piece for piece in everything if wished(piece)], memories, Beliefs(requires, firsts), now, max(now, day),
        parameters,
    )  # fmt: skip


def greedy(
    found: Iterable[Prospect],
    chance: Random,
    *,
    after: str | None = None,
    fits: Callable[[Piece], bool] = lambda _: True,
) -> Iterator[Prospect]:
    """Yield prospects, the greatest gain first; equal ones by chance, one in `_DUE_EACH` a due one while there is any.

    Args:
        found: of which to choose.
        chance: decides between equal ones.
        after: the topic that was studied just before.
        fits: whether there is room for a piece; what does not fit now fits no more.
    """
    left = list(found)
    taken: dict[str, int] = {} if after is None else {after: 1}
    without_due = 0

    def worth(each: Prospect) -> float:
        return each.gain * (_SAME_TOPIC ** taken.get(each.piece.topic, 0) if each.gain > 0 else 1.0)

    while left := [each for each in left if fits(each.piece)]:
        among = [each for each in left if each.due] if without_due + 1 >= _DUE_EACH else []
        values = [(worth(each), each) for each in among or left]
        most = max(value for value, _ in values)
        best = chance.choice([each for value, each in values if value == most])
        left.remove(best)
        taken[best.piece.topic] = taken.get(best.piece.topic, 0) + 1
        without_due = 0 if best.due else without_due + 1
        yield best


def next_of(
    found: Outlooks, chance: Random, *, not_now: ItemKey | None = None, leave: Collection[ItemKey] = ()
) -> Prospect | None:
    """Return the one thing to study now, due or new; None where there is nothing.

    What the learner asked for comes first; else one time in `_DUE_EACH` it is something due, where anything is.

    Args:
        found: of a learner at this moment.
        chance: decides between equal ones, and when it is the turn of what is due.
        not_now: what was just answered.
        leave: what comes in some other way.
    """
    every = [each for each in found.open() if each.piece.key != not_now and each.piece.key not in leave]
    asked = [each for each in every if each.due and found.memories[each.piece.key].asked]
    due = [each for each in every if each.due] if chance.random() * _DUE_EACH < 1 else []
    return next(greedy(asked or due or every, chance, after=not_now[0] if not_now is not None else None), None)


def plan(found: Outlooks, minutes: float, chance: Random) -> Plan:
    """Return what to study today, as much as the minutes hold, and what that comes to on the day.

    One drill a day at most, for a drill takes many times as long as anything else. What would win nothing is left out.
    """
    steps: list[Step] = []

    def fits(piece: Piece) -> bool:
        spent = sum(step.piece.minutes for step in steps)
        drilled = any(step.piece.kind == DRILL for step in steps)
        return piece.minutes <= minutes - spent and not (drilled and piece.kind == DRILL)

    useful = [each for each in found.open() if each.gain > 0]
    for prospect in greedy(useful, chance, fits=fits):
        steps.append(_step(prospect, found.beliefs))
    count = max(1, len(found.everything))
    now = sum(found.chance(piece) for piece in found.everything) / count
    gained = sum(step.prospect.reviewed - step.prospect.without for step in steps) / count
    return Plan(round((found.day - found.now) / DAY), tuple(steps), now + gained, now, len(useful) > len(steps))


def _step(prospect: Prospect, beliefs: Beliefs) -> Step:
    topic = prospect.piece.topic
    if prospect.due:
        return Step(prospect, "due")
    if topic == beliefs.weakest:
        return Step(prospect, "weakest")
    if (needing := beliefs.needing(topic)) is not None:
        return Step(prospect, "needed", needing)
    return Step(prospect, "asked" if prospect.piece.often else "new")
