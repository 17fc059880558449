"""A duel: two members write the same drill, and who first hands in what passes wins.

asked → going → over; a clock is passed in, and every function returns the duel as it is then

What is handed in counts from the moment it was, not from that of its verdict: while an earlier answer is still being
judged, nobody has won.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from bot.study.drills.attempts import Attempt
from bot.study.refusals import Refusal
from knowledge.bank.drills import Drill

DuelPhase = Literal["asked", "going", "over"]
DuelEnd = Literal["won", "gave_up", "time", "declined", "expired", "left"]

#: How long a challenge may be accepted.
OPEN_S = 900.0
#: A duel lasts so many times as long as an interviewer would give.
_TIMES = 2
#: How long after its time an answer that was handed in before may still be judged.
_GRACE_S = 120.0


@dataclass(frozen=True, slots=True)
class Duellist:
    """One of the two.

    Attributes:
        member_id: who.
        name: as it was shown where they were challenged.
        best: the most checks that an answer of theirs passed.
        tries: answers judged.
        handed: when the answer was handed in that is being judged, Unix time; None where none is.
        passed: when the answer was handed in that passed; None for not yet.
        gave_up: whether they saw the solution.
    """

    member_id: int
    name: str
    best: int = 0
    tries: int = 0
    handed: float | None = None
    passed: float | None = None
    gave_up: bool = False


@dataclass(frozen=True, slots=True)
class Duel:
    """A duel as it is kept.

    Attributes:
        topic: slug of the drill's topic.
        item: `Drill.item`.
        checks: how many the drill has.
        limit_s: how long it may take.
        asked: when it was asked for, Unix time, as all times.
        players: who asked, then who was asked; one of them is missing where they had all deleted.
        phase: where it stands.
        began: when it was accepted.
        ended: when it was over.
        end: how.
    """

    topic: str
    item: str
    checks: int
    limit_s: float
    asked: float
    players: tuple[Duellist, ...]
    phase: DuelPhase = "asked"
    began: float | None = None
    ended: float | None = None
    end: DuelEnd | None = None

    @property
    def until(self) -> float | None:
        """When something happens by itself; None where it is over."""
        if self.phase == "over":
            return None
        return self.asked + OPEN_S if self.began is None else self.began + self.limit_s

    @property
    def winner(self) -> Duellist | None:
        """Who won: who passed first, or the one of two who did not give up."""
        passed = [each for each in self.players if each.passed is not None]
        if self.end == "won":
            return min(passed, key=lambda each: each.passed or 0.0, default=None)
        stayed = [each for each in self.players if not each.gave_up]
        return stayed[0] if self.end == "gave_up" and len(stayed) == 1 else None

    def player(self, member_id: int) -> Duellist | None:
        """Return one of the two; None for anybody else."""
        return next((each for each in self.players if each.member_id == member_id), None)


DuelStep = Callable[[Duel], Duel]


def ask(drill: Drill, challenger: Duellist, rival: Duellist, at: float) -> Duel:
    """Return a duel that was asked for."""
    limit = _TIMES * 60.0 * drill.meta.minutes
    return Duel(drill.topic, drill.item, len(drill.meta.checks), limit, at, (challenger, rival))


def accept(duel: Duel, member_id: int, at: float) -> Duel:
    """Return the duel accepted by who was asked.

    Raises:
        Refusal: it is not theirs to accept, or too late.
    """
    duel = tick(duel, at)
    if duel.phase != "asked":
        raise Refusal("drilling.duel.late")
    if member_id != duel.players[-1].member_id:
        raise Refusal("drilling.duel.not_yours")
    return replace(duel, phase="going", began=at)


def decline(duel: Duel, member_id: int, at: float) -> Duel:
    """Return the duel declined by who was asked, or taken back by who asked.

    Raises:
        Refusal: it is not theirs to decline, or too late.
    """
    duel = tick(duel, at)
    if duel.phase != "asked":
        raise Refusal("drilling.duel.late")
    if duel.player(member_id) is None:
        raise Refusal("drilling.duel.not_yours")
    return replace(duel, phase="over", end="declined", ended=at)


def handed(duel: Duel, member_id: int, at: float) -> Duel:
    """Return the duel while an answer that was handed in `at` is being judged."""
    duel = tick(duel, at)
    player = duel.player(member_id)
    if duel.phase != "going" or player is None or player.passed is not None or player.handed is not None:
        return duel
    return _with(duel, replace(player, handed=at))


def judged(duel: Duel, member_id: int, handed_at: float, right: int | None, at: float) -> Duel:
    """Return the duel after an answer was judged.

    Args:
        duel: before.
        member_id: whose answer.
        handed_at: when it was handed in.
        right: how many checks it passed; None where it could not be judged.
        at: now.
    """
    player = duel.player(member_id)
    if duel.phase != "going" or player is None or duel.began is None:
        return duel
    if player.handed == handed_at:
        player = replace(player, handed=None)
    if right is not None and handed_at <= duel.began + duel.limit_s:
        passed = player.passed
        if right == duel.checks:
            passed = handed_at if passed is None else min(passed, handed_at)
        player = replace(player, best=max(player.best, right), tries=player.tries + 1, passed=passed)
    return tick(_with(duel, player), at)


def give_up(duel: Duel, member_id: int, at: float) -> Duel:
    """Return the duel after one of the two has seen the solution, which leaves it to the other."""
    player = duel.player(member_id)
    if duel.phase != "going" or player is None or player.passed is not None:
        return duel
    return tick(_with(duel, replace(player, gave_up=True)), at)


def restarted(duel: Duel, kept: Mapping[int, Attempt], at: float) -> Duel:
    """Return the duel after the process ended: what was being judged is not judged any more.

    Args:
        duel: as it was kept.
        kept: what its players have done at the drill, by member. The end of a go is kept before the duel hears of it,
            so a process that ended in between leaves a pass, or a solution seen, that the duel takes over here.
        at: now.
    """
    players = tuple(replace(each, handed=None) for each in duel.players)
    if duel.phase == "going" and duel.began is not None:
        players = tuple(_caught_up(duel, duel.began, each, kept.get(each.member_id)) for each in players)
    return tick(replace(duel, players=players), at)


def _caught_up(duel: Duel, began: float, player: Duellist, attempt: Attempt | None) -> Duellist:
    if attempt is None or player.passed is not None:
        return player
    if attempt.passed is not None and began <= attempt.passed <= began + duel.limit_s:
        return replace(player, best=duel.checks, tries=player.tries + 1, passed=attempt.passed)
    return replace(player, gave_up=True) if attempt.seen is not None and attempt.seen >= began else player


def unseen(duel: Duel, at: float) -> Duel:
    """Return the duel whose message never came: nobody can accept what nobody sees, so it keeps nobody from another."""
    return replace(duel, phase="over", end="expired", ended=at) if duel.phase == "asked" else duel


def tick(duel: Duel, at: float) -> Duel:
    """Return the duel as it is `at` a time."""
    if duel.phase == "over":
        return duel
    if len(duel.players) < 2:
        return replace(duel, phase="over", end="left", ended=at)
    until = duel.until
    assert until is not None  # it is not over
    if duel.phase == "asked":
        return replace(duel, phase="over", end="expired", ended=at) if at >= until else duel
    if (end := _end(duel, at, until)) is None:
        return duel
    return replace(duel, phase="over", end=end, ended=at, players=tuple(replace(p, handed=None) for p in duel.players))


def _end(duel: Duel, at: float, until: float) -> DuelEnd | None:
    waiting = [each.handed for each in duel.players if each.handed is not None and at < until + _GRACE_S]
    passed = [each.passed for each in duel.players if each.passed is not None]
    if passed:
        return None if any(handed < min(passed) for handed in waiting) else "won"
    if any(each.gave_up for each in duel.players):
        return "gave_up"
    return "time" if at >= until and not waiting else None


def _with(duel: Duel, player: Duellist) -> Duel:
    players = tuple(player if each.member_id == player.member_id else each for each in duel.players)
    return replace(duel, players=players)
