"""Points: right or wrong first, speed second, a little for a streak. Wrong costs nothing.

All of it is a function of what was asked and answered, never of the order in which answers arrived.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

RIGHT = 1000
#: The most that speed can add; it falls evenly to nothing at the end of the question.
SPEED = 500
#: For the second right answer in a row and each after it, up to three times.
STREAK = 100
STREAKS = 3


def points(*, correct: bool, elapsed: float, read_s: float, seconds: float, streak: int) -> int:
    """Return the points of one answer.

    Args:
        correct: whether it is right.
        elapsed: seconds from the question to the press that counts.
        read_s: before this nobody can have read it: a press so early gets nothing for its speed.
        seconds: how long the question was open.
        streak: right answers in a row, with this one.
    """
    if not correct:
        return 0
    speed = 0.0
    if elapsed >= read_s and seconds > read_s:
        speed = SPEED * max(0.0, min(1.0, (seconds - elapsed) / (seconds - read_s)))
    return RIGHT + round(speed) + STREAK * min(max(streak - 1, 0), STREAKS)


@dataclass(frozen=True, slots=True)
class Standing:
    """A place in the round's table; who has the same points has the same place."""

    place: int
    member_id: int
    points: int
    correct: int


@dataclass(frozen=True, slots=True)
class TeamStanding:
    """A team's place: the mean of its members' points, so that its size is no advantage."""

    place: int
    team: int
    points: int
    members: int


def standings(totals: Mapping[int, tuple[int, int]]) -> tuple[Standing, ...]:
    """Return the table of members from their (points, right answers)."""
    ranked = sorted(totals.items(), key=lambda entry: (-entry[1][0], entry[0]))
    places = _places([total for _, (total, _) in ranked])
    return tuple(
        Standing(place, member, total, right) for place, (member, (total, right)) in zip(places, ranked, strict=True)
    )


def team_standings(members: Iterable[tuple[int, int]]) -> tuple[TeamStanding, ...]:
    """Return the table of teams from each member's (team, points)."""
    teams: dict[int, list[int]] = {}
    for team, total in members:
        teams.setdefault(team, []).append(total)
    means = sorted(((round(sum(all_) / len(all_)), team, len(all_)) for team, all_ in teams.items()),
                   key=lambda entry: (-entry[0], entry[1]))  # fmt: skip
    places = _places([mean for mean, _, _ in means])
    return tuple(TeamStanding(place, team, mean, size) for place, (mean, team, size) in zip(places, means, strict=True))


def _places(ranked: Sequence[int]) -> list[int]:
    return [ranked.index(total) + 1 for total in ranked]
