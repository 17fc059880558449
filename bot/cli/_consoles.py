"""What commands print with, in a terminal's colours and width; `epoch serve`, which only logs, starts without."""

from __future__ import annotations

from rich.console import Console

from bot.wording.foreign import printable
from bot.wording.translation import spoken

#: Progress and errors go to stderr, so that stdout carries only what was asked for.
err = Console(stderr=True, highlight=False)
out = Console(highlight=False)


def tell(text: str, console: Console = err) -> None:
    """Print what was done, one line in the language of the interface; on stderr, where it is not what was asked for."""
    console.print(printable(spoken(text)), soft_wrap=True, markup=False)
