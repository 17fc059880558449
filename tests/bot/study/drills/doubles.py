"""A judge that runs nothing: it knows the answers of these tests by heart. The real one is tried over the loopback."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from bot.study.drills.models import CheckResult, Counterexample, Verdict
from knowledge.bank.drills import Drill, Variant
from tests.bot.study.drills.samples import DRILL

SHOWN = Counterexample(
    arguments="array([[0.1, 0.2, 0.3],\n       [0.4, 0.5, 0.6]])", given="array([[0.4, 0.4, 0.4]])",
    expected="array([[0.3, 0.33, 0.37],\n       [0.3, 0.33, 0.37]])", given_shape="(1, 3)", expected_shape="(2, 3)",
)  # fmt: skip
PASSED = Verdict(True, tuple(CheckResult(name, True) for name in DRILL.meta.checks), seconds=0.0008,
                 reference_seconds=0.0005, seed=1)  # fmt: skip
WRONG = Verdict(
    False, (CheckResult("shape", True), CheckResult("values", False, SHOWN), CheckResult("large", False)),
    mistake="wrong-axis", printed="here I am\n", seconds=1.25, reference_seconds=0.0005, seed=1,
)  # fmt: skip
BROKEN = Verdict(
    False, refusal="syntax", reason="    return exps /\n                 ^\nSyntaxError: invalid syntax (line 6)"
)


@dataclass
class KnownAnswers:
    """Tells `axis=-1` right, `axis=0` wrong, and anything else broken; `raises` comes instead, `waits` before."""

    raises: Exception | None = None
    waits: asyncio.Event | None = None
    asked: list[tuple[Drill, str, Variant, str]] = field(default_factory=list)
    closed: bool = False

    async def judge(
        self, drill: Drill, code: str, *, variant: Variant = "numpy", owner: str = "", seed: int | None = None
    ) -> Verdict:
        self.asked.append((drill, code, variant, owner))
        if self.waits is not None:
            await self.waits.wait()
        if self.raises is not None:
            raise self.raises
        return PASSED if "-1" in code else WRONG if "axis=0" in code else BROKEN

    async def close(self) -> None:
        self.closed = True
