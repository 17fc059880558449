from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest

from bot.store.store import Store
from bot.study.cards import Card, Review

DAY = date(2026, 3, 29)


def review(source: str, *, member: int = 1, item: str = "a", rating: int = 3, day: date = DAY) -> Review:
    return Review(member, "gan", item, rating, source, 10.0, day)


def count(state: dict[str, Any] | None, given: Review) -> tuple[dict[str, Any], float]:
    """A scheduler that counts what it was asked."""
    times = (state or {"times": 0})["times"] + 1
    return {"times": times}, given.at + times


async def test_a_review_moves_its_card(store: Store) -> None:
    assert await store.reviews.record([review("review:1")], count) == [Card(1, "gan", "a", {"times": 1}, 11.0)]
    await store.reviews.record([review("review:2"), review("review:3"), review("review:4", item="b")], count)
    assert [(card.item, card.state["times"]) for card in await store.reviews.cards(1)] == [("a", 3), ("b", 1)]
    assert [(card.item, card.due) for card in await store.reviews.due(1, now=12.0)] == [("b", 11.0)]
    assert await store.reviews.count_due(1, now=13.0) == 2
    assert len(await store.reviews.due(1, now=13.0, limit=1)) == 1
    assert await store.reviews.log(1) == [("gan", "a", 3, 10.0)] * 3 + [("gan", "b", 3, 10.0)]


async def test_one_card_is_that_of_its_member_topic_and_item(store: Store) -> None:
    assert await store.reviews.card(1, "gan", "a") is None
    others = [review("review:2", member=2), review("review:3", item="b")]
    await store.reviews.record([review("review:1"), review("review:1b"), *others], count)
    assert await store.reviews.card(1, "gan", "a") == Card(1, "gan", "a", {"times": 2}, 12.0)
    assert await store.reviews.card(2, "gan", "a") == Card(2, "gan", "a", {"times": 1}, 11.0)
    assert await store.reviews.card(1, "cnn", "a") is None
    assert await store.reviews.card(3, "gan", "a") is None


async def test_the_same_answer_counts_as_one_review_however_often_it_is_told(store: Store) -> None:
    given = [review("round:1:1", member=member) for member in range(50)]
    results = await asyncio.gather(*(store.reviews.record(given, count) for _ in range(4)))
    assert sorted(len(moved) for moved in results) == [0, 0, 0, 50]
    for member in (0, 49):
        (card,) = await store.reviews.cards(member)
        assert card.state == {"times": 1}
        assert await store.reviews.days(member) == {DAY: 1}


async def test_no_review_is_lost_where_many_come_at_once(store: Store) -> None:
    await asyncio.gather(*(store.reviews.record([review(f"review:{number}")], count) for number in range(20)))
    (card,) = await store.reviews.cards(1)
    assert card.state == {"times": 20}
    assert await store.reviews.days(1) == {DAY: 20}


async def test_a_scheduler_that_fails_changes_nothing(store: Store) -> None:
    def fail(state: dict[str, Any] | None, given: Review) -> tuple[dict[str, Any], float]:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        await store.reviews.record([review("review:1")], fail)
    assert await store.reviews.log(1) == []
    assert await store.reviews.cards(1) == []


async def test_days_come_newest_first(store: Store) -> None:
    for number, day in enumerate((date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 1))):
        await store.reviews.record([review(f"review:{number}", day=day)], count)
    assert list((await store.reviews.days(1)).items()) == [(date(2026, 2, 1), 2), (date(2026, 1, 31), 1)]


async def test_a_rating_outside_its_scale_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="rating"):
        await store.reviews.record([review("review:1", rating=5)], count)
