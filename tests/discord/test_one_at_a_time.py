"""Two `epoch serve` on one database: one acts, the other waits, not logged in, and takes over when that one is gone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.discord.process import Serve
from tests.discord.server import LoopbackDiscord
from tests.discord.test_leaving import START_S, slow_epoch
from tests.postgres import Postgres, needs_postgres, running_postgres

WAITS = {"en": "this one waits without logging in", "zh": "这个进程先不登录"}


async def said(served: Serve, text: str, timeout: float = START_S) -> None:
    async with asyncio.timeout(timeout):
        while text not in served.stderr:
            await asyncio.sleep(0.05)


async def test_the_second_waits_until_the_first_is_killed_and_a_third_ends_at_once_when_told_to(
    tmp_path: Path,
) -> None:
    async with LoopbackDiscord(ack_limit_s=30) as discord, slow_epoch(discord, tmp_path, 0) as first:
        await discord.wait_until_ready(START_S)
        async with slow_epoch(discord, tmp_path, 0, EPOCH_LANG="zh") as second:
            async with slow_epoch(discord, tmp_path, 0, EPOCH_LANG="en") as third:
                for lang, served in (("zh", second), ("en", third)):
                    await said(served, WAITS[lang])
                    assert f":{first.pid}" in served.stderr, "it says who has it"
                status, seconds = await third.terminate()
                assert (status, seconds < 5) == (0, True)
                assert "Traceback" not in third.stderr
            assert len(discord.gateway.identifies) == 1, "it has logged in"
            discord.gateway.sessions.clear()
            await first.kill()
            await discord.wait_until_ready(60)
            answer = await discord.answer_to(await discord.slash("ask", {"question": "what is mode collapse"}))
            assert "Generative adversarial" in answer.text
            assert len(discord.gateway.identifies) == 2
            assert second.stderr.count(WAITS["zh"]) < 6, "it says so now and then, not each second"


#: As it was: whoever asks for the lease has it.
NO_LEASE = """
from bot.store.lease import FileLease
FileLease._try_now = lambda self: True
"""


@pytest.mark.slow
async def test_that_two_are_logged_in_would_be_seen(tmp_path: Path) -> None:
    """The control of the test above."""
    async with LoopbackDiscord(ack_limit_s=30) as discord, slow_epoch(discord, tmp_path, 0):
        await discord.wait_until_ready(START_S)
        async with slow_epoch(discord, tmp_path, 0, NO_LEASE):
            await discord.until(lambda: len(discord.gateway.identifies) == 2, "second login", START_S)


#: A server that waits a second for a word of the process, and a process that gives it three times a second.
HASTY = """
from bot.store import lease
lease._BEAT_S, lease._SURE_S, lease._SILENT_S = 0.3, 1.0, 2
"""


@pytest.mark.slow
@needs_postgres
async def test_a_process_that_hangs_is_taken_over_and_when_it_wakes_it_acts_no_more_but_waits(
    tmp_path: Path, postgres: Postgres
) -> None:
    url = await postgres.new_database()
    async with LoopbackDiscord(ack_limit_s=60) as discord, slow_epoch(
        discord, tmp_path, 0, HASTY, EPOCH_DATABASE_URL=url
    ) as first:  # fmt: skip
        await discord.wait_until_ready(START_S)
        async with slow_epoch(discord, tmp_path, 0, HASTY, EPOCH_DATABASE_URL=url) as second:
            await said(second, WAITS["en"])
            first.family()[0].suspend()
            await discord.until(lambda: len(discord.gateway.identifies) == 2, "second login", 20)
            await said(second, "ready as")
            asked = await discord.slash("ask", {"question": "what is mode collapse"})
            await discord.answer_to(asked)
            first.family()[0].resume()  # finds the question, in the socket of its own session
            await said(first, "the lease of the database is lost", 10)
            await said(first, WAITS["en"], 20)
            assert len(asked.replies) == 1
            await discord.answer_to(await discord.slash("ask", {"question": "what is mode collapse"}))
        assert "Traceback" not in first.stderr + second.stderr


@pytest.mark.slow
@needs_postgres
async def test_a_database_that_starts_anew_takes_the_lease_along_and_gives_it_back(tmp_path: Path) -> None:
    with running_postgres() as server:
        url = await server.new_database()
        async with LoopbackDiscord(ack_limit_s=60) as discord, slow_epoch(
            discord, tmp_path, 0, EPOCH_DATABASE_URL=url
        ) as served:  # fmt: skip
            await discord.wait_until_ready(START_S)
            await said(served, "ready as")
            await asyncio.to_thread(server.restart)
            await said(served, "this process has the lease of the database again", 60)
            assert len(discord.gateway.identifies) == 1, "it stays connected"
            await discord.answer_to(await discord.slash("ask", {"question": "what is mode collapse"}))
            status, seconds = await served.terminate()
            assert (status, seconds < 10) == (0, True)
        assert "Traceback" not in served.stderr, served.stderr
