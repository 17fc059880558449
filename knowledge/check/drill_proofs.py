"""What must be proven of a drill by running: its solution passes, and everything else is noticed.

    drill → proofs → a job a variant → judge → problems
                                     ↘ proven → Proven, the figures

One job tries all answers of a drill with NumPy: the solution, the start, every known mistake and every mutant of the
solution, at each seed. Another one tries solution and start with PyTorch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from knowledge.bank.drills import Drill, Variant
from knowledge.bank.models import Problem
from knowledge.check.drills import place
from knowledge.check.mutants import Mutant, mutants
from knowledge.check.running import Result
from knowledge.check.texts import problem
from knowledge.grading.drills import trying
from knowledge.grading.drills.shipping import program
from knowledge.grading.drills.trying import Answer, Task, Tried
from runners.models import Job, Limits

#: Seeds of the probes at least.
MIN_SEEDS = 3
#: Of the mutants that are not signed off, what must fail.
MIN_SHARE = 0.97
#: What all calls of a good answer may take in one judgement, in seconds.
MAX_SECONDS = 0.25
#: A few hundred answers, some of which loop until they are ended.
_LIMITS = Limits(wall_s=600.0, cpu_s=240.0)
_MODULES = ("codec", "calling", "judging", "trying")
_FILES: dict[Variant, tuple[str, str]] = {
    "numpy": ("start.py", "solution.py"),
    "torch": ("start_torch.py", "solution_torch.py"),
}


@dataclass(frozen=True, slots=True)
class Proven:
    """What the run of a drill showed about its mutants.

    Attributes:
        made: all of them.
        killed: those that failed at every seed.
        survivors: those that passed at one seed or more and are not signed off.
        signed: those that passed at every seed and are.
        stale: what is signed off and either failed at a seed or is no mutant, with whether it is one.
    """

    made: int
    killed: int
    survivors: tuple[Mutant, ...]
    signed: tuple[Mutant, ...]
    stale: tuple[tuple[str, str, bool], ...]

    @property
    def share(self) -> float:
        """Of the mutants not signed off, the share that failed at every seed."""
        counted = self.made - len(self.signed)
        return self.killed / counted if counted else 1.0


def job(drill: Drill, variant: Variant, seeds: int) -> Job:
    """Return the run that tries a drill's answers with `seeds` seeds, but three at least."""
    sources = drill.variants[variant]
    answers = [Answer("solution", sources.solution), Answer("start", sources.start)]
    if variant == "numpy":
        answers += [Answer(name, source) for name, source in drill.mistakes.items()]
        answers += [
            Answer(str(number), each.source, True)
            for number, each in enumerate(_mutants(drill.variants["numpy"].solution))
        ]
    task = Task(
        judge=drill.judge,
        function=drill.meta.function,
        checks=tuple(drill.meta.checks),
        seeds=tuple(range(1, max(seeds, MIN_SEEDS) + 1)),
        solution=sources.solution,
        mistakes=drill.mistakes if variant == "numpy" else {},
        answers=tuple(answers),
        torch=variant == "torch",
    )
    return Job(program(_MODULES, task.packed()), name=f"prove_{_FILES[variant][1]}", limits=_LIMITS)


@cache
def _mutants(solution: str) -> tuple[Mutant, ...]:
    try:
        return tuple(mutants(solution))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()  # the rules that need no run say that it is no Python


def judged(drill: Drill, variant: Variant, result: Result) -> Iterator[Problem]:
    """Yield what is wrong with a drill, by the run of its answers."""
    file, tried = place(drill, "judge.py"), _read(result)
    if isinstance(tried, str):
        yield problem(file, f"cannot be proven: {tried}", "make its answers run")
        return
    solution, start, *rest = tried
    first, answer = (place(drill, each) for each in _FILES[variant])
    if not solution.right:
        yield problem(answer, f"does not pass: {solution.why or solution.ended}", "mend the solution or the judge")
    elif variant == "numpy" and solution.seconds > MAX_SECONDS:
        what = f"takes {solution.seconds:.2f} s for the probes"
        yield problem(answer, what, f"give them less to do: {MAX_SECONDS} s at most")
    if start.right:
        yield problem(first, "passes every check", "raise NotImplementedError, or probe for what is to be written")
    if variant == "numpy":
        count = len(drill.mistakes)
        for each in rest[:count]:
            yield from _mistake(drill, each)
        if solution.right:
            yield from _of_mutants(drill, proven(drill, result))


def _mistake(drill: Drill, tried: Tried) -> Iterator[Problem]:
    path = place(drill, f"mistakes/{tried.name}.py")
    if tried.right:
        yield problem(path, "passes every check", "probe for what is wrong with it")
        return
    if tried.ended is not None:
        yield problem(path, f"ends otherwise ({tried.ended})", "write it so that it gives something back")
        return
    others = {name for told in tried.told for name in told} - {tried.name}
    for name in sorted(others):
        yield problem(path, f"gives the same as '{name}' on every probe", "probe for what tells them apart")


def _of_mutants(drill: Drill, shown: Proven) -> Iterator[Problem]:
    path = place(drill, "solution.py")
    if shown.share < MIN_SHARE:
        what = f"{shown.killed} of {shown.made - len(shown.signed)} changed solutions are noticed"
        yield problem(path, what, f"probe for more: at least {MIN_SHARE:.0%}")
        for each in shown.survivors:
            what = f"line {each.number}: '{each.line}' passes as '{each.becomes}'"
            yield problem(path, what, "probe for it, or sign it off under [[equivalent]] with the reason")
    for line, becomes, there in shown.stale:
        what = f"signs off '{line}' as '{becomes}', which is no change that is tried"
        if there:
            what = f"signs off '{line}' as '{becomes}', which is noticed"
        yield problem(place(drill), what, "remove it")


def proven(drill: Drill, result: Result) -> Proven:
    """Return the figures of a drill's mutants, by the run of its answers with NumPy.

    Raises:
        ValueError: the run did not come to its end.
    """
    tried = _read(result)
    if isinstance(tried, str):
        raise ValueError(tried)
    made = _mutants(drill.variants["numpy"].solution)
    came = tried[len(tried) - len(made) :]
    left = [each for each, outcome in zip(made, came, strict=True) if not outcome.noticed]
    wanted = {(each.line, each.becomes) for each in drill.meta.equivalent}
    same = {(each.line, each.becomes) for each, outcome in zip(made, came, strict=True) if outcome.right} & wanted
    signed = tuple(each for each in left if (each.line, each.becomes) in same)
    known = {(each.line, each.becomes) for each in made}
    return Proven(
        made=len(made),
        killed=len(made) - len(left),
        survivors=tuple(each for each in left if each not in signed),
        signed=signed,
        stale=tuple((*each, each in known) for each in sorted(wanted - same)),
    )


def _read(result: Result) -> list[Tried] | str:
    if not result.ok:
        return result.reason
    try:
        return trying.read(result.stdout)
    except ValueError as error:
        return str(error)
