"""Two members who practise: one asks a question and marks the key points that were made, the other answers.

ask → accept | close,  then (mark | remark | answer → judged)* → close

Pure: time is passed in. What the interviewer marks and what Epoch makes of a written answer stay apart to the end, so
that neither leans on the other. A step by somebody whose step it is not, or that comes too late, changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from knowledge.bank.models import Lang

PairPhase = Literal["asked", "going", "over"]
PairPart = Literal["interviewer", "candidate"]
#: What each of the two said of a point: made for sure, perhaps, not.
PointMark = Literal["made", "perhaps", "missed"]
#: The longest comment, in characters.
COMMENT = 1_000


@dataclass(frozen=True, slots=True)
class Side:
    """What one of the two has done.

    Attributes:
        member_id: who.
        text: the interviewer's comment, or the candidate's answer where it was written; empty for none.
        points: key points of the topic that were made, by the interviewer or by the grader; None before they said.
        unsure: those that perhaps were, by the grader.
    """

    member_id: int
    text: str = ""
    points: tuple[int, ...] | None = None
    unsure: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """A question that one member asks another.

    Attributes:
        id: its number; 0 before it is stored.
        lang: of the question.
        topic: its slug.
        item: id of the open question.
        asked: when it was offered, in Unix time.
        interviewer: who asks; None where all of theirs was deleted.
        candidate: who answers; None as well.
        phase: `asked` until the candidate accepts; nothing is shown of the question before.
        begun: whether the candidate has accepted.
        ended: when it was over.
    """

    id: int
    lang: Lang
    topic: str
    item: str
    asked: float
    interviewer: Side | None
    candidate: Side | None
    phase: PairPhase = "asked"
    begun: bool = False
    ended: float | None = None

    def part(self, member_id: int) -> PairPart | None:
        """Return which of the two a member is; None for anybody else."""
        if self.interviewer is not None and self.interviewer.member_id == member_id:
            return "interviewer"
        return "candidate" if self.candidate is not None and self.candidate.member_id == member_id else None


#: What is stored → what is to be stored.
PairStep = Callable[[Pair], Pair]


def accept(pair: Pair, member_id: int) -> Pair:
    """Begin, for the candidate has agreed."""
    if pair.phase != "asked" or pair.part(member_id) != "candidate":
        return pair
    return replace(pair, phase="going", begun=True)


def close(pair: Pair, member_id: int, now: float) -> Pair:
    """End it, decline it or take it back; either of the two may."""
    if pair.phase == "over" or pair.part(member_id) is None:
        return pair
    return replace(pair, phase="over", ended=now)


def mark(pair: Pair, member_id: int, points: Collection[int]) -> Pair:
    """Keep which points the interviewer says were made."""
    side = _acting(pair, member_id, "interviewer")
    return pair if side is None else replace(pair, interviewer=replace(side, points=tuple(sorted(points))))


def remark(pair: Pair, member_id: int, comment: str) -> Pair:
    """Keep the interviewer's comment."""
    side = _acting(pair, member_id, "interviewer")
    return pair if side is None else replace(pair, interviewer=replace(side, text=comment[:COMMENT]))


def answer(pair: Pair, member_id: int, text: str) -> Pair:
    """Keep a written answer, before it is judged; a later one takes its place."""
    side = _acting(pair, member_id, "candidate")
    return pair if side is None else replace(pair, candidate=Side(side.member_id, text))


def judged(pair: Pair, text: str, made: Sequence[int], unsure: Sequence[int]) -> Pair:
    """Keep what the grader made of an answer, unless another has taken its place meanwhile."""
    side = pair.candidate
    if side is None or side.text != text:
        return pair
    return replace(pair, candidate=replace(side, points=tuple(made), unsure=tuple(unsure)))


def marks(side: Side | None, points: Sequence[int]) -> list[PointMark] | None:
    """Return what one of the two opinions says of each point; None where it says nothing."""
    if side is None or side.points is None:
        return None
    made, perhaps = set(side.points), set(side.unsure)
    return ["perhaps" if each in perhaps else "made" if each in made else "missed" for each in points]


def differ(first: PointMark, second: PointMark) -> bool:
    """Tell whether two opinions of a point are opposites; one in doubt contradicts neither."""
    return {first, second} == {"made", "missed"}


def _acting(pair: Pair, member_id: int, part: PairPart) -> Side | None:
    if pair.phase != "going" or pair.part(member_id) != part:
        return None
    return pair.interviewer if part == "interviewer" else pair.candidate
