"""`/drill`, `/hint` and `/solution` in the chat, and the code that is pasted there.

At a terminal a drill is written in an editor, as `epoch drill` has it; over a pipe the answer is a block of code.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from bot.study.drills import choosing
from bot.study.drills.asking import DrillWish, nearest_drills
from bot.study.drills.models import AnswerJudge
from bot.study.learning import TERMINAL, Learning
from bot.terminal.drill_editor import editor_command
from bot.terminal.drill_files import Desk
from bot.terminal.drill_record import Record
from bot.terminal.drill_session import DrillSession
from bot.terminal.drill_show import put_lines, put_noted, put_solution, show_statement
from bot.terminal.drill_text import list_lines, verdict_lines
from bot.terminal.lines import Voice, one_line, put_code
from bot.terminal.programs import stopped_by_ctrl_c
from bot.terminal.prompt import Interrupted
from bot.terminal.talk import Talk
from bot.wording import say
from bot.wording.foreign import printable
from knowledge.bank.drills import Drill, Variant
from knowledge.bank.models import Bank, Lang

if TYPE_CHECKING:
    from bot.store.store import Store

#: How much is repeated of a name that is none.
_TYPED = 60
_VARIANTS: dict[str, Variant] = {"torch": "torch", "pytorch": "torch", "numpy": "numpy"}


class Drills:
    """The drills of a conversation; `current` is the one that was opened last.

    Args:
        bank: has them.
        voice: says what there is to say.
        err: where the spinner turns.
        talk: what the conversation is about.
        interactive: whether somebody types, and not a pipe.
        open_store: opens the database, for each step anew.
        judge: judges; made when the first answer comes.
        root: folder of the files that are written here.
    """

    def __init__(
        self, bank: Bank, voice: Voice, err: Console, talk: Talk, *, interactive: bool,
        open_store: Callable[[], Awaitable[Store]], judge: Callable[[], AnswerJudge], root: Path,
    ) -> None:  # fmt: skip
        self._bank = bank
        self._interface = voice
        self._lang: Lang | None = None
        self._err = err
        self._talk = talk
        self._interactive = interactive
        self._open_store = open_store
        self._make_judge = judge
        self._judge: AnswerJudge | None = None
        self._root = root
        self._variant: Variant = "numpy"
        self._over = False
        self._last = ""
        self.current: Drill | None = None

    @property
    def _voice(self) -> Voice:
        """What speaks of the open drill: in the language it was asked for in words, or else in the interface's."""
        return Voice(self._interface.out, self._lang or self._interface.lang)

    async def close(self) -> None:
        """End the judge, where one was made."""
        if self._judge is not None:
            await self._judge.close()

    def named(self, name: str) -> Sequence[Drill]:
        """Return the drills that a name means."""
        return choosing.find(self._bank, name)

    async def drill(self, words: list[str]) -> None:
        """`/drill [NAME] [torch]`: lists the drills, or begins one."""
        self._lang = None
        await self._drill(words)

    async def _drill(self, words: list[str]) -> None:
        variant: Variant | None = None
        if len(words) > 1 and words[-1].lower() in _VARIANTS:
            variant, words = _VARIANTS[words[-1].lower()], words[:-1]
        name = " ".join(words)
        found = self.named(name) if words else choosing.every(self._bank)
        if not choosing.every(self._bank):
            self._voice.say("practice.chat.none")
        elif not found:
            nearest = ", ".join(drill.id for drill in nearest_drills(self._bank, name, self._voice.lang))
            self._voice.say("practice.chat.unknown", name=one_line(name, _TYPED), nearest=nearest)
        elif len(found) > 1 or not words:
            await self._list(found)
        else:
            await self._begin(found[0], variant)

    async def wished(self, wish: DrillWish) -> None:
        """Begin what was asked for in words; without a name, what to try next."""
        self._lang = wish.lang
        if wish.name:
            await self._drill([wish.drills[0].id] if len(wish.drills) == 1 else [wish.name])
            return
        async with await self._open_store() as store:
            done = await store.drills.all(TERMINAL)
        here = list(self._talk.topic.drills) if self._talk.topic is not None else []
        drill = choosing.suggested(here, done) or choosing.suggested(choosing.every(self._bank), done)
        await self._drill([] if drill is None else [drill.id])

    async def hint(self, _: list[str]) -> None:
        """`/hint`: the next one."""
        drill = self._open_drill()
        if drill is None:
            return
        hints = drill.meta.hints
        async with self._recorded(drill) as record:
            before = await record.last()
            seen = 0 if before is None or before.end is not None else before.hints
            if seen >= len(hints):
                self._voice.say("practice.session.no_hints")
                return
            if not self._over:
                await record.hinted()
        hint = printable(hints[seen][self._voice.lang])
        self._voice.say("practice.session.hint", number=seen + 1, count=len(hints), hint=hint)

    async def solution(self, _: list[str]) -> None:
        """`/solution`: gives up, unless it has passed, and shows the solution beside the last answer."""
        drill = self._open_drill()
        if drill is None:
            return
        put_solution(self._voice, self._last, drill.variants[self._variant].solution)
        if not self._over:
            self._over = True
            async with self._recorded(drill) as record:
                if (noted := await record.given_up()) is not None:
                    put_noted(self._voice, noted)

    async def answer(self, drill: Drill, code: str) -> None:
        """Judge code as an answer to a drill, which is the open one then."""
        if self.current is None or self.current.id != drill.id:
            self._open(drill, None)
        await self.code(code)

    async def code(self, code: str) -> None:
        """Judge code that was pasted: an answer to the open drill, or to the one whose function it defines."""
        fitting = choosing.by_function(self._bank, code)
        if self.current is None or (fitting and self.current not in fitting):
            if len(fitting) != 1:
                self._voice.say("practice.chat.which")
                return
            self._open(fitting[0], None)
        drill = self.current
        assert drill is not None
        async with self._recorded(drill) as record:
            if not self._over:
                await record.typed(self._variant, code)
            self._last = code
            async with stopped_by_ctrl_c() as stopped:
                with self._err.status(say("practice.session.judging", self._voice.lang)):
                    verdict = await self._judges().judge(drill, code, variant=self._variant)
            if stopped():
                self._voice.say("practice.chat.stopped")
                return
            put_lines(self._voice, verdict_lines(verdict, drill, self._voice.lang))
            if self._over:
                return
            _, noted = await record.judged(verdict)
            self._over = verdict.passed
            if noted is not None:
                put_noted(self._voice, noted)

    def _open_drill(self) -> Drill | None:
        if self.current is None:
            self._voice.say("practice.chat.no_drill")
        return self.current

    def _open(self, drill: Drill, variant: Variant | None) -> None:
        if drill != self.current:
            self._last, self._variant = "", "numpy"
        self.current, self._over = drill, False
        self._variant = variant if variant in drill.variants else self._variant
        self._talk.open(self._bank[drill.topic])

    async def _begin(self, drill: Drill, variant: Variant | None) -> None:
        if variant is not None and variant not in drill.variants:
            self._voice.say("practice.session.one_variant")
            variant = None
        self._open(drill, variant)
        if self._interactive:
            await self.practise(drill, variant)
            return
        show_statement(self._voice, drill)
        self._voice.out.print()
        put_code(self._voice.out, drill.variants[self._variant].start.rstrip())
        self._voice.out.print()
        self._voice.say("practice.chat.how", "dim")

    async def practise(self, drill: Drill, variant: Variant | None = None) -> bool:
        """Write a drill in an editor; return whether this go is over: passed, or given up."""
        async with self._recorded(drill) as record:
            desk = Desk(self._root, drill)
            session = DrillSession(
                drill, self._judges(), record, desk, self._voice, self._err, editor=editor_command(), variant=variant,
                clock=time.time,
            )  # fmt: skip
            try:
                await session.run()
            except Interrupted:
                self._voice.out.print()  # back to the chat, as from a run
            self._over, self._last = session.over, session.last
        return self._over

    async def _list(self, drills: Sequence[Drill]) -> None:
        async with await self._open_store() as store:
            done = await store.drills.all(TERMINAL)
        self._voice.say("practice.chat.list")
        put_lines(self._voice, list_lines(drills, self._voice.lang, done))

    @asynccontextmanager
    async def _recorded(self, drill: Drill) -> AsyncIterator[Record]:
        async with await self._open_store() as store:
            yield Record(store, Learning(store, self._bank, time.time), drill, time.time)

    def _judges(self) -> AnswerJudge:
        self._judge = self._judge or self._make_judge()
        return self._judge
