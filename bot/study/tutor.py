"""The use cases of Epoch, for both fronts: ask, run, grade, find a topic by name.

question → Retriever → Reply → Topic
topic name (+ changes) → Job → Runner → events
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, suppress
from copy import copy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple, Protocol

from bot.study.rounds import terms
from bot.study.shown import PagePlace, place_at
from knowledge.bank import names, parameters, questions
from knowledge.bank.errors import KnowledgeError, UnknownTopic
from knowledge.bank.models import LANGS, MAIN_EXAMPLE, PACKAGED_BANK, Bank, Example, Item, Lang, Topic
from knowledge.bank.questions import Numbered
from knowledge.grading.grades import PointGrade
from knowledge.memory import give_back
from knowledge.search.arrays import F32
from knowledge.search.clusters import Cluster, UnansweredQuestion, clusters
from knowledge.search.reading import clean, detect_lang, lang_under
from knowledge.search.retriever import Candidate, Reply
from knowledge.search.terms import UnitRef
from runners.models import Event, Job, Limits, Runner
from runners.queue import FairQueue, TellPlace

#: Questions answered together: enough for all that batching gains, few enough that the first need not wait for long.
_BATCH = 64
#: When nobody has asked for so long, the memory of the index goes back.
_REST_S = 30.0
#: After so many questions what they have left free goes back, where no rest comes; it takes as long as one of them.
_GIVE_BACK_EVERY = 500
#: Candidates named behind the topic of an address, for a reply has three.
_OTHERS = 2


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
        topics: frozenset[str] | None = None,
    ) -> list[Reply]:
        """See `knowledge.search.retriever.Retriever.ask_many`."""
        ...

    def alike(self, questions: Sequence[str]) -> F32:
        """See `knowledge.search.retriever.Retriever.alike`."""
        ...

    def unit_within(self, texts: Sequence[str], topic: str) -> UnitRef | None:
        """See `knowledge.search.retriever.Retriever.unit_within`."""
        ...

    def rest(self) -> None:
        """See `knowledge.search.retriever.Retriever.rest`."""
        ...


class Grades(Protocol):
    """What a tutor needs of a grader."""

    def grade(self, topic: Topic, answer: str) -> tuple[PointGrade, ...]:
        """See `knowledge.grading.grader.Grader.grade`."""
        ...


class _PendingQuestion(NamedTuple):
    """A question that waits for its answer; `topics` are those that may answer, None for all."""

    question: str
    lang: Lang | None
    about: str | None
    topics: frozenset[str] | None
    reply: asyncio.Future[Reply]


@dataclass(slots=True)
class _Line:
    """The questions that wait, what is answering them, and what gives memory back a while after the last."""

    waiting: list[_PendingQuestion] = field(default_factory=list)
    answering: asyncio.Task[None] | None = None
    resting: asyncio.TimerHandle | None = None
    #: How many questions were answered since memory was given back.
    answered: int = 0

    def batch(self) -> list[_PendingQuestion]:
        """Take the first questions that one call of the retriever can answer: those with the same topics."""
        topics = self.waiting[0].topics
        taken = [each for each in self.waiting if each.topics == topics][:_BATCH]
        chosen = set(map(id, taken))
        self.waiting = [each for each in self.waiting if id(each) not in chosen]
        return [each for each in taken if not each.reply.done()]  # who stopped waiting costs nothing


class Tutor:
    """The use cases over one bank, one retriever and one runner.

    The retriever is CPU-bound and synchronous; all its calls go through one worker thread, so no event loop ever waits
    for an encoding and no two encodings fight for the cores. Questions that come while it works are asked together.
    """

    def __init__(
        self, bank: Bank, retriever: Finder, runner: Runner, *, grader: Grades | None = None,
        limits: Limits | None = None, parallel: int = 2, at_close: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        self.bank = bank
        self.runner = runner
        self._retriever = retriever
        self._grader = grader
        self._at_close = at_close
        self._limits = limits or Limits()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="epoch-retriever")
        self._queue = FairQueue(parallel, _each(parallel))
        self._line = _Line()
        self._topics: frozenset[str] | None = None
        self._views: dict[frozenset[str], Tutor] = {}

    def within(self, banks: Collection[str] | None) -> Tutor:
        """Return what knows the topics of these banks only, over the same retriever and runner; itself for all.

        Of a choice from which every bank is gone the packaged one is left.

        Args:
            banks: their names; None for all.
        """
        if banks is None:
            return self
        chosen = frozenset(banks).intersection(self.bank.names) or frozenset({PACKAGED_BANK})
        if chosen.issuperset(self.bank.names):
            return self
        if chosen not in self._views:
            view = copy(self)
            view.bank, view._views = self.bank.only(chosen), {}
            view._topics = frozenset(view.bank.topics)
            self._views[chosen] = view
        return self._views[chosen]

    async def ask(
        self, question: str, lang: Lang | None = None, *, about: str | None = None, interface: Lang | None = None
    ) -> Reply:
        """Find the answer to `question`.

        Args:
            question: as the learner typed it; the address of a place (`gan#vs-vae`) opens just that.
            lang: language of the answer; None means the question's own.
            about: slug of the topic under discussion, which "and its drawbacks?" stays with.
            interface: language of the interface, in which a question is answered that is nothing but a Latin term;
                None where there is none.

        Raises:
            knowledge.bank.errors.QueryError: the question is empty, only symbols, or too long.
        """
        clean(question)  # what cannot be looked up is refused at once, and spoils no batch
        if (place := place_at(self.bank, question, lang or interface or detect_lang(question))) is not None:
            return self._reply_at(place)
        reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        spoken = lang or lang_under(question, interface)
        self._line.waiting.append(_PendingQuestion(question, spoken, about, self._topics, reply))
        if self._line.resting is not None:
            self._line.resting.cancel()
        if self._line.answering is None:
            self._line.answering = asyncio.create_task(self._answer())
        return await reply

    def _reply_at(self, place: PagePlace) -> Reply:
        """Return the answer to a question that is the address of a place, which needs no looking up."""
        others = [topic.slug for topic in names.complete(self.bank, "", place.lang) if topic.slug != place.topic]
        candidates = (Candidate(place.topic, 1.0), *(Candidate(slug, 0.0) for slug in others[:_OTHERS]))
        return Reply("answer", place.topic, place.section, 1.0, place.lang, candidates, unit=place.unit)

    async def _answer(self) -> None:
        """Answer whatever waits, a batch at a time, until nothing does."""
        loop, line = asyncio.get_running_loop(), self._line
        try:
            while line.waiting:
                batch = line.batch()
                if not batch:
                    continue
                questions, langs, about, (topics, *_), replies = zip(*batch, strict=True)
                try:
                    ask_many = self._retriever.ask_many
                    found = await loop.run_in_executor(self._thread, ask_many, questions, langs, about, topics)
                except Exception as error:  # it belongs to those who asked, and they get it
                    _settle(replies, error)
                else:
                    for reply, answer in zip(replies, found, strict=True):
                        if not reply.done():
                            reply.set_result(answer)
                line.answered += len(batch)
                if line.answered >= _GIVE_BACK_EVERY:
                    line.answered = 0
                    self._behind(give_back)
        finally:
            line.answering = None
            line.resting = loop.call_later(_REST_S, self._rest)
            _settle([each.reply for each in line.waiting], asyncio.CancelledError())

    def _rest(self) -> None:
        self._behind(self._retriever.rest)

    def _behind(self, work: Callable[[], object]) -> None:
        """Have the thread of the questions do something between two of them."""
        with suppress(RuntimeError):  # closed meanwhile
            self._thread.submit(work)

    async def warm_up(self) -> None:
        """Answer one question before anybody waits for it: loads the encoder and the index."""
        await self.ask("what is mode collapse in a gan")

    async def warm_up_rest(self) -> None:
        """Make ready what not everybody asks for: names half typed, answers in rounds, comparisons, Chinese.

        Each is made at its first use otherwise, for which one member would wait; all of it takes two seconds.
        """
        await asyncio.to_thread(self.complete, "", LANGS[0])
        await asyncio.to_thread(terms.prepare)
        await self.ask("gan vs vae")
        await self.ask("生成对抗网络和变分自编码器有什么区别")

    async def cluster(self, asked: Sequence[UnansweredQuestion]) -> list[Cluster]:
        """Put questions together that ask for the same thing, the most often asked first."""

        def work() -> list[Cluster]:
            return clusters(asked, self._retriever.alike([each.question for each in asked])) if asked else []

        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def question(self, text: str, lang: Lang) -> Numbered:
        """Return the source question of that number or title, or raise `knowledge.bank.questions.UnknownQuestion`."""
        return questions.find(self.bank, text, lang)

    async def answering(self, question: Numbered) -> UnitRef | None:
        """Return the unit that answers a source question; None where its page has no units."""
        topic = question.topic
        for unit in topic.units[LANGS[0]]:
            if unit.id == question.unit:
                return UnitRef(topic.slug, unit.section, unit.id)
        titles = [question.title[lang] for lang in LANGS]
        within = self._retriever.unit_within
        return await asyncio.get_running_loop().run_in_executor(self._thread, within, titles, topic.slug)

    async def explaining(self, topic: Topic, item: Item) -> UnitRef | None:
        """Return the unit that explains an item that is answered by a letter; None where no unit surely does.

        The nearest unit of a page need not be near. It is sure when somebody who asked the item with its reason, in one
        of the languages, would be answered by just that unit.
        """
        sheets = [item.sheet(topic, lang) for lang in LANGS]
        texts = [f"{sheet.prompt} {sheet.why or ''}" for sheet in sheets]

        def work() -> UnitRef | None:
            place = self._retriever.unit_within(texts, topic.slug)
            if place is None:
                return None
            replies = self._retriever.ask_many(texts, LANGS, None, self._topics)
            sure = (
                reply.outcome == "answer" and (reply.topic, reply.unit) == (topic.slug, place.unit) for reply in replies
            )
            return place if any(sure) else None

        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def holding(self, topic: Topic, points: Sequence[int]) -> tuple[UnitRef, ...]:
        """Return the units of a topic's page that hold its key points, each unit once, in the order of the points."""

        def work() -> tuple[UnitRef, ...]:
            texts = ([topic.meta.key_points[point][lang] for lang in LANGS] for point in points)
            found = (self._retriever.unit_within(both, topic.slug) for both in texts)
            return tuple(dict.fromkeys(filter(None, found)))

        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

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
        # What others accepted into their banks runs behind a wall only.
        accepted = chosen.transcript.sha256 if chosen.transcript and topic.origin is None else None
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

    @property
    def waiting(self) -> int:
        """How many programs wait for their turn."""
        return self._queue.waiting

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
        self._at_close()
        if self._line.resting is not None:
            self._line.resting.cancel()
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
