"""Spaced repetition in a terminal, or over a pipe: due items and new ones, until `/quit`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from random import Random
from uuid import uuid4

from rich.console import Console

from bot.study.decks import Deck, ReviewSession
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
from knowledge.bank.drills import Drill
from knowledge.bank.models import ByLetter, Item, Lang, Topic

#: Leaves a drill for another time.
_SKIP = "skip"


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
        practise: lets the learner write a drill, and returns whether that counted; without it its command is told.
        deck: what is reviewed.
    """

    def __init__(
        self, learning: Learning, out: Console, lang: Lang, clock: Callable[[], float], chance: Random,
        practise: Callable[[Drill], Awaitable[bool]] | None = None, deck: Deck = "all",
    ) -> None:  # fmt: skip
        self._learning = learning
        self._out = out
        self._lang: Lang = lang
        self._clock = clock
        self._chance = chance
        self._practise = practise
        self._deck: Deck = deck
        self._put_off: set[str] = set()
        self._voice = Voice(out, lang)

    async def run(self, lines: Lines) -> None:
        """Review until there is nothing left or the learner stops.

        Raises:
            bot.terminal.prompt.Interrupted: Ctrl-C at an empty line.
        """
        answered, last = 0, None
        session, next_ = ReviewSession.begin(self._deck, self._clock()), self._learning.next_in
        try:
            while (found := await next_(TERMINAL, session, not_now=last, put_off=self._put_off)) is not None:
                await self._standing()
                if isinstance(found, Drill):
                    answered += await self._write(found, lines)
                    continue
                topic, item, last = found.topic, found.item, (found.topic.slug, found.item.id)
                if found.again:
                    self._say("agenda.again.asked")
                grade = await self._ask(topic, item, lines, again=found.again)
                if found.again:
                    await self._answer_again(topic, item, grade)
                    continue
                given = GivenAnswer(TERMINAL, topic.slug, item.id, grade, f"review:{uuid4().hex}")
                (card,) = await self._learning.record([given])
                answered += 1
                when = span(card.due - self._clock(), self._lang)
                key = "agenda.again.missed" if grade == AGAIN else "member.review.saved"
                self._say(key, grade=say(f"member.grade.{GRADES[grade]}", self._lang), when=when)
                await self._leech(topic, item, grade)
            self._say(await self._nothing())
        except _Ended:
            pass
        self._say("member.console.ended", count=answered)
        for line in in_words(await self._learning.progress(TERMINAL, FORECAST_DAYS), self._lang, printable):
            self._voice.put(line.replace("**", ""))

    async def _answer_again(self, topic: Topic, item: Item, grade: Grade) -> None:
        """Take the answer to what was missed in this session."""
        card = await self._learning.again(TERMINAL, topic.slug, item.id, right=grade != AGAIN)
        if card is None:
            self._say("member.review.saved_before")  # in another terminal, or on another day meanwhile
        elif grade == AGAIN:
            self._say("agenda.again.still")
        else:
            self._say("agenda.again.right", when=span(card.due - self._clock(), self._lang))

    async def _leech(self, topic: Topic, item: Item, grade: Grade) -> None:
        """Tell of an item that is forgotten over and over, and where its explanation is."""
        count = await self._learning.leech(TERMINAL, topic.slug, item.id) if grade == AGAIN else None
        if count is not None:
            self._say("studying.leech.told", count=count, title=printable(topic.title[self._lang]))
            self._say("studying.leech.command", slug=topic.slug)

    async def _write(self, drill: Drill, lines: Lines) -> bool:
        """Let the learner write a drill that is due, or tell its command; return whether it counted."""
        title, minutes = printable(drill.meta.title[self._lang]), drill.meta.minutes
        self._voice.put(say("practice.review.due", self._lang, title=title, minutes=minutes), "bold cyan")
        self._put_off.add(drill.id)
        if self._practise is None or not lines.interactive:
            self._say("practice.review.command", drill=drill.id)
            return False
        self._say("practice.review.begin")
        if await self._line(lines, own=_SKIP) == _SKIP:
            return False
        return await self._practise(drill)

    async def _standing(self) -> None:
        standing = await self._learning.standing(TERMINAL)
        self._out.print()
        self._voice.put(standing_words(standing, self._lang), "dim")

    async def _nothing(self) -> str:
        """Return the key of what to say where nothing is left."""
        if self._deck == "all":
            return "member.review.nothing"
        if self._deck == "mine" and not await self._learning.mistakes(TERMINAL):
            return "agenda.nothing.none_missed"
        return f"agenda.nothing.{self._deck}"

    async def _ask(self, topic: Topic, item: Item, lines: Lines, *, again: bool = False) -> Grade:
        """Ask an item, tell its answer, and return the grade; `again`: it was missed in this session."""
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
        if again:
            grades = [AGAIN, GOOD]
            due = await self._learning.due_when_right(TERMINAL, topic.slug, item.id)
            self._say("agenda.console.grades", good=span(due, self._lang), default=likely)
        else:
            grades = list(GRADES)
            dues = await self._learning.dues(TERMINAL, topic.slug, item.id)
            whens = {name: span(dues[grade], self._lang) for grade, name in GRADES.items()}
            self._say("member.console.grades", **whens, default=likely)
        while (typed := await self._line(lines)) not in ("", *map(str, grades)):
            self._say("quiz.console.letters", letters=" ".join(map(str, grades)))
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

    async def _line(self, lines: Lines, own: str = "") -> str:
        """Return the next line, or the command `own`; `_Ended` where there is none, or where it says so."""
        offered = ("1", "2", "3", "4", "A", "B", "C", "D", f"/{QUIT}") if not own else (f"/{own}", f"/{QUIT}")
        aside = words(*offered) if lines.interactive else None
        while True:
            line = await lines.read(say("member.console.prompt", self._lang), aside)
            command = typed_command(line) if line is not None else None
            if line is None or (command is not None and command[0] == QUIT):
                raise _Ended
            if command is None:
                return line.strip()
            if command[0] == own:
                return own
            self._say("member.console.commands")
