"""Parameters are fitted by the real optimizer, in the process that fits them; a bad fit is refused."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
import pytest_asyncio
from fsrs.scheduler import DEFAULT_PARAMETERS

from bot.bench.fsrs import answered
from bot.store.store import Store
from bot.study import fitting, schedule
from bot.study.fitter import Fitter, KeptFit
from bot.study.fitting import BATCH, DAY, ENOUGH, Fit, FitFailed, LogEntry, fit_apart, log_loss, telling
from bot.study.learning import GivenAnswer, Learning
from bot.study.schedule import AGAIN, GOOD, Parameters
from tests.bot.world import bank

NOON = 1_760_011_200.0
ME, OTHER = 7, 8
#: Forgets at once: nothing like what anybody answers.
FORGETFUL: Parameters = (0.001, 0.001, 0.001, 0.001, *DEFAULT_PARAMETERS[4:])
#: Remembers longer than most.
LASTING: Parameters = (*(5 * each for each in DEFAULT_PARAMETERS[:4]), *DEFAULT_PARAMETERS[4:20], 0.12)


def test_only_answers_a_day_apart_tell_of_memory() -> None:
    log = [
        ("t", "a", GOOD, NOON), ("t", "a", GOOD, NOON + DAY - 1), ("t", "b", GOOD, NOON + DAY),
        ("t", "a", GOOD, NOON + 2 * DAY), ("t", "b", AGAIN, NOON + 2 * DAY),
    ]  # fmt: skip
    assert telling(log) == [3, 4]


def test_the_log_loss_is_lowest_near_the_truth() -> None:
    memory, log = answered(5, days=40, answers=15)
    true, usual, wrong = (log_loss(log, each) for each in (memory.parameters, None, FORGETFUL))
    assert true < usual < wrong
    assert log_loss(log, DEFAULT_PARAMETERS) == usual


async def test_a_member_who_answers_long_enough_gets_parameters_that_are_better_on_what_is_held_out() -> None:
    _, log = answered(3_003, days=49)
    assert len(telling(log)) >= ENOUGH
    found = await fit_apart(log, nice=0)
    assert found is not None
    assert found.parameters is not None
    assert found.log_loss < found.usual_log_loss
    held = telling(log)[-int(0.2 * len(telling(log)))]
    assert found.log_loss == pytest.approx(log_loss(log, found.parameters, held))
    assert found.usual_log_loss == pytest.approx(log_loss(log, None, held))


async def test_too_few_answers_are_fitted_to_by_nobody() -> None:
    _, log = answered(3_003, days=20)
    assert 0 < len(telling(log)) < ENOUGH
    assert await fit_apart(log, nice=0) is None


async def test_a_fit_that_is_worse_on_what_is_held_out_is_refused() -> None:
    """Who remembered all of it, and from one day on nothing, is fitted to a past that is over."""
    _, log = answered(3_003, days=49)
    turn = telling(log)[-len(telling(log)) // 5]
    turned = [(t, i, GOOD if at < log[turn][3] else AGAIN, at) for t, i, _, at in log]
    found = await fit_apart(turned, nice=0)
    assert found is not None
    assert found.parameters is None
    assert found.log_loss == found.usual_log_loss


async def test_parameters_in_force_stay_while_they_are_the_best() -> None:
    memory, log = answered(3_003, days=49)
    held = telling(log)[-int(0.2 * len(telling(log)))]
    fitted = await fit_apart(log, nice=0)
    assert fitted is not None
    better: Parameters = tuple(memory.parameters)
    found = await fit_apart(log, better, nice=0)
    assert found is not None
    assert found.log_loss == min(fitted.log_loss, log_loss(log, better, held))
    worse = await fit_apart(log, FORGETFUL, nice=0)
    assert worse == fitted


async def test_the_process_has_no_secret_and_low_priority(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "a secret")
    said = "raise SystemExit(f\"nice {os.nice(0)} token {os.environ.get('DISCORD_TOKEN')}\")\n"
    monkeypatch.setattr(fitting, "_PROGRAM", fitting._PROGRAM.replace("from bot.study.fitting import answer\n", said))
    with pytest.raises(FitFailed, match=f"nice {os.nice(0) + fitting.LOW} token None"):
        await fit_apart([])


async def test_a_process_that_is_killed_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        fitting, "_PROGRAM", fitting._PROGRAM.replace("os.nice(int(sys.argv[2]))", "os.kill(os.getpid(), 9)")
    )
    with pytest.raises(FitFailed, match="-9"):
        await fit_apart([])


async def test_whoever_waits_no_longer_ends_the_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    there = tmp_path / "pid"
    os.mkfifo(there)
    said = f"open({str(there)!r}, 'w').write(str(os.getpid()))\nimport time\ntime.sleep(600)\n"
    monkeypatch.setattr(fitting, "_PROGRAM", fitting._PROGRAM.replace("from bot.study.fitting import answer\n", said))
    task = asyncio.create_task(fit_apart([]))
    pid = int(await asyncio.to_thread(there.read_text))
    os.kill(pid, 0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@dataclass
class Fits:
    """What stands for the process in tests of who is fitted when: it answers at once, and counts."""

    found: Fit | None | Exception
    asked: list[tuple[int, Parameters | None]] = field(default_factory=list)
    meanwhile: list[GivenAnswer] = field(default_factory=list)
    learning: Learning | None = None

    async def __call__(self, log: Sequence[LogEntry], current: Parameters | None) -> Fit | None:
        self.asked.append((len(log), current))
        if self.learning is not None and self.meanwhile:
            await self.learning.record([self.meanwhile.pop()])
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'epoch.db'}") as opened:
        yield opened


def given(number: int, member: int = ME) -> GivenAnswer:
    item = ("first", "second")[number % 2]
    return GivenAnswer(member, "gan", item, GOOD, f"round:1:{number}", NOON - (1_000 - number // 2) * DAY)


def learning_with(store: Store, fits: Fits) -> tuple[Learning, Fitter]:
    fitter = Fitter(store, lambda: NOON, fits)
    return Learning(store, bank(), lambda: NOON, Random(1), fitter=fitter), fitter


async def settled(fitter: Fitter) -> None:
    await asyncio.gather(*fitter._looking.values())


#: Two items, each answered daily: all but the first two answers tell.
FIRST = ENOUGH + 2


async def test_a_fit_comes_with_enough_answers_then_after_each_batch(store: Store) -> None:
    fits = Fits(Fit(LASTING, ENOUGH, 0.4, 0.5))
    learning, fitter = learning_with(store, fits)
    await learning.record([given(number) for number in range(FIRST - 1)])
    await settled(fitter)
    assert fits.asked == []
    await learning.record([given(FIRST - 1)])
    await settled(fitter)
    assert fits.asked == [(FIRST, None)]
    assert await store.fits.get(ME) == KeptFit(LASTING, ENOUGH, 0.4, 0.5, FIRST + BATCH)
    await learning.record([given(number) for number in range(FIRST, FIRST + BATCH - 1)])
    await settled(fitter)
    assert len(fits.asked) == 1
    await learning.record([given(FIRST + BATCH - 1)])
    await settled(fitter)
    assert fits.asked[1:] == [(FIRST + BATCH, LASTING)]


async def test_many_answers_of_one_day_are_looked_at_and_fitted_to_by_nobody(store: Store) -> None:
    fits = Fits(Fit(LASTING, ENOUGH, 0.4, 0.5))
    learning, fitter = learning_with(store, fits)
    same_day = [
        GivenAnswer(ME, "gan", "first", GOOD, f"round:1:{number}", NOON - 10_000 + number) for number in range(ENOUGH)
    ]
    await learning.record(same_day)
    await settled(fitter)
    assert fits.asked == []
    assert await store.fits.get(ME) == KeptFit(None, 0, None, None, 2 * ENOUGH)


async def test_the_cards_become_what_they_would_have_been_and_all_scheduling_goes_by_the_fit(store: Store) -> None:
    fits = Fits(Fit(LASTING, ENOUGH, 0.4, 0.5))
    learning, fitter = learning_with(store, fits)
    await learning.record([given(number) for number in range(FIRST)] + [given(1, OTHER)])
    usual = await store.reviews.card(ME, "gan", "first")
    others = await store.reviews.cards(OTHER)
    await settled(fitter)
    fitted = await store.reviews.card(ME, "gan", "first")
    assert usual is not None
    assert fitted is not None
    history = [(GOOD, given(number).at or 0.0) for number in range(0, FIRST, 2)]
    assert (usual.state, usual.due) == schedule.replayed(history)
    assert (fitted.state, fitted.due) == schedule.replayed(history, LASTING)
    assert fitted.due > usual.due
    assert await store.reviews.cards(OTHER) == others, "nobody else's cards move"
    # What comes next, what each grade would do, how much is remembered, and the plan:
    dues = await learning.dues(ME, "gan", "in-words")
    assert dues[GOOD] == schedule.review(None, GOOD, NOON, LASTING)[1] - NOON
    easy = schedule.EASY
    assert dues[easy] > (await learning.dues(OTHER, "gan", "in-words"))[easy]
    (card,) = await learning.record([GivenAnswer(ME, "gan", "in-words", easy, "review:1", NOON)])
    assert (card.state, card.due) == schedule.review(None, easy, NOON, LASTING)
    mine = next(each for each in await learning.mastery(ME) if each.topic.slug == "gan")
    states = [each.state for each in await store.reviews.cards(ME)]
    assert mine.recalled == pytest.approx(sum(schedule.recall(each, NOON, LASTING) for each in states) / mine.items)
    with_fit = (await learning.plan(ME, 30, 60)).now
    assert await store.fits.adopt(ME, KeptFit(None, 0, None, None, 9_999), [], answers=FIRST + 1, at=NOON)
    assert (await learning.plan(ME, 30, 60)).now != with_fit


async def test_an_answer_that_comes_while_it_is_fitted_is_not_lost(store: Store) -> None:
    fits = Fits(Fit(LASTING, ENOUGH, 0.4, 0.5))
    learning, fitter = learning_with(store, fits)
    await learning.record([given(number) for number in range(FIRST - 1)])
    fits.learning, fits.meanwhile = learning, [given(FIRST)]
    await learning.record([given(FIRST - 1)])
    await settled(fitter)
    assert [asked for asked, _ in fits.asked] == [FIRST, FIRST + 1]
    card = await store.reviews.card(ME, "gan", "first")
    assert card is not None
    history = [(GOOD, given(number).at or 0.0) for number in range(0, FIRST + 1, 2)]
    assert (card.state, card.due) == schedule.replayed(history, LASTING)


async def test_who_has_all_deleted_while_it_is_fitted_keeps_nothing(store: Store) -> None:
    learning, _ = learning_with(store, Fits(None))
    await learning.record([given(number) for number in range(FIRST)])

    async def forgetting(log: Sequence[LogEntry], current: Parameters | None) -> Fit | None:
        await learning.forget(ME, NOON)
        return Fit(LASTING, ENOUGH, 0.4, 0.5)

    await Fitter(store, lambda: NOON, forgetting).fit(ME)
    assert await store.fits.get(ME) is None
    assert await store.reviews.cards(ME) == []


async def test_a_fit_is_exported_and_deleted_with_its_member(store: Store) -> None:
    learning, fitter = learning_with(store, Fits(Fit(LASTING, ENOUGH, 0.4, 0.5)))
    await learning.record([given(number) for number in range(FIRST)])
    await settled(fitter)
    (row,) = (await store.members.export(ME))["fits"]
    assert row["parameters"] == list(LASTING)
    assert "fits" not in await store.members.export(OTHER)
    await learning.forget(ME, NOON)
    assert await store.members.export(ME) == {}


async def test_a_fit_that_fails_is_tried_again_only_a_batch_later(store: Store) -> None:
    fits = Fits(FitFailed("the process ended with -9"))
    learning, fitter = learning_with(store, fits)
    await learning.record([given(number) for number in range(FIRST)])
    await settled(fitter)
    assert await store.fits.get(ME) == KeptFit(None, 0, None, None, FIRST + BATCH)
    await learning.record([given(FIRST)])
    await settled(fitter)
    assert len(fits.asked) == 1


async def test_what_is_under_way_at_the_end_is_begun_anew(store: Store) -> None:
    begun = asyncio.Event()

    async def forever(log: Sequence[LogEntry], current: Parameters | None) -> Fit | None:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    fitter = Fitter(store, lambda: NOON, forever)
    learning = Learning(store, bank(), lambda: NOON, Random(1), fitter=fitter)
    await learning.record([given(number) for number in range(FIRST)])
    await asyncio.wait_for(begun.wait(), 60)
    await fitter.close()
    assert await store.fits.get(ME) is None
    again = Fits(Fit(LASTING, ENOUGH, 0.4, 0.5))
    learning, fitter = learning_with(store, again)
    await learning.record([given(FIRST)])
    await settled(fitter)
    assert [asked for asked, _ in again.asked] == [FIRST + 1]


def test_parameters_of_another_fsrs_give_way_to_the_usual_ones() -> None:
    state, due = schedule.review(None, GOOD, NOON, LASTING[:19])
    assert (state, due) == schedule.review(None, GOOD, NOON)
    assert (state, due) != schedule.review(None, GOOD, NOON, LASTING)


async def test_without_the_optimizer_nothing_is_fitted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.study.fitter.missing", lambda: ["pandas"])
    fitter = Fitter(store, lambda: NOON)
    fitter.look([ME])
    assert not fitter._looking
