"""Markdown in a terminal with Chinese in it.

Rich breaks lines at spaces only, so a Chinese sentence counts as one long word and a line ends wherever an English term
begins. Here a line may break beside any wide character, but not before closing or after opening punctuation (the rule
that East Asian typesetting calls kinsoku; UAX #14 gives it in general).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Markdown, MarkdownElement, Paragraph
from rich.syntax import Syntax
from rich.text import Text

_NOT_FIRST = frozenset("，。、；：？！…）》」』】〉”’％℃,.;:?!)]}%·—")
_NOT_LAST = frozenset("（《「『【〈“‘([{")


def breaks(text: str, width: int) -> Iterator[int]:
    """Yield where each new line begins, in characters, so that none is wider than `width` cells."""
    start = last = 0
    cells = 0
    for place, character in enumerate(text):
        cells += cell_len(character)
        if place > start and _may_break(text[place - 1], character):
            last = place
        # A space at the end of a line takes no room: it is dropped there.
        while cells > width and not character.isspace() and place > start:
            start = last if last > start else place
            yield start
            cells = cell_len(text[start : place + 1])


def _may_break(before: str, after: str) -> bool:
    if before in _NOT_LAST or after in _NOT_FIRST or after.isspace():
        return False
    return before.isspace() or cell_len(before) > 1 or cell_len(after) > 1


class _Paragraph(Paragraph):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for hard_line in self.text.split("\n"):
            for line in hard_line.divide(list(breaks(hard_line.plain, options.max_width))):
                line.rstrip()
                yield Text(end="\n").append_text(line)


class _Code(CodeBlock):
    """Code before an empty line, not filled up with spaces, which whoever copies it would get too."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        coloured = Syntax("", self.lexer_name, theme=self.theme, background_color="default").highlight(
            str(self.text).rstrip()
        )
        coloured.rstrip()
        for line in coloured.split("\n"):
            yield Text(" ", end="\n").append_text(line)
        yield Text("")


class BankMarkdown(Markdown):
    """Rich's Markdown, with Chinese paragraphs wrapped by the rules of Chinese, and code that can be copied."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements, "paragraph_open": _Paragraph, "fence": _Code, "code_block": _Code,
    }  # fmt: skip
