"""The lines of an interview document: prose, code, what is hidden; and which lines are labels of a part.

    text → split → prose and fences
    a line of prose → label → 题目/答案/举例/解析, Question/Answer/Example/Explanation

What else a line may be, a question's own line above all, `marks` says.

This is no CommonMark reader, on purpose: `1、` and `（1）` are lists to the people who write these documents, a label
stands right below a paragraph, and a fence is indented by four. CommonMark takes all of that for running text or code.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from knowledge.bank.errors import DocumentError
from knowledge.importer.blocks import unrolled

AnswerPart = Literal["question", "answer", "example", "explanation"]

_WORDS: dict[str, AnswerPart] = {
    **dict.fromkeys(("面试题", "题目", "问题", "问", "question", "q"), "question"),
    **dict.fromkeys(("面试官", "interviewer"), "question"),
    **dict.fromkeys(("面试者", "候选人", "我", "candidate", "interviewee"), "answer"),
    **dict.fromkeys(("参考答案", "参考回答", "标准答案", "答案", "回答", "解答", "答", "answer", "ans", "a"), "answer"),
    **dict.fromkeys(("sample answer", "model answer", "suggested answer", "short answer", "solution"), "answer"),
    **dict.fromkeys(("举例说明", "举例", "示例代码", "代码示例", "代码实现", "示例", "例子", "代码"), "example"),
    **dict.fromkeys(("code example", "sample code", "example code", "examples", "example", "code"), "example"),
    **dict.fromkeys(("答案解析", "题目解析", "解析", "解释", "explanation"), "explanation"),
}
_DIGITS = "零一二三四五六七八九"
_NUMBER = r"\d{1,4}"
_HAN_NUMBER = rf"[{_DIGITS}十百]{{1,5}}"
# Bounded repeats: a line of a million spaces must not cost their square.
_LABEL = re.compile(
    rf"""\s{{0,3}}(?:>\s?)?(?:[-*+]\s{{1,4}})?(?P<hash>\#{{1,6}}\s{{1,4}})?(?P<bold>\*\*|__|\*)?\s{{0,4}}
    (?P<box>[【\[])?\s{{0,4}}(?P<word>{"|".join(sorted(_WORDS, key=len, reverse=True))})
    \s{{0,4}}(?P<number>{_NUMBER}|{_HAN_NUMBER})?\s{{0,4}}(?P<end>[】\]])?\s{{0,4}}(?P<close>\*\*|__|\*)?\s{{0,4}}
    (?P<sep>[:：]|[.．、)）](?!\d))?\s{{0,4}}(?:\*\*|__|\*)?\s{{0,4}}(?P<rest>.*)""",
    re.VERBOSE | re.IGNORECASE,
)
_HASHES = re.compile(r" {0,3}(#{1,6})(?:\s|(?<=##)(?=[^\s#]))")
_FENCE = re.compile(
    r"(?P<quote>(?:[ \t]{0,3}>)*)(?P<indent>[ \t]*(?:(?:[-*+]|\d{1,4}[.)])[ \t]{1,4})?)"
    r"(?P<mark>`{3,}|~{3,})(?P<info>[^`]*)"
)
_QUOTE = re.compile(r"(?:[ \t]{0,3}>)+")
_PRE = re.compile(r"\s{0,8}<pre\b[^>]{0,200}>\s{0,8}(?:<code\b(?P<attributes>[^>]{0,200})>)?", re.IGNORECASE)
_END_PRE = re.compile(r"(?:</code>)?\s{0,8}</pre>", re.IGNORECASE)
_SUMMARY = re.compile(r"<summary\b(?!.*</summary>)", re.IGNORECASE)
_ENTRY = re.compile(r"\s*$|\s*#|\s*-\s|\s+\S|[\w.-]{1,40}\s*:")
#: Longer than this, a `<summary>`, a formula or a front matter was never closed.
_SUMMARY_LINES, _FORMULA_LINES, _FRONT_LINES = 6, 60, 200
_TILDES = re.compile(r"~{4,}\s*")
#: Within a fence of one of these, other fences and labels are text.
_DOCUMENTS = frozenset({"markdown", "md"})


LineRole = Literal["text", "formula", "hidden"]


@dataclass(frozen=True, slots=True)
class Prose:
    """One line outside code, and its number (from 1).

    Attributes:
        line: its number.
        text: as it stands there.
        role: `formula` is text in which nothing else is looked for; `hidden` is a comment or the front matter.
    """

    line: int
    text: str
    role: LineRole = "text"


@dataclass(frozen=True, slots=True)
class Fence:
    """One fenced block: the line it opens in, the language it names (lower case, or empty), and the code."""

    line: int
    lang: str
    code: str


@dataclass(frozen=True, slots=True)
class Label:
    """A line that opens a part of a question; `rest` is what follows on the same line."""

    part: AnswerPart
    word: str
    number: int | None
    rest: str


def split(text: str) -> Iterator[Prose | Fence]:
    """Yield the document's lines of prose and its blocks of code.

    A fence that another one or a marked-up label interrupts was never closed: the next question's would close it.

    Raises:
        knowledge.bank.errors.DocumentError: a fence is never closed; names the line it opens in.
    """
    # Not str.splitlines: that would also break at form feeds and Unicode separators, and Markdown does not.
    numbers, lines = zip(*unrolled(text.split("\n")), strict=True)
    for item in _LineReader(list(lines), numbers).read():
        yield replace(item, line=numbers[item.line - 1])


class _LineReader:
    """Reads lines from top to bottom; each method takes one block and moves on."""

    def __init__(self, lines: list[str], numbers: Sequence[int]) -> None:
        self.lines = lines
        #: The document's number of each line, for errors.
        self.numbers = numbers
        self.at = 0
        #: Ends that were looked for in vain: not to be looked for again, as a page of openings would cost its square.
        self.missing: set[str] = set()

    def read(self) -> Iterator[Prose | Fence]:
        yield from self._front_matter()
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if (opened := _FENCE.fullmatch(line)) is not None and not self._underlines(line):
                yield self._fence(opened)
            elif "<" in line and (block := self._html(line)) is not None:
                yield from block
            elif line.lstrip().startswith("$$") and (formula := self._formula(line)):
                yield from formula
            else:
                self.at += 1
                yield Prose(self.at, line)

    def _underlines(self, line: str) -> bool:
        """Tell whether a line of tildes is a heading's underline, as in reStructuredText, and opens no block of code.

        It is as long as the line above it, and so is the next of its kind, which would close a block.
        """
        if not _TILDES.fullmatch(line) or not self._as_long_as_above(self.at):
            return False
        following = (n for n in range(self.at + 1, len(self.lines)) if _TILDES.fullmatch(self.lines[n]))
        closing = next(following, None)
        return closing is None or self._as_long_as_above(closing)

    def _as_long_as_above(self, at: int) -> bool:
        above, line = self.lines[at - 1].rstrip() if at else "", self.lines[at].rstrip()
        wide = len(above) + sum(1 for character in above if character >= "\u2e80")
        return bool(above.strip()) and len(above) - 1 <= len(line) <= wide + 1

    def _take(self, end: int, role: LineRole) -> list[Prose]:
        """Return the lines up to and with the one at `end`, and move behind it."""
        first, self.at = self.at, end + 1
        return [Prose(n + 1, self.lines[n], role) for n in range(first, end + 1)]

    def _front_matter(self) -> list[Prose]:
        if self.lines[0].rstrip() != "---":
            return []
        for n, line in enumerate(self.lines[1:_FRONT_LINES], 1):
            if line.rstrip() in ("---", "..."):
                return self._take(n, "hidden") if n > 1 else []
            if not _ENTRY.match(line):
                break
        return []

    def _html(self, line: str) -> list[Prose | Fence] | None:
        if line.lstrip().startswith("<!--"):
            return self._comment()
        if (opened := _PRE.match(line)) is not None:
            return self._pre(line, opened)
        if _SUMMARY.search(line):
            for n in range(self.at + 1, min(self.at + _SUMMARY_LINES, len(self.lines))):
                if "</summary>" in self.lines[n].lower():
                    parts = self._take(n, "text")
                    return [Prose(parts[0].line, " ".join(part.text.strip() for part in parts))]
        return None

    def _find(self, end: str) -> int | None:
        """Return the index of the next line that holds `end`."""
        if end in self.missing:
            return None
        found = next((n for n in range(self.at, len(self.lines)) if end in self.lines[n].lower()), None)
        if found is None:
            self.missing.add(end)
        return found

    def _comment(self) -> list[Prose | Fence] | None:
        end = self._find("-->")
        if end is None:
            return None
        hidden = self._take(end, "hidden")
        comment, mark, rest = hidden[-1].text.rpartition("-->")
        if not rest.strip():
            return [*hidden]
        last = hidden.pop().line
        return [*hidden, Prose(last, comment + mark, "hidden"), Prose(last, rest)]

    def _pre(self, line: str, opened: re.Match[str]) -> list[Prose | Fence] | None:
        end = self._find("</pre>")
        if end is None:
            return None
        first, taken = self.at, self.lines[self.at : end + 1]
        taken[0] = line[opened.end() :]
        closing = _END_PRE.search(taken[-1])
        rest = taken[-1][closing.end() :] if closing else ""
        taken[-1] = taken[-1][: closing.start()] if closing else taken[-1]
        self.at = end + 1
        named = re.search(r"(?:language|lang|highlight|brush)[-:\s]+([\w+#-]+)", opened["attributes"] or "")
        code = html.unescape(re.sub(r"</?(?:span|code)\b[^>]*>", "", "\n".join(taken))).strip("\n")
        fence = Fence(first + 1, named[1].lower() if named else "", code + "\n")
        return [fence, Prose(end + 1, rest)] if rest.strip() else [fence]

    def _formula(self, line: str) -> list[Prose]:
        if "$$" in line.lstrip()[2:]:
            return self._take(self.at, "formula")
        for n in range(self.at + 1, min(self.at + _FORMULA_LINES, len(self.lines))):
            if "$$" in self.lines[n]:
                return self._take(n, "formula")
        return []

    def _fence(self, opened: re.Match[str]) -> Fence:
        first, code = self.at, list[str]()
        for at in range(first + 1, len(self.lines)):
            self.at, line = at, self.lines[at]
            if opened["quote"]:
                quoted = _QUOTE.match(line)
                if quoted is None:  # where the quotation ends, its code does
                    return Fence(first + 1, _lang(opened), "".join(code))
                line = line[quoted.end() :]
            match = _FENCE.fullmatch(line)
            if match and match["mark"].startswith(opened["mark"]) and not (match["info"] + match["indent"]).strip():
                self.at += 1
                return Fence(first + 1, _lang(opened), "".join(code))
            if _lang(opened) not in _DOCUMENTS and _interrupts(line, match, opened, code):
                break
            code.append(_dedent(line, opened) + "\n")
        raise _unclosed(self.numbers[first], opened)


def label(line: str) -> Label | None:
    """Return the label that the line is, if it is one."""
    match = _LABEL.fullmatch(line)
    if match is None:
        return None
    word, rest = match["word"].lower(), match["rest"].strip()
    part, ordinal, sep = _WORDS[word], number(match["number"]), match["sep"]
    # `# 面试题` alone is the document's title.
    marked = bool(match["hash"] or (match["bold"] and match["close"])) and word not in ("面试题", "a", "q")
    boxed = bool(match["box"] and match["end"])
    numbered = part in ("question", "answer") and ordinal is not None
    letter = word in ("q", "a")
    sentence = part == "answer" and not letter and sep == "."  # `Answer. One.`
    ended = sep in (":", "：") or sentence or (letter and sep in (")", "）"))
    if ended or boxed or (marked and not rest) or (numbered and (sep or match["hash"])):
        if match["bold"] and not match["close"] and match["bold"] in rest and not rest.startswith(match["bold"]):
            rest = rest.replace(match["bold"], "", 1)  # `**Question: all of it in bold**`
        return Label(part, word, ordinal, rest)
    return None


def hashes(line: str) -> int:
    """Return the level of a Markdown heading, numbered or not; 0 for any other line."""
    match = _HASHES.match(line)
    return len(match[1]) if match else 0


def _interrupts(line: str, match: re.Match[str] | None, opened: re.Match[str], code: list[str]) -> bool:
    """Tell whether the line shows that the fence should have been closed before it."""
    if match and match["mark"].startswith(opened["mark"]) and match["info"].strip():
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


def number(text: str | None) -> int | None:
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
