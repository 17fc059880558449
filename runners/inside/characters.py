"""Typographic characters that people paste instead of those Python knows, put right outside of strings and comments.

What stands inside a string is the program's own and stays; only its delimiters change. Outside, each of these
characters is an error wherever it stands, so nothing that means something is lost.
"""

from __future__ import annotations

import re

DOUBLE, SINGLE = '"“”„‟＂〝〞', "'‘’‚‛＇"
_SPACES = dict.fromkeys(
    "\x0b\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "
)
_LINE_ENDS = dict.fromkeys("\u0085\u2028\u2029", "\n")
#: Zero width, direction marks and isolates, soft hyphens, byte order marks, and control characters.
_INVISIBLE = dict.fromkeys(
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\u3164\ufe0e\ufe0f\ufeff\uffa0"
    + "".join(map(chr, [*range(9), *range(14, 32), 127])),
    "",
)
_PUNCTUATION = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {
    "、": ",", "。": ".", "【": "[", "】": "]", "〔": "[", "〕": "]", "《": "<", "》": ">", "〈": "<", "〉": ">",
    "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "×": "*", "÷": "/", "∗": "*", "…": "...", "⋯": "...",
    "≤": "<=", "≥": ">=", "≠": "!=", "→": "->", "﹣": "-", "﹐": ",", "﹔": ";", "﹕": ":", "﹙": "(", "﹚": ")",
}  # fmt: skip
_KINDS = (("spaces", _SPACES), ("spaces", _LINE_ENDS), ("invisible", _INVISIBLE), ("punctuation", _PUNCTUATION))
_PREFIX = r"(?<!\w)[rbfuRBFU]{1,2}$"
_FIELD = r"\{[^{}\n]*\}"


def plain(text: str) -> tuple[str, list[str]]:
    """Return Python source with plain characters, and which kinds were put right.

    Kinds: `quotes`, `spaces`, `invisible`, `punctuation`.
    """
    return _SourceReader(text).read()


class _SourceReader:
    """Goes through a source once, knowing whether it is in a string, a comment, or neither."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._out: list[str] = []
        self._kinds: dict[str, None] = {}

    def read(self) -> tuple[str, list[str]]:
        at = 0
        while at < len(self._text):
            character = self._text[at]
            if character == "#":
                end = self._line_end(at)
                self._out.append(self._text[at:end])
                at = end
            elif character in DOUBLE or character in SINGLE:
                at = self._string(at)
            else:
                self._out.append(self._put_right(character))
                at += 1
        return "".join(self._out), list(self._kinds)

    def _put_right(self, character: str) -> str:
        for kind, table in _KINDS:
            if character in table:
                self._kinds[kind] = None
                return table[character]
        return character

    def _line_end(self, at: int) -> int:
        found = self._text.find("\n", at)
        return len(self._text) if found < 0 else found

    def _string(self, at: int) -> int:
        """Take in one string from its opening quote on; return where the source goes on."""
        text = self._text
        family = DOUBLE if text[at] in DOUBLE else SINGLE
        quote = family[0]
        width = 3 if len(text) >= at + 3 and all(each in family for each in text[at : at + 3]) else 1
        start = at + width
        end = self._triple_end(start, family) if width == 3 else self._end(start, family, text[at])
        if end < 0:  # nothing closes it: not a string that could be put right
            self._out.append(text[at])
            return at + 1
        content = text[start:end]
        if text[at:start] + text[end : end + width] != quote * 2 * width:
            self._kinds["quotes"] = None
            if width == 1:
                content = re.sub(rf"(?<!\\){quote}", lambda match: f"\\{match[0]}", content)
        prefix = re.search(_PREFIX, "".join(self._out[-3:]))
        if prefix and "f" in prefix[0].lower():
            content = re.sub(_FIELD, lambda field: self._field(field[0], quote), content)
        self._out.append(quote * width + content + quote * width)
        return end + width

    def _end(self, start: int, family: str, opened: str) -> int:
        """Return where a string of one line ends, -1 where it does not."""
        line = self._text[start : self._line_end(start)]
        places = [match.start() for match in re.finditer(rf"(?:\\.)|[{family}]", line) if match[0] in family]
        closing = [place for place in places if line[place] in "”’"] if opened in "“‘„‚" else []
        if opened == family[0]:
            closing = [place for place in places if line[place] == opened]
        if family is SINGLE and opened != family[0]:  # don’t: an apostrophe ends no string
            around = {place: line[max(place - 1, 0) : place + 2] for place in places}
            places = [place for place in places if not re.fullmatch(r"[^\W\d_].[^\W\d_]", around[place])]
            closing = [place for place in closing if place in places]
        found = closing or places
        return start + found[0] if found else -1

    def _triple_end(self, start: int, family: str) -> int:
        match = re.compile(rf"(?:\\.|[^\\])*?([{family}]{{3}})", re.DOTALL).match(self._text, start)
        return match.start(1) if match else -1

    def _field(self, field: str, quote: str) -> str:
        """Put right what stands in the braces of a formatted string; its quotes have to be the other kind."""
        other = SINGLE[0] if quote == DOUBLE[0] else DOUBLE[0]
        put = "".join(other if each in DOUBLE[1:] + SINGLE[1:] else self._put_right(each) for each in field)
        return put.replace(f"\\{quote}", other)
