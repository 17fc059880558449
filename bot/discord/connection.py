"""Running a Discord client until it is told to stop: endpoints, signals, one plain line for each failure."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot import exits
from bot.discord.garbage import sweep
from bot.discord.unreachable import UNREACHABLE, unreachable
from bot.endings import ending
from bot.settings import Settings
from bot.store.errors import DatabaseUnavailable, StoreError
from bot.store.lease import Lease
from bot.study.tutor import Tutor
from bot.wording.translation import spoken
from knowledge.bank.errors import KnowledgeError
from runners.errors import RunnerError

log = logging.getLogger(__name__)

#: A service manager kills what has not ended after its SIGTERM, commonly after 10 seconds.
_CLOSE_S = 8.5
#: How long those who asked while the bot was away have the cores to themselves.
_FIRST_ANSWERS_S = 1.0
#: How often a process that waits looks whether it is its turn, and how often it says that it waits.
_LOOK_S, _SAY_S = 1.0, 60.0
_AUTHENTICATION_FAILED = 4004
_WAITS = "this one waits without logging in, and goes on when that one has ended"
_LEASE_LOST = "the lease of the database is lost, so this process stops acting until it has it again"
_LEASE_AGAIN = "this process has the lease of the database again"
_LEASE_BACK = "this process has the lease of the database now, and logs in"
#: Who tells of lost connections.
_CONNECTING = (logging.getLogger(discord.client.__name__), logging.getLogger(discord.shard.__name__))
#: The gateway refuses how many shards there are, or what they ask for: a restart asks for the same.
_REFUSED_SETUP = (4010, 4011, 4012, 4013, 4014)


def leave(status: int) -> NoReturn:
    """Exit at once: a thread that still builds the index would hold an ordinary exit until it is done."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


@contextmanager
def endpoints(settings: Settings) -> Iterator[None]:
    """Point discord.py at the endpoints of the settings, and back afterwards.

    The library keeps both as class attributes, and has no other place for them.
    """
    api, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    try:
        if settings.discord_api_url:
            Route.BASE = settings.discord_api_url
        if settings.discord_gateway_url:
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.discord_gateway_url)
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = api, gateway


async def run_client(
    make: Callable[[], discord.Client], token: str, tutor: Tutor, lease: Lease, quiet: Callable[[], bool] = lambda: True
) -> int:
    """Run a client while `lease` is held, until SIGTERM, SIGINT or a failure it cannot mend; return the exit status.

    The client, the tutor and the lease are closed, in this order. A second signal ends the process at once.

    Args:
        make: makes a client: a new one each time that the lease was lost and is back.
        token: logs in.
        tutor: made warm, also while the lease is waited for.
        lease: the right to act.
        quiet: whether nobody has asked for anything for a while.
    """
    for logger in _CONNECTING:
        logger.addFilter(_brief)
    loop = asyncio.get_running_loop()
    told = asyncio.Event()
    statuses: list[int] = []

    def tell(status: int) -> None:
        if statuses:
            leave(status)
        statuses.append(status)
        told.set()

    loop.add_signal_handler(signal.SIGTERM, tell, 0)
    loop.add_signal_handler(signal.SIGINT, tell, exits.INTERRUPTED)
    stopped = asyncio.create_task(told.wait())
    sweeping = asyncio.create_task(sweep(quiet), name="epoch-sweep")
    service = _Service(make, token, tutor, lease)
    live = asyncio.create_task(service.run())
    try:
        await asyncio.wait({live, stopped}, return_when=asyncio.FIRST_COMPLETED)
        return statuses[0] if statuses else _status(live)
    finally:
        await service.close()
        for task in (live, stopped, sweeping):
            task.cancel()
        await asyncio.gather(live, stopped, sweeping, return_exceptions=True)
        await tutor.close()
        await lease.release()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
        for logger in _CONNECTING:
            logger.removeFilter(_brief)


class _Service:
    """The client of the moment, for as long as this process may act.

    Args:
        make: makes a client.
        token: logs in.
        tutor: answers and runs; stays open.
        lease: the right to act.
    """

    def __init__(self, make: Callable[[], discord.Client], token: str, tutor: Tutor, lease: Lease) -> None:
        self._make, self._token, self._tutor, self._lease = make, token, tutor, lease
        self._client: discord.Client | None = None

    async def run(self) -> None:
        """Serve whenever the lease is held, until the client ends by itself."""
        again = False
        while True:
            await self._wait_for_lease(again=again)
            self._client = self._make()
            live = asyncio.create_task(_live(self._client, self._token, self._tutor))
            kept = asyncio.create_task(self._keep_lease())
            try:
                await asyncio.wait({live, kept}, return_when=asyncio.FIRST_COMPLETED)
                if not kept.done():
                    return live.result()
                kept.result()
                log.error("%s", spoken(_LEASE_LOST))
                await self.close()
            finally:
                for task in (live, kept):
                    task.cancel()
                await asyncio.gather(live, kept, return_exceptions=True)
            again = True

    async def _keep_lease(self) -> None:
        """Return when another process has the lease.

        One that is lost with the database itself is taken back when that is here again. Nobody else can have it until
        then, nothing can be kept, and whoever stays connected can tell members so.
        """
        while True:
            await self._lease.lost()
            said = False
            while True:
                try:
                    if not await self._lease.take():
                        return
                    break
                except DatabaseUnavailable as error:
                    if not said:
                        log.error("%s", spoken(str(error)))
                    said = True
                    await asyncio.sleep(_LOOK_S)
            log.info("%s", spoken(_LEASE_AGAIN))

    async def close(self) -> None:
        """Close the client, in a few seconds whatever it does."""
        client, self._client = self._client, None
        if client is None:
            return
        try:
            async with asyncio.timeout(_CLOSE_S):
                await client.close()
        except TimeoutError:
            log.warning("the connection did not close in %.0f s; leaving it", _CLOSE_S)

    async def _wait_for_lease(self, *, again: bool) -> None:
        """Take the lease, or wait until nobody else has it, and be ready by then.

        Args:
            again: whether it was held before: a database that is away is then waited for, too.
        """
        loop, said = asyncio.get_running_loop(), float("-inf")
        while True:
            try:
                if await self._lease.take():
                    break
                why = f"another Epoch ({await self._lease.holder()}) serves this database; {_WAITS}"
            except DatabaseUnavailable as error:
                if not again:
                    raise
                why = str(error)
            gc.enable()  # this may take days
            if loop.time() - said >= _SAY_S:
                said = loop.time()
                log.warning("%s", spoken(why))
                await self._tutor.warm_up()
            again = True
            await asyncio.sleep(_LOOK_S)
        if again:
            log.info("%s", spoken(_LEASE_BACK))


async def _live(client: discord.Client, token: str, tutor: Tutor) -> None:
    """Log in, warm up, and stay connected: discord.py tries again for as long as it takes."""
    await client.login(token)  # a refused token is told at once
    # Before the gateway: a member who asked meanwhile would wait for the whole of it.
    log.info("warming up")
    await tutor.warm_up()
    log.info("the retriever is warm")
    # What is there by now stays for good. Looking through all of it for garbage takes a fifth of a second, in which
    # nobody is acknowledged: it is set aside, and a collection looks at what came after (`bot.discord.garbage`).
    gc.freeze()
    gc.enable()
    warming = asyncio.create_task(_warm_behind(tutor), name="epoch-warm-behind")
    try:
        await client.connect()
    finally:
        warming.cancel()


async def _warm_behind(tutor: Tutor) -> None:
    """Make ready what is not needed for the first answer: rarer questions, then the engine: runs start cold until then.

    It waits until those who asked while the bot was away have their answers: what it imports would hold these up. The
    engine comes last for the same reason.
    """
    await asyncio.sleep(_FIRST_ANSWERS_S)
    await tutor.warm_up_rest()
    await tutor.runner.warm_up()
    gc.freeze()


def _status(task: asyncio.Task[None]) -> int:
    """Return the exit status of what ended by itself, its reason told in one line; a bug still shows its traceback."""
    try:
        task.result()
    except discord.LoginFailure:
        return complain(
            "Discord refused the token; reset it in the developer portal, put the new one in DISCORD_TOKEN",
            exits.CONFIG,
        )
    except discord.ConnectionClosed as error:
        if error.code == _AUTHENTICATION_FAILED:
            return complain(
                "Discord refused the token at the gateway; reset it and put the new one into DISCORD_TOKEN",
                exits.CONFIG,
            )
        status = exits.CONFIG if error.code in _REFUSED_SETUP else exits.UNAVAILABLE
        text = f"Discord closed the connection for good (code {error.code}); see the log, then start again"
        return complain(text, status)
    except UNREACHABLE as error:
        end = unreachable(error, Route.BASE)
        return complain(end.text, end.status)
    except (KnowledgeError, RunnerError, StoreError, OSError) as error:
        end = ending(error)
        return complain(end.text, end.status)
    return 0


def complain(message: str, status: int) -> int:
    """Print one plain line on stderr and return the exit status."""
    sys.stderr.write(f"epoch: {spoken(' '.join(message.split()))}\n")
    return status


def _brief(record: logging.LogRecord) -> bool:
    """Turn discord.py's traceback of a lost connection into its one telling line."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, (*UNREACHABLE, OSError, discord.ConnectionClosed)):
        record.msg, record.args = f"{record.getMessage()} ({error or type(error).__name__})", ()
        record.exc_info = None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
    return True
