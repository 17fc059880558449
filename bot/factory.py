"""Putting a tutor together from the settings: bank, retriever, runner."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from bot.settings import Settings
from bot.study.banks import within_reach
from bot.study.tutor import Finder, Grades, Tutor
from knowledge.bank.banks import folders, joined, load_banks
from knowledge.bank.errors import ModelError
from knowledge.bank.kept import packaged_bank
from knowledge.bank.models import Bank
from knowledge.progress import ProgressCallback
from knowledge.search.building import open_retriever
from knowledge.search.encoder import Encoder
from knowledge.search.encoder_choice import known_as
from knowledge.search.onnx_encoder import OnnxEncoder
from runners.artifacts import sweep_parts
from runners.local import LocalRunner
from runners.models import Limits

if TYPE_CHECKING:
    from knowledge.grading.grader import Grader

log = logging.getLogger(__name__)

T = TypeVar("T")


class Lazy(Generic[T]):
    """Stands in for an object whose methods are called: it is made at the first call, once, in the caller's thread."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: T | None = None
        self._lock = Lock()

    def get(self) -> T:
        """Return the object, making it first when nobody has."""
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made

    def open_ahead(self) -> None:
        """Make the object now, so that the first call finds it; what keeps it from being made is told at that call."""
        with suppress(Exception):
            self.get()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        # To name a method makes nothing: an event loop may do that before it hands the method to a thread.
        return lambda *args: getattr(self.get(), name)(*args)


def _encoder_alone(settings: Settings) -> Encoder:
    """Return the encoder for grading where questions are answered by words alone, for the index could not be built."""
    kept = OnnxEncoder.read(known_as(settings.model), settings.cache_dir)
    if kept is None:
        raise ModelError("answers cannot be graded: the language model could not be made ready at this start; the log "
                         "says why, then start again")  # fmt: skip
    return kept


def open_bank(settings: Settings, *, kept: bool = False) -> Bank:
    """Load the packaged bank and the host's own; what is broken is left out and named in the log, a line a problem.

    Args:
        settings: the host's settings.
        kept: whether the packaged one may come from the cache folder, for whoever starts often.
    """
    whole = joined(packaged_bank(settings.cache_dir), settings.banks) if kept else load_banks(settings.banks)
    bank = within_reach(whole)
    for problem in bank.problems:
        log.error("left out of the bank: %s", problem)
    return bank


def open_tutor(
    settings: Settings, *, progress: ProgressCallback | None = None, warm: bool = True, alone: bool = False,
    ahead: bool = False,
) -> Tutor:  # fmt: skip
    """Return a tutor with everything at hand but the retriever, which opens at the first question.

    Args:
        settings: the host's settings.
        progress: called as (stage, done, total) while the retriever opens.
        warm: whether more than one program may be run, so that a warm engine pays.
        ahead: whether the retriever opens now, in a thread, instead of at the first question.
        alone: whether one person uses it, whose programs run one after the other and have all cores to themselves.

    Raises:
        runners.errors.WallUnavailable: a wall was asked for by name and does not work here.
    """
    bank, given_up = open_bank(settings, kept=ahead), Event()
    if warm and (swept := sweep_parts(settings.run_dir, time.time())):
        log.info("%d half-written files of runs were removed: Epoch had been killed", swept)
    retriever = Lazy(
        lambda: open_retriever(
            bank, cache_dir=settings.cache_dir, model=settings.model, progress=progress, given_up=given_up
        )
    )

    def open_grader() -> Grader:
        from knowledge.grading.grader import Grader  # most starts are for questions, which need none

        return Grader(bank, retriever.get().encoder or _encoder_alone(settings))

    grader = Lazy(open_grader)
    if ahead:
        Thread(target=retriever.open_ahead, name="epoch-opens", daemon=True).start()
    finder, grades = cast(Finder, retriever), cast(Grades, grader)
    limits = Limits(wall_s=settings.run_seconds, cpu_s=settings.run_cpu_seconds, memory_mb=settings.run_memory_mb)
    slots = settings.run_parallel
    if settings.runner == "local":
        local = LocalRunner(
            wall=settings.wall, cache_dir=settings.cache_dir, warm=warm, slots=1 if alone else slots,
            hidden=folders(settings.banks),
        )  # fmt: skip
        return Tutor(bank, finder, local, grader=grades, limits=limits, parallel=slots, at_close=given_up.set)
    from runners.cluster import ClusterRunner

    cluster = ClusterRunner(settings.runner, settings.wall, slots=slots, warm=warm)
    tutor = Tutor(bank, finder, cluster, grader=grades, limits=limits, parallel=slots, at_close=given_up.set)
    cluster.resized = tutor.resize
    return tutor
