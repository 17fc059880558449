"""Spaced repetition in a terminal, or over a pipe: due items first, then new ones, until `/quit`."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from random import Random
from uuid import uuid4

from rich.console import Console
from rich.syntax import Syntax

from bot.console.prompt import Interrupted, read_lines
from bot.console.text import printable
from bot.learning import TERMINAL, Learning
from bot.render.progress import DAYS, in_words
from bot.render.reviews import span
from bot.rounds.questions import present
from bot.wording import say
from knowledge.models import Item, Lang, Open, Topic
from knowledge.schedule import AGAIN, GOOD, GRADES, Grade

EXIT_INTERRUPTED = 130
_QUIT = ("/quit", "/exit", "/q")


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

    async def run(self) -> int:
        """Review until there is nothing left or the learner stops; return the exit status."""
        lines = read_lines(["1", "2", "3", "4", "/quit"], interactive=sys.stdin.isatty())
        answered, last = 0, None
        try:
            while (found := await self._learning.next(TERMINAL, not_now=last)) is not None:
                topic, item = found
                await self._standing()
                grade = await self._ask(topic, item, lines)
                card = await self._learning.review(TERMINAL, topic.slug, item.id, grade, f"review:{uuid4().hex}")
                assert card is not None
                answered, last = answered + 1, (topic.slug, item.id)
                when = span(card.due - self._clock(), self._lang)
                self._say("member.review.saved", grade=say(f"member.grade.{GRADES[grade]}", self._lang), when=when)
            self._say("member.review.nothing")
        except _Ended:
            pass
        except Interrupted:
            return EXIT_INTERRUPTED
        self._say("member.console.ended", count=answered)
        for line in in_words(await self._learning.progress(TERMINAL, DAYS), self._lang):
            self._out.print(line.replace("**", ""), markup=False, soft_wrap=True)
        return 0

    async def _standing(self) -> None:
        standing = await self._learning.standing(TERMINAL)
        counts = {name: getattr(standing, name) for name in ("due", "new", "today", "streak")}
        self._out.print()
        self._out.print(say("member.review.standing", self._lang, **counts), style="dim", markup=False)

    async def _ask(self, topic: Topic, item: Item, lines: AsyncIterator[str]) -> Grade:
        """Ask an item, tell its answer, and return the grade."""
        self._out.print(topic.title[self._lang], style="bold cyan", markup=False)
        likely = GOOD
        if isinstance(item, Open):
            self._out.print(item.prompt[self._lang], markup=False, soft_wrap=True)
            self._say("member.console.enter")
            await _line(lines)
            self._say("member.review.points")
            for index in item.points:
                self._out.print(f"  - {topic.meta.key_points[index][self._lang]}", markup=False, soft_wrap=True)
        else:
            likely = await self._choose(topic, item, lines)
        why = item.why
        if why is not None:
            self._out.print(why[self._lang], markup=False, soft_wrap=True)
        dues = await self._learning.dues(TERMINAL, topic.slug, item.id)
        whens = {name: span(dues[grade], self._lang) for grade, name in GRADES.items()}
        self._say("member.console.grades", **whens, default=likely)
        while (typed := await _line(lines)) not in ("", "1", "2", "3", "4"):
            self._say("quiz.console.letters", letters="1 2 3 4")
        return next((grade for grade in GRADES if str(grade) == typed), likely)

    async def _choose(self, topic: Topic, item: Item, lines: AsyncIterator[str]) -> Grade:
        question = present(topic, item, self._lang, self._chance)
        self._out.print(printable(question.prompt), markup=False, soft_wrap=True)
        if question.code:
            self._out.print(Syntax(printable(question.code), "python", background_color="default"))
        for letter, option in zip(question.letters, question.options, strict=True):
            first, *rest = printable(option).split("\n")
            self._out.print("\n".join([f"  {letter}  {first}", *(f"     {line}" for line in rest)]), markup=False)
        self._say("member.console.how", letters="/".join(question.letters))
        while (typed := (await _line(lines)).upper()) not in question.letters or not typed:
            self._say("quiz.console.letters", letters=" ".join(question.letters))
        right = typed in question.right
        self._say(f"discord.item.{'right' if right else 'wrong'}", right=question.right[0])
        if question.fixed:
            self._say("quiz.reveal.fix")
            self._out.print(Syntax(question.fixed, "python", background_color="default"))
        return GOOD if right else AGAIN

    def _say(self, key: str, **values: object) -> None:
        text = say(key, self._lang, **values).replace("**", "").replace("*", "")
        self._out.print(text, markup=False, soft_wrap=True)


async def _line(lines: AsyncIterator[str]) -> str:
    """Return the next line; `_Ended` where there is none, or where it says so."""
    line = await anext(lines, None)
    if line is None or line.strip().lower() in _QUIT:
        raise _Ended
    return line.strip()
