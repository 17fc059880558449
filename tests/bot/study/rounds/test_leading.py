"""Leading a round: going on by hand, what was missed once more, and time by the kind of question."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.study.rounds.machine import Command, Restarted, RoundCommand, RoundEvent, Tick, step
from bot.study.rounds.questions import Question
from bot.study.rounds.state import Rules, State, dump, load
from tests.bot.study.rounds.worlds import (
    ALICE,
    BEGIN,
    BOB,
    OWNER,
    QUESTIONS,
    TYPED,
    after,
    asking,
    closed,
    events,
    lobby,
    posted,
    press,
    question,
)

HOST = Rules(pace="host")
UNTIL = Rules(until_right=True)


def lead(what: Command, number: int | None = None, member: int = OWNER) -> RoundCommand:
    return RoundCommand(what, member, number=number)


def answered(state: State, *letters: str) -> State:
    """The question closed, with the letters of the owner, Alice and Bob."""
    state = posted(state)
    at = state.opened - BEGIN + 5
    presses = [press(member, text, at, number=state.number) for member, text in zip((OWNER, ALICE, BOB), letters,
                                                                                   strict=False)]  # fmt: skip
    return closed(after(state, *presses))


def test_a_button_of_an_earlier_question_does_nothing() -> None:
    second = posted(step(answered(asking(), "B"), lead("next", 1), BEGIN + 50).state)
    assert (second.phase, second.number) == ("question", 2)
    for what in ("next", "skip", "pause", "resume"):
        result = step(second, lead(what, 1), BEGIN + 51)  # type: ignore[arg-type]
        assert (result.reply, result.state, result.effects) == ("gone_on", second, ())
    assert step(second, lead("skip", 2), BEGIN + 51).reply == "skipped"


def test_skip_pressed_as_the_question_ends_does_not_pass_over_its_answer() -> None:
    told = answered(asking(), "B")
    assert step(told, lead("skip", 1), told.opened + 40).reply == "gone_on"
    assert step(told, lead("skip"), told.opened + 40).reply == "skipped", "typed, it goes on from there"
    assert step(posted(asking()), lead("next"), BEGIN + 1).reply == "still_open"
    assert step(lobby(), lead("next"), BEGIN).reply == "not_going_on"


def test_next_is_for_who_leads_and_goes_on_from_a_pause_too() -> None:
    told = step(answered(asking(), "B"), lead("pause", 1), BEGIN + 40).state
    assert step(told, lead("next", 1, ALICE), BEGIN + 41).reply == "not_allowed"
    assert step(told, RoundCommand("next", ALICE, moderator=True, number=1), BEGIN + 41).reply == "next"
    gone_on = step(told, lead("next", 1), BEGIN + 41)
    assert (gone_on.reply, gone_on.effects, gone_on.state.number) == ("next", ("ask",), 2)
    assert gone_on.state.paused_at is None


def test_the_number_of_answers_is_told_once_for_each_member() -> None:
    first = step(asking(), press(ALICE, "A", 3), BEGIN + 3)
    assert first.effects == ("tally",)
    assert step(first.state, press(ALICE, "B", 4), BEGIN + 4).effects == ()
    assert step(first.state, press(ALICE, "A", 4), BEGIN + 4).effects == ()


def test_a_round_led_by_hand_waits_for_its_host_and_not_for_ever() -> None:
    told = answered(asking(HOST), "B")
    assert told.due == pytest.approx(told.opened + 30 + 1.5 + HOST.paused_s, abs=30)
    assert step(told, Tick(), told.opened + 600).state == told, "an answer may be discussed for as long as it takes"
    again = step(told, Restarted(), told.opened + 700).state
    assert (again.phase, again.number) == ("reveal", 1)
    assert step(again, lead("next", 1), told.opened + 800).state.number == 2
    forgotten = step(told, Tick(), told.due or 0.0)
    assert (forgotten.state.phase, forgotten.state.end) == ("over", "unattended")


def test_the_results_of_a_round_led_by_hand_come_by_hand_or_in_the_end() -> None:
    told = answered(asking(HOST, QUESTIONS[:1]), "B")
    assert told.last
    assert step(told, lead("next", 1), BEGIN + 50).state.end == "done"
    assert step(told, Tick(), told.due or 0.0).state.end == "done"


def test_who_goes_on_by_hand_is_there_though_nobody_answers() -> None:
    state = asking(HOST)
    for number in (1, 2):
        state = step(closed(state), lead("next", number), BEGIN + 100 * number).state
    assert (state.phase, state.number, state.silent) == ("question", 3, 2)


def test_what_somebody_missed_comes_again_with_its_letters_moved() -> None:
    state = answered(asking(UNTIL, QUESTIONS[:2]), "B", "A")
    state = answered(step(state, lead("next"), BEGIN + 50).state, "D", "D")
    assert not state.last
    assert [each.item for each in state.coming_again()] == ["item-1"]
    state = step(state, Tick(), state.due or 0.0).state
    assert (state.phase, state.number, len(state.questions), state.planned) == ("question", 3, 3, 2)
    assert state.question.item == "item-1"
    assert state.question.right == ("A",)
    assert state.question.options[0] == QUESTIONS[0].options[1], "the same option is right"
    state = answered(state, "A", "A")
    assert state.last
    assert step(state, Tick(), state.due or 0.0).state.end == "done"


def test_nothing_comes_again_without_the_rule_nor_what_all_had_right_or_was_skipped() -> None:
    assert answered(asking(Rules(), QUESTIONS[:1]), "A").last
    assert answered(asking(UNTIL, QUESTIONS[:1]), "B", "B").last
    assert step(posted(asking(UNTIL, QUESTIONS[:1])), lead("skip"), BEGIN + 5).state.last


def test_what_is_missed_again_and_again_comes_three_times_and_no_more() -> None:
    state, shown = asking(UNTIL, QUESTIONS[:1]), 0
    while state.phase != "over":
        wrong = next(letter for letter in "ABCD" if letter not in state.question.right)
        state, shown = answered(state, wrong), shown + 1
        state = step(state, Tick(), state.due or 0.0).state
    assert (shown, state.end) == (UNTIL.showings, "done")


def test_a_round_that_asks_again_is_loaded_as_it_was_saved() -> None:
    state = answered(asking(replace(UNTIL, pace="host", scale=1.5), QUESTIONS[:1]), "A")
    state = step(state, lead("next"), BEGIN + 60).state
    saved = json.loads(json.dumps(dump(state)))
    assert load(saved, state.questions, state.owner, state.players, state.answers) == state
    with pytest.raises(ValueError, match="no such phase or question"):
        load(saved, QUESTIONS[:1], state.owner, state.players, state.answers)


@settings(max_examples=60)
@given(st.lists(events(), max_size=40))
def test_however_it_is_led_a_round_comes_to_an_end(story: list[tuple[RoundEvent, float]]) -> None:
    now, state = BEGIN, asking(replace(HOST, until_right=True))
    for event, wait in story:
        now += wait
        before = state
        state = step(state, event, now).state
        assert state.number in (before.number, before.number + 1)
        assert len(state.questions) >= len(before.questions)
    for _ in range(60):
        if state.due is None:
            break
        now = max(now, state.due)
        state = step(posted(state), Tick(), now).state
    assert state.phase == "over"


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        (question(1), 30.0),
        (question(1, kind="predict", code="print(1)"), 45.0),
        (question(1, kind="predict", code="x = 1\n" * 14), 60.0),
        (question(1, kind="find_bug", code="x = 1\n" * 12), 60.0),
        (question(1, kind="find_bug", code="x = 1\n" * 25), 75.0),
        (TYPED, 30.0),
        (question(1, kind="of another version"), 30.0),
    ],
)
def test_a_program_gets_more_time(asked: Question, seconds: float) -> None:
    state = asking(questions=(asked,))
    assert state.until - state.opened == seconds
    longer = asking(Rules(scale=2.0), (asked,))
    assert longer.until - longer.opened == 2 * seconds


def test_speed_is_measured_by_the_time_that_there_was() -> None:
    code = question(1, kind="find_bug", code="x = 1\n" * 25)
    plain, long = (closed(after(asking(questions=(each,)), press(OWNER, "B", 29))) for each in (question(1), code))
    assert long.totals()[OWNER][0] > plain.totals()[OWNER][0] + 200


@pytest.mark.parametrize("by", range(-1, 6))
def test_turning_a_question_keeps_what_is_right(by: int) -> None:
    turned = QUESTIONS[0].turned(by)
    assert turned.options[turned.letters.index(turned.right[0])] == "two"
    assert sorted(turned.options) == sorted(QUESTIONS[0].options)
    assert TYPED.turned(by) == TYPED
