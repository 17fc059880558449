"""A member's reviews: each answer updates a card; which item comes next, which are due, how long the streak is.

answer of a round, a daily question, a review, an interview → Learning.record → schedule.review → Card

`Learning.record` is the only place that saves an answer, whoever gave it and wherever.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol, cast

from bot.study import schedule
from bot.study.cards import Card, Review, ReviewStep
from bot.study.schedule import GRADES, Grade
from bot.study.timetable import local_day, system_day
from knowledge.bank.models import Bank, InWords, Item, Topic

#: Whoever reviews in a terminal: no Discord id is 0.
TERMINAL = 0
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


class ReviewStore(Protocol):
    """The reviews of all members, as far as learning needs them."""

    async def record(self, given: Sequence[Review], step: ReviewStep, /) -> list[Card]:
        """Log reviews and move their cards on, all or nothing; return the cards that moved."""

    async def due(self, member_id: int, now: float, limit: int | None) -> Sequence[Card]:
        """Return a member's cards that are due, the longest overdue first; all of them without a limit."""

    async def due_times(self, member_id: int, /) -> Mapping[tuple[str, str], float]:
        """Return when each of a member's cards is due, by topic and item."""

    async def next_due(self, member_id: int, now: float, /) -> float | None:
        """Return when the next of a member's cards is due that is not due yet; None without one."""

    async def cards(self, member_id: int, /) -> list[Card]:
        """Return all of a member's cards."""

    async def card(self, member_id: int, topic: str, item: str, /) -> Card | None:
        """Return one card, None for an item that was never answered."""

    async def days(self, member_id: int, /) -> Mapping[date, int]:
        """Return how many answers a member gave on each day."""


class LearningStore(Protocol):
    """Where reviews and members are kept."""

    @property
    def reviews(self) -> ReviewStore:
        """The reviews of all members."""

    @property
    def members(self) -> MemberStore:
        """What is kept of members."""


@dataclass(frozen=True, slots=True)
class ReviewStatus:
    """How many items a member has due, new and answered, and the streak.

    Attributes:
        due: cards that are due now.
        new: items never answered.
        today: answers of the member's day.
        streak: days in a row with an answer, up to today, or to yesterday while today may still come.
    """

    due: int
    new: int
    today: int
    streak: int


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
    """

    standing: ReviewStatus
    begun: tuple[Mastery, ...]
    topics: int
    today: date
    forecast: tuple[int, ...]


class Learning:
    """Reviews of all members, over the store.

    A day is that of the member's own zone, or else of the server they are in; in a terminal that of the machine.

    Args:
        store: keeps reviews and cards.
        bank: has the items.
        clock: Unix time.
        chance: picks new items.
        zone_of: returns the time zone of a server, None where nobody set one.
    """

    def __init__(
        self,
        store: LearningStore,
        bank: Bank,
        clock: Callable[[], float],
        chance: random.Random | None = None,
        zone_of: Callable[[int | None], str | None] = lambda _: None,
    ) -> None:
        self._store = store
        self._bank = bank
        self._clock = clock
        self.chance = chance or random.SystemRandom()
        self._zone_of = zone_of
        self._forgotten: dict[int, float] = {}
        self._recording = asyncio.Lock()

    async def record(self, answers: Sequence[GivenAnswer]) -> list[Card]:
        """Save answers as reviews and return the cards that moved; told again, an answer moves none.

        Left out are answers to what is no item of the bank, for trivia packs have no cards, and those that were given
        before their member had all deleted.
        """
        now = self._clock()
        known = [answer for answer in answers if self._item(answer.topic, answer.item) is not None]
        async with self._recording:
            known = [a for a in known if a.at is None or a.at > self._forgotten.get(a.member_id, 0.0)]
            zones = await self._store.members.zones({answer.member_id for answer in known})
            return await self._store.reviews.record([self._review(a, now, zones) for a in known], _step)

    def _review(self, given: GivenAnswer, now: float, zones: Mapping[int, str]) -> Review:
        at = now if given.at is None else given.at
        day = self._day(given.member_id, at, zones.get(given.member_id), given.guild_id)
        return Review(given.member_id, given.topic, given.item, given.grade, given.source, at, day)

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
        return {grade: schedule.review(state, grade, now)[1] - now for grade in GRADES}

    async def next(
        self, member_id: int, *, kinds: Collection[str] = (), not_now: tuple[str, str] | None = None
    ) -> tuple[Topic, Item] | None:
        """Return the item that has been due the longest, or else a new one; None when there is nothing to do now.

        Args:
            member_id: whose.
            kinds: only items of these kinds; all without it.
            not_now: an item just answered.
        """
        for card in await self._store.reviews.due(member_id, self._clock(), limit=None):
            item = self._item(card.topic, card.item)
            if item is not None and (not kinds or item.kind in kinds) and (card.topic, card.item) != not_now:
                return self._bank[card.topic], item
        seen = {*await self._store.reviews.due_times(member_id), not_now}
        new = [pair for pair in self._items() if (pair[0].slug, pair[1].id) not in seen]
        new = [(topic, item) for topic, item in new if not kinds or item.kind in kinds]
        return self.chance.choice(new) if new else None

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
        return await self._store.reviews.next_due(member_id, self._clock())

    async def standing(self, member_id: int, guild_id: int | None = None) -> ReviewStatus:
        """Return what is due, what is new, and the streak."""
        now = self._clock()
        every = await self._store.reviews.due_times(member_id)
        dues = [due for key, due in every.items() if self._item(*key) is not None]
        days = await self._store.reviews.days(member_id)
        today = self._day(member_id, now, (await self._store.members.get(member_id)).zone, guild_id)
        overdue = sum(due <= now for due in dues)
        return ReviewStatus(overdue, len(list(self._items())) - len(dues), days.get(today, 0), streak(days, today))

    async def mastery(self, member_id: int) -> list[Mastery]:
        """Return every topic of the bank that has items, the best known first."""
        now = self._clock()
        known = {(c.topic, c.item): schedule.recall(c.state, now) for c in await self._store.reviews.cards(member_id)}
        found = []
        for topic in self._bank.topics.values():
            chances = [known.get((topic.slug, item.id)) for item in topic.quiz]
            seen = [chance for chance in chances if chance is not None]
            if chances:
                found.append(Mastery(topic, sum(seen) / len(chances), len(seen), len(chances)))
        return sorted(found, key=lambda mastery: (-mastery.recalled, mastery.topic.slug))

    async def forecast(self, member_id: int, days: int, guild_id: int | None = None) -> list[int]:
        """Return how many cards are due on each of the next days of the member, today with all that is overdue."""
        zone = (await self._store.members.get(member_id)).zone
        today = self._day(member_id, self._clock(), zone, guild_id)
        counts = [0] * days
        for key, due in (await self._store.reviews.due_times(member_id)).items():
            ahead = max((self._day(member_id, due, zone, guild_id) - today).days, 0)
            if ahead < days and self._item(*key) is not None:
                counts[ahead] += 1
        return counts

    async def progress(self, member_id: int, days: int, guild_id: int | None = None) -> Progress:
        """Return what a member has of the bank, and what comes up in so many days."""
        every = await self.mastery(member_id)
        today = self._day(member_id, self._clock(), (await self._store.members.get(member_id)).zone, guild_id)
        begun = tuple(each for each in every if each.seen)
        forecast = tuple(await self.forecast(member_id, days, guild_id))
        return Progress(await self.standing(member_id, guild_id), begun, len(every), today, forecast)

    def _day(self, member_id: int, at: float, zone: str | None, guild_id: int | None) -> date:
        if member_id == TERMINAL and zone is None:
            return system_day(at)
        return local_day(at, zone or self._zone_of(guild_id))

    def _items(self) -> Iterable[tuple[Topic, Item]]:
        return ((topic, item) for topic in self._bank.topics.values() for item in topic.quiz)

    def _item(self, topic: str, item_id: str) -> Item | None:
        found = self._bank.topics.get(topic)
        return next((item for item in found.quiz if item.id == item_id), None) if found is not None else None


def streak(days: Mapping[date, int] | Collection[date], today: date) -> int:
    """Return how many days in a row had an answer; today need not have one yet."""
    day = today if today in days else today - timedelta(days=1)
    length = 0
    while day in days:
        length += 1
        day -= timedelta(days=1)
    return length


def _step(state: dict[str, Any] | None, review: Review) -> tuple[dict[str, Any], float]:
    return schedule.review(state, cast("Grade", review.rating), review.at)
