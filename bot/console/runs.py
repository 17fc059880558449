"""A run as a terminal shows it: output as it comes, then files, outcome, time, memory and the wall."""

from __future__ import annotations

from rich.console import Console
from rich.status import Status

from bot.console.text import printable
from bot.render.runs import advice
from bot.wording import say
from knowledge.models import Lang
from runners.models import Artifact, Event, Finished, Output, Started, Wall


class RunView:
    """Prints the events of runs, one after the other.

    Program output goes to `out`, standard error and the status to `err`, so that a pipe gets just the program's own.
    """

    def __init__(self, out: Console, err: Console, lang: Lang) -> None:
        self._out = out
        self._err = err
        self._lang = lang
        self._wall: Wall = "trusted"
        self._started = False
        self._at_line_start = True
        self._status: Status | None = None

    def show(self, event: Event) -> None:
        """Print one event."""
        match event:
            case Started(wall, _):
                if self._started:
                    self._note(say("run.cut_off.anew", self._lang))
                self._started, self._wall = True, wall
                self._status = self._err.status(say("console.run.working", self._lang))
                self._status.start()
            case Output(stream, text):
                self._quiet()
                clean = printable(text)
                (self._out if stream == "stdout" else self._err).out(clean, end="", highlight=False)
                self._at_line_start = clean.endswith("\n") if clean else self._at_line_start
            case Artifact(path=None):
                pass  # it could not be saved, which the log has told with the reason
            case Artifact(name, _, size, path):
                self._note(say("console.run.saved", self._lang, path=printable(str(path or name)), kb=size / 1000))
            case Finished():
                self._started = False
                self._finished(event)

    def close(self) -> None:
        """Leave the terminal as it was; safe to call at any time."""
        self._quiet()
        self._newline()

    def _finished(self, event: Finished) -> None:
        parts = [say(f"run.outcome.{event.outcome}", self._lang)]
        if event.outcome == "error" and event.exit_code is not None:
            parts.append(say("console.run.exit_code", self._lang, code=event.exit_code))
        parts.append(f"{event.wall_s:.1f} s")
        if event.peak_mb is not None:
            parts.append(f"{event.peak_mb:.0f} MB")
        parts.append(say(f"run.wall.{self._wall}", self._lang))
        self._note(" · ".join(parts))
        if hint := advice(event, self._lang):
            self._note(hint)

    def _note(self, text: str) -> None:
        self._quiet()
        self._newline()
        self._err.print(text, style="dim", soft_wrap=True, markup=False)

    def _newline(self) -> None:
        if not self._at_line_start:
            self._out.out("")
            self._at_line_start = True

    def _quiet(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None
