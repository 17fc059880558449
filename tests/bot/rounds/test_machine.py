from __future__ import annotations

import json
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rounds.machine import Control, Event, Forget, Join, Opened, Restarted, Start, Tick, step
from bot.rounds.state import Answer, Rules, State, begin, dump, load
from tests.bot.rounds.worlds import (
    ALICE,
    BEGIN,
    BOB,
    CARLA,
    MEMBERS,
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
)


def test_a_round_goes_from_the_lobby_to_its_podium() -> None:
    state = lobby()
    started = step(state, Start(OWNER), BEGIN)
    assert (started.reply, started.effects) == ("started", ("lobby", "ask"))
    state = started.state
    for number in (1, 2, 3):
        assert (state.phase, state.number) == ("question", number)
        state = after(state, Opened(number, state.opened), press(ALICE, "B", state.opened - BEGIN + 5, number=number))
        assert state.due is not None
        ended = step(state, Tick(), state.due)
        assert (ended.state.phase, ended.effects) == ("reveal", ("reveal",))
        assert ended.state.due is not None
        following = step(ended.state, Tick(), ended.state.due)
        assert following.effects == (("ask",) if number < 3 else ("finish",))
        state = following.state
    assert (state.phase, state.end, state.due) == ("over", "done", None)
    assert [(s.place, s.member_id, s.correct) for s in state.standings()] == [(1, ALICE, 1), (2, OWNER, 0)]


@given(st.lists(events(), max_size=60), st.sampled_from([0, 2, 3]))
def test_whatever_happens_the_round_can_go_on_and_comes_to_an_end(story: list[tuple[Event, float]], teams: int) -> None:
    now, state = BEGIN, begin(Rules(teams=teams), QUESTIONS, OWNER, BEGIN)
    for event, wait in story:
        now += wait
        before = state
        state = step(state, event, now).state
        assert state.number in (before.number, before.number + 1)
        assert state.phase == before.phase or before.phase != "over", "what is over stays over"
        assert all(number <= state.number for number, _ in state.answers)
        total = sum(total for total, _ in state.totals().values())
        assert total == sum(answer.points or 0 for (_, m), answer in state.answers.items() if m in state.players)
        assert {member for _, member in state.answers} <= set(state.players)
    for _ in range(2 * len(QUESTIONS) + 3):
        if state.due is not None:
            state = step(state, Tick(), max(now, state.due)).state
            now = max(now, state.due or now)
    assert state.phase == "over"
    assert state.end is not None


@given(
    st.lists(
        st.builds(press, st.sampled_from(MEMBERS), st.sampled_from("ABCD"), st.floats(0.1, 29)), min_size=1, max_size=6
    ),
    st.randoms(use_true_random=False),
)
def test_scores_do_not_depend_on_the_order_in_which_answers_arrive(presses: list[Event], random: object) -> None:
    shuffled = list(presses)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (closed(after(asking(Rules(teams=2)), *order)) for order in (presses, shuffled))
    assert one.answers == other.answers
    assert one.standings() == other.standings()
    assert one.team_standings() == other.team_standings()


@given(st.lists(st.builds(press, st.sampled_from(MEMBERS), st.sampled_from("ABCD"), st.floats(0.1, 29)), max_size=8))
def test_an_answer_that_arrives_twice_counts_once(presses: list[Event]) -> None:
    assert closed(after(asking(), *presses, *presses)).answers == closed(after(asking(), *presses)).answers


@given(st.dictionaries(st.integers(1, 99), st.sampled_from("ABCD"), min_size=1, max_size=9))
def test_the_earliest_press_counts_and_the_earliest_of_another_option_changes_it(told: dict[int, str]) -> None:
    state = after(asking(), *(press(ALICE, letter, number / 10, press_id=number) for number, letter in told.items()))
    answer = state.answers[1, ALICE]
    inorder = sorted(told.items())
    first = inorder[0][1]
    others = [letter for _, letter in inorder if letter != first]
    assert (answer.first.text, answer.final.text) == (first, others[0] if others else first)


def test_every_order_of_three_presses_comes_to_the_same() -> None:
    presses = [press(ALICE, letter, at) for letter, at in (("A", 1.0), ("B", 2.0), ("C", 3.0))]
    finals = {after(asking(), *order).answers[1, ALICE] for order in permutations(presses)}
    assert [(answer.first.text, answer.final.text) for answer in finals] == [("A", "B")]


def test_the_second_change_is_refused_and_said_to_be() -> None:
    state, replies = asking(), []
    for letter, at in (("A", 1.0), ("A", 2.0), ("B", 3.0), ("B", 4.0), ("C", 5.0), ("A", 6.0)):
        result = step(state, press(ALICE, letter, at), BEGIN + at)
        state = result.state
        replies.append(result.reply)
    assert replies == ["counted", "same", "changed", "same", "changed_already", "changed_already"]


@pytest.mark.parametrize(
    ("event", "reply"),
    [
        (press(ALICE, "B", 29.9), "counted"),
        (press(ALICE, "B", 30.1), "late"),
        (press(ALICE, "B", 5, number=2), "closed"),
        (press(ALICE, "E", 5), "no_option"),
        (press(ALICE, "", 5), "no_option"),
        (Join(BOB, "bob"), "too_late_to_join"),
        (Start(OWNER), "started_already"),
        (Control("resume", OWNER), "not_paused"),
    ],
)
def test_what_does_not_fit_is_answered_and_changes_nothing(event: Event, reply: str) -> None:
    result = step(asking(), event, BEGIN + 31)
    assert result.reply == reply
    assert (result.state == asking()) == (reply != "counted")


def test_a_press_that_was_in_time_counts_though_it_arrives_after_the_end() -> None:
    state = asking()
    assert step(state, Tick(), state.until).state == state, "it is still awaited"
    assert step(state, press(ALICE, "B", 29.99), state.until + 1).reply == "counted"


def test_who_has_not_joined_joins_by_answering() -> None:
    state = after(asking(), press(CARLA, "B", 3))
    assert state.players[CARLA].name == f"member {CARLA}"


def test_when_everyone_has_answered_the_question_ends_sooner() -> None:
    state = step(asking(), press(OWNER, "B", 3), BEGIN + 3).state
    assert state.due == BEGIN + 3 + state.rules.hurry_s + state.rules.grace_s
    assert step(state, press(BOB, "A", 6), BEGIN + 6).reply == "counted", "whoever comes meanwhile still may"


@pytest.mark.parametrize("what", ["pause", "skip", "stop"])
def test_only_who_started_it_or_a_moderator_controls_a_round(what: str) -> None:
    assert step(asking(), Control(what, ALICE), BEGIN).reply == "not_allowed"  # type: ignore[arg-type]
    for member, moderator in ((OWNER, False), (ALICE, True)):
        result = step(asking(), Control(what, member, moderator), BEGIN)  # type: ignore[arg-type]
        assert result.reply != "not_allowed"
        assert result.state != asking()
    assert step(lobby(), Start(ALICE), BEGIN).reply == "not_allowed"


def test_a_round_without_players_does_not_start() -> None:
    assert step(begin(Rules(), QUESTIONS, OWNER, BEGIN), Start(OWNER), BEGIN).reply == "nobody_joined"


def test_a_pause_costs_nobody_time_or_points() -> None:
    straight = closed(after(asking(), press(ALICE, "B", 8)))
    state = step(asking(), Control("pause", OWNER), BEGIN + 5).state
    assert step(state, press(BOB, "B", 6), BEGIN + 6).reply == "paused_now"
    assert step(state, press(BOB, "B", 4.9), BEGIN + 5.1).reply == "counted", "it was pressed before"
    resumed = step(state, Control("resume", OWNER), BEGIN + 65)
    assert (resumed.reply, resumed.state.until) == ("resumed", BEGIN + 90)
    assert step(resumed.state, press(BOB, "B", 6), BEGIN + 66).reply == "paused_now", "it was pressed meanwhile"
    paused = closed(after(resumed.state, press(ALICE, "B", 68)))
    assert paused.totals()[ALICE] == straight.totals()[ALICE]


def test_a_skipped_question_counts_for_nobody_and_breaks_no_streak() -> None:
    state = closed(after(asking(), press(ALICE, "B", 8)))
    state = step(state, Tick(), state.until).state
    state = posted(state)
    begun = state.opened - BEGIN
    state = step(after(state, press(ALICE, "A", begun + 2, number=2)), Control("skip", OWNER), state.opened + 3).state
    assert (state.phase, state.totals()[ALICE][1], state.answers[2, ALICE].points) == ("reveal", 1, None)
    state = step(state, Control("skip", OWNER), state.opened + 4).state
    assert (state.phase, state.number) == ("question", 3)
    state = posted(state)
    state = closed(after(state, press(ALICE, "A", state.opened - BEGIN + 29.9, number=3)))
    assert state.answers[3, ALICE].points is not None
    assert state.answers[3, ALICE].points > 1_090, "the second right answer in a row"


def test_a_round_that_nobody_attends_stops_by_itself() -> None:
    state = asking()
    while state.due is not None:
        state = closed(state)
    assert (state.end, state.number) == ("unattended", 2)
    waiting = lobby()
    assert waiting.due is not None
    assert step(waiting, Tick(), waiting.due).state.end == "nobody"
    paused = after(asking(), Control("pause", OWNER))
    assert paused.due == BEGIN + paused.rules.paused_s
    assert step(paused, Tick(), paused.due).state.end == "unattended"


def test_a_wrong_answer_is_attendance() -> None:
    state = closed(closed(closed(after(asking(), press(ALICE, "A", 5)))))
    assert (state.phase, state.number, state.silent) == ("reveal", 2, 1)


@pytest.mark.parametrize(
    ("state", "effect"),
    [(lobby(), "lobby"), (asking(), "ask"), (closed(asking()), "reveal"),
     (after(asking(), Control("stop", OWNER)), "finish")],
)  # fmt: skip
def test_a_restart_goes_on_where_it_was(state: State, effect: str) -> None:
    state = after(state, press(ALICE, "B", 5))
    late = step(state, Restarted(), BEGIN + 10_000)
    assert late.effects == (effect,)
    assert (late.state.phase, late.state.number, late.state.answers) == (state.phase, state.number, state.answers)
    if state.phase == "question":
        assert late.state.until == BEGIN + 10_000 + state.rules.restart_s


def test_who_is_forgotten_is_gone_and_the_others_keep_their_points() -> None:
    state = closed(after(asking(), press(ALICE, "B", 5), press(BOB, "B", 6)))
    forgotten = step(state, Forget(ALICE), BEGIN).state
    assert ALICE not in forgotten.players
    assert {member for _, member in forgotten.answers} == {BOB}
    assert forgotten.totals()[BOB] == state.totals()[BOB]
    assert step(state, Forget(OWNER), BEGIN).state.owner is None


def test_teams_are_chosen_or_filled_up_from_the_smallest() -> None:
    state = begin(Rules(teams=2), QUESTIONS, OWNER, BEGIN)
    state = after(state, Join(OWNER, "o", 1), Join(ALICE, "a", 1), Join(BOB, "b", 9), Start(OWNER), Opened(1, BEGIN))
    assert [state.players[m].team for m in (OWNER, ALICE, BOB)] == [1, 1, None]
    state = closed(after(state, press(CARLA, "A", 3), press(BOB, "B", 4)))
    assert (state.players[BOB].team, state.players[CARLA].team) == (2, 2)
    table = state.team_standings()
    assert [(row.place, row.team, row.members) for row in table] == [(1, 2, 2), (2, 1, 2)]
    assert table[0].points == round(state.totals()[BOB][0] / 2)


def test_typed_answers_are_matched_when_the_question_ends() -> None:
    state = asking(questions=(TYPED,))
    state = closed(after(state, press(ALICE, "hintn!", 5), press(BOB, "Bengio", 5), press(CARLA, "ＨＩＮＴＯＮ", 5)))
    assert {member: answer.correct for member, answer in state.given(1).items()} == {
        ALICE: True, BOB: False, CARLA: True,
    }  # fmt: skip


@settings(max_examples=40)
@given(st.lists(events(), max_size=30))
def test_a_saved_round_is_loaded_as_it_was(story: list[tuple[Event, float]]) -> None:
    now, state = BEGIN, begin(Rules(seconds=20, teams=2), QUESTIONS, OWNER, BEGIN)
    for event, wait in story:
        now += wait
        state = step(state, event, now).state
    saved = dump(state)
    assert load(json.loads(json.dumps(saved)), QUESTIONS, state.owner, state.players, state.answers) == state
    assert not {"players", "answers", "owner"} & set(saved), "nothing about a member is in it"


SAVED = dump(asking())


@pytest.mark.parametrize("wrong", [{}, {"phase": "dance"}, {**SAVED, "number": 9}, {**SAVED, "rules": 1}])
def test_what_is_no_saved_round_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="no "):
        load(wrong, QUESTIONS, OWNER, {}, {})


def test_rounds_need_questions_and_a_number_of_teams_that_makes_sense() -> None:
    for rules, questions in ((Rules(), ()), (Rules(teams=1), QUESTIONS), (Rules(teams=5), QUESTIONS)):
        with pytest.raises(ValueError, match="teams"):
            begin(rules, questions, OWNER, BEGIN)


def test_an_answer_knows_what_counts() -> None:
    one = press(ALICE, "A", 1).press
    assert Answer(one).final == one
