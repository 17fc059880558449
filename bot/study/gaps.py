"""Questions that the bank could not answer, grouped by what they ask for: for `epoch gaps` and `/gaps`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.bank.models import Lang
from knowledge.search.clusters import UnansweredQuestion


@dataclass(frozen=True, slots=True)
class Gap:
    """A question the bank could not answer, and how often it was asked."""

    question: str
    lang: Lang
    nearest: tuple[str, ...]
    count: int
    first_at: float
    last_at: float


def asked(gaps: Sequence[Gap]) -> list[UnansweredQuestion]:
    """Return what the store noted as what is put together."""
    return [UnansweredQuestion(gap.question, gap.lang, gap.count, gap.nearest) for gap in gaps]


def labelled_lines(gaps: Sequence[Gap]) -> list[str]:
    """Return a line of JSON each, as `epoch eval` reads them: outside the bank until somebody fills in the topics."""
    return [
        json.dumps(
            {"id": f"gap-{number}", "lang": gap.lang, "query": gap.question, "topics": [], "count": gap.count,
             "nearest": gap.nearest},
            ensure_ascii=False, separators=(",", ":"),
        )
        for number, gap in enumerate(gaps, 1)
    ]  # fmt: skip
