"""Tries answers of a bank's own on its judge, many in one process: what `epoch check` proves a drill with.

    task → main → a line of JSON: what came of each answer at each seed

Answers run in children, which may loop or take all memory without harm to the others, and NumPy is loaded once. This
module is shipped as text, so it imports NumPy and the standard library only.
"""

from __future__ import annotations

import base64
import importlib
import json
import os
import resource
import select
import signal
import sys
import time
import warnings
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any, NoReturn

from knowledge.grading.drills import judging
from knowledge.grading.drills.calling import Returned, call, call_all, failed
from knowledge.grading.drills.calling import load as load_answer
from knowledge.grading.drills.codec import Json
from knowledge.grading.drills.judging import Judge, JudgeError, Probe

#: What stands before the result on standard output.
MARK = "epoch-proof:"
#: CPU seconds of one answer over all seeds, and how many times the solution's own time it has besides.
SECONDS, TIMES = 1.0, 20.0
#: Seconds after which a child that uses no CPU time is ended.
_PATIENCE = 30.0
#: Bytes of one child.
_MEMORY = 1200 << 20
#: How many answers, of which no more is wanted, one child tries: what starts it here has much memory to share.
_LOT = 25
_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to try: its source, and whether it is enough to know at which seeds it fails."""

    name: str
    source: str
    once: bool = False


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of an answer.

    Attributes:
        name: the answer's.
        passed: at each seed, whether it passed.
        failed: names of the checks that failed at any seed, in the order of the checks.
        told: at each seed, the known mistakes that give the same on every probe.
        why: of the first failure: the check, and what came or was wrong.
        ended: why there is no more: `time` or `died`; None where it was judged whole.
        seconds: what the calls of one judgement took at least; 0 where it was not asked for.
    """

    name: str
    passed: tuple[bool, ...] = ()
    failed: tuple[str, ...] = ()
    told: tuple[tuple[str, ...], ...] = ()
    why: str = ""
    ended: str | None = None
    seconds: float = 0.0

    @property
    def noticed(self) -> bool:
        """Whether it failed at every seed."""
        return not any(self.passed)

    @property
    def right(self) -> bool:
        """Whether it passed at every seed."""
        return self.ended is None and bool(self.passed) and all(self.passed)


@dataclass(frozen=True, slots=True)
class Task:
    """What to try.

    Attributes:
        judge: source of `judge.py`.
        function: that every answer defines.
        checks: names of all checks.
        seeds: of the probes.
        solution: source, by whose time others are limited.
        mistakes: sources of the known mistakes.
        answers: what to try, the mistakes themselves among them where they are to be tried.
        torch: whether arrays go in as tensors. Then answers run in this very process, as a fork of PyTorch may hang.
    """

    judge: str
    function: str
    checks: tuple[str, ...]
    seeds: tuple[int, ...]
    solution: str
    mistakes: Mapping[str, str] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    torch: bool = False

    def packed(self) -> dict[str, Json]:
        """Return it for `shipping.program`: mutants are much alike, so it is a tenth of the text."""
        return {"packed": base64.b85encode(zlib.compress(json.dumps(asdict(self)).encode())).decode()}

    @staticmethod
    def unpacked(data: Mapping[str, Json]) -> Task:
        """Return the task that `packed` packed."""
        read: dict[str, Any] = json.loads(zlib.decompress(base64.b85decode(data["packed"])))
        answers = tuple(Answer(**each) for each in read.pop("answers"))
        return Task(**{**read, "checks": tuple(read["checks"]), "seeds": tuple(read["seeds"])}, answers=answers)


def read(stdout: str) -> list[Tried] | str:
    """Return what `main` wrote: what came of each answer, in order; or why nothing could be tried.

    Raises:
        ValueError: it wrote nothing.
    """
    lines = [line for line in stdout.splitlines() if line.startswith(MARK)]
    if not lines:
        raise ValueError("no result")
    said = json.loads(lines[-1].removeprefix(MARK))
    if isinstance(said, str):
        return said
    return [
        Tried(**{**each, **{key: tuple(each[key]) for key in ("passed", "failed")},
                 "told": tuple(map(tuple, each["told"]))})
        for each in said
    ]  # fmt: skip


def main(data: Mapping[str, Json]) -> None:
    """Try the answers of the task and write down what came of them."""
    task = Task.unpacked(data)
    warnings.simplefilter("ignore")
    try:
        said: Any = [asdict(each) for each in _tried(task)]
    except JudgeError as error:
        said = str(error)
    sys.stdout.write(f"{MARK}{json.dumps(said)}\n")
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class _Seed:
    """Probes at one seed, what is right for them, and what each known mistake gives."""

    made: Sequence[Probe]
    right: Sequence[Json]
    mistakes: Mapping[str, Sequence[Returned]]


def _tried(task: Task) -> list[Tried]:
    drill = judging.load(task.judge)
    seeds = [judging.probes(drill, seed, task.checks) for seed in task.seeds]
    began = time.process_time()
    judging.answers(task.solution, task.function, seeds[0]) if not task.torch else None
    limit = SECONDS + TIMES * len(seeds) * (time.process_time() - began)
    given = [partial(_returned, task, source, seeds) for source in task.mistakes.values()]
    known = dict(zip(task.mistakes, _in_children(given, limit), strict=True))
    for name, lots in known.items():
        if isinstance(lots, str):
            raise JudgeError(f"mistakes/{name}.py ends otherwise ({lots})")
    ready = [
        _Seed(
            made,
            judging.expected(drill, made),
            {name: [Returned(**each) for each in lots[number]] for name, lots in known.items()},
        )
        for number, made in enumerate(seeds)
    ]
    if task.torch:
        return [_judged(task, drill, ready, answer) for answer in task.answers]
    came: dict[str, Json] = {}
    for once, lot in ((False, 1), (True, _LOT)):
        answers = [answer for answer in task.answers if answer.once is once]
        works = [partial(_as_json, task, drill, ready, answer) for answer in answers]
        came |= zip((answer.name for answer in answers), _in_children(works, limit, lot), strict=True)
    return [
        Tried(name, ended=said) if isinstance(said, str) else Tried(**said)
        for name, said in ((answer.name, came[answer.name]) for answer in task.answers)
    ]


def _returned(task: Task, source: str, seeds: Sequence[Sequence[Probe]]) -> Json:
    return [[each.as_json() for each in judging.answers(source, task.function, made)] for made in seeds]


def _as_json(task: Task, drill: Judge, ready: Sequence[_Seed], answer: Answer) -> Json:
    return asdict(_judged(task, drill, ready, answer))


def _judged(task: Task, drill: Judge, ready: Sequence[_Seed], answer: Answer) -> Tried:
    if answer.once:
        return _noticed(task, drill, ready, answer)
    torch = importlib.import_module("torch") if task.torch else None
    passed, told, bad, why, took = list[bool](), list[tuple[str, ...]](), set[str](), "", list[float]()
    for number, seed in zip(task.seeds, ready, strict=True):
        returned = _called(task, answer.source, seed.made, torch)
        checks = judging.judge(drill, seed.made, seed.right, returned)
        passed.append(judging.passes(checks))
        bad |= {each.name for each in checks if not each.passed}
        took.append(sum(each.seconds for each in returned))
        shown = next((each for each in checks if each.counterexample is not None), None)
        if not why and shown is not None and shown.counterexample is not None:
            reason = shown.counterexample.error or f"gives {shown.counterexample.given}"
            why = " ".join(f"{shown.name}, seed {number}: {reason}".split())[:_SHOWN]
        told.append(
            tuple(name for name, same in seed.mistakes.items() if judging.agrees(drill, seed.made, returned, same))
        )
    failed_checks = tuple(name for name in task.checks if name in bad)
    return Tried(answer.name, tuple(passed), failed_checks, tuple(told), why, None, min(took))


def _noticed(task: Task, drill: Judge, ready: Sequence[_Seed], answer: Answer) -> Tried:
    """Try an answer at each seed until the first call that goes wrong."""
    function = _loaded(task, answer.source)
    if isinstance(function, Returned):
        return Tried(answer.name, (False,) * len(ready))
    passed: list[bool] = []
    for seed in ready:
        pairs = zip(seed.made, seed.right, strict=True)
        passed.append(
            all(judging.correct(drill, probe, right, call(function, probe.arguments)) for probe, right in pairs)
        )
    return Tried(answer.name, tuple(passed))


def _called(task: Task, source: str, made: Sequence[Probe], torch: Any) -> list[Returned]:  # noqa: ANN401 - the module
    """Call an answer on every probe; where it does not even load, that is what comes of each."""
    function = _loaded(task, source)
    if isinstance(function, Returned):
        return [function] * len(made)
    return call_all(function, judging.calls(made), torch=torch)


def _loaded(task: Task, source: str) -> Callable[..., Any] | Returned:
    """Return the answer's function, or what comes of an answer that does not even load."""
    try:
        function = load_answer(source, task.function)
    except BaseException as error:  # it may end the process, too
        return failed(error)
    return Returned(error="NameError", message=f"no {task.function}") if function is None else function


def _in_children(works: Sequence[Callable[[], Json]], limit: float, lot: int = 1) -> list[Json]:
    """Do each work in a child and return what each returns; `time` or `died` where it did not come to an end.

    Args:
        works: each returns what JSON can hold, and no text.
        limit: CPU seconds of each.
        lot: how many a child does, one after the other, as long as it lives.
    """
    done: list[Json] = []
    while len(done) < len(works):
        wanted = works[len(done) : len(done) + lot]
        came, status = _in_child(wanted, limit)
        done += came
        if len(came) < len(wanted):
            slow = os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGPROF, signal.SIGKILL)
            done.append("time" if slow else "died")
    return done


def _in_child(works: Sequence[Callable[[], Json]], limit: float) -> tuple[list[Json], int]:
    """Return what the works returned, up to the first that did not, and the status with which their child ended."""
    way, there = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(way)
        _as_child(works, limit, there)
    os.close(there)
    read = bytearray()
    while select.select([way], [], [], limit + _PATIENCE)[0]:
        if not (piece := os.read(way, 1 << 16)):
            break
        read += piece
    else:
        os.kill(child, signal.SIGKILL)
    os.close(way)
    _, status = os.waitpid(child, 0)
    return [json.loads(line) for line in bytes(read).split(b"\n")[:-1]], status


def _as_child(works: Sequence[Callable[[], Json]], limit: float, there: int) -> NoReturn:
    status = 1
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
        for work in works:
            signal.setitimer(signal.ITIMER_PROF, limit)
            rest = memoryview(json.dumps(work()).encode() + b"\n")
            while rest:
                rest = rest[os.write(there, rest) :]
        status = 0
    finally:
        os._exit(status)
