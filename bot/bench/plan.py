"""What a rule of study is worth: simulated learners with so many days to an interview, and so many answers a day.

A simulated learner is none of `bot.study.plan`'s making. Memory is FSRS's, but with parameters of the learner's own
that no rule knows. A part of the items is known beforehand, in some topics more than in others, and less where what a
topic requires is not known. A letter is guessed one time in four, and a guess counts as right, as it would: what Epoch
is told is not what happened.

The bank is that of the topics whose questions are known to be asked. Each answer takes a minute; the days' answers come
one after the other at the same hour. Accuracy is the mean chance of a right answer over all items at that hour of the
interview's day.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from random import Random
from statistics import mean, stdev
from typing import Any

from fsrs import Card, Rating, Scheduler
from fsrs.scheduler import DEFAULT_PARAMETERS, LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS

from bot.study import schedule
from bot.study.plan import DAY, HORIZON_DAYS, ItemKey, MemoryState, greedy, next_of, outlooks, pieces
from bot.study.schedule import CardState, grade_of_choice
from knowledge.bank.kinds import by_letter
from knowledge.bank.models import Bank

#: The first day; no rule looks at the calendar.
START = 1_800_000_000.0
_ANSWER_S = 60.0
#: The learners' seeds begin here.
SEED = 1_000
BUDGETS = ((30, 10), (30, 20))
#: What the plan has to reach, by budget.
MUST = {(30, 10): 0.70, (30, 20): 0.85}
#: Spread of each parameter of memory, as a share of the default's logarithm, and of a topic's ability, in logits.
_SPREAD, _ABILITY = 0.25, 0.9
#: Ability in logits before anything is learned: a good fourth of the items is known.
_BEFORE = -1.05
#: How much of the ability in a topic comes from the topics that it requires.
_REQUIRED = 0.5
_GUESSED = 0.25


@dataclass
class Learner:
    """A simulated learner.

    Attributes:
        seed: of all that is theirs.
        memory: how they forget.
        known: whether each item is known beforehand, for good.
        chance: decides what comes to mind.
        cards: what they remember of their answers.
        told: what Epoch keeps of them.
    """

    seed: int
    memory: Scheduler
    known: dict[ItemKey, bool]
    guesses: frozenset[ItemKey]
    chance: Random
    cards: dict[ItemKey, Card]
    told: dict[ItemKey, MemoryState]

    @classmethod
    def born(cls, seed: int, bank: Bank) -> Learner:
        """Return a learner: the same for the same seed and bank, before any rule of study."""
        chance = Random(seed)
        ability: dict[str, float] = {}

        def of(topic: str) -> float:
            if topic not in ability:
                required = [of(each) for each in bank[topic].meta.requires if each in bank.topics]
                own = chance.gauss(_BEFORE, _ABILITY)
                ability[topic] = own if not required else (1 - _REQUIRED) * own + _REQUIRED * mean(required)
            return ability[topic]

        every = list(pieces(bank))
        known = {each.key: chance.random() < 1 / (1 + math.exp(-of(each.topic))) for each in every}
        letters = by_letter()
        guesses = frozenset(each.key for each in every if each.kind in letters)
        return cls(seed, memory_of(chance), known, guesses, chance, {}, {})

    def right(self, key: ItemKey, at: float) -> float:
        """Return the chance that they answer an item right at Unix time `at`."""
        sure = self.known[key] or self._recall(key, at)
        return sure + (1 - sure) * (_GUESSED if key in self.guesses else 0.0)

    def answer(self, key: ItemKey, at: float) -> None:
        """Let them answer an item, and be told what is right."""
        knows = self.known[key] or self.chance.random() < self._recall(key, at)
        right = knows or (key in self.guesses and self.chance.random() < _GUESSED)
        card = self.cards.get(key) or Card(card_id=0, due=when(at))
        self.cards[key], _ = self.memory.review_card(card, Rating.Good if knows else Rating.Again, when(at))
        before = self.told.get(key)
        state: CardState | None = dict(before.state) if before is not None else None
        after, due = schedule.review(state, grade_of_choice(right), at)
        self.told[key] = MemoryState(after, due, before.passed if before is not None else right)

    def accuracy(self, at: float) -> float:
        """Return the share of all items that they answer right at Unix time `at`, to be expected."""
        return mean(self.right(key, at) for key in self.known)

    def _recall(self, key: ItemKey, at: float) -> float:
        card = self.cards.get(key)
        return 0.0 if card is None else float(self.memory.get_card_retrievability(card, when(at)))


def when(at: float) -> datetime:
    """Return a Unix time as FSRS takes it."""
    return datetime.fromtimestamp(at, UTC)


def memory_of(chance: Random) -> Scheduler:
    """Return how somebody forgets: FSRS with parameters of their own, each the usual one times e^N(0, .25)."""
    bounds = zip(DEFAULT_PARAMETERS, LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS, strict=True)
    own = [min(max(value * math.exp(chance.gauss(0, _SPREAD)), low), high) for value, low, high in bounds]
    own[:4] = sorted(own[:4])  # who answers better keeps it longer
    return Scheduler(own, enable_fuzzing=False)


@dataclass
class StudyDay:
    """One day's study of a learner.

    Attributes:
        now: Unix time, which goes on with each answer.
        interview: the day that matters, in Unix time.
        chance: of the rule.
        last: the item answered just before.
    """

    learner: Learner
    bank: Bank
    now: float
    interview: float
    chance: Random
    last: ItemKey | None = None

    def due(self) -> ItemKey | None:
        """Return what has been due the longest, but not what was answered just before."""
        told = self.learner.told.items()
        due = [(memory.due, key) for key, memory in told if memory.due <= self.now and key != self.last]
        return min(due, default=(0.0, None))[1]

    def new(self) -> ItemKey | None:
        """Return something that was never answered."""
        new = [key for key in self.learner.known if key not in self.learner.told]
        return self.chance.choice(new) if new else None


#: Yields a day's items; before each, the session is up to date.
ReviewRule = Callable[[StudyDay], Iterator[ItemKey | None]]


def due_first(day: StudyDay) -> Iterator[ItemKey | None]:
    """What has been due the longest comes first, then something new: the rule before there was a plan."""
    while True:
        yield day.due() or day.new()


def half_and_half(day: StudyDay) -> Iterator[ItemKey | None]:
    """What is due and what is new take turns."""
    while True:
        yield day.new() or day.due()
        yield day.due() or day.new()


def planned(day: StudyDay) -> Iterator[ItemKey | None]:
    """The list of `epoch plan`, made at the day's beginning; then, where the day has room for more, what is due."""
    found = outlooks(day.bank, day.learner.told, day.now, day.interview)
    for each in greedy((each for each in found.open() if each.gain > 0), day.chance):
        yield each.piece.key
    yield from due_first(day)


def reviewed(day: StudyDay) -> Iterator[ItemKey | None]:
    """What `/review` asks, one at a time, for a day that is always `HORIZON_DAYS` ahead."""
    while True:
        found = outlooks(day.bank, day.learner.told, day.now, day.now + HORIZON_DAYS * DAY)
        last = day.last
        best = next_of(found, day.chance, not_now=last)
        yield best.piece.key if best is not None else None


RULES: dict[str, ReviewRule] = {
    "due first": due_first,
    "half and half": half_and_half,
    "plan": planned,
    "review without a date": reviewed,
}


#: Looks at the whole bank before each answer, so that a fourth of the learners has to do.
_SLOW = {"review without a date"}


def study(learner: Learner, bank: Bank, days: int, answers: int, rule: ReviewRule) -> float:
    """Let a learner study by a rule and return their accuracy on the day, `days` after the first."""
    chance = Random(f"{learner.seed} {days} {answers}")
    interview = START + days * DAY
    for day in range(days):
        session = StudyDay(learner, bank, START + day * DAY, interview, chance)
        for key in islice(rule(session), answers):
            if key is None:
                break
            learner.answer(key, session.now)
            session.last, session.now = key, session.now + _ANSWER_S
    return learner.accuracy(interview)


def asked_bank(bank: Bank) -> Bank:
    """Return the topics whose questions are known to be asked, without drills, which take more than a minute."""
    asked = {slug: topic for slug, topic in bank.topics.items() if topic.meta.questions}
    return Bank(topics={slug: topic.model_copy(update={"drills": ()}) for slug, topic in asked.items()})


def rows(bank: Bank, learners: int, seed: int, progress: Callable[[str, int, int], None]) -> Iterator[dict[str, Any]]:
    """Yield a row for each budget and rule: expected accuracy on the day over learners, and its standard error.

    Args:
        bank: all of it.
        learners: how many are simulated, at least 2; the same ones for every rule.
        seed: of the first of them; the others follow it.
        progress: called with a label, how many studies are done and how many there are.
    """
    asked = asked_bank(bank)
    done, count = 0, len(BUDGETS) * sum(max(2, learners // 4) if name in _SLOW else learners for name in RULES)
    for days, answers in BUDGETS:
        for name, rule in RULES.items():
            scores, seen = [], []
            simulated = max(2, learners // 4) if name in _SLOW else learners
            for number in range(simulated):
                learner = Learner.born(seed + number, asked)
                scores.append(study(learner, asked, days, answers, rule))
                seen.append(len(learner.told))
                done += 1
                progress(f"{days} × {answers} {name}", done, count)
            must = MUST.get((days, answers)) if name == "plan" else None
            yield {
                "rule": name, "days": days, "answers": answers, "accuracy": round(mean(scores), 3),
                "error": round(stdev(scores) / math.sqrt(simulated), 3), "seen": round(mean(seen)),
                "items": len(learner.known), "learners": simulated, "seed": seed,
                **({} if must is None else {"must": must, "held": mean(scores) >= must}),
            }  # fmt: skip
