"""Sessions of reviewing: mistakes, what comes again until it is right, and that this is no second review."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
import pytest_asyncio
from fsrs import Rating, Scheduler
from fsrs import State as CardPhase

from bot.store.store import Store
from bot.study import schedule
from bot.study.decks import ReviewSession, answered, missed, mistakes
from bot.study.learning import AskedItem, GivenAnswer, Learning
from bot.study.schedule import AGAIN, EASY, GOOD
from knowledge.bank.drills import Drill
from tests.bot.world import bank, review

NOON, HOUR, DAY = 1_760_011_200.0, 3_600.0, 86_400.0
ME = 7
A, B = ("gan", "first"), ("gan", "second")


class Clock:
    now = NOON

    def __call__(self) -> float:
        return self.now


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'epoch.db'}") as opened:
        yield opened


def test_a_mistake_leaves_the_deck_when_it_was_right_twice_half_a_day_apart() -> None:
    log = [(*A, AGAIN, NOON), (*B, AGAIN, NOON + 1), (*A, GOOD, NOON + 60)]
    assert mistakes(log) == [A, B], "right at once after it was told shows little"
    log += [(*A, GOOD, NOON + DAY)]
    assert A in mistakes(log)
    log += [(*A, EASY, NOON + DAY + HOUR)]
    assert A in mistakes(log), "twice on the same day is once"
    log += [(*A, GOOD, NOON + 3 * DAY)]
    assert mistakes(log) == [B]
    log += [(*A, AGAIN, NOON + 5 * DAY)]
    assert mistakes(log) == [B, A]
    assert mistakes([(*A, GOOD, NOON)]) == []


def test_what_was_missed_before_the_session_does_not_come_again_in_it() -> None:
    state, _ = schedule.review(None, AGAIN, NOON)
    log = [(*A, AGAIN, NOON)]
    assert missed(ReviewSession.begin("all", NOON), log, {A: state}) == [(A, False)]
    assert missed(ReviewSession.begin("all", NOON + 1), log, {A: state}) == []
    assert answered(ReviewSession.begin("all", NOON + 1), log) == set()


def test_its_turn_comes_after_three_others() -> None:
    state, _ = schedule.review(None, AGAIN, NOON)
    log = [(*A, AGAIN, NOON), *[("gan", f"x{n}", GOOD, NOON + n) for n in (1, 2, 3)]]
    session = ReviewSession.begin("all", NOON)
    assert missed(session, log[:3], {A: state}) == [(A, False)]
    assert missed(session, log, {A: state}) == [(A, True)]
    assert missed(session, log, {A: {**state, "repeated": NOON + 2}}) == [(A, False)]


@pytest.mark.parametrize("before", [[], [GOOD, GOOD], [EASY]])
def test_right_again_is_what_fsrs_gives_without_steps(before: list[schedule.Grade]) -> None:
    """Stability and difficulty stay those of the answer that counted; only the steps are over."""
    state, at = None, NOON
    for grade in before:
        state, due = schedule.review(state, grade, at)
        at = due
    card = schedule._card(state, at)
    stepless = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    expected, _ = stepless.review_card(card, Rating.Again, schedule.datetime.fromtimestamp(at, schedule.UTC))
    wrong, _ = schedule.review(state, AGAIN, at)
    assert schedule.in_steps(wrong)
    right, due = schedule.settled(wrong, at + 300)
    assert not schedule.in_steps(right)
    assert (right["stability"], right["difficulty"]) == (wrong["stability"], wrong["difficulty"])
    assert right["stability"] == pytest.approx(expected.stability)
    assert due == pytest.approx(expected.due.timestamp())
    assert schedule._card(right, at).state is CardPhase.Review
    assert due - at >= timedelta(days=1).total_seconds() - 1


async def test_until_it_is_right_an_answer_is_no_review(store: Store) -> None:
    clock = Clock()
    learning = Learning(store, bank(), clock, Random(1))
    session = ReviewSession.begin("all", clock.now)
    await review(learning, ME, *A, AGAIN, "review:1")
    (logged,) = await store.reviews.log(ME)
    before = await store.reviews.card(ME, *A)
    assert before is not None
    clock.now += 30
    still = await learning.again(ME, *A, right=False)
    assert still is not None
    assert still.due == pytest.approx(before.due)
    clock.now += 30
    right = await learning.again(ME, *A, right=True)
    assert right is not None
    assert right.due - NOON >= DAY - 1
    assert await learning.again(ME, *A, right=True) is None, "pressed twice"
    assert await store.reviews.log(ME) == [logged]
    assert list((await store.reviews.days(ME)).values()) == [1]
    assert (await learning.standing(ME)).due == 0
    assert missed(session, await store.reviews.log(ME), {A: right.state}) == []
    clock.now = right.due + 1
    await review(learning, ME, *A, GOOD, "review:2")
    card = await store.reviews.card(ME, *A)
    assert card is not None
    assert "repeated" not in card.state


async def test_in_a_session_all_that_was_missed_comes_until_it_is_right_and_then_there_is_an_end(store: Store) -> None:
    clock, asked = Clock(), []
    learning = Learning(store, bank(), clock, Random(2))
    session, last, wrong = ReviewSession.begin("all", clock.now), None, {"first": 2, "in-words": 1}
    for step in range(60):
        found = await learning.next_in(ME, session, not_now=last, put_off=())
        if found is None:
            break
        assert isinstance(found, AskedItem), "no drill was begun"
        clock.now += 1
        last = (found.topic.slug, found.item.id)
        asked.append((last, found.again))
        left = wrong.get(found.item.id, 0)
        wrong[found.item.id] = left - 1
        if found.again:
            await learning.again(ME, *last, right=left <= 0)
        else:
            await review(learning, ME, *last, AGAIN if left > 0 else EASY, f"review:{step}")
    else:
        pytest.fail("it has no end")
    firsts = [key for key, again in asked if not again]
    assert len(firsts) == len(set(firsts)) == sum(len(topic.quiz) for topic in bank().topics.values())
    assert sorted(key[1] for key, again in asked if again) == ["first", "first", "in-words"]
    assert len(await store.reviews.log(ME)) == len(firsts)


async def test_the_deck_of_mistakes_has_what_was_missed_anywhere_each_once_a_session(store: Store) -> None:
    clock = Clock()
    learning = Learning(store, bank(), clock, Random(3))
    given = [GivenAnswer(ME, *A, AGAIN, "round:1:1"), GivenAnswer(ME, *B, GOOD, "quizme:1")]
    await learning.record(given)
    assert await learning.mistakes(ME) == 1
    clock.now += HOUR
    session = ReviewSession.begin("mine", clock.now)
    found = await learning.next_in(ME, session)
    assert isinstance(found, AskedItem)
    assert ((found.topic.slug, found.item.id), found.again) == (A, False)
    await review(learning, ME, *A, GOOD, "review:1")
    assert await learning.next_in(ME, session, not_now=A) is None
    assert await learning.mistakes(ME) == 1, "right once"
    other = await learning.next_in(ME, ReviewSession.begin("mine", clock.now + 5))
    assert isinstance(other, AskedItem)
    clock.now += DAY
    await review(learning, ME, *A, GOOD, "review:2")
    clock.now += DAY
    await review(learning, ME, *A, GOOD, "review:3")
    assert await learning.mistakes(ME) == 0
    assert await learning.next_in(ME, ReviewSession.begin("mine", clock.now + 5)) is None


async def test_today_s_list_stays_the_same_goes_in_its_order_and_is_new_the_next_day(store: Store) -> None:
    clock = Clock()
    learning = Learning(store, bank(), clock, Random(4))
    await learning.set_goal(ME, (await learning.day(ME)) + timedelta(days=20), 6)
    first = await learning.agenda(ME)
    assert 0 < first.minutes <= 6
    assert first.days == 20
    assert first.expected > first.without
    again = await Learning(store, bank(), clock, Random(99)).agenda(ME)
    keys = [step.piece.key for step in first.steps]
    assert [step.piece.key for step in again.steps] == keys, "over a restart, whatever chance says then"
    session, seen, last = ReviewSession.begin("plan", clock.now), [], None
    while (found := await learning.next_in(ME, session, not_now=last)) is not None:
        assert not isinstance(found, Drill)
        last = (found.topic.slug, found.item.id)
        seen.append(last)
        clock.now += 1
        await review(learning, ME, *last, EASY, f"review:{len(seen)}")
    assert seen == keys
    done = await learning.agenda(ME)
    assert (done.left, done.done) == ((), frozenset(keys))
    assert done.expected == pytest.approx(done.without)
    clock.now += DAY
    tomorrow = await learning.agenda(ME)
    assert tomorrow.days == 19
    assert not set(keys) & {step.piece.key for step in tomorrow.steps}
    await learning.set_goal(ME, tomorrow.goal.day, 600)
    assert len((await learning.agenda(ME)).steps) > len(tomorrow.steps), "for other minutes it is made anew"
    clock.now += 40 * DAY
    over = await learning.agenda(ME)
    assert (over.day, over.over, over.days) == (None, tomorrow.goal.day, 30)
