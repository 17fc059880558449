"""What a go at a drill counts as."""

from __future__ import annotations

import pytest

from bot.study.drills.attempts import Attempt, given_up, going, grade, hinted, judged, typed
from bot.study.drills.models import DrillRefusal, Verdict
from bot.study.schedule import AGAIN, EASY, GOOD, HARD
from tests.bot.study.drills.samples import DRILL

WRONG, RIGHT = Verdict(False), Verdict(True)


def go() -> Attempt:
    return going(None, 7, DRILL, 100.0)


def tried(attempt: Attempt, *verdicts: Verdict) -> Attempt:
    for at, verdict in enumerate(verdicts, 101):
        attempt = judged(attempt, verdict, float(at))
    return attempt


@pytest.mark.parametrize(
    ("wrong", "hints", "meant"), [(0, 0, EASY), (1, 0, GOOD), (2, 0, GOOD), (3, 0, HARD), (0, 1, HARD), (2, 2, HARD)]
)
def test_the_less_help_it_took_the_better_it_is_known(wrong: int, hints: int, meant: int) -> None:
    attempt = go()
    for _ in range(hints):
        attempt = hinted(attempt, 9)
    passed = tried(attempt, *[WRONG] * wrong, RIGHT)
    assert (passed.end, passed.tries, grade(passed)) == ("passed", wrong + 1, meant)


@pytest.mark.parametrize("refusal", ["syntax", "forbidden", "missing"])
def test_a_slip_is_no_try(refusal: DrillRefusal) -> None:
    assert tried(go(), Verdict(False, refusal=refusal)).tries == 0
    assert tried(go(), Verdict(False, refusal="limit")).tries == 1


def test_giving_up_counts_as_forgotten_and_ends_the_go_once() -> None:
    ended = given_up(tried(go(), WRONG), 200.0)
    assert (ended.end, ended.ended, grade(ended)) == ("given_up", 200.0, AGAIN)
    assert given_up(ended, 300.0) == ended
    assert judged(ended, RIGHT, 300.0) == ended, "what comes late changes nothing"


def test_who_has_just_seen_the_solution_does_not_know_it_well() -> None:
    seen = given_up(go(), 200.0)
    soon = tried(going(seen, 7, DRILL, 300.0), RIGHT)
    assert grade(soon) == HARD
    later = tried(going(seen, 7, DRILL, 200.0 + 2 * 86_400), RIGHT)
    assert grade(later) == EASY


def test_each_go_is_another_source_and_last_tries_stay() -> None:
    first = tried(typed(go(), "numpy", "a"), RIGHT)
    assert going(go(), 7, DRILL, 500.0) == go(), "one that goes on is not begun anew"
    second = going(first, 7, DRILL, 500.0)
    assert (second.tries, second.end, second.passed, second.codes) == (0, None, 101.0, {"numpy": "a"})
    assert second.source != first.source
    assert len(second.source) <= 40, "what the column of sources holds"
    assert typed(second, "torch", "b").codes == {"numpy": "a", "torch": "b"}


def test_no_more_hints_are_counted_than_there_are() -> None:
    attempt = go()
    for _ in range(5):
        attempt = hinted(attempt, 3)
    assert attempt.hints == 3
