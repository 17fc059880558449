"""Judging an answer: its code runs behind the wall, and another process compares what it returned.

    code → rules (the judge's process reads it) → calls → the answer's program, through a runner → verdict
                                                        ↘ meanwhile, what is right and what known mistakes give

Of the bank, the answer's process gets the arguments and nothing else. A judge that is not the packaged bank's is
foreign code itself, and runs behind the wall, too: in programs of its own, apart from the answer's.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Mapping
from contextlib import aclosing
from typing import Any, Protocol, cast

from bot.study.drills.errors import JudgeFailed, SandboxFailed
from bot.study.drills.models import CheckResult, Counterexample, DrillRefusal, Verdict
from bot.study.drills.process import JudgeProcess, ProcessFailed
from knowledge.bank.drills import Drill, Variant
from knowledge.bank.models import Bank
from knowledge.grading.drills import harness, shipping
from knowledge.grading.drills.harness import Broken, Ran
from runners.models import Event, Finished, Job, Limits, Output, Started

#: What an answer may use. Good ones take milliseconds; PyTorch has to be imported first, and takes its memory.
LIMITS: dict[Variant, Limits] = {
    "numpy": Limits(
        wall_s=20, cpu_s=10, memory_mb=1024, processes=64, output_bytes=harness.MOST_OUTPUT, file_mb=4, disk_mb=16,
        artifacts=0,
    ),
    "torch": Limits(
        wall_s=60, cpu_s=20, memory_mb=2048, processes=64, output_bytes=harness.MOST_OUTPUT, file_mb=4, disk_mb=16,
        artifacts=0,
    ),
}  # fmt: skip
#: Characters of an answer at most. A modal takes 4,000.
MOST_CODE = 60_000
_SHIPPED = ("codec", "calling", "rules", "judging", "verdicts")

_Ask = Callable[[Mapping[str, Any]], Coroutine[Any, Any, dict[str, Any]]]


class JobRunner(Protocol):
    """Whatever runs jobs: a runner, or a tutor, whose queue is fair."""

    def run(self, job: Job) -> AsyncIterator[Event]:
        """Run `job` and yield its events, as `runners.models.Runner` says."""
        ...


class DrillJudge:
    """Judges answers to drills.

    Args:
        runs: what runs the answers' programs.
        bank: tells which drills are the packaged bank's own; the judges of all others run behind the wall.
        process: that answers for the packaged bank; another one for tests.
    """

    def __init__(self, runs: JobRunner, bank: Bank, process: JudgeProcess | None = None) -> None:
        self._runs = runs
        self._bank = bank
        self._process = JudgeProcess() if process is None else process

    async def judge(
        self, drill: Drill, code: str, *, variant: Variant = "numpy", owner: str = "", seed: int | None = None
    ) -> Verdict:
        """Run `code` behind the wall on the drill's probes and say what is wrong with what it gave back.

        Args:
            drill: which.
            code: the learner's, whole.
            variant: with what it is solved.
            owner: who asks, for the queue of runs.
            seed: of the probes; None for one that nobody can know before.

        Raises:
            runners.errors.WallRequired: no wall works here, so nobody's code is run.
            JudgeFailed: the drill's own judge cannot be used.
            SandboxFailed: the sandbox failed, or was stopped.
        """
        seed = secrets.randbits(48) if seed is None else seed
        if len(code) > MOST_CODE:
            return _refused("limit", f"{MOST_CODE} characters", seed)
        ask = self._packaged(drill) if self._is_packaged(drill) else self._foreign(drill, owner)
        question = {"variant": variant, "code": code, "forbidden": drill.meta.forbidden}
        try:
            said = await self._process.ask({"do": "rules", **question})
        except ProcessFailed:  # reading it alone takes too long, or too much memory
            return _refused("limit", "wall", seed)
        if "error" in said:
            raise JudgeFailed(drill.id, str(said["error"])[:300])
        if said["refusal"] is not None:
            return _refused(said["refusal"], str(said["reason"]), seed)
        case = _case(drill, seed)
        calls = (await ask({"do": "calls", **case}))["calls"]
        script = harness.build(code, drill.meta.function, calls, variant=variant, forbidden=drill.meta.forbidden)
        # The program is packed, so its imports do not show.
        imports = ("torch",) if variant == "torch" else ()
        job = Job(script.source, name="answer.py", limits=LIMITS[variant], owner=owner, imports=imports)
        ran = await self._beside(self._run(job), ask, {"do": "prepare", **case}, packaged=self._is_packaged(drill))
        stdout, finished = ran
        try:
            came = harness.read(script, stdout)
        except Broken:
            return _ended(finished, seed)
        if (nothing := _nothing(came, drill, seed)) is not None:
            return nothing
        returned = [each.as_json() for each in came.returned]
        said = await ask({"do": "verdict", **case, "returned": returned})
        return _verdict(said, came, seed, variant)

    async def close(self) -> None:
        """End the judge's process."""
        await self._process.close()

    def _is_packaged(self, drill: Drill) -> bool:
        topic = self._bank.topics.get(drill.topic)
        return topic is not None and topic.origin is None and drill in topic.drills

    async def _beside(
        self, run: Coroutine[Any, Any, tuple[str, Finished]], ask: _Ask, question: Mapping[str, Any], *, packaged: bool
    ) -> tuple[str, Finished]:
        """Run the answer while the judge's process works out what is right."""
        if not packaged:  # each of its questions is a program of its own, which remembers nothing
            return await run
        preparing = asyncio.ensure_future(ask(question))
        try:
            ran = await run
            await preparing
            return ran
        finally:
            preparing.cancel()
            await asyncio.gather(preparing, return_exceptions=True)

    def _packaged(self, drill: Drill) -> _Ask:
        return lambda question: self._asked(drill, question)

    async def _asked(self, drill: Drill, question: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return _answered(drill, await self._process.ask(question))
        except ProcessFailed as error:
            raise JudgeFailed(drill.id, str(error)) from error

    def _foreign(self, drill: Drill, owner: str) -> _Ask:
        """Ask a foreign bank's judge, behind the wall."""

        async def ask(question: Mapping[str, Any]) -> dict[str, Any]:
            mark = f"epoch-judge-{secrets.token_hex(16)}:"
            source = shipping.program(_SHIPPED, {**question, "mark": mark})
            stdout, finished = await self._run(Job(source, name="judge.py", limits=LIMITS["numpy"], owner=owner))
            lines = [line for line in stdout.split("\n") if line.startswith(mark)]
            try:
                said = json.loads(lines[-1].removeprefix(mark)) if finished.outcome == "ok" else None
                return _answered(drill, said)
            except (IndexError, ValueError, TypeError, RecursionError) as error:
                raise JudgeFailed(drill.id, f"it ended with {finished.outcome}") from error

        return ask

    async def _run(self, job: Job) -> tuple[str, Finished]:
        """Return what the program wrote, and how it ended.

        Raises:
            SandboxFailed: it was stopped from outside, or its sandbox failed.
        """
        pieces: list[str] = []
        finished: Finished | None = None
        async with aclosing(cast(AsyncGenerator[Event, None], self._runs.run(job))) as events:
            async for event in events:
                match event:
                    case Output("stdout", text):
                        pieces.append(text)
                    case Started():
                        pieces = []  # the second one of a program that began anew on another machine
                    case Finished():
                        finished = event
        if finished is None or finished.outcome in ("sandbox_failed", "stopped"):
            raise SandboxFailed("stopped" if finished is None else finished.outcome)
        return "".join(pieces), finished


def _case(drill: Drill, seed: int) -> dict[str, Any]:
    return {
        "judge": drill.judge,
        "solution": drill.variants["numpy"].solution,
        "function": drill.meta.function,
        "checks": list(drill.meta.checks),
        "mistakes": drill.mistakes,
        "seed": seed,
    }


def _answered(drill: Drill, said: object) -> dict[str, Any]:
    if not isinstance(said, dict):
        raise JudgeFailed(drill.id, "it gave no answer")
    if "error" in said:
        raise JudgeFailed(drill.id, str(said["error"])[:300])
    return said


def _refused(refusal: DrillRefusal, reason: str, seed: int, printed: str = "") -> Verdict:
    return Verdict(False, refusal=refusal, reason=reason, printed=printed, seed=seed)


def _ended(finished: Finished, seed: int) -> Verdict:
    """Return the verdict on a program that wrote no results: it met a limit, or ended its process."""
    if finished.limit is not None:
        return _refused("limit", finished.limit, seed)
    return _refused("ended", f"exit status {finished.exit_code}", seed)


def _nothing(came: Ran, drill: Drill, seed: int) -> Verdict | None:
    """Return the verdict where there is nothing to judge."""
    if came.top is not None:
        return _refused("ended", came.top.told, seed, came.printed)
    if came.missing:
        return _refused("missing", drill.meta.function, seed, came.printed)
    strange = next((each.unreadable for each in came.returned if each.unreadable is not None), None)
    return None if strange is None else _refused("unreadable", strange, seed, came.printed)


def _verdict(said: Mapping[str, Any], came: Ran, seed: int, variant: Variant) -> Verdict:
    checks = tuple(
        CheckResult(
            each["name"], bool(each["passed"]),
            None if each["counterexample"] is None else Counterexample(**each["counterexample"]),
        )
        for each in said["checks"]
    )  # fmt: skip
    return Verdict(
        passed=bool(checks) and all(each.passed for each in checks),
        checks=checks,
        mistake=said["mistake"],
        printed=came.printed,
        seconds=sum(each.seconds for each in came.returned),
        # The solution was timed with NumPy, which says nothing about one with PyTorch.
        reference_seconds=float(said["reference_seconds"]) if variant == "numpy" else None,
        seed=seed,
    )
