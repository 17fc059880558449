"""The health of each part of the bot by itself: the gateway, the database, the wall and the engine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, get_args

import discord

from bot.store.errors import StoreError
from runners.errors import RunnerError
from runners.models import Runner
from runners.walls.table import WALLS, WallChoice

PartName = Literal["gateway", "database", "wall", "engine"]
#: Seconds after which a database counts as away, and for which what was found holds: who asks often gets that.
_DATABASE_S = 3.0
_HOLDS_S = 1.0


@dataclass(frozen=True, slots=True)
class PartHealth:
    """One part of the bot.

    Attributes:
        name: which.
        ok: whether it does its work.
        state: how it is, in one word; of the wall its name.
    """

    name: PartName
    ok: bool
    state: str


class Health:
    """Looks at each part.

    Args:
        client: what is connected to Discord.
        runner: what runs programs.
        wall: what the host chose: `trusted`, asked for by name, is no fault.

    Attributes:
        database: reads something, or raises `StoreError`; None until the database is open, and once it is closed.
    """

    def __init__(self, client: discord.AutoShardedClient, runner: Runner, wall: WallChoice) -> None:
        self.database: Callable[[], Awaitable[None]] | None = None
        self._client = client
        self._runner = runner
        self._wall = wall
        self._looking: asyncio.Task[tuple[PartHealth, ...]] | None = None
        self._looked = float("-inf")

    async def look(self) -> tuple[PartHealth, ...]:
        """Return how each part is; whoever asks at the same time shares one look."""
        looking = self._looking
        if looking is None or (looking.done() and time.monotonic() - self._looked > _HOLDS_S):
            looking = self._looking = asyncio.create_task(self._look(), name="epoch-health")
        return await asyncio.shield(looking)

    async def _look(self) -> tuple[PartHealth, ...]:
        states: dict[PartName, tuple[bool, str]] = {
            "gateway": self._gateway(),
            "database": await self._database(),
            "wall": await self._wall_in_use(),
            "engine": self._engine(),
        }
        self._looked = time.monotonic()
        return tuple(PartHealth(name, *states[name]) for name in get_args(PartName))

    def _gateway(self) -> tuple[bool, str]:
        shards = self._client.shards.values()
        connected = self._client.is_ready() and bool(shards) and not any(shard.is_closed() for shard in shards)
        return connected, "connected" if connected else "connecting"

    async def _database(self) -> tuple[bool, str]:
        if self.database is None:
            return False, "closed"
        try:
            async with asyncio.timeout(_DATABASE_S):
                await self.database()
        except (StoreError, TimeoutError):
            return False, "away"
        return True, "works"

    async def _wall_in_use(self) -> tuple[bool, str]:
        try:
            wall = await asyncio.to_thread(getattr, self._runner, "wall")  # the first look probes, which blocks
        except (RunnerError, OSError):
            return False, "away"
        return WALLS[wall].any_script or self._wall == wall, wall

    def _engine(self) -> tuple[bool, str]:
        condition = self._runner.condition
        return condition in ("ready", "cold"), condition
