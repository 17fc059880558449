"""What a member learns: every answer moves a card on; which item comes next, what is due, how long the streak is.

answer of a round, of a review, of an interview → store.Review → schedule.review → store.Card
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, cast

from bot.store.reviews import Card, Review
from bot.store.store import Store
from bot.study import schedule
from bot.study.schedule import AGAIN, GOOD, GRADES, Grade
from bot.study.timetable import local_day, system_day
from knowledge.bank.models import Bank, InWords, Item, Topic

if TYPE_CHECKING:
    from bot.discord.quiz.live_round import GroupAnswer

#: Whoever reviews in a terminal: no Discord id is 0.
TERMINAL = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a member stands.

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
    """How much of a topic a member has: the mean over its items of the chance to remember them; unseen ones are 0."""

    topic: Topic
    recalled: float
    seen: int
    items: int


@dataclass(frozen=True, slots=True)
class Progress:
    """What a member has of the bank.

    Attributes:
        standing: what is due, what is new, the streak.
        begun: topics with at least one answer, the best known first.
        topics: how many topics have items.
        today: the member's day.
        forecast: how many cards come up on it, with all that is overdue, and on each of the days after it.
    """

    standing: Standing
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
        store: Store,
        bank: Bank,
        clock: Callable[[], float],
        chance: random.Random | None = None,
        zone_of: Callable[[int | None], str | None] = lambda _: None,
    ) -> None:
        self._store = store
        self._bank = bank
        self._clock = clock
        self._chance = chance or random.SystemRandom()
        self._zone_of = zone_of
        self._forgotten: dict[int, float] = {}
        self._counting = asyncio.Lock()

    async def count(self, answers: Sequence[GroupAnswer]) -> None:
        """Take answers of a group as reviews; told again, they count nothing new. Trivia packs have no cards."""
        known = [answer for answer in answers if self._item(answer.topic, answer.item) is not None]
        async with self._counting:
            known = [answer for answer in known if answer.at > self._forgotten.get(answer.member_id, 0.0)]
            zones = await self._store.members.zones({answer.member_id for answer in known})
            reviews = [
                Review(a.member_id, a.topic, a.item, GOOD if a.correct else AGAIN, a.source, a.at,
                       self._day(a.member_id, a.at, zones.get(a.member_id), a.guild_id))
                for a in known
            ]  # fmt: skip
            await self._store.reviews.record(reviews, _step)

    async def forget(self, member_id: int, at: float) -> int:
        """Delete all that is kept of a member and return how many rows that were.

        Answers given before `at` that are on their way here, from a round or a daily question, count no more.
        """
        async with self._counting:
            self._forgotten[member_id] = at
            return await self._store.members.forget(member_id)

    async def review(
        self, member_id: int, topic: str, item: str, grade: Grade, source: str, guild_id: int | None = None
    ) -> Card | None:
        """Save one review and return the card, or None when it was saved before under the same source."""
        now = self._clock()
        day = self._day(member_id, now, (await self._store.members.get(member_id)).zone, guild_id)
        review = Review(member_id, topic, item, grade, source, now, day)
        moved = await self._store.reviews.record([review], _step)
        return moved[0] if moved else None

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
        cards = await self._store.reviews.cards(member_id)
        now = self._clock()
        for card in sorted((card for card in cards if card.due <= now), key=lambda card: card.due):
            item = self._item(card.topic, card.item)
            if item is not None and (not kinds or item.kind in kinds) and (card.topic, card.item) != not_now:
                return self._bank[card.topic], item
        seen = {(card.topic, card.item) for card in cards}
        new = [pair for pair in self._items() if (pair[0].slug, pair[1].id) not in {*seen, not_now}]
        new = [(topic, item) for topic, item in new if not kinds or item.kind in kinds]
        return self._chance.choice(new) if new else None

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
        cards = {(card.topic, card.item): card for card in await self._store.reviews.cards(member_id)}
        known = {mastery.topic.slug: mastery.recalled for mastery in await self.mastery(member_id)}

        def need(pair: tuple[Topic, InWords]) -> tuple[int, float, float]:
            card = cards.get((pair[0].slug, pair[1].id))
            if card is None:
                return 1, known[pair[0].slug], self._chance.random()
            return (0 if card.due <= now else 2), card.due, 0.0

        found = [(t, i) for t, i in self._items() if isinstance(i, InWords) and topic in (None, t.slug)]
        others = [pair for pair in found if (pair[0].slug, pair[1].id) != not_now]
        return min(others or found, key=need, default=None)

    async def soonest(self, member_id: int) -> float | None:
        """Return when the next card is due that is not due yet, in Unix time; None without cards."""
        now = self._clock()
        return min((card.due for card in await self._store.reviews.cards(member_id) if card.due > now), default=None)

    async def standing(self, member_id: int, guild_id: int | None = None) -> Standing:
        """Return what is due, what is new, and the streak."""
        now = self._clock()
        cards = [c for c in await self._store.reviews.cards(member_id) if self._item(c.topic, c.item) is not None]
        days = await self._store.reviews.days(member_id)
        today = self._day(member_id, now, (await self._store.members.get(member_id)).zone, guild_id)
        due = sum(card.due <= now for card in cards)
        return Standing(due, len(list(self._items())) - len(cards), days.get(today, 0), streak(days, today))

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
        for card in await self._store.reviews.cards(member_id):
            ahead = max((self._day(member_id, card.due, zone, guild_id) - today).days, 0)
            if ahead < days and self._item(card.topic, card.item) is not None:
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
