"""A question as it is typed → clean text and its language, or a `QueryError` that says what is wrong with it."""

from __future__ import annotations

import re
import unicodedata

from knowledge.bank.errors import QueryError
from knowledge.bank.models import Lang
from knowledge.search.traditional import mainland

#: Longest question that is looked up, in characters. A pasted page is no question, and costs as much as a hundred.
MAX_CHARS = 2000

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ebef]")
#: Chinese characters that carry grammar: with one of them the sentence is Chinese whatever terms it borrows.
_ZH_FRAME = re.compile(r"[的了吗呢吧么是怎为何咋啥哪谁和与或跟在有没不会能要让把被给对从用说讲做算等]")
#: English words that ask: with one of them, and no Chinese grammar, the borrowed part is the Chinese one.
EN_FRAME = re.compile(
    r"\b(what|whats|why|how|when|where|which|who|does|do|did|is|are|was|can|could|should|would|will|"
    r"the|an?|of|in|to|for|explain|tell|define|describe|difference|between|vs|please)\b"
)

#: With one of these a question in Latin letters is a sentence of English; `gan vs vae` is typed in Chinese as well.
_EN_SENTENCE = re.compile(
    rf"(?!\bvs\b){EN_FRAME.pattern}|\b(i|im|me|my|we|you|your|it|its|this|that|these|those|there|and|or|but|not|no|with|from|by|"
    r"on|at|as|after|before|than|then|too|if|so|about|be|been|has|have|had|get|gets|got|need|needs|use|uses|used|using|show|"
    r"give|compare|help|mean|means|work|works|good|bad|better|best|more|much|many)\b"
)
#: Words of the longest Latin term: long short term memory.
_TERM_WORDS = 4
_LATIN_WORD = re.compile(r"[a-z0-9]+(?:['’.][a-z0-9]+)*")


def normalise(text: str) -> str:
    """Fold widths and ligatures (NFKC), lower-case, drop control and format characters, join white space."""
    folded = unicodedata.normalize("NFKC", text).lower()
    if folded.isprintable():  # nothing to drop, as nearly always: ten times as fast
        return " ".join(folded.split())
    kept = "".join(" " if ch.isspace() else ch for ch in folded if ch.isspace() or unicodedata.category(ch)[0] != "C")
    return " ".join(kept.split())


def clean(question: str) -> str:
    """Return the question ready for the channels, Chinese as it is typed on the mainland.

    Raises:
        QueryError: `too_long` above `MAX_CHARS`, `empty` when nothing printable is left, `symbols` when what is left
            holds neither a letter nor a digit.
    """
    if len(question) > MAX_CHARS:
        raise QueryError(
            "too_long", f"the question has {len(question)} characters, more than {MAX_CHARS}; ask in a sentence or two"
        )
    text = normalise(question)
    if not text:
        raise QueryError("empty", "the question is empty; type what you want to know")
    if not any(ch.isalnum() for ch in text):
        raise QueryError("symbols", "the question holds only symbols; type it in words")
    return mainland(text)


def detect_lang(text: str) -> Lang:
    """Return the language the answer should come in.

    Without Chinese characters it is English. With some, it is Chinese, unless the sentence around them is English: it
    asks with English words (`what is 过拟合`) and has no Chinese grammar (`为什么 the loss 不降` has).
    """
    if not HAN.search(text):
        return "en"
    english_frame = EN_FRAME.search(text.lower()) is not None
    return "en" if english_frame and _ZH_FRAME.search(text) is None else "zh"


def lang_under(question: str, interface: Lang | None) -> Lang | None:
    """Return the language that an interface gives to a question with none of its own; None where it has its own.

    `GAN`, `batch norm` and `ReLU vs GELU` are typed alike in both languages: a Chinese interface answers in Chinese.
    """
    text = normalise(question)
    words = _LATIN_WORD.findall(text)
    bare = 0 < len(words) <= _TERM_WORDS and not HAN.search(text) and not _EN_SENTENCE.search(text)
    return "zh" if bare and interface == "zh" else None
