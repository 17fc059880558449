"""The state machine of a whole interview: its laws hold for whatever members do, in whatever order and however late."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.study.loops import machine
from bot.study.loops.machine import PATIENCE, Loop, Part

NOW = 1_000.0
PARTS = [
    (Part("open", "gan", "a", points=(0, 1, 2)), 5.0),
    (Part("follow_up", "gan"), 2.5),
    (Part("open", "cnn", "b", points=(0, 1)), 5.0),
    (Part("follow_up", "cnn"), 2.5),
    (Part("bug", "vae", "c", question={"right": ["A"]}), 4.0),
    (Part("drill", "lstm", "drill-x"), 11.0),
]
FOLLOWING = Part("follow_up", "gan", unit="why", points=(2,))


def begun(minutes: float = 30.0) -> Loop:
    return machine.begin(7, "cv", "en", minutes * 60, PARTS, NOW)


def test_the_shares_fill_the_clock_and_the_first_part_is_asked() -> None:
    loop = begun()
    assert sum(part.share_s for part in loop.parts) == pytest.approx(1800)
    assert loop.parts[0].share_s == pytest.approx(300)
    assert (loop.at, loop.shown, loop.parts[0].opened) == (0, NOW, NOW)
    assert [part.opened for part in loop.parts[1:]] == [None] * 5


def test_an_answer_stops_the_clock_until_the_next_part_is_asked() -> None:
    loop = machine.typed(begun(), 0, "I think", NOW + 60)
    assert machine.left(loop, NOW + 600) == 1740, "what the grader takes is nobody's time"
    loop = machine.settled(loop, 0, NOW + 70, made=[0], unsure=[1], follow_up=FOLLOWING)
    assert (loop.at, loop.shown) == (1, NOW + 70)
    assert (loop.parts[0].missed, loop.parts[1].unit, loop.parts[1].points) == ((2,), "why", (2,))
    assert loop.parts[1].share_s == pytest.approx(150), "its share is not that of the question it came from"


def test_a_part_without_a_follow_up_goes_on_with_the_next_question() -> None:
    loop = machine.settled(machine.typed(begun(), 0, "x", NOW + 1), 0, NOW + 1)
    assert (loop.at, loop.parts[1].end) == (2, "gone")


def test_who_leaves_a_question_out_is_asked_no_follow_up_to_it() -> None:
    loop = machine.skip(begun(), 0, NOW + 5)
    assert (loop.at, loop.parts[0].end, loop.parts[1].end) == (2, "skipped", "skipped")


def test_the_first_answer_counts_and_a_late_press_changes_nothing() -> None:
    loop = machine.typed(begun(), 0, "first", NOW + 1)
    assert machine.typed(loop, 0, "second", NOW + 2) == loop
    done = machine.settled(loop, 0, NOW + 2, made=[0], follow_up=FOLLOWING)
    assert machine.settled(done, 0, NOW + 3, made=[0, 1, 2]) == done
    assert machine.skip(done, 0, NOW + 3) == done
    assert machine.pause(done, 0, NOW + 3) == done
    assert machine.untyped(done, 0, NOW + 3) == done


def test_an_answer_that_cannot_be_judged_is_taken_back_and_the_clock_runs_on() -> None:
    loop = machine.untyped(machine.typed(begun(), 0, "!!!", NOW + 30), 0, NOW + 31)
    assert (loop.at, loop.parts[0].answer, loop.shown) == (0, None, NOW + 31)
    assert machine.left(loop, NOW + 41) == 1760


def test_a_pause_takes_no_time_and_neither_does_an_absence_beyond_twice_the_share() -> None:
    paused = machine.pause(begun(), 0, NOW + 100)
    assert machine.left(paused, NOW + 10_000) == 1700
    went_on = machine.back(paused, NOW + 10_000)
    assert machine.left(went_on, NOW + 10_050) == 1650
    left = machine.back(begun(), NOW + 86_400)  # they went away without a word, or the machine did
    assert machine.left(left, NOW + 86_400) == pytest.approx(1800 - PATIENCE * 300)
    assert left.part is not None


def test_when_the_clock_has_run_out_the_answer_under_way_counts_and_no_more_is_asked() -> None:
    four = machine.begin(7, "cv", "en", 60.0, [PARTS[0], PARTS[2], PARTS[4], PARTS[5]], NOW)
    gone = machine.skip(machine.skip(four, 0, NOW + 900), 1, NOW + 1_800)
    assert gone.ended is None, "who was away lost no more than twice two shares"
    gone = machine.skip(gone, 2, NOW + 2_700)
    assert [part.end for part in gone.parts] == ["skipped", "skipped", "skipped", "untimely"]
    assert gone.ended == NOW + 2_700
    last = machine.begin(7, "cv", "en", 60.0, PARTS[:3], NOW)
    last = machine.skip(last, 0, NOW + 48)
    late = machine.settled(machine.typed(last, 2, "just so", NOW + 500), 2, NOW + 501, made=[0, 1])
    assert (late.ended, late.parts[2].made) == (NOW + 501, (0, 1))


def test_nothing_left_is_the_end_for_who_comes_back() -> None:
    one = machine.begin(7, "cv", "en", 60.0, PARTS[4:5], NOW)
    assert one.parts[0].share_s * PATIENCE > one.limit_s
    assert machine.back(one, NOW + 3_600).ended == NOW + 3_600


NAMES = st.sampled_from(["type", "settle", "skip", "pause", "back", "finish", "untype"])
STEPS = st.tuples(NAMES, st.integers(0, 5), st.floats(0, 900))


@given(st.lists(STEPS, max_size=40), st.floats(1, 60))
def test_whatever_happens_the_clock_is_kept_and_the_interview_only_goes_forward(
    steps: list[tuple[str, int, float]], minutes: float
) -> None:
    loop, now = begun(minutes), NOW
    for name, number, later in steps:
        now, before = now + later, loop
        match name:
            case "type":
                loop = machine.typed(loop, number, "x", now)
            case "settle":
                loop = machine.settled(loop, number, now, made=[0], follow_up=FOLLOWING)
            case "skip":
                loop = machine.skip(loop, number, now)
            case "pause":
                loop = machine.pause(loop, number, now)
            case "back":
                loop = machine.back(loop, now)
            case "untype":
                loop = machine.untyped(loop, number, now)
            case "finish":
                loop = machine.finish(loop, now) if number == 0 else loop
        assert loop.at >= before.at
        assert machine.spent(loop, now) >= machine.spent(before, before.began) - 1e-6
        assert all(part.spent_s <= part.share_s * PATIENCE + 1e-6 for part in loop.parts)
        assert all(a.end in (None, b.end) for a, b in zip(before.parts, loop.parts, strict=True)), "an end stays"
        assert (loop.ended is None) == any(part.end is None for part in loop.parts)
        if before.ended is not None:
            assert loop == before
        stored = json.loads(json.dumps(machine.as_json(loop)))
        parts = machine.parts_of(stored)
        assert [replace(part, question=None) for part in parts] == [replace(p, question=None) for p in loop.parts]
        assert (stored["at"], stored["shown"], stored["limit_s"]) == (loop.at, loop.shown, loop.limit_s)
