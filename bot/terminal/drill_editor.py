"""Runs the learner's own editor beside Epoch: in the terminal it takes the screen, in a window it does not."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import sys
from pathlib import Path

#: Editors that read lines, so that nothing about the terminal tells that it is theirs.
_LINE_EDITORS = ("ed", "ex")
#: What the names of secrets begin with; the rest of the environment an editor may need, as a display's name.
_SECRET = ("DISCORD_", "EPOCH_")
#: Seconds in which an editor of the terminal has taken it over; one that has not opens a window.
_TAKES_S = 2.0
_LOOK_S = 0.05


class EditorFailed(Exception):
    """The editor cannot be started; `str()` is why."""


def editor_command() -> list[str] | None:
    """Return the editor of `$VISUAL` or `$EDITOR` with its options; None where neither names one that is installed."""
    for variable in ("VISUAL", "EDITOR"):
        try:
            words = shlex.split(os.environ.get(variable, ""))
        except ValueError:  # an open quote
            continue
        if words and (found := shutil.which(words[0])) is not None:
            return [found, *words[1:]]
    return None


class Editor:
    """One editor with one file.

    Args:
        command: program and options, as `editor_command` gives them.
        file: what it opens.
    """

    def __init__(self, command: list[str], file: Path) -> None:
        self._command = command
        self._file = file
        self._process: asyncio.subprocess.Process | None = None

    @property
    def running(self) -> bool:
        """Whether it is open still."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> int:
        """Open it; return when it is closed, with its status, or when it is plain that it needs no terminal, with 0.

        The caller must not read the terminal meanwhile.

        Raises:
            EditorFailed: it cannot be started.
        """
        given = {name: value for name, value in os.environ.items() if not name.startswith(_SECRET)}
        try:
            self._process = await asyncio.create_subprocess_exec(*self._command, str(self._file), env=given)
        except OSError as error:
            raise EditorFailed(error.strerror or str(error)) from error
        waiting = asyncio.ensure_future(self._process.wait())
        try:
            if not await self._took_the_terminal(waiting):
                return 0
            return await waiting
        finally:
            if not waiting.done():
                waiting.cancel()

    async def _took_the_terminal(self, waiting: asyncio.Future[int]) -> bool:
        """Tell whether the editor has the screen, or has ended; it shows by how the terminal is read."""
        if Path(self._command[0]).name in _LINE_EDITORS:
            return True
        for _ in range(round(_TAKES_S / _LOOK_S)):
            await asyncio.wait({waiting}, timeout=_LOOK_S)
            if waiting.done() or _read_by_keys():
                return True
        return False


def _read_by_keys() -> bool:
    """Tell whether some program reads keys from the terminal, not lines."""
    import termios

    try:
        local_modes = termios.tcgetattr(sys.stdin.fileno())[3]
    except (termios.error, OSError, ValueError):
        return False
    return not local_modes & termios.ICANON
