"""Converts the bank's Markdown, which is Discord's, for other programs: no HTML in it, line breaks kept."""

from __future__ import annotations

import re
from html import escape
from itertools import pairwise

from bot.wording.foreign import printable
from knowledge.bank.markdown import lines

_SPAN = re.compile(r"(`+)(.+?)\1(?!`)")
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")
_BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
#: What makes Anki look for a sound, or call LaTeX, wherever it stands in a field.
_ANKI = re.compile(r"\[(?=sound:|anki:|/?latex\]|/?\$\$?\])", re.IGNORECASE)


def for_jupyter(text: str) -> str:
    """Return Markdown for a notebook's cell: no HTML in it, no strike-through by a tilde, line breaks kept.

    Raises:
        knowledge.bank.markdown.Malformed: a code fence is still open at the end.
    """
    rows = list(lines(text))
    shown = [row.text if row.code else _outside_spans(row.text) for row in rows]
    for number, (row, below) in enumerate(pairwise(rows)):
        broken = row.text.strip() and below.text.strip() and not _ITEM.match(below.text)
        if broken and not (row.code or below.code or row.heading):
            shown[number] += "  "
    return "\n".join(shown)


def _outside_spans(text: str) -> str:
    parts, end = [], 0
    for span in _SPAN.finditer(text):
        parts += [_plain(text[end : span.start()]), span[0]]
        end = span.end()
    return "".join([*parts, _plain(text[end:])])


def _plain(text: str) -> str:
    return text.replace("<", "&lt;").replace("~", "\\~")


def fenced(code: str, info: str = "") -> str:
    """Return a code block whose fence is longer than any in the code."""
    longest = max((len(run) for run in re.findall("`{3,}", code)), default=2)
    mark = "`" * (longest + 1)
    return f"{mark}{info}\n{code.strip(chr(10))}\n{mark}"


def spanned(code: str) -> str:
    """Return one line of code within a text."""
    mark = "`" * (max((len(run) for run in re.findall("`+", code)), default=0) + 1)
    room = " " if len(mark) > 1 else ""
    return f"{mark}{room}{code}{room}{mark}"


def as_html(text: str) -> str:
    """Return a text of the bank as HTML for a field of Anki's: code spans, bold and line breaks, nothing else."""
    parts, end = [], 0
    for span in _SPAN.finditer(text):
        parts += [_rich(text[end : span.start()]), f"<code>{_safe(span[2])}</code>"]
        end = span.end()
    return "".join([*parts, _rich(text[end:])])


def as_code(code: str, wrong: tuple[int, ...] = (), *, numbered: bool = False) -> str:
    """Return a program or an output as a block of HTML, the lines in `wrong` (from 1) marked."""
    shown = []
    for number, line in enumerate(code.strip("\n").split("\n"), 1):
        row = f"<mark>{_safe(line)}</mark>" if number in wrong else _safe(line)
        shown.append(f'<span class="line">{number:2}</span> {row}' if numbered else row)
    return "<pre><code>" + "\n".join(shown) + "</code></pre>"


def _rich(text: str) -> str:
    return _BOLD.sub(r"<b>\1</b>", _safe(text)).replace("\n", "<br>")


def _safe(text: str) -> str:
    return _ANKI.sub("&#91;", escape(printable(text)))
