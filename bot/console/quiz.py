"""A quiz round in a terminal, or over a pipe: the same questions, rules and points as on Discord, for one player."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import count

from rich.console import Console
from rich.syntax import Syntax

from bot.console.prompt import Interrupted, read_lines
from bot.console.text import printable
from bot.render.rounds import topic_title
from bot.rounds.machine import Answered, Control, Join, Start, Tick, step
from bot.rounds.questions import Question
from bot.rounds.state import Press, Rules, State, begin
from bot.tutor import Tutor
from bot.wording import say
from knowledge.models import Lang
from runners.errors import RunnerError
from runners.models import Output, Started

EXIT_INTERRUPTED = 130
_ME = 0


class TerminalRound:
    """One round for one player.

    Args:
        tutor: has the bank, and runs the code of a question.
        out: where it is printed.
        lang: language of questions and interface.
        clock: Unix time.
    """

    def __init__(self, tutor: Tutor, out: Console, lang: Lang, clock: Callable[[], float]) -> None:
        self._tutor = tutor
        self._out = out
        self._lang: Lang = lang
        self._clock = clock
        self._ids = count(1)

    async def play(self, questions: tuple[Question, ...], rules: Rules) -> int:
        """Ask all questions and return the exit status; the end of input ends the round."""
        state = step(begin(rules, questions, _ME, self._clock()), Join(_ME, "you"), self._clock()).state
        state = step(state, Start(_ME), self._clock()).state
        self._ask(state)
        interactive = sys.stdin.isatty()
        try:
            async for line in read_lines(["A", "B", "C", "D", "/skip", "/quit"], interactive=interactive):
                typed = line.strip()
                if not typed:
                    continue
                if typed.lower() in ("/quit", "/exit", "/q"):
                    break
                state = await self._take(state, typed)
                if state.phase == "over":
                    break
        except Interrupted:
            return EXIT_INTERRUPTED
        self._end(state)
        return 0

    async def _take(self, state: State, typed: str) -> State:
        now = self._clock()
        if typed.lower() == "/skip":
            state = step(state, Control("skip", _ME), now).state
        else:
            text = typed.upper() if state.question.options else typed
            answered = step(state, Answered(state.number, _ME, "you", Press(next(self._ids), now, text)), now)
            if answered.reply == "no_option":
                self._say("quiz.console.letters", letters=" ".join(state.question.letters))
                return state
            if answered.reply == "late":
                self._say("quiz.reply.late")
            state = answered.state
            assert state.due is not None
            state = step(state, Tick(), max(now, state.until + state.rules.grace_s)).state
        await self._reveal(state)
        # The reveal is read for as long as it takes: the next question begins when it is printed.
        state = step(state, Control("skip", _ME), self._clock()).state
        if state.phase == "question":
            self._ask(state)
        return state

    def _ask(self, state: State) -> None:
        question = state.question
        topic = topic_title(question.topic, self._tutor.bank, self._lang)
        title = say("quiz.question.title", self._lang, number=state.number, count=len(state.questions), topic=topic)
        self._out.print()
        self._out.print(title, style="bold cyan", markup=False, soft_wrap=True)
        self._out.print(printable(question.prompt), markup=False, soft_wrap=True)
        if question.code:
            self._out.print(Syntax(printable(question.code), "python", background_color="default"))
        for letter, option in zip(question.letters, question.options, strict=True):
            first, *rest = printable(option).split("\n")
            self._out.print("\n".join([f"  {letter}  {first}", *(f"     {line}" for line in rest)]), markup=False)
        self._say("quiz.console.how", letters="/".join(question.letters) or "…", seconds=int(state.rules.seconds))

    async def _reveal(self, state: State) -> None:
        question, given = state.question, state.answers.get((state.number, _ME))
        right = printable(" / ".join(question.right))
        if given is None or given.points is None:
            self._say("quiz.console.skipped", right=right)
        elif given.correct:
            self._say("quiz.console.correct", points=given.points)
        else:
            self._say("quiz.console.wrong", right=right)
        if question.kind == "predict" and question.code:
            await self._run(question)
        if question.fixed:
            self._out.print(say("quiz.reveal.fix", self._lang))
            self._out.print(Syntax(question.fixed, "python", background_color="default"))
        if question.why:
            self._out.print(question.why, markup=False, soft_wrap=True)

    async def _run(self, question: Question) -> None:
        assert question.code is not None
        job = self._tutor.plan_script(question.code, name=f"{question.item}.py", pasted=False)
        try:
            printed: list[str] = []
            async for event in self._tutor.run(job):
                if isinstance(event, Started):
                    printed.clear()  # the second of a run that began anew
                elif isinstance(event, Output):
                    printed.append(event.text)
        except RunnerError:
            self._say("quiz.reveal.output_failed")
            return
        self._say("quiz.console.printed")
        self._out.print(printable("".join(printed)).rstrip("\n"), markup=False, highlight=False)

    def _end(self, state: State) -> None:
        total, right = state.totals().get(_ME, (0, 0))
        answered = sum(answer.points is not None for answer in state.answers.values())
        self._out.print()
        self._say("quiz.console.end", points=total, right=right, count=answered)

    def _say(self, key: str, **values: object) -> None:
        self._out.print(say(key, self._lang, **values), markup=False, soft_wrap=True)
