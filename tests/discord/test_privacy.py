"""`/forget-me` and `/export` over the loopback Discord: every table of both databases is searched for the member."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Connection, MetaData, select

from bot.discord.client import EpochBot
from bot.store.runs import RunningRun
from bot.store.store import Store
from bot.study.rounds.state import Rules
from tests.discord.inside import bot_in
from tests.discord.server import LoopbackDiscord
from tests.discord.state import Message
from tests.discord.test_daily import NINE, Group, becomes
from tests.discord.test_rounds import QUICK, Table

#: What holds a member besides their votes, which are found by no id.
TABLES = {
    "rounds", "round_players", "answers", "daily_answers", "scores", "cards", "reviews", "activity", "members", "runs",
    "drafts",
}  # fmt: skip


@pytest_asyncio.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord(ack_limit_s=30) as server:
        yield server


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.discord.daily.service.LOOK_S", 0.05)


async def rows_with(store: Store, *needles: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of the database, whatever its tables are, that has one of these anywhere in it."""
    found: dict[str, list[dict[str, Any]]] = {}
    async with store.database.reading() as connection:

        def tables(sync: Connection) -> MetaData:
            there = MetaData()
            there.reflect(sync)
            return there

        for table in (await connection.run_sync(tables)).sorted_tables:
            for row in (await connection.execute(select(table))).mappings():
                if any(needle in str(value) for needle in needles for value in row.values()):
                    found.setdefault(table.name, []).append(dict(row))
    return found


async def leave_traces(group: Group, bot: EpochBot, member: str) -> Message:
    """Have a member answer the daily question, vote, set a zone, keep a run, and play in a round that goes on."""
    discord, who = group.discord, int(group.discord.state.user(member).id)
    await group.set_up(bot)
    group.now = NINE
    asked = await group.message("Question of 24 November")
    await group.press(asked, await group.right(bot), member)
    await discord.answer_to(await discord.slash("review", {"zone": "Europe/Berlin"}, user=member))
    await bot.services.store.feedback.vote(
        message_id=5, member_id=who, topic="gan", section="how", lang="en", good=True, at=5.0
    )
    await bot.services.store.runs.begin(RunningRun("0f", group.guild_id, 1, None, who, "en", {"topic": "gan"}, 6.0))
    await discord.answer_to(await discord.slash("suggest", {"question": "what is LoRA?"}, user=member))
    table = Table(discord, bot)
    lobby = await table.open(member, rounds=2, seconds=120, kinds="choice")
    await table.press(lobby, "Join", "bob")
    await table.press(lobby, "Start", member)
    for number, players in ((1, (member, "bob")), (2, (member,))):
        question = await table.question(number)
        for player in players:
            await table.press(question, table.right(number), player)
    return question


async def test_what_is_exported_is_all_there_is_and_what_is_forgotten_leaves_no_trace(
    discord: LoopbackDiscord, tmp_path: Path, url: str
) -> None:
    group = Group(discord, tmp_path, url=url)
    member = "zaphodia"
    async with bot_in(discord, tmp_path, group.tutor, database_url=url, rules=QUICK, clock=lambda: group.now) as bot:
        question = await leave_traces(group, bot, member)
        store, who = bot.services.store, group.member(member)
        group.now += 86_400.0
        await group.message("The answer of 24 November")
        needles = (str(who), member.title())
        there = await rows_with(store, *needles)
        assert set(there) == TABLES, "the test does not reach every table"
        bobs = await store.members.export(group.member("bob"))

        exported = await discord.answer_to(await discord.slash("export", user=member))
        assert exported.ephemeral
        document = json.loads(exported.files["epoch-export.json"])
        assert document["member_id"] == who
        for name, rows in there.items():
            assert len(document["tables"][name]) == len(rows), name
            for row in rows:
                assert json.loads(json.dumps(row, default=str)) in document["tables"][name], name
        assert [vote["good"] for vote in document["tables"]["feedback"]] == [True]
        assert group.member("bob") not in [row.get("member_id") for rows in document["tables"].values() for row in rows]

        shown = await discord.answer_to(await discord.slash("forget-me", user=member))
        assert shown.ephemeral
        assert "Delete everything about you?" in shown.text
        assert await rows_with(store, *needles), "nothing is deleted before it is confirmed"
        await discord.click(shown, label="Delete everything", user=member)
        await discord.until(lambda: "All of it is gone" in shown.text, "the end of it", 60.0)
        assert await rows_with(store, *needles) == {}
        assert await store.members.export(who) == {}
        assert await store.feedback.tallies() == []
        assert {k: v for k, v in (await store.members.export(group.member("bob"))).items() if k != "round_players"} == {
            k: v for k, v in bobs.items() if k != "round_players"
        }

        table = Table(discord, bot)
        (live,) = bot.services.rounds.live
        await table.press(question, table.right(2), "bob")
        podium = await table.message("🏆")
        await becomes(lambda: live not in bot.services.rounds.live)
        assert "Bob" in podium.text
        assert member.title() not in podium.text
        assert await rows_with(store, *needles) == {}, "the end of the round brings nothing back"
        nothing = await discord.answer_to(await discord.slash("export", user=member))
        assert nothing.text == "Nothing is kept of you."
    await group.tutor.close()


async def test_answers_on_their_way_when_a_member_was_forgotten_count_no_more(
    discord: LoopbackDiscord, tmp_path: Path
) -> None:
    """The round is over, its podium is slow to be posted: neither scores nor reviews come after the deletion."""
    group = Group(discord, tmp_path)
    async with bot_in(discord, tmp_path, group.tutor, rules=Rules(grace_s=0.2, hurry_s=0.4, reveal_s=0.6)) as bot:
        table = Table(discord, bot)
        lobby = await table.open("alice", rounds=1, seconds=20, kinds="choice")
        await table.press(lobby, "Start", "alice")
        question = await table.question(1)
        await table.press(question, table.right(1), "alice")
        (live,) = bot.services.rounds.live
        discord.fail_next("POST", f"/channels/{group.channel_id}/messages", 500, delay_s=1.0, times=1)
        await becomes(lambda: live.state.phase == "over")
        shown = await discord.answer_to(await discord.slash("forget-me", user="alice"))
        await discord.click(shown, label="Delete everything", user="alice")
        await discord.until(lambda: "gone" in shown.text, "the end of it", 60.0)
        await becomes(lambda: live not in bot.services.rounds.live)
        assert await bot.services.store.rounds.live() == []
        assert await rows_with(bot.services.store, str(group.member("alice")), "Alice") == {}
    await group.tutor.close()
