"""A mock interview in a terminal, or over a pipe: question, answer, its points, the checked answer, what follows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import uuid4

from rich.console import Console

from bot.study.interviews import InterviewQuestion, Judged, as_typed, follow_up, judge, model_answer, of_item
from bot.study.learning import TERMINAL, Learning
from bot.study.tutor import Tutor
from bot.terminal.commands import COMMANDS, QUIT, typed_command
from bot.terminal.lines import Voice, one_line
from bot.terminal.markdown import BankMarkdown
from bot.terminal.prompt import Interrupted, Lines, words
from bot.wording import say
from bot.wording.phrases.interviews import judgement
from knowledge.bank.errors import QueryError
from knowledge.bank.models import Lang

#: Commands of the interview itself; the end of input leaves it, too.
_AGAIN, _ANOTHER = "again", "another"
#: Characters of a quotation.
_QUOTE = 240


@dataclass(frozen=True, slots=True)
class _Asking:
    """One asking of a question; `source` tells it from all others, so that only its first answer counts."""

    question: InterviewQuestion
    source: str = field(default_factory=lambda: f"interview:{uuid4().hex[:16]}")


class TerminalInterview:
    """An interview of whoever sits at the terminal.

    Args:
        tutor: grades.
        learning: knows what to ask, and keeps how it went.
        out: where it is printed.
        lang: language of questions and interface.
        clock: Unix time.
        command: does what a command asks for that is none of the interview's own.
    """

    def __init__(
        self, tutor: Tutor, learning: Learning, out: Console, lang: Lang, clock: Callable[[], float],
        command: Callable[[str, list[str]], Awaitable[None]],
    ) -> None:  # fmt: skip
        self._tutor = tutor
        self._learning = learning
        self._out = out
        self._lang: Lang = lang
        self._clock = clock
        self._command = command
        self._voice = Voice(out, lang)

    async def run(self, lines: Lines, topic: str | None = None) -> None:
        """Ask, beginning with a topic or with what is needed most, until the learner has had enough.

        Raises:
            bot.terminal.prompt.Interrupted: Ctrl-C where nothing of an answer was typed.
            bot.store.errors.StoreError: an answer could not be saved, so it does not count.
        """
        asked = await self._needed(topic)
        last: _Asking | None = None
        while asked is not None:
            self._ask(asked.question, first=last is None)
            order, answer = await self._answer(lines, asked.question)
            if order == QUIT:
                return
            if order == _ANOTHER:
                asked = await self._needed(not_now=asked.question)
            elif order == _AGAIN:
                asked = last or asked
            elif await self._told(asked, answer):
                last, following = asked, follow_up(asked.question, self._lang)
                asked = _Asking(following) if following is not None else await self._needed(not_now=asked.question)
        self._voice.say("member.interview.none")

    async def _needed(self, topic: str | None = None, not_now: InterviewQuestion | None = None) -> _Asking | None:
        last = (not_now.topic.slug, not_now.key) if not_now is not None else None
        found = await self._learning.interview(TERMINAL, topic=topic, not_now=last)
        return _Asking(of_item(*found, self._lang)) if found is not None else None

    def _ask(self, question: InterviewQuestion, *, first: bool) -> None:
        kind = say(f"member.interview.{'question' if question.item is not None else 'follow_up'}", self._lang)
        self._out.print()
        self._voice.put(f"{question.topic.title[self._lang]} · {kind}", "bold cyan")
        self._out.print(BankMarkdown(question.prompt))
        self._voice.say("member.interview.console.first" if first else "member.interview.console.how", style="dim")

    async def _answer(self, lines: Lines, question: InterviewQuestion) -> tuple[str | None, str]:
        """Return what is typed up to an empty line or the end of input; or, before that, what else is wanted."""
        offered = [f"/{name}" for name in (_AGAIN, _ANOTHER, *COMMANDS)] if lines.interactive else []
        aside = words(*offered) if offered else None
        typed: list[str] = []
        while True:
            prompt = say(f"console.interview.{'onward' if typed else 'prompt'}", self._lang)
            try:
                line = await lines.read(prompt, aside)
            except Interrupted:
                if not typed:
                    raise
                typed.clear()
                self._voice.say("console.interview.cleared", style="dim")
                continue
            if line is None and not typed:
                return QUIT, ""
            if line is None or (not line.strip() and typed):
                return None, "\n".join(typed)
            if (command := typed_command(line)) is not None:
                if command[0] in (QUIT, _AGAIN, _ANOTHER):
                    return command[0], ""
                await self._command(*command)
                if not typed:  # what was printed has pushed the question away
                    self._out.print()
                    self._out.print(BankMarkdown(question.prompt))
            elif line.strip():
                typed.append(line)

    async def _told(self, asked: _Asking, answer: str) -> bool:
        """Say what an answer is worth; False where there is nothing in it to judge."""
        question, parts = asked.question, [asked.question.answer]
        if question.item is not None:
            try:
                judged = await judge(self._tutor, self._learning, TERMINAL, question, answer, asked.source)
            except QueryError as error:
                self._voice.say(f"member.interview.{error.reason}", style="yellow")
                return False
            self._points(question, judged, answer)
            parts = model_answer(question, judged, self._lang)
        self._out.print()
        self._voice.say("member.interview.answer", style="bold")
        for number, part in enumerate(parts):
            if number:
                self._out.print()
            self._out.print(BankMarkdown(part))
        return True

    def _points(self, question: InterviewQuestion, judged: Judged, answer: str) -> None:
        self._out.print()
        for line in judgement(judged, self._lang, self._clock()):
            self._voice.put(line.replace("*", ""))
        for point in judged.points:
            mark = "?" if point.unsure else "✓" if point.covered else "·"
            doubt = say("member.interview.unsure", self._lang, point="").replace("*", "") if point.unsure else ""
            text = question.topic.meta.key_points[point.index][self._lang]
            self._voice.put(f"{mark} {doubt}{text}")
            if point.covered or point.unsure:
                self._voice.put(f"    > {one_line(as_typed(point.span, answer), _QUOTE)}", "dim")
