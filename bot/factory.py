"""Putting a tutor together from the settings: bank, retriever, runner."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock
from typing import Any, Generic, TypeVar, cast

from bot.settings import Settings
from bot.study.tutor import Finder, Grades, Tutor
from knowledge.bank.loader import load_bank
from knowledge.bank.models import Bank
from knowledge.grading.grader import Grader
from knowledge.progress import ProgressCallback
from knowledge.search.encoder_choice import open_encoder
from knowledge.search.retriever import Retriever
from runners.cluster import ClusterRunner
from runners.local import LocalRunner
from runners.models import Limits

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

    def __getattr__(self, name: str) -> Callable[..., Any]:
        # To name a method makes nothing: an event loop may do that before it hands the method to a thread.
        return lambda *args: getattr(self.get(), name)(*args)


def open_bank() -> Bank:
    """Load the bank; what is broken is left out and named in the log, one line a problem."""
    bank = load_bank()
    for problem in bank.problems:
        log.error("topic left out: %s", problem)
    return bank


def open_tutor(
    settings: Settings, *, progress: ProgressCallback | None = None, warm: bool = True, alone: bool = False
) -> Tutor:
    """Return a tutor with everything at hand but the retriever, which opens at the first question.

    Args:
        settings: the host's settings.
        progress: called as (stage, done, total) while the retriever opens.
        warm: whether more than one program may be run, so that a warm engine pays.
        alone: whether one person uses it, whose programs run one after the other and have all cores to themselves.

    Raises:
        runners.errors.WallUnavailable: a wall was asked for by name and does not work here.
    """
    bank = open_bank()
    retriever = Lazy(
        lambda: Retriever.open(bank, cache_dir=settings.cache_dir, model=settings.model, progress=progress)
    )
    grader = Lazy(lambda: Grader(bank, retriever.get().encoder or open_encoder(settings.model, settings.cache_dir)))
    finder, grades = cast(Finder, retriever), cast(Grades, grader)
    limits = Limits(wall_s=settings.run_seconds, cpu_s=settings.run_cpu_seconds, memory_mb=settings.run_memory_mb)
    slots = settings.run_parallel
    if settings.runner == "local":
        local = LocalRunner(wall=settings.wall, cache_dir=settings.cache_dir, warm=warm, slots=1 if alone else slots)
        return Tutor(bank, finder, local, grader=grades, limits=limits, parallel=slots)
    cluster = ClusterRunner(settings.runner, settings.wall, slots=slots, warm=warm)
    tutor = Tutor(bank, finder, cluster, grader=grades, limits=limits, parallel=slots)
    cluster.resized = tutor.resize
    return tutor
