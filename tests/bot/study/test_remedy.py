"""What helps after a run that did not go well: one button, and none where there is nothing to mend."""

from __future__ import annotations

import pytest

from bot.study.runs import Remedy, RunPlan, RunRequest, remedy
from knowledge.bank.models import Example
from runners.models import Finished, Job, Note, Outcome
from tests.bot.world import bank

TOPIC = bank()["gan"]


def example(name: str) -> Example:
    return next(each for each in TOPIC.examples if each.name == name)


def planned(name: str = "", **asked: object) -> RunPlan:
    if not name:
        return RunPlan(RunRequest(code="x", **asked), Job("x"))  # type: ignore[arg-type]
    request = RunRequest("gan", name, **asked)  # type: ignore[arg-type]
    return RunPlan(request, Job("x"), TOPIC, example(name), request.own)


def end(outcome: Outcome, *notes: Note) -> Finished:
    return Finished(outcome, None, 1, 0.1, 0.1, 10.0, 0.1, notes=notes)


@pytest.mark.parametrize(
    ("plan", "outcome", "notes", "helps"),
    [
        (planned(), "error", (), "edit"),
        (planned(), "timeout", (), "edit"),
        (planned(), "error", (Note("no_input", ()),), "input"),
        (planned("tuned"), "error", (Note("input_ended", ()),), "edit"),
        (planned("tuned", changes={"STEPS": "2"}), "error", (), "values"),
        (planned("tuned", code="print(1)"), "error", (), "edit"),
        (planned("broken"), "memory", (), "edit"),
        (planned("tuned", counter=True), "error", (), None),
        (planned("tuned"), "ok", (), None),
        (planned(), "stopped", (), None),
        (planned(), "sandbox_failed", (), None),
    ],
)
def test_one_thing_helps(plan: RunPlan, outcome: Outcome, notes: tuple[Note, ...], helps: Remedy | None) -> None:
    assert remedy(plan, end(outcome, *notes)) == helps
