from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.bench import checkout
from bot.cli import app
from bot.settings import Settings
from knowledge.bank.loader import load_bank
from tests.bench import discord as bench


def figures(epoch: float, bare: float = 0.1, slowest: float = 0.0) -> dict[str, object]:
    times = [[epoch] * 99 + [max(epoch, slowest)]] * 3
    return bench.summary({"epoch": times, "bare": [[bare] * 100] * 3}, [[1.0] * 100] * 3)


def test_the_ratio_that_must_hold_comes_first() -> None:
    found = figures(0.15)
    assert next(iter(found.items())) == ("ack_p99_epoch_to_bare", 1.5)
    assert found["held"]
    assert (found["interactions"], found["in_flight"], found["answer_p50_ms"]) == (300, 100, 1000)


@pytest.mark.parametrize(("epoch", "slowest"), [(0.21, 0.0), (0.05, 3.1)], ids=["ratio", "limit"])
def test_one_of_both_missed_is_missed(epoch: float, slowest: float) -> None:
    assert not figures(epoch, slowest=slowest)["held"]


@pytest.mark.parametrize("command", ["discord", "serve", "quiz"])
def test_without_a_checkout_the_command_says_what_it_needs(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkout, "__file__", str(tmp_path / "bot" / "bench" / "checkout.py"))
    result = CliRunner().invoke(app, ["bench", command], obj=Settings(_env_file=None))  # type: ignore[call-arg]
    assert result.exit_code == 1
    assert "checkout of the repository" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_in_a_checkout_the_labelled_answers_are_found() -> None:
    labels = checkout.module("labels")
    assert labels.FITTED.is_file()
    assert labels.HELD.is_file()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_both_bots_are_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "BURSTS", 1)
    monkeypatch.setattr(bench, "SIZE", 5)
    found = bench.measure(Settings(_env_file=None, cache_dir=tmp_path), load_bank())  # type: ignore[call-arg]
    assert found["in_flight"] == 5
    assert found["ack_p50_bare_ms"] > 0
    assert found["answer_p50_ms"] >= found["ack_p50_epoch_ms"]
