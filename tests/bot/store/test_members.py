from __future__ import annotations

from datetime import date

from sqlalchemy import select

from bot.store.daily import DailyAnswer
from bot.store.members import Member
from bot.store.rounds import Score, StoredAnswer, StoredPlayer, StoredQuestion
from bot.store.runs import RunningRun
from bot.store.store import Store
from bot.store.tables import metadata
from bot.study.agenda import DayList, Goal, Listed
from bot.study.cards import Review
from bot.study.drafts.models import Draft
from bot.study.drills.attempts import Attempt
from bot.study.drills.duels import Duel, Duellist
from bot.study.fitter import KeptFit
from bot.study.loops.machine import Loop, Part
from bot.study.pairs import Pair, Side
from bot.study.shown import PagePlace

ALICE, BOB = 900_000_000_000_000_001, 900_000_000_000_000_002


async def live(store: Store, member: int) -> None:
    """Let a member leave traces in every table that can hold any."""
    await store.members.set_lang(member, "zh", 1.0)
    round_id = await store.rounds.begin(
        channel_id=member, guild_id=1, owner_id=member, lang="en", state={}, at=1.0,
        questions=[StoredQuestion(1, "gan", "trains-in-turn", {"prompt": "?"})],
    )  # fmt: skip
    given = StoredAnswer(1, member, "B", member + 50, "B", member + 50)
    await store.rounds.save(round_id, {}, players=[StoredPlayer(member, f"name of {member}")], given=[given])
    await store.scores.add("daily:9", 1, [Score(member, 10, 1, 1)], 3.0)
    review = Review(member, "gan", "trains-in-turn", 3, f"round:{round_id}:1", 3.0, date(2026, 1, 2))
    await store.reviews.record([review], lambda _, __: ({"step": 1}, 9.0))
    kept = KeptFit((0.5, 0.25), 640, 0.4, 0.5, 1_152)
    assert await store.fits.adopt(member, kept, [], answers=1, at=3.5)
    for guild_id in (member, 77):
        await store.daily.claim(
            guild_id=guild_id, day=date(2026, 1, 2), channel_id=1, topic="gan", item="x", content={}
        )
    (daily, *_) = await store.daily.open()
    answer = DailyAnswer(member, "A", member + 60, "C", member + 70, True)
    await store.daily.answer(daily.id, member, lambda *_: answer)
    await store.feedback.vote(message_id=5, member_id=member, topic="gan", section="how", lang="en", good=True, at=5.0)
    await store.gaps.note("what is a transformer?", "en", ["rnn"], 5.0)
    asked = "what is a tangent?" if member == ALICE else "what is a cotangent?"
    await store.drafts.begin(Draft("a-topic", 77, member, "en", {"zh": (), "en": (asked,)}, "", "open", 5.5))
    await store.drills.move(member, "gan", "drill-x", lambda _: Attempt(member, "gan", "drill-x", 5.7))
    duel = Duel("gan", "drill-x", 3, 60.0, 5.8, (Duellist(member, f"name of {member}"), Duellist(33, "another")))
    await store.duels.begin(duel, guild_id=77, channel_id=1, lang="en")
    await store.goals.set(member, date(2026, 1, 20), 30, 5.9)
    today = DayList(date(2026, 1, 2), 5.9, (Listed("gan", "trains-in-turn", "new"),))
    assert (await store.goals.list_once(member, Goal(date(2026, 1, 20), 30), today)).today == today
    await store.reminders.set(member, 9, "zh", 5.9)
    assert await store.saved.add(member, PagePlace("gan", "en", "how", "one"), 5.9) == "done"
    await store.loops.begin(Loop(0, member, "cv", "en", 900.0, 5.9, (Part("open", "gan", "a"),)))
    await store.pairs.begin(Pair(0, "en", "gan", "a", 5.9, Side(member, "a comment", (0,)), Side(33, "an answer")))
    await store.runs.begin(RunningRun(f"{member:x}", 1, 2, None, member, "en", {"topic": "gan"}, 6.0))


async def traces(store: Store, member: int) -> set[str]:
    found = set()
    async with store.database.reading() as connection:
        for table in metadata.sorted_tables:
            for row in (await connection.execute(select(table))).mappings():
                if any(str(member) in str(value) for name, value in row.items() if name not in
                       ("channel_id", "guild_id", "first_id", "final_id", "id")):  # fmt: skip
                    found.add(table.name)
    return found


MEMBER_TABLES = {table.name for table in metadata.sorted_tables if {"member_id", "owner_id"} & set(table.c.keys())}


async def test_forgetting_a_member_leaves_no_trace_of_them_and_all_of_others(store: Store) -> None:
    await live(store, ALICE)
    await live(store, BOB)
    assert await traces(store, ALICE) == MEMBER_TABLES, "the test does not reach every table"
    before = await store.members.export(BOB)
    assert set(before) == MEMBER_TABLES | {"feedback"}
    gone = await store.members.forget(ALICE)
    assert gone == sum(map(len, before.values()))
    assert await traces(store, ALICE) == set()
    assert await store.members.export(ALICE) == {}
    assert await store.members.export(BOB) == before
    assert [tally.good for tally in await store.feedback.tallies()] == [1]
    assert [gap.count for gap in await store.gaps.all()] == [2], "a gap says nothing of who asked"


async def test_what_is_exported_is_what_was_kept(store: Store) -> None:
    await live(store, ALICE)
    kept = await store.members.export(ALICE)
    assert kept["members"] == [{"member_id": ALICE, "lang": "zh", "zone": None, "since": 1.0}]
    assert kept["activity"] == [{"member_id": ALICE, "day": "2026-01-02", "answers": 1}]
    assert kept["answers"][0]["final"] == "B"


async def test_preferences_are_set_one_by_one(store: Store) -> None:
    assert await store.members.get(ALICE) == Member(ALICE)
    await store.members.set_lang(ALICE, "zh", 1.0)
    await store.members.set_zone(ALICE, "Asia/Shanghai", 2.0)
    assert await store.members.get(ALICE) == Member(ALICE, "zh", "Asia/Shanghai")
    await store.members.set_lang(ALICE, None, 3.0)
    assert await store.members.get(ALICE) == Member(ALICE, None, "Asia/Shanghai")


async def test_time_zones_of_many_members_are_those_that_were_set(store: Store) -> None:
    assert await store.members.zones([]) == {}
    await store.members.set_zone(ALICE, "Asia/Shanghai", 1.0)
    await store.members.set_lang(BOB, "zh", 1.0)
    await store.members.set_zone(3, "Europe/Berlin", 1.0)
    assert await store.members.zones({ALICE, BOB, 4}) == {ALICE: "Asia/Shanghai"}, "only of those asked for"
    await store.members.set_zone(ALICE, None, 2.0)
    assert await store.members.zones([ALICE, 3]) == {3: "Europe/Berlin"}
    many = [*range(10_000, 12_000), 3]
    assert await store.members.zones(many) == {3: "Europe/Berlin"}
