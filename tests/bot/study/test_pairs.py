"""The state of a pair interview: who may do what, and when; and what two opinions come to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.study import pairs
from bot.study.pairs import Pair, PairStep, Side

ANN, BOB, EVE, NOW = 1, 2, 3, 1_800_000_000.0
ASKED = Pair(7, "en", "gan", "trains-in-turn", NOW, Side(ANN), Side(BOB))
GOING = pairs.accept(ASKED, BOB)


def test_it_begins_by_the_candidates_consent_and_either_may_end_it() -> None:
    assert (GOING.phase, GOING.begun) == ("going", True)
    assert pairs.accept(ASKED, ANN) == pairs.accept(ASKED, EVE) == ASKED
    for member in (ANN, BOB):
        over = pairs.close(GOING, member, NOW + 5)
        assert (over.phase, over.ended, over.begun) == ("over", NOW + 5, True)
        assert not pairs.close(ASKED, member, NOW).begun
    assert pairs.close(GOING, EVE, NOW) == GOING
    over = pairs.close(GOING, BOB, NOW)
    assert pairs.close(over, ANN, NOW + 9) == over
    assert pairs.accept(over, BOB) == over


@pytest.mark.parametrize(
    ("step", "theirs"),
    [
        (lambda pair, who: pairs.mark(pair, who, {2, 0}), ANN),
        (lambda pair, who: pairs.remark(pair, who, "slow"), ANN),
        (lambda pair, who: pairs.answer(pair, who, "two nets"), BOB),
    ],
)
def test_each_does_their_own_part_and_only_while_it_goes_on(step: object, theirs: int) -> None:
    def does(pair: Pair, who: int) -> bool:
        return step(pair, who) != pair  # type: ignore[operator]

    assert [does(GOING, who) for who in (ANN, BOB, EVE)] == [who == theirs for who in (ANN, BOB, EVE)]
    assert not does(ASKED, theirs)
    assert not does(pairs.close(GOING, theirs, NOW), theirs)


def test_the_judgement_of_an_answer_is_not_kept_for_another_one() -> None:
    answered = pairs.answer(GOING, BOB, "first")
    again = pairs.answer(answered, BOB, "second")
    assert pairs.judged(again, "first", [0], []) == again
    told = pairs.judged(again, "second", [0], [1])
    assert told.candidate == Side(BOB, "second", (0,), (1,))
    assert pairs.answer(told, BOB, "third").candidate == Side(BOB, "third"), "which nobody has judged yet"
    assert pairs.judged(replace(told, candidate=None), "second", [0], []).candidate is None


def test_doubt_contradicts_nobody() -> None:
    assert pairs.marks(Side(BOB), (0, 1)) is None
    assert pairs.marks(None, (0, 1)) is None
    first = pairs.marks(Side(ANN, points=(0, 2)), (0, 1, 2, 3))
    second = pairs.marks(Side(BOB, points=(1,), unsure=(2, 3)), (0, 1, 2, 3))
    assert first == ["made", "missed", "made", "missed"]
    assert second == ["missed", "made", "perhaps", "perhaps"]
    assert list(map(pairs.differ, first, second)) == [True, True, False, False]


def test_who_was_forgotten_takes_no_step() -> None:
    left = replace(GOING, interviewer=None)
    steps: list[PairStep] = [lambda pair: pairs.mark(pair, ANN, {0}), lambda pair: pairs.close(pair, ANN, NOW)]
    assert [step(left) for step in steps] == [left, left]
    assert pairs.close(left, BOB, NOW).phase == "over"
