"""The graded answers of a question that was closed: each counts as a review of its item."""

from __future__ import annotations

from bot.study.learning import GivenAnswer
from bot.study.rounds.state import State
from bot.study.schedule import grade_of_choice


def given_answers(state: State, source: str, guild_id: int | None = None) -> list[GivenAnswer]:
    """Return the answers to the question that was just closed; none to one that was skipped.

    Args:
        state: of the round.
        source: names the round.
        guild_id: of the server that it was played in.
    """
    if state.number in state.skipped:
        return []
    question = state.question
    return [
        GivenAnswer(
            member, question.topic, question.item, grade_of_choice(bool(answer.correct)), f"{source}:{state.number}",
            answer.final.at, guild_id,
        )
        for member, answer in state.given(state.number).items()
    ]  # fmt: skip
