"""An interview document → its questions, with the parts and the snippets of each, and what belongs to none.

    text → lines and code → what each line may be → where questions start → questions

`styles` decides where questions start; here each is read from its first line to its last. **Nothing vanishes**: a line
is part of a title, of a part, of a snippet, or of what stands beside the parts (`DocumentQuestion.left`); only what
marks those up (hashes, numbers, labels, rules, fences, tags) is dropped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from knowledge.bank.errors import DocumentError
from knowledge.bank.models import Lang
from knowledge.importer.code import is_python
from knowledge.importer.layout import RULE, Layout
from knowledge.importer.lines import AnswerPart, Fence, split
from knowledge.importer.marks import plain
from knowledge.importer.runs import QuestionStart
from knowledge.importer.styles import starts
from knowledge.importer.tables import separated, unfolded
from knowledge.search.reading import HAN

_PYTHON = frozenset({"python", "python3", "py", "py3", "ipython", "pycon"})
_LOOKS_LIKE_PYTHON = re.compile(r"^(?:import \w|from [\w.]+ import |def \w+\(|class \w+|print\(|>>> )", re.MULTILINE)
_LIST_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,4}[.)、])\s")
_TAGS = re.compile(
    r"\s*(?:</?(?:details|summary|div|p|br|center|blockquote|ul|ol|li|dl|dt|dd)\b[^>]{0,200}>\s*)+", re.IGNORECASE
)
_INLINE_ANSWER = re.compile(
    r"(?P<title>.{2,}?[?？.。])\s*(?:\*\*|__)?(?:A|Answer|答|答案)\s?[:：](?:\*\*|__)?\s*(?P<answer>.+)"
)
_AFTER_THE_MARK = re.compile(r"(?P<title>[^?？]{2,}[?？])\s*(?P<answer>\w[^?？]*)")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)?")
_TITLE_LENGTH = 200
_INDENT = 4
#: Above this share of Chinese characters among characters and Latin words, a text is Chinese with borrowed terms.
_CHINESE = 0.3
_LOOKED_FOR = (
    "no questions found; give a document with numbered questions, each with 题目 and 答案, or Question and Answer, or "
    "with headings, bold lines, <summary> or lines of which most ask something (none of these was found)"
)


@dataclass(frozen=True, slots=True)
class DocumentSnippet:
    """One piece of code, byte for byte as the document has it, and the line where it begins."""

    code: str
    line: int


@dataclass(frozen=True, slots=True)
class DocumentQuestion:
    """One question of a document.

    Attributes:
        number: the document's own number, or its place where it has none. Numbers may stand twice.
        title: its heading, or else the first line of its text; one line, without control characters.
        line: where it begins.
        lang: the language it is written in.
        parts: the text of each part it has, without the snippets.
        snippets: its Python code, in order.
        left: what stands beside it and belongs to no part: a chapter's heading, comments, what comes before the first.
    """

    number: int
    title: str
    line: int
    lang: Lang
    parts: Mapping[AnswerPart, str]
    snippets: tuple[DocumentSnippet, ...]
    left: str = ""


@dataclass(frozen=True, slots=True)
class CharacterTally:
    """Characters, spaces aside: in the document, taken by its questions, and not placed; the rest is markup."""

    document: int
    placed: int
    not_placed: int

    @property
    def markup(self) -> int:
        """Hashes, numbers, labels, rules, fences, tags."""
        return self.document - self.placed - self.not_placed


def parse(text: str) -> list[DocumentQuestion]:
    """Return the questions of a document, in its order.

    Raises:
        knowledge.bank.errors.DocumentError: there is none, or a code fence is never closed.
    """
    items = list(split(text))
    layout = Layout(items)
    found = starts(layout)
    if not found and (cards := unfolded(items) or separated(items)) is not None:
        layout = Layout(cards)
        found = starts(layout)
    if not found:
        raise DocumentError(_LOOKED_FOR)
    # `1.` before each line is how Markdown lets one count.
    numbers = {start.mark.number for start in found}
    same = len(numbers) == 1 and len(found) > 1 and all(start.mark.style.kind == "number" for start in found)
    questions: list[DocumentQuestion] = []
    following = [start.index for start in found[1:]] + [len(layout.items)]
    before = range(found[0].index)
    apart = {n for start in found for n in start.answer}
    for start, end in zip(found, following, strict=True):
        body = _Body(layout, start)
        body.read(before, [n for n in range(start.end, end) if n not in apart])
        own = None if same else start.mark.number
        questions.append(_question(start, body, own or (questions[-1].number if questions else 0) + 1))
        before = range(0)
    return questions


def tally(text: str, questions: Sequence[DocumentQuestion]) -> CharacterTally:
    """Return how many of the document's characters its questions hold."""
    placed = sum(
        _size(part)
        for question in questions
        for part in (*question.parts.values(), *(s.code for s in question.snippets))
    )
    # A title that had to be made up from its own text is not counted twice.
    placed += sum(_size(question.title) for question in questions if not _repeats_its_text(question))
    return CharacterTally(_size(text), placed, sum(_size(question.left) for question in questions))


def _repeats_its_text(question: DocumentQuestion) -> bool:
    return question.title in plain(next(_lines(question.parts.get("question", "")), ""))


def _size(text: str) -> int:
    return len("".join(harmless(text).split()))


def harmless(text: str) -> str:
    """Return `text` without what could act on a terminal: escape sequences, control and direction characters."""
    text = _ESCAPES.sub("", text)
    return "".join(ch for ch in text if ch in "\n\t" or unicodedata.category(ch) not in ("Cc", "Cf", "Cs"))


@dataclass
class _Body:
    """The parts of one question while they are read, from its first line to its last."""

    layout: Layout
    start: QuestionStart
    parts: dict[AnswerPart, list[str]] = field(default_factory=dict)
    snippets: list[DocumentSnippet] = field(default_factory=list)
    labelled: set[AnswerPart] = field(default_factory=set)
    left: list[str] = field(default_factory=list)
    part: AnswerPart = "question"

    def read(self, before: Sequence[int], beside: Sequence[int]) -> None:
        """Read the question, and keep what stands `before` the first one and `beside` its parts."""
        self._keep_aside(before)
        if self.start.mark.rest:
            self._text(self.start.mark.rest)
        span = range(self.start.index + 1, self.start.end)
        shift = self._shift(span)
        block: list[int] = []
        for n in span:
            if self._goes_on(block, n, shift):
                block.append(n)
                continue
            self._block(block, shift)
            block = []
            if self._opens_block(n, shift):
                block = [n]
            else:
                self._item(n, shift)
        self._block(block, shift)
        if self.start.answer:
            self.part = "answer"
            for n in self.start.answer:
                self._item(n, 0)
        self._keep_aside(beside)

    def _item(self, n: int, shift: int) -> None:
        item, found = self.layout.items[n], self.layout.labels.get(n)
        if isinstance(item, Fence):
            self._fence(item)
        elif item.role == "hidden":
            self._aside(item.text)
        elif found is not None and (found.part != "question" or not self._said):
            self.part = found.part
            self.labelled.add(found.part)
            self._text(found.rest)
        elif n not in self.layout.underlines and not RULE.fullmatch(item.text) and not _TAGS.fullmatch(item.text):
            self._text(item.text[min(shift, len(item.text) - len(item.text.lstrip())) :])

    @property
    def _said(self) -> bool:
        """Whether anything was said yet: then `问题：` begins a sentence, and no question."""
        return bool(self.snippets) or any(line.strip() for lines in self.parts.values() for line in lines)

    def _text(self, text: str) -> None:
        self.parts.setdefault(self.part, []).append(text)

    def _keep_aside(self, span: Sequence[int]) -> None:
        for n in span:
            item = self.layout.items[n]
            if isinstance(item, Fence):
                self.left.append(_fenced(item))
            elif n not in self.layout.underlines and not RULE.fullmatch(item.text):
                self._aside(item.text)

    def _aside(self, text: str) -> None:
        self.left.append(text)

    def _shift(self, span: range) -> int:
        """Return by how much the whole body is indented, as below an item of a list."""
        if self.start.mark.style.kind in ("hash", "summary"):
            return 0
        texts = [self.layout.texts[n] for n in span if n not in self.layout.labels and not self.layout.blank(n)]
        return min((len(text) - len(text.lstrip()) for text in texts if text is not None), default=0)

    def _indented(self, n: int, shift: int) -> bool:
        text = self.layout.texts[n]
        return text is not None and bool(text.strip()) and text[shift:].startswith((" " * _INDENT, "\t"))

    def _opens_block(self, n: int, shift: int) -> bool:
        """Tell whether indented code may begin here: below a blank line or a label."""
        if not self._indented(n, shift) or n in self.layout.labels:
            return False
        return n - 1 in self.layout.labels or n - 1 == self.start.index or self.layout.blank(n - 1)

    def _goes_on(self, block: Sequence[int], n: int, shift: int) -> bool:
        text = self.layout.texts[n]
        return bool(block) and text is not None and (not text.strip() or self._indented(n, shift))

    def _block(self, block: Sequence[int], shift: int) -> None:
        """Take indented lines: as a snippet if they are code, else as text."""
        if not block:
            return
        texts = [self.layout.texts[n] or "" for n in block]
        inner = [text[shift:] for text in texts]
        dedented = [text.removeprefix("\t") if text[:1] == "\t" else text[_INDENT:] for text in inner]
        code = "\n".join(dedented).rstrip() + "\n"
        listed = any(_LIST_ITEM.match(line) for line in self.parts.get(self.part, ())[-3:])
        if is_python(code) or (self.part == "example" and not listed):
            self.snippets.append(DocumentSnippet(code, self.layout.items[block[0]].line))
        else:
            for n in block:
                self._item(n, shift)

    def _fence(self, fence: Fence) -> None:
        first = self.part == "example" and not self.snippets
        untagged = not fence.lang and (first or _LOOKS_LIKE_PYTHON.search(fence.code) or is_python(fence.code))
        if (fence.lang in _PYTHON or untagged) and fence.code.strip():
            self.snippets.append(DocumentSnippet(fence.code, fence.line + 1))
        else:
            self._text(_fenced(fence))


def _fenced(fence: Fence) -> str:
    """Return a block of code in a fence that nothing in it closes."""
    longest = max(map(len, re.findall("`{3,}", fence.code)), default=2)
    mark = "`" * (longest + 1)
    return f"{mark}{fence.lang}\n{fence.code}{mark}"


def _question(start: QuestionStart, body: _Body, number: int) -> DocumentQuestion:
    whole = {part: harmless("\n".join(lines)).strip("\n").rstrip() for part, lines in body.parts.items()}
    parts = {part: text for part, text in whole.items() if text}
    title, raw = _title(start.mark.title), start.mark.title
    if title and not parts and not body.snippets:
        for pattern in (_INLINE_ANSWER, _AFTER_THE_MARK):
            if (inline := pattern.fullmatch(raw)) is not None:
                title, parts["answer"] = _title(inline["title"]), inline["answer"]
                break
    if "answer" not in body.labelled and "question" in parts:
        _answer_below(parts, titled=bool(title), labelled="question" in body.labelled)
    asks_itself = start.mark.style.kind == "label" and "answer" in body.labelled and "question" not in body.labelled
    if (title and asks_itself) or (len(raw) > _TITLE_LENGTH and title == _title(raw)):
        parts["question"] = "\n".join(filter(None, [raw, parts.get("question")]))
    title = title or _title(next(_lines(parts.get("question", "")), "")) or f"question {number}"
    parts = {part: parts[part] for part in ("question", "answer", "example", "explanation") if part in parts}
    everything = "\n".join([title, *parts.values()])
    han, latin = len(HAN.findall(everything)), len(_LATIN_WORD.findall(everything))
    lang: Lang = "zh" if han > _CHINESE * (han + latin) else "en"
    left = harmless("\n".join(body.left)).strip()
    return DocumentQuestion(number, title, body.layout.items[start.index].line, lang, parts, tuple(body.snippets), left)


def _answer_below(parts: dict[AnswerPart, str], *, titled: bool, labelled: bool) -> None:
    """Take what no label names as the answer: all of it below a heading, else what follows the first paragraph."""
    text = parts.pop("question")
    blank = _BLANK_LINE.search(text)
    if titled and not labelled:
        asked, rest = "", text
    else:
        asked, rest = (text[: blank.start()], text[blank.end() :]) if blank else (text, "")
    if asked.strip():
        parts["question"] = asked
    if rest.strip():
        parts["answer"] = rest.strip("\n")


def _lines(text: str) -> Iterator[str]:
    return (line for line in text.split("\n") if line.strip())


def _title(text: str) -> str:
    return plain(harmless(text))[:_TITLE_LENGTH]
