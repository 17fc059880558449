"""The state of one whole interview: its parts, its clock, what became of each part. Pure: time is passed in.

begin → (typed → settled | skip)* → ended, with pause and back at any point

A part takes at most `PATIENCE` times its share off the clock, so nobody who leaves without a word, or whose Epoch is
restarted, loses more than that. Every step names the part it is meant for; one that comes too late changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from knowledge.bank.models import Lang

PartKind = Literal["open", "follow_up", "bug", "drill"]
#: `answered`, `skipped` by the learner, `gone` from the bank or without a follow-up, `untimely`: the clock ran out
#: before it, or the learner ended the interview.
PartEnd = Literal["answered", "skipped", "gone", "untimely"]
#: How often its share a part may take off the clock.
PATIENCE = 2.0
#: Minutes of a whole interview.
LEAST, USUAL, MOST = 15, 45, 180


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an interview.

    Attributes:
        kind: what is to be done.
        topic: slug of its topic.
        item: id of the quiz item, or the drill's `item`; empty for a follow-up that a unit asks, or not chosen yet.
        unit: id of the unit whose lead asks a follow-up.
        points: numbers of the topic's key points that an answer is held against.
        question: a bug to find as it is shown, so that a new bank changes no interview under way.
        share_s: its share of the clock, in seconds.
        spent_s: seconds it took off the clock so far.
        opened: when it was first shown, in Unix time.
        answer: what was typed, or the letter; kept before it is judged.
        end: how it ended; None while it has not.
        made: key points that were made for sure.
        unsure: key points that perhaps were.
        passed: whether the bug was found, or the drill passed.
        tries: answers to the drill that were judged.
        hints: hints seen at the drill.
    """

    kind: PartKind
    topic: str
    item: str = ""
    unit: str = ""
    points: tuple[int, ...] = ()
    question: Mapping[str, Any] | None = None
    share_s: float = 0.0
    spent_s: float = 0.0
    opened: float | None = None
    answer: str | None = None
    end: PartEnd | None = None
    made: tuple[int, ...] = ()
    unsure: tuple[int, ...] = ()
    passed: bool | None = None
    tries: int = 0
    hints: int = 0

    @property
    def missed(self) -> tuple[int, ...]:
        """The points that were asked for and not made, not even perhaps."""
        return tuple(point for point in self.points if point not in self.made and point not in self.unsure)


@dataclass(frozen=True, slots=True)
class Loop:
    """One whole interview.

    Attributes:
        id: its number; 0 before it is stored.
        member_id: whose.
        role: name of the role.
        lang: language of its questions.
        limit_s: the clock, in seconds.
        began: when, in Unix time.
        parts: in the order in which they are asked.
        at: number of the part that is asked now, from 0.
        shown: since when the clock runs, in Unix time; None while it stands still.
        ended: when it was over; None while it goes on.
    """

    id: int
    member_id: int
    role: str
    lang: Lang
    limit_s: float
    began: float
    parts: tuple[Part, ...]
    at: int = 0
    shown: float | None = None
    ended: float | None = None

    @property
    def part(self) -> Part | None:
        """The part that is asked now; None when it is over."""
        return self.parts[self.at] if self.ended is None and self.at < len(self.parts) else None


#: What is stored → what is to be stored.
LoopStep = Callable[[Loop], Loop]


def begin(
    member_id: int, role: str, lang: Lang, limit_s: float, parts: Sequence[tuple[Part, float]], now: float
) -> Loop:
    """Return an interview whose first part is asked.

    Args:
        member_id: whose.
        role: name of the role.
        lang: language of its questions.
        limit_s: the clock, in seconds.
        parts: each with the minutes it is worth, which are stretched to fill the clock.
        now: Unix time.
    """
    total = sum(minutes for _, minutes in parts)
    shared = [replace(part, share_s=limit_s * minutes / total) for part, minutes in parts]
    return _shown(Loop(0, member_id, role, lang, limit_s, now, tuple(shared)), now)


def part_spent(loop: Loop, now: float) -> float:
    """Return how many seconds the part that is asked has taken off the clock."""
    part = loop.part
    if part is None or loop.shown is None:
        return part.spent_s if part is not None else 0.0
    room = max(part.share_s * PATIENCE - part.spent_s, 0.0)
    return part.spent_s + min(max(now - loop.shown, 0.0), room)


def spent(loop: Loop, now: float) -> float:
    """Return how many seconds of the clock are gone."""
    running = part_spent(loop, now) - loop.part.spent_s if loop.part is not None else 0.0
    return sum(part.spent_s for part in loop.parts) + running


def left(loop: Loop, now: float) -> float:
    """Return how many seconds of the clock are left."""
    return max(loop.limit_s - spent(loop, now), 0.0)


def pause(loop: Loop, number: int, now: float) -> Loop:
    """Stop the clock."""
    return _stopped(loop, now) if _meant(loop, number) else loop


def back(loop: Loop, now: float) -> Loop:
    """Let the clock run again for who comes back; it is over where nothing is left of it.

    An answer that waits to be judged keeps the clock still: it was given in time.
    """
    if loop.part is None or loop.part.answer is not None:
        return loop
    loop = _stopped(loop, now)
    return _shown(loop, now) if left(loop, now) > 0 else finish(loop, now)


def typed(loop: Loop, number: int, answer: str, now: float) -> Loop:
    """Keep an answer and stop the clock; the first one to a part counts."""
    if not _meant(loop, number) or loop.parts[number].answer is not None:
        return loop
    return _with(_stopped(loop, now), number, answer=answer)


def untyped(loop: Loop, number: int, now: float) -> Loop:
    """Take an answer back that cannot be judged; the clock runs on."""
    if not _meant(loop, number) or loop.parts[number].answer is None:
        return loop
    return _shown(_with(loop, number, answer=None), now)


def settled(
    loop: Loop,
    number: int,
    now: float,
    *,
    made: Sequence[int] = (),
    unsure: Sequence[int] = (),
    passed: bool | None = None,
    tries: int = 0,
    hints: int = 0,
    follow_up: Part | None = None,
) -> Loop:
    """End a part by what its answer came to, and go on.

    Args:
        loop: as it is.
        number: of the part.
        now: Unix time.
        made: key points made for sure.
        unsure: key points that perhaps were.
        passed: whether the bug was found, or the drill passed.
        tries: answers to the drill.
        hints: hints seen at the drill.
        follow_up: what is asked next, where the next part is a follow-up; None where there is none.
    """
    if not _meant(loop, number):
        return loop
    loop = _with(
        _stopped(loop, now), number, end="answered", made=tuple(made), unsure=tuple(unsure), passed=passed,
        tries=tries, hints=hints,
    )  # fmt: skip
    return _onward(_followed(loop, number, follow_up, "gone"), now)


def skip(loop: Loop, number: int, now: float, end: PartEnd = "skipped") -> Loop:
    """Leave a part out, and the follow-up to it."""
    if not _meant(loop, number):
        return loop
    loop = _with(_stopped(loop, now), number, end=end)
    return _onward(_followed(loop, number, None, end), now)


def finish(loop: Loop, now: float) -> Loop:
    """End it; what was not asked yet stays unasked."""
    if loop.ended is not None:
        return loop
    loop = _stopped(loop, now)
    parts = tuple(part if part.end is not None else replace(part, end="untimely") for part in loop.parts)
    return replace(loop, parts=parts, ended=now)


def as_json(loop: Loop) -> dict[str, Any]:
    """Return what the columns of a database do not have, as JSON can hold it."""
    parts = [asdict(part) for part in loop.parts]
    return {"limit_s": loop.limit_s, "at": loop.at, "shown": loop.shown, "parts": parts}


def parts_of(document: Mapping[str, Any]) -> tuple[Part, ...]:
    """Return the parts that `as_json` wrote; what another version wrote beside it is left out."""

    def part(each: Mapping[str, Any]) -> Part:
        values: dict[str, Any] = {name: value for name, value in each.items() if name in Part.__dataclass_fields__}
        return Part(**{**values, **{name: tuple(values.get(name, ())) for name in ("points", "made", "unsure")}})

    return tuple(map(part, document["parts"]))


def _meant(loop: Loop, number: int) -> bool:
    return loop.part is not None and loop.at == number


def _with(loop: Loop, number: int, **changes: Any) -> Loop:  # noqa: ANN401 - fields of a part
    parts = list(loop.parts)
    parts[number] = replace(parts[number], **changes)
    return replace(loop, parts=tuple(parts))


def _stopped(loop: Loop, now: float) -> Loop:
    if loop.part is None or loop.shown is None:
        return loop
    return replace(_with(loop, loop.at, spent_s=part_spent(loop, now)), shown=None)


def _shown(loop: Loop, now: float) -> Loop:
    if loop.part is None:
        return loop
    opened = now if loop.part.opened is None else loop.part.opened
    return replace(_with(loop, loop.at, opened=opened), shown=now)


def _followed(loop: Loop, number: int, follow_up: Part | None, otherwise: PartEnd) -> Loop:
    """Fill in the follow-up to a part that has ended."""
    if loop.parts[number].kind != "open" or number + 1 >= len(loop.parts):
        return loop
    following = loop.parts[number + 1]
    if following.kind != "follow_up" or following.end is not None:
        return loop
    if follow_up is None:
        return _with(loop, number + 1, end=otherwise)
    return _with(loop, number + 1, item=follow_up.item, unit=follow_up.unit, points=follow_up.points)


def _onward(loop: Loop, now: float) -> Loop:
    """Ask the next part that is not over; the interview is, where there is none or the clock has run out."""
    following = next((n for n in range(loop.at + 1, len(loop.parts)) if loop.parts[n].end is None), None)
    if following is None or left(loop, now) <= 0:
        return finish(loop, now)
    return _shown(replace(loop, at=following), now)
