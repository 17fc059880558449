"""An interview document → its questions, with the parts and the snippets of each.

    text → lines and fences → where questions start → questions

**Where a question starts.** Answers hold numbered lists, so a number alone opens nothing. A question starts

- at a label 题目/Question, or at the numbered line it belongs to;
- at the last numbered line, or else the last heading, before a label 答案/Answer that has no question yet;
- at a marked-up number (`### 4. …`) that follows on from the question before and is marked up as that one was.

A document without any label has its questions at its marked-up numbers, or else at numbered lines that end with `?`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from knowledge.errors import DocumentError
from knowledge.importer.lines import Fence, Heading, Label, Part, Prose, hashes, heading, label, split
from knowledge.models import Lang
from knowledge.query import HAN

_PYTHON = frozenset({"python", "python3", "py", "py3", "ipython", "pycon"})
_LOOKS_LIKE_PYTHON = re.compile(r"^(?:import \w|from [\w.]+ import |def \w+\(|class \w+|print\(|>>> )", re.MULTILINE)
_LIST_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,4}[.)、])\s")
_RULE = re.compile(r"\s*(?:-\s?|\*\s?|_\s?){3,}\s*")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)?")
_TITLE_LENGTH = 200
#: Above this share of Chinese characters among characters and Latin words, a text is Chinese with borrowed terms.
_CHINESE = 0.3

Item = Prose | Fence


@dataclass(frozen=True, slots=True)
class Snippet:
    """One piece of code, byte for byte as the document has it, and the line where it begins."""

    code: str
    line: int


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a document.

    Attributes:
        number: the document's own number, or its place where it has none. Numbers may stand twice.
        title: its heading, or else the first line of its text; one line, without control characters.
        line: where it begins.
        lang: the language it is written in.
        parts: the text of each part it has, without the snippets.
        snippets: its Python code, in order.
    """

    number: int
    title: str
    line: int
    lang: Lang
    parts: Mapping[Part, str]
    snippets: tuple[Snippet, ...]


@dataclass(frozen=True, slots=True)
class _Start:
    """Where a question starts: index of its line, and what that line says."""

    index: int
    number: int | None
    title: str
    level: int = 0


def parse(text: str) -> list[Question]:
    """Return the questions of a document, in its order.

    Raises:
        knowledge.errors.DocumentError: there is none, or a code fence is never closed.
    """
    items = list(split(text))
    labels, headings = _labels(items), _headings(items)
    starts = list((_Finder(items, labels, headings).find() if labels else _unlabelled(headings)).values())
    starts.sort(key=lambda start: start.index)
    if not starts:
        raise DocumentError(
            "no questions found; give a document with numbered questions, "
            "each with 题目 and 答案, or Question and Answer"
        )
    questions: list[Question] = []
    ends = [start.index for start in starts[1:]] + [len(items)]
    for start, end in zip(starts, ends, strict=True):
        body = _Body(start.level)
        # A label that opens a question is its first line; a heading is its title, read already.
        body.read(items, range(start.index + (start.index not in labels), end), labels)
        previous = questions[-1].number if questions else 0
        questions.append(_question(start, items[start.index].line, body, start.number or previous + 1))
    return questions


def harmless(text: str) -> str:
    """Return `text` without what could act on a terminal: escape sequences, control and direction characters."""
    text = _ESCAPES.sub("", text)
    return "".join(ch for ch in text if ch in "\n\t" or unicodedata.category(ch) not in ("Cc", "Cf", "Cs"))


def _labels(items: Sequence[Item]) -> dict[int, Label]:
    found = {n: mark for n, item in enumerate(items) if isinstance(item, Prose) and (mark := label(item.text))}
    # Without `Q:`, an `A:` is an option of a question.
    letters = any(mark.word == "q" for mark in found.values())
    return {n: mark for n, mark in found.items() if letters or mark.word != "a"}


def _headings(items: Sequence[Item]) -> dict[int, Heading]:
    return {n: mark for n, item in enumerate(items) if isinstance(item, Prose) and (mark := heading(item.text))}


def _unlabelled(headings: Mapping[int, Heading]) -> dict[int, _Start]:
    levels = Counter(mark.level for mark in headings.values() if mark.strong)
    commonest = max(levels, key=lambda level: levels[level], default=None)
    return {
        n: _Start(n, mark.number, mark.title, mark.level)
        for n, mark in headings.items()
        if (mark.strong and mark.level == commonest)
        or (commonest is None and mark.title.rstrip("*_ ").endswith(("?", "？")))
    }


class _Finder:
    """Finds where questions start in a document with labels; reads it once, from top to bottom."""

    def __init__(self, items: Sequence[Item], labels: Mapping[int, Label], headings: Mapping[int, Heading]) -> None:
        self.items = items
        self.labels = labels
        self.headings = headings
        self.starts: dict[int, _Start] = {}
        self.current: _Start | None = None
        self.answered = True
        self.since: list[int] = []  # numbered lines since the last label
        self.plain: int | None = None  # the last heading without a number since then

    def find(self) -> dict[int, _Start]:
        for n in range(len(self.items)):
            if (mark := self.labels.get(n)) is not None:
                self._label(n, mark)
                self.since.clear()
                self.plain = None
            elif n in self.headings:
                self.since.append(n)
                if self.headings[n].asks or self._follows_on(self.headings[n]):
                    self._open(n)
            elif hashes(self._text(n)):
                self.plain = n
        return self.starts

    def _label(self, n: int, mark: Label) -> None:
        if mark.part == "question":
            head = self._strong()
            if head is None and self.since and self._adjacent(self.since[-1], n):
                head = self.since[-1]
            if head is not None:
                self._open(head)
            elif mark.number is not None or self.answered or self.current is None or self.current.number is None:
                self._start(_Start(n, mark.number, ""))
            # else `### Question 3` had its own line, and this is its text
        elif mark.part == "answer":
            if self.answered and self.since:
                head = self._strong()
                self._open(self.since[-1] if head is None else head)
            elif self.answered and self.plain is not None:
                text = self._text(self.plain)
                self._start(_Start(self.plain, None, text.strip(" #"), hashes(text)))
            self.answered = True

    def _follows_on(self, mark: Heading) -> bool:
        before = self.current
        return (
            before is not None
            and mark.level > 0
            and mark.level == before.level
            and before.number is not None
            and mark.number == before.number + 1
        )

    def _strong(self) -> int | None:
        return next((n for n in reversed(self.since) if self.headings[n].strong), None)

    def _adjacent(self, head: int, n: int) -> bool:
        """Tell whether only blank lines lie between, and the numbered line is not the last of a list."""
        if any(self._text(between).strip() for between in range(head + 1, n)):
            return False
        above = next((n for n in range(head - 1, -1, -1) if self._text(n).strip()), None)
        return above not in self.headings

    def _text(self, n: int) -> str:
        """Return a line of prose; of a fence, something that is neither blank nor a heading."""
        item = self.items[n]
        return item.text if isinstance(item, Prose) else "`"

    def _open(self, n: int) -> None:
        mark = self.headings[n]
        if n not in self.starts:
            self._start(_Start(n, mark.number, mark.title, mark.level))

    def _start(self, start: _Start) -> None:
        self.starts[start.index] = self.current = start
        self.answered = False


@dataclass
class _Body:
    """The parts of one question while they are read. `level` is that of its heading (0: none)."""

    level: int
    parts: dict[Part, list[str]] = field(default_factory=dict)
    snippets: list[Snippet] = field(default_factory=list)
    labelled: set[Part] = field(default_factory=set)

    def read(self, items: Sequence[Item], span: range, labels: Mapping[int, Label]) -> None:
        part: Part = "question"
        indented: list[Prose] = []
        for n in span:
            item = items[n]
            if part == "example" and isinstance(item, Prose) and self._continues(indented, item, items[n - 1]):
                indented.append(item)
                continue
            self._keep(indented)
            if isinstance(item, Fence):
                self._fence(item, part)
            elif (mark := labels.get(n)) is not None:
                part = mark.part
                self.labelled.add(part)
                self.parts.setdefault(part, []).append(mark.rest)
            elif 0 < hashes(item.text) < self.level:
                break  # the next chapter's heading
            elif not _RULE.fullmatch(item.text):
                self.parts.setdefault(part, []).append(item.text)
        self._keep(indented)

    def _continues(self, indented: list[Prose], item: Prose, above: Item) -> bool:
        """Tell whether the line belongs to a block of indented code, begun or about to begin."""
        if indented and not item.text.strip():
            return True
        if not item.text.startswith(("    ", "\t")) or not item.text.strip():
            return False
        return bool(indented) or (
            isinstance(above, Prose)
            and (not above.text.strip() or label(above.text) is not None)
            and not any(_LIST_ITEM.match(line) for line in self.parts.get("example", ())[-3:])
        )

    def _keep(self, indented: list[Prose]) -> None:
        if indented:
            code = "\n".join(line.text.removeprefix("\t" if line.text[:1] == "\t" else "    ") for line in indented)
            self.snippets.append(Snippet(code.rstrip() + "\n", indented[0].line))
            indented.clear()

    def _fence(self, fence: Fence, part: Part) -> None:
        untagged = not fence.lang and (part == "example" or _LOOKS_LIKE_PYTHON.search(fence.code))
        if (fence.lang in _PYTHON or untagged) and fence.code.strip():
            self.snippets.append(Snippet(fence.code, fence.line + 1))
        else:
            mark = "~" * 3 if "```" in fence.code else "`" * 3
            self.parts.setdefault(part, []).append(f"{mark}{fence.lang}\n{fence.code}{mark}")


def _question(start: _Start, line: int, body: _Body, number: int) -> Question:
    parts = {part: text for part, lines in body.parts.items() if (text := harmless("\n".join(lines)).strip())}
    if start.title and "question" in parts and not body.labelled & {"question", "answer"}:
        parts["answer"] = parts.pop("question")  # a heading, and below it the answer
    title = _title(start.title) or _title(next(_lines(parts.get("question", "")), "")) or f"question {number}"
    everything = "\n".join([title, *parts.values()])
    han, latin = len(HAN.findall(everything)), len(_LATIN_WORD.findall(everything))
    lang: Lang = "zh" if han > _CHINESE * (han + latin) else "en"
    return Question(number, title, line, lang, parts, tuple(body.snippets))


def _lines(text: str) -> Iterator[str]:
    return (line for line in text.split("\n") if line.strip())


def _title(text: str) -> str:
    plain = re.sub(r"\*\*|__|^[*_#>\s]+|[*_#\s]+$", "", harmless(text))
    return " ".join(plain.split())[:_TITLE_LENGTH]
