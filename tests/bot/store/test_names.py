"""What is kept follows topics and items that have other names by now."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import insert, select

from bot.store.store import Store
from bot.store.tables import cards, daily, feedback, metadata, reviews, round_questions, rounds
from bot.study.drills.attempts import Attempt
from bot.study.shown import PagePlace
from knowledge.bank.formerly import Renamed

MOVED = Renamed({"gan": "nets"}, {("gan", "first"): ("nets", "opening"), ("cnn", "start"): ("nets", "opening")})
OLD = [("gan", "first"), ("gan", "second"), ("cnn", "start"), ("cnn", "rest"), ("pack:x", "q1")]
NEW = [("nets", "opening"), ("nets", "second"), ("nets", "opening"), ("cnn", "rest"), ("pack:x", "q1")]
#: Tables with a topic whose rows are followed; one that is new has to be looked at, too.
FOLLOWED = {"cards", "reviews", "round_questions", "daily", "feedback", "drill_attempts", "duels", "pairs", "saved"}


def test_every_table_that_names_a_topic_is_followed() -> None:
    assert {table.name for table in metadata.sorted_tables if "topic" in table.c} == FOLLOWED


async def test_rows_follow_and_a_second_time_changes_nothing(url: str) -> None:
    def row(index: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - of any column
        topic, item = OLD[index]
        return {"topic": topic, "item": item, **more}

    async with await Store.open(url) as store:
        async with store.database.writing() as connection:
            await connection.execute(insert(rounds).values(id=1, channel_id=1, lang="en", state={}, began=0.0))
            for n in range(len(OLD)):
                await connection.execute(insert(reviews).values(row(n, member_id=1, rating=3, source=f"{n}", at=n)))
                await connection.execute(insert(round_questions).values(row(n, round_id=1, number=n, content={})))
                day = date(2026, 1, 1 + n)
                await connection.execute(insert(daily).values(row(n, guild_id=1, day=day, channel_id=1, content={})))
                await connection.execute(insert(cards).values(row(n, member_id=n, state={"n": n}, due=float(n))))
            mine = {"topic": "nets", "item": "opening", "state": {"n": "today's"}, "due": 9.0}
            await connection.execute(insert(cards).values(member_id=2, **mine))
            vote = {"section": "how", "lang": "en", "good": True, "at": 0.0, "message_id": 1, "voter": "v"}
            await connection.execute(insert(feedback).values(topic="gan", **vote))
        assert await store.names.follow(Renamed()) == 0
        assert await store.names.follow(MOVED) == 3 * 3 + 2 + 1
        assert await store.names.follow(MOVED) == 0
        async with store.database.reading() as connection:
            for table in (reviews, round_questions, daily):
                rows = await connection.execute(
                    select(table.c.topic, table.c.item).order_by(*table.primary_key.columns)
                )
                assert [tuple(each) for each in rows] == NEW, table.name
            assert (await connection.execute(select(feedback.c.topic))).scalar_one() == "nets"
        kept = [(card.topic, card.item, card.state) for n in range(len(OLD)) for card in await store.reviews.cards(n)]
        states = [{"n": 0}, {"n": 1}, {"n": "today's"}, {"n": 3}, {"n": 4}]
        assert kept == [(*name, state) for name, state in zip(NEW, states, strict=True)]


async def test_what_was_saved_follows_its_topic_and_stands_on_the_list_once(url: str) -> None:
    async with await Store.open(url) as store:
        for at, place in enumerate([PagePlace("gan", "en", "how", "one"), PagePlace("gan", "zh", "how"),
                                    PagePlace("nets", "en", "how", "one"), PagePlace("cnn", "en", "how")]):  # fmt: skip
            await store.saved.add(7, place, float(at))
        await store.saved.add(8, PagePlace("gan", "en", "how", "one"), 9.0)
        assert await store.names.follow(Renamed({"gan": "nets"}, {})) == 2
        assert [(each.place.topic, each.place.unit) for each in await store.saved.of(7)] == [
            ("cnn", None), ("nets", "one"), ("nets", None),
        ]  # fmt: skip
        assert [each.place.topic for each in await store.saved.of(8)] == ["nets"]
        assert await store.names.follow(Renamed({"gan": "nets"}, {})) == 0


async def test_what_was_done_at_a_drill_follows_its_topic_and_todays_stays(url: str) -> None:
    def tried(topic: str, code: str) -> Attempt:
        return Attempt(1, topic, "drill-softmax", 1.0, codes={"numpy": code})

    async with await Store.open(url) as store:
        await store.drills.move(1, "gan", "drill-softmax", lambda _: tried("gan", "old"))
        await store.drills.move(2, "gan", "drill-softmax", lambda _: replace(tried("gan", "theirs"), member_id=2))
        await store.drills.move(1, "nets", "drill-softmax", lambda _: tried("nets", "today's"))
        await store.names.follow(MOVED)
        (mine,) = (await store.drills.all(1)).values()
        (theirs,) = (await store.drills.all(2)).values()
        assert (mine.topic, mine.codes) == ("nets", {"numpy": "today's"})
        assert (theirs.topic, theirs.codes) == ("nets", {"numpy": "theirs"})
