"""A whole interview in a terminal, or over a pipe: part after part under a clock, then the report.

Whoever leaves, by `/quit`, the end of input or Ctrl-C, stops the clock; the same command takes them back.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from rich.console import Console

from bot.study.learning import TERMINAL
from bot.study.loops import machine
from bot.study.loops.conduct import Conduct
from bot.study.loops.machine import Loop, Part
from bot.study.loops.report import shown
from bot.study.loops.roles import Role
from bot.study.rounds.questions import Question
from bot.terminal.commands import QUIT, typed_command
from bot.terminal.drill_show import show_statement
from bot.terminal.lines import Voice, put_code
from bot.terminal.markdown import BankMarkdown
from bot.terminal.prompt import Interrupted, Lines, words
from bot.terminal.questions import put_question
from bot.wording import say
from bot.wording.foreign import printable
from bot.wording.phrases import loops as phrases
from knowledge.bank.drills import Drill
from knowledge.bank.errors import QueryError
from knowledge.bank.models import Bank, Lang

#: Commands of the interview itself.
_SKIP, _DONE, _FINISH = "skip", "done", "finish"
_OWN = (_SKIP, _DONE, QUIT, _FINISH)
_FENCES = ("```", "~~~")
#: Characters of a bar.
_BAR = 12


@dataclass(frozen=True, slots=True)
class DrillDesk:
    """How a drill is written here.

    Attributes:
        practise: lets the learner write it in an editor, and returns whether that is over: passed, or given up.
        answer: judges an answer that came as text.
    """

    practise: Callable[[Drill], Awaitable[bool]]
    answer: Callable[[Drill, str], Awaitable[None]]


class TerminalLoop:
    """The whole interview of whoever sits at the terminal.

    Args:
        conduct: holds it.
        bank: has the topics.
        desk: how the drill is written.
        out: where it is printed.
        lang: language of the interface, and of the questions of a new interview.
        clock: Unix time.
        command: what is typed to come back.
    """

    def __init__(
        self, conduct: Conduct, bank: Bank, desk: DrillDesk, out: Console, lang: Lang, clock: Callable[[], float],
        command: str,
    ) -> None:  # fmt: skip
        self._conduct = conduct
        self._bank = bank
        self._desk = desk
        self._out = out
        self._lang: Lang = lang
        self._clock = clock
        self._command = command
        self._voice = Voice(out, lang)

    async def run(self, lines: Lines, role: Role | None = None, minutes: int = machine.USUAL) -> None:
        """Go on with the interview there is, or begin one of a role in so many minutes; without either list the roles.

        Raises:
            bot.terminal.prompt.Interrupted: Ctrl-C where nothing of an answer was typed; the clock stands still then.
            bot.study.refusals.Refusal: the bank has nothing to ask of the role.
            bot.store.errors.StoreError: it cannot be kept.
        """
        loop = await self._conduct.live(TERMINAL)
        if loop is not None:
            if role is not None and role.name != loop.role:
                self._voice.say("loop.console.other", "yellow", role=self._title(loop.role))
            loop = await self._conduct.back(loop)
            if loop is not None and loop.ended is None:
                self._voice.say("loop.console.back", role=self._title(loop.role), minutes=self._left(loop))
        elif role is not None:
            loop = await self._begun(role, minutes)
        else:
            self._list()
            return
        while loop is not None and loop.ended is None:
            number = loop.at
            try:
                after = await self._part(loop, lines)
            except Interrupted:
                await self._paused(loop, number)
                raise
            if after is None:
                await self._paused(loop, number)
                return
            loop = after
        if loop is not None:
            await self._report(loop)

    async def _begun(self, role: Role, minutes: int) -> Loop:
        """Begin an interview of so many minutes, or of as many as one can have, and say what is coming."""
        allowed = min(max(minutes, machine.LEAST), machine.MOST)
        if allowed != minutes:
            self._voice.say("loop.console.minutes", "yellow", least=machine.LEAST, most=machine.MOST, minutes=allowed)
        loop = await self._conduct.begin(TERMINAL, role, allowed, self._lang)
        self._voice.say("loop.choose.how", "dim", minutes=allowed)
        return loop

    def _list(self) -> None:
        self._voice.say("loop.console.roles")
        for role in self._conduct.roles.values():
            self._voice.say("loop.console.role", name=role.name, title=role.title[self._lang])
        first = next(iter(self._conduct.roles), "")
        self._voice.say("loop.console.pick", "dim", command=self._command, name=first)

    def _title(self, name: str) -> str:
        roles = self._conduct.roles
        return printable(roles[name].title[self._lang] if name in roles else name)

    def _left(self, loop: Loop) -> int:
        return phrases.minutes(machine.left(loop, self._clock()))

    async def _paused(self, loop: Loop, number: int) -> None:
        paused = await self._conduct.pause(loop, number)
        self._voice.say("loop.console.paused", minutes=self._left(paused or loop), command=self._command)

    async def _part(self, loop: Loop, lines: Lines) -> Loop | None:
        """Ask the part whose turn it is; return the interview then, None for who leaves it."""
        part = loop.part
        assert part is not None
        self._out.print()
        count = len(loop.parts)
        title = say("loop.part.title", self._lang, role=self._title(loop.role), number=loop.at + 1, count=count)
        topic, kind = phrases.title_of(self._bank, part.topic, loop.lang), say(f"loop.part.{part.kind}", self._lang)
        self._voice.put(f"{title} · {topic} · {kind}", "bold cyan")
        if part.kind == "bug":
            return await self._bug(loop, part, lines)
        if part.kind == "drill":
            return await self._drill(loop, part, lines)
        return await self._words(loop, part, lines)

    def _tell_clock(self, loop: Loop, part: Part) -> None:
        share = phrases.minutes(max(part.share_s - machine.part_spent(loop, self._clock()), 0.0))
        self._voice.say("loop.console.clock", "dim", part=share, whole=self._left(loop))

    async def _words(self, loop: Loop, part: Part, lines: Lines) -> Loop | None:
        question = self._conduct.question(part, loop.lang)
        if question is None:
            return await self._conduct.back(loop)
        self._out.print(BankMarkdown(question.prompt))
        self._tell_clock(loop, part)
        self._voice.say("loop.console.how", style="dim")
        while True:
            typed: list[str] = []
            while (line := await self._line(loop, lines, "prompt")) is not None and not isinstance(line, _Order):
                if line.strip():
                    typed.append(line)
                elif typed:
                    break
            if isinstance(line, _Order) or not typed:
                return await self._ordered(loop, line)
            try:
                return await self._conduct.answer(loop, loop.at, "\n".join(typed))
            except QueryError as error:
                self._voice.say(f"member.interview.{error.reason}", style="yellow")

    async def _bug(self, loop: Loop, part: Part, lines: Lines) -> Loop | None:
        question = Question.from_json(dict(part.question or {}))
        put_question(self._voice, question)
        self._tell_clock(loop, part)
        letters = "/".join(question.letters)
        self._voice.say("loop.console.how_letter", style="dim", letters=letters)
        while True:
            line = await self._line(loop, lines, "letter", question.letters)
            if line is None or isinstance(line, _Order):
                return await self._ordered(loop, line)
            if line.strip().upper() in tuple(question.letters):
                return await self._conduct.answer(loop, loop.at, line.strip().upper())
            self._voice.say("loop.console.letters", letters=letters)

    async def _drill(self, loop: Loop, part: Part, lines: Lines) -> Loop | None:
        drill = self._conduct.drill(part)
        if drill is None:
            return await self._conduct.back(loop)
        show_statement(self._voice, drill)
        if not lines.interactive:
            put_code(self._out, drill.variants["numpy"].start.rstrip())
        self._tell_clock(loop, part)
        self._voice.say(f"loop.console.how_{'drill' if lines.interactive else 'code'}", style="dim")
        while True:
            line = await self._line(loop, lines, "drill_prompt")
            if line is None or isinstance(line, _Order):
                return await self._ordered(loop, line)
            if lines.interactive and not line.strip():
                if await self._desk.practise(drill):
                    return await self._conduct.drill_done(loop, loop.at)
            elif line.lstrip()[:3] in _FENCES:
                await self._desk.answer(drill, await _block(line, lines))
            elif line.strip():
                self._voice.say(f"loop.console.how_{'drill' if lines.interactive else 'code'}", style="dim")

    async def _ordered(self, loop: Loop, order: str | None) -> Loop | None:
        """Do what was asked for instead of an answer; None for who leaves."""
        match order:
            case "skip":
                return await self._conduct.skip(loop, loop.at)
            case "done":
                return await self._conduct.drill_done(loop, loop.at)
            case "finish":
                return await self._conduct.finish(loop)
        return None

    async def _line(self, loop: Loop, lines: Lines, prompt: str, own: str = "") -> str | None:
        """Return the next line; an `_Order` where it is a command of the interview, None at the end of input."""
        part = loop.part
        offered = [*own, *(f"/{name}" for name in _OWN if name != _DONE or (part and part.kind == "drill"))]

        def clock() -> str:
            seconds = math.ceil(machine.left(loop, self._clock()))
            return f"{seconds // 60}:{seconds % 60:02} " + say(f"loop.console.{prompt}", self._lang)

        while True:
            line = await lines.read(clock, words(*offered) if lines.interactive else None)
            command = typed_command(line) if line is not None else None
            if line is None or command is None:
                return line
            if f"/{command[0]}" in offered:
                return _Order(command[0])
            self._voice.say("loop.console.commands")

    async def _report(self, loop: Loop) -> None:
        report = await self._conduct.report(loop)
        self._out.print()
        title = say("loop.report.title", self._lang, role=self._title(loop.role))
        self._voice.put(title, "bold cyan")
        self._put(phrases.summary(report, self._lang))
        for part in loop.parts:
            if shown(part):
                self._put(f"  {_bar(part)}  {phrases.row(part, self._bank, self._lang)}")
        if not any(part.end == "answered" for part in loop.parts):
            self._voice.say("loop.report.nothing_answered")
        elif missed := phrases.missed(report, self._bank, self._lang, printable):
            self._put(say("loop.report.missed", self._lang))
            for each in missed:
                self._put(f"- {each}")
        else:
            self._voice.say("loop.report.none_missed")
        self._put(say("loop.report.since", self._lang))
        for line in phrases.since(report, self._bank, self._lang, printable):
            self._put(line)
        if study := phrases.study(report, self._bank, self._lang):
            self._put(study)
        self._voice.say("loop.report.counted", "dim")

    def _put(self, text: str) -> None:
        self._voice.put(text.replace("**", ""))


class _Order(str):
    """A command of the interview, as told from an answer."""

    __slots__ = ()


async def _block(first: str, lines: Lines) -> str:
    """Return the code of a fenced block, from the line that opens it to the one that closes it, or the end of input."""
    fence = first.lstrip()[:3]
    whole = first.strip().partition("\n")[2].splitlines()  # at a terminal a paste comes as one line
    while fence not in "\n".join(whole) and (more := await lines.read("  ...> ")) is not None:
        whole += more.splitlines() or [""]
    end = next((n for n, line in enumerate(whole) if line.strip().startswith(fence)), len(whole))
    return "\n".join(whole[:end]) + "\n"


def _bar(part: Part) -> str:
    """Return how much of a part was made (`#`) or perhaps was (`?`), in characters that every terminal has."""
    if part.passed is not None:
        made, unsure = (_BAR if part.passed else 0), 0
    else:
        count = max(len(part.points), 1)
        made, unsure = _BAR * len(part.made) // count, _BAR * len(part.unsure) // count
    return f"[{'#' * made}{'?' * unsure}{'.' * (_BAR - made - unsure)}]"
