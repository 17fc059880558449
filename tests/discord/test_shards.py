"""The real bot on as many connections as Discord asks for."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from time import time

import pytest

from bot.discord.client import EpochBot
from bot.shards import Shards
from bot.store.guilds import DailyTime
from bot.store.runs import RunningRun
from tests.bot.world import make_tutor
from tests.discord.inside import bot_in
from tests.discord.server import LoopbackDiscord
from tests.discord.test_privacy import rows_with
from tests.discord.test_rounds import QUICK, Table, becomes


@pytest.mark.parametrize("shards", [1, 3])
async def test_the_bot_connects_as_often_as_discord_asks_and_answers_on_every_connection(
    tmp_path: Path, shards: int
) -> None:
    async with LoopbackDiscord(ack_limit_s=30) as discord:
        discord.state.shards = shards
        tutor = make_tutor()
        async with bot_in(discord, tmp_path, tutor):
            assert [data["shard"] for data in discord.gateway.identifies] == [[n, shards] for n in range(shards)]
            for ask in (discord.mention, discord.dm):  # over the shard of the server, over the first one
                answer = await discord.answer_to(await ask("what is mode collapse"))
                assert "Generative adversarial networks" in answer.text
            answer = await discord.answer_to(await discord.slash("ask", {"question": "what is mode collapse"}))
            assert "Generative adversarial networks" in answer.text
        await tutor.close()


async def test_processes_that_share_the_servers_each_do_what_is_theirs_and_leave_the_rest_alone(
    tmp_path: Path,
) -> None:
    """Both over one database; what the second would do with the first one's, it does where it has that server."""
    async with LoopbackDiscord(ack_limit_s=30) as discord:
        tutor = make_tutor()
        guild_id, channel_id = int(discord.state.guild_id), int(discord.state.channel["id"])
        theirs = (guild_id >> 22) % 2
        mine, other = (Shards((number,), 2) for number in (theirs, 1 - theirs))
        async with bot_in(discord, tmp_path, tutor, shards=mine) as first:
            async with bot_in(discord, tmp_path, tutor, shards=other) as second:
                assert [data["shard"] for data in discord.gateway.identifies] == [[theirs, 2], [1 - theirs, 2]]
                assert [bool(bot.guilds) for bot in (first, second)] == [True, False]
                assert len([request for request in discord.requests if request.method == "PUT"]) == 1
                for ask in (discord.mention, discord.dm):
                    answer = await discord.answer_to(await ask("what is mode collapse"))
                    assert "Generative adversarial networks" in answer.text
                lobby = await discord.answer_to(await discord.slash("quiz start", {}))
                await first.services.store.runs.begin(
                    RunningRun("0b", guild_id, channel_id, int(lobby.id), 5, "en", {"topic": "gan"}, noon())
                )
                time = DailyTime(channel_id=channel_id, hour=0, zone="UTC", since=1.0)
                await first.services.servers.change(guild_id, daily=time.model_dump())
            async with bot_in(discord, tmp_path, tutor, shards=other, clock=noon) as second:
                assert (rounds_of(second), len(await left_behind(second))) == (0, 1)
                assert second.services.servers.daily() == [guild_id], "it knows of it"
                await second.services.daily.look()  # type: ignore[attr-defined]
                assert await second.services.store.daily.newest(guild_id) is None
        async with bot_in(discord, tmp_path, tutor, shards=mine, clock=noon) as first:
            assert rounds_of(first) == 1
            await first.services.daily.look()  # type: ignore[attr-defined]
            assert await first.services.store.daily.newest(guild_id) is not None
            assert await left_behind(first) == []
        await tutor.close()


async def test_who_is_forgotten_by_one_process_is_forgotten_in_the_rounds_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the round would bring the points and the reviews of the member back when it ends."""
    monkeypatch.setattr("bot.discord.hosting.orders.LOOK_S", 0.05)
    async with LoopbackDiscord(ack_limit_s=30) as discord:
        tutor = make_tutor()
        theirs = (int(discord.state.guild_id) >> 22) % 2
        mine, other = (Shards((number,), 2) for number in (theirs, 1 - theirs))
        async with (
            bot_in(discord, tmp_path, tutor, shards=mine, rules=QUICK) as first,
            bot_in(discord, tmp_path, tutor, shards=other) as second,
        ):
            table = Table(discord, first)
            lobby = await table.open("alice", rounds=2, seconds=120, kinds="choice")
            await table.press(lobby, "Join", "bob")
            await table.press(lobby, "Start", "alice")
            question = await table.question(1)
            await table.press(question, table.right(1), "alice")
            alice = int(discord.state.user("alice").id)
            (live,) = first.services.rounds.live
            assert await second.services.forget_member_everywhere(alice, time()) > 0
            await becomes(lambda: alice not in live.state.players)
            await table.press(question, table.right(1), "bob")
            await table.press(await table.question(2), table.right(2), "bob")
            await table.message("🏆")
            await becomes(lambda: live not in first.services.rounds.live)
            kept = await rows_with(first.services.store, str(alice))
            assert set(kept) == {"orders"}, "the order is deleted within an hour"
            points = await first.services.store.scores.table(int(discord.state.guild_id))
            assert [each.member_id for each in points] == [int(discord.state.user("bob").id)]
        await tutor.close()


async def test_a_process_does_once_what_it_told_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.discord.hosting.orders.LOOK_S", 0.05)
    async with LoopbackDiscord(ack_limit_s=30) as discord:
        tutor = make_tutor()
        # Both of two: only who has shard 0 registers the commands, and the server may be of either.
        async with bot_in(discord, tmp_path, tutor, shards=Shards((0, 1), 2)) as bot:
            alice = int(discord.state.user("alice").id)
            await bot.services.forget_member_everywhere(alice, time())
            asked = await discord.slash("review", {"zone": "Europe/Berlin"}, user="alice")
            await discord.answer_to(asked)
            kept = await rows_with(bot.services.store, str(alice))
            await becomes(lambda: not bot.services.store.orders.announced)
            assert await rows_with(bot.services.store, str(alice)) == kept, "what came after is not forgotten"
            assert "members" in kept
        await tutor.close()


def noon() -> float:
    return datetime.now(UTC).replace(hour=12).timestamp()


def rounds_of(bot: EpochBot) -> int:
    return len(bot.services.rounds.live)


async def left_behind(bot: EpochBot) -> list[RunningRun]:
    """Return the runs that an earlier process left, after the bot has told of those that are its."""
    await bot.services.runs.mark_cut_off()
    return await bot.services.store.runs.all()


async def test_the_status_says_which_wall_stands(tmp_path: Path) -> None:
    async with LoopbackDiscord(ack_limit_s=30) as discord:
        tutor = make_tutor("trusted")
        async with bot_in(discord, tmp_path, tutor):
            (identify,) = discord.gateway.identifies
            assert "no sandbox" in identify["presence"]["game"]["state"]
        await tutor.close()
