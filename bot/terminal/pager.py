"""A long text in the reader's own pager, where there is a terminal to page on."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Callable

from rich.console import Console

from bot.terminal.prompt import at_terminal

#: What a pager needs of the environment; the rest, a token among it, is none of its business.
_PASSED = ("PATH", "HOME", "TERM", "TERMINFO", "LANG", "LANGUAGE", "COLUMNS", "LINES", "LESS", "LESSKEY", "MORE")


def page(console: Console, print_it: Callable[[], None]) -> None:
    """Show what `print_it` prints on `console`, in `$PAGER` or less when it is longer than the screen."""
    command = _command() if console.is_terminal and at_terminal() else None
    if command is None:
        print_it()
        return
    with console.capture() as captured:
        print_it()
    text = captured.get()
    if text.count("\n") >= console.height and _shown(command, text):
        return
    console.file.write(text)
    console.file.flush()


def _command() -> list[str] | None:
    try:
        chosen = shlex.split(os.environ.get("PAGER", "less"))
    except ValueError:  # an open quote
        return None
    found = shutil.which(chosen[0]) if chosen else None
    return [found, *chosen[1:]] if found else None


def _shown(command: list[str], text: str) -> bool:
    given = {name: value for name, value in os.environ.items() if name in _PASSED or name.startswith("LC_")}
    # As git does: leave at once what fits, pass colours through, leave the text on the screen. Chinese is no <E4>.
    environment = {"LESS": "FRX", "LESSCHARSET": "utf-8", **given}
    # Ctrl-C belongs to the pager. A function, for a signal that is ignored would be so in the pager, too.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        subprocess.run(command, input=text.encode("utf-8", "replace"), env=environment, check=False)
    except OSError:  # no program after all: the caller prints
        return False
    finally:
        signal.signal(signal.SIGINT, before)
    return True
