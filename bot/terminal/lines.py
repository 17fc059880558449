"""Printing lines of text in a terminal: wrapped at words, Chinese by its own rules, with a hanging indent."""

from __future__ import annotations

import re
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from bot.terminal.markdown import breaks
from bot.wording import say
from bot.wording.foreign import clip, printable
from knowledge.bank.models import Lang

#: What a line's text hangs on: its indent, a number or bullet, the left one of two columns.
_HANGS_ON = re.compile(r" *(?:\d+\.\s+|[-·✓?>]\s+|\S+(?: \S+)*\s{2,})?")
#: Text beside a wider column would be a ribbon.
_WIDEST = 0.5


def put(console: Console, text: str, style: str = "") -> None:
    """Print text as it is, without markup; on a terminal no word is torn, in a pipe no line is broken at all."""
    lines = text.split("\n")
    if console.is_terminal:
        lines = [row for line in lines for row in folded(line, console.width)]
    # Text, for Rich takes `:name:` in a string for an emoji; soft_wrap, for the lines are broken already.
    console.print(Text("\n".join(lines)), style=style, soft_wrap=True)


def folded(line: str, width: int) -> list[str]:
    """Return one line as the rows it takes, none wider than `width` cells."""
    found = _HANGS_ON.match(line)
    hang = cell_len(found[0]) if found else 0
    if hang > width * _WIDEST:
        hang = len(line) - len(line.lstrip()) + 4
    rows: list[str] = []
    rest, indent = line, ""
    while (end := next(breaks(rest, width - len(indent)), None)) is not None:
        rows.append(indent + rest[:end].rstrip())
        rest, indent = rest[end:].lstrip(), " " * hang
    return [*rows, indent + rest]


def one_line(text: str, limit: int | None = None) -> str:
    """Return foreign text as one harmless line, of which no more than `limit` is shown."""
    line = " ".join(printable(text).split())
    return line if limit is None else clip(line, limit)


def put_code(console: Console, code: str) -> None:
    """Print Python in colours: no line cut or folded, none filled up with spaces, so that it can be copied."""
    from rich.syntax import Syntax

    coloured = Syntax("", "python", background_color="default").highlight(code)
    coloured.rstrip()
    console.print(coloured, soft_wrap=True)


class Voice:
    """Says texts of the interface, in one language at a time.

    Args:
        out: where they are printed.
        lang: language of the interface.
    """

    def __init__(self, out: Console, lang: Lang) -> None:
        self.out = out
        self.lang: Lang = lang

    def say(self, key: str, style: str = "", **values: Any) -> None:  # noqa: ANN401 - whatever a text has places for
        """Print the text `key`."""
        self.put(say(key, self.lang, **values), style)

    def put(self, text: str, style: str = "") -> None:
        """Print any text."""
        put(self.out, text, style)
