"""`epoch chat`: a line in, an answer or a run out, until `/quit` or the end of input."""

from __future__ import annotations

import asyncio
import shlex
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from bot.console.answers import Answers
from bot.console.prompt import Interrupted, read_lines
from bot.console.runs import RunView
from bot.store.errors import StoreError
from bot.tutor import Tutor, UnknownExample
from bot.wording import say
from knowledge.errors import ParameterError, QueryError, UnknownTopic
from knowledge.models import MAIN_EXAMPLE, SECTIONS, Lang, Topic
from knowledge.retriever import Reply
from runners.errors import RunnerError

if TYPE_CHECKING:
    from bot.store.store import Store

EXIT_INTERRUPTED = 130


class Chat:
    """One conversation in a terminal, or over a pipe.

    Args:
        tutor: what answers and runs.
        out: where answers and program output go.
        err: where status lines go.
        lang: language of the interface; answers come in the language of their question.
        run_dir: folder under which each run's files are saved.
        open_store: opens the database, which only an interview needs.
    """

    def __init__(
        self, tutor: Tutor, out: Console, err: Console, *, lang: Lang, run_dir: Path,
        open_store: Callable[[], Awaitable[Store]],
    ) -> None:  # fmt: skip
        self._tutor = tutor
        self._out = out
        self._err = err
        self._lang = lang
        self._run_dir = run_dir
        self._open_store = open_store
        self._answers = Answers(out, tutor.bank)
        self._topic: Topic | None = None
        self._topic_lang: Lang = lang
        self._offered: tuple[str, ...] = ()
        self._commands: dict[str, Callable[[list[str]], Awaitable[None]]] = {
            "help": self._help,
            "topics": self._topics,
            "more": self._more,
            "run": self._run,
            "break": self._break,
            "interview": self._interview,
            "lang": self._switch,
        }

    async def loop(self) -> int:
        """Read and answer lines until `/quit`, the end of input, or Ctrl-C at the prompt; return the exit status."""
        interactive = sys.stdin.isatty()
        if interactive:
            self._say("console.chat.welcome", count=len(self._tutor.bank))
        words = [f"/{name}" for name in (*self._commands, "quit")] + sorted(self._tutor.bank.topics)
        self._lines = read_lines(words, interactive=interactive)
        try:
            async for line in self._lines:
                if not line.strip():
                    continue
                if line.strip().lower() in ("/quit", "/exit", "/q"):
                    break
                await self._handle(line.strip())
        except Interrupted:
            return EXIT_INTERRUPTED
        finally:
            await self._tutor.close()
        if interactive:
            self._say("console.chat.bye")
        return 0

    async def _handle(self, line: str) -> None:
        try:
            if line.startswith("/"):
                await self._command(line[1:])
            elif line.isdecimal() and 1 <= int(line) <= len(self._offered):
                self._open(self._tutor.bank[self._offered[int(line) - 1]], self._topic_lang)
            else:
                await self._ask(line)
        except UnknownTopic as error:
            self._say("console.error.unknown_topic", name=error.name, nearest=", ".join(error.nearest))
        except UnknownExample as error:
            self._say("console.error.unknown_example", name=error.name, available=", ".join(error.available))
        except QueryError as error:
            self._say(f"console.error.query_{error.reason}")
        except (ParameterError, RunnerError, StoreError) as error:
            self._out.print(escape(str(error)), style="yellow", soft_wrap=True)

    async def _ask(self, question: str) -> None:
        with self._err.status(say("console.chat.thinking", self._lang)):
            reply: Reply = await self._tutor.ask(question, about=self._topic.slug if self._topic else None)
        self._answers.show(reply)
        self._topic_lang = reply.lang
        if reply.topic is not None:
            self._topic, self._offered = self._tutor.bank[reply.topic], ()
        else:
            self._offered = tuple(c.topic for c in reply.candidates[:3])

    async def _command(self, line: str) -> None:
        try:
            name, *words = shlex.split(line)
        except ValueError:
            name, *words = line.split()
        command = self._commands.get(name.lower())
        if command is None:
            self._say("console.error.unknown_command", name=name)
            return
        await command(words)

    async def _help(self, _: list[str]) -> None:
        self._say("console.chat.help")

    async def _topics(self, _: list[str]) -> None:
        for topic in self._tutor.bank.topics.values():
            self._out.print(f"  {topic.slug:32} {topic.title[self._lang]}", soft_wrap=True)

    async def _more(self, words: list[str]) -> None:
        topic = self._tutor.topic(" ".join(words)) if words else self._topic
        if topic is None:
            self._say("console.error.no_topic_yet")
            return
        self._topic = topic
        for section in SECTIONS:
            self._answers.section(topic, section, self._topic_lang)

    def _open(self, topic: Topic, lang: Lang) -> None:
        self._topic, self._offered = topic, ()
        self._answers.section(topic, "answer", lang)
        self._out.print(say("console.answer.more", lang, slug=topic.slug), style="dim", soft_wrap=True)

    async def _switch(self, words: list[str]) -> None:
        if words not in (["zh"], ["en"]):
            self._say("console.error.lang")
            return
        self._lang = self._topic_lang = "zh" if words == ["zh"] else "en"
        self._say("console.chat.lang")

    async def _run(self, words: list[str]) -> None:
        await self._start(words, counter=False)

    async def _break(self, words: list[str]) -> None:
        await self._start(words, counter=True)

    async def _interview(self, words: list[str]) -> None:
        # Only here: a plain question loads no database.
        from bot.console.interview import TerminalInterview
        from bot.learning import Learning

        topic = self._tutor.topic(" ".join(words)).slug if words else None
        async with await self._open_store() as store:
            learning = Learning(store, self._tutor.bank, time.time)
            await TerminalInterview(self._tutor, learning, self._out, self._lang, time.time).run(self._lines, topic)
        self._say("member.interview.console.left")

    async def _start(self, words: list[str], *, counter: bool) -> None:
        changes = dict(word.split("=", 1) for word in words if "=" in word)
        names = [word for word in words if "=" not in word]
        if not names and self._topic is not None:
            names = [self._topic.slug]
        if not names:
            self._say("console.error.run_what")
            return
        topic, example = self._named(names)
        out_dir = self._run_dir / f"{topic.slug}-{example}"
        planned = self._tutor.plan(topic.slug, example, changes=changes, counter=counter, out_dir=out_dir)
        self._topic = topic
        if counter:
            why = planned.example.meta.counter_why[self._lang]
            self._say("console.run.breaking", change=planned.example.meta.counter, why=why)
        view = RunView(self._out, self._err, self._lang)
        try:
            async with _stopped_by_ctrl_c() as stopped:
                async for event in self._tutor.run(planned.job):
                    view.show(event)
        finally:
            view.close()
        if stopped():
            self._say("console.run.interrupted")

    def _named(self, names: list[str]) -> tuple[Topic, str]:
        """Read `TOPIC…` or `TOPIC… EXAMPLE`; a topic's name may have spaces."""
        if len(names) > 1:
            try:
                topic = self._tutor.topic(" ".join(names[:-1]))
            except UnknownTopic:
                return self._tutor.topic(" ".join(names)), MAIN_EXAMPLE
            if any(example.name == names[-1] for example in topic.examples):
                return topic, names[-1]
        try:
            return self._tutor.topic(" ".join(names)), MAIN_EXAMPLE
        except UnknownTopic:
            if len(names) > 1:
                raise UnknownExample(self._tutor.topic(" ".join(names[:-1])), names[-1]) from None
            raise

    def _say(self, key: str, **values: object) -> None:
        self._out.print(say(key, self._lang, **values), soft_wrap=True, markup=False)


@asynccontextmanager
async def _stopped_by_ctrl_c() -> AsyncIterator[Callable[[], bool]]:
    """Let Ctrl-C end the block (whose cleanup runs in full) instead of the program."""
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()
    hit = False

    def stop() -> None:
        nonlocal hit
        hit = True
        task.cancel()

    loop.add_signal_handler(signal.SIGINT, stop)
    try:
        yield lambda: hit
    except asyncio.CancelledError:
        if not hit:
            raise
        task.uncancel()
    finally:
        loop.remove_signal_handler(signal.SIGINT)
