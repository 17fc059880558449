"""What is kept in memory is kept for a while, for so many, and no longer."""

from __future__ import annotations

import pytest

from bot.study import cooldowns, discussions
from bot.study.cooldowns import Cooldowns
from bot.study.discussions import KEPT_S, Discussions
from bot.study.shown import PagePlace

GAN, CNN = PagePlace("gan", "en", "how", "js"), PagePlace("cnn", "zh", "answer")


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_discussion_belongs_to_a_member_and_a_channel_and_ends_with_a_long_pause() -> None:
    clock = Clock()
    kept = Discussions(clock)
    kept.note(1, 2, GAN)
    kept.note(None, 2, CNN)
    assert kept.shown(1, 2) == GAN
    assert (kept.shown(1, 3), kept.shown(3, 2), kept.shown(None, 2)) == (None, None, None)
    clock.now += KEPT_S
    assert kept.shown(1, 2) == GAN
    clock.now += 1
    assert kept.shown(1, 2) is None
    assert len(kept) == 0


def test_the_oldest_discussions_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discussions, "MOST", 3)
    kept = Discussions(Clock())
    for member in (1, 2, 3, 1, 4):
        kept.note(9, member, GAN)
    assert [kept.shown(9, member) for member in (1, 2, 3, 4)] == [GAN, None, GAN, GAN]


def test_a_key_waits_as_long_as_it_was_told() -> None:
    clock = Clock()
    kept = Cooldowns(clock)
    assert kept.wait("a") == 0
    kept.take({"a": 10, "b": float("inf")})
    clock.now += 4
    assert kept.wait("a") == 6
    clock.now += 6
    assert not kept.spent("a")
    assert kept.spent("b")


def test_of_keys_that_wait_the_oldest_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cooldowns, "MOST", 2)
    kept = Cooldowns(Clock())
    kept.take({"b": float("inf"), "c": 1})
    assert kept.spent("b")
    kept.take({"d": 1})
    assert [kept.spent(key) for key in "bcd"] == [False, True, True], "so many keys and no more"
