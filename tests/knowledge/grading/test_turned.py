"""Key points said in few words, and turned round: what the grader credits of them is in docs/grading.md."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from knowledge.bank.loader import load_bank
from knowledge.bank.models import Bank
from knowledge.grading.grader import Grader
from knowledge.search.encoder_choice import open_encoder

FILE = Path(__file__).parents[2] / "data" / "grading_turned.jsonl"
#: Pairs of a claim and its reversal that are graded, evenly over the file.
_GRADED = 60


@pytest.fixture(scope="module")
def bank() -> Bank:
    return load_bank()


def claims() -> list[dict[str, Any]]:
    return [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def test_the_claims_are_about_points_that_there_are_and_split_by_topic(bank: Bank) -> None:
    halves = defaultdict(set)
    for claim in claims():
        halves[claim["topic"]].add(claim["half"])
        if claim["about"] is not None:
            assert claim["about"] < len(bank[claim["topic"]].meta.key_points), claim["id"]
            assert claim["covered"] in ([], [claim["about"]]), claim["id"]
    assert len({claim["id"] for claim in claims()}) == len(claims())
    assert all(len(half) == 1 for half in halves.values())
    assert len(halves) >= 30


def test_a_claim_scores_above_its_reversal_most_of_the_time(bank: Bank) -> None:
    grader = Grader(bank, open_encoder())
    said: dict[tuple[str, str, int], dict[str, str]] = defaultdict(dict)
    for claim in claims():
        if claim["kind"] in ("terse", "reversed"):
            said[claim["topic"], claim["lang"], claim["about"]].setdefault(claim["kind"], claim["answer"])
    pairs = [(key, both) for key, both in said.items() if len(both) == 2]
    pairs = pairs[:: len(pairs) // _GRADED]

    def score(key: tuple[str, str, int], answer: str) -> float:
        return grader.grade(bank[key[0]], answer)[key[2]].score

    above = [score(key, both["terse"]) > score(key, both["reversed"]) for key, both in pairs]
    assert len(above) >= _GRADED
    assert sum(above) > 0.9 * len(above)
