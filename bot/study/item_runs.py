"""Running the program of a quiz item when its answer is shown, so that the output shown is real."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.study.rounds.questions import Question
from runners.errors import RunnerError
from runners.models import Finished, Output, Started

if TYPE_CHECKING:
    from bot.study.tutor import Tutor

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ItemOutput:
    """The output of a quiz item's code, from a run for this round.

    Attributes:
        text: the output; None while it runs, or where it could not be run.
        seconds: how long it took.
        failed: whether it could not be run.
    """

    text: str | None = None
    seconds: float = 0.0
    failed: bool = False


async def run_question(tutor: Tutor, question: Question) -> ItemOutput:
    """Return what the program of a question prints; `failed` where that is not its answer, and where it cannot run."""
    if not question.runs or question.code is None:
        return ItemOutput(failed=True)
    text, seconds, outcome = "", 0.0, ""
    try:
        async for event in tutor.run(tutor.plan_script(question.code, name=f"{question.item}.py", pasted=False)):
            if isinstance(event, Started):
                text = ""  # the second of a run that began anew
            elif isinstance(event, Output):
                text += event.text
            elif isinstance(event, Finished):
                seconds, outcome = event.wall_s, event.outcome
    except RunnerError as error:
        log.warning("%s/%s was not run: %s", question.topic, question.item, error)
    return ItemOutput(text, seconds, failed=outcome != "ok")
