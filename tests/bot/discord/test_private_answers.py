from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from bot.discord import private_answers
from bot.discord.private_answers import PrivateAnswer, PrivateAnswers

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def answer(at: datetime = NOON, member: int = 1) -> PrivateAnswer:
    interaction: Any = SimpleNamespace(created_at=at, user=SimpleNamespace(id=member))
    return PrivateAnswer(interaction)


@pytest.mark.parametrize(("minutes", "found"), [(0, True), (14, True), (14.6, False), (15, False), (600, False)])
def test_a_message_is_reached_for_as_long_as_discord_takes_its_token(minutes: float, found: bool) -> None:
    kept = PrivateAnswers()
    kept.note(5, answer())
    assert (kept.find(5, NOON + timedelta(minutes=minutes)) is not None) == found
    assert kept.find(6, NOON) is None


def test_tokens_that_have_run_out_are_let_go_when_a_new_one_comes() -> None:
    kept = PrivateAnswers()
    for number in range(5):
        kept.note(number, answer(NOON + timedelta(minutes=5 * number)))
    assert len(kept) == 3  # of the minutes 10, 15 and 20


def test_the_newest_way_to_a_message_counts() -> None:
    kept = PrivateAnswers()
    kept.note(5, answer())
    kept.note(5, answer(NOON + timedelta(minutes=10)))
    assert kept.find(5, NOON + timedelta(minutes=20)) is not None


def test_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_answers, "MOST", 3)
    kept = PrivateAnswers()
    for number in range(10):
        kept.note(number, answer())
    assert len(kept) == 3
    assert kept.find(6, NOON) is None
    assert kept.find(7, NOON) is not None


def test_a_member_is_forgotten() -> None:
    kept = PrivateAnswers()
    for number, member in enumerate((1, 2, 1)):
        kept.note(number, answer(member=member))
    kept.forget(1)
    assert [number for number in range(3) if kept.find(number, NOON)] == [1]
