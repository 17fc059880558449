"""The real bot in the test's own process against the loopback Discord: real sockets, and all of it within reach."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from bot.discord.client import EpochBot
from bot.discord.connection import endpoints
from bot.settings import Settings
from bot.shards import ALL, Shards
from bot.study.drills.models import AnswerJudge
from bot.study.rounds.state import Rules
from bot.study.tutor import Tutor
from tests.discord.server import LoopbackDiscord


@asynccontextmanager
async def bot_in(
    discord: LoopbackDiscord,
    folder: Path,
    tutor: Tutor,
    *,
    database_url: str | None = None,
    rules: Rules | None = None,
    clock: Callable[[], float] = time.time,
    shards: Shards = ALL,
    judge: AnswerJudge | None = None,
) -> AsyncIterator[EpochBot]:
    """Start the bot and wait until it is ready; close it at the end, as a restart would.

    Args:
        discord: where it logs in.
        folder: for its cache and, unless a URL is given, its database.
        tutor: what answers and runs; stays open.
        database_url: another database.
        rules: the times of rounds.
        clock: the bot's.
        shards: which of several processes it is.
        judge: of drills.
    """
    settings = Settings(  # type: ignore[call-arg]
        _env_file=None, discord_token=discord.token, discord_api_url=discord.api_url,
        discord_gateway_url=discord.gateway_url, cache_dir=folder / "cache", run_dir=folder / "runs",
        shards=shards, data_dir=folder / "data",
        database_url=database_url or f"sqlite+aiosqlite:///{folder / 'epoch.db'}",
    )  # fmt: skip
    bot = EpochBot(tutor, settings, clock=clock, judge=judge)
    bot._connection.guild_ready_timeout = 0.1  # discord.py waits two seconds for more servers; here there is one
    with endpoints(settings):
        living = asyncio.create_task(bot.start(discord.token))
        try:
            await _ready(bot, living)
            if rules is not None:
                bot.services.rounds.rules = rules
            yield bot
        finally:
            await bot.close()
            living.cancel()
            with suppress(asyncio.CancelledError):
                await living


async def _ready(bot: EpochBot, living: asyncio.Task[None]) -> None:
    """Wait until the bot is ready, or fail with what ended it."""
    while not bot.is_ready():
        if living.done():
            living.result()
        await asyncio.sleep(0.02)
