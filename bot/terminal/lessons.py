"""`/interview`, `/quiz`, `/review` and `/progress` in the chat."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from random import SystemRandom
from typing import TYPE_CHECKING

from bot.study.tutor import Tutor
from bot.terminal.lines import Voice
from bot.terminal.prompt import Lines
from bot.wording.foreign import printable
from knowledge.bank import names
from knowledge.bank.models import Lang

if TYPE_CHECKING:
    from bot.store.store import Store
    from bot.study.learning import Learning

#: Questions of a round where no count is given, and the most there may be.
_QUESTIONS, _MOST = 10, 100
_SECONDS = 60.0

Command = Callable[[str, list[str]], Awaitable[None]]


class Lessons:
    """The commands that ask the learner something.

    Args:
        tutor: has the bank, grades and runs.
        voice: says it.
        lines: what the learner types.
        open_store: opens the database, for each lesson anew; a plain question needs none.
        command: does what a command asks for in the middle of an interview.
    """

    def __init__(
        self, tutor: Tutor, voice: Voice, lines: Lines, open_store: Callable[[], Awaitable[Store]], command: Command
    ) -> None:
        self._tutor = tutor
        self._voice = voice
        self._lines = lines
        self._open_store = open_store
        self._command = command

    async def interview(self, words: list[str]) -> None:
        """`/interview [TOPIC]`."""
        from bot.terminal.interview import TerminalInterview

        topic = self._tutor.topic(" ".join(words)).slug if words else None
        async with await self._open_store() as store:
            learning, voice = self._learning(store), self._voice
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

    async def _play(self, slugs: list[str], asked: int, lang: Lang) -> None:
        from bot.study.rounds.choosing import choose
        from bot.terminal.quiz import TerminalRound, alone

        questions = choose(self._tutor.bank, lang, SystemRandom(), count=asked, topics=slugs)
        if not questions:
            self._voice.say("console.error.no_questions")
            return
        played = TerminalRound(self._tutor, self._voice.out, lang, time.time)
        await played.play(questions, alone(asked, _SECONDS), self._lines)

    async def review(self, _: list[str]) -> None:
        """`/review`."""
        from bot.terminal.review import TerminalReview

        async with await self._open_store() as store:
            review = TerminalReview(self._learning(store), self._voice.out, self._voice.lang, time.time, SystemRandom())
            await review.run(self._lines)

    async def progress(self, _: list[str]) -> None:
        """`/progress`."""
        from bot.study.learning import FORECAST_DAYS, TERMINAL
        from bot.wording.phrases.progress import in_words
        from bot.wording.phrases.reviews import standing_words

        async with await self._open_store() as store:
            progress = await self._learning(store).progress(TERMINAL, FORECAST_DAYS)
        self._voice.put(standing_words(progress.standing, self._voice.lang), "dim")
        if not progress.begun:
            self._voice.say("member.console.empty")
        for line in in_words(progress, self._voice.lang, printable):
            self._voice.put(line.replace("**", ""))

    def _learning(self, store: Store) -> Learning:
        from bot.study.learning import Learning

        return Learning(store, self._tutor.bank, time.time)
