"""The use cases of Epoch, for both fronts: ask, run, grade, find a topic by name.

question → Retriever → Reply → Topic
topic name (+ changes) → Job → Runner → events
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from knowledge.bank import names, parameters, questions
from knowledge.bank.errors import KnowledgeError, UnknownTopic
from knowledge.bank.models import MAIN_EXAMPLE, Bank, Example, Lang, Topic
from knowledge.bank.questions import Numbered
from knowledge.grading.grader import PointGrade
from knowledge.search.arrays import F32
from knowledge.search.clusters import Cluster, UnansweredQuestion, clusters
from knowledge.search.reading import clean, lang_under
from knowledge.search.retriever import Reply
from runners.models import Event, Job, Limits, Runner
from runners.queue import FairQueue, TellPlace

#: Questions answered together: enough for all that batching gains, few enough that the first need not wait for long.
_BATCH = 64


class UnknownExample(KnowledgeError):
    """The topic has no example by that name; carries the names it has."""

    def __init__(self, topic: Topic, name: str) -> None:
        self.topic = topic
        self.name = name
        self.available = tuple(example.name for example in topic.examples)
        super().__init__(f"{topic.slug} has no example {name!r}; it has: {', '.join(self.available) or 'none'}")


@dataclass(frozen=True, slots=True)
class Planned:
    """A run that was checked and may start: the topic's example, with or without changes.

    Attributes:
        topic: the topic it belongs to.
        example: the example as it stands in the bank.
        job: what the runner gets.
        changed: whether the script differs from the tested original (then a wall is required).
    """

    topic: Topic
    example: Example
    job: Job
    changed: bool

    def into(self, folder: Path) -> Planned:
        """Return the same run with its artefacts put into `folder`."""
        return replace(self, job=replace(self.job, out_dir=folder))


class Finder(Protocol):
    """What a tutor needs of a retriever."""

    def ask_many(
        self,
        questions: Sequence[str],
        langs: Sequence[Lang | None] | None = None,
        about: Sequence[str | None] | None = None,
    ) -> list[Reply]:
        """See `knowledge.search.retriever.Retriever.ask_many`."""
        ...

    def alike(self, questions: Sequence[str]) -> F32:
        """See `knowledge.search.retriever.Retriever.alike`."""
        ...


class Grades(Protocol):
    """What a tutor needs of a grader."""

    def grade(self, topic: Topic, answer: str) -> tuple[PointGrade, ...]:
        """See `knowledge.grading.grader.Grader.grade`."""
        ...


class Tutor:
    """The use cases over one bank, one retriever and one runner.

    The retriever is CPU-bound and synchronous; all its calls go through one worker thread, so no event loop ever waits
    for an encoding and no two encodings fight for the cores. Questions that come while it works are asked together.
    """

    def __init__(
        self, bank: Bank, retriever: Finder, runner: Runner, *, grader: Grades | None = None,
        limits: Limits | None = None, parallel: int = 2,
    ) -> None:  # fmt: skip
        self.bank = bank
        self.runner = runner
        self._retriever = retriever
        self._grader = grader
        self._limits = limits or Limits()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="epoch-retriever")
        self._queue = FairQueue(parallel, _each(parallel))
        self._waiting: list[tuple[str, Lang | None, str | None, asyncio.Future[Reply]]] = []
        self._answering: asyncio.Task[None] | None = None

    async def ask(
        self, question: str, lang: Lang | None = None, *, about: str | None = None, interface: Lang | None = None
    ) -> Reply:
        """Find the answer to `question`.

        Args:
            question: as the learner typed it.
            lang: language of the answer; None means the question's own.
            about: slug of the topic under discussion, which "and its drawbacks?" stays with.
            interface: language of the interface, in which a question is answered that is nothing but a Latin term;
                None where there is none.

        Raises:
            knowledge.bank.errors.QueryError: the question is empty, only symbols, or too long.
        """
        clean(question)  # what cannot be looked up is refused at once, and spoils no batch
        reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, lang or lang_under(question, interface), about, reply))
        if self._answering is None:
            self._answering = asyncio.create_task(self._answer())
        return await reply

    async def _answer(self) -> None:
        """Answer whatever waits, a batch at a time, until nothing does."""
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:_BATCH], self._waiting[_BATCH:]
                batch = [each for each in batch if not each[-1].done()]  # who stopped waiting costs nothing
                if not batch:
                    continue
                questions, langs, about, replies = zip(*batch, strict=True)
                try:
                    ask_many = self._retriever.ask_many
                    found = await loop.run_in_executor(self._thread, ask_many, questions, langs, about)
                except Exception as error:  # it belongs to those who asked, and they get it
                    _settle(replies, error)
                else:
                    for reply, answer in zip(replies, found, strict=True):
                        if not reply.done():
                            reply.set_result(answer)
        finally:
            self._answering = None
            _settle([reply for *_, reply in self._waiting], asyncio.CancelledError())

    async def warm_up(self) -> None:
        """Answer one question before anybody waits for it: loads the encoder and builds the index if it must."""
        await self.ask("warm up")

    async def cluster(self, asked: Sequence[UnansweredQuestion]) -> list[Cluster]:
        """Put questions together that ask for the same thing, the most often asked first."""

        def work() -> list[Cluster]:
            return clusters(asked, self._retriever.alike([each.question for each in asked])) if asked else []

        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def question(self, text: str, lang: Lang) -> Numbered:
        """Return the source question of that number or title, or raise `knowledge.bank.questions.UnknownQuestion`."""
        return questions.find(self.bank, text, lang)

    def topic(self, name: str) -> Topic:
        """Return the topic with that slug, title or alias; `knowledge.bank.errors.UnknownTopic` names the nearest."""
        return names.find(self.bank, name)

    def named(self, words: Sequence[str]) -> tuple[Topic, str]:
        """Return the topic and the example that `TOPIC…` or `TOPIC… EXAMPLE` names; a topic's name may have spaces.

        Raises:
            knowledge.bank.errors.UnknownTopic: no such topic.
            UnknownExample: the words before the last name a topic, which has no example by the last.
        """
        *before, last = words
        try:
            topic = self.topic(" ".join(before)) if before else None
        except UnknownTopic:
            topic = None
        if topic is not None and any(example.name == last for example in topic.examples):
            return topic, last
        try:
            return self.topic(" ".join(words)), MAIN_EXAMPLE
        except UnknownTopic:
            if topic is None:
                raise
            raise UnknownExample(topic, last) from None

    def example(self, name: str, example: str = MAIN_EXAMPLE) -> tuple[Topic, Example]:
        """Return a topic and one of its examples; see `plan` for what is raised."""
        topic = self.topic(name)
        try:
            return topic, topic.example(example)
        except KeyError:
            raise UnknownExample(topic, example) from None

    def complete(self, text: str, lang: Lang, limit: int = 25) -> list[Topic]:
        """Return the topics whose names look most like the half-typed `text`, best first."""
        return names.complete(self.bank, text, lang, limit)

    def plan(
        self,
        name: str,
        example: str = MAIN_EXAMPLE,
        *,
        changes: Mapping[str, str] | None = None,
        counter: bool = False,
        edited: str | None = None,
        stdin: str | None = None,
        out_dir: Path | None = None,
    ) -> Planned:
        """Check a request to run an example and make its job.

        Args:
            name: slug, title or alias of the topic.
            example: name of the example.
            changes: values for the example's UPPER_CASE parameters, as typed.
            counter: apply the example's counter, under which its claim must fail.
            edited: the example as a member rewrote it.
            stdin: what the program reads.
            out_dir: where its artefacts go.

        Raises:
            knowledge.bank.errors.UnknownTopic: no such topic.
            UnknownExample: the topic has no such example.
            knowledge.bank.errors.ParameterError: a change that does not fit.
        """
        topic, chosen = self.example(name, example)
        # A form gives code back without the last line end: that alone makes it nobody's own.
        untouched = edited is None or edited.rstrip() == chosen.source.rstrip()
        source = chosen.source if untouched or edited is None else edited
        if counter:
            # A counter leaves the range offered to learners on purpose: it is there to break the claim.
            counter_name, _, value = chosen.meta.counter.partition("=")
            source = parameters.apply(source, {counter_name: value}, bounded=False)
        if changes:
            source = parameters.apply(source, changes)
        accepted = chosen.transcript.sha256 if chosen.transcript else None
        job = Job(
            source, name=chosen.file, stdin=stdin, pasted=source != chosen.source and edited is not None,
            accepted_sha256=accepted, out_dir=out_dir, limits=self._limits,
        )  # fmt: skip
        return Planned(topic, chosen, job, changed=source != chosen.source)

    def plan_script(
        self, script: str, *, name: str = "script.py", stdin: str | None = None, out_dir: Path | None = None,
        pasted: bool = True,
    ) -> Job:  # fmt: skip
        """Make the job for any script; the runner refuses it where no wall works.

        Args:
            script: Python, or a notebook's JSON.
            name: its file, as tracebacks show it.
            stdin: what the program reads.
            out_dir: where its artefacts go.
            pasted: whether a person gave it (`runners.models.Job`).
        """
        return Job(script, name=name, stdin=stdin, pasted=pasted, out_dir=out_dir, limits=self._limits)

    async def run(self, job: Job, told: TellPlace = lambda place: None) -> AsyncIterator[Event]:
        """Run a job at its turn and yield its events; closing the iterator kills the job, or leaves the queue.

        Args:
            job: its `owner` is who waits in line.
            told: called with the place in the queue whenever it changes, and with 0 at the turn.
        """
        async with self._queue.turn(job.owner, told):
            stream = self.runner.run(job)
            async with aclosing(stream):
                async for event in stream:
                    yield event

    def resize(self, parallel: int) -> None:
        """Run so many programs at once from now on."""
        self._queue.resize(parallel, _each(parallel))

    async def grade(self, topic: Topic, answer: str) -> tuple[PointGrade, ...]:
        """Tell which key points of a topic an interview answer covers.

        Raises:
            knowledge.bank.errors.QueryError: the answer is empty, only symbols, or too long.
        """
        if self._grader is None:
            raise RuntimeError("this tutor was made without a grader")
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._grader.grade, topic, answer)

    async def close(self) -> None:
        """Stop every run and free the retriever's thread."""
        await self.runner.close()
        self._thread.shutdown(wait=False, cancel_futures=True)


def _each(parallel: int) -> int:
    """Return how many runs of one member go on at once: never all."""
    return max(1, parallel - 1)


def _settle(replies: Sequence[asyncio.Future[Reply]], error: BaseException) -> None:
    """Hand the error to everybody who still waits."""
    for reply in replies:
        if not reply.done():
            if isinstance(error, asyncio.CancelledError):
                reply.cancel()
            else:
                reply.set_exception(error)
