"""How soon `epoch serve` answers, what memory it takes at rest, and whether that grows.

    a process that imports discord.py and loads the encoder   } in turn, medians
    `epoch serve`, until its first answer has arrived         }
    the last of these, once its engine is warm                  proportional set size of bot, zygote and guards
    the same, asked over and over                               megabytes of its own a thousand questions, after a
                                                                warm-up

Discord is the tests' own on 127.0.0.1, everything else is what a host runs: after the first start, which does not
count, the index, the parsed bank and Python's bytecode are there, for both. Beside the ratio of times there is that of
CPU seconds, which other programs on the machine change less.
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import linear_regression, median
from time import perf_counter
from types import MappingProxyType
from typing import Any, NamedTuple

import psutil

from bot.settings import Settings
from knowledge.bank.models import LANGS, Bank
from tests.discord.process import ROOT, Serve, serving
from tests.discord.server import LoopbackDiscord

#: What a start may take beside the reference, in how many megabytes it may rest, and grow in a thousand questions.
START_MUST, REST_MUST_MB, SLOPE_MUST_MB = 2.5, 700.0, 1.0
#: What any bot on Discord has to do that answers by this encoder.
REFERENCE = """
import sys
import discord
from pathlib import Path
from knowledge.search.encoder_choice import open_encoder
open_encoder(sys.argv[1], Path(sys.argv[2])).queries(["what is a GAN?"])
print("loaded", flush=True)
"""
_START_S, _ENGINE_S, _ANSWER_S = 600.0, 300.0, 60.0
#: How long nothing is asked before the memory at rest is looked at.
_QUIET_S = 35.0
#: Questions under way at once, of those between two looks at the memory, and the share that warms up.
_TOGETHER, _LOOKS, _WARMS = 8, 40, 0.4
Log = Callable[[str], None]


class Took(NamedTuple):
    """What a start took: seconds by the clock, and of CPU."""

    seconds: float
    cpu: float


def measure(
    settings: Settings, bank: Bank, progress: Log = lambda line: None, *, rounds: int = 5, asks: int = 4000
) -> dict[str, Any]:
    """Return what must hold, then the figures behind it."""
    return asyncio.run(_measure(settings, bank, progress, rounds, asks))


async def _measure(settings: Settings, bank: Bank, progress: Log, rounds: int, asks: int) -> dict[str, Any]:
    starts: list[Took] = []
    references: list[Took] = []
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="epoch-bench-") as folder:
        for number in range(rounds + 1):
            progress(f"start {number} of {rounds}" if number else "a start, so that all is cached")
            bytecode = {"PYTHONPYCACHEPREFIX": str(Path(folder) / "bytecode"), "PYTHONDONTWRITEBYTECODE": ""}
            reference = await asyncio.to_thread(_reference, settings, bytecode)
            last = number == rounds
            async with (
                LoopbackDiscord(ack_limit_s=_ANSWER_S, strict=False) as discord,
                started(settings, Path(folder), discord, bytecode) as (epoch, took),
            ):
                cpu = psutil.Process(epoch.pid).cpu_times()
                if number:
                    references.append(reference)
                    starts.append(Took(took, cpu.user + cpu.system))
                if last:
                    figures = await _at_rest(discord, epoch, bank, asks, progress)
    return summary(starts, references, figures)


def summary(starts: Sequence[Took], references: Sequence[Took], figures: dict[str, Any]) -> dict[str, Any]:
    """Return the three figures that have a bound, whether they hold, and what they were made of."""
    start, reference = _medians(starts), _medians(references)
    ratio = start.seconds / reference.seconds
    rest, slope = figures["rest_pss_mb"], figures["slope_mb_a_thousand_asks"]
    return {
        "start_to_reference": round(ratio, 2),
        "start_must": START_MUST,
        "rest_pss_mb": rest,
        "rest_must_mb": REST_MUST_MB,
        "slope_mb_a_thousand_asks": slope,
        "slope_must_mb": SLOPE_MUST_MB,
        "held": ratio <= START_MUST and rest <= REST_MUST_MB and slope <= SLOPE_MUST_MB,
        "start_s": round(start.seconds, 2),
        "reference_s": round(reference.seconds, 2),
        "start_cpu_to_reference": round(start.cpu / reference.cpu, 2),
        "start_cpu_s": round(start.cpu, 2),
        "reference_cpu_s": round(reference.cpu, 2),
        **{name: value for name, value in figures.items() if name not in ("rest_pss_mb", "slope_mb_a_thousand_asks")},
        "starts": len(starts),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }


def _medians(took: Sequence[Took]) -> Took:
    return Took(median(each.seconds for each in took), median(each.cpu for each in took))


def _reference(settings: Settings, environment: Mapping[str, str]) -> Took:
    """Return what a process takes from its start until it has done what any such bot must."""
    command = [sys.executable, "-c", REFERENCE, settings.model, str(settings.cache_dir)]
    began, before = perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, **environment}) as process:
        assert process.stdout
        assert process.stdout.readline() == b"loaded\n"
        seconds = perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Took(seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


@asynccontextmanager
async def started(
    settings: Settings, folder: Path, discord: LoopbackDiscord, more: Mapping[str, str] = MappingProxyType({})
) -> AsyncIterator[tuple[Serve, float]]:
    """Start `epoch serve`, with `more` in its environment; yield it with the seconds until its first answer arrived."""
    environment = {
        "EPOCH_CACHE_DIR": str(settings.cache_dir), "EPOCH_MODEL": settings.model, "EPOCH_WALL": settings.wall,
        "DISCORD_TOKEN": discord.token, "DISCORD_API_URL": discord.api_url,
        "DISCORD_GATEWAY_URL": discord.gateway_url, "EPOCH_DATA_DIR": str(folder), **more,
    }  # fmt: skip
    began = perf_counter()
    async with serving(folder, environment) as epoch:
        await discord.wait_until_ready(_START_S)
        asked = await discord.slash("ask", {"question": "what is batch normalization"})
        await discord.answer_to(asked, timeout=_ANSWER_S)
        yield epoch, perf_counter() - began


async def _at_rest(discord: LoopbackDiscord, epoch: Serve, bank: Bank, asks: int, progress: Log) -> dict[str, Any]:
    progress("the engine warms up")
    async with asyncio.timeout(_ENGINE_S):
        while "the warm engine is ready" not in epoch.stderr:
            await asyncio.sleep(0.2)
    await asyncio.sleep(_QUIET_S)  # two spare guards come after it; and what only questions need goes back
    by_name = pss_mb(epoch)
    progress(f"at rest: {by_name}; {asks} questions")
    chance = random.Random(0)
    told, seen, times = questions(bank, chance), [], []
    for done in range(0, asks, step := max(1, asks // _LOOKS)):
        began = perf_counter()
        await _ask(discord, [next(told) for _ in range(step)], chance)
        times.append((perf_counter() - began) / step)
        # Pages of the index come and go as the kernel has room for them: they are the file's, and nothing that grows.
        seen.append((done + step, sum(pss_mb(epoch, alone=True, line="Pss_Anon:").values())))
    after = seen[int(_WARMS * len(seen)) :]
    slope = linear_regression([asked for asked, _ in after], [mb for _, mb in after]).slope * 1000 if asks else 0.0
    return {
        "rest_pss_mb": round(sum(by_name.values()), 1),
        "slope_mb_a_thousand_asks": round(slope, 2),
        "rest_pss_mb_by_process": {name: round(mb, 1) for name, mb in by_name.items()},
        "bot_own_mb_after_asks": [round(mb, 1) for _, mb in seen[:: max(1, len(seen) // 8)]],
        "asks": asks,
        "ask_ms": round(1000 * median(times), 1) if times else None,
    }


async def _ask(discord: LoopbackDiscord, texts: Sequence[str], chance: random.Random) -> None:
    turn = asyncio.Semaphore(_TOGETHER)

    async def one(text: str) -> None:
        async with turn:
            asked = await discord.slash("ask", {"question": text}, user=f"member{chance.randrange(200)}")
            await discord.answer_to(asked, timeout=_ANSWER_S)

    await asyncio.gather(*map(one, texts))
    discord.state.messages.clear()
    discord.state.interactions.clear()
    discord.state.requests.clear()


def questions(bank: Bank, chance: random.Random) -> Iterator[str]:
    """Yield questions without end, no two alike: the bank's own, every other with a word that nobody has heard of."""
    asks = [ask for topic in bank.topics.values() for lang in LANGS for ask in topic.meta.asks[lang]]
    while True:
        chance.shuffle(asks)
        for ask in asks:
            word = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=7))
            yield chance.choice((ask, f"{ask} {word}", f"what is {word}", f"{word} vs {ask[:40]}"))


def pss_mb(epoch: Serve, *, alone: bool = False, line: str = "Pss:") -> dict[str, float]:
    """Return the proportional set size of the bot and, unless `alone`, of all below it, by name.

    Args:
        epoch: the bot.
        alone: whether the processes below it are left out.
        line: which of the kernel's sums; `Pss_Anon:` is without what lies in files.
    """
    found: dict[str, float] = {}
    for process in epoch.family()[: 1 if alone else None]:
        name = "bot" if process.pid == epoch.pid else process.name()
        with open(f"/proc/{process.pid}/smaps_rollup", encoding="ascii") as file:
            kilobytes = next(int(each.split()[1]) for each in file if each.startswith(line))
        found[name] = found.get(name, 0.0) + kilobytes / 1024
    return found
