"""`/run`, `/break` and `/code` in the chat: examples of the bank, run, broken, or read."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from rich.console import Console

from bot.study.tutor import Tutor
from bot.terminal.lines import Voice, put_code
from bot.terminal.runs import RunView, broken_on_purpose, run_folder
from bot.terminal.talk import Talk
from bot.terminal.values import show_values
from knowledge.bank.models import MAIN_EXAMPLE

#: Ask what may be changed: as the chat has it, and as the command line does.
_ASKING = frozenset(("?", "--list"))


class Programs:
    """Runs and shows examples, and remembers in `talk` which was the last.

    Args:
        tutor: has them, and runs them.
        voice: says what there is to say.
        err: where status lines go.
        talk: what the conversation is about.
        run_dir: folder under which each run's files are saved.
    """

    def __init__(self, tutor: Tutor, voice: Voice, err: Console, talk: Talk, run_dir: Path) -> None:
        self._tutor = tutor
        self._voice = voice
        self._err = err
        self._talk = talk
        self._run_dir = run_dir

    async def run(self, words: list[str]) -> None:
        """`/run TOPIC [EXAMPLE] [NAME=VALUE]…`, or with a `?` at its end what may be changed."""
        if _asks(words):
            self._values([word for word in words if word not in _ASKING])
        else:
            await self._start(words, counter=False)

    async def break_(self, words: list[str]) -> None:
        """`/break TOPIC [EXAMPLE]`; a `?` at its end asks what may be changed, and breaks nothing."""
        if _asks(words):
            self._values([word for word in words if word not in _ASKING])
        else:
            await self._start(words, counter=True)

    async def code(self, words: list[str]) -> None:
        """`/code [TOPIC] [EXAMPLE]`: without words, of what was run last here, with its changes."""
        ran = self._talk.ran
        if words:
            topic, name = self._tutor.named(words)
        elif ran is not None:
            topic, name = ran.topic, ran.example.name
        elif self._talk.topic is not None:
            topic, name = self._talk.topic, MAIN_EXAMPLE
        else:
            self._voice.say("console.error.code_of_what")
            return
        planned = self._tutor.plan(topic.slug, name)
        shown = planned.job.script if words or ran is None else ran.job.script
        self._talk.open(topic)
        title = planned.example.meta.title[self._voice.lang]
        self._voice.put(f"{title} · {planned.example.file}", "bold cyan")
        put_code(self._voice.out, shown)

    def _values(self, words: list[str]) -> None:
        words = [word for word in words if "=" not in word] or self._here()
        if not words:
            self._voice.say("console.error.run_what")
            return
        topic, name = self._tutor.named(words)
        self._talk.open(topic)
        all_of_them = name == MAIN_EXAMPLE and words[-1] != MAIN_EXAMPLE
        examples = topic.examples if all_of_them else (topic.example(name),)
        show_values(self._voice, topic, examples)

    def _here(self) -> list[str]:
        return [self._talk.topic.slug] if self._talk.topic is not None else []

    async def _start(self, words: list[str], *, counter: bool) -> None:
        changes = dict(word.split("=", 1) for word in words if "=" in word)
        names = [word for word in words if "=" not in word] or self._here()
        if not names:
            self._voice.say("console.error.run_what")
            return
        topic, example = self._tutor.named(names)
        planned = self._tutor.plan(topic.slug, example, changes=changes, counter=counter)
        planned = planned.into(run_folder(self._run_dir, planned, changes, counter=counter))
        self._talk.open(topic, planned)
        if counter:
            for line in broken_on_purpose(planned, self._voice.lang):
                self._voice.put(line)
        view = RunView(self._voice.out, self._err, self._voice.lang, broken=counter)
        try:
            async with stopped_by_ctrl_c() as stopped:
                async for event in self._tutor.run(planned.job):
                    view.show(event)
        finally:
            view.close()
        if stopped():
            self._voice.say("console.run.interrupted")


def _asks(words: list[str]) -> bool:
    return not _ASKING.isdisjoint(words)


@asynccontextmanager
async def stopped_by_ctrl_c() -> AsyncIterator[Callable[[], bool]]:
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
