"""`/interview`, `/loop`, `/quiz`, `/review`, `/plan` and `/progress` in the chat."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING

from bot.study.tutor import Tutor
from bot.terminal.commands import MINE
from bot.terminal.drill_chat import Drills
from bot.terminal.lines import Voice, one_line
from bot.terminal.prompt import Lines
from knowledge.bank import names
from knowledge.bank.models import Lang

if TYPE_CHECKING:
    from bot.store.store import Store
    from bot.study.learning import Learning

#: Questions of a round where no count is given, and the most there may be.
_QUESTIONS, _MOST = 10, 100
_SECONDS = 60.0
#: How much is repeated of what names no deck.
_TYPED = 60

LessonCommand = Callable[[str, list[str]], Awaitable[None]]


class Lessons:
    """The commands that ask the learner something.

    Args:
        tutor: has the bank, grades and runs.
        voice: says it.
        lines: what the learner types.
        open_store: opens the database, for each lesson anew; a plain question needs none.
        command: does what a command asks for in the middle of an interview.
        drills: the drills of the conversation.
        roles_dir: folder of the host's own roles, for whole interviews.
    """

    def __init__(
        self, tutor: Tutor, voice: Voice, lines: Lines, open_store: Callable[[], Awaitable[Store]],
        command: LessonCommand, drills: Drills, roles_dir: Path | None = None,
    ) -> None:  # fmt: skip
        self._tutor = tutor
        self._voice = voice
        self._lines = lines
        self._open_store = open_store
        self._command = command
        self._drills = drills
        self._roles_dir = roles_dir

    async def interview(self, words: list[str]) -> None:
        """`/interview [TOPIC]`."""
        from bot.terminal.interview import TerminalInterview

        topic = self._tutor.topic(" ".join(words)).slug if words else None
        voice = self._voice
        async with self._opened() as (_, learning):
            held = TerminalInterview(self._tutor, learning, voice.out, voice.lang, time.time, self._command)
            await held.run(self._lines, topic)
        voice.say("member.interview.console.left")

    async def quiz(self, words: list[str]) -> None:
        """`/quiz [TOPIC] [COUNT]`; several topics are separated by commas."""
        asked = _QUESTIONS
        if words and words[-1].isdecimal():
            asked = max(1, min(int(words[-1][:4]), _MOST))
            words = words[:-1]
        wished = [name.strip() for name in " ".join(words).replace("，", ",").split(",") if name.strip()]
        await self._play([names.find(self._tutor.bank, name).slug for name in wished], asked, self._voice.lang)

    async def one(self, slug: str, lang: Lang) -> None:
        """Ask one item of a topic, in the language of the conversation."""
        await self._play([slug], 1, lang)

    async def loop(self, words: list[str]) -> None:
        """`/loop [ROLE] [MINUTES]`."""
        from bot.study.loops import machine
        from bot.study.loops.conduct import Conduct
        from bot.study.loops.roles import find_role, load_roles
        from bot.terminal.loop import DrillDesk, TerminalLoop

        minutes = machine.USUAL
        if words and words[-1].isdecimal():
            minutes, words = int(words[-1][:4]), words[:-1]
        known = load_roles(self._tutor.bank, self._roles_dir)
        role = find_role(known, " ".join(words)) if words else None
        async with self._opened() as (store, learning):
            conduct = Conduct(self._tutor, learning, store, known, time.time, SystemRandom())
            desk, voice = DrillDesk(self._drills.practise, self._drills.answer), self._voice
            held = TerminalLoop(conduct, self._tutor.bank, desk, voice.out, voice.lang, time.time, "/loop")
            await held.run(self._lines, role, minutes)

    async def _play(self, slugs: list[str], asked: int, lang: Lang) -> None:
        from bot.study.rounds.choosing import choose
        from bot.terminal.quiz import TerminalRound, alone

        questions = choose(self._tutor.bank, lang, SystemRandom(), count=asked, topics=slugs)
        if not questions:
            self._voice.say("console.error.no_questions")
            return
        async with self._opened() as (_, learning):
            played = TerminalRound(self._tutor, self._voice.out, lang, time.time, learning)
            await played.play(questions, alone(asked, _SECONDS), self._lines)

    async def review(self, words: list[str]) -> None:
        """`/review [mine]`."""
        from bot.terminal.review import TerminalReview

        if words and " ".join(words).lower() not in MINE:
            self._voice.say("agenda.console.deck", typed=one_line(" ".join(words), _TYPED))
            return

        voice, chance = self._voice, SystemRandom()
        async with self._opened() as (_, learning):
            review = TerminalReview(
                learning, voice.out, voice.lang, time.time, chance, self._drills.practise, "mine" if words else "all"
            )
            await review.run(self._lines)

    async def plan(self, words: list[str]) -> None:
        """`/plan [DATE] [MINUTES]`, or `/plan forget`."""
        from bot.terminal.plan import OF_CHAT, plan_for, put_plan

        async with self._opened() as (_, learning):
            put_plan(self._voice, self._tutor.bank, await plan_for(learning, words), OF_CHAT)

    async def progress(self, words: list[str]) -> None:
        """`/progress [DATE]`."""
        from bot.terminal.standing import progress_until, put_progress

        async with self._opened() as (_, learning):
            put_progress(self._voice, await progress_until(learning, " ".join(words) or None))

    async def greet(self) -> None:
        """Say what is due, the streak, and how far the day is that was named, to whoever has learned here before."""
        from bot.terminal.greeting import greeting

        async with self._opened() as (_, learning):
            for line in await greeting(learning, self._voice.lang):
                self._voice.put(line, "dim")

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[tuple[Store, Learning]]:
        from bot.study.fitter import Fitter
        from bot.study.learning import Learning

        async with await self._open_store() as store:
            fitter = Fitter(store, time.time)
            try:
                yield store, Learning(store, self._tutor.bank, time.time, fitter=fitter)
            finally:
                await fitter.close()
