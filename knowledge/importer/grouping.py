"""Which questions ask the same thing: those become one draft.

    title → first sentence → without asking words and setting → subject
    "什么是神经网络中的正则化？有哪些常见的正则化技术？" → "正则化"
    "What is dropout in neural networks?"                → "dropout"

Two questions are one when their subjects are equal, in whatever case, width and number, or when one is the abbreviation
that the other gives in brackets ("卷积神经网络（CNN）", "What is a CNN?"). Likeness is not enough: "卷积层" and
"卷积层参数" are two subjects, and merging them would lose one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.importer.document import DocumentQuestion

_SENTENCE = re.compile(r"[^?？。！!；;]*[^?？。！!；;\s][^?？。！!；;]*")
_BRACKETS = re.compile(r"\s*[(（\[【]([^)）\]】]*)[)）\]】]\s*")
#: GAN, ResNet, K-NN: at least two capitals, so that "(briefly)" is none.
_ABBREVIATION = re.compile(r"(?=(?:[^A-Z]*[A-Z]){2})[A-Za-z][A-Za-z0-9-]{1,15}")
_SETTING_ZH = re.compile(
    r"^\s*在?(?:(?:深度|机器)学习|(?:深度|人工)?神经网络)(?:中|里|领域|当中)(?:的|，|,|、)?\s*(?=\S)|^\s*神经网络(?=\S)"
)
_SETTING_EN = re.compile(
    r"[,\s]*\b(?:in|for|of) (?:the context of )?(?:an? |the )?"
    r"(?:(?:deep |artificial )?neural networks?|(?:machine|deep) learning)(?: models?)?\b[,\s]*",
    re.IGNORECASE,
)
_ASKING_ZH = re.compile(
    r"请问|请|(?:简要|简单|详细)?(?:解释|说明|介绍|描述|谈谈|说说|阐述|简述)(?:一下|下)?|什么是|什么叫|是什么(?:意思)?|何为|何谓|"
    r"如何|怎么样?|怎样|有哪些|有哪几种|有什么|常见的?|常用的?|一个|一种"
)
_ASKING_EN = re.compile(
    r"\b(?:can you|could you|please|briefly|explain|describe|define|what(?:'s|’s| is| are)|what do you mean by|"
    r"tell me about|how (?:do|does|would you|to|can (?:you|we))|(?:the )?(?:term|concept|idea) of|common(?:ly used)?|"
    r"(?:types|kinds) of|the|an?|some|works?|in your own words)\b",
    re.IGNORECASE,
)
_SPACE = r"[\s.,，、:：的“”\"'`]+"


@dataclass(frozen=True, slots=True)
class QuestionGroup:
    """Questions that ask the same thing, in the document's order, and what they ask about."""

    questions: tuple[DocumentQuestion, ...]
    subject: str
    abbreviation: str | None

    @property
    def numbers(self) -> tuple[int, ...]:
        """The questions' numbers, each once, in order."""
        return tuple(sorted({question.number for question in self.questions}))


def group(questions: Sequence[DocumentQuestion]) -> list[QuestionGroup]:
    """Return the questions in groups, the groups in the order of their first questions.

    Sameness is transitive: every question of a group shares a name with some other one of it.
    """
    leader: dict[str, int] = {}
    place = list(range(len(questions)))

    def root(n: int) -> int:
        while place[n] != n:
            place[n] = n = place[place[n]]
        return n

    for n, question in enumerate(questions):
        for name in names(question.title):
            first, second = sorted((root(leader.setdefault(name, n)), root(n)))
            place[second] = first
    members: dict[int, list[DocumentQuestion]] = {}
    for n, question in enumerate(questions):
        members.setdefault(root(n), []).append(question)
    return [QuestionGroup(tuple(asked), *_named(asked)) for asked in members.values()]


def subject(title: str) -> str:
    """Return what a question asks about: its first sentence without asking words, setting and brackets.

    A title that holds nothing else is returned whole.
    """
    first = _SENTENCE.search(title)
    text = _BRACKETS.sub(" ", first[0] if first else title)
    bare = _SETTING_EN.sub(" ", _ASKING_EN.sub(" ", _ASKING_ZH.sub(" ", text)))
    bare = re.sub(rf"^{_SPACE}|{_SPACE}$|[它其]$", "", bare)
    bare = re.sub(rf"^{_SPACE}|{_SPACE}$", "", _SETTING_ZH.sub("", bare))
    # Between two Chinese characters, a space is where an asking word stood.
    return re.sub(r"(?<=[\u3400-\u9fff]) +(?=[\u3400-\u9fff])", "", " ".join((bare or title).split()))


def abbreviation(title: str) -> str | None:
    """Return the first abbreviation that the title gives in brackets, as it stands there."""
    return next((text for text in _BRACKETS.findall(title) if _ABBREVIATION.fullmatch(text)), None)


def names(title: str) -> frozenset[str]:
    """Return the keys of a title: of its subject, and of the abbreviation it gives."""
    short = abbreviation(title)
    return frozenset(filter(None, (_key(subject(title)) or _key(title) or title, _key(short) if short else None)))


def _key(text: str) -> str:
    """Return `text` without what does not tell two subjects apart: case, width, space, marks, an English plural."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold())
    return "".join(word[:-1] if word.isascii() and len(word) > 3 and word.endswith("s") else word for word in words)


def _named(questions: Sequence[DocumentQuestion]) -> tuple[str, str | None]:
    short = next((found for question in questions if (found := abbreviation(question.title))), None)
    return subject(questions[0].title), short
