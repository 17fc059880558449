"""Monitoring of the bot: health and metrics over HTTP where `EPOCH_METRICS` says, and its state for systemd.

    /healthz   200 as long as the event loop answers
    /readyz    a line a part: gateway, database, wall, engine; 503 when one of them does not work
    /metrics   figures for Prometheus

All of it is served by the event loop itself, which is the point of the first, and lets the others read the bot's state
without a lock. Nothing here says what was asked, by whom or in which server.
"""

from __future__ import annotations

import asyncio
import logging
import os
import platform
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from itertools import accumulate
from math import isfinite
from typing import TYPE_CHECKING, get_args

import discord

from bot.discord.health import Health, PartHealth
from bot.figures import BROKEN_OFF, BUCKETS, AskEnding, Metrics
from bot.service_manager import ServiceManager
from runners.models import Outcome

if TYPE_CHECKING:  # they are loaded only where somebody watches
    from aiohttp import web
    from prometheus_client.metrics_core import Metric

log = logging.getLogger(__name__)

#: How long a scrape under way holds up the end of the program.
_CLOSE_S = 1.0


class CannotListen(Exception):
    """What `EPOCH_METRICS` names cannot be listened on; `str()` is one plain line."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What is watched.

    Attributes:
        health: of each part.
        figures: counts of what is done.
        shards: seconds between a heartbeat and its echo, by shard.
        waiting: how many programs wait for their turn.
        rounds: how many quiz rounds go on.
        servers: how many servers the bot is in.
    """

    health: Health
    figures: Metrics
    shards: Callable[[], Sequence[tuple[int, float]]]
    waiting: Callable[[], int]
    rounds: Callable[[], int]
    servers: Callable[[], int]


@asynccontextmanager
async def watching(
    bot: Callable[[], Watched], manager: ServiceManager, address: tuple[str, int] | None
) -> AsyncIterator[None]:
    """Tell the service manager that the bot lives, and serve its health and figures at `address`, if there is one.

    Args:
        bot: returns the bot of the moment: one that has lost its lease is replaced by another.
        manager: of the service.
        address: host and port.

    Raises:
        CannotListen: the address is taken, or none of this machine.
    """
    alive = asyncio.create_task(manager.keep_alive(), name="epoch-keep-alive")
    try:
        if address is None:
            yield
        else:
            async with _served(bot, address):
                yield
    finally:
        alive.cancel()


@asynccontextmanager
async def _served(bot: Callable[[], Watched], address: tuple[str, int]) -> AsyncIterator[None]:
    from aiohttp import web

    runner = web.AppRunner(_app(bot), access_log=None, shutdown_timeout=_CLOSE_S)
    await runner.setup()
    try:
        await web.TCPSite(runner, *address).start()
    except OSError as error:
        await runner.cleanup()
        reason = error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
        raise CannotListen(
            f"EPOCH_METRICS={_shown(*address)} cannot be used: {reason}; choose another address, or end what listens "
            "there"
        ) from error
    try:
        log.info("health and figures at http://%s", _shown(*runner.addresses[0][:2]))
        yield
    finally:
        await runner.cleanup()


def _shown(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _app(bot: Callable[[], Watched]) -> web.Application:
    from aiohttp import web
    from prometheus_client import CollectorRegistry, ProcessCollector
    from prometheus_client.exposition import choose_encoder

    now = _Now(bot)
    registry = CollectorRegistry()  # the library's own is shared by all that a process imports
    ProcessCollector(registry=registry)
    registry.register(now)

    async def lives(_: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def ready(_: web.Request) -> web.Response:
        parts = await bot().health.look()
        lines = (f"{part.name} {'ok' if part.ok else 'not'} ({part.state})\n" for part in parts)
        return web.Response(text="".join(lines), status=200 if all(part.ok for part in parts) else 503)

    async def metrics(request: web.Request) -> web.Response:
        now.parts = await bot().health.look()
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(registry), headers={"Content-Type": content_type})

    app = web.Application()
    app.router.add_get("/healthz", lives)
    app.router.add_get("/readyz", ready)
    app.router.add_get("/metrics", metrics)
    return app


class _Now:
    """All figures as they are at the moment of a scrape, for a registry.

    Attributes:
        parts: the health of each part, looked at just before.
    """

    def __init__(self, bot: Callable[[], Watched]) -> None:
        self.parts: Sequence[PartHealth] = ()
        self._bot = bot

    def collect(self) -> Iterator[Metric]:
        """Yield every family of figures."""
        from prometheus_client.core import (
            CounterMetricFamily,
            GaugeMetricFamily,
            HistogramMetricFamily,
            InfoMetricFamily,
        )

        bot = self._bot()
        figures = bot.figures
        build = {"version": version("epoch-tutor"), "python": platform.python_version(), "discord": discord.__version__}
        yield InfoMetricFamily("epoch_build", "What is running", build)
        yield GaugeMetricFamily("epoch_start_time_seconds", "When it was started, in Unix time", figures.began)
        up = GaugeMetricFamily("epoch_part_up", "Whether a part of the bot works", labels=["part"])
        for part in self.parts:
            up.add_metric([part.name], float(part.ok))
        yield up
        latency = GaugeMetricFamily(
            "epoch_gateway_latency_seconds",
            "Between a heartbeat and its echo; no value before the first",
            labels=["shard"],
        )
        for shard, seconds in bot.shards():
            if isfinite(seconds):  # before the first echo it is not
                latency.add_metric([str(shard)], seconds)
        yield latency
        yield GaugeMetricFamily("epoch_servers", "Servers that the bot is in", bot.servers())
        asks = CounterMetricFamily("epoch_asks", "Questions, by how they ended", labels=["outcome"])
        for outcome in get_args(AskEnding):  # those too that did not happen: a rate needs a beginning
            asks.add_metric([outcome], figures.asks[outcome])
        yield asks
        counts = list(accumulate(figures.ask_buckets))
        buckets = [(str(end), float(count)) for end, count in zip((*BUCKETS, "+Inf"), counts, strict=True)]
        yield HistogramMetricFamily(
            "epoch_ask_seconds",
            "From a question to its answer, Discord's own time left out",
            buckets,
            figures.ask_seconds,
        )
        runs = CounterMetricFamily("epoch_runs", "Programs, by how they ended", labels=["outcome"])
        for outcome in (*get_args(Outcome), BROKEN_OFF):
            runs.add_metric([outcome], figures.runs[outcome])
        yield runs
        yield GaugeMetricFamily("epoch_runs_waiting", "Programs that wait for their turn", bot.waiting())
        yield GaugeMetricFamily("epoch_rounds_live", "Quiz rounds that go on", bot.rounds())
        yield CounterMetricFamily("epoch_reviews_answered", "Answers to quiz items, wherever given", figures.reviews)
        yield CounterMetricFamily("epoch_errors", "Mistakes that a member was told by an id", figures.errors)
