"""The lines of an interview document, and what each of them may be: prose, a code fence, a label, a numbered heading.

    text → split → prose and fences
    a line of prose → label → 题目/答案/举例/解析, Question/Answer/Example/Explanation
    a line of prose → heading → `### 1. …`, `**2、…**`, `第 3 题`, `4) …`

Whether a numbered line opens a question or is an item of a list, only its neighbours tell: see `document`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from knowledge.errors import DocumentError

Part = Literal["question", "answer", "example", "explanation"]

_WORDS: dict[str, Part] = {
    **dict.fromkeys(("面试题", "题目", "问题", "问", "question", "q"), "question"),
    **dict.fromkeys(("参考答案", "答案", "回答", "解答", "答", "answer", "a"), "answer"),
    **dict.fromkeys(("举例说明", "举例", "示例代码", "代码示例", "示例", "例子", "代码"), "example"),
    **dict.fromkeys(("examples", "example", "code"), "example"),
    **dict.fromkeys(("答案解析", "解析", "解释", "explanation"), "explanation"),
}
_DIGITS = "零一二三四五六七八九"
_NUMBER = r"[1-9１-９]\d{0,3}"
_HAN_NUMBER = rf"[{_DIGITS}十百]{{1,5}}"
# Bounded repeats: a line of a million spaces must not cost their square.
_LABEL = re.compile(
    rf"""\s{{0,3}}(?:>\s?)?(?:[-*+]\s{{1,4}})?(?P<hash>\#{{1,6}}\s{{1,4}})?(?P<bold>\*\*|__|\*)?\s{{0,4}}
    (?P<box>[【\[])?\s{{0,4}}(?P<word>{"|".join(sorted(_WORDS, key=len, reverse=True))})
    \s{{0,4}}(?P<number>{_NUMBER}|{_HAN_NUMBER})?\s{{0,4}}(?P<end>[】\]])?\s{{0,4}}(?P<close>\*\*|__|\*)?\s{{0,4}}
    (?P<sep>[:：]|[.．、)）](?!\d))?\s{{0,4}}(?:\*\*|__|\*)?\s{{0,4}}(?P<rest>.*)""",
    re.VERBOSE | re.IGNORECASE,
)
_HEADING = re.compile(
    rf"""\s{{0,3}}(?:>\s?)?(?:(?P<hash>\#{{1,6}})\s{{1,4}})?(?P<bold>\*\*|__)?\s{{0,4}}
    (?:第\s{{0,4}}(?P<ordinal>{_NUMBER}|{_HAN_NUMBER})\s{{0,4}}[题问道]\s{{0,4}}[:：、.．]?
    |[（(]?(?P<number>{_NUMBER})\s{{0,4}}[.．、)）:：](?!\d))\s{{0,4}}(?P<title>.*)""",
    re.VERBOSE,
)
_HASHES = re.compile(r" {0,3}(#{1,6})\s")
_FENCE = re.compile(r"(?P<indent>[ \t]*)(?P<mark>`{3,}|~{3,})(?P<info>[^`]*)")
#: Within a fence of one of these, other fences and labels are text.
_DOCUMENTS = frozenset({"markdown", "md"})


@dataclass(frozen=True, slots=True)
class Prose:
    """One line outside code fences, and its number (from 1)."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Fence:
    """One fenced block: the line it opens in, the language it names (lower case, or empty), and the code."""

    line: int
    lang: str
    code: str


@dataclass(frozen=True, slots=True)
class Label:
    """A line that opens a part of a question; `rest` is what follows on the same line."""

    part: Part
    word: str
    number: int | None
    rest: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A numbered line.

    Attributes:
        number: as it stands there.
        title: what follows it.
        level: how many `#` it has; 0 for none.
        strong: marked up, so it is no list item.
        asks: a question's label follows the number (`1. 题目：…`); the title is what follows that.
    """

    number: int
    title: str
    level: int
    strong: bool
    asks: bool = False


def split(text: str) -> Iterator[Prose | Fence]:
    """Yield the document's lines of prose and its fenced blocks.

    A fence that another one or a marked-up label interrupts was never closed: the next question's would close it.

    Raises:
        knowledge.errors.DocumentError: a fence is never closed; names the line it opens in.
    """
    opened: re.Match[str] | None = None
    first, code = 0, list[str]()
    # Not str.splitlines: that would also break at form feeds and Unicode separators, and Markdown does not.
    for number, line in enumerate(text.split("\n"), 1):
        match = _FENCE.fullmatch(line)
        if opened is None:
            if match:
                opened, first, code = match, number, []
            else:
                yield Prose(number, line)
        elif match and match["mark"].startswith(opened["mark"]) and not match["info"].strip():
            yield Fence(first, _lang(opened), "".join(code))
            opened = None
        elif _lang(opened) not in _DOCUMENTS and _interrupts(line, match, opened, code):
            raise _unclosed(first, opened)
        else:
            code.append(_dedent(line, opened) + "\n")
    if opened is not None:
        raise _unclosed(first, opened)


def label(line: str) -> Label | None:
    """Return the label that the line is, if it is one."""
    match = _LABEL.fullmatch(line)
    if match is None:
        return None
    word, rest = match["word"].lower(), match["rest"].strip()
    part, number, sep = _WORDS[word], _number(match["number"]), match["sep"]
    # `# 面试题` alone is the document's title.
    marked = bool(match["hash"] or (match["bold"] and match["close"])) and word != "面试题"
    boxed = bool(match["box"] and match["end"])
    numbered = part == "question" and number is not None
    if sep in (":", "：") or boxed or (marked and not rest) or (numbered and (sep or match["hash"])):
        if match["bold"] and not match["close"] and match["bold"] in rest and not rest.startswith(match["bold"]):
            rest = rest.replace(match["bold"], "", 1)  # `**Question: all of it in bold**`
        return Label(part, word, number, rest)
    return None


def heading(line: str) -> Heading | None:
    """Return the numbered heading that the line is, if it is one."""
    match = _HEADING.fullmatch(line)
    if match is None:
        return None
    number = _number(match["ordinal"] or match["number"])
    strong = bool(match["hash"] or match["bold"] or match["ordinal"])
    title, level = match["title"].strip(), len(match["hash"] or "")
    if number is None or not (title or strong):
        return None
    if (inner := label(title)) is not None and inner.part == "question":
        return Heading(number, inner.rest, level, strong=True, asks=True)
    return Heading(number, title, level, strong)


def hashes(line: str) -> int:
    """Return the level of a Markdown heading, numbered or not; 0 for any other line."""
    match = _HASHES.match(line)
    return len(match[1]) if match else 0


def _interrupts(line: str, match: re.Match[str] | None, opened: re.Match[str], code: list[str]) -> bool:
    """Tell whether the line shows that the fence should have been closed before it."""
    if match and match["mark"].startswith(opened["mark"]):
        return True  # with an info string: another block begins
    if not line.startswith(("**", "【")) or label(line) is None:
        return False
    before = "".join(code)  # a label within a string is a prompt's
    return before.count('"""') % 2 == 0 and before.count("'''") % 2 == 0


def _unclosed(line: int, opened: re.Match[str]) -> DocumentError:
    return DocumentError(
        f"the code fence opened in line {line} is never closed; add a line {opened['mark'][:10]} after its code"
    )


def _lang(opened: re.Match[str]) -> str:
    found = re.match(r"[\s{.]{0,8}([\w+#-]*)", opened["info"])
    return found[1].lower() if found else ""


def _dedent(line: str, opened: re.Match[str]) -> str:
    """Take off what the fence itself is indented by, as Markdown does; the code's own indentation stays."""
    indent = len(opened["indent"])
    return line[min(indent, len(line) - len(line.lstrip(" \t"))) :] if indent else line


def _number(text: str | None) -> int | None:
    """Return `12`, `１２` or `十二` as a number."""
    if not text:
        return None
    if text.isdecimal():
        return int(text)
    total = digit = 0
    for character in text:
        if character in "十百":
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS.index(character)
    return total + digit or None
