from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.study.door import MOST, Door, RateLimit
from bot.study.refusals import Refusal


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_minutes_worth_may_be_asked_at_once_and_then_one_at_a_time() -> None:
    clock = Clock()
    door = Door(clock, per_member=3, per_server=100)
    for _ in range(3):
        door.ask(1, 9)
    with pytest.raises(Refusal) as refused:
        door.ask(1, 9)
    assert (refused.value.key, refused.value.values) == ("discord.refused.pace_member", {"count": 3, "at": 1_021})
    door.ask(2, 9)  # nobody waits for another
    clock.now = 1_020.0
    door.ask(1, 9)
    with pytest.raises(Refusal):
        door.ask(1, 9)


def test_a_servers_members_share_its_minute_and_direct_messages_do_not_count() -> None:
    door = Door(Clock(), per_member=10, per_server=2)
    door.ask(1, 9)
    door.ask(2, 9)
    with pytest.raises(Refusal) as refused:
        door.ask(3, 9)
    assert refused.value.key == "discord.refused.pace_server"
    door.ask(3, None)
    door.ask(3, 8)


def test_what_is_refused_does_not_count() -> None:
    clock = Clock()
    pace = RateLimit(clock)
    rates = {("member", 1): 1}
    assert not pace.take(rates)
    for _ in range(50):
        assert pace.take(rates)
    clock.now += 60.0
    assert not pace.take(rates)


@given(st.lists(st.floats(0, 30), max_size=60), st.integers(1, 20))
def test_no_more_than_twice_the_rate_comes_through_in_any_minute(pauses: list[float], rate: int) -> None:
    clock = Clock()
    pace = RateLimit(clock)
    taken = []
    for pause in pauses:
        clock.now += pause
        if not pace.take({("member", 1): rate}):
            taken.append(clock.now)
    for at in taken:
        assert sum(at <= each < at + 60 for each in taken) <= 2 * rate


def test_what_is_kept_is_bounded() -> None:
    pace = RateLimit(Clock())
    for member in range(MOST + 50):
        pace.take({("member", member): 1})
    assert not pace.take({("member", 0): 1}), "the oldest is forgotten"
    assert pace.take({("member", MOST + 49): 1}), "the newest is not"


def test_a_member_is_told_once_until_they_may_ask_again() -> None:
    clock = Clock()
    door = Door(clock, per_member=1, per_server=1)
    assert [door.told(1, 1_020.0) for _ in range(3)] == [False, True, True]
    clock.now = 1_020.0
    assert not door.told(1, 1_040.0)


def test_who_is_blocked_is_named_and_nobody_else() -> None:
    door = Door(Clock(), per_member=1, per_server=1)
    assert door.blocks(1, 9) is None
    door.block({1}, {9})
    assert door.blocks(1, None) == door.blocks(1, 9) == "discord.refused.member"
    assert door.blocks(2, 9) == door.blocks(None, 9) == "discord.refused.server"
    assert door.blocks(2, None) is None
    door.block((), ())
    assert door.blocks(1, 9) is None
