"""Putting a tutor together from the settings: bank, retriever, runner."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from threading import Lock

from bot.settings import Settings
from bot.study.tutor import Tutor
from knowledge.bank.loader import load_bank
from knowledge.bank.models import Bank, Lang, Topic
from knowledge.grading.grader import Grader, PointGrade
from knowledge.progress import ProgressCallback
from knowledge.search.arrays import F32
from knowledge.search.encoder_choice import open_encoder
from knowledge.search.reading import clean
from knowledge.search.retriever import Reply, Retriever
from runners.cluster import ClusterRunner
from runners.local import LocalRunner
from runners.models import Limits

log = logging.getLogger(__name__)


class LazyRetriever:
    """A retriever opened at its first question, for commands that may never ask one."""

    def __init__(self, open_it: Callable[[], Retriever]) -> None:
        self._open = open_it
        self._opened: Retriever | None = None
        self._lock = Lock()

    def get(self) -> Retriever:
        """Return the retriever, opening it first when nobody has."""
        with self._lock:
            if self._opened is None:
                self._opened = self._open()
            return self._opened

    def ask(self, question: str, lang: Lang | None = None, about: str | None = None) -> Reply:
        """See `knowledge.search.retriever.Retriever.ask`."""
        clean(question)  # what cannot be looked up at all is refused before the encoder is loaded for it
        return self.get().ask(question, lang, about)

    def ask_many(
        self,
        questions: Sequence[str],
        langs: Sequence[Lang | None] | None = None,
        about: Sequence[str | None] | None = None,
    ) -> list[Reply]:
        """See `knowledge.search.retriever.Retriever.ask_many`."""
        return self.get().ask_many(questions, langs, about)

    def alike(self, questions: Sequence[str]) -> F32:
        """See `knowledge.search.retriever.Retriever.alike`."""
        return self.get().alike(questions)


class LazyGrader:
    """A grader made at its first answer; called from one thread."""

    def __init__(self, make_it: Callable[[], Grader]) -> None:
        self._make = make_it
        self._made: Grader | None = None

    def grade(self, topic: Topic, answer: str) -> tuple[PointGrade, ...]:
        """See `knowledge.grading.grader.Grader.grade`."""
        self._made = self._made or self._make()
        return self._made.grade(topic, answer)


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
    retriever = LazyRetriever(
        lambda: Retriever.open(bank, cache_dir=settings.cache_dir, model=settings.model, progress=progress)
    )
    grader = LazyGrader(
        lambda: Grader(bank, retriever.get().encoder or open_encoder(settings.model, settings.cache_dir))
    )
    limits = Limits(wall_s=settings.run_seconds, cpu_s=settings.run_cpu_seconds, memory_mb=settings.run_memory_mb)
    slots = settings.run_parallel
    if settings.runner == "local":
        local = LocalRunner(wall=settings.wall, cache_dir=settings.cache_dir, warm=warm, slots=1 if alone else slots)
        return Tutor(bank, retriever, local, grader=grader, limits=limits, parallel=slots)
    cluster = ClusterRunner(settings.runner, settings.wall, slots=slots, warm=warm)
    tutor = Tutor(bank, retriever, cluster, grader=grader, limits=limits, parallel=slots)
    cluster.resized = tutor.resize
    return tutor
