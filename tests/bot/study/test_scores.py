"""What a learner would score: the mean is the plan's, the interval narrows with answers, drills count."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from statistics import mean

import pytest

from bot.bench.plan import START, Learner
from bot.study.plan import DAY, DRILL, MemoryState, Outlooks, Piece, outlooks, pieces, plan
from bot.study.schedule import AGAIN, GOOD
from bot.study.scores import ExpectedScore, score, scores
from knowledge.bank.loader import load_bank
from knowledge.bank.models import Bank
from tests.bot.study.test_plan import NOW, memory, small


def seen(*answered: tuple[Piece, MemoryState], bank: Bank | None = None) -> Outlooks:
    return outlooks(bank or small(), {piece.key: kept for piece, kept in answered}, NOW, NOW)


def of(topic: str, *, drills: bool = False) -> list[Piece]:
    return [each for each in pieces(small()) if each.topic == topic and (each.kind == DRILL) == drills]


def test_of_who_has_answered_nothing_nothing_is_sure() -> None:
    found = scores(seen(), 10)
    assert found.begun == ()
    assert found.today.mean == pytest.approx(0.5)
    assert found.today.low < 0.45 < 0.55 < found.today.high
    assert found.on_day == found.today


def test_the_mean_is_what_the_plan_says() -> None:
    found = seen(*((piece, memory(GOOD)) for piece in of("lstm")))
    assert scores(found).today.mean == pytest.approx(plan(found, 20, Random(1)).now)


def test_an_interval_holds_the_mean_and_narrows_with_answers() -> None:
    widths = []
    for count in (1, 3, 5):
        found = scores(seen(*((piece, memory(AGAIN, GOOD)) for piece in of("lstm")[:count])))
        (lstm,) = found.begun
        assert (lstm.slug, lstm.seen) == ("lstm", count)
        assert 0 <= lstm.score.low < lstm.score.mean < lstm.score.high <= 1
        widths.append(lstm.score.high - lstm.score.low)
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > widths[-1]


def test_right_answers_raise_it_and_wrong_ones_lower_it() -> None:
    right, wrong = (scores(seen(*((each, memory(grade)) for each in of("lstm")))).begun[0].score for grade in (3, 1))
    assert wrong.high < right.low


def test_a_passed_drill_counts_and_a_failed_one_lowers_it() -> None:
    (drill, *_) = of("k-means", drills=True)
    items = [(each, memory(GOOD)) for each in of("k-means")[:2]]
    alone = scores(seen(*items)).begun[0]
    passed = scores(seen(*items, (drill, replace(memory(GOOD), last=True)))).begun[0]
    failed = scores(seen(*items, (drill, replace(memory(AGAIN), last=False)))).begun[0]
    assert failed.score.mean < alone.score.mean < passed.score.mean
    assert [each.drills for each in (failed, alone, passed)] == [0, 0, 1]
    assert {each.all_drills for each in (failed, alone, passed)} == {len(of("k-means", drills=True))}


def test_on_a_day_to_come_less_is_remembered() -> None:
    found = scores(seen(*((piece, memory(GOOD, GOOD)) for piece in of("lstm"))), 60)
    assert found.on_day is not None
    assert found.on_day.mean < found.today.mean


def test_of_nothing_nothing_is_expected() -> None:
    assert score(seen(), []) == ExpectedScore(0.0, 0.0, 0.0)


def test_the_interval_of_the_bank_holds_what_simulated_learners_know() -> None:
    """Eight in ten would be fair; learners guess and forget otherwise than Epoch believes, so more than half will do.

    A mean that is right and an interval half as wide would hold far fewer.
    """
    bank = load_bank()
    bank = Bank(
        topics={slug: topic.model_copy(update={"drills": ()}) for slug, topic in list(bank.topics.items())[:12]}
    )
    held, narrow, gaps = 0, 0, []
    for seed in range(9_000, 9_012):
        learner = Learner.born(seed, bank)
        keys = sorted(learner.known)
        for number, key in enumerate(Random(seed).sample(keys, len(keys) // 2)):
            learner.answer(key, START + number * 60)
        then = START + DAY
        found = scores(outlooks(bank, learner.told, then, then)).today
        truth = learner.accuracy(then)
        half = (found.high - found.low) / 8
        held += found.low <= truth <= found.high
        narrow += abs(found.mean - truth) <= half / 2
        gaps.append(found.mean - truth)
    assert abs(mean(gaps)) < 0.1
    assert held > 6 > narrow
