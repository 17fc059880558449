"""Carries out the orders of `epoch admin`, and requests to another process that concern this one, too.

Both are written into the database beside this process.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

import discord

from bot.discord.services import Services
from bot.store.errors import StoreError
from bot.store.orders import Order

log = logging.getLogger(__name__)

#: How soon an order is noticed, and how soon a database that was away is asked again.
LOOK_S = 2.0
_AWAY_S = 30.0
#: Looks between two times that old orders are deleted.
_PRUNE = 300


class OrderService:
    """Notices orders, and carries out those that concern this process.

    Args:
        services: what has to be told.
        resend_commands: registers the commands with Discord anew.
    """

    def __init__(self, services: Services, resend_commands: Callable[[], Awaitable[None]]) -> None:
        self._services = services
        self._resend_commands = resend_commands
        self._store = services.store.orders
        self._seen = 0
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Take in who is blocked; look for orders from now on, those first that nobody has carried out."""
        await self._take_in_blocks()
        self._seen = await self._store.newest()
        waiting = await self._store.waiting()
        self._task = asyncio.create_task(self._live(waiting), name="epoch-orders")

    async def close(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _live(self, waiting: list[Order]) -> None:
        looks = 0
        while True:
            for order in waiting:
                await self._carry_out(order)
                self._seen = max(self._seen, order.id)
            try:
                if looks % _PRUNE == 0:
                    await self._store.prune(self._services.clock())
                looks += 1
                await asyncio.sleep(LOOK_S)
                waiting = await self._store.after(self._seen)
            except StoreError as error:
                log.warning("orders of the host have to wait: %s", error)
                waiting = []
                await asyncio.sleep(_AWAY_S)

    async def _carry_out(self, order: Order) -> None:
        try:
            await self._perform(order)
        except (StoreError, discord.DiscordException, OSError) as error:
            log.error("the order %s (%d) was not carried out: %s", order.kind, order.id, error)
        except Exception:  # the outermost edge of this task: the orders after it are carried out
            log.exception("the order %s (%d) failed", order.kind, order.id)

    async def _perform(self, order: Order) -> None:
        if order.id in self._store.announced:
            self._store.announced.remove(order.id)
            return  # this process has done it, and told the others
        now, rows = self._services.clock(), None
        match order.kind:
            case "blocks":
                await self._take_in_blocks()
            case "commands":  # once, however many processes there are
                if await self._store.finish(order.id, now):
                    await self._resend_commands()
                return
            case "end_round":
                if not await self._services.rounds.stop(order.target or 0):
                    return  # another process has it
            case "forget_member":
                # What another process did took effect then: what a member has done since is not of that.
                rows = await self._services.forget_member(order.target or 0, order.done or now)
            case "forget_server":
                rows = await self._services.forget_server(order.target or 0)
            case _:
                log.warning("the order %s (%d) is of a newer version, and left to it", order.kind, order.id)
                return
        await self._store.finish(order.id, now, rows)
        log.info("order %d of the host carried out: %s", order.id, order.kind)

    async def _take_in_blocks(self) -> None:
        blocked = await self._store.blocked()
        members, servers = ([b.blocked_id for b in blocked if b.kind == kind] for kind in ("member", "server"))
        self._services.door.block(members, servers)
