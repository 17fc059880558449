from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.console import Console

from bot.terminal.runs import RunView, run_folder
from knowledge.bank.models import Lang
from runners.models import Event, Finished, Outcome, Output, Started
from tests.bot.world import make_tutor

FAILED = "Traceback …\nAssertionError: the rate must stay small\n"


def shown(events: Sequence[Event], lang: Lang, *, broken: bool) -> str:
    out = io.StringIO()
    console = Console(file=out, width=200)
    view = RunView(console, console, lang, broken=broken)
    for event in events:
        view.show(event)
    view.close()
    return out.getvalue()


def ended(outcome: Outcome, exit_code: int | None = None) -> Finished:
    return Finished(outcome, None, exit_code, 0.1, 0.1, 10.0, 0.1)


def test_a_claim_that_breaks_as_it_should_is_no_failure_of_the_program() -> None:
    events = [Started("full", False), Output("stderr", FAILED), ended("error", 1)]
    assert "The claim fails, as it should · 0.1 s" in shown(events, "en", broken=True)
    assert "断言不再成立，正如所料" in shown(events, "zh", broken=True)
    assert "The program failed" not in shown(events, "en", broken=True)
    assert "The program failed · exit status 1" in shown(events, "en", broken=False), "the control"


def test_a_claim_that_holds_all_the_same_is_unexpected() -> None:
    events = [Started("full", False), ended("ok", 0)]
    assert "Unexpected: this change should break the claim" in shown(events, "en", broken=True)
    assert "出乎意料" in shown(events, "zh", broken=True)
    assert "Unexpected" not in shown(events, "en", broken=False)


def test_another_error_than_the_claims_is_unexpected_and_a_stop_is_not() -> None:
    crashed = [Started("full", False), Output("stderr", "ZeroDivisionError: division by zero\n"), ended("error", 1)]
    assert "not by its claim" in shown(crashed, "en", broken=True)
    assert "Unexpected" not in shown([Started("full", False), ended("stopped")], "en", broken=True)
    assert "Unexpected" not in shown([Started("full", False), ended("timeout")], "en", broken=True)


def test_of_two_runs_each_is_judged_by_its_own_output() -> None:
    broke = [Started("full", False), Output("stderr", FAILED), ended("error", 1)]
    text = shown([*broke, Started("full", True), ended("error", 1)], "en", broken=True)
    assert text.count("The claim fails, as it should") == 1


@pytest.mark.parametrize(
    ("changes", "counter", "folder"),
    [
        ({}, False, "gan-tuned"),
        ({}, True, "gan-tuned-broken"),
        ({"STEPS": "5"}, False, "gan-tuned-STEPS=5"),
        ({"steps": " 5 ", "RATE": "1"}, False, "gan-tuned-RATE=1-STEPS=5"),
        ({"STEPS": "3"}, False, "gan-tuned"),
    ],
)
def test_another_version_never_writes_where_the_tested_one_did(
    changes: dict[str, str], counter: bool, folder: str
) -> None:
    planned = make_tutor().plan("gan", "tuned", changes=changes, counter=counter)
    assert run_folder(Path("runs"), planned, changes, counter=counter) == Path("runs") / folder
