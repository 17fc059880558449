"""What a drill must hold when the bot is killed: what was written is there again, and a duel goes on."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio

from bot.discord.ui.items import mark_of
from bot.study.drills.choosing import every
from knowledge.bank.loader import load_bank
from tests.discord.crowd import quizbot
from tests.discord.server import LoopbackDiscord
from tests.discord.state import Interaction, Message

DRILL = every(load_bank())[0]
NAME = f"{DRILL.topic}:{mark_of(DRILL.name)}"
SOLUTION = DRILL.variants["numpy"].solution
HANGS = f"{SOLUTION}\n\nwhile True:  # as nobody means to write\n    pass\n"


@pytest_asyncio.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord(ack_limit_s=900) as server:  # a bot that was killed acknowledges nothing
        yield server


async def write(discord: LoopbackDiscord, message: Message, code: str, user: str, mark: str = NAME) -> Interaction:
    form = await discord.click(message, f"epoch:drillwrite:{mark}", user=user)
    sent = await discord.submit_modal(form, {"code": code})
    await discord.acknowledged(sent, 60.0)
    return sent


@pytest.mark.timeout(600)
async def test_a_last_try_and_a_duel_outlive_a_bot_that_was_killed(discord: LoopbackDiscord, tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'epoch.db'}"
    discord.state.user("bob")
    async with quizbot(discord, tmp_path, url) as bot:
        asked = await discord.slash(
            "drill", {"topic": DRILL.id, "duel": discord.state.user("bob").id}, user="ann"
        )  # fmt: skip
        duel = await discord.answer_to(asked, lambda message: bool(message.text), timeout=60.0)
        assert not duel.ephemeral
        await discord.click(duel, label="Accept", user="bob")
        await discord.until(lambda: "nothing handed in yet" in duel.text, "the duel to begin", 60.0)
        await write(discord, duel, HANGS, "ann")
        await discord.until(lambda: "⏳ Ann" in duel.text, "the answer to be judged", 60.0)
        await bot.kill()
    async with quizbot(discord, tmp_path, url) as bot:
        await discord.until(lambda: "✍️ Ann" in duel.text, "the duel to be taken up", 60.0)
        opened = await discord.answer_to(
            await discord.slash("drill", {"topic": DRILL.id}, user="ann"), lambda m: bool(m.text), timeout=60.0
        )
        assert "Your last try is kept" in opened.text
        form = await discord.click(opened, f"epoch:drillwrite:{NAME}:numpy", user="ann")
        modal = await discord.until(lambda: form.modal, "the form", 60.0)
        assert "as nobody means to write" in str(modal)
        won = await write(discord, duel, SOLUTION, "bob")
        told = await discord.answer_to(won, lambda message: bool(message.text), timeout=120.0)
        assert "All checks passed" in told.text
        await discord.until(lambda: "🏆 **Bob** wins" in duel.text, "the end of the duel", 60.0)
        await bot.kill()
    async with quizbot(discord, tmp_path, url) as bot:
        await asyncio.sleep(1.0)
        assert "🏆 **Bob** wins" in duel.text, "what is over stays as it is"
        await bot.kill()
    # As a kill leaves it between the end of the drill and that of the duel: the drill is passed, the duel goes on.
    with closing(sqlite3.connect(tmp_path / "epoch.db")) as db, db:
        db.execute("UPDATE duels SET phase = 'going', ended = NULL, \"end\" = NULL")
        db.execute("UPDATE duel_players SET passed = NULL, best = 0, tries = 0")

    def ends() -> list[tuple[str | None]]:
        with closing(sqlite3.connect(tmp_path / "epoch.db")) as db:
            return db.execute('SELECT "end" FROM duels').fetchall()

    assert ends() == [(None,)]
    async with quizbot(discord, tmp_path, url):
        await discord.until(lambda: ends() == [("won",)], "the duel to take over what was kept", 60.0)
        assert "🏆 **Bob** wins" in duel.text
