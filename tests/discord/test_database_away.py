"""A real PostgreSQL that is stopped and started under the real `serve`."""

from __future__ import annotations

import asyncio
import re
from functools import partial
from pathlib import Path

import pytest

from bot.store.errors import DatabaseUnavailable
from bot.store.store import Store
from tests.discord.served import LONG_S, served_in
from tests.discord.state import Interaction, Message
from tests.postgres import Postgres, needs_postgres

pytestmark = pytest.mark.timeout(300)
ROUND: dict[str, object] = {"topics": "gan", "rounds": 1, "seconds": 120, "kinds": "choice"}

NAME = "zerubbabel"
#: Commands that are nothing without the database, with what has to be given.
NEED_DATABASE: dict[str, dict[str, object]] = {
    "progress": {}, "review": {}, "leaderboard": {}, "gaps": {}, "quiz start": {}, "run": {"topic": "gan"},
    "daily": {}, "interview": {}, "export": {},
}  # fmt: skip


def _is_told(done: Interaction) -> bool:
    return any("The database cannot be reached right now" in reply.text for reply in done.replies)


def _is_asked(message: Message) -> bool:
    return any(re.fullmatch(r"epoch:answer:\d+:1:A", str(each.get("custom_id"))) for each in message.components)


@needs_postgres
async def test_what_the_driver_says_while_it_connects_is_told_as_a_database_that_is_away(postgres: Postgres) -> None:
    """As a server does that starts up or has no room for more: it answers, and refuses."""
    url = re.sub(r"/epoch_\d+\?", "/nowhere?", await postgres.new_database())
    with pytest.raises(DatabaseUnavailable, match='database "nowhere" does not exist'):
        await Store.open(url)


@needs_postgres
async def test_while_the_database_is_away_members_read_that_and_all_works_again_when_it_is_back(
    postgres: Postgres, tmp_path: Path
) -> None:
    async with served_in(tmp_path, database_url=await postgres.new_database()) as served:
        discord = served.discord
        discord.state.user(NAME, manager=True)

        async def told(command: str, locale: str = "en-US", **options: object) -> str:
            asked = await discord.slash(command, options, user=NAME, locale=locale)
            return (await discord.answer_to(asked, timeout=LONG_S)).text

        async def pressed(message: Message, label: str) -> str:
            done = await discord.click(message, label=label, user=NAME)
            return (await discord.answer_to(done, timeout=LONG_S)).text

        assert "cannot be reached" not in await told("progress")
        panel, forget, lobby = [
            await discord.answer_to(await discord.slash(command, options, user=NAME), timeout=LONG_S)
            for command, options in (("settings", {}), ("forget-me", {}), ("quiz start", ROUND))
        ]
        picks = next(c for c in panel.components if str(c.get("custom_id", "")).startswith("epoch:set:lang"))
        assert await pressed(lobby, "Start") == "Here we go!"
        question = await discord.wait_for_message(_is_asked, LONG_S)
        postgres.stop()
        try:
            assert await served.part("database", "away") == 503
            assert "GAN" in await told("ask", question="what is mode collapse"), "what needs no database goes on"
            for command, options in NEED_DATABASE.items():
                said = await told(command, **options)
                assert "The database cannot be reached right now" in said, f"{command}: {said}"
            assert "数据库暂时用不了" in await told("progress", "zh-CN")
            for done in (
                await discord.click(question, label="A", user=NAME),
                await discord.click(forget, label="Delete everything", user=NAME),
                await discord.select(panel, picks["custom_id"], [picks["options"][1]["value"]], user=NAME),
            ):
                await discord.until(partial(_is_told, done), "what is told of it", LONG_S)
            assert "❌ **Database**: cannot be reached" in await told("status")
        finally:
            postgres.start()
        assert await served.part("database", "works") == 200
        assert "cannot be reached" not in await told("progress")
        assert "cannot be reached" not in await told("review")
        async with asyncio.timeout(LONG_S):  # a moment after the database, the lease is back, and the round goes on
            while "cannot be" in (said := await pressed(question, "A")):
                await asyncio.sleep(0.2)
        assert said
    assert "Traceback" not in served.log.getvalue()
