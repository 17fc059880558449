from __future__ import annotations

import ast
import time
from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from bot.store.store import Store
from bot.study.learning import TERMINAL, GivenAnswer, Learning, streak
from bot.study.schedule import AGAIN, EASY, GOOD, grade_of_choice
from bot.wording.phrases.reviews import span
from knowledge.bank.drills import Drill
from knowledge.bank.loader import load_bank
from tests.bot.world import bank, review

ROOT = Path(__file__).resolve().parents[3]
DAY = 86_400.0
NOON = 1_760_011_200.0  # 2025-10-09 12:00 UTC
ME, OTHER = 7, 8
TODAY = date(2025, 10, 9)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'epoch.db'}") as opened:
        yield opened


@pytest.fixture
def learning(store: Store, clock: Clock) -> Learning:
    return Learning(store, bank(), clock, Random(3))


def answer(item: str, correct: bool, *, member: int = ME, source: str = "round:1:1", at: float = NOON) -> GivenAnswer:
    return GivenAnswer(member, "gan", item, grade_of_choice(correct), source, at)


def test_answers_are_recorded_in_one_place() -> None:
    calls = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "bot").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "record" and ast.unparse(node.value).endswith("reviews")
    }
    assert calls == {"bot/study/learning.py"}


async def test_a_groups_answers_count_as_reviews_once_each(learning: Learning, store: Store) -> None:
    answers = [answer("first", True), answer("first", False, member=OTHER)]
    await learning.record(answers)
    await learning.record(answers)
    assert [entry[2] for entry in await store.reviews.log(ME)] == [GOOD]
    assert [entry[2] for entry in await store.reviews.log(OTHER)] == [AGAIN]
    assert (await learning.standing(ME)).today == 1


async def test_answers_to_packs_and_to_items_that_are_gone_have_no_card(learning: Learning, store: Store) -> None:
    await learning.record([GivenAnswer(ME, "pack:films", "q1", GOOD, "round:1:1", NOON), answer("no-such", True)])
    assert await store.reviews.log(ME) == []


async def test_what_is_due_and_what_is_new_come_by_what_they_win(learning: Learning, clock: Clock) -> None:
    await review(learning, ME, "gan", "first", AGAIN, "review:1")
    clock.now += 30
    await review(learning, ME, "gan", "second", EASY, "review:2")
    new = await learning.next(ME)
    assert new is not None
    assert new[1].id not in ("first", "second"), "nothing is due yet"
    clock.now += DAY
    asked = [found[1].id for _ in range(60) if (found := await learning.next(ME)) is not None]
    assert len(asked) == 60
    assert "second" not in asked, "it is not due"
    # More is won by what is new, and yet what was missed has its turns, some one in four.
    assert 5 <= asked.count("first") <= 30
    for _ in range(20):
        other = await learning.next(ME, not_now=("gan", "first"))
        assert other is not None
        assert other[1].id != "first"


async def test_a_drill_that_is_due_comes_before_what_is_new_and_not_before_its_date(
    learning: Learning, clock: Clock
) -> None:
    drill = bank()["gan"].drills[0]
    assert not isinstance(await learning.next_of_all(ME), Drill), "it was never begun, so it is no review"
    await review(learning, ME, "gan", drill.item, GOOD, "drill:1")
    assert not isinstance(await learning.next_of_all(ME), Drill)
    clock.now += 30 * DAY
    assert await learning.next_of_all(ME) == drill
    assert not isinstance(await learning.next_of_all(ME, not_now=("gan", drill.item)), Drill)


async def test_a_plan_is_of_the_members_own_answers(learning: Learning, clock: Clock) -> None:
    before = await learning.plan(ME, 20, 600)
    await review(learning, ME, "gan", "first", AGAIN, "review:1")
    await review(learning, ME, "gan", "second", GOOD, "review:2")
    clock.now += 2 * DAY
    after = await learning.plan(ME, 18, 600)
    assert (before.days, after.days) == (20, 18)
    why = {step.piece.item: step.why for step in after.today}
    assert why["first"] == why["second"] == "due"
    assert "due" not in {step.why for step in before.today}
    assert "due" not in {step.why for step in (await learning.plan(OTHER, 18, 600)).today}


async def test_an_interview_asks_what_is_due_then_what_is_new_then_what_will_be_due_soonest(
    store: Store, clock: Clock
) -> None:
    learning = Learning(store, load_bank(), clock, Random(3))
    first = await learning.interview(ME, topic="gan")
    assert first is not None
    assert first[1].kind == "open"
    other = await learning.interview(ME, topic="gan", not_now=("gan", first[1].id))
    assert other is not None
    assert other[1].id != first[1].id
    await review(learning, ME, "gan", first[1].id, EASY, "interview:1")
    assert await learning.interview(ME, topic="gan") == other, "it was never asked"
    await review(learning, ME, "gan", other[1].id, GOOD, "interview:2")
    assert await learning.interview(ME, topic="gan") == other, "nothing is due, and it is the first to be"
    clock.now += 400 * DAY
    due = {card.item: card.due for card in await store.reviews.cards(ME)}
    assert await learning.interview(ME) == min((other, first), key=lambda pair: due[pair[1].id]), "it is overdue"


async def test_an_interview_begins_with_a_topic_that_is_known_least(store: Store, clock: Clock) -> None:
    learning = Learning(store, load_bank(), clock, Random(3))
    for topic in load_bank().topics.values():
        if topic.slug not in ("lstm", "gan"):
            item = next(item for item in topic.quiz if item.kind != "open")
            await review(learning, ME, topic.slug, item.id, EASY, f"review:{topic.slug}")
    asked = {found[0].slug for _ in range(20) if (found := await learning.interview(ME)) is not None}
    assert asked == {"lstm", "gan"}, "either, by chance"


async def test_where_a_topic_has_no_open_item_there_is_no_interview(learning: Learning) -> None:
    assert await learning.interview(ME, topic="cnn") is None
    only = await learning.interview(ME, topic="gan", not_now=("gan", "in-words"))
    assert only is not None, "the only one comes again"


async def test_the_same_source_is_saved_once_and_says_so(learning: Learning) -> None:
    assert await review(learning, ME, "gan", "first", GOOD, "review:1") is not None
    assert await review(learning, ME, "gan", "first", EASY, "review:1") is None


async def test_when_everything_was_seen_and_nothing_is_due_there_is_nothing(learning: Learning) -> None:
    items = [(topic.slug, item.id) for topic in bank().topics.values() for item in topic.quiz]
    for number, (topic, item) in enumerate(items):
        await review(learning, ME, topic, item, EASY, f"review:{number}")
    assert await learning.next(ME) is None
    soonest = await learning.soonest(ME)
    assert soonest is not None
    assert soonest > NOON + DAY
    standing = await learning.standing(ME)
    assert (standing.due, standing.new, standing.today) == (0, 0, len(items))


async def test_a_day_is_the_members_own(learning: Learning, store: Store, clock: Clock) -> None:
    await store.members.set_zone(ME, "Asia/Shanghai", NOON)
    clock.now = NOON + 5 * 3600  # 17:00 UTC, past midnight in Shanghai
    await review(learning, ME, "gan", "first", GOOD, "review:1")
    await review(learning, OTHER, "gan", "first", GOOD, "review:1")
    assert list(await store.reviews.days(ME)) == [TODAY + timedelta(days=1)]
    assert list(await store.reviews.days(OTHER)) == [TODAY]


async def test_an_item_that_is_brought_forward_is_due_and_nothing_is_logged(
    learning: Learning, store: Store, clock: Clock
) -> None:
    item = bank()["gan"].quiz[0].id
    assert await learning.bring_forward(ME, "gan", item)
    assert await learning.is_due(ME, "gan", item)
    assert (await store.reviews.log(ME), await store.reviews.days(ME)) == ([], {})
    (card,) = await store.reviews.due(ME, clock.now)
    assert card.item == item
    found = await learning.next(ME)
    assert found is not None
    await learning.record([answer(item, correct=True, source="review:1")])
    later = await store.reviews.card(ME, "gan", item)
    assert later is not None
    assert later.due > clock.now, "answered, it goes its way like any other"
    assert await learning.bring_forward(ME, "gan", item)
    forward = await store.reviews.card(ME, "gan", item)
    assert forward is not None
    assert (forward.state, forward.due) == (later.state, clock.now)
    clock.now += 60
    assert await learning.bring_forward(ME, "gan", item)
    assert await store.reviews.card(ME, "gan", item) == forward, "what is due stays where it is in the line"
    assert await store.reviews.cards(OTHER) == []


@pytest.mark.parametrize("answered", [False, True], ids=["never-answered", "answered"])
async def test_what_a_member_asked_for_comes_before_all_else_once(store: Store, clock: Clock, answered: bool) -> None:
    whole = load_bank()
    learning = Learning(store, whole, clock, Random(1))
    asked, *others = [("gan", item.id) for item in whole["gan"].quiz[:6]]
    for number, key in enumerate((*others, *([asked] if answered else []))):
        await review(learning, ME, *key, AGAIN, f"review:{number}")
    clock.now += 3_600  # all of these are due, and hundreds are new
    if answered:
        await review(learning, ME, *asked, GOOD, "review:good")
    firsts = {await key_of(learning) for _ in range(12)}
    assert firsts - {asked}, "the control: others come first, too"
    assert await learning.bring_forward(ME, *asked)
    assert {await key_of(learning) for _ in range(12)} == {asked}
    assert await key_of(learning, not_now=asked) != asked
    await review(learning, ME, *asked, GOOD, "review:asked")
    clock.now += 3_600
    assert {await key_of(learning) for _ in range(12)} != {asked}, "answered, it goes its way like any other"


async def key_of(learning: Learning, **more: tuple[str, str]) -> tuple[str, str]:
    """What comes first."""
    found = await learning.next(ME, **more)
    assert found is not None
    return found[0].slug, found[1].id


async def test_what_is_not_of_the_bank_cannot_be_brought_forward(learning: Learning, store: Store) -> None:
    assert not await learning.bring_forward(ME, "pack:ml", "q1")
    assert not await learning.bring_forward(ME, "gan", "no-such-item")
    assert await store.reviews.cards(ME) == []


async def test_mastery_counts_what_was_never_seen_as_nothing(learning: Learning, clock: Clock) -> None:
    await review(learning, ME, "gan", "first", EASY, "review:1")
    gan = next(each for each in await learning.mastery(ME) if each.topic.slug == "gan")
    assert (gan.seen, gan.items) == (1, 3)
    assert 0.3 < gan.recalled <= 1 / 3
    clock.now += 100 * DAY
    later = next(each for each in await learning.mastery(ME) if each.topic.slug == "gan")
    assert later.recalled < gan.recalled


async def test_the_forecast_puts_what_is_overdue_on_today(learning: Learning, clock: Clock) -> None:
    await review(learning, ME, "gan", "first", AGAIN, "review:1")
    await review(learning, ME, "gan", "second", EASY, "review:2")
    clock.now += 2 * DAY
    counts = await learning.forecast(ME, 30)
    assert counts[0] == 1
    assert sum(counts) == 2


@given(st.sets(st.integers(0, 25)), st.integers(0, 25))
def test_a_streak_is_the_run_of_days_that_ends_today_or_yesterday_with_a_missed_day_a_week(
    offsets: set[int], now: int
) -> None:
    days = {TODAY + timedelta(days=offset) for offset in offsets}
    length = streak(days, TODAY + timedelta(days=now))
    known = sorted(offset for offset in offsets if offset <= now)
    assert 0 <= length <= len(known)
    run = [*known[len(known) - length :], now] if length else []
    gaps = [later - earlier for earlier, later in zip(run, run[1:], strict=False)]
    assert all(gap <= 2 for gap in gaps), "no two missed days in a row"
    missed = [later - 1 for later, gap in zip(run[1:], gaps, strict=True) if gap == 2]
    assert all(later - earlier >= 7 for earlier, later in zip(missed, missed[1:], strict=False))
    plain = next(back for back in range(len(offsets) + 1) if now - back not in offsets)
    assert length >= plain, "it is never shorter than without the day that is spared"


@pytest.mark.parametrize(
    ("days", "length"),
    [
        ("xxx", 3), ("xx.", 2), ("xx..", 2), ("xx...", 0), ("xx.x", 3), ("xx..x", 1), (".x.x", 2), ("x.x.x", 1),
        ("x.xxxxxx.x", 8), ("x.xxxxx.x", 1), ("xxx.xxx.", 6), ("xxx.xxx..", 0), ("xxx.xxxxxxx..", 10),
        ("", 0), (".", 0),
    ],
)  # fmt: skip
def test_one_missed_day_a_week_breaks_no_streak(days: str, length: int) -> None:
    """A letter is a day, the last one today; `x` has an answer."""
    first = TODAY - timedelta(days=len(days) - 1)
    answered = {first + timedelta(days=n) for n, each in enumerate(days) if each == "x"}
    assert streak(answered, TODAY) == length


def test_a_day_that_is_still_to_come_by_another_zone_counts_for_no_streak() -> None:
    assert streak({TODAY + timedelta(days=1)}, TODAY) == 0
    assert streak({TODAY, TODAY + timedelta(days=1)}, TODAY) == 1


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(20, "1 min"), (600, "10 min"), (2 * 3600, "2 h"), (3 * DAY, "3 d"), (90 * DAY, "3 mo"), (730 * DAY, "2 y")],
)
def test_a_length_of_time_is_said_in_its_largest_fitting_unit(seconds: float, shown: str) -> None:
    assert span(seconds, "en") == shown


async def test_answers_given_before_a_member_was_forgotten_count_no_more_and_later_ones_do(store: Store) -> None:
    learning = Learning(store, bank(), lambda: NOON)

    def given(member: int, at: float) -> GivenAnswer:
        return GivenAnswer(member, "gan", "first", GOOD, f"daily:{at}", at)

    await learning.record([given(ME, NOON - 2), given(OTHER, NOON - 2)])
    assert await learning.forget(ME, NOON) == 3, "its review, its card, its day"
    await learning.record([given(ME, NOON - 1), given(OTHER, NOON - 1)])
    assert await store.members.export(ME) == {}
    assert len(await store.reviews.log(OTHER)) == 2
    await learning.record([given(ME, NOON + 1)])
    assert len(await store.reviews.log(ME)) == 1


@pytest.fixture
def in_shanghai(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine is in Shanghai."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Shanghai")
        time.tzset()
        yield
    time.tzset()


#: Mornings and evenings that UTC counts as other days than Shanghai does.
WEEK = ("2026-11-23 07:00", "2026-11-24 21:00", "2026-11-25 07:00", "2026-11-26 00:01", "2026-11-27 23:59")


@pytest.mark.usefixtures("in_shanghai")
async def test_days_in_a_terminal_are_those_of_the_machine(learning: Learning, clock: Clock) -> None:
    for number, when in enumerate(WEEK, 1):
        clock.now = datetime.strptime(when, "%Y-%m-%d %H:%M").timestamp()
        await review(learning, TERMINAL, "gan", "first", GOOD, f"review:{number}")
        standing = await learning.standing(TERMINAL)
        assert (standing.today, standing.streak) == (1, number), when
        assert (await learning.progress(TERMINAL, 7)).today == datetime.fromtimestamp(clock.now).date()


async def test_days_on_a_server_are_those_of_the_member_or_else_of_the_server(store: Store, clock: Clock) -> None:
    learning = Learning(store, bank(), clock, Random(3), {5: "Asia/Shanghai"}.get)
    await store.members.set_zone(OTHER, "Europe/Berlin", 0.0)
    late = NOON + 5 * 3_600  # 17:00 UTC: the next day in Shanghai, the same in Berlin
    given = [GivenAnswer(member, "gan", "first", GOOD, "round:1:1", late, 5) for member in (ME, OTHER)]
    await learning.record(given)
    clock.now = late
    await review(learning, ME, "gan", "second", GOOD, "review:1", 5)
    assert list(await store.reviews.days(ME)) == [TODAY + timedelta(days=1)]
    assert list(await store.reviews.days(OTHER)) == [TODAY]
    assert (await learning.standing(ME, 5)).today == 2
    assert (await learning.standing(OTHER, 5)).today == 1
    await review(learning, ME, "gan", "first", GOOD, "review:2", 77)
    assert TODAY in await store.reviews.days(ME), "a server without a zone, and direct messages, count in UTC"
