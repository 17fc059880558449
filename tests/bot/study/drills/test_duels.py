"""Duels: who hands in first what passes wins, whatever order verdicts come in, and every duel comes to an end."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.study.drills.attempts import Attempt
from bot.study.drills.duels import (
    OPEN_S,
    Duel,
    Duellist,
    accept,
    ask,
    decline,
    give_up,
    handed,
    judged,
    restarted,
    tick,
    unseen,
)
from bot.study.refusals import Refusal
from tests.bot.study.drills.samples import DRILL

ANN, BOB, EVE = 1, 2, 3
LIMIT, ALL = 2 * 60.0 * DRILL.meta.minutes, len(DRILL.meta.checks)


def asked() -> Duel:
    return ask(DRILL, Duellist(ANN, "ann"), Duellist(BOB, "bob"), 100.0)


def going() -> Duel:
    return accept(asked(), BOB, 110.0)


def winner(duel: Duel) -> int | None:
    return None if duel.winner is None else duel.winner.member_id


def test_only_who_was_asked_may_accept_and_either_may_call_it_off() -> None:
    for member in (ANN, EVE):
        with pytest.raises(Refusal, match=r"duel\.not_yours"):
            accept(asked(), member, 110.0)
    with pytest.raises(Refusal, match=r"duel\.not_yours"):
        decline(asked(), EVE, 110.0)
    assert [decline(asked(), member, 110.0).end for member in (ANN, BOB)] == ["declined"] * 2
    for late in (lambda: accept(going(), BOB, 120.0), lambda: decline(going(), BOB, 120.0),
                 lambda: accept(asked(), BOB, 100.0 + OPEN_S)):  # fmt: skip
        with pytest.raises(Refusal, match=r"duel\.late"):
            late()


def test_a_challenge_nobody_answers_expires() -> None:
    assert tick(asked(), 99.0 + OPEN_S) == asked()
    assert tick(asked(), 100.0 + OPEN_S).end == "expired"


def test_a_challenge_that_nobody_sees_is_over_and_a_duel_that_goes_on_is_left() -> None:
    assert (unseen(asked(), 120.0).end, unseen(asked(), 120.0).ended) == ("expired", 120.0)
    assert unseen(going(), 120.0) == going()


def test_the_first_answer_that_passes_wins_and_each_step_is_counted() -> None:
    duel = judged(handed(going(), ANN, 120.0), ANN, 120.0, 2, 121.0)
    assert duel.phase == "going"
    assert [(each.best, each.tries) for each in duel.players] == [(2, 1), (0, 0)]
    duel = judged(handed(duel, ANN, 125.0), ANN, 125.0, 1, 126.0)
    assert (duel.players[0].best, duel.players[0].tries) == (2, 2), "the best one stands"
    duel = judged(handed(duel, BOB, 130.0), BOB, 130.0, ALL, 131.0)
    assert (duel.end, winner(duel), duel.ended) == ("won", BOB, 131.0)
    assert judged(duel, ANN, 129.0, ALL, 140.0) == duel, "it is over"


def test_what_was_handed_in_first_counts_first_though_its_verdict_comes_last() -> None:
    duel = handed(handed(going(), ANN, 120.0), BOB, 121.0)
    duel = judged(duel, BOB, 121.0, ALL, 122.0)
    assert duel.phase == "going", "an earlier answer is still being judged"
    assert winner(judged(duel, ANN, 120.0, ALL, 125.0)) == ANN
    assert winner(judged(duel, ANN, 120.0, ALL - 1, 125.0)) == BOB
    assert winner(judged(duel, ANN, 120.0, None, 125.0)) == BOB, "what could not be judged holds nobody up"
    assert winner(restarted(duel, {}, 125.0)) == BOB, "nor does what a restart cut off"


def test_a_restart_takes_over_what_was_kept_and_not_told_to_the_duel() -> None:
    kept = Attempt(BOB, DRILL.topic, DRILL.item, 115.0)
    for went_on in (kept, replace(kept, passed=109.0), replace(kept, passed=111.0 + LIMIT), replace(kept, seen=109.0)):
        assert restarted(going(), {BOB: went_on}, 130.0) == going(), "before it began, after its time, or not ended"
    won = restarted(handed(going(), BOB, 120.0), {BOB: replace(kept, end="passed", passed=120.0)}, 130.0)
    assert (won.end, winner(won), won.players[1].best, won.players[1].tries) == ("won", BOB, ALL, 1)
    left = restarted(going(), {BOB: replace(kept, end="given_up", seen=120.0)}, 130.0)
    assert (left.end, winner(left)) == ("gave_up", ANN)
    both = {BOB: replace(kept, passed=120.0), ANN: replace(kept, member_id=ANN, passed=119.0)}
    assert winner(restarted(going(), both, 130.0)) == ANN, "handed in first"
    assert restarted(asked(), both, 130.0) == asked(), "nobody plays yet"
    assert restarted(won, both, 140.0) == won, "it is over"


def test_giving_up_leaves_it_to_the_other_and_time_to_nobody() -> None:
    duel = give_up(going(), ANN, 120.0)
    assert (duel.end, winner(duel)) == ("gave_up", BOB)
    both = handed(going(), BOB, 119.0)
    pending = give_up(both, ANN, 120.0)
    assert (pending.end, winner(pending)) == ("gave_up", BOB)
    over = tick(going(), 110.0 + LIMIT)
    assert (over.end, winner(over)) == ("time", None)
    waits = handed(going(), ANN, 109.0 + LIMIT)
    assert tick(waits, 111.0 + LIMIT).phase == "going", "it was handed in in time"
    assert winner(judged(waits, ANN, 109.0 + LIMIT, ALL, 115.0 + LIMIT)) == ANN
    assert tick(waits, 500.0 + LIMIT).end == "time", "but nobody waits for ever"
    late = judged(going(), ANN, 111.0 + LIMIT, ALL, 112.0 + LIMIT)
    assert (late.end, winner(late)) == ("time", None)


def test_strangers_change_nothing_and_one_alone_is_over() -> None:
    assert handed(going(), EVE, 120.0) == going()
    assert judged(going(), EVE, 120.0, ALL, 121.0) == going()
    assert give_up(going(), EVE, 120.0) == going()
    alone = replace(going(), players=going().players[:1])
    assert tick(alone, 120.0).end == "left"


events = st.lists(
    st.tuples(
        st.sampled_from(["handed", "right", "wrong", "give", "restart", "tick"]), st.sampled_from([ANN, BOB, EVE]),
        st.floats(0.0, 400.0),
    ),
    max_size=20,
)  # fmt: skip


@given(events=events)
def test_whatever_happens_it_ends_once_and_a_winner_has_passed_or_stayed(events: list[tuple[str, int, float]]) -> None:
    duel, at, handed_at = going(), 110.0, dict.fromkeys((ANN, BOB, EVE), 110.0)
    for kind, member, later in events:
        at += later
        before = duel
        if kind == "handed":
            duel, handed_at[member] = handed(duel, member, at), at
        elif kind in ("right", "wrong"):
            duel = judged(duel, member, handed_at[member], ALL if kind == "right" else 1, at)
        elif kind == "give":
            duel = give_up(duel, member, at)
        else:
            duel = restarted(duel, {}, at) if kind == "restart" else tick(duel, at)
        if before.phase == "over":
            assert duel.end == before.end
            assert duel.winner == before.winner
    duel = tick(duel, at + LIMIT + 1_000.0)
    assert duel.phase == "over"
    assert (duel.winner is not None) == (duel.end == "won" or (duel.end == "gave_up" and duel.winner is not None))
    if duel.end == "won":
        assert duel.winner is not None
        assert duel.winner.passed == min(each.passed for each in duel.players if each.passed is not None)
