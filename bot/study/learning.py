"""A member's reviews: each answer updates a card; which item comes next, which are due, how long the streak is.

answer of a round, a daily question, a review, an interview → Learning.record → schedule.review → Card

`Learning.record` is the only place that saves an answer, whoever gave it and wherever.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol, cast

from bot.study import decks, schedule
from bot.study import plan as planning
from bot.study import scores as scoring
from bot.study.agenda import Agenda, DayList, Goal, Listed, agenda
from bot.study.cards import Card, CardChange, Review, ReviewStep
from bot.study.decks import ReviewSession
from bot.study.fitter import FitStore, Fitter, KeptFit
from bot.study.schedule import GRADES, CardState, Grade
from bot.study.scores import ExpectedScores
from bot.study.timetable import local_day, system_day
from knowledge.bank.drills import Drill
from knowledge.bank.formerly import find_drill, find_item
from knowledge.bank.models import Bank, InWords, Item, Topic

#: Whoever reviews in a terminal: no Discord id is 0.
TERMINAL = 0
#: One missed day in so many breaks no streak.
_SPARED_DAYS = 7
#: Days that a forecast looks ahead.
FORECAST_DAYS = 14


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """A graded answer to an item.

    Attributes:
        member_id: whose.
        topic: of the item, or `pack:NAME`.
        item: its id.
        grade: how good it was.
        source: names this answer, such as `round:12:3`; recorded again, it is not counted again.
        at: when it was given, in Unix time; None for one given at this moment.
        guild_id: of the server, whose day it counts for where the member set no zone; None in direct messages.
    """

    member_id: int
    topic: str
    item: str
    grade: Grade
    source: str
    at: float | None = None
    guild_id: int | None = None


class _Member(Protocol):
    @property
    def zone(self) -> str | None: ...


class MemberStore(Protocol):
    """What is stored about members, as far as learning needs it."""

    async def get(self, member_id: int, /) -> _Member:
        """Return what a member set."""

    async def zones(self, member_ids: Collection[int], /) -> Mapping[int, str]:
        """Return the time zones of those members who set one."""

    async def forget(self, member_id: int, /) -> int:
        """Delete all that is kept of a member and return how many rows that were."""


class GoalStore(Protocol):
    """What members study for, as far as learning needs it."""

    async def get(self, member_id: int, /) -> Goal:
        """Return a member's goal; the default where they have none."""

    async def set(self, member_id: int, day: date | None, minutes: int, at: float, /) -> None:
        """Set the day, None for none, and the minutes a day; the list of today is made anew for them."""

    async def list_once(self, member_id: int, made_for: Goal, today: DayList, /) -> Goal:
        """Keep a day's list, unless there is one for that day, or the goal is another by now; return what is kept."""


class ReviewStore(Protocol):
    """The reviews of all members, as far as learning needs them."""

    async def record(self, given: Sequence[Review], step: ReviewStep, /) -> list[Card]:
        """Log reviews and move their cards on, all or nothing; return the cards that moved."""

    async def amend(self, member_id: int, topic: str, item: str, change: CardChange, /) -> Card | None:
        """Change a card without a review, and return it; None where there is none, or nothing to change."""

    async def bring_forward(self, card: Card, /) -> None:
        """Let a member's card be due no later than `card`; keep `card` itself where there is none of the item."""

    async def due(self, member_id: int, now: float, limit: int | None) -> Sequence[Card]:
        """Return a member's cards that are due, the longest overdue first; all of them without a limit."""

    async def due_times(self, member_id: int, /) -> Mapping[tuple[str, str], float]:
        """Return when each of a member's cards is due, by topic and item."""

    async def cards(self, member_id: int, /) -> list[Card]:
        """Return all of a member's cards."""

    async def card(self, member_id: int, topic: str, item: str, /) -> Card | None:
        """Return one card, None for an item that was never answered."""

    async def days(self, member_id: int, /) -> Mapping[date, int]:
        """Return how many answers a member gave on each day."""

    async def log(self, member_id: int, /) -> Sequence[tuple[str, str, int, float]]:
        """Return topic, item, grade and time of all of a member's answers, the oldest first."""


class LearningStore(Protocol):
    """Where reviews and members are kept."""

    @property
    def reviews(self) -> ReviewStore:
        """The reviews of all members."""

    @property
    def members(self) -> MemberStore:
        """What is kept of members."""

    @property
    def goals(self) -> GoalStore:
        """What members study for."""

    @property
    def fits(self) -> FitStore:
        """The parameters of FSRS that members have of their own."""


@dataclass(frozen=True, slots=True)
class ReviewStatus:
    """How many items a member has due, new and answered, and the streak.

    Attributes:
        due: cards that are due now, those of drills with them.
        new: items never answered.
        today: answers of the member's day.
        streak: days with an answer, up to today, or to yesterday while today may still come; see `streak`.
    """

    due: int
    new: int
    today: int
    streak: int


@dataclass(frozen=True, slots=True)
class AskedItem:
    """What comes next in a session: an item, and whether it was missed in this session, so that it is no review now."""

    topic: Topic
    item: Item
    again: bool = False


@dataclass(frozen=True, slots=True)
class Mastery:
    """How well a member knows a topic: the mean probability of recall over its items; 0 for an item never answered."""

    topic: Topic
    recalled: float
    seen: int
    items: int


@dataclass(frozen=True, slots=True)
class Progress:
    """A member's progress through the bank.

    Attributes:
        standing: what is due, what is new, the streak.
        begun: topics with at least one answer, the best known first.
        topics: how many topics have items.
        today: the member's day.
        forecast: how many cards come up on it, with all that is overdue, and on each of the days after it.
        scores: what they would score, today and on the day they asked for.
        fit: of their intervals; None where there was none yet.
    """

    standing: ReviewStatus
    begun: tuple[Mastery, ...]
    topics: int
    today: date
    forecast: tuple[int, ...]
    scores: ExpectedScores | None = None
    fit: KeptFit | None = None


class Learning:
    """Reviews of all members, over the store.

    A day is that of the member's own zone, or else of the server they are in; in a terminal that of the machine.

    Args:
        store: keeps reviews and cards.
        bank: has the items.
        clock: Unix time.
        chance: picks one of those that are worth the same.
        zone_of: returns the time zone of a server, None where nobody set one.
        counted: told how many answers were recorded.
        fitter: told who answered, and fits their parameters when it is time; without it nobody's are fitted anew.
    """

    def __init__(
        self,
        store: LearningStore,
        bank: Bank,
        clock: Callable[[], float],
        chance: random.Random | None = None,
        zone_of: Callable[[int | None], str | None] = lambda _: None,
        counted: Callable[[int], None] = lambda _: None,
        fitter: Fitter | None = None,
    ) -> None:
        self._store = store
        self._bank = bank
        self._clock = clock
        self.chance = chance or random.SystemRandom()
        self._zone_of = zone_of
        self._counted = counted
        self._fitter = fitter
        self._forgotten: dict[int, float] = {}
        self._recording = asyncio.Lock()

    def within(self, bank: Bank) -> Learning:
        """Return the same with the items of a smaller bank only."""
        view = copy(self)
        view._bank = bank
        return view

    async def record(self, answers: Sequence[GivenAnswer]) -> list[Card]:
        """Save answers as reviews and return the cards that moved; told again, an answer moves none.

        Left out are answers to what is neither item nor drill of the bank, for trivia packs have no cards, and those
        that were given before their member had all deleted.
        """
        now = self._clock()
        known = [answer for each in answers if (answer := self._as_of_today(each)) is not None]
        async with self._recording:
            known = [a for a in known if a.at is None or a.at > self._forgotten.get(a.member_id, 0.0)]
            whose = {answer.member_id for answer in known}
            zones = await self._store.members.zones(whose)
            parameters = await self._store.fits.parameters(whose)

            def step(state: dict[str, Any] | None, review: Review) -> tuple[dict[str, Any], float]:
                grade = cast("Grade", review.rating)
                return schedule.review(state, grade, review.at, parameters.get(review.member_id))

            moved = await self._store.reviews.record([self._review(a, now, zones) for a in known], step)
        self._counted(len(moved))
        if self._fitter is not None:
            self._fitter.look({card.member_id for card in moved})
        return moved

    def _review(self, given: GivenAnswer, now: float, zones: Mapping[int, str]) -> Review:
        at = now if given.at is None else given.at
        day = self._day(given.member_id, at, zones.get(given.member_id), given.guild_id)
        return Review(given.member_id, given.topic, given.item, given.grade, given.source, at, day)

    async def bring_forward(self, member_id: int, topic: str, item: str) -> bool:
        """Let an item be due now, which says nothing about how well it is known; False for one that is not of the bank.

        It comes before all else; one that was never answered gets a card.
        """
        known = self._as_of_today(GivenAnswer(member_id, topic, item, schedule.AGAIN, ""))
        if known is None:
            return False
        now = self._clock()
        async with self._recording:
            await self._store.reviews.bring_forward(Card(member_id, known.topic, known.item, schedule.unseen(now), now))
        return True

    async def forget(self, member_id: int, at: float) -> int:
        """Delete all that is kept of a member and return how many rows that were.

        Answers given before `at` that are on their way here, from a round or a daily question, count no more.
        """
        async with self._recording:
            self._forgotten[member_id] = at
            return await self._store.members.forget(member_id)

    async def dues(self, member_id: int, topic: str, item: str) -> dict[Grade, float]:
        """Return in how many seconds an item would come back after each grade."""
        now = self._clock()
        card = await self._store.reviews.card(member_id, topic, item)
        state = card.state if card is not None else None
        own = await self._parameters(member_id)
        return {grade: schedule.review(state, grade, now, own)[1] - now for grade in GRADES}

    async def leech(self, member_id: int, topic: str, item: str) -> int | None:
        """Return how often an item was forgotten, where its last answer made it a leech; else None.

        A leech is what is forgotten over and over: reading its explanation helps more than asking it again.
        """
        log = await self._store.reviews.log(member_id)
        own = [(cast("Grade", grade), at) for slug, name, grade, at in log if (slug, name) == (topic, item)]
        count, last = schedule.lapses(own)
        return count if last and schedule.is_leech(count) else None

    async def _parameters(self, member_id: int) -> schedule.Parameters | None:
        return (await self._store.fits.parameters([member_id])).get(member_id)

    async def next(
        self, member_id: int, *, kinds: Collection[str] = (), not_now: tuple[str, str] | None = None
    ) -> tuple[Topic, Item] | None:
        """Return the item by which most is won, due or new; None when there is nothing to do now.

        What counts is the chance of a right answer on the day of the member's goal, or in `HORIZON_DAYS`. Drills are
        none of these: see `next_of_all` and `next_drill`.

        Args:
            member_id: whose.
            kinds: only items of these kinds; all without it.
            not_now: an item just answered.
        """
        best = await self._best(member_id, kinds, not_now)
        return None if best is None else self._pair(best.piece)

    async def next_of_all(
        self, member_id: int, *, not_now: tuple[str, str] | None = None, put_off: Collection[str] = (),
        leave: Collection[planning.ItemKey] = (),
    ) -> tuple[Topic, Item] | Drill | None:  # fmt: skip
        """Return what comes next, drills with the items: those that are due come before items that are new.

        Args:
            member_id: whose.
            not_now: an item just answered.
            put_off: ids of drills that are left for another time.
            leave: items that come in some other way.
        """
        best = await self._best(member_id, (), not_now, leave)
        if best is None or not best.due:
            drill = await self.next_drill(member_id, not_now=not_now, put_off=put_off)
            if drill is not None:
                return drill
        return None if best is None else self._pair(best.piece)

    async def next_in(
        self, member_id: int, session: ReviewSession, *, not_now: planning.ItemKey | None = None,
        put_off: Collection[str] = (), guild_id: int | None = None,
    ) -> AskedItem | Drill | None:  # fmt: skip
        """Return what comes next in a session of reviewing; None when there is nothing left in it.

        What was missed comes again after a few others, or when there is nothing else, until it is right.

        Args:
            member_id: whose.
            session: its deck and beginning.
            not_now: what was just answered, or left for later.
            put_off: ids of drills that are left for another time.
            guild_id: of the server, whose day it is where the member set no zone.
        """
        log = await self._store.reviews.log(member_id)
        states = {(card.topic, card.item): card.state for card in await self._store.reviews.cards(member_id)}
        known = {(topic.slug, item.id): AskedItem(topic, item, again=True) for topic, item in self._items()}
        waiting = [(key, turn) for key, turn in decks.missed(session, log, states) if key in known]
        if (first := next((key for key, turn in waiting if turn and key != not_now), None)) is not None:
            return known[first]
        leave = {key for key, _ in waiting}
        found: AskedItem | Drill | None
        match session.deck:
            case "all":
                found = await self._next_of_all(member_id, not_now, put_off, leave)
            case "mine":
                leave |= set(decks.answered(session, log))
                found = self._next_mistake(log, states, leave, not_now, await self._parameters(member_id))
            case "plan":
                found = await self._next_listed(member_id, not_now, put_off, leave, guild_id)
        if found is None and waiting:
            return known[min(waiting, key=lambda each: each[0] == not_now)[0]]
        return found

    async def _next_of_all(
        self,
        member_id: int,
        not_now: planning.ItemKey | None,
        put_off: Collection[str],
        leave: Collection[planning.ItemKey],
    ) -> AskedItem | Drill | None:
        found = await self.next_of_all(member_id, not_now=not_now, put_off=put_off, leave=leave)
        return AskedItem(*found) if isinstance(found, tuple) else found

    def _next_mistake(
        self, log: Sequence[decks.Logged], states: Mapping[planning.ItemKey, CardState],
        leave: Collection[planning.ItemKey], not_now: planning.ItemKey | None, own: schedule.Parameters | None,
    ) -> AskedItem | None:  # fmt: skip
        now = self._clock()
        left = [key for key in self._mistakes(log) if key not in leave and key != not_now and key in states]
        worst = min(left, key=lambda key: (schedule.recall(states[key], now, own), key), default=None)
        pair = None if worst is None else self._pair_of(worst)
        return None if pair is None else AskedItem(*pair)

    async def _next_listed(
        self, member_id: int, not_now: planning.ItemKey | None, put_off: Collection[str],
        leave: Collection[planning.ItemKey], guild_id: int | None,
    ) -> AskedItem | Drill | None:  # fmt: skip
        for step in (await self.agenda(member_id, guild_id)).left:
            if step.piece.key == not_now or step.piece.key in leave:
                continue
            if (drill := find_drill(self._bank, *step.piece.key)) is not None:
                if drill.id not in put_off:
                    return drill
            elif (pair := self._pair_of(step.piece.key)) is not None:
                return AskedItem(*pair)
        return None

    async def mistakes(self, member_id: int) -> int:
        """Return how many items are in a member's deck of mistakes."""
        return len(self._mistakes(await self._store.reviews.log(member_id)))

    def _mistakes(self, log: Sequence[decks.Logged]) -> list[planning.ItemKey]:
        return [key for key in decks.mistakes(log) if self._item(*key) is not None]

    async def again(self, member_id: int, topic: str, item: str, *, right: bool) -> Card | None:
        """Take an answer to what was missed in this session, which is no review, and return the card.

        Right, it comes back on another day; wrong, it comes again in the session. None where it was right already.
        """
        now = self._clock()

        def change(state: CardState) -> tuple[CardState, float] | None:
            if not schedule.in_steps(state):
                return None
            if right:
                return schedule.settled(state, now)
            return {**state, decks.REPEATED: now}, datetime.fromisoformat(state["due"]).timestamp()

        async with self._recording:
            return await self._store.reviews.amend(member_id, topic, item, change)

    async def due_when_right(self, member_id: int, topic: str, item: str) -> float:
        """Return in how many seconds what was missed in this session comes back when it is right now."""
        now = self._clock()
        card = await self._store.reviews.card(member_id, topic, item)
        return 0.0 if card is None else max(0.0, schedule.settled(card.state, now)[1] - now)

    async def day(self, member_id: int, guild_id: int | None = None) -> date:
        """Return the date that it is for a member."""
        return self._day(member_id, self._clock(), (await self._store.members.get(member_id)).zone, guild_id)

    async def goal(self, member_id: int) -> Goal:
        """Return what a member studies for."""
        return await self._store.goals.get(member_id)

    async def set_goal(self, member_id: int, day: date | None, minutes: int) -> None:
        """Set the day of a member's interview, None for none, and the minutes a day."""
        await self._store.goals.set(member_id, day, minutes, self._clock())

    async def agenda(self, member_id: int, guild_id: int | None = None) -> Agenda:
        """Return a member's list of today, which is made when it is asked for first on that day and stays the same."""
        now, memories, goal = self._clock(), await self._memories(member_id), await self.goal(member_id)
        today, own = await self.day(member_id, guild_id), await self._parameters(member_id)
        ahead = goal.days(today) * planning.DAY

        def prospects() -> planning.Outlooks:
            return planning.outlooks(self._bank, memories, now, now + ahead, parameters=own)

        found = await asyncio.to_thread(prospects)
        if goal.today is None or goal.today.day != today:
            made = await asyncio.to_thread(planning.plan, found, goal.minutes, self.chance)
            listed = DayList(today, now, tuple(map(Listed.of, made.today)))
            goal = await self._store.goals.list_once(member_id, goal, listed)
        kept = goal.today or DayList(today, now, ())
        log = await self._store.reviews.log(member_id)
        done = {(topic, item) for topic, item, _, at in log if at >= kept.made}
        return await asyncio.to_thread(agenda, goal, kept.steps, done, found, self._bank, today)

    async def plan(self, member_id: int, days: int, minutes: float) -> planning.Plan:
        """Return what a member is to study today for a day that is so many days ahead, in so many minutes."""
        now, memories, own = self._clock(), await self._memories(member_id), await self._parameters(member_id)

        def made() -> planning.Plan:
            found = planning.outlooks(self._bank, memories, now, now + days * planning.DAY, parameters=own)
            return planning.plan(found, minutes, self.chance)

        return await asyncio.to_thread(made)

    async def _best(
        self, member_id: int, kinds: Collection[str], not_now: tuple[str, str] | None,
        leave: Collection[planning.ItemKey] = (),
    ) -> planning.Prospect | None:  # fmt: skip
        now, memories, goal = self._clock(), await self._memories(member_id), await self.goal(member_id)
        own = await self._parameters(member_id)
        ahead = goal.days(await self.day(member_id)) * planning.DAY

        def wished(piece: planning.Piece) -> bool:
            return piece.kind != planning.DRILL and (not kinds or piece.kind in kinds)

        def chosen() -> planning.Prospect | None:
            found = planning.outlooks(self._bank, memories, now, now + ahead, wished, own)
            return planning.next_of(found, self.chance, not_now=not_now, leave=leave)

        # Some hundred cards are a tenth of a second, which nobody else is to wait for.
        return await asyncio.to_thread(chosen)

    async def _memories(self, member_id: int) -> dict[tuple[str, str], planning.MemoryState]:
        firsts: dict[tuple[str, str], bool] = {}
        lasts: dict[tuple[str, str], bool] = {}
        for topic, item, rating, _ in await self._store.reviews.log(member_id):
            lasts[topic, item] = rating > schedule.AGAIN
            firsts.setdefault((topic, item), lasts[topic, item])
        cards = await self._store.reviews.cards(member_id)
        return {
            (key := (card.topic, card.item)): planning.MemoryState(
                card.state, card.due, firsts.get(key), lasts.get(key), asked=schedule.asked_for(card.state, card.due)
            )
            for card in cards
        }

    def _pair(self, piece: planning.Piece) -> tuple[Topic, Item] | None:
        return self._pair_of(piece.key)

    def _pair_of(self, key: planning.ItemKey) -> tuple[Topic, Item] | None:
        item = self._item(*key)
        return None if item is None else (self._bank[key[0]], item)

    async def next_drill(
        self, member_id: int, *, not_now: tuple[str, str] | None = None, put_off: Collection[str] = ()
    ) -> Drill | None:
        """Return the drill that has been due the longest, but for `not_now` and those put off; None where none is."""
        for card in await self._store.reviews.due(member_id, self._clock(), limit=None):
            drill = find_drill(self._bank, card.topic, card.item)
            if drill is not None and (card.topic, card.item) != not_now and drill.id not in put_off:
                return drill
        return None

    async def is_due(self, member_id: int, topic: str, item: str) -> bool:
        """Return whether an item comes up now: its date has come, or it was never answered."""
        card = await self._store.reviews.card(member_id, topic, item)
        return card is None or card.due <= self._clock()

    async def interview(
        self, member_id: int, *, topic: str | None = None, not_now: tuple[str, str] | None = None
    ) -> tuple[Topic, InWords] | None:
        """Return the item that is answered in words and that a member needs most; None where there is none at all.

        What has been due the longest comes first; then what was never answered, in the topics known least; then what
        will be due the soonest.

        Args:
            member_id: whose.
            topic: only of this topic; of all without it.
            not_now: an item just answered, which comes again only where there is no other.
        """
        now = self._clock()
        dues = await self._store.reviews.due_times(member_id)
        known = {mastery.topic.slug: mastery.recalled for mastery in await self.mastery(member_id)}

        def need(pair: tuple[Topic, InWords]) -> tuple[int, float, float]:
            due = dues.get((pair[0].slug, pair[1].id))
            if due is None:
                return 1, known[pair[0].slug], self.chance.random()
            return (0 if due <= now else 2), due, 0.0

        found = [(t, i) for t, i in self._items() if isinstance(i, InWords) and topic in (None, t.slug)]
        others = [pair for pair in found if (pair[0].slug, pair[1].id) != not_now]
        return min(others or found, key=need, default=None)

    async def soonest(self, member_id: int) -> float | None:
        """Return when the next card is due that is not due yet, in Unix time; None without cards."""
        now, dues = self._clock(), await self._store.reviews.due_times(member_id)
        return min((due for key, due in dues.items() if due > now and self._known(*key)), default=None)

    async def standing(self, member_id: int, guild_id: int | None = None) -> ReviewStatus:
        """Return what is due, what is new, and the streak."""
        now = self._clock()
        every = await self._store.reviews.due_times(member_id)
        answered = sum(self._item(*key) is not None for key in every)
        dues = [due for key, due in every.items() if self._known(*key)]
        days = await self._store.reviews.days(member_id)
        today = await self.day(member_id, guild_id)
        overdue = sum(due <= now for due in dues)
        return ReviewStatus(overdue, len(list(self._items())) - answered, days.get(today, 0), streak(days, today))

    async def mastery(self, member_id: int) -> list[Mastery]:
        """Return every topic of the bank that has items, the best known first."""
        now = self._clock()
        own, cards = await self._parameters(member_id), await self._store.reviews.cards(member_id)
        known = {(card.topic, card.item): schedule.recall(card.state, now, own) for card in cards}
        found = []
        for topic in self._bank.topics.values():
            chances = [known.get((topic.slug, item.id)) for item in topic.quiz]
            seen = [chance for chance in chances if chance is not None]
            if chances:
                found.append(Mastery(topic, sum(seen) / len(chances), len(seen), len(chances)))
        return sorted(found, key=lambda mastery: (-mastery.recalled, mastery.topic.slug))

    async def topics_of_mistakes(self, member_id: int) -> list[Topic]:
        """Return the topics of a member's deck of mistakes, each with the items of the deck alone."""
        missed = set(self._mistakes(await self._store.reviews.log(member_id)))
        found = []
        for topic in self._bank.topics.values():
            items = tuple(item for item in topic.quiz if (topic.slug, item.id) in missed)
            if items:
                found.append(topic.model_copy(update={"quiz": items}))
        return found

    async def forecast(self, member_id: int, days: int, guild_id: int | None = None) -> list[int]:
        """Return how many cards are due on each of the next days of the member, today with all that is overdue."""
        zone = (await self._store.members.get(member_id)).zone
        today = self._day(member_id, self._clock(), zone, guild_id)
        counts = [0] * days
        for key, due in (await self._store.reviews.due_times(member_id)).items():
            ahead = max((self._day(member_id, due, zone, guild_id) - today).days, 0)
            if ahead < days and self._known(*key):
                counts[ahead] += 1
        return counts

    async def scores(self, member_id: int, days: int | None = None) -> ExpectedScores:
        """Return what a member would score now, and so many days ahead with nothing studied before."""
        now, memories, own = self._clock(), await self._memories(member_id), await self._parameters(member_id)

        def made() -> ExpectedScores:
            return scoring.scores(planning.outlooks(self._bank, memories, now, now, parameters=own), days)

        return await asyncio.to_thread(made)

    async def progress(
        self, member_id: int, days: int, guild_id: int | None = None, until: int | None = None
    ) -> Progress:
        """Return what a member has of the bank, what comes up in so many days, and what they would score.

        Args:
            member_id: whose.
            days: that the forecast of reviews looks ahead.
            guild_id: of the server they are in.
            until: in how many days they are asked; None for the day they study for, if they named one.
        """
        every = await self.mastery(member_id)
        today, goal = await self.day(member_id, guild_id), await self.goal(member_id)
        if until is None and goal.day is not None and goal.day >= today:
            until = (goal.day - today).days
        begun = tuple(each for each in every if each.seen)
        forecast = tuple(await self.forecast(member_id, days, guild_id))
        scores, fit = await self.scores(member_id, until), await self._store.fits.get(member_id)
        return Progress(await self.standing(member_id, guild_id), begun, len(every), today, forecast, scores, fit)

    def _day(self, member_id: int, at: float, zone: str | None, guild_id: int | None) -> date:
        if member_id == TERMINAL and zone is None:
            return system_day(at)
        return local_day(at, zone or self._zone_of(guild_id))

    def _as_of_today(self, given: GivenAnswer) -> GivenAnswer | None:
        """Return an answer by the names that its item has now; None where it has left the bank."""
        if (drill := find_drill(self._bank, given.topic, given.item)) is not None:
            return replace(given, topic=drill.topic)
        found = find_item(self._bank, given.topic, given.item)
        return None if found is None else replace(given, topic=found[0].slug, item=found[1].id)

    def _known(self, topic: str, item_id: str) -> bool:
        return self._item(topic, item_id) is not None or find_drill(self._bank, topic, item_id) is not None

    def _items(self) -> Iterable[tuple[Topic, Item]]:
        return ((topic, item) for topic in self._bank.topics.values() for item in topic.quiz)

    def _item(self, topic: str, item_id: str) -> Item | None:
        found = self._bank.topics.get(topic)
        return next((item for item in found.quiz if item.id == item_id), None) if found is not None else None


def streak(days: Mapping[date, int] | Collection[date], today: date) -> int:
    """Return how many days had an answer, without a break up to today; today need not have one yet.

    One missed day is no break, unless another was missed less than a week before it.
    """
    length, last, spared = 0, None, None
    for day in [*sorted(each for each in days if each < today), today]:
        missed = 0 if last is None else (day - last).days - 1
        if missed == 1 and (spared is None or (day - spared).days > _SPARED_DAYS):
            spared = day - timedelta(days=1)
        elif missed:
            length, spared = 0, None
        if day in days:
            length, last = length + 1, day
    return length
