"""What a member asks to run, and the gate of every run on Discord: server settings, cooldown, number of runs at once.

RunRequest → Gate.admitted → runs, or Refusal, which says why in words
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self

from bot.study.refusals import Refusal
from knowledge.bank import parameters
from knowledge.bank.models import MAIN_EXAMPLE, Example, Topic
from runners.models import Finished, Job

if TYPE_CHECKING:
    from bot.study.tutor import Tutor

#: Pauses are forgotten after the longest that any server may ask for.
_LONGEST_PAUSE_S = 3_600.0


class RunRules(Protocol):
    """What the host of a server lets members run."""

    @property
    def runs(self) -> bool:
        """Whether they may run anything."""

    @property
    def run_cooldown_s(self) -> float:
        """Seconds between two runs of one member."""

    @property
    def runs_at_once(self) -> int:
        """Runs of one member at the same time, waiting ones too."""

    @property
    def run_seconds(self) -> float | None:
        """The longest a run may take; None for as long as the machine allows."""

    @property
    def edited_code(self) -> Literal["everyone", "managers", "nobody"]:
        """Who may run code they wrote or changed."""


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What is to be run, as it is kept for the buttons under it.

    Attributes:
        topic: slug; empty for a script of a member's own.
        example: which of the topic's examples.
        changes: values for its parameters, as typed.
        counter: whether its counter is applied.
        code: what a member wrote or rewrote.
        stdin: what the program reads.
        origin: address of the message that the code is from.
    """

    topic: str = ""
    example: str = MAIN_EXAMPLE
    changes: Mapping[str, str] = field(default_factory=dict)
    counter: bool = False
    code: str | None = None
    stdin: str | None = None
    origin: str = ""

    @property
    def own(self) -> bool:
        """Whether it is anything but an untouched example."""
        return bool(self.changes) or self.counter or self.code is not None or self.stdin is not None

    def as_json(self) -> dict[str, Any]:
        """Return it as the store keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return what the store kept; unknown keys are those of another version."""
        known = {name: kept[name] for name in cls.__slots__ if name in kept}
        return cls(**known)


@dataclass(frozen=True, slots=True)
class RunPlan:
    """A run that was checked: what the runner gets, and what it came from.

    Attributes:
        asked: what was asked for.
        job: what the runner gets.
        topic: None for a script of a member's own.
        example: as it stands in the bank.
        changed: whether this is anything but a tested example.
    """

    asked: RunRequest
    job: Job
    topic: Topic | None = None
    example: Example | None = None
    changed: bool = True


def plan(tutor: Tutor, asked: RunRequest, out_dir: Path | None = None) -> RunPlan:
    """Check what was asked for.

    Raises:
        knowledge.bank.errors.KnowledgeError: there is no such topic or example, or a value does not fit.
    """
    if not asked.topic:
        return RunPlan(asked, tutor.plan_script(asked.code or "", stdin=asked.stdin, out_dir=out_dir))
    made = tutor.plan(
        asked.topic, asked.example, changes=asked.changes, counter=asked.counter, edited=asked.code,
        stdin=asked.stdin, out_dir=out_dir,
    )  # fmt: skip
    return RunPlan(asked, made.job, made.topic, made.example, made.changed)


#: What a member presses after a run that did not go well.
Remedy = Literal["input", "values", "edit"]
_LIMITS = frozenset({"timeout", "memory", "output_limit", "disk_limit"})


def remedy(planned: RunPlan, end: Finished) -> Remedy | None:
    """Return what helps after a run; None where there is nothing to mend, or the learner cannot mend it.

    A counter that broke the claim did what it should.
    """
    if {note.key for note in end.notes} & {"no_input", "input_ended"}:
        return "input" if planned.changed else "edit"
    if planned.asked.counter or end.outcome not in _LIMITS | {"error"}:
        return None
    tuned = planned.example is not None and planned.asked.code is None and parameters.parse(planned.example.source)
    return "values" if tuned else "edit"


def within(job: Job, rules: RunRules) -> Job:
    """Return the job with no more time than the host of the server gives it."""
    if rules.run_seconds is None:
        return job
    return replace(job, limits=replace(job.limits, wall_s=min(job.limits.wall_s, rules.run_seconds)))


def source_of(tutor: Tutor, asked: RunRequest) -> str:
    """Return the code that ran, for a member to go on editing.

    Raises:
        knowledge.bank.errors.KnowledgeError: the topic or example is gone, or a value does not fit any more.
    """
    return asked.code if asked.code is not None else plan(tutor, asked).job.script


def values_of(tutor: Tutor, asked: RunRequest) -> dict[str, str]:
    """Return the values that a run had and its example has not: those of the counter, and those that were changed."""
    if not asked.counter:
        return dict(asked.changes)
    name, _, value = tutor.example(asked.topic, asked.example)[1].meta.counter.partition("=")
    return {name: value, **asked.changes}


class Gate:
    """Admits runs: enforces the server's settings, each member's cooldown and number of runs at once.

    Args:
        clock: Unix time.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._going: Counter[int] = Counter()
        self._last: dict[int, float] = {}

    @contextmanager
    def admitted(self, member_id: int, asked: RunRequest, rules: RunRules, *, manages: bool) -> Iterator[None]:
        """Hold a place for one run of a member.

        Args:
            member_id: who asks.
            asked: what for.
            rules: the settings of the server.
            manages: whether the member manages that server.

        Raises:
            Refusal: with the reason to tell.
        """
        now = self._clock()
        self._last = {member: at for member, at in self._last.items() if now - at < _LONGEST_PAUSE_S}
        if not rules.runs:
            raise Refusal("run.refused.off")
        if asked.code is not None and rules.edited_code != "everyone":
            if rules.edited_code == "nobody":
                raise Refusal("run.refused.edited_nobody")
            if not manages:
                raise Refusal("run.refused.edited_managers")
        if self._going[member_id] >= rules.runs_at_once:
            raise Refusal("run.refused.busy", count=rules.runs_at_once)
        free = self._last.get(member_id, float("-inf")) + rules.run_cooldown_s
        if now < free:
            raise Refusal("run.refused.cooldown", at=int(free) + 1)
        self._last[member_id] = now
        self._going[member_id] += 1
        try:
            yield
        finally:
            self._going[member_id] -= 1
            self._going = +self._going
