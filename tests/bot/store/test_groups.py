"""Daily questions, settings, votes, gaps, runs, packs."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from pydantic import ValidationError
from sqlalchemy import update

from bot.store.daily import Daily, DailyAnswer, Decide
from bot.store.feedback import Tally
from bot.store.guilds import DailyTime, GuildSettings
from bot.store.packs import MOST_OF_ONE
from bot.store.runs import RunningRun
from bot.store.store import Store
from bot.store.tables import guilds
from bot.study.rounds.questions import Pack

DAY = date(2026, 3, 29)


async def claim(store: Store, guild_id: int = 1, day: date = DAY) -> Daily | None:
    return await store.daily.claim(
        guild_id=guild_id, day=day, channel_id=2, topic="gan", item=f"item-{day.day}", content={"prompt": "?"}
    )


async def test_a_day_has_one_question_a_server(store: Store) -> None:
    made = await asyncio.gather(*(claim(store) for _ in range(5)))
    assert sum(daily is not None for daily in made) == 1
    assert await claim(store, guild_id=2)
    assert await claim(store, day=date(2026, 3, 30))
    assert await store.daily.asked(1) == [("gan", "item-30"), ("gan", "item-29")]


def says(member: int, letter: str, press: int, right: str = "B") -> Decide:
    """Answer with a letter, or change what was answered to it."""

    def decide(_: Daily, before: DailyAnswer | None) -> DailyAnswer:
        first = (before.first, before.first_id) if before is not None else (letter, press)
        return DailyAnswer(member, *first, letter, press, letter == right)

    return decide


async def test_a_daily_question_is_answered_closed_once_and_told(store: Store) -> None:
    daily = await claim(store)
    assert daily is not None
    assert daily.message_id is None
    await store.daily.posted(daily.id, 99)
    first = DailyAnswer(11, "A", 100, "A", 100, False)
    assert await store.daily.answer(daily.id, 11, says(11, "A", 100)) == (None, first)
    await store.daily.answer(daily.id, 12, says(12, "B", 101))
    changed = DailyAnswer(11, "A", 100, "B", 102, True)
    assert await store.daily.answer(daily.id, 11, says(11, "B", 102)) == (first, changed)
    await store.daily.answer(daily.id, 13, says(13, "C", 103))
    assert await store.daily.answers(daily.id) == [
        DailyAnswer(12, "B", 101, "B", 101, True), changed, DailyAnswer(13, "C", 103, "C", 103, False),
    ]  # fmt: skip
    (still_open,) = await store.daily.open()
    assert still_open == await store.daily.get(daily.id)
    assert still_open.message_id == 99
    assert [await store.daily.close(daily.id, 5.0, 1000) for _ in range(2)] == [True, False]
    assert [(row.member_id, row.points, row.correct, row.asked) for row in await store.scores.table(1)] == [
        (11, 1000, 1, 1), (12, 1000, 1, 1), (13, 0, 0, 1),
    ]  # fmt: skip
    assert await store.daily.answer(daily.id, 14, says(14, "B", 104)) is None, "it has ended"
    assert await store.daily.answer(daily.id + 1, 14, says(14, "B", 104)) is None
    assert [d.closed for d in await store.daily.open()] == [5.0], "its results are still to come"
    await store.daily.told(daily.id, 6.0)
    assert await store.daily.open() == []
    assert await store.daily.get(daily.id + 1) is None


async def test_presses_at_once_and_an_end_among_them_leave_one_answer_each_and_points_for_it(store: Store) -> None:
    daily = await claim(store)
    assert daily is not None
    presses = [store.daily.answer(daily.id, 11 + n % 5, says(11 + n % 5, "AB"[n % 2], 100 + n)) for n in range(20)]
    *came, closed = await asyncio.gather(*presses, store.daily.close(daily.id, 5.0, 1000))
    assert closed
    answers = {answer.member_id: answer for answer in await store.daily.answers(daily.id)}
    told = {after.member_id: after for _, after in filter(None, came)}
    assert set(answers) == set(told), "whoever was told that it counts is counted"
    assert {row.member_id: row.correct for row in await store.scores.table(1)} == {
        member: int(answer.correct) for member, answer in answers.items()
    }


async def test_a_question_that_was_never_posted_gives_its_day_back(store: Store) -> None:
    daily, kept = await claim(store), await claim(store, guild_id=2)
    assert daily is not None
    assert kept is not None
    await store.daily.posted(kept.id, 5)
    await store.daily.release(daily.id)
    await store.daily.release(kept.id)
    assert await store.daily.latest() == {2: DAY}
    assert await claim(store)
    assert not await claim(store, guild_id=2)


async def test_the_newest_question_of_a_server_is_that_of_its_latest_day(store: Store) -> None:
    assert await store.daily.newest(1) is None
    for day in (29, 31, 30):
        await claim(store, day=date(2026, 3, day))
    newest = await store.daily.newest(1)
    assert newest is not None
    assert newest.day == date(2026, 3, 31)
    assert await store.daily.latest() == {1: date(2026, 3, 31)}


async def test_settings_change_one_by_one_and_are_validated(store: Store) -> None:
    assert await store.guilds.get(1) == GuildSettings()
    await store.guilds.change(1, 1.0, channels=[5, 6], runs=False)
    after = await store.guilds.change(1, 2.0, daily={"channel_id": 5, "hour": 20, "zone": "Asia/Shanghai"})
    assert after == await store.guilds.get(1)
    assert (after.channels, after.runs) == ((5, 6), False)
    assert after.daily == DailyTime(channel_id=5, hour=20, zone="Asia/Shanghai")
    for wrong in ({"hour": 24}, {"zone": "Mars/Olympus"}, {"zone": "../../etc/passwd"}):
        with pytest.raises(ValidationError):
            await store.guilds.change(1, 3.0, daily={"channel_id": 5, **wrong})
    assert await store.guilds.get(1) == after


async def test_settings_that_cannot_be_read_fall_back_to_the_defaults(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    await store.guilds.change(1, 1.0, runs=False)
    async with store.database.writing() as connection:
        await connection.execute(update(guilds).values(settings={"runs": False, "from_the_future": 1}))
    assert (await store.guilds.get(1)).runs is False
    async with store.database.writing() as connection:
        await connection.execute(update(guilds).values(settings={"runs": "perhaps"}))
    assert await store.guilds.get(1) == GuildSettings()
    assert "settings of server 1 cannot be read" in caplog.text


async def test_a_member_has_one_vote_an_answer(store: Store) -> None:
    for message, member, good in ((1, 11, True), (1, 11, False), (1, 12, False), (2, 11, True)):
        await store.feedback.vote(
            message_id=message, member_id=member, topic="gan", section="how", lang="zh", good=good, at=1.0
        )
    assert await store.feedback.tallies() == [Tally("gan", "how", "zh", good=1, bad=2)]


@pytest.mark.parametrize(
    ("first", "again", "same"),
    [
        ("What is a transformer?", "what is a  TRANSFORMER", True),
        ("什么是Ｔransformer？", "什么是transformer", True),
        ("what is a transformer", "what is the transformer", False),
        ("C++", "C", True),
    ],
)
async def test_a_gap_is_counted_by_its_words(store: Store, first: str, again: str, *, same: bool) -> None:
    await store.gaps.note(first, "en", ["rnn", "lstm"], 1.0)
    await store.gaps.note(again, "en", ["rnn"], 2.0)
    await store.gaps.note(first, "zh", [], 3.0)
    found = await store.gaps.all()
    assert [gap.count for gap in found] == ([2, 1] if same else [1, 1, 1])
    if same:
        assert (found[0].question, found[0].nearest, found[0].last_at) == (first, ("rnn",), 2.0)
    await store.gaps.close(first, "zh")
    assert {gap.lang for gap in await store.gaps.all()} == {"en"}


async def test_gaps_are_counted_by_server_and_together(store: Store) -> None:
    for at, guild_id in enumerate((1, 2, 2, None), 1):
        await store.gaps.note("what is a transformer?", "en", [f"topic-{at}"], float(at), guild_id=guild_id)
    await store.gaps.note("what is a diffusion model?", "en", [], 5.0, guild_id=1)
    assert {gap.question: gap.count for gap in await store.gaps.of(1)} == {
        "what is a transformer?": 1, "what is a diffusion model?": 1,
    }  # fmt: skip
    assert [(gap.count, gap.first_at, gap.last_at) for gap in await store.gaps.of(2)] == [(2, 2.0, 3.0)]
    assert await store.gaps.of(3) == []
    first, second = await store.gaps.all()
    assert (first.count, first.first_at, first.last_at, first.nearest) == (4, 1.0, 4.0, ("topic-4",))
    assert second.count == 1
    assert await store.gaps.all(limit=1) == [first]
    await store.gaps.close("what is a transformer", "en")
    assert await store.gaps.of(2) == []


async def test_a_run_is_known_until_it_ends(store: Store) -> None:
    runs = [RunningRun(f"00{n}", None, 2, None, 11, "en", {"topic": "gan", "example": "main"}, n) for n in (1, 2)]
    for run in runs:
        await store.runs.begin(run)
    await store.runs.posted("001", 555)
    await store.runs.end("002")
    (left,) = await store.runs.all()
    assert (left.id, left.message_id, left.asked) == ("001", 555, {"topic": "gan", "example": "main"})


async def test_a_pack_replaces_the_one_of_its_name(store: Store) -> None:
    await store.packs.put(Pack("ml", "someone", "0" * 64, (("Who?", ("Hinton",)),)), 1.0)
    pack = Pack("ml", None, "1" * 64, (("2+2?", ("4", "four", "四")), ("3?", ("3",))))
    await store.packs.put(pack, 2.0)
    assert await store.packs.get("ml") == pack
    assert await store.packs.names() == ["ml"]
    assert await store.packs.remove("ml")
    assert not await store.packs.remove("ml")
    assert await store.packs.get("ml") is None


async def test_a_pack_of_one_server_is_of_no_other_and_goes_before_one_for_all(store: Store) -> None:
    every, own = (Pack("ml", None, "0" * 64, ((text, ("yes",)),)) for text in ("for all?", "of one server?"))
    await store.packs.put(every, 1.0)
    assert await store.packs.put_of_server(77, own, "of one server?: [yes]", 2.0)
    assert await store.packs.put_of_server(77, Pack("b", None, "1" * 64, own.questions), "x", 2.0)
    assert await store.packs.get("ml", 77) == own
    assert await store.packs.get("ml", 78) == await store.packs.get("ml") == every
    assert await store.packs.names(77) == ["b", "ml"]
    assert await store.packs.names(78) == await store.packs.names() == ["ml"]
    assert await store.packs.counts_of_server(77) == {"b": 1, "ml": 1}
    assert await store.packs.put_of_server(77, own, "corrected", 3.0), "one of the same name is replaced"
    kept = await store.packs.of_server(77, "ml")
    assert kept is not None
    assert (kept.source, kept.imported) == ("corrected", 3.0)
    assert not await store.packs.remove_of_server(78, "ml")
    for number in range(MOST_OF_ONE - 2):
        assert await store.packs.put_of_server(77, Pack(f"p{number}", None, "1" * 64, own.questions), "x", 4.0)
    assert not await store.packs.put_of_server(77, Pack("one-too-many", None, "1" * 64, own.questions), "x", 4.0)
    assert await store.guilds.forget(77) == MOST_OF_ONE, "they go with their server"
    assert await store.packs.get("ml", 77) == every


async def test_a_question_asked_by_a_clock_that_ran_ahead_makes_room_on_the_day_it_took(store: Store) -> None:
    early, days = await claim(store, day=date(2030, 1, 1)), (DAY, date(2026, 3, 30))
    assert early is not None
    for day in days:
        assert await claim(store, day=day)
    assert await store.daily.latest(date(2026, 3, 31)) == {1: days[1]}
    newest = await store.daily.newest(1, date(2026, 3, 31))
    assert newest is not None
    assert newest.day == days[1]
    await store.daily.free_days(days[1])
    assert await claim(store, day=early.day) is None, "it is still open: it may be of that day"
    await store.daily.close(early.id, 1_774_900_000.0, 1000)
    await store.daily.free_days(days[1])
    made = await claim(store, day=early.day)
    assert made is not None
    moved = await store.daily.get(early.id)
    assert moved is not None
    assert (made.day, moved.day) == (date(2030, 1, 1), date(2026, 3, 28))
    await store.daily.close(made.id, 1_893_500_000.0, 1000)
    await store.daily.free_days(days[1])
    assert await claim(store, day=early.day) is None, "one that ended on its own day stays"
