"""How a run ended, in words."""

from __future__ import annotations

from bot.wording import entries, say
from knowledge.bank.models import Lang
from runners.models import Finished


def advice(end: Finished, ui: Lang) -> str | None:
    """Return what the learner can change after a run that did not go well; None where there is nothing to say."""
    if end.limit is not None and end.allowed is not None:
        allowed = end.allowed / 1024 if end.limit == "output" else end.allowed
        return say(f"run.limit.{end.limit}", ui, allowed=f"{allowed:g}")
    key = "run.hint.lost" if end.lost else f"run.hint.{end.outcome}"
    return say(key, ui) if key in entries() else None
