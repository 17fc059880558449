"""Simulated learners know more on the day by the plan than by the rules before it; by a bad rule they know less."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import mean

import pytest

from bot.bench.plan import (
    MUST,
    START,
    Learner,
    ReviewRule,
    StudyDay,
    asked_bank,
    due_first,
    half_and_half,
    planned,
    rows,
    study,
)
from bot.study.plan import DAY, ItemKey
from knowledge.bank.loader import load_bank
from knowledge.bank.models import Bank

#: None of those by which anything was chosen.
SEEDS = range(7_000, 7_006)


@pytest.fixture(scope="module")
def bank() -> Bank:
    return asked_bank(load_bank())


def accuracy(bank: Bank, days: int, answers: int, rule: ReviewRule) -> float:
    return mean(study(Learner.born(seed, bank), bank, days, answers, rule) for seed in SEEDS)


@pytest.mark.parametrize("budget", sorted(MUST))
def test_the_plan_reaches_what_it_must_and_beats_the_rules_before_it(bank: Bank, budget: tuple[int, int]) -> None:
    reached = accuracy(bank, *budget, planned)
    assert reached >= MUST[budget]
    assert reached > accuracy(bank, *budget, half_and_half) > accuracy(bank, *budget, due_first)


def test_who_asks_one_item_over_and_over_reaches_nothing(bank: Bank) -> None:
    def same(day: StudyDay) -> Iterator[ItemKey | None]:
        while True:
            yield next(iter(day.learner.known))

    assert accuracy(bank, 30, 10, same) < 0.5 < MUST[30, 10]


def test_a_learner_is_the_same_for_the_same_seed_and_study_is_repeatable(bank: Bank) -> None:
    one, same, other = Learner.born(1, bank), Learner.born(1, bank), Learner.born(2, bank)
    assert one.known == same.known != other.known
    assert one.memory.parameters == same.memory.parameters != other.memory.parameters
    assert study(one, bank, 3, 5, planned) == study(same, bank, 3, 5, planned)


def test_a_learner_remembers_what_was_answered_forgets_it_and_never_what_they_knew(bank: Bank) -> None:
    learner = Learner.born(1, bank)
    key = next(key for key, known in learner.known.items() if not known and key not in learner.guesses)
    assert learner.right(key, START) == 0
    learner.answer(key, START)
    chances = [learner.right(key, START + days * DAY) for days in (0, 1, 10, 100)]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] == 1
    assert learner.told[key].passed is False
    sure = next(key for key, known in learner.known.items() if known)
    assert learner.right(sure, START + 1_000 * DAY) == 1


def test_the_table_names_its_seed_and_says_what_was_held(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.bench.plan.BUDGETS", ((2, 3),))
    monkeypatch.setattr("bot.bench.plan.MUST", {(2, 3): 0.99})
    heard: list[tuple[int, int]] = []
    found = list(rows(bank, 2, 5, lambda _, done, count: heard.append((done, count))))
    assert [row["rule"] for row in found] == ["due first", "half and half", "plan", "review without a date"]
    assert {row["seed"] for row in found} == {5}
    assert [row.get("held") for row in found] == [None, None, False, None]
    assert heard[-1][0] == heard[-1][1]
