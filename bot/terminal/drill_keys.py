"""Reads single keys from a terminal while the program goes on and prints."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Keys that have no letter; `END` is the end of input, too: the terminal was closed.
ENTER, INTERRUPT, END = "enter", "interrupt", "end"
#: More keys at once were pasted, and mean none of what they stand for here.
_AT_ONCE = 3


@contextmanager
def reading_keys(heard: Callable[[str], None]) -> Iterator[None]:
    """Call `heard` with each key that is pressed, letters as lower case and whatever their width; no echo meanwhile.

    The terminal is as it was when the block ends.
    """
    from prompt_toolkit.input import create_input
    from prompt_toolkit.keys import Keys

    named: dict[Keys | str, str] = {
        Keys.ControlM: ENTER,
        Keys.ControlJ: ENTER,
        Keys.ControlC: INTERRUPT,
        Keys.ControlD: END,
    }
    source = create_input(sys.stdin)

    def ready() -> None:
        pressed = [named.get(press.key, str(press.key)) for press in source.read_keys()]
        if INTERRUPT in pressed or len(pressed) <= _AT_ONCE:
            for key in [INTERRUPT] if INTERRUPT in pressed else pressed:
                heard(unicodedata.normalize("NFKC", key).lower())
        if source.closed:
            heard(END)

    with source.raw_mode(), source.attach(ready):
        yield
