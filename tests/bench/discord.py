"""How soon interactions are acknowledged and answered: Epoch beside a discord.py bot that only defers.

Both bots are processes of their own, each connected to a loopback Discord in this one, and take turns: a burst of
interactions for the one, the same burst for the other, while two runs of Epoch's train on the same cores all the time.
Acknowledgement is the time from the dispatch of an interaction to the arrival of its callback, as Discord sees it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from statistics import median, quantiles
from typing import Any

from bot.settings import Settings
from knowledge.bank.models import LANGS, Bank
from tests.discord import bursts

BURSTS, SIZE, TRAINING = 3, 100, 2
#: What an acknowledgement may take: Discord gives up after it.
ACK_LIMIT_S = 3.0
#: How much slower than the bare bot the slowest hundredth may be.
MUST = 2.0
Log = Callable[[str], None]


def measure(settings: Settings, bank: Bank, progress: Log = lambda line: None) -> dict[str, Any]:
    """Return the ratio that must hold, then the figures behind it, times in milliseconds."""
    questions = [ask for topic in bank.topics.values() for lang in LANGS for ask in topic.meta.asks[lang]]
    chosen = questions[:: max(1, len(questions) // SIZE)][:SIZE]
    environment = {
        "EPOCH_CACHE_DIR": str(settings.cache_dir.absolute()), "EPOCH_MODEL": settings.model,
        "EPOCH_WALL": settings.wall,
    }  # fmt: skip
    epoch, bare, answers = asyncio.run(bursts.measure(environment, chosen, BURSTS, TRAINING, progress))
    return summary({"epoch": epoch, "bare": bare}, answers)


def summary(acks: dict[str, list[list[float]]], answers: list[list[float]]) -> dict[str, Any]:
    pooled = {bot: [second for burst in bursts for second in burst] for bot, bursts in acks.items()}
    p99 = {bot: _p99(times) for bot, times in pooled.items()}
    answered = [second for burst in answers for second in burst]
    return {
        "ack_p99_epoch_to_bare": round(p99["epoch"] / p99["bare"], 2),
        "ack_p50_epoch_to_bare": round(median(pooled["epoch"]) / median(pooled["bare"]), 2),
        "must": MUST,
        "slowest_ack_ms": round(1000 * max(pooled["epoch"])),
        "ack_limit_ms": round(1000 * ACK_LIMIT_S),
        "held": p99["epoch"] <= MUST * p99["bare"] and max(pooled["epoch"]) < ACK_LIMIT_S,
        **{f"ack_p50_{bot}_ms": round(1000 * median(times)) for bot, times in pooled.items()},
        **{f"ack_p99_{bot}_ms": round(1000 * each) for bot, each in p99.items()},
        "answer_p50_ms": round(1000 * median(answered)),
        "answer_p99_ms": round(1000 * _p99(answered)),
        **{f"ack_p99_{bot}_by_burst_ms": [round(1000 * _p99(b)) for b in bursts] for bot, bursts in acks.items()},
        "interactions": len(pooled["epoch"]),
        "in_flight": len(acks["epoch"][0]),
        "training": TRAINING,
        "cores": os.cpu_count(),
    }


def _p99(times: Sequence[float]) -> float:
    return quantiles(times, n=100, method="inclusive")[98]
