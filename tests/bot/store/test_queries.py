"""What the database picks out is what picking it out in Python gives, over many rows made by chance."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text

from bot.store.daily import DailyAnswer
from bot.store.errors import RoundExists
from bot.store.feedback import Tally
from bot.store.rounds import StoredAnswer, StoredQuestion
from bot.store.runs import RunningRun
from bot.store.store import Store
from bot.store.tables import cards, daily, daily_answers, feedback, gaps
from bot.study.gaps import Gap
from bot.study.timetable import earliest

CHANCE = Random(7)


@pytest.fixture
def fetched(caplog: pytest.LogCaptureFixture) -> Callable[[], int]:
    """Say how many rows the database has handed to Python since it was last asked."""
    caplog.set_level(logging.DEBUG, "sqlalchemy.engine")

    def count() -> int:
        rows = sum(record.getMessage().startswith("Row ") for record in caplog.records)
        caplog.clear()
        return rows

    return count


async def put(store: Store, table: Any, rows: list[dict[str, Any]]) -> None:  # noqa: ANN401 - a table
    async with store.database.writing() as connection:
        await connection.execute(insert(table), rows)


async def test_runs_that_go_on_are_found_among_those_that_are_over(store: Store, fetched: Callable[[], int]) -> None:
    runs = [
        RunningRun(f"{n:03x}", 1, 2, n, 3, "en", {"topic": "gan"}, float(CHANCE.randrange(20)), over=bool(n % 25))
        for n in range(250)
    ]
    for run in runs:
        await store.runs.begin(run)
    going_on = sorted((run for run in runs if not run.over), key=lambda run: (run.began, run.id))
    fetched()
    assert await store.runs.all() == going_on
    assert fetched() == 10
    for run in going_on[:4]:
        await store.runs.end(run.id, keep=True)
    assert await store.runs.all() == going_on[4:]
    assert await store.runs.get(going_on[0].id) == replace(going_on[0], over=True)


async def test_cards_that_come_next_are_found_among_all(store: Store) -> None:
    rows = [
        {
            "member_id": n % 3,
            "topic": f"t{n % 7}",
            "item": f"i{n}",
            "state": {"n": n},
            "due": float(CHANCE.randrange(90)),
        }
        for n in range(300)
    ]
    await put(store, cards, rows)
    for member, now in ((0, 40.0), (1, 0.0), (2, 200.0), (5, 1.0)):
        every = [row for row in rows if row["member_id"] == member]
        assert await store.reviews.due_times(member) == {(r["topic"], r["item"]): r["due"] for r in every}
        due = sorted((r["due"], r["topic"], r["item"]) for r in every if r["due"] <= now)
        assert [(c.due, c.topic, c.item) for c in await store.reviews.due(member, now, limit=None)] == due
        assert len(await store.reviews.due(member, now)) == min(20, len(due))


async def test_what_was_missed_in_a_round_is_found_among_its_questions(store: Store) -> None:
    asked = [StoredQuestion(n, "gan", f"item-{n}", {}) for n in range(40)]
    given = []
    for question in asked:
        for member in range(CHANCE.randrange(6)):
            press, correct = 1000 * question.number + member, CHANCE.choice((True, False, None))
            given.append(StoredAnswer(question.number, member, "A", press, "A", press, correct))
    given += [StoredAnswer(39, 7 + n, "A", 10**6 + n, "A", 10**6 + n, True) for n in range(3)]
    given = [answer for answer in given if answer.number != 39 or answer.member_id >= 7]
    number = await store.rounds.begin(
        channel_id=1, guild_id=1, owner_id=1, lang="en", state={}, questions=asked, at=1.0
    )
    await store.rounds.save(number, {}, given=given)

    def share(question: StoredQuestion) -> float:
        mine = [answer.correct for answer in given if answer.number == question.number]
        return sum(map(bool, mine)) / len(mine) if mine else 0.0

    missed = sorted((q for q in asked if share(q) < 1), key=lambda q: (share(q), q.number))
    assert await store.rounds.missed(number) == [("gan", q.item) for q in missed]
    assert 10 < len(missed) < 40
    assert len({share(q) for q in missed}) > 4, "ties and shares of all kinds"


async def test_of_a_question_that_came_again_the_last_time_counts(store: Store) -> None:
    asked = [StoredQuestion(number, "gan", item, {}) for number, item in enumerate(("a", "b", "a"), 1)]
    number = await store.rounds.begin(
        channel_id=2, guild_id=1, owner_id=1, lang="en", state={}, questions=asked[:2], at=1.0
    )
    wrong = [StoredAnswer(n, 5, "A", 50 + n, "A", 50 + n, correct=False) for n in (1, 2)]
    await store.rounds.save(number, {}, given=wrong)
    assert await store.rounds.missed(number) == [("gan", "a"), ("gan", "b")]
    right = StoredAnswer(3, 5, "A", 53, "A", 53, correct=True)
    await store.rounds.save(number, {}, given=[right], questions=asked[2:])
    assert await store.rounds.missed(number) == [("gan", "b")]
    saved = await store.rounds.get(number)
    assert saved is not None
    assert [question.item for question in saved.questions] == ["a", "b", "a"]


async def test_a_round_in_a_thread_was_asked_in_its_channel_and_leaves_it_free(store: Store) -> None:
    async def begun(channel: int) -> int:
        return await store.rounds.begin(
            channel_id=channel, guild_id=1, owner_id=1, lang="en", state={},
            questions=[StoredQuestion(1, "gan", f"of-{channel}", {})], at=1.0,
        )  # fmt: skip

    first = await begun(300)
    with pytest.raises(RoundExists):
        await begun(300)
    await store.rounds.into_thread(first, 301, 300)
    saved = await store.rounds.get(first)
    assert saved is not None
    assert (saved.channel_id, saved.parent_id) == (301, 300)
    assert await store.rounds.asked(300) == await store.rounds.asked(301) == [("gan", "of-300")]
    await begun(300)
    with pytest.raises(RoundExists):
        await begun(301)


async def test_answers_that_were_received_badly_are_found_among_all(store: Store, fetched: Callable[[], int]) -> None:
    votes = [
        {"message_id": n, "voter": "v", "topic": f"topic{n % 11}", "section": CHANCE.choice(("how", "answer")),
         "lang": CHANCE.choice(("zh", "en")), "good": CHANCE.random() < 0.5, "at": 1.0}
        for n in range(400)
    ]  # fmt: skip
    await put(store, feedback, votes)
    counts = Counter((v["topic"], v["section"], v["lang"], v["good"]) for v in votes)
    tallies = [Tally(*place, counts[*place, True], counts[*place, False]) for place in {key[:3] for key in counts}]
    tallies.sort(key=lambda t: (t.good - t.bad, t.topic, t.section, t.lang))
    assert await store.feedback.tallies() == tallies
    fetched()
    disliked = [tally for tally in tallies if tally.bad > tally.good]
    assert await store.feedback.tallies(disliked=True) == disliked
    assert fetched() == len(disliked)
    assert 0 < len(disliked) < len(tallies)


async def test_a_question_that_many_servers_asked_is_one_in_its_newest_wording(
    store: Store, fetched: Callable[[], int]
) -> None:
    rows = [
        {"guild_id": n % 8, "lang": ("zh", "en")[n % 2], "key": f"{n // 8:064}", "question": f"wording {n}",
         "nearest": [f"t{n}"], "count": CHANCE.randrange(1, 5), "first_at": float(n % 13),
         "last_at": 1000.0 + n * 37 % 400}
        for n in range(400)
    ]  # fmt: skip
    await put(store, gaps, rows)
    expected = []
    for _, same in groupby(sorted(rows, key=lambda r: (r["lang"], r["key"])), key=lambda r: (r["lang"], r["key"])):
        group = list(same)
        newest = max(group, key=lambda row: row["last_at"])
        total, first = sum(row["count"] for row in group), min(row["first_at"] for row in group)
        gap = Gap(newest["question"], newest["lang"], tuple(newest["nearest"]), total, first, newest["last_at"])
        expected.append(((-total, -newest["last_at"], newest["key"]), gap))
    expected.sort(key=lambda pair: pair[0])
    assert len(expected) == 100
    assert await store.gaps.all() == [gap for _, gap in expected]
    fetched()
    assert await store.gaps.all(limit=7) == [gap for _, gap in expected[:7]]
    assert fetched() == 7


async def test_a_member_finds_their_own_among_the_answers_of_a_day(store: Store, fetched: Callable[[], int]) -> None:
    asked = await store.daily.claim(guild_id=1, day=date(2026, 3, 1), channel_id=2, topic="gan", item="x", content={})
    assert asked is not None
    rows = [
        {"daily_id": asked.id, "member_id": n, "first": "A", "first_id": n, "final": "B", "final_id": 1000 + n,
         "correct": n % 2 == 0}
        for n in range(1, 201)
    ]  # fmt: skip
    await put(store, daily_answers, rows)
    fetched()
    assert await store.daily.answered(asked.id, 44) == (200, DailyAnswer(44, "A", 44, "B", 1044, True))
    assert fetched() == 2, "the answer and the count"
    assert await store.daily.answered(asked.id, 999) == (200, None)
    assert await store.daily.answered(asked.id + 1, 44) == (0, None)


async def test_days_that_a_clock_took_too_early_are_found_among_all(store: Store) -> None:
    first = date(2026, 1, 1)
    rows: list[dict[str, Any]] = []
    for guild in range(4):
        for n in range(60):
            day = first + timedelta(days=n)
            at = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
            closed = CHANCE.choice((None, at - 15 * 3_600, at - 14 * 3_600, at + 86_400))
            rows.append({"guild_id": guild, "day": day, "channel_id": 1, "topic": "gan", "item": "x", "content": {},
                         "closed": closed})  # fmt: skip
    await put(store, daily, rows)
    after = first + timedelta(days=30)
    await store.daily.free_days(after)
    early = {
        (row["guild_id"], row["day"])
        for row in rows
        if row["day"] > after and row["closed"] is not None and row["closed"] < earliest(row["day"])
    }
    assert early
    async with store.database.reading() as connection:
        kept = {(row.guild_id, row.day) for row in await connection.execute(select(daily.c.guild_id, daily.c.day))}
    there = {(row["guild_id"], row["day"]) for row in rows}
    assert there - kept == early
    moved = Counter(guild for guild, _ in early)
    assert kept - there == {
        (guild, first - timedelta(days=back)) for guild, count in moved.items() for back in range(1, count + 1)
    }


async def test_what_is_looked_for_every_half_minute_is_found_without_a_look_at_all_questions_there_were(
    tmp_path: Path,
) -> None:
    """A thousand servers have a third of a million in a year, each with the text that was shown."""
    async with await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'epoch.db'}") as store:
        said: list[tuple[str, Any]] = []
        engine = store.database._engine.sync_engine
        event.listen(engine, "before_cursor_execute", lambda c, cursor, sql, values, *_: said.append((sql, values)))

        async def plans(*queries: tuple[str, Any]) -> list[str]:
            async with store.database.reading() as connection:
                found = [await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", v) for sql, v in queries]
                return [row.detail for rows in found for row in rows]

        await store.daily.open()
        await store.daily.latest(date(2026, 3, 1))
        await store.daily.free_days(date(2026, 3, 1))
        asked = [(sql, values) for sql, values in said if sql.startswith("SELECT")]
        assert len(asked) == 3
        assert [plan for plan in await plans(*asked) if "daily" in plan and "INDEX" not in plan] == []
        (whole,) = await plans(("SELECT * FROM daily WHERE item = 'x'", ()))
        assert whole == "SCAN daily", "a look at all of them would be seen"


async def test_where_no_clock_ran_ahead_nobody_who_writes_waits_for_a_look_at_late_days(store: Store) -> None:
    async with asyncio.timeout(20), store.database.writing() as connection:
        await store.daily.free_days(date(2026, 3, 1))
        await connection.execute(text("SELECT 1"))
