"""FSRS's parameters fitted to one member, by py-fsrs's optimizer, in a process of its own with low priority.

log → the earlier answers: the optimizer → parameters
    → the later ones, held out: log loss with these, with a part of the way to them, with those in force, with the usual
    ones → the best of them

What tells of memory is an answer at least a day after the last one to the same item; first answers and those of the
same day tell nothing, as in py-fsrs. Its optimizer returns the usual parameters for fewer than `BATCH` of these.

The optimizer takes torch and pandas (`fsrs[optimizer]`), which serving does not need: where one is missing nothing is
fitted, and all members have the usual parameters.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bot.study.schedule import Parameters

DAY = 86_400.0
#: Answers that tell which py-fsrs's optimizer needs at least (`mini_batch_size` of `fsrs.optimizer`).
BATCH = 512
#: The share of them that is held out, the latest; at most a batch, so that none has been fitted on before.
_HELD = 0.2
#: How many have to be there for a first fit.
ENOUGH = math.ceil(BATCH / (1 - _HELD))
#: How far from the usual parameters to the fitted ones; what is best on the answers held out is taken. A few hundred
#: answers make for a noisy fit, and a part of the way is often better than all of it, or none.
_SHARES = (0.25, 0.5, 0.75, 1.0)
#: What has to be installed beside Epoch.
_NEEDED = ("torch", "pandas", "numpy", "tqdm")
#: The priority of the process, as `nice` counts: of any that has work, it gets a tenth of what others get.
LOW = 10
#: A fit of 20,000 answers takes a minute or two of a core's time, and waits for everything else.
_SECONDS = 3_600
_PROGRAM = """
import os, signal, sys
signal.alarm(int(sys.argv[1]))
os.nice(int(sys.argv[2]))
sys.path[:0] = PATH
from bot.study.fitting import answer
answer()
"""
#: Its whole environment: no secret of Epoch's own is in it, and it takes one core.
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}

#: Topic, item, grade and Unix time of an answer.
LogEntry = tuple[str, str, int, float]


class FitFailed(Exception):
    """The process that fits was killed, or did not come to an end."""


@dataclass(frozen=True, slots=True)
class Fit:
    """What came of a fit.

    Attributes:
        parameters: the best on the answers held out; None where those are the usual ones.
        told: how many answers told something, of both parts.
        log_loss: on those held out, with these parameters.
        usual_log_loss: on the same, with the usual ones.
    """

    parameters: Parameters | None
    told: int
    log_loss: float
    usual_log_loss: float


def missing() -> list[str]:
    """Return the packages without which nothing can be fitted."""
    return [name for name in _NEEDED if find_spec(name) is None]


def telling(log: Sequence[LogEntry]) -> list[int]:
    """Return which answers of a log tell of memory, by their places.

    Args:
        log: the oldest first.
    """
    last: dict[tuple[str, str], float] = {}
    found = []
    for place, (topic, item, _, at) in enumerate(log):
        before = last.get((topic, item))
        if before is not None and at - before >= DAY:
            found.append(place)
        last[topic, item] = at
    return found


def log_loss(log: Sequence[LogEntry], parameters: Parameters | None, since: int = 0) -> float:
    """Return the mean log loss, in nats, of what FSRS expects of the answers that tell.

    Args:
        log: the oldest first.
        parameters: of FSRS; None for the usual ones.
        since: the first place that counts. What comes before it is only what FSRS knows by then.
    """
    from fsrs import Card, Rating, Scheduler

    scheduler = Scheduler(enable_fuzzing=False) if parameters is None else Scheduler(parameters, enable_fuzzing=False)
    counts = {place for place in telling(log) if place >= since}
    cards: dict[tuple[str, str], Card] = {}
    losses = []
    for place, (topic, item, grade, at) in enumerate(log):
        when = datetime.fromtimestamp(at, UTC)
        card = cards.get((topic, item)) or Card(card_id=0, due=when)
        if place in counts:
            expected = min(max(scheduler.get_card_retrievability(card, when), 1e-9), 1 - 1e-9)
            losses.append(-math.log(expected if grade > Rating.Again else 1 - expected))
        cards[topic, item], _ = scheduler.review_card(card, Rating(grade), when)
    return sum(losses) / max(1, len(losses))


def fit(log: Sequence[LogEntry], current: Parameters | None = None) -> Fit | None:
    """Fit parameters to a log; None where too few of its answers tell. Takes seconds of a core's time, or minutes.

    Args:
        log: the oldest first.
        current: the parameters in force, which stay where they are better on what is held out.
    """
    from fsrs import Optimizer, Rating, ReviewLog
    from fsrs.scheduler import DEFAULT_PARAMETERS

    places = telling(log)
    if len(places) < ENOUGH:
        return None
    since = places[-min(len(places) - BATCH, math.floor(_HELD * len(places)), BATCH)]
    ids = {key: number for number, key in enumerate(dict.fromkeys((topic, item) for topic, item, _, _ in log))}
    earlier = [
        ReviewLog(ids[topic, item], Rating(grade), datetime.fromtimestamp(at, UTC), None)
        for topic, item, grade, at in log[:since]
    ]
    fitted = Optimizer(earlier).compute_optimal_parameters()
    partway = [
        tuple(usual + (own - usual) * share for usual, own in zip(DEFAULT_PARAMETERS, fitted, strict=True))
        for share in _SHARES
    ]
    losses: dict[Parameters | None, float] = {None: log_loss(log, None, since)}  # the first of equal ones is the best
    for each in (current, *partway):
        if each is not None:
            losses.setdefault(each, log_loss(log, each, since))
    best = min(losses, key=losses.__getitem__)
    return Fit(best, len(places), losses[best], losses[None])


async def fit_apart(log: Sequence[LogEntry], current: Parameters | None = None, *, nice: int = LOW) -> Fit | None:
    """Do the same in a process of its own, which ends with whoever waits for it; `nice`: 0 where a person waits.

    Raises:
        FitFailed: it was killed, or did not come to an end.
    """
    import bot

    root = str(Path(bot.__file__).resolve().parents[1])
    path = [root, *(entry for entry in sys.path if entry and entry != root)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-B", "-X", "utf8", "-c", _PROGRAM.replace("PATH", repr(path)), str(_SECONDS), str(nice),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env=_ENVIRONMENT, cwd="/",
    )  # fmt: skip
    try:
        out, said = await process.communicate(json.dumps({"log": log, "current": current}).encode())
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await asyncio.shield(process.wait())
    if process.returncode:
        last = said.decode(errors="replace").strip().rpartition("\n")[2]
        raise FitFailed(f"the process that fits a member's intervals ended with {process.returncode}: {last}")
    return _read(json.loads(out))


def answer() -> None:
    """Fit what comes on standard input, and write what came of it to standard output: the process of `fit_apart`."""
    asked: dict[str, Any] = json.load(sys.stdin)
    current = asked["current"]
    found = fit([tuple(entry) for entry in asked["log"]], None if current is None else tuple(current))
    written = None if found is None else [found.parameters, found.told, found.log_loss, found.usual_log_loss]
    os.write(sys.stdout.fileno(), json.dumps(written).encode())


def _read(written: list[Any] | None) -> Fit | None:
    if written is None:
        return None
    parameters, told, loss, usual = written
    return Fit(None if parameters is None else tuple(parameters), told, loss, usual)
