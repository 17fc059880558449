"""Rendering a run in a terminal: its output as it comes, then files, outcome, time, memory and the wall."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.status import Status

from bot.study.run_log import RunLog
from bot.study.tutor import Planned
from bot.terminal.lines import one_line, put
from bot.wording import say
from bot.wording.changes import counter_change
from bot.wording.foreign import printable
from bot.wording.phrases.runs import advice, exit_words
from bot.wording.run_notes import told
from knowledge.bank.models import Lang
from runners.models import Artifact, Event, Finished, Output, Started
from runners.walls.table import NO_WALL

#: A folder's name that every file system takes.
_NO_NAME = re.compile(r"[^\w.,=+-]+")
_NAME = 80


class RunView:
    """Prints the events of runs, one after the other.

    Program output goes to `out`, standard error and the status to `err`, so that a pipe gets just the program's own.

    Args:
        out: for output.
        err: for all else.
        lang: language of the interface.
        broken: whether the example's counter is applied, so that its claim must fail.
    """

    def __init__(self, out: Console, err: Console, lang: Lang, *, broken: bool = False) -> None:
        self._out = out
        self._err = err
        self._lang = lang
        self._at_line_start = True
        self._status: Status | None = None
        self._broken = broken
        self._log = RunLog(broken=broken)

    def show(self, event: Event) -> None:
        """Print one event."""
        self._log.add(event, time.monotonic())
        match event:
            case Started():
                if self._log.restarted:
                    self._note(say("run.cut_off.anew", self._lang))
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
                self._finished(event)
                self._log = RunLog(broken=self._broken)

    def breaking(self, planned: Planned) -> None:
        """Say what a counter changes, and why the claim then fails."""
        for line in broken_on_purpose(planned, self._lang):
            self._note(line)

    def close(self) -> None:
        """Leave the terminal as it was; safe to call at any time."""
        self._quiet()
        self._newline()

    def _finished(self, event: Finished) -> None:
        broke = self._log.broke
        parts = [("💥 " if broke else "") + say(f"run.outcome.{'broken' if broke else event.outcome}", self._lang)]
        if event.outcome == "error" and event.exit_code is not None and not broke:
            parts.append(exit_words(event.exit_code, self._lang))
        parts.append(f"{event.wall_s:.1f} s")
        if event.peak_mb is not None:
            parts.append(f"{event.peak_mb:.0f} MB")
        parts.append(say(f"run.wall.{self._log.wall or NO_WALL}", self._lang))
        self._note(" · ".join(parts))
        if self._log.surprise is not None:
            self._note(say(f"run.hint.{self._log.surprise}", self._lang))
        if hint := advice(event, self._lang):
            self._note(hint)
        for line in told(event, self._lang, "terminal", one_line):
            self._note(line)

    def _note(self, text: str) -> None:
        self._quiet()
        self._newline()
        put(self._err, text, "dim")

    def _newline(self) -> None:
        if not self._at_line_start:
            self._out.out("")
            self._at_line_start = True

    def _quiet(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None


def broken_on_purpose(planned: Planned, lang: Lang) -> list[str]:
    """Return what a counter changes, and why the claim then fails."""
    change = counter_change(planned.example, lang)
    return [say("console.run.breaking", lang, change=change), planned.example.meta.counter_why[lang]]


def run_folder(root: Path, planned: Planned, changes: Mapping[str, str], *, counter: bool) -> Path:
    """Return where a run's files go: those of another version of an example never take the place of the tested one's.

    Args:
        root: of all runs.
        planned: what is run.
        changes: values as they were typed.
        counter: whether the claim is broken.
    """
    parts = [planned.topic.slug, planned.example.name]
    if counter:
        parts.append("broken")
    if planned.changed:
        parts += [f"{name.strip().upper()}={value.strip()}" for name, value in sorted(changes.items())]
    return root / _NO_NAME.sub("_", "-".join(parts))[:_NAME]
