"""A quiz round in a terminal, or over a pipe: the same questions, rules and points as on Discord, for one player."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import count
from secrets import token_hex

from rich.console import Console

from bot.study.learning import TERMINAL, Learning
from bot.study.rounds.counting import given_answers
from bot.study.rounds.machine import Answered, Join, Opened, RoundCommand, Start, Tick, step
from bot.study.rounds.questions import Question
from bot.study.rounds.state import Press, Rules, State, begin
from bot.study.tutor import Tutor
from bot.terminal.commands import COMMANDS, QUIT, typed_command
from bot.terminal.lines import Voice, one_line
from bot.terminal.prompt import Lines, words
from bot.terminal.questions import put_fix, put_question
from bot.wording import say
from bot.wording.foreign import printable
from bot.wording.phrases.rounds import topic_title
from knowledge.bank.models import Lang
from runners.errors import RunnerError
from runners.models import Output, Started

_ME = TERMINAL
#: A command of the round itself.
_SKIP = "skip"
#: How much is shown of the name of a trivia pack.
_PACK = 60


def alone(questions: int, seconds: float) -> Rules:
    """Return the rules of a round for one: who is late at every question may still go on."""
    return Rules(seconds=seconds, unattended=questions + 1)


class TerminalRound:
    """One round for one player.

    Args:
        tutor: has the bank, and runs the code of a question.
        out: where it is printed.
        lang: language of questions and interface.
        clock: Unix time.
        learning: counts the answers as reviews, as it does those of rounds on Discord; without it nothing is kept.
    """

    def __init__(
        self, tutor: Tutor, out: Console, lang: Lang, clock: Callable[[], float], learning: Learning | None = None
    ) -> None:
        self._tutor = tutor
        self._out = out
        self._lang: Lang = lang
        self._clock = clock
        self._voice = Voice(out, lang)
        self._ids = count(1)
        self._learning = learning
        self._source = f"quiz:{token_hex(8)}"

    async def play(self, questions: tuple[Question, ...], rules: Rules, lines: Lines) -> None:
        """Ask all questions; the end of input ends the round.

        Raises:
            bot.terminal.prompt.Interrupted: Ctrl-C at an empty line.
        """
        state = step(begin(rules, questions, _ME, self._clock()), Join(_ME, "you"), self._clock()).state
        state = self._ask(step(state, Start(_ME), self._clock()).state)
        while state.phase != "over" and (line := await self._line(state, lines)) is not None:
            typed = line.strip()
            command = typed_command(typed)
            if command is None and typed:
                state = await self._take(state, typed)
            elif command is not None and command[0] == QUIT:
                break
            elif command is not None and command[0] == _SKIP:
                state = await self._onward(step(state, RoundCommand("skip", _ME), self._clock()).state)
            elif command is not None:
                # Where letters are asked for, a slash is always a command; a text may be /root, but no command.
                if state.question.options or command[0] in ("", *COMMANDS):
                    self._voice.say("quiz.console.commands")
                else:
                    state = await self._take(state, typed)
        self._end(state)

    async def _line(self, state: State, lines: Lines) -> str | None:
        letters = "/".join(state.question.letters) or "…"

        def clock() -> str:
            left = math.ceil(state.until - self._clock())
            key = "quiz.console.clock" if left > 0 else "quiz.console.over"
            return say(key, self._lang, seconds=left, letters=letters)

        return await lines.read(
            clock, words(*state.question.letters, f"/{_SKIP}", f"/{QUIT}") if lines.interactive else None
        )

    async def _take(self, state: State, typed: str) -> State:
        now = self._clock()
        text = typed.upper() if state.question.options else typed
        answered = step(state, Answered(state.number, _ME, "you", Press(next(self._ids), now, text)), now)
        if answered.reply == "no_option":
            self._voice.say("quiz.console.letters", letters=" ".join(state.question.letters))
            return state
        if answered.reply == "late":
            self._voice.say("quiz.reply.late")
        state = answered.state
        assert state.due is not None
        return await self._onward(step(state, Tick(), max(now, state.until + state.rules.grace_s)).state)

    async def _onward(self, state: State) -> State:
        if self._learning is not None and (answers := given_answers(state, self._source)):
            await self._learning.record(answers)  # before the answer is shown: who leaves at that has answered
        await self._reveal(state)
        # The reveal is read for as long as it takes: the next question begins when it is printed.
        state = step(state, RoundCommand("skip", _ME), self._clock()).state
        return self._ask(state) if state.phase == "question" else state

    def _ask(self, state: State) -> State:
        """Print the question and let its time begin."""
        question = state.question
        topic = topic_title(question.topic, self._tutor.bank, self._lang, lambda name: one_line(name, _PACK))
        title = say("quiz.question.title", self._lang, number=state.number, count=len(state.questions), topic=topic)
        self._out.print()
        self._voice.put(title, "bold cyan")
        put_question(self._voice, question)
        self._voice.say("quiz.console.how", letters="/".join(question.letters) or "…", seconds=int(state.question_s))
        now = self._clock()
        return step(state, Opened(state.number, now), now).state

    async def _reveal(self, state: State) -> None:
        question, given = state.question, state.answers.get((state.number, _ME))
        right = printable(" / ".join(question.right))
        if given is None or given.points is None:
            self._voice.say("quiz.console.skipped", right=right)
        elif given.correct:
            self._voice.say("quiz.console.correct", points=given.points)
        else:
            self._voice.say("quiz.console.wrong", right=right)
        if question.runs:
            await self._run(question)
        put_fix(self._voice, question)
        if question.why:
            self._voice.put(question.why)

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
            self._voice.say("quiz.reveal.output_failed")
            return
        self._voice.say("quiz.console.printed")
        self._out.print(printable("".join(printed)).rstrip("\n"), markup=False, highlight=False)

    def _end(self, state: State) -> None:
        total, right = state.totals().get(_ME, (0, 0))
        answered = sum(answer.points is not None for answer in state.answers.values())
        self._out.print()
        self._voice.say("quiz.console.end", points=total, right=right, count=answered)
