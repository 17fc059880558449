"""What came of a whole interview: points made and missed, time, what changed since last time, what to study next."""

from __future__ import annotations

from dataclasses import dataclass

from bot.study.loops.machine import Loop, Part

#: Topics that are named to study next.
NEXT = 3


@dataclass(frozen=True, slots=True)
class InterviewTally:
    """An interview in figures.

    Attributes:
        made: points made for sure.
        unsure: points that perhaps were.
        asked: points asked for, those of questions left out with them.
        bug: whether the bug was found; None where none was asked.
        drill: whether the drill passed; None where none was asked.
        seconds: that it took off the clock.
    """

    made: int
    unsure: int
    asked: int
    bug: bool | None
    drill: bool | None
    seconds: float

    @property
    def share(self) -> float:
        """Share of the points asked for that were made, those that are unsure by half; 0 where none was asked for."""
        return (self.made + self.unsure / 2) / self.asked if self.asked else 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """What came of an interview.

    Attributes:
        loop: the interview.
        now: its figures.
        before: those of the one before it, of the same role; None for the first.
        missed: topic and point of what answers missed, in the order in which it was asked.
        mended: topic and point of what was missed last time and made now.
        again: topic and point of what was missed both times.
        study: topics to study next, the most missed first, each with how many points were missed.
    """

    loop: Loop
    now: InterviewTally
    before: InterviewTally | None
    missed: tuple[tuple[str, int], ...]
    mended: tuple[tuple[str, int], ...]
    again: tuple[tuple[str, int], ...]
    study: tuple[tuple[str, int], ...]


def report(loop: Loop, before: Loop | None = None) -> Report:
    """Return what came of an interview, beside the one before it."""
    made, missed = _points(loop)
    missed_then = _points(before)[1] if before is not None else {}
    return Report(
        loop,
        tally(loop),
        tally(before) if before is not None else None,
        tuple(missed),
        tuple(each for each in made if each in missed_then),
        tuple(each for each in missed if each in missed_then),
        _study(loop),
    )


def tally(loop: Loop) -> InterviewTally:
    """Return an interview in figures. What was not reached or left out counts as missed, what had gone does not."""
    parts = [part for part in loop.parts if part.end != "gone"]
    return InterviewTally(
        sum(len(part.made) for part in parts),
        sum(len(part.unsure) for part in parts),
        sum(len(part.points) for part in parts),
        next((bool(part.passed) for part in parts if part.kind == "bug"), None),
        next((bool(part.passed) for part in parts if part.kind == "drill"), None),
        sum(part.spent_s for part in parts),
    )


def _points(loop: Loop) -> tuple[dict[tuple[str, int], None], dict[tuple[str, int], None]]:
    """Return the points made in any part, and those missed in all that asked for them; sets that keep their order."""
    made = {(part.topic, point): None for part in loop.parts for point in part.made}
    perhaps = {(part.topic, point) for part in loop.parts for point in part.unsure}
    missed = {(part.topic, point): None for part in loop.parts if part.end == "answered" for point in part.missed}
    return made, {each: None for each in missed if each not in made and each not in perhaps}


def _study(loop: Loop) -> tuple[tuple[str, int], ...]:
    lacks: dict[str, float] = {}
    lacking: dict[str, set[int]] = {}
    for part in loop.parts:
        lacks[part.topic] = lacks.get(part.topic, 0.0) + _lack(part)
        if part.end != "gone":
            lacking.setdefault(part.topic, set()).update(part.points)
    for part in loop.parts:
        lacking.get(part.topic, set()).difference_update(part.made)
    worst = sorted((topic for topic in lacks if lacks[topic] > 0), key=lambda topic: -lacks[topic])[:NEXT]
    return tuple((topic, len(lacking.get(topic, ()))) for topic in worst)


def _lack(part: Part) -> float:
    """Return how much of a part is to be learned, from 0 to 1."""
    if part.end == "gone":
        return 0.0
    if part.kind in ("bug", "drill"):
        return 0.0 if part.passed else 1.0
    if not part.points:
        return 0.0
    return 1 - (len(part.made) + len(part.unsure) / 2) / len(part.points)


def shown(part: Part) -> bool:
    """Tell whether a part belongs into a report: a follow-up that there was none of does not."""
    return part.kind != "follow_up" or bool(part.item or part.unit) or part.end != "gone"
