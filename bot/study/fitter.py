"""When a member's FSRS parameters are fitted anew, and what happens to their cards then.

an answer → Fitter.look → whose turn it is → `bot.study.fitting`, apart → the cards as they would have become → kept

The first fit comes with `ENOUGH` answers that tell, the next ones each `BATCH` answers later. What is under way when
the program ends is begun anew with the member's next answer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol, cast

from bot.study import schedule
from bot.study.cards import Card
from bot.study.fitting import BATCH, ENOUGH, Fit, FitFailed, LogEntry, fit_apart, missing, telling
from bot.study.schedule import Grade, Parameters

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KeptFit:
    """What is kept of a member's last fit.

    Attributes:
        parameters: of FSRS; None where the usual ones are better, or nothing was fitted yet.
        told: how many answers it went by; 0 where nothing was fitted yet.
        log_loss: on the answers held out, in nats; None where nothing was fitted yet.
        usual_log_loss: the same with the usual parameters.
        next_at: with how many answers, of all, the next one comes.
    """

    parameters: Parameters | None
    told: int
    log_loss: float | None
    usual_log_loss: float | None
    next_at: int


class FitStore(Protocol):
    """What is kept of fits."""

    async def get(self, member_id: int, /) -> KeptFit | None:
        """Return a member's last fit; None where there was none."""

    async def parameters(self, member_ids: Collection[int], /) -> Mapping[int, Parameters]:
        """Return the parameters of those members who have their own."""

    async def waiting(self, member_ids: Collection[int], first: int, /) -> Sequence[int]:
        """Return those members whose turn it is: the first time with `first` answers, of all."""

    async def adopt(self, member_id: int, fit: KeptFit, moved: Sequence[Card], *, answers: int, at: float) -> bool:
        """Keep a fit with the cards that go by it; False where the member's answers are not so many any more."""


class _Log(Protocol):
    async def log(self, member_id: int, /) -> Sequence[LogEntry]: ...

    async def cards(self, member_id: int, /) -> Sequence[Card]: ...


class FittingStore(Protocol):
    """Where answers, cards and fits are kept."""

    @property
    def reviews(self) -> _Log:
        """The answers and cards of all members."""

    @property
    def fits(self) -> FitStore:
        """What is kept of fits."""


class Fitter:
    """Fits the parameters of members, one after the other.

    Args:
        store: has their answers.
        clock: Unix time.
        fit: does it, apart.
    """

    def __init__(
        self,
        store: FittingStore,
        clock: Callable[[], float],
        fit: Callable[[Sequence[LogEntry], Parameters | None], Awaitable[Fit | None]] = fit_apart,
    ) -> None:
        self._store = store
        self._clock = clock
        self._fit = fit
        self._turn = asyncio.Lock()
        self._looking: dict[int, asyncio.Task[None]] = {}
        self._missing = missing() if fit is fit_apart else []
        if self._missing:
            log.info("all members have the usual intervals, for %s is not installed", ", ".join(self._missing))

    def look(self, member_ids: Collection[int]) -> None:
        """Fit those whose turn it is, in the background; does nothing where the optimizer is not installed."""
        if self._missing:
            return
        for member_id in set(member_ids) - self._looking.keys():
            task = asyncio.create_task(self._look(member_id))
            self._looking[member_id] = task
            task.add_done_callback(partial(self._looked, member_id))

    def _looked(self, member_id: int, task: asyncio.Task[None]) -> None:
        del self._looking[member_id]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a member's intervals could not be fitted, and will be later", exc_info=error)

    async def _look(self, member_id: int) -> None:
        if await self._store.fits.waiting([member_id], ENOUGH):
            async with self._turn:
                await self.fit(member_id)

    async def fit(self, member_id: int) -> KeptFit:
        """Fit a member's parameters now, and move their cards to what they would have become; return what is kept.

        Where fewer than `ENOUGH` answers tell, the parameters stay what they were.
        """
        while True:
            before = await self._store.fits.get(member_id)
            answers = await self._store.reviews.log(member_id)
            kept = await self._fitted(answers, before)
            cards: Sequence[Card] = ()
            if kept.parameters != (before.parameters if before is not None else None):
                cards = await self._moved(member_id, answers, kept.parameters)
            if await self._store.fits.adopt(member_id, kept, cards, answers=len(answers), at=self._clock()):
                return kept
            if not await self._store.reviews.log(member_id):
                return kept  # all was deleted meanwhile, and nothing is kept

    async def _fitted(self, answers: Sequence[LogEntry], before: KeptFit | None) -> KeptFit:
        before = before or KeptFit(None, 0, None, None, 0)
        if (lacking := ENOUGH - len(telling(answers))) > 0:
            return replace(before, next_at=len(answers) + lacking)
        try:
            found = await self._fit(answers, before.parameters)
        except FitFailed as error:
            log.error("%s", error)
            found = None
        if found is None:
            return replace(before, next_at=len(answers) + BATCH)
        log.info(
            "intervals fitted on %d answers: log loss %.3f, with the usual parameters %.3f",
            found.told, found.log_loss, found.usual_log_loss,
        )  # fmt: skip
        return KeptFit(found.parameters, found.told, found.log_loss, found.usual_log_loss, len(answers) + BATCH)

    async def _moved(
        self, member_id: int, answers: Sequence[LogEntry], parameters: Parameters | None
    ) -> Sequence[Card]:
        cards = await self._store.reviews.cards(member_id)
        histories: dict[tuple[str, str], list[tuple[Grade, float]]] = {}
        for topic, item, grade, at in answers:
            histories.setdefault((topic, item), []).append((cast("Grade", grade), at))

        def moved() -> list[Card]:
            return [
                Card(member_id, card.topic, card.item, *schedule.replayed(histories[card.topic, card.item], parameters))
                for card in cards
                if (card.topic, card.item) in histories
            ]

        return await asyncio.to_thread(moved)

    async def close(self) -> None:
        """End what is under way; it is begun anew another time."""
        tasks = list(self._looking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
