from __future__ import annotations

from collections import Counter
from functools import cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.study import schedule
from bot.study.plan import (
    DAY,
    DRILL,
    Beliefs,
    ItemKey,
    MemoryState,
    Piece,
    greedy,
    next_of,
    outlooks,
    pieces,
    plan,
)
from bot.study.schedule import AGAIN, GOOD, Grade
from knowledge.bank.loader import load_bank
from knowledge.bank.models import Bank
from tests.bot.world import bank

NOW = 1_760_011_200.0
REQUIRES = {"rnn": (), "lstm": ("rnn",), "attention": ("lstm",), "trees": ()}


def memory(*grades: Grade, ago: float = DAY, now: float = NOW) -> MemoryState:
    """What is kept after answers a day apart, the last of them so many seconds ago."""
    state, due = None, 0.0
    for back, grade in zip(reversed(range(len(grades))), grades, strict=True):
        state, due = schedule.review(state, grade, now - ago - back * DAY)
    assert state is not None
    return MemoryState(state, due, grades[0] > AGAIN)


@cache
def small() -> Bank:
    whole = load_bank()
    return Bank(topics={slug: whole[slug] for slug in ("rnn", "lstm", "decision-tree", "k-means")})


def believed(*firsts: tuple[str, str, bool]) -> Beliefs:
    return Beliefs(REQUIRES, firsts)


def test_nobody_knows_anything_of_who_has_answered_nothing() -> None:
    beliefs = believed()
    assert {beliefs.of(topic, kind).mean for topic in REQUIRES for kind in ("choice", "open")} == {0.5}
    assert beliefs.weakest is None
    assert beliefs.needing("rnn") is None


def test_an_answer_tells_most_of_its_own_topic_and_kind() -> None:
    # Two answers of another topic that go the other way, so that what all topics share stays where it was.
    beliefs = believed(("rnn", "choice", True), ("rnn", "choice", True), ("trees", "choice", False),
                       ("trees", "choice", False))  # fmt: skip
    own, other_kind = beliefs.of("rnn", "choice").mean, beliefs.of("rnn", "open").mean
    assert own > other_kind > 0.5 > beliefs.of("trees", "open").mean > beliefs.of("trees", "choice").mean


def test_a_pass_tells_of_what_its_topic_requires_and_a_failure_does_not() -> None:
    balance = ("trees", "choice", False)
    passed = believed(("lstm", "choice", True), balance)
    assert passed.of("rnn", "choice").mean > passed.of("trees", "open").mean
    assert passed.of("rnn", "choice").right > believed().of("rnn", "choice").right
    assert passed.of("attention", "choice").right == pytest.approx(believed().of("attention", "choice").right)
    failed = believed(("lstm", "choice", False), ("trees", "choice", True))
    assert failed.of("rnn", "choice").wrong == pytest.approx(2.0), "only the prior's"
    assert failed.of("attention", "choice").wrong > 2.0, "what it requires goes badly"


def test_credit_fades_with_each_step() -> None:
    beliefs = believed(("attention", "choice", True), ("trees", "choice", False))
    near, far = beliefs.of("lstm", "choice").right, beliefs.of("rnn", "choice").right
    assert near > far > beliefs.of("trees", "open").right


def test_topics_that_require_each_other_do_not_hang_it() -> None:
    beliefs = Beliefs({"a": ("b",), "b": ("a",)}, [("a", "choice", True)])
    assert 0 < beliefs.of("b", "choice").mean < 1


@given(st.lists(st.tuples(st.sampled_from(list(REQUIRES)), st.sampled_from(["choice", "open"]), st.booleans())))
def test_a_belief_is_a_chance_and_one_more_pass_never_lowers_its_own(firsts: list[tuple[str, str, bool]]) -> None:
    before = believed(*firsts).of("lstm", "choice").mean
    after = believed(*firsts, ("lstm", "choice", True)).of("lstm", "choice").mean
    assert 0 < before <= after < 1


def test_a_review_wins_where_something_would_be_forgotten_and_little_where_it_would_not() -> None:
    key = next(each.key for each in pieces(small()) if each.kind == "choice")

    def gain(kept: MemoryState, days: float) -> float:
        found = outlooks(small(), {key: kept}, NOW, NOW + days * DAY)
        return next(found.of(each).gain for each in found.everything if each.key == key)

    well = memory(GOOD, GOOD, GOOD, GOOD, ago=DAY)
    assert gain(memory(AGAIN), 20) > gain(well, 20) > -0.01
    assert gain(memory(AGAIN), 20) > 0.03


@settings(max_examples=25, deadline=None)
@given(
    st.dictionaries(st.integers(0, 40), st.lists(st.sampled_from([AGAIN, GOOD]), min_size=1, max_size=4), max_size=12),
    st.integers(0, 60),
)
def test_every_chance_is_one_and_a_new_item_is_never_lost_by_studying_it(
    history: dict[int, list[Grade]], days: int
) -> None:
    every = list(pieces(small()))
    memories = {every[place].key: memory(*grades) for place, grades in history.items()}
    found = outlooks(small(), memories, NOW, NOW + days * DAY)
    for piece in found.everything:
        prospect = found.of(piece)
        assert 0 <= prospect.without <= 1
        assert 0 <= prospect.reviewed <= 1
        assert prospect.without == pytest.approx(found.chance(piece))
        assert prospect.due or prospect.gain >= 0


def test_what_is_not_due_yet_is_not_open() -> None:
    key = next(pieces(small())).key
    later = memory(GOOD, GOOD, ago=60.0)
    assert later.due > NOW
    assert key not in {each.piece.key for each in outlooks(small(), {key: later}, NOW, NOW + DAY).open()}
    assert key in {each.piece.key for each in outlooks(small(), {key: later}, later.due, NOW + 9 * DAY).open()}


def test_the_plan_fits_into_the_minutes_and_takes_the_greatest_gains() -> None:
    found = outlooks(small(), {}, NOW, NOW + 30 * DAY)
    made = plan(found, 20, Random(1))
    assert 15 <= made.minutes <= 20
    assert made.days == 30
    assert made.more
    assert made.expected > made.now
    assert len({step.piece.key for step in made.today}) == len(made.today)
    assert {step.piece.topic for step in made.today} == set(small().topics), "topics take turns"
    assert plan(found, 20, Random(1)) == made, "chance comes from outside"
    assert plan(found, 0.5, Random(1)).today == ()


def test_a_topic_that_goes_badly_is_called_the_weakest_and_comes_first() -> None:
    firsts: dict[ItemKey, MemoryState] = {}
    for piece in pieces(small()):
        if piece.item in [each.id for each in small()[piece.topic].quiz[:3]]:
            firsts[piece.key] = memory(AGAIN if piece.topic == "k-means" else GOOD, ago=60.0)
    made = plan(outlooks(small(), firsts, NOW, NOW + 20 * DAY), 30, Random(1))
    assert made.today[0].why in ("weakest", "due")
    assert {step.piece.topic for step in made.today if step.why == "weakest"} == {"k-means"}
    others = {key: memory(GOOD, ago=60.0) for key in firsts}
    told = plan(outlooks(small(), others, NOW, NOW + 20 * DAY), 30, Random(1))
    assert "weakest" not in {step.why for step in told.today}, "all of it goes well"


def test_what_a_topic_that_goes_badly_builds_on_is_named() -> None:
    firsts: dict[ItemKey, MemoryState] = {}
    for topic, grade in (("lstm", AGAIN), ("decision-tree", GOOD), ("k-means", AGAIN)):
        for item in small()[topic].quiz[: 4 if topic == "k-means" else 3]:
            firsts[topic, item.id] = memory(grade, ago=60.0)
    made = plan(outlooks(small(), firsts, NOW, NOW + 20 * DAY), 60, Random(1))
    assert {(step.piece.topic, step.needed_by) for step in made.today if step.why == "needed"} == {("rnn", "lstm")}


def test_drills_count_with_their_minutes_and_one_a_day_is_enough() -> None:
    drills = [each for each in pieces(bank()) if each.kind == DRILL]
    assert [(each.topic, each.minutes) for each in drills] == [("gan", bank()["gan"].drills[0].meta.minutes)]
    gan = bank()["gan"]
    many = tuple(gan.drills[0].model_copy(update={"name": f"drill{number}"}) for number in range(5))
    full = bank().model_copy(update={"topics": {"gan": gan.model_copy(update={"drills": many})}})
    made = plan(outlooks(full, {}, NOW, NOW + 20 * DAY), 600, Random(1))
    assert Counter(step.piece.kind for step in made.today)[DRILL] == 1
    short = plan(outlooks(full, {}, NOW, NOW + 20 * DAY), 1, Random(1))
    assert DRILL not in {step.piece.kind for step in short.today}, "it does not fit"


def test_one_in_four_is_due_while_anything_is() -> None:
    every = list(pieces(small()))
    memories = {each.key: memory(AGAIN, ago=2 * DAY) for each in every[:5]}
    found = outlooks(small(), memories, NOW, NOW + 60 * DAY).open()
    order = [each.due for each in greedy(found, Random(1))]
    assert sum(order[:20]) >= 5
    assert not all(order[:5]), "something new is worth more here"
    assert len(order) == len(found)


def test_what_was_just_answered_does_not_come_next() -> None:
    found = outlooks(small(), {}, NOW, NOW + 30 * DAY)
    first = next_of(found, Random(4))
    assert first is not None
    again = next_of(found, Random(4), not_now=first.piece.key)
    assert again is not None
    assert again.piece.topic != first.piece.topic, "topics take turns"
    nothing = outlooks(small(), {}, NOW, NOW, lambda _: False)
    assert next_of(nothing, Random(4)) is None
    empty = plan(nothing, 20, Random(4))
    assert (empty.today, empty.expected, empty.more) == ((), 0.0, False)


def test_code_takes_longer_than_a_letter_and_words_longer_than_code() -> None:
    minutes = {each.kind: each.minutes for each in pieces(small())}
    assert minutes["choice"] < minutes["predict"] == minutes["find_bug"] < minutes["open"]


def test_a_piece_goes_by_what_its_card_goes_by() -> None:
    assert Piece("gan", "first", "choice", 1).key == ("gan", "first")
