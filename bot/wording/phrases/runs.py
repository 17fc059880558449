"""How a run ended, in words."""

from __future__ import annotations

import re

from bot.wording import entries, say
from knowledge.bank.models import Lang
from runners.models import Finished

#: Signals of Linux that end programs, and are more than a number to a learner.
_SIGNALS = {
    2: "interrupt", 4: "illegal", 6: "abort", 7: "bus", 8: "arithmetic", 9: "kill", 11: "segfault", 15: "terminate",
}  # fmt: skip
#: How a judge of drills says that a program ended without a result.
_STATUS = re.compile(r"exit status (-?\d+)")


def exit_words(code: int, ui: Lang) -> str:
    """Return how a program ended by its exit status: a crash by what it is called, not by the number of its signal.

    A negative status is a signal's, as Python's `subprocess` returns it.
    """
    if code >= 0:
        return say("run.exit.code", ui, code=code)
    if (name := _SIGNALS.get(-code)) is not None:
        return say(f"run.exit.{name}", ui)
    return say("run.exit.signal", ui, number=-code)


def reason_words(reason: str, ui: Lang) -> str:
    """Return why a program gave no result: an exit status in words, every other reason as it stands."""
    found = _STATUS.fullmatch(reason)
    return reason if found is None else exit_words(int(found[1]), ui)


def advice(end: Finished, ui: Lang) -> str | None:
    """Return what the learner can change after a run that did not go well; None where there is nothing to say."""
    if end.limit is not None and end.allowed is not None:
        allowed = end.allowed / 1024 if end.limit == "output" else end.allowed
        return say(f"run.limit.{end.limit}", ui, allowed=f"{allowed:g}")
    key = "run.hint.lost" if end.lost else f"run.hint.{end.outcome}"
    return say(key, ui) if key in entries() else None
