"""Spaced repetition in a terminal, or over a pipe: due items first, then new ones, until `/quit`."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from uuid import uuid4

from rich.console import Console

from bot.study.learning import FORECAST_DAYS, TERMINAL, GivenAnswer, Learning
from bot.study.rounds.questions import present
from bot.study.schedule import AGAIN, GOOD, GRADES, Grade
from bot.terminal.commands import QUIT, typed_command
from bot.terminal.lines import Voice
from bot.terminal.prompt import Lines, words
from bot.terminal.questions import put_fix, put_question
from bot.wording import say
from bot.wording.foreign import printable
from bot.wording.phrases.progress import in_words
from bot.wording.phrases.reviews import span, standing_words
from knowledge.bank.models import ByLetter, Item, Lang, Topic


class _Ended(Exception):
    """The learner has had enough, or the input is over."""


class TerminalReview:
    """Reviews of whoever sits at the terminal.

    Args:
        learning: knows what is due, and keeps what was answered.
        out: where it is printed.
        lang: language of items and interface.
        clock: Unix time.
        chance: shuffles options.
    """

    def __init__(
        self, learning: Learning, out: Console, lang: Lang, clock: Callable[[], float], chance: Random
    ) -> None:
        self._learning = learning
        self._out = out
        self._lang: Lang = lang
        self._clock = clock
        self._chance = chance
        self._voice = Voice(out, lang)

    async def run(self, lines: Lines) -> None:
        """Review until there is nothing left or the learner stops.

        Raises:
            bot.terminal.prompt.Interrupted: Ctrl-C at an empty line.
        """
        answered, last = 0, None
        try:
            while (found := await self._learning.next(TERMINAL, not_now=last)) is not None:
                topic, item = found
                await self._standing()
                grade = await self._ask(topic, item, lines)
                given = GivenAnswer(TERMINAL, topic.slug, item.id, grade, f"review:{uuid4().hex}")
                (card,) = await self._learning.record([given])
                answered, last = answered + 1, (topic.slug, item.id)
                when = span(card.due - self._clock(), self._lang)
                self._say("member.review.saved", grade=say(f"member.grade.{GRADES[grade]}", self._lang), when=when)
            self._say("member.review.nothing")
        except _Ended:
            pass
        self._say("member.console.ended", count=answered)
        for line in in_words(await self._learning.progress(TERMINAL, FORECAST_DAYS), self._lang, printable):
            self._voice.put(line.replace("**", ""))

    async def _standing(self) -> None:
        standing = await self._learning.standing(TERMINAL)
        self._out.print()
        self._voice.put(standing_words(standing, self._lang), "dim")

    async def _ask(self, topic: Topic, item: Item, lines: Lines) -> Grade:
        """Ask an item, tell its answer, and return the grade."""
        self._voice.put(topic.title[self._lang], "bold cyan")
        likely = GOOD
        if isinstance(item, ByLetter):
            likely = await self._choose(topic, item, lines)
        else:
            self._voice.put(item.prompt[self._lang])
            self._say("member.console.enter")
            await self._line(lines)
            self._say("member.review.points")
            for point in item.sheet(topic, self._lang).points:
                self._voice.put(f"  - {point}")
        if item.why is not None:
            self._voice.put(item.why[self._lang])
        dues = await self._learning.dues(TERMINAL, topic.slug, item.id)
        whens = {name: span(dues[grade], self._lang) for grade, name in GRADES.items()}
        self._say("member.console.grades", **whens, default=likely)
        while (typed := await self._line(lines)) not in ("", "1", "2", "3", "4"):
            self._say("quiz.console.letters", letters="1 2 3 4")
        return next((grade for grade in GRADES if str(grade) == typed), likely)

    async def _choose(self, topic: Topic, item: Item, lines: Lines) -> Grade:
        question = present(topic, item, self._lang, self._chance)
        put_question(self._voice, question)
        self._say("member.console.how", letters="/".join(question.letters))
        while (typed := (await self._line(lines)).upper()) not in question.letters or not typed:
            self._say("quiz.console.letters", letters=" ".join(question.letters))
        right = typed in question.right
        self._say(f"discord.item.{'right' if right else 'wrong'}", right=question.right[0])
        put_fix(self._voice, question)
        return GOOD if right else AGAIN

    def _say(self, key: str, **values: object) -> None:
        self._voice.put(say(key, self._lang, **values).replace("**", "").replace("*", ""))

    async def _line(self, lines: Lines) -> str:
        """Return the next line; `_Ended` where there is none, or where it says so."""
        aside = words("1", "2", "3", "4", "A", "B", "C", "D", f"/{QUIT}") if lines.interactive else None
        while True:
            line = await lines.read(say("member.console.prompt", self._lang), aside)
            command = typed_command(line) if line is not None else None
            if line is None or (command is not None and command[0] == QUIT):
                raise _Ended
            if command is None:
                return line.strip()
            self._say("member.console.commands")
