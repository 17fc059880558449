"""What parameters of FSRS are worth that were fitted to one member: simulated members who each forget in their own way.

A member answers so many items a day, due ones and new ones, as the usual parameters schedule them. What comes to mind
is decided by parameters of the member's own. The earlier answers are what Epoch fits to (and refuses a fit by); the
later ones nobody has looked at: on these, log loss with what Epoch would then use, with the usual parameters, and with
the member's own, which is the best there is.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterator
from random import Random
from statistics import mean, stdev
from typing import Any

from fsrs import Card, Rating, Scheduler

from bot.bench.plan import START, memory_of, when
from bot.study import schedule
from bot.study.fitting import DAY, LogEntry, fit_apart, log_loss, telling
from bot.study.plan import ItemKey
from bot.study.schedule import AGAIN, GOOD, CardState, Grade

#: The members' seeds begin here.
SEED = 4_000
#: Days of study, answers a day, items of the bank.
DAYS, ANSWERS, ITEMS = 90, 20, 280
_ANSWER_S = 60.0
#: The share of first answers that is right.
_KNOWN = 0.4
#: The share of a day's answers that is given to what is due, where both are there.
_DUE = 0.6
#: The share of the days that nothing is fitted to or chosen by.
_LATER = 0.25


def answered(
    seed: int, days: int = DAYS, answers: int = ANSWERS, items: int = ITEMS
) -> tuple[Scheduler, list[LogEntry]]:
    """Return a member's memory, and their answers, the oldest first; the same for the same seed."""
    chance = Random(seed)
    memory = memory_of(chance)
    truth: dict[ItemKey, Card] = {}
    told: dict[ItemKey, tuple[CardState, float]] = {}
    log: list[LogEntry] = []
    for day in range(days):
        for number in range(answers):
            at = START + day * DAY + number * _ANSWER_S
            due = min(((due, key) for key, (_, due) in told.items() if due <= at), default=None)
            if due is not None and (chance.random() < _DUE or len(told) == items):
                key = due[1]
            elif len(told) < items:
                key = ("simulated", str(len(told)))
            else:
                break
            card = truth.get(key)
            recalled = _KNOWN if card is None else memory.get_card_retrievability(card, when(at))
            grade: Grade = GOOD if chance.random() < recalled else AGAIN
            truth[key], _ = memory.review_card(card or Card(card_id=0, due=when(at)), Rating(grade), when(at))
            told[key] = schedule.review(told[key][0] if key in told else None, grade, at)
            log.append((*key, grade, at))
    return memory, log


def rows(members: int, seed: int, progress: Callable[[str, int, int], None]) -> Iterator[dict[str, Any]]:
    """Yield a row for each member, and one over all of them.

    Args:
        members: how many are simulated, at least 2.
        seed: of the first of them; the others follow it.
        progress: called with a label, how many are done and how many there are.
    """
    gains, losses, refused = [], [], 0
    for number in range(members):
        memory, log = answered(seed + number)
        since = next(place for place, entry in enumerate(log) if entry[3] >= START + (1 - _LATER) * DAYS * DAY)
        fit = asyncio.run(fit_apart(log[:since], nice=0))
        assert fit is not None, "the days before hold enough answers"
        own, usual, best = (log_loss(log, each, since) for each in (fit.parameters, None, memory.parameters))
        gains.append(usual - own)
        losses.append((own, usual, best))
        refused += fit.parameters is None
        progress(f"member {seed + number}", number + 1, members)
        yield {
            "member": f"seed {seed + number}", "told": fit.told, "later": sum(at >= since for at in telling(log)),
            "log_loss": round(own, 4), "usual": round(usual, 4), "true": round(best, 4),
            "kept": fit.parameters is not None,
        }  # fmt: skip
    own, usual, best = (mean(each[kind] for each in losses) for kind in range(3))
    error = stdev(gains) / math.sqrt(members)
    yield {
        "member": "all", "members": members,
        "log_loss": round(own, 4), "usual": round(usual, 4), "true": round(best, 4),
        "gain": round(mean(gains), 4), "error": round(error, 4), "better": sum(gain > 0 for gain in gains),
        "refused": refused, "held": own < usual,
    }  # fmt: skip
