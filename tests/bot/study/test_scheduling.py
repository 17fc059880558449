"""Steps, lapses, leeches, reviews of the same day, days and zones: as py-fsrs and Anki mean them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from bot.store.store import Store
from bot.study import schedule
from bot.study.learning import GivenAnswer, Learning
from bot.study.schedule import AGAIN, EASY, GOOD, HARD, CardState, Grade
from tests.bot.world import bank

NOON = 1_760_011_200.0  # 2025-10-09 12:00 UTC
MINUTE, DAY = 60.0, 86_400.0
ME = 7


def after(*grades: Grade, pause: float = DAY) -> tuple[CardState, float, float]:
    """The state, when it is due and the time of the last review, after reviews so far apart."""
    state, due, at = None, 0.0, NOON
    for number, grade in enumerate(grades):
        at = NOON + number * pause
        state, due = schedule.review(state, grade, at)
    assert state is not None
    return state, due, at


@pytest.mark.parametrize(
    ("grades", "minutes"),
    [
        ((AGAIN,), 1), ((HARD,), 5.5), ((GOOD,), 10), ((GOOD, AGAIN), 1), ((GOOD, HARD), 10), ((AGAIN, GOOD), 10),
    ],
)  # fmt: skip
def test_a_new_card_takes_the_steps_of_one_and_ten_minutes(grades: tuple[Grade, ...], minutes: float) -> None:
    _, due, at = after(*grades, pause=MINUTE)
    assert due - at == minutes * MINUTE


@pytest.mark.parametrize("grades", [(GOOD, GOOD), (EASY,), (AGAIN, GOOD, GOOD)])
def test_who_leaves_the_steps_is_asked_again_in_whole_days(grades: tuple[Grade, ...]) -> None:
    _, due, at = after(*grades, pause=MINUTE)
    assert due - at >= DAY
    assert (due - at) % DAY == 0


def test_a_learned_card_that_is_forgotten_comes_back_in_ten_minutes_then_in_days() -> None:
    state, due, at = after(GOOD, GOOD, GOOD, AGAIN, pause=3 * DAY)
    assert due - at == 10 * MINUTE
    _, again = schedule.review(state, AGAIN, due)
    assert again - due == 10 * MINUTE
    _, learned = schedule.review(state, GOOD, due)
    assert learned - due >= DAY


def test_a_lapse_is_again_to_a_learned_card_and_nothing_else() -> None:
    def counted(*grades: Grade, pause: float = 3 * DAY) -> tuple[int, bool]:
        return schedule.lapses([(grade, NOON + number * pause) for number, grade in enumerate(grades)])

    assert counted(GOOD, GOOD, AGAIN) == (1, True)
    assert counted(GOOD, GOOD, AGAIN, AGAIN) == (1, False), "it is being learned anew"
    assert counted(GOOD, GOOD, AGAIN, GOOD, AGAIN) == (2, True)
    assert counted(AGAIN, AGAIN, AGAIN) == (0, False), "it was never learned"
    assert counted(GOOD, GOOD, HARD) == (0, False), "hard is remembered"
    assert counted(EASY, AGAIN) == (1, True), "easy leaves the steps at once"
    assert counted() == (0, False)


def test_a_leech_is_told_at_eight_lapses_and_each_four_after() -> None:
    assert [count for count in range(25) if schedule.is_leech(count)] == [8, 12, 16, 20, 24]


def test_reviews_of_the_same_day_move_a_card_less_than_those_of_another() -> None:
    """py-fsrs: less than 24 hours apart is the same day, whatever the calendar says."""
    state, _, at = after(GOOD, GOOD, pause=10 * MINUTE)
    same, _ = schedule.review(state, GOOD, at + DAY - 1)
    other, _ = schedule.review(state, GOOD, at + DAY)
    assert state["stability"] <= same["stability"] < other["stability"]
    assert schedule.recall(state, at + DAY - 1) == 1.0 > schedule.recall(state, at + DAY)


def test_a_change_of_the_clocks_moves_no_card() -> None:
    """Berlin goes back an hour on 26 October 2025: days of FSRS are 24 hours, so nothing comes an hour off."""
    before = datetime(2025, 10, 25, 12, tzinfo=ZoneInfo("Europe/Berlin")).timestamp()
    assert datetime(2025, 10, 26, 12, tzinfo=ZoneInfo("Europe/Berlin")).timestamp() - before == DAY + 3_600
    _, due = schedule.review(None, EASY, before)
    _, elsewhere = schedule.review(None, EASY, NOON)
    assert due - before == elsewhere - NOON
    state, _ = schedule.review(None, EASY, before)
    assert datetime.fromtimestamp(before, UTC).isoformat() in state["last_review"], "kept in UTC"


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'epoch.db'}") as opened:
        yield opened


def at(zone: str, *moment: int) -> float:
    year, month, day, *clock = moment
    return datetime(year, month, day, *clock, tzinfo=ZoneInfo(zone)).timestamp()


async def test_a_streak_goes_by_the_members_days_also_when_the_clocks_change(store: Store) -> None:
    """The 26th has 25 hours in Berlin: its last minute and its first are one day, more than 24 hours apart."""
    zone = "Europe/Berlin"
    await store.members.set_zone(ME, zone, 0.0)
    now = at(zone, 2025, 10, 27, 0, 30)
    learning = Learning(store, bank(), lambda: now, Random(1))
    moments = [at(zone, 2025, 10, 25, 23, 59), at(zone, 2025, 10, 26, 0, 1), at(zone, 2025, 10, 26, 23, 59)]
    assert moments[2] - moments[1] > DAY - 120 + 3_600 - 1
    await learning.record([GivenAnswer(ME, "gan", "first", GOOD, f"r:{n}", when) for n, when in enumerate(moments)])
    days = await store.reviews.days(ME)
    assert [(day.day, count) for day, count in days.items()] == [(26, 2), (25, 1)]
    assert (await learning.standing(ME)).streak == 2
    # Control: by UTC's days, 25 October has two of them.
    await learning.record([GivenAnswer(8, "gan", "first", GOOD, f"r:{n}", when) for n, when in enumerate(moments)])
    assert [(day.day, count) for day, count in (await store.reviews.days(8)).items()] == [(26, 1), (25, 2)]


async def test_an_item_that_is_forgotten_over_and_over_is_a_leech(store: Store) -> None:
    learning = Learning(store, bank(), lambda: NOON, Random(1))
    told = []
    number = 0

    async def answered(grade: Grade) -> int | None:
        nonlocal number
        number += 1
        when = NOON - (100 - number) * 3 * DAY
        await learning.record([GivenAnswer(ME, "gan", "first", grade, f"r:{number}", when)])
        return await learning.leech(ME, "gan", "first")

    assert await answered(GOOD) is None
    for _ in range(13):
        assert await answered(GOOD) is None
        told.append(await answered(AGAIN))
    assert told == [None] * 7 + [8, None, None, None, 12, None]
    assert await learning.leech(ME, "gan", "second") is None
    assert await learning.leech(8, "gan", "first") is None
