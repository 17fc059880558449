"""The text of `/status`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from bot.discord.health import PartHealth
from bot.wording import say
from knowledge.bank.models import Lang


@dataclass(frozen=True, slots=True)
class Looked:
    """The findings that `/status` shows.

    Attributes:
        parts: each part of it.
        latency_s: seconds between a heartbeat and its echo, the mean of all shards; not finite before the first.
        began: when it started, in Unix time.
        version: of Epoch.
        waiting: how many programs wait for their turn.
        rounds: how many quiz rounds go on.
        today: see `bot.figures.Metrics.today`.
    """

    parts: Sequence[PartHealth]
    latency_s: float
    began: float
    version: str
    waiting: int
    rounds: int
    today: Mapping[str, int]


def status_blocks(looked: Looked, lang: Lang) -> list[str]:
    """Return the blocks of the message."""
    title = (
        say("status.title", lang) + "\n" + say("status.uptime", lang, version=looked.version, since=int(looked.began))
    )
    parts = "\n".join(_part(part, looked.latency_s, lang) for part in looked.parts)
    counts = {name: looked.today.get(name, 0) for name in ("asks", "answered", "runs", "reviews", "errors")}
    figures = "\n".join((
        say("status.queue", lang, waiting=looked.waiting, rounds=looked.rounds),
        say("status.today", lang, **counts),
        say("status.scope", lang),
    ))  # fmt: skip
    return [title, parts, figures]


def _part(part: PartHealth, latency_s: float, lang: Lang) -> str:
    # A wall is called by its name, and all else by how it is.
    named = part.name == "wall" and part.state != "away"
    state = say(f"run.wall.{part.state}" if named else f"status.state.{part.state}", lang)
    if part.name == "gateway" and isfinite(latency_s):
        state = say("status.latency", lang, state=state, ms=round(latency_s * 1_000))
    name = say(f"status.name.{part.name}", lang)
    return say("status.part", lang, mark="✅" if part.ok else "❌", name=name, state=state)
