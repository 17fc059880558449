"""The real `serve` in the test's own process, seen from outside: over HTTP, in its log, by its service manager.

One at a time: it takes the process's signals.
"""

from __future__ import annotations

import asyncio
import io
import logging
import os
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from pydantic import SecretStr

from bot.discord.client import serve
from bot.logs import OneLine
from bot.settings import Settings
from knowledge.search.retriever import Reply
from tests.bot.discord.ask.test_ask import NEAREST, scripted
from tests.bot.test_service_manager import Heard
from tests.bot.world import make_settings
from tests.discord.server import TOKEN, LoopbackDiscord

LONG_S = 60.0
#: What is found for every question: to open the retriever would take longer than all that is tested.
REPLY = Reply("answer", "gan", "pitfalls", 0.9, "en", NEAREST)


class Served:
    """A `serve` under way in this process, and all that can be seen of it from outside."""

    def __init__(self, discord: LoopbackDiscord, log: io.StringIO, heard: Heard, origin: str) -> None:
        self.discord = discord
        self.log = log
        self.heard = heard
        self.origin = origin
        #: What the service manager heard at the end.
        self.ended: list[str] = []

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Return status and text of what is served."""
        async with aiohttp.ClientSession() as session, session.get(self.origin + path, headers=headers) as answer:
            return answer.status, await answer.text()

    async def part(self, name: str, state: str) -> int:
        """Wait until a part is in a state; return the status that all of them have then."""
        async with asyncio.timeout(LONG_S):
            while True:
                status, text = await self.get("/readyz")
                if re.search(rf"^{name} .*\({state}\)$", text, re.MULTILINE):
                    return status
                await asyncio.sleep(0.1)

    async def figure(self, name: str) -> float:
        """Return the value of a sample."""
        _, text = await self.get("/metrics")
        return float(next(line.rpartition(" ")[2] for line in text.splitlines() if line.startswith(f"{name} ")))


def settings_for(discord: LoopbackDiscord, folder: Path, **more: object) -> Settings:
    changed: dict[str, object] = {"discord_token": SecretStr(TOKEN), "discord_api_url": discord.api_url,
               "discord_gateway_url": discord.gateway_url, "metrics": "127.0.0.1:0", **more}  # fmt: skip
    return make_settings(folder).model_copy(update=changed)


@asynccontextmanager
async def served_in(folder: Path, **more: object) -> AsyncIterator[Served]:
    """Serve until the block ends, then as a service manager ends it; its log is as `epoch serve` writes it in JSON."""
    heard, log = Heard(str(folder / "notify")), io.StringIO()
    handler = logging.StreamHandler(log)
    handler.setFormatter(OneLine("json"))
    loggers = [logging.getLogger(name) for name in ("bot", "knowledge", "runners", "discord")]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    os.environ["NOTIFY_SOCKET"] = heard.address
    try:
        async with LoopbackDiscord(ack_limit_s=LONG_S) as discord:
            serving = asyncio.create_task(serve(settings_for(discord, folder, **more), scripted(REPLY)))
            try:
                await discord.wait_until_ready(LONG_S)
                origin = re.search(r"http://127.0.0.1:\d+", log.getvalue())
                assert origin, log.getvalue()
                served = Served(discord, log, heard, origin[0])
                await served.part("gateway", "connected")
                yield served
            finally:
                os.kill(os.getpid(), signal.SIGTERM)
                assert await serving == 0
                discord.violations.clear()
            served.ended = heard.all()
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
            logger.setLevel(logging.NOTSET)
        heard.close()
