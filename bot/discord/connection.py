"""Running a Discord client until it is told to stop: endpoints, signals, one plain line for each failure."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot import exits
from bot.settings import Settings
from bot.store.errors import StoreError
from bot.study.tutor import Tutor
from bot.wording.translation import spoken
from knowledge.bank.errors import KnowledgeError
from runners.errors import RunnerError

log = logging.getLogger(__name__)

#: A service manager kills what has not ended after its SIGTERM, commonly after 10 seconds.
_CLOSE_S = 8.0
_AUTHENTICATION_FAILED = 4004
#: Who tells of lost connections.
_CONNECTING = (logging.getLogger(discord.client.__name__), logging.getLogger(discord.shard.__name__))
_UNREACHABLE = (OSError, aiohttp.ClientError, asyncio.TimeoutError, discord.HTTPException, discord.GatewayNotFound)


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


async def run_client(client: discord.Client, token: str, tutor: Tutor) -> int:
    """Run `client` until SIGTERM, SIGINT or a failure it cannot mend; close both and return the exit status."""
    for logger in _CONNECTING:
        logger.addFilter(_brief)
    loop = asyncio.get_running_loop()
    told = asyncio.Event()
    statuses: list[int] = []

    def tell(status: int) -> None:
        statuses.append(status)
        told.set()

    loop.add_signal_handler(signal.SIGTERM, tell, 0)
    loop.add_signal_handler(signal.SIGINT, tell, exits.INTERRUPTED)
    stopped = asyncio.create_task(told.wait())
    live = asyncio.create_task(_live(client, token, tutor))
    try:
        await asyncio.wait({live, stopped}, return_when=asyncio.FIRST_COMPLETED)
        return statuses[0] if statuses else _status(live)
    finally:
        await _close(client, tutor)
        for task in (live, stopped):
            task.cancel()
        await asyncio.gather(live, stopped, return_exceptions=True)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
        for logger in _CONNECTING:
            logger.removeFilter(_brief)


async def _live(client: discord.Client, token: str, tutor: Tutor) -> None:
    """Log in, warm up, and stay connected: discord.py tries again for as long as it takes."""
    await client.login(token)
    # Before the gateway, for loading the encoder holds the interpreter for seconds at a time: a member who asked
    # meanwhile would see "did not respond". A refused token is told before it, at once.
    log.info("warming up")
    await tutor.warm_up()
    log.info("the retriever is warm")
    # What is there by now stays for good. Looking through all of it for garbage takes a fifth of a second, in which
    # nobody is acknowledged: it is set aside, and a collection looks at what came after.
    gc.collect()
    gc.freeze()
    warming = asyncio.create_task(tutor.runner.warm_up(), name="epoch-warm-runner")  # until then, runs start cold
    try:
        await client.connect()
    finally:
        warming.cancel()


def _status(task: asyncio.Task[None]) -> int:
    """Return the exit status of what ended by itself, its reason told in one line; a bug still shows its traceback."""
    try:
        task.result()
    except discord.LoginFailure:
        return complain("Discord refused the token; reset it in the developer portal, put the new one in DISCORD_TOKEN")
    except discord.ConnectionClosed as error:
        if error.code == _AUTHENTICATION_FAILED:
            return complain("Discord refused the token at the gateway; reset it and put the new one into DISCORD_TOKEN")
        return complain(f"Discord closed the connection for good (code {error.code}); see the log, then start again")
    except (KnowledgeError, RunnerError, StoreError) as error:
        return complain(str(error))
    except _UNREACHABLE as error:
        return complain(f"Discord cannot be reached at {Route.BASE}: {error}; check the network, then start again")
    return 0


def complain(message: str) -> int:
    """Print one plain line on stderr and return the exit status of a failure."""
    sys.stderr.write(f"epoch: {spoken(' '.join(message.split()))}\n")
    return exits.FAILED


async def _close(client: discord.Client, tutor: Tutor) -> None:
    try:
        async with asyncio.timeout(_CLOSE_S):
            await client.close()
    except TimeoutError:
        log.warning("the connection did not close in %.0f s; leaving it", _CLOSE_S)
    finally:
        await tutor.close()


def _brief(record: logging.LogRecord) -> bool:
    """Turn discord.py's traceback of a lost connection into its one telling line."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, (*_UNREACHABLE, discord.ConnectionClosed)):
        record.msg, record.args = f"{record.getMessage()} ({error or type(error).__name__})", ()
        record.exc_info = None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
    return True
