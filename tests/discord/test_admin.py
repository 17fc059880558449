"""`epoch admin` as a process of its own beside a bot that serves, and what members see of it."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.discord.client import EpochBot
from tests.bot.cli.test_cli import epoch
from tests.bot.world import make_tutor
from tests.discord.inside import bot_in
from tests.discord.server import LoopbackDiscord
from tests.discord.test_rounds import QUICK, Table, becomes


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.discord.hosting.orders.LOOK_S", 0.05)


@pytest_asyncio.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord(ack_limit_s=30) as server:
        yield server


@pytest_asyncio.fixture
async def bot(discord: LoopbackDiscord, tmp_path: Path) -> AsyncIterator[EpochBot]:
    tutor = make_tutor()
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as running:
        yield running
    await tutor.close()


async def admin(folder: Path, *words: str, lang: str = "en") -> subprocess.CompletedProcess[str]:
    env = {"EPOCH_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'epoch.db'}", "EPOCH_LANG": lang}
    return await asyncio.to_thread(lambda: epoch("admin", *words, cwd=folder, env=env))


async def asked(discord: LoopbackDiscord, user: str = "alice", **more: str) -> str:
    answer = await discord.answer_to(
        await discord.slash("ask", {"question": "what is mode collapse"}, user=user, **more)
    )
    return f"{'private' if answer.ephemeral else 'public'}: {answer.text}"


async def test_a_round_ends_by_the_order_and_its_points_count(
    discord: LoopbackDiscord, bot: EpochBot, tmp_path: Path
) -> None:
    table = Table(discord, bot)
    lobby = await table.open("alice", rounds=3, seconds=120, kinds="choice")
    await table.press(lobby, "Start", "alice")
    await table.press(await table.question(1), table.right(1), "alice")
    await table.question(2)
    (live,) = bot.services.rounds.live
    listed = await admin(tmp_path, "rounds", "--json")
    assert json.loads(listed.stdout)["id"] == live.id
    ended = await admin(tmp_path, "end-round", str(live.id))
    assert (ended.returncode, ended.stdout) == (0, f"round {live.id} is ended\n")
    await table.gone()
    (standing,) = await bot.services.store.scores.table(int(discord.state.guild_id))
    assert standing.points > 0
    again = await admin(tmp_path, "end-round", str(live.id), lang="zh")
    assert (again.returncode, "没有进行中的测验" in again.stderr) == (1, True)


async def test_a_blocked_member_is_told_so_in_private_and_keeps_the_right_to_their_data(
    discord: LoopbackDiscord, bot: EpochBot, tmp_path: Path
) -> None:
    alice = discord.state.user("alice").id
    old = await discord.answer_to(await discord.slash("ask", {"question": "what is mode collapse"}, user="bob"))
    assert (await admin(tmp_path, "block", "member", alice)).returncode == 0
    await becomes(lambda: bot.services.door.blocks(int(alice), None) is not None)
    assert (await asked(discord)).startswith("private: The host of this bot has blocked you")
    assert (await asked(discord, locale="zh-CN")).startswith("private: 这个机器人的运营者")
    pressed = await discord.answer_to(await discord.click(old, label="Go on", user="alice"))
    assert "has blocked you" in pressed.text
    assert "Generative" in await asked(discord, "bob")
    before = len(discord.messages)
    await discord.mention("what is mode collapse", user="alice")
    mentioned = await discord.answer_to(await discord.mention("what is mode collapse", user="bob"))
    assert "Generative" in mentioned.text
    assert len(discord.messages) == before + 1, "the answer to bob"
    exported = await discord.answer_to(await discord.slash("export", user="alice"))
    assert "1 entry" in exported.text
    forgotten = await discord.answer_to(await discord.slash("forget-me", user="alice"))
    done = await discord.click(forgotten, label="Delete everything", user="alice")
    await discord.acknowledged(done)
    await discord.until(lambda: "Nothing is kept" in forgotten.text, "the end of it")
    assert "has blocked you" in await asked(discord), "to be forgotten undoes no block"
    assert (await admin(tmp_path, "unblock", "member", alice)).returncode == 0
    await becomes(lambda: bot.services.door.blocks(int(alice), None) is None)
    assert "Generative" in await asked(discord)


async def test_a_server_is_forgotten_with_its_round_and_its_settings(
    discord: LoopbackDiscord, bot: EpochBot, tmp_path: Path
) -> None:
    guild = int(discord.state.guild_id)
    await bot.services.servers.change(guild, lang="zh")
    table = Table(discord, bot)
    await table.open("alice", rounds=2, seconds=120, kinds="choice")
    only = await admin(tmp_path, "forget", "server", str(guild))
    assert (only.returncode, "2 entries would be deleted for good; add --yes" in only.stderr) == (2, True)
    gone = await admin(tmp_path, "forget", "server", str(guild), "--yes")
    assert (gone.returncode, gone.stdout) == (0, "2 entries deleted\n")
    assert bot.services.rounds.live == ()
    assert bot.services.servers.of(guild).lang is None
    assert await bot.services.store.guilds.kept(guild) == 0


async def test_commands_that_were_deleted_come_back_by_the_order(
    discord: LoopbackDiscord, bot: EpochBot, tmp_path: Path
) -> None:
    assert discord.commands
    discord.state.commands = []
    said = await admin(tmp_path, "commands", lang="zh")
    assert "重新注册" in said.stdout
    await discord.until(lambda: discord.commands, "the commands")


async def test_commands_deleted_right_after_they_were_registered_come_back_at_the_next_start(
    discord: LoopbackDiscord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tutor = make_tutor()
    registered = EpochBot._registered

    async def none(bot: EpochBot) -> list[object]:
        discord.state.commands = []
        return await registered(bot)

    with monkeypatch.context() as patch:
        patch.setattr(EpochBot, "_registered", none)
        async with bot_in(discord, tmp_path, tutor):
            assert not discord.commands
    async with bot_in(discord, tmp_path, tutor):
        assert discord.commands, "that there were none was noted as what is right"
    await tutor.close()


async def test_an_order_that_nobody_hears_is_carried_out_at_the_next_start_or_at_once_where_that_can_be(
    discord: LoopbackDiscord, tmp_path: Path
) -> None:
    tutor = make_tutor()
    async with bot_in(discord, tmp_path, tutor) as first:
        await first.services.store.members.set_zone(5, "Europe/Berlin", 1.0)
    gone = await admin(tmp_path, "forget", "member", "5", "--yes")
    assert gone.stdout == "1 entry deleted\n"
    assert "no bot answers on this database" in (await admin(tmp_path, "commands")).stdout
    discord.state.commands = []
    async with bot_in(discord, tmp_path, tutor) as second:
        async with asyncio.timeout(20):
            while await second.services.store.orders.waiting():
                await asyncio.sleep(0.05)
        assert discord.commands
    await tutor.close()


@pytest.fixture
def two_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPOCH_ASKS_PER_MEMBER", "2")


@pytest.mark.usefixtures("two_a_minute")
async def test_who_asks_too_fast_reads_when_to_ask_again_and_only_once_where_nobody_waits(
    discord: LoopbackDiscord, bot: EpochBot
) -> None:
    for _ in range(2):
        assert "Generative" in await asked(discord)
    assert "faster than 2 questions a minute" in await asked(discord)
    assert "每人每分钟最多 2 次" in await asked(discord, locale="zh-CN")
    before = len(discord.messages)
    told = await discord.answer_to(await discord.mention("what is mode collapse", user="alice"))
    assert "ask again <t:" in told.text
    await discord.mention("what is mode collapse", user="alice")
    await discord.answer_to(await discord.mention("what is mode collapse", user="bob"))
    assert len(discord.messages) == before + 2, "one refusal and one answer"
    assert (bot.figures.asks["answer"], bot.figures.asks["too_fast"]) == (3, 4)
