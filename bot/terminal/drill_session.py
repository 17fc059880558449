"""A drill in the terminal: its statement, a file, an editor; every save is judged, keys help.

statement → file → editor
save → Judge → verdict · h hint · s solution · t NumPy/PyTorch · r again · e editor · q quit
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rich.console import Console

from bot.store.errors import StoreError
from bot.study.drills.attempts import Attempt
from bot.study.drills.models import AnswerJudge, Verdict
from bot.study.refusals import Refusal
from bot.terminal.drill_editor import Editor, EditorFailed
from bot.terminal.drill_files import Begun, Desk, Laid, read_answer
from bot.terminal.drill_keys import END, ENTER, INTERRUPT, reading_keys
from bot.terminal.drill_record import Noted, Record
from bot.terminal.drill_show import put_lines, put_noted, put_solution, show_statement
from bot.terminal.drill_text import verdict_lines
from bot.terminal.drill_watch import saves, stamp
from bot.terminal.lines import Voice, one_line
from bot.terminal.prompt import Interrupted
from bot.wording import say
from bot.wording.foreign import printable
from bot.wording.translation import in_lang
from knowledge.bank.drills import Drill, Variant
from knowledge.bank.errors import KnowledgeError

_SAVED, _GONE = "saved", "gone"
_QUITS = ("q", END)
_NAMES: dict[Variant, str] = {"numpy": "NumPy", "torch": "PyTorch"}
_BEGUN: dict[Begun, str | None] = {"start": None, "resumed": "resumed", "anew": "anew"}


class DrillSession:
    """One drill, written by whoever sits at this terminal.

    Args:
        drill: which.
        judge: judges what was saved.
        record: keeps tries, hints and how it ended.
        desk: where the file lies.
        voice: says what there is to say.
        err: where the spinner turns.
        editor: command of an editor; None to watch the file only.
        variant: with what it is solved; None for what it was tried with last.
        clock: Unix time.

    Attributes:
        passed: whether an answer has passed.
        over: whether this go is over: passed, or given up.
        last: the code that was judged last.
    """

    def __init__(
        self, drill: Drill, judge: AnswerJudge, record: Record, desk: Desk, voice: Voice, err: Console, *,
        editor: list[str] | None, variant: Variant | None, clock: Callable[[], float],
    ) -> None:  # fmt: skip
        self._drill = drill
        self._judge = judge
        self._record = record
        self._desk = desk
        self._voice = voice
        self._err = err
        self._editor_command = editor
        self._editor: Editor | None = None
        self._variant: Variant = variant or "numpy"
        self._chosen = variant is not None
        self._clock = clock
        self._events: asyncio.Queue[str] = asyncio.Queue()
        self._unread = False
        self._judging: asyncio.Task[Verdict] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._has_screen = False
        self._asked_to_give_up = False
        self._anew: set[Variant] = set()  # of these the last try is over
        self._tries = self._hints = 0
        self._began = clock()
        self._does: dict[str, Callable[[], Awaitable[None]]] = {
            _SAVED: self._judged, _GONE: self._gone, "r": self._judged, "h": self._hint, "s": self._solution,
            "t": self._switch,
        }  # fmt: skip
        self.passed = self.over = False
        self.last = ""

    async def run(self) -> bool:
        """Go on until the learner has had enough; return whether an answer passed.

        Raises:
            bot.terminal.prompt.Interrupted: Ctrl-C.
            bot.store.errors.StoreError: nothing can be kept.
            runners.errors.RunnerError: nothing can be judged here.
            OSError: the file cannot be written.
        """
        show_statement(self._voice, self._drill)
        before = await self._record.last()
        if before is not None and not self._chosen and before.variant in self._drill.variants:
            self._variant = before.variant
        over = before is not None and before.end is not None
        if before is not None and not over:
            self._tries, self._hints = before.tries, before.hints
        self._anew = set(self._drill.variants) if over else set()
        self._lay(before)
        if self._editor_command is None:
            self._voice.say("practice.session.no_editor", drill=self._drill.id)
            self._show_keys("watching")
        else:
            self._show_keys("watching_first")
        try:
            with self._hearing_interrupts():
                await self._attend()
        finally:
            self._stop_watching()
            await self._keep()
        return self.passed

    def _lay(self, before: Attempt | None) -> None:
        last = before.codes.get(self._variant) if before is not None else None
        laid: Laid = self._desk.lay(self._variant, last, anew=self._variant in self._anew)
        self._anew.discard(self._variant)
        self._voice.say("practice.session.file", "bold", path=printable(str(laid.file)))
        if (key := _BEGUN[laid.begun]) is not None:
            aside = printable(str(laid.aside)) if laid.aside is not None else ""
            self._voice.say(f"practice.session.{key}", "dim", path=aside)
        self._stop_watching()
        self._watching = asyncio.create_task(self._watch(laid.file), name="epoch-drill-watch")

    @property
    def _file(self) -> Path:
        return self._desk.file(self._variant)

    async def _watch(self, file: Path) -> None:
        async for saved in saves(file, stamp(file)):
            if saved is None:
                self._events.put_nowait(_GONE)
            elif not self._unread:  # of saves that come while one is judged, the last is enough
                self._unread = True
                self._events.put_nowait(_SAVED)

    def _stop_watching(self) -> None:
        if self._watching is not None:
            self._watching.cancel()

    @contextmanager
    def _hearing_interrupts(self) -> Iterator[None]:
        """Take an interrupt from outside (`kill -INT`) for the key; an editor on the screen has Ctrl-C for itself."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, lambda: None if self._has_screen else self._heard(INTERRUPT))
        try:
            yield
        finally:
            loop.remove_signal_handler(signal.SIGINT)

    def _heard(self, key: str) -> None:
        self._events.put_nowait(key)
        if key in (INTERRUPT, *_QUITS) and self._judging is not None:
            self._judging.cancel()

    async def _attend(self) -> None:
        """Do what keys ask for, and judge what is saved."""
        while True:
            with reading_keys(self._heard):
                if not await self._wants_editor():
                    return
            await self._edit()

    async def _wants_editor(self) -> bool:
        """Go on until the editor is to have the terminal, or, False, until it is over."""
        while True:
            key = await self._events.get()
            if key == INTERRUPT:
                raise Interrupted
            if key in _QUITS:
                return False
            if key in ("e", ENTER) and self._editor_command is not None:
                if self._editor is None or not self._editor.running:
                    return True
                self._voice.say("practice.session.editor_open", "dim")
            elif (does := self._does.get(key)) is not None:
                await does()
            else:
                self._show_keys()
            self._asked_to_give_up = key == "s" and not self.over

    async def _edit(self) -> None:
        assert self._editor_command is not None
        self._editor = Editor(self._editor_command, self._file)
        self._has_screen = True
        try:
            if status := await self._editor.start():
                self._voice.say("practice.session.editor_ended", "yellow", status=status)
        except EditorFailed as error:
            self._voice.say("practice.session.editor_failed", "yellow", reason=one_line(str(error)))
            self._editor_command = None
        finally:
            self._has_screen = False
        self._show_keys()

    async def _judged(self) -> None:
        """Judge what lies in the file now."""
        self._unread = False
        code = self._code()
        if code is None:
            return
        self.last = code
        if not self.over:
            with self._telling():
                await self._record.typed(self._variant, code)
        self._judging = asyncio.create_task(self._judge.judge(self._drill, code, variant=self._variant))
        try:
            with self._err.status(say("practice.session.judging", self._voice.lang)):
                await asyncio.wait({self._judging})
            if self._judging.cancelled():
                return
            verdict = self._judging.result()
        except KnowledgeError as error:  # the sandbox or the drill's judge failed: the next save may go better
            self._voice.put(printable(in_lang(str(error), self._voice.lang)), "yellow")
            return
        except asyncio.CancelledError:
            self._judging.cancel()
            raise
        finally:
            self._judging = None
        await self._told(verdict)

    def _code(self) -> str | None:
        """Return what is in the file; None, and why, where it cannot be judged."""
        try:
            return read_answer(self._file)
        except OSError as error:
            self._voice.say("practice.session.unreadable", "yellow", reason=error.strerror or str(error))
        except Refusal as error:
            self._voice.say(error.key, "yellow", **error.values)
        return None

    async def _told(self, verdict: Verdict) -> None:
        self._tries += 1
        self._voice.out.print()
        self._voice.say("practice.session.saved", "bold", time=time.strftime("%H:%M:%S", time.localtime(self._clock())))
        put_lines(self._voice, verdict_lines(verdict, self._drill, self._voice.lang))
        noted: Noted | None = None
        if not self.over:
            with self._telling():
                go, noted = await self._record.judged(verdict)
                self._tries = go.tries
        if verdict.passed:
            if not self.over:
                minutes = max(1, round((self._clock() - self._began) / 60))
                given = self._drill.meta.minutes
                self._voice.say(
                    "practice.session.passed", "bold green", tries=self._tries, minutes=minutes, given=given
                )
            self.passed = self.over = True
        if noted is not None:
            put_noted(self._voice, noted)
        self._show_keys()

    async def _gone(self) -> None:
        self._voice.say("practice.session.gone", "yellow", path=printable(str(self._file)))

    async def _hint(self) -> None:
        hints = self._drill.meta.hints
        if self._hints >= len(hints):
            self._voice.say("practice.session.no_hints", "dim")
            return
        self._hints += 1
        hint = printable(hints[self._hints - 1][self._voice.lang])
        self._voice.say("practice.session.hint", number=self._hints, count=len(hints), hint=hint)
        if not self.over:
            with self._telling():
                await self._record.hinted()

    async def _solution(self) -> None:
        """Show the solution beside one's own, once the drill has passed or was given up."""
        if not self.over and not self._asked_to_give_up:
            self._voice.say("practice.session.give_up", "yellow")
            return
        put_solution(self._voice, self._code() or "", self._drill.variants[self._variant].solution)
        if not self.over:
            self.over = True
            with self._telling():
                if (noted := await self._record.given_up()) is not None:
                    put_noted(self._voice, noted)
        self._show_keys()

    async def _switch(self) -> None:
        others = [each for each in self._drill.variants if each != self._variant]
        if not others:
            self._voice.say("practice.session.one_variant", "dim")
            return
        await self._keep()
        self._variant = others[0]
        self._voice.say("practice.session.variant", variant=_NAMES[self._variant])
        self._lay(await self._record.last())

    async def _keep(self) -> None:
        """Keep what lies in the file as the last try, judged or not."""
        if self.over:
            return
        with suppress(OSError, Refusal), self._telling():  # nothing to keep of a file that is gone or no text
            code = read_answer(self._file)
            if code.strip() != self._drill.variants[self._variant].start.strip():
                await self._record.typed(self._variant, code)

    def _show_keys(self, lead: str = "") -> None:
        left_out = set()
        if len(self._drill.variants) == 1:
            left_out.add("t")
        if self._editor_command is None:
            left_out.add("e")
        if self.over:
            left_out.add("h")
        keys = " · ".join(
            say(f"practice.session.key.{each}", self._voice.lang) for each in "hstreq" if each not in left_out
        )
        self._voice.put(say(f"practice.session.{lead}", self._voice.lang, keys=keys) if lead else keys, "dim")

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Tell of a database that cannot be used, and go on: what was written lies in its file all the same."""
        try:
            yield
        except StoreError as error:
            reason = printable(in_lang(str(error), self._voice.lang))
            self._voice.say("practice.session.unnoted", "yellow", reason=reason)
