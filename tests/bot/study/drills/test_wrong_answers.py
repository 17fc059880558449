"""Wrong answers of the packaged drills, written from the statements alone: none passes, and which mistake is told."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from bot.study.drills.judging import DrillJudge
from knowledge.bank.drills import Drill
from knowledge.bank.loader import load_bank
from runners.local import LocalRunner

pytestmark = [pytest.mark.usefixtures("needs_wall"), pytest.mark.slow]

WRONG = Path(__file__).parents[3] / "data" / "drill_wrong.jsonl"
#: Of wrong answers, the share that is told its mistake.
TOLD = 0.5


@dataclass(frozen=True, slots=True)
class Wrong:
    """One wrong answer.

    Attributes:
        drill: topic and name.
        wrong: what is wrong with it, in its writer's words.
        told: the mistake that a reader agreed it is to be told; None where it is told none.
        code: the answer.
    """

    drill: str
    wrong: str
    told: str | None
    code: str


def answers() -> list[Wrong]:
    return [Wrong(**json.loads(line)) for line in WRONG.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def drills() -> dict[str, Drill]:
    return {f"{topic.slug}/{drill.name}": drill for topic in load_bank().topics.values() for drill in topic.drills}


@pytest_asyncio.fixture
async def judge() -> AsyncIterator[DrillJudge]:
    runner = LocalRunner()
    made = DrillJudge(runner, load_bank())
    yield made
    await made.close()
    await runner.close()


async def test_no_wrong_answer_passes_and_most_are_told_their_mistake(
    judge: DrillJudge, drills: dict[str, Drill]
) -> None:
    every = answers()
    assert {each.drill for each in every} == set(drills)
    passed, surprises = [], []
    for each in every:
        verdict = await judge.judge(drills[each.drill], each.code, seed=11)
        assert verdict.refusal is None, (each.drill, each.wrong)
        if verdict.passed:
            passed.append((each.drill, each.wrong))
        if verdict.mistake != each.told:
            surprises.append((each.drill, each.wrong, each.told, verdict.mistake))
    assert passed == []
    assert surprises == [], "read whether the mistake told is the one made, and keep it in the file"
    assert sum(each.told is not None for each in every) / len(every) >= TOLD


async def test_the_solutions_of_the_drills_pass(judge: DrillJudge, drills: dict[str, Drill]) -> None:
    for name, drill in drills.items():
        assert (await judge.judge(drill, drill.variants["numpy"].solution, seed=11)).passed, name
