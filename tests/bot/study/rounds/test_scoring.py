from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.study.rounds.scoring import RIGHT, SPEED, STREAK, STREAKS, points, standings, team_standings

elapsed = st.floats(-5, 100)


def won(at: float, *, correct: bool = True, streak: int = 1) -> int:
    return points(correct=correct, elapsed=at, read_s=2.0, seconds=30.0, streak=streak)


@given(elapsed, st.integers(0, 10))
def test_wrong_costs_nothing_and_earns_nothing(at: float, streak: int) -> None:
    assert won(at, correct=False, streak=streak) == 0


@given(elapsed, elapsed, st.integers(1, 9), st.integers(1, 9))
def test_correctness_outweighs_speed_and_streaks_together(one: float, other: float, a: int, b: int) -> None:
    assert RIGHT <= won(one, streak=a) < 2 * won(other, streak=b)


@given(st.floats(2, 30), st.floats(2, 30))
def test_sooner_is_never_worse_once_one_can_have_read(one: float, other: float) -> None:
    first, second = sorted((one, other))
    assert won(first) >= won(second)


@given(st.floats(-5, 1.999))
def test_a_press_before_one_can_have_read_earns_nothing_for_its_speed(at: float) -> None:
    assert won(at) == RIGHT
    assert won(2.0) == RIGHT + SPEED


def test_a_streak_adds_up_to_its_limit() -> None:
    assert [won(30, streak=n) - RIGHT for n in (0, 1, 2, 3, 4, 5, 50)] == [
        0, 0, STREAK, 2 * STREAK, STREAKS * STREAK, STREAKS * STREAK, STREAKS * STREAK,
    ]  # fmt: skip


def test_the_same_points_share_a_place() -> None:
    table = standings({1: (10, 1), 2: (30, 2), 3: (10, 1), 4: (5, 1)})
    assert [(row.place, row.member_id) for row in table] == [(1, 2), (2, 1), (2, 3), (4, 4)]


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 5000)), min_size=1))
def test_a_team_counts_by_the_mean_of_its_members(members: list[tuple[int, int]]) -> None:
    table = team_standings(members)
    assert sum(row.members for row in table) == len(members)
    for row in table:
        mine = [total for team, total in members if team == row.team]
        assert min(mine) <= row.points <= max(mine)
    assert team_standings([*members, *members]) == tuple(
        type(row)(row.place, row.team, row.points, 2 * row.members) for row in table
    ), "twice the members are no advantage"
