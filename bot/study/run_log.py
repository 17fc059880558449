"""The state of a run so far, from its events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from runners.models import Artifact, Event, Finished, Output, Started
from runners.walls.table import Wall

#: How much of the end of the output is searched for a claim that failed.
_LAST = 20_000


@dataclass(slots=True)
class RunLog:
    """The state of one run so far; `broken` tells that its counter is applied, so that its claim must fail."""

    broken: bool = False
    wall: Wall | None = None
    chunks: list[str] = field(default_factory=list)
    artifacts: list[Artifact] = field(default_factory=list)
    finished: Finished | None = None
    started_at: float | None = None
    place: int = 0
    restarted: bool = False

    def told(self, place: int) -> None:
        """Take in the place in the queue; 0 when the turn has come."""
        self.place = place

    def add(self, event: Event, now: float) -> None:
        """Take in one event that came at `now` (Unix time)."""
        match event:
            case Started(wall, _):
                self.restarted = self.wall is not None
                self.wall, self.started_at = wall, now
                self.chunks, self.artifacts = [], []  # of a run that began anew, nothing counts that came before
            case Output(_, text):
                self.chunks.append(text)
            case Artifact(name):
                # The same name again is the same file, changed.
                self.artifacts = [*(each for each in self.artifacts if each.name != name), event]
            case Finished():
                self.finished = event

    @property
    def broke(self) -> bool:
        """Whether the claim failed, where it was to."""
        failed = self.finished is not None and self.finished.outcome == "error"
        return self.broken and failed and "AssertionError" in self.output[-_LAST:]

    @property
    def surprise(self) -> Literal["held", "otherwise"] | None:
        """What is unexpected where the claim was to fail: that it held, or that something else failed."""
        if not self.broken or self.broke or self.finished is None:
            return None
        outcome = self.finished.outcome
        return "held" if outcome == "ok" else "otherwise" if outcome == "error" else None

    @property
    def output(self) -> str:
        """All output so far, raw, both streams as they came."""
        return "".join(self.chunks)
