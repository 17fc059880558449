"""The judge over a real runner and its own process: what each kind of answer is told, and what befalls the process."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from bot.study.drills import judging
from bot.study.drills.errors import JudgeFailed, SandboxFailed
from bot.study.drills.judging import DrillJudge
from bot.study.drills.process import JudgeProcess, ProcessFailed
from knowledge.bank.drills import Drill
from knowledge.bank.loader import load_bank
from knowledge.bank.models import Bank, BankTitle, Origin
from knowledge.grading.drills.verdicts import Verdicts
from runners.errors import WallRequired
from runners.local import LocalRunner
from runners.models import Event, Finished, Job, Started
from tests.knowledge.drilled import JUDGE, MISTAKES, SOLUTION, START, softmax_drill

needs_wall = pytest.mark.usefixtures("needs_wall")


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    softmax_drill(tmp_path / "bank")
    return load_bank(tmp_path / "bank")


@pytest.fixture
def drill(bank: Bank) -> Drill:
    return bank["mean"].drills[0]


@pytest_asyncio.fixture
async def judge(bank: Bank) -> AsyncIterator[DrillJudge]:
    runner = LocalRunner()
    made = DrillJudge(runner, bank)
    yield made
    await made.close()
    await runner.close()


@needs_wall
async def test_the_solution_passes_and_is_told_its_time(judge: DrillJudge, drill: Drill) -> None:
    verdict = await judge.judge(drill, f"print('hello')\n{SOLUTION}", seed=5)
    assert verdict.passed
    assert [each.name for each in verdict.checks] == ["shape", "values", "large"]
    assert (verdict.refusal, verdict.mistake, verdict.printed, verdict.seed) == (None, None, "hello\n", 5)
    assert verdict.seconds is not None
    assert verdict.reference_seconds is not None
    assert 0 < verdict.seconds < 1
    assert 0 < verdict.reference_seconds < 1


@needs_wall
@pytest.mark.parametrize("name", MISTAKES)
async def test_a_known_mistake_is_told(judge: DrillJudge, drill: Drill, name: str) -> None:
    verdict = await judge.judge(drill, MISTAKES[name])
    assert not verdict.passed
    assert verdict.mistake == name


@needs_wall
async def test_the_program_of_an_answer_says_what_it_imports(bank: Bank, drill: Drill) -> None:
    runner, jobs = LocalRunner(), list[Job]()

    class Noting:
        def run(self, job: Job) -> AsyncIterator[Event]:
            jobs.append(job)
            return runner.run(job)

    judge = DrillJudge(Noting(), bank)
    await judge.judge(drill, SOLUTION)
    with_torch = drill.model_copy(
        update={"variants": {"numpy": drill.variants["numpy"], "torch": drill.variants["numpy"]}}
    )
    await judge.judge(with_torch, SOLUTION, variant="torch")
    await judge.close()
    await runner.close()
    # The judge of a bank of a host's own is a program, too.
    assert {job.imports for job in jobs if job.name == "answer.py"} == {(), ("torch",)}
    assert {job.imports for job in jobs if job.name != "answer.py"} == {()}


@needs_wall
async def test_the_start_fails_with_its_own_line(judge: DrillJudge, drill: Drill) -> None:
    verdict = await judge.judge(drill, START)
    assert not verdict.passed
    assert verdict.mistake is None
    errors = {each.counterexample.error for each in verdict.checks if each.counterexample is not None}
    assert errors == {"line 9: NotImplementedError"}
    assert verdict.as_json()["checks"][0]["counterexample"].startswith("logits = ")


@needs_wall
@pytest.mark.parametrize(
    ("code", "refusal", "reason"),
    [
        ("def softmax(:", "syntax", "line 1"),
        ("import scipy", "forbidden", "scipy"),
        ("def other(x): return x", "missing", "softmax"),
        ("softmax = 3", "missing", "softmax"),
        ("x = 1\n1 / 0", "ended", "line 2: ZeroDivisionError: division by zero"),
        ("def softmax(x): return {1}", "unreadable", "set"),
        ("x = 1\n" * 40_000, "limit", "60000 characters"),
        ("while True: pass", "limit", "cpu"),
    ],
)
async def test_what_cannot_be_judged_says_why(
    judge: DrillJudge, drill: Drill, code: str, refusal: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(judging.LIMITS, "numpy", replace(judging.LIMITS["numpy"], cpu_s=1.0, wall_s=60.0))
    verdict = await judge.judge(drill, code)
    assert not verdict.passed
    assert verdict.refusal == refusal
    assert reason in verdict.reason


async def test_without_a_wall_no_code_runs(bank: Bank, drill: Drill) -> None:
    judge = DrillJudge(LocalRunner(wall="trusted"), bank)
    with pytest.raises(WallRequired):
        await judge.judge(drill, SOLUTION)
    await judge.close()


@needs_wall
async def test_the_program_of_an_answer_holds_nothing_of_the_bank_but_arguments(bank: Bank, drill: Drill) -> None:
    runner = LocalRunner()
    scripts: list[str] = []

    class Listening:
        async def run(self, job: Job) -> AsyncIterator[Event]:
            scripts.append(job.script)
            assert job.owner == "me"
            async with aclosing(runner.run(job)) as events:
                async for event in events:
                    yield event

    judge = DrillJudge(Listening(), bank)
    assert (await judge.judge(drill, "def softmax(x): return x", owner="me")).passed is False
    await judge.close()
    await runner.close()
    (script,) = scripts
    assert "def softmax(x): return x" in script
    for secret in ("keepdims=True", "holds_shape", "One number at a time", "overflows", '"values"', "reference"):
        assert secret not in script, secret


@needs_wall
async def test_a_foreign_judge_runs_behind_the_wall(bank: Bank, drill: Drill, tmp_path: Path) -> None:
    """Its verdicts are the same; what it does to the machine, it does in the sandbox."""
    runner = LocalRunner()
    names: list[str] = []

    class Listening:
        async def run(self, job: Job) -> AsyncIterator[Event]:
            names.append(job.name)
            async with aclosing(runner.run(job)) as events:
                async for event in events:
                    yield event

    spy = f"{JUDGE}\nopen({str(tmp_path / 'was-here')!r}, 'w').close()\n"
    topic = bank["mean"]
    origin = Origin(title=BankTitle(zh="外", en="Foreign"), name="foreign")
    foreign = Bank(topics={"mean": topic.model_copy(update={"origin": origin})})
    judge = DrillJudge(Listening(), foreign)
    assert (await judge.judge(drill, SOLUTION)).passed
    assert (await judge.judge(drill, MISTAKES["overflows"])).mistake == "overflows"
    assert names == ["judge.py", "answer.py", "judge.py"] * 2
    with pytest.raises(JudgeFailed):
        await judge.judge(drill.model_copy(update={"judge": spy}), SOLUTION)
    assert not (tmp_path / "was-here").exists()
    await judge.close()
    await runner.close()


@needs_wall
async def test_a_drill_that_is_not_the_banks_own_is_foreign(bank: Bank, drill: Drill) -> None:
    """A draft of a packaged drill, say."""
    judge = DrillJudge(LocalRunner(), bank)
    assert judge._is_packaged(drill)
    assert not judge._is_packaged(drill.model_copy(update={"judge": JUDGE + "\n"}))
    assert not DrillJudge(LocalRunner(), Bank(topics={}))._is_packaged(drill)
    await judge.close()


@needs_wall
async def test_a_judge_that_cannot_be_used_is_told_apart_from_a_wrong_answer(tmp_path: Path) -> None:
    broken = softmax_drill(tmp_path / "broken", judge=JUDGE.replace("rng.normal(size=(1, 3))", "rng.none()"))
    bank = load_bank(tmp_path / "broken")
    judge = DrillJudge(LocalRunner(), bank)
    with pytest.raises(JudgeFailed, match=r"mean/softmax cannot be used: probes\(rng\) fails"):
        await judge.judge(broken, SOLUTION)
    await judge.close()


@pytest.mark.parametrize("outcome", ["sandbox_failed", "stopped"])
async def test_a_sandbox_that_fails_is_no_verdict(bank: Bank, drill: Drill, outcome: str) -> None:
    class Failing:
        async def run(self, job: Job) -> AsyncIterator[Event]:
            yield Started("full", warm=False)
            yield Finished(outcome, None, None, 0.1, None, None, None)  # type: ignore[arg-type]

    judge = DrillJudge(Failing(), bank)
    with pytest.raises(SandboxFailed, match=outcome):
        await judge.judge(drill, SOLUTION)
    await judge.close()


@needs_wall
async def test_what_a_lost_machine_printed_does_not_count(bank: Bank, drill: Drill) -> None:
    """On a cluster a program may begin anew: then there is a second `Started`."""
    runner = LocalRunner()

    class Lost:
        async def run(self, job: Job) -> AsyncIterator[Event]:
            kept: list[Event] = []
            async with aclosing(runner.run(job)) as events:
                async for event in events:
                    kept.append(event)
            yield kept[0]
            for event in kept[1:-1]:
                yield event
            for event in kept:
                yield event

    judge = DrillJudge(Lost(), bank)
    assert (await judge.judge(drill, SOLUTION)).passed
    await judge.close()
    await runner.close()


QUESTION = {"do": "rules", "code": "x = 1", "forbidden": [], "variant": "numpy"}


async def test_the_process_is_started_once_and_replaced_when_it_dies() -> None:
    process = JudgeProcess()
    assert process.pid is None
    assert await process.ask(QUESTION) == {"refusal": None}
    first = process.pid
    assert first is not None
    await process.ask(QUESTION)
    assert process.pid == first
    os.kill(first, signal.SIGKILL)
    assert await process.ask(QUESTION) == {"refusal": None}
    assert process.pid not in (None, first)
    await process.close()
    assert process.pid is None


async def test_one_that_hangs_is_killed_and_the_next_question_answered(bank: Bank, drill: Drill) -> None:
    process = JudgeProcess(patience_s=3.0)
    await process.ask(QUESTION)
    hanging = judging._case(drill, 1) | {"do": "calls", "judge": "while True: pass"}
    with pytest.raises(ProcessFailed):
        await process.ask(hanging)
    assert await process.ask(QUESTION) == {"refusal": None}
    await process.close()


async def test_who_stops_waiting_leaves_no_answer_to_the_next() -> None:
    process = JudgeProcess()
    await process.ask(QUESTION)
    asked = asyncio.ensure_future(process.ask({**QUESTION, "code": "import os"}))
    await asyncio.sleep(0)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert await process.ask(QUESTION) == {"refusal": None}
    await process.close()


async def test_what_a_judge_prints_is_no_answer(drill: Drill) -> None:
    process = JudgeProcess()
    noisy = judging._case(drill, 1) | {"do": "calls", "judge": f"print('{{}}')\n{JUDGE}"}
    assert len((await process.ask(noisy))["calls"]) == 8
    await process.close()


async def test_it_knows_no_secret(monkeypatch: pytest.MonkeyPatch, drill: Drill) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret-token")
    process = JudgeProcess()
    judge = "import os\nraise ValueError(sorted(os.environ))"
    said = (await process.ask(judging._case(drill, 1) | {"do": "calls", "judge": judge}))["error"]
    assert "DISCORD_TOKEN" not in said
    assert "PATH" in said, "the environment was looked at"
    await process.close()


def test_it_ends_when_its_parent_does(tmp_path: Path) -> None:
    host = (
        "import asyncio, os\nfrom bot.study.drills.process import JudgeProcess\n"
        "async def main():\n    process = JudgeProcess()\n"
        f"    await process.ask({QUESTION!r})\n    print(process.pid, flush=True)\n    os._exit(0)\n"
        "asyncio.run(main())"
    )
    run = subprocess.run([sys.executable, "-c", host], capture_output=True, text=True, timeout=60)
    pid = int(run.stdout)
    for _ in range(200):
        try:
            os.kill(pid, 0)
            with open(f"/proc/{pid}/stat", encoding="ascii") as file:
                if file.read().rsplit(")", 1)[1].split()[0] == "Z":
                    return  # nobody reaps it here
        except (ProcessLookupError, FileNotFoundError):
            return
        subprocess.run(["sleep", "0.05"], check=True)
    pytest.fail("it still runs")


def test_it_loads_nothing_heavy() -> None:
    code = "import sys, knowledge.grading.drills.server\nprint(*sorted({m.split('.')[0] for m in sys.modules}))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60).stdout.split()
    assert "numpy" in found
    assert not {"torch", "tensorflow", "pydantic", "sqlalchemy", "discord", "scipy"} & set(found)


def test_verdicts_are_remembered_but_never_needed(drill: Drill) -> None:
    case = judging._case(drill, 1)
    calls = Verdicts().answer({**case, "do": "calls"})["calls"]
    one = Verdicts()
    assert one.answer({**case, "do": "calls"})["calls"] == calls
    assert one.answer({**case, "do": "prepare"}) == {"right": len(calls)}
    returned = [{"value": None} for _ in calls]
    told = [each.answer({**case, "do": "verdict", "returned": returned}) for each in (one, Verdicts())]
    assert told[0]["checks"] == told[1]["checks"]
    assert one.answer({**case, "seed": 2, "do": "calls"})["calls"] != calls
