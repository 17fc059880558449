"""All passages of the bank and of the negatives under four channels: dense, characters, syllables, words.

    texts → Passage (owner, text) → channel scores, one a passage → the best of each topic

Each paraphrase is a passage of its own and a topic scores its best passage; what lies outside the bank (the negatives)
is scored the same way, as one more owner.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Literal, NamedTuple, cast, get_args

import numpy as np
import tomli
from numpy.typing import NDArray

from knowledge import cache
from knowledge.embedder import Encoder, Floats, Progress
from knowledge.errors import IndexCacheError
from knowledge.glossary import Glossary, Translation
from knowledge.lexical import Tfidf, char_grams, syllable_grams, word_grams
from knowledge.models import LANGS, Bank, Topic
from knowledge.query import normalise
from knowledge.vectors import HnswVectors, Vectors, index_vectors

Arrays = dict[str, NDArray[np.generic]]
#: Weights of the dense, character, syllable and word channels in their sum, with an encoder and without.
WITH_ENCODER = (0.7, 0.1, 0.1, 0.1)
WITHOUT_ENCODER = (0.0, 0.4, 0.3, 0.3)
#: In the sum a cosine c of the dense channel counts as exp(s(c − 1)): only what is truly near tells of a topic.
_SHARPNESS = 6.0
_POOLS = (1, 3, 8)
#: Blocks that an owner's passages are cut into, to see which can be among its best.
_BLOCKS = 32
_LAST = (1 << 32) - 1
Kind = Literal["ask", "name", "text", "negative"]
_KINDS: tuple[Kind, ...] = get_args(Kind)


class Passage(NamedTuple):
    """One text that a question may resemble.

    Attributes:
        owner: place of its topic in the index's `topics`; `len(topics)` for a negative.
        kind: `ask` and `name` are phrased as learners type and train the head; `text` comes from the explanation.
        text: normalised.
    """

    owner: int
    kind: Kind
    text: str


@lru_cache
def packaged_negatives(*, everyday: bool = True) -> tuple[str, ...]:
    """Return the questions outside the bank that come with it, normalised, without doubles.

    Args:
        everyday: with those in which words of the field have their ordinary sense.
    """
    data = tomli.loads(files("knowledge").joinpath("negatives.toml").read_text(encoding="utf-8"))
    senses = data.pop("everyday").values()
    groups = [*(senses if everyday else ()), *data.values()]
    texts = [text for group in groups for lang in LANGS for text in group[lang]]
    return tuple(dict.fromkeys(normalise(text) for text in texts))


def passages_of(bank: Bank, negatives: Sequence[str]) -> list[Passage]:
    """Return the passages of all topics, in the order of their slugs, then the negatives."""
    found: list[Passage] = []
    for owner, slug in enumerate(sorted(bank.topics)):
        seen: set[str] = set()
        for kind, text in _texts(bank.topics[slug]):
            clean = normalise(text)
            if clean and clean not in seen:
                seen.add(clean)
                found.append(Passage(owner, kind, clean))
    return found + [Passage(len(bank), "negative", text) for text in negatives]


def _texts(topic: Topic) -> list[tuple[Kind, str]]:
    meta = topic.meta
    found: list[tuple[Kind, str]] = []
    for lang in LANGS:
        found += [("ask", text) for text in meta.asks[lang]]
        found += [("name", meta.title[lang])]
        found += [("name", title[lang]) for title in meta.question_titles.values()]
    found += [("name", alias) for alias in meta.aliases]
    for lang in LANGS:
        found += [("text", point[lang]) for point in meta.key_points]
        found += [("text", part) for section in topic.sections[lang].values() for part in paragraphs(section)]
    return found


def paragraphs(section: str) -> list[str]:
    """Split a section at blank lines and bullets; markup goes, code fences stay out."""
    parts: list[str] = []
    for number, block in enumerate(section.split("```")):
        if number % 2 == 0:
            lines = block.replace("**", "").replace("`", "").replace("\n- ", "\n\n").split("\n\n")
            parts += [line.strip(" -\n") for line in lines if len(line.strip(" -\n")) > 1]
    return parts


@dataclass(frozen=True, slots=True)
class Query:
    """A question in the forms that the channels read.

    Attributes:
        text: normalised and mended.
        translation: its Chinese replaced by English.
    """

    text: str
    translation: Translation

    @property
    def dense(self) -> str:
        """What the encoder reads; the text itself where the glossary left nothing."""
        return self.translation.replaced or self.text

    @property
    def chars(self) -> str:
        """What the character channel reads: the text with the English of its terms appended."""
        return " ".join((self.text, *self.translation.terms))


class PassageIndex:
    """The four channels over one list of passages."""

    CHANNELS = ("dense", "chars", "sounds", "words")

    def __init__(self, passages: Sequence[Passage], topics: int, dense: Vectors | None, chars: Tfidf,
                 sounds: Tfidf, words: Tfidf, silent: Collection[str] = ()) -> None:  # fmt: skip
        self.passages = list(passages)
        self.owners = np.array([p.owner for p in passages])
        #: Owner, first passage and end of each owner's passages, which lie together.
        bounds = [0, *(np.flatnonzero(np.diff(self.owners)) + 1).tolist(), len(self.owners)]
        self._runs = [(int(self.owners[i]), i, end) for i, end in pairwise(bounds) if i < end]
        self._run_sizes = [end - start for _, start, end in self._runs]
        self._run_of = np.repeat(np.arange(len(self._runs)), self._run_sizes)
        self._short = [place for place, (_, start, end) in enumerate(self._runs) if end - start < _BLOCKS]
        starts = [np.linspace(start, end, _BLOCKS, endpoint=False).astype(np.int64) for _, start, end in self._runs]
        self._blocks = np.concatenate(starts) if starts else np.zeros(0, np.int64)
        #: Passages that are phrased as questions: what the head learns from.
        self.training = np.array([i for i, p in enumerate(passages) if p.kind != "text"])
        self.topics = topics
        self.dense = dense
        self.chars = chars
        self.sounds = sounds
        self.words = words
        self._silent = [place for place, name in enumerate(self.CHANNELS) if name in silent]

    @classmethod
    def build(cls, passages: Sequence[Passage], topics: int, glossary: Glossary, encoder: Encoder | None,
              progress: Progress | None = None, silent: Collection[str] = ()) -> PassageIndex:  # fmt: skip
        """Index `passages`; without an encoder the dense channel stays silent, and so do those named in `silent`."""
        queries = [Query(p.text, glossary.translate(p.text)) for p in passages]
        dense = None
        if encoder:
            dense = index_vectors(encoder.passages([q.dense for q in queries], progress), progress=progress)
        if progress:
            progress("compare", 0, 1)  # what follows until then has no name of its own, and takes a few seconds
        chars = Tfidf.fit(char_grams, [q.chars for q in queries])
        sounds = Tfidf.fit(syllable_grams, [q.text for q in queries])
        words = Tfidf.fit(word_grams, [q.dense for q in queries])
        return cls(passages, topics, dense, chars, sounds, words, silent)

    def scores(self, queries: Sequence[Query], vectors: Floats | None) -> Floats:
        """Return each channel's score of each passage, shape (queries, channels, passages)."""
        scores = np.zeros((len(queries), len(self.CHANNELS), len(self.passages)), np.float32)
        if self.dense is not None and vectors is not None:
            scores[:, 0] = self.dense.scores(vectors)
        scores[:, 1] = self.chars.scores([query.chars for query in queries])
        scores[:, 2] = self.sounds.scores([query.text for query in queries])
        scores[:, 3] = self.words.scores([query.dense for query in queries])
        scores[:, self._silent] = 0
        return scores

    @property
    def signals(self) -> int:
        """How many numbers `pool` gives a topic."""
        return len(self.CHANNELS) * len(_POOLS)

    def pool(self, scores: Floats) -> NDArray[np.float64]:
        """Return the mean of each owner's best 1, 3 and 8 passages, shape (queries, topics + 1, signals).

        One close paraphrase says much, several agreeing say more. Passages that score below nought do not count.
        """
        flat = scores.reshape(-1, len(self.passages))
        # Found by one number and not by two, which takes eight times as long.
        cells = np.flatnonzero(flat >= np.repeat(self._least(flat), self._run_sizes, axis=1))
        rows, places = np.divmod(cells, len(self.passages))
        groups = rows * len(self._runs) + self._run_of[places]
        best = _best(groups, flat.ravel()[cells], len(flat) * len(self._runs)).cumsum(axis=1)
        sizes = np.tile(self._run_sizes, len(flat))
        means = [best[:, size - 1] / np.minimum(size, sizes) for size in _POOLS]
        by_run = np.stack(means).reshape(len(_POOLS), len(scores), len(self.CHANNELS), len(self._runs))
        pooled = np.zeros((len(scores), self.topics + 1, self.signals))
        owners = [owner for owner, _, _ in self._runs]
        pooled[:, owners] = by_run.transpose(1, 3, 0, 2).reshape(len(scores), len(self._runs), self.signals)
        return pooled

    def _least(self, flat: Floats) -> Floats:
        """Return, for each row and run, a score that at least as many passages reach as are wanted; above nought.

        The best of each of a run's blocks are passages of their own, so the eighth of them is no better than the
        run's eighth. Sorting what reaches it takes a third of the time that sorting all would.
        """
        blocks = np.maximum.reduceat(flat, self._blocks, axis=1).reshape(len(flat), len(self._runs), _BLOCKS)
        least = np.partition(blocks, _BLOCKS - _POOLS[-1], axis=2)[:, :, _BLOCKS - _POOLS[-1]]
        least[:, self._short] = 0
        return np.asarray(np.maximum(least, np.finfo(np.float32).tiny), np.float32)

    def total(self, scores: Floats) -> Floats:
        """Return the weighted sum of the channels for the passages that train, shape (queries, passages)."""
        return self.weighted(scores)[:, self.training]

    def weighted(self, scores: Floats) -> Floats:
        """Return the weighted sum of the channels for all passages, shape (queries, passages)."""
        weights = np.asarray(WITH_ENCODER if self.dense is not None else WITHOUT_ENCODER, np.float32)
        total = sum(weights[place] * scores[:, place] for place in (1, 2, 3))
        if self.dense is not None:
            total += weights[0] * np.exp(_SHARPNESS * (scores[:, 0] - 1))
        return np.asarray(total)

    def arrays(self) -> Arrays:
        """Return what `restore` needs."""
        passages: Arrays = {
            "passages.owners": self.owners,
            "passages.kinds": np.array([_KINDS.index(p.kind) for p in self.passages], np.uint8),
            "passages.texts": cache.lines(p.text for p in self.passages),
        }
        dense: Arrays = {"dense.vectors": self.dense.vectors} if self.dense else {}
        if isinstance(self.dense, HnswVectors):
            dense["dense.graph"] = self.dense.graph()
        channels = {"chars": self.chars, "sounds": self.sounds, "words": self.words}
        lexical = {key: value for name, one in channels.items() for key, value in one.arrays(name).items()}
        return {**passages, **dense, **lexical}

    @classmethod
    def restore(cls, topics: int, arrays: Arrays, *, dense: bool) -> PassageIndex:
        """Rebuild the index.

        Raises:
            IndexCacheError: the arrays do not fit the passages.
        """
        passages = _restored(topics, arrays)
        chars = Tfidf.restore(char_grams, "chars", arrays)
        sounds = Tfidf.restore(syllable_grams, "sounds", arrays)
        words = Tfidf.restore(word_grams, "words", arrays)
        vectors = arrays.get("dense.vectors") if dense else None
        if dense and (vectors is None or vectors.ndim != 2 or vectors.dtype != np.float32
                      or len(vectors) != len(passages) or not np.isfinite(vectors).all()):  # fmt: skip
            raise IndexCacheError("the dense vectors do not fit the passages")
        if not chars.size == sounds.size == words.size == len(passages):
            raise IndexCacheError("the lexical channels do not fit the passages")
        index = index_vectors(cast(Floats, vectors), arrays.get("dense.graph")) if vectors is not None else None
        return cls(passages, topics, index, chars, sounds, words)


def _best(groups: NDArray[np.int64], scores: Floats, size: int) -> NDArray[np.float64]:
    """Return the best scores of each of `size` groups, best first, filled up with nought; all are above nought."""
    # The bits of positive floats are in their order: group and score sort as one number, several times as fast as two.
    bits = np.ascontiguousarray(scores).view(np.uint32).astype(np.int64)
    keys = np.sort((groups << 32) | (_LAST - bits))
    groups = keys >> 32
    ranks = np.arange(len(keys)) - np.searchsorted(keys, np.arange(size) << 32)[groups]
    kept = ranks < _POOLS[-1]
    best = np.zeros((size, _POOLS[-1]))
    best[groups[kept], ranks[kept]] = (_LAST - (keys[kept] & _LAST)).astype(np.uint32).view(np.float32)
    return best


def _restored(topics: int, arrays: Arrays) -> list[Passage]:
    try:
        owners, kinds, joined = (arrays[f"passages.{name}"] for name in ("owners", "kinds", "texts"))
        kind = [_KINDS[place] for place in kinds.tolist()]
        found = list(map(Passage._make, zip(owners.tolist(), kind, cache.texts(joined), strict=True)))
    except (KeyError, ValueError, IndexError, TypeError) as error:
        raise IndexCacheError(f"its passages are incomplete ({error})") from error
    if owners.ndim != 1 or not found or not 0 <= owners.min() <= owners.max() <= topics:
        raise IndexCacheError("its passages do not fit the bank")
    return found
