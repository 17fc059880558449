"""Drops packaged negatives that a foreign bank answers.

negatives → as asked without the words around it → nearly like an ask or a name of a foreign topic? → the others

The packaged topics need no such look: their negatives were written beside them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from knowledge.bank.models import LANGS, Bank, Topic
from knowledge.search.reading import normalise

#: From this likeness on (0..100), two questions differ by an ending or a slip.
_ALIKE = 88
#: Words with which any question may begin or end. "How do I resolve X" and "X" are then the same.
_AROUND = re.compile(
    r"\b(?:what|whats|which|how|why|when|is|are|do|does|did|to|can|could|i|you|we|one|the|a|an|of|please|explain|define|"
    r"describe|tell|me|about|mean|means|work|works)\b|'s\b|"
    r"请问|请|讲讲|说说|介绍|解释|一下|什么是|是什么|是啥|什么|怎么办|怎么样|怎么|如何|怎样|为什么|为啥|意思|有哪些|[吗呢吧的了啊么]"
)
_WORD = re.compile(r"[a-z0-9+#]+|[^\W\d_a-z]+")


def unanswered(negatives: Sequence[str], bank: Bank) -> tuple[str, ...]:
    """Return the negatives that no foreign topic of the bank answers: all of them, where it has none.

    Args:
        negatives: questions outside the packaged bank, normalised.
        bank: all topics that are loaded.
    """
    asked = {_key(text) for topic in bank.topics.values() if topic.origin for text in _phrases(topic)} - {""}
    if not asked:
        return tuple(negatives)
    from rapidfuzz import fuzz, process

    keys = [_key(text) for text in negatives]
    alike = process.cdist(keys, sorted(asked), scorer=fuzz.ratio, score_cutoff=_ALIKE, dtype=np.uint8)
    return tuple(text for text, scores in zip(negatives, alike, strict=True) if not scores.any())


def _phrases(topic: Topic) -> list[str]:
    """Return all that a topic promises to answer: its asks and its names."""
    meta = topic.meta
    asks = [ask for lang in LANGS for ask in (*meta.asks[lang], meta.title[lang])]
    return [*asks, *meta.aliases, *(title[lang] for title in meta.question_titles.values() for lang in LANGS)]


def _key(text: str) -> str:
    """Return a question as it is compared: its telling words in the order of the alphabet, Chinese as it stands."""
    return " ".join(sorted(_WORD.findall(_AROUND.sub(" ", normalise(text)))))
