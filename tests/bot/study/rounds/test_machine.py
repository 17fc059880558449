from __future__ import annotations

import json
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.study.rounds.machine import (
    Answered,
    Forget,
    Join,
    Leave,
    Opened,
    Restarted,
    RoundCommand,
    RoundEvent,
    Start,
    Tick,
    step,
)
from bot.study.rounds.state import MemberAnswer, Press, Rules, State, begin, dump, load
from tests.bot.study.rounds.worlds import (
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
def test_whatever_happens_the_round_can_go_on_and_comes_to_an_end(
    story: list[tuple[RoundEvent, float]], teams: int
) -> None:
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
def test_scores_do_not_depend_on_the_order_in_which_answers_arrive(presses: list[RoundEvent], random: object) -> None:
    shuffled = list(presses)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (closed(after(asking(Rules(teams=2)), *order)) for order in (presses, shuffled))
    assert one.answers == other.answers
    assert one.standings() == other.standings()
    assert one.team_standings() == other.team_standings()


@given(st.lists(st.builds(press, st.sampled_from(MEMBERS), st.sampled_from("ABCD"), st.floats(0.1, 29)), max_size=8))
def test_an_answer_that_arrives_twice_counts_once(presses: list[RoundEvent]) -> None:
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
        (RoundCommand("resume", OWNER), "not_paused"),
    ],
)
def test_what_does_not_fit_is_answered_and_changes_nothing(event: RoundEvent, reply: str) -> None:
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
    assert step(asking(), RoundCommand(what, ALICE), BEGIN).reply == "not_allowed"  # type: ignore[arg-type]
    for member, moderator in ((OWNER, False), (ALICE, True)):
        result = step(asking(), RoundCommand(what, member, moderator), BEGIN)  # type: ignore[arg-type]
        assert result.reply != "not_allowed"
        assert result.state != asking()
    assert step(lobby(), Start(ALICE), BEGIN).reply == "not_allowed"


def test_a_round_without_players_does_not_start() -> None:
    assert step(begin(Rules(), QUESTIONS, OWNER, BEGIN), Start(OWNER), BEGIN).reply == "nobody_joined"


def test_a_pause_costs_nobody_time_or_points() -> None:
    straight = closed(after(asking(), press(ALICE, "B", 8)))
    state = step(asking(), RoundCommand("pause", OWNER), BEGIN + 5).state
    assert step(state, press(BOB, "B", 6), BEGIN + 6).reply == "paused_now"
    assert step(state, press(BOB, "B", 4.9), BEGIN + 5.1).reply == "counted", "it was pressed before"
    resumed = step(state, RoundCommand("resume", OWNER), BEGIN + 65)
    assert (resumed.reply, resumed.state.until) == ("resumed", BEGIN + 90)
    assert step(resumed.state, press(BOB, "B", 6), BEGIN + 66).reply == "paused_now", "it was pressed meanwhile"
    paused = closed(after(resumed.state, press(ALICE, "B", 68)))
    assert paused.totals()[ALICE] == straight.totals()[ALICE]


def test_a_skipped_question_counts_for_nobody_and_breaks_no_streak() -> None:
    state = closed(after(asking(), press(ALICE, "B", 8)))
    state = step(state, Tick(), state.until).state
    state = posted(state)
    begun = state.opened - BEGIN
    state = step(
        after(state, press(ALICE, "A", begun + 2, number=2)), RoundCommand("skip", OWNER), state.opened + 3
    ).state
    assert (state.phase, state.totals()[ALICE][1], state.answers[2, ALICE].points) == ("reveal", 1, None)
    state = step(state, RoundCommand("skip", OWNER), state.opened + 4).state
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
    paused = after(asking(), RoundCommand("pause", OWNER))
    assert paused.due == BEGIN + paused.rules.paused_s
    assert step(paused, Tick(), paused.due).state.end == "unattended"


def test_a_wrong_answer_is_attendance() -> None:
    state = closed(closed(closed(after(asking(), press(ALICE, "A", 5)))))
    assert (state.phase, state.number, state.silent) == ("reveal", 2, 1)


@pytest.mark.parametrize(
    ("state", "effect"),
    [(lobby(), "lobby"), (asking(), "ask"), (closed(asking()), "reveal"),
     (after(asking(), RoundCommand("stop", OWNER)), "finish")],
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
def test_a_saved_round_is_loaded_as_it_was(story: list[tuple[RoundEvent, float]]) -> None:
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
    assert MemberAnswer(one).final == one


def asked_by_a_host(ahead: float, *, rules: Rules, posted_after: float = 0.2) -> State:
    """A round whose first question is posted so late, on a host whose clock Discord's is so far ahead of."""
    state = step(begin(rules, QUESTIONS, OWNER, BEGIN), Join(OWNER, "owner"), BEGIN).state
    state = step(state, Start(OWNER), BEGIN).state
    return step(state, Opened(1, BEGIN + ahead + posted_after), BEGIN + posted_after + 0.1).state


@given(st.floats(-1e9, 1e9), st.floats(0.2, 29.8), st.floats(0, 1.4))
def test_an_answer_is_worth_the_same_however_wrong_the_clock_of_the_host_is(
    ahead: float, after_s: float, delivered_s: float
) -> None:
    ahead = round(ahead, 3)

    def played(ahead: float) -> State:
        state = asked_by_a_host(ahead, rules=Rules(seconds=30))
        pressed = Answered(1, OWNER, "owner", Press(7, BEGIN + ahead + 0.2 + after_s, "B"))
        given_ = step(state, pressed, BEGIN + 0.2 + after_s + delivered_s)
        assert given_.reply == "counted"
        assert given_.state.due is not None
        assert BEGIN + 0.2 + after_s < given_.state.due <= BEGIN + 40, "it ends by the time that passes for the host"
        return step(given_.state, Tick(), given_.state.due).state

    one, other = played(ahead), played(0.0)
    assert one.totals()[OWNER][0] == pytest.approx(other.totals()[OWNER][0], abs=1)
    late = Answered(1, OWNER, "owner", Press(8, BEGIN + ahead + 30.3, "B"))
    assert step(asked_by_a_host(ahead, rules=Rules(seconds=30)), late, BEGIN + 30.4).reply == "late"


@given(st.floats(0, 600))
def test_a_question_that_is_posted_late_has_all_its_time(posted_after: float) -> None:
    state = asked_by_a_host(0.0, rules=Rules(seconds=10), posted_after=posted_after)
    assert state.until == pytest.approx(BEGIN + posted_after + 10)
    in_time = Answered(1, OWNER, "owner", Press(7, BEGIN + posted_after + 9.9, "B"))
    answered = step(state, in_time, BEGIN + posted_after + 10)
    assert answered.reply == "counted"
    assert closed(answered.state).answers[1, OWNER].points == pytest.approx(1005, abs=2), "it came at the last moment"


def test_a_question_that_could_not_be_posted_is_not_judged_as_unanswered() -> None:
    state = step(lobby(), Start(OWNER), BEGIN).state
    assert step(state, Tick(), BEGIN + 600).state == state
    assert state.due == BEGIN + 30 + state.rules.unposted_s
    given_up = step(state, Tick(), state.due)
    assert (given_up.state.end, given_up.state.silent, given_up.effects) == ("unposted", 0, ("finish",))


def test_a_press_that_is_told_before_the_message_is_judged_by_the_message() -> None:
    state = step(lobby(), Start(OWNER), BEGIN).state
    early = Answered(1, OWNER, "owner", Press(7, BEGIN + 8, "B"))
    first = step(step(state, early, BEGIN + 8).state, Opened(1, BEGIN + 6), BEGIN + 8.1).state
    second = step(step(state, Opened(1, BEGIN + 6), BEGIN + 6.1).state, early, BEGIN + 8).state
    assert closed(first).answers == closed(second).answers


def test_a_message_told_of_twice_begins_its_time_once() -> None:
    state = asking()
    assert step(state, Opened(1, BEGIN, 5, BEGIN + 20), BEGIN + 20).state == state
    assert step(state, Opened(2, BEGIN + 9), BEGIN + 9).state == state


def test_a_question_skipped_while_it_is_posted_shows_its_answer_in_its_message() -> None:
    state = step(lobby(), Start(OWNER), BEGIN).state
    skipped = step(state, RoundCommand("skip", OWNER), BEGIN + 1).state
    assert step(skipped, Opened(1, BEGIN + 2, 55), BEGIN + 2).state.message == 55


@pytest.mark.parametrize("set_by", [-3600.0, -35.0, 0.0, 35.0, 3600.0])
def test_a_restart_leaves_its_time_though_the_clock_of_the_host_was_set_meanwhile(set_by: float) -> None:
    before = asking()
    now = BEGIN + 20 + set_by
    state = step(before, Restarted(), now).state
    waiting = press(ALICE, "B", 40)
    assert step(state, waiting, now).reply == "counted", "nobody knows yet what time it is for Discord"
    edited_at = BEGIN + 20.5
    state = step(state, Opened(1, BEGIN, 5, edited_at), now + 0.5).state
    assert edited_at + state.rules.restart_s <= state.until <= edited_at + state.rules.seconds
    assert state.due is not None
    assert state.due - (now + 0.5) == pytest.approx(state.until - edited_at + state.rules.grace_s)
    assert state.opened == BEGIN


def test_a_pause_goes_by_the_times_at_which_it_was_asked_for() -> None:
    state = asked_by_a_host(35.0, rules=Rules(seconds=30))
    opened = BEGIN + 35.2
    state = step(state, RoundCommand("pause", OWNER, at=opened + 5), BEGIN + 7).state
    assert step(state, Answered(1, BOB, "b", Press(9, opened + 4.9, "B")), BEGIN + 7).reply == "counted"
    assert step(state, Answered(1, BOB, "b", Press(9, opened + 5.1, "B")), BEGIN + 7).reply == "paused_now"
    state = step(state, RoundCommand("resume", OWNER, at=opened + 65), BEGIN + 66).state
    assert state.until == pytest.approx(opened + 90)


def test_a_pause_before_the_question_is_there_costs_and_gains_nothing() -> None:
    state = step(lobby(), Start(OWNER), BEGIN).state
    state = step(state, RoundCommand("pause", OWNER), BEGIN + 1).state
    state = step(state, Opened(1, BEGIN + 4, 5), BEGIN + 4).state
    resumed = step(state, RoundCommand("resume", OWNER), BEGIN + 14)
    assert resumed.effects == ("redraw",)
    assert resumed.state.until == BEGIN + 44
    straight = closed(after(asking(), press(OWNER, "B", 5))).totals()[OWNER]
    assert closed(after(resumed.state, press(OWNER, "B", 19))).totals()[OWNER] == straight


def test_a_pause_over_a_restart_still_gets_its_question_posted() -> None:
    state = step(lobby(), Start(OWNER), BEGIN).state
    state = step(state, RoundCommand("pause", OWNER), BEGIN + 1).state
    assert step(state, Restarted(), BEGIN + 9).effects == ("ask",)
    assert step(step(state, Restarted(), BEGIN + 9).state, RoundCommand("resume", OWNER), BEGIN + 10).effects == (
        "ask",
    )


def three_at(number: int, *, missing: int) -> State:
    """Three have joined, one of whom missed so many questions; the next is open."""
    rules = Rules()
    state = after(lobby(rules, tuple(QUESTIONS) * 3), Join(ALICE, "a"), Join(BOB, "b"), Start(OWNER))
    while state.number < number:
        state = posted(state)
        at = state.opened - BEGIN + 5
        answering = [OWNER, ALICE] + [BOB] * (state.number < number - missing)
        for member in answering:
            state = step(state, press(member, "A", at, number=state.number), BEGIN + at).state
        state = closed(state)
        assert state.due is not None
        state = step(state, Tick(), state.due).state
    return posted(state)


@pytest.mark.parametrize(("missing", "waits"), [(0, True), (1, True), (2, False), (3, False)])
def test_who_misses_two_in_a_row_does_not_hold_up_the_others(missing: int, waits: bool) -> None:
    state = three_at(5, missing=missing)
    at = state.opened - BEGIN + 3
    for member in (OWNER, ALICE):
        state = step(state, press(member, "B", at, number=5), BEGIN + at).state
    assert (state.hurry is None) is waits
    back = step(state, press(BOB, "B", at + 1, number=5), BEGIN + at + 1)
    assert back.reply == "counted", "whoever comes back is heard"
    assert BOB in back.state.awaited()


def test_who_leaves_the_lobby_is_out_and_its_opener_may_still_start_the_round() -> None:
    state = after(lobby(), Join(ALICE, "a"))
    left = step(state, Leave(OWNER), BEGIN)
    assert (left.reply, left.effects, set(left.state.players)) == ("left", ("lobby",), {ALICE})
    assert step(left.state, Leave(OWNER), BEGIN).reply == "not_in"
    assert step(left.state, Start(OWNER), BEGIN).reply == "started"
    assert step(left.state, Join(OWNER, "owner"), BEGIN).reply == "joined"


def test_who_leaves_a_round_keeps_their_points_and_is_not_waited_for() -> None:
    state = after(asking(), press(OWNER, "B", 4), press(ALICE, "B", 5))
    state = closed(state)
    points = state.totals()[ALICE]
    state = posted(step(state, Tick(), state.until).state)
    state = step(state, press(OWNER, "D", state.opened - BEGIN + 3, number=2), state.opened + 3).state
    assert state.hurry is None
    left = step(state, Leave(ALICE), state.opened + 4)
    assert left.reply == "left_with_points"
    assert left.state.hurry == state.opened + 4 + state.rules.hurry_s
    assert left.state.totals()[ALICE] == points
    assert step(left.state, Leave(ALICE), BEGIN).reply == "not_in"
    back = step(left.state, press(ALICE, "D", state.opened - BEGIN + 5, number=2), state.opened + 5).state
    assert not back.players[ALICE].away
    assert step(step(back, RoundCommand("stop", OWNER), BEGIN).state, Leave(ALICE), BEGIN).reply == "over"


@given(
    st.lists(
        st.tuples(st.builds(press, st.sampled_from(MEMBERS), st.sampled_from("ABCD"), st.floats(0.1, 29)),
                  st.booleans()), min_size=1, max_size=8,
    ),
    st.integers(0, 8), st.randoms(use_true_random=False),
)  # fmt: skip
def test_scores_do_not_depend_on_when_the_message_was_told_of(
    presses: list[tuple[Answered, bool]], told: int, random: object
) -> None:
    """Presses, in any order and some of them twice, before and after it is known when the question was posted."""
    sent = [event for event, twice in presses for _ in range(1 + twice)]
    random.shuffle(sent)  # type: ignore[attr-defined]
    asked = step(lobby(), Start(OWNER), BEGIN).state
    early, late = sent[:told], sent[told:]
    one = after(after(after(asked, *early), Opened(1, BEGIN)), *late)
    other = after(asking(), *(event for event, _ in presses))
    assert closed(one).answers == closed(other).answers
    assert closed(one).standings() == closed(other).standings()
    assert all(answer.points is not None for answer in closed(one).answers.values()), "each is judged"


def test_a_round_saved_by_an_older_version_is_loaded() -> None:
    old = {name: value for name, value in SAVED.items() if name not in ("ahead", "awaits")}
    loaded = load(old, QUESTIONS, OWNER, {}, {})
    assert (loaded.ahead, loaded.awaits, loaded.until) == (0.0, None, asking().until)
