"""The index: passages of the bank and of the negatives, searched by four channels, and how alike two of them are.

texts → Passage (topic, unit, text) → the passages nearest to a question, and how alike those are among themselves

A question is compared with passages in four channels: meaning (dense vectors), characters, syllables, words. FAISS
finds the nearest in meaning; inverted indexes find the nearest in writing, by the question's rarer terms. The
candidates of both are compared in full.
No step looks at pairs of passages but among the nearest few, so that time and memory grow with the passages only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.resources import files
from typing import Literal, NamedTuple, cast, get_args

import numpy as np
import tomli

from knowledge.bank.errors import IndexCacheError
from knowledge.bank.models import LANGS, Bank, SectionId, Topic
from knowledge.progress import ProgressCallback
from knowledge.search import cache
from knowledge.search.arrays import F32, F64, I32, I64, Arrays, distinct
from knowledge.search.encoder import Encoder
from knowledge.search.glossary import Glossary, Translation
from knowledge.search.lexical import Tfidf, Weighted, char_grams, syllable_grams, word_grams
from knowledge.search.reading import normalise
from knowledge.search.reuse import KnownVectors
from knowledge.search.vectors import HnswVectors, ScannedVectors, Vectors, index_vectors

#: Weights of the dense, character, syllable and word channels in their sum, with an encoder and without.
WITH_ENCODER = (0.7, 0.1, 0.1, 0.1)
WITHOUT_ENCODER = (0.0, 0.4, 0.3, 0.3)
#: In the sum a cosine c of the dense channel counts as exp(s(c − 1)): only what is truly near tells of a topic.
_SHARPNESS = 6.0
_NONE = np.zeros(0, np.int64)
#: Candidates that each of the two searches brings; the best of them are compared in full.
_DENSE_CANDIDATES, _LEXICAL_CANDIDATES = 96, 96
#: Width of the sketches of the lexical channels: the inner product of two is their cosine, with an error of about 1/16.
_SKETCH = 256
PassageKind = Literal["ask", "name", "lead", "text", "negative"]
_KINDS: tuple[PassageKind, ...] = get_args(PassageKind)


class Passage(NamedTuple):
    """One text that a question may resemble.

    Attributes:
        owner: place of its topic in the index's `topics`; `len(topics)` for a negative.
        kind: `ask` and `name` are phrased as learners type, `lead` is a unit's first words, `text` a paragraph.
        text: normalised.
        unit: place of its unit in `units_of`; -1 where it speaks for the whole topic, or for none.
    """

    owner: int
    kind: PassageKind
    text: str
    unit: int = -1


class UnitPlace(NamedTuple):
    """A unit of the bank: the place of its topic, its id, its section."""

    owner: int
    id: str
    section: SectionId


@lru_cache
def packaged_negatives(*, everyday: bool = True, loaded: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Return the questions outside the bank that come with it, normalised, without doubles.

    Args:
        everyday: with those in which words of the field have their ordinary sense.
        loaded: slugs of the bank's topics: what one of these would answer is left out.
    """
    data = tomli.loads(files("knowledge.search").joinpath("negatives.toml").read_text(encoding="utf-8"))
    senses = data.pop("everyday").values()
    topics = [group for slug, group in data.pop("topic").items() if slug not in loaded]
    groups = [*(senses if everyday else ()), *data.values(), *topics]
    texts = [text for group in groups for lang in LANGS for text in group[lang]]
    return tuple(dict.fromkeys(normalise(text) for text in texts))


def units_of(bank: Bank) -> list[UnitPlace]:
    """Return the units of all topics, in the order of their slugs and of their pages."""
    return [
        UnitPlace(owner, unit.id, unit.section)
        for owner, slug in enumerate(sorted(bank.topics))
        for unit in bank.topics[slug].units["zh"]
    ]


def passages_of(bank: Bank, negatives: Sequence[str]) -> list[Passage]:
    """Return the passages of all topics, in the order of their slugs, then the negatives."""
    found: list[Passage] = []
    places = {(unit.owner, unit.id): place for place, unit in enumerate(units_of(bank))}
    for owner, slug in enumerate(sorted(bank.topics)):
        seen: set[tuple[str, str]] = set()
        for kind, unit, text in _texts(bank.topics[slug]):
            clean = normalise(text)
            # Two units may begin with the same words; then each is one more voice.
            if clean and (clean, unit) not in seen:
                seen.add((clean, unit))
                found.append(Passage(owner, kind, clean, places.get((owner, unit), -1)))
    return found + [Passage(len(bank), "negative", text) for text in negatives]


def _texts(topic: Topic) -> Iterator[tuple[PassageKind, str, str]]:
    """Yield (kind, id of the unit or nothing, text)."""
    meta = topic.meta
    asked = {ask: ident for ident, asks in meta.unit_asks.items() for lang in LANGS for ask in asks[lang]}
    for lang in LANGS:
        for ask in meta.asks[lang]:
            yield "ask", asked.get(ask, ""), ask
        # Who types no more than the name wants what the page begins with.
        yield "name", "answer", meta.title[lang]
        for title in meta.question_titles.values():
            yield "name", "", title[lang]
    for alias in meta.aliases:
        yield "name", "answer", alias
    for lang in LANGS:
        in_units: set[str] = set()
        for unit in topic.units[lang]:
            if unit.lead:
                yield "lead", unit.id, unit.lead
                # A lead alone ("Why does it fail?") does not say of what.
                yield "lead", unit.id, f"{meta.title[lang]} {unit.lead}"
            for part in paragraphs(unit.text):
                in_units.add(part)
                yield "text", unit.id, part
        for section in topic.sections[lang].values():
            yield from (("text", "", part) for part in paragraphs(section) if part not in in_units)


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
        """The encoder's input; the text itself where the glossary left nothing."""
        return self.translation.replaced or self.text

    @property
    def chars(self) -> str:
        """What the character channel reads: the text with the English of its terms appended."""
        return " ".join((self.text, *self.translation.terms))


@dataclass(frozen=True, slots=True)
class Nearest:
    """The passages nearest to one question, in no order.

    Attributes:
        ids: their places, shape (k,).
        scores: weighted sum of the channels, 0 to 1, shape (k,).
        kernel: the same between each two of them, about, shape (k, k); 1 on the diagonal.
        compared: places of all passages that were compared in full, shape (n,).
        compared_scores: their scores, shape (n,).
    """

    ids: I64
    scores: F64
    kernel: F64
    compared: I64
    compared_scores: F64


class PassageIndex:
    """The four channels over one list of passages."""

    CHANNELS = ("dense", "chars", "sounds", "words")

    def __init__(
        self,
        passages: Sequence[Passage],
        topics: int,
        dense: Vectors | None,
        lexical: Sequence[Tfidf],
        sketch: F32,
        silent: Collection[str] = (),
        encoded: KnownVectors | None = None,
    ) -> None:
        self.passages = list(passages)
        owners, kinds, _, units = zip(*passages, strict=True) if passages else ((), (), (), ())
        self.owners, self.units = np.array(owners, np.int64), np.array(units, np.int64)
        #: Which passages are a unit's own text.
        self.paragraphs = np.array([kind == "text" for kind in kinds], np.bool_) & (self.units >= 0)
        #: Passages that are phrased as questions: what confidence is calibrated on.
        self.training = np.array([i for i, kind in enumerate(kinds) if kind in ("ask", "name", "negative")], np.int64)
        self.topics = topics
        self.dense = dense
        self._encoded = encoded
        self._lexical = tuple(lexical)
        self._sketch = sketch
        weights = WITH_ENCODER if dense is not None else WITHOUT_ENCODER
        self._weights = tuple(0.0 if name in silent else w for name, w in zip(self.CHANNELS, weights, strict=True))

    @classmethod
    def build(
        cls,
        passages: Sequence[Passage],
        topics: int,
        glossary: Glossary,
        encoder: Encoder | None,
        progress: ProgressCallback | None = None,
        silent: Collection[str] = (),
        known: KnownVectors | None = None,
    ) -> PassageIndex:
        """Index `passages`; without an encoder the dense channel stays silent, and so do those named in `silent`.

        Texts whose vectors are `known` are not encoded again.
        """
        queries = [Query(p.text, glossary.translate(p.text)) for p in passages]
        dense = encoded = None
        if encoder:
            encoded = KnownVectors.of([q.dense for q in queries], encoder, known, progress)
            dense = index_vectors(encoded.vectors, progress=progress)
        read = [
            (char_grams, [q.chars for q in queries]),
            (syllable_grams, [q.text for q in queries]),
            (word_grams, [q.dense for q in queries]),
        ]
        lexical = []
        for done, (analyzer, texts) in enumerate(read):
            if progress:
                progress("compare", done, len(read))
            lexical.append(Tfidf.fit(analyzer, texts))
        if progress:
            progress("compare", len(read), len(read))
        weights = [0.0 if name in silent else w for name, w in zip(cls.CHANNELS[1:], (
            WITH_ENCODER if encoder else WITHOUT_ENCODER)[1:], strict=True)]  # fmt: skip
        sketch = sum(np.sqrt(np.float32(weight)) * channel.sketch(_SKETCH, seed)
                     for seed, (weight, channel) in enumerate(zip(weights, lexical, strict=True)))  # fmt: skip
        return cls(passages, topics, dense, lexical, np.asarray(sketch, np.float32), silent, encoded)

    def nearest(
        self, queries: Sequence[Query], vectors: F32 | None, size: int, hidden: Sequence[I64] | None = None
    ) -> list[Nearest]:
        """Return the `size` passages nearest to each question, fewer where there are no more.

        Args:
            queries: the questions.
            vectors: the encoder's, one a question; None where there is no encoder.
            size: how many.
            hidden: for each question the passages that it must not see.
        """
        longest = 0 if hidden is None else max(map(len, hidden), default=0)
        meant = self._meant(vectors, max(size, _DENSE_CANDIDATES) + longest)
        return [
            self._nearest(
                query,
                None if meant is None or vectors is None else (meant[row], vectors[row]),
                size,
                _NONE if hidden is None else hidden[row],
            )
            for row, query in enumerate(queries)
        ]

    def _meant(self, vectors: F32 | None, size: int) -> I64 | None:
        """Return the nearest passages by the dense channel, shape (queries, k); -1 where a graph search found fewer."""
        if self.dense is None or vectors is None or not self._weights[0]:
            return None
        return self.dense.search(vectors, size)[1]

    def _nearest(self, query: Query, meant: tuple[I64, F32] | None, size: int, hidden: I64) -> Nearest:
        channels = [
            (np.float32(weight), channel, channel.weighted(text))
            for weight, channel, text in zip(
                self._weights[1:], self._lexical, (query.chars, query.text, query.dense), strict=True
            )
            if weight
        ]
        rough = self._rough(channels)
        rough[hidden] = -1
        ids = _best(rough, max(size, _LEXICAL_CANDIDATES))
        if meant is not None:
            ids = distinct(np.concatenate([ids, meant[0][meant[0] >= 0]]))
        ids = ids[~np.isin(ids, hidden)]
        scores = np.zeros(len(ids), np.float32)
        for weight, channel, asked in channels:
            scores += weight * channel.at(asked, ids)
        if meant is not None:
            scores += np.float32(self._weights[0]) * _sharpened(self._vectors()[ids] @ meant[1])
        order, exact = _best(scores, size), scores.astype(np.float64)
        return Nearest(ids[order], exact[order], self._kernel(ids[order]), ids, exact)

    def _rough(self, channels: Sequence[tuple[np.float32, Tfidf, Weighted]]) -> F64:
        """Return the approximate lexical similarity of a question and each passage, by the question's rarer terms."""
        ids: list[I32] = []
        products: list[F32] = []
        for weight, channel, asked in channels:
            places, values = channel.postings(asked, len(self.passages))
            ids.append(places)
            products.append(weight * values)
        if not ids:
            return np.zeros(len(self.passages))
        # Of the types that counting takes, or it would copy them once more.
        together = np.concatenate(ids, dtype=np.intp), np.concatenate(products, dtype=np.float64)
        return np.asarray(np.bincount(*together, len(self.passages)), np.float64)

    def _kernel(self, ids: I64) -> F64:
        sketch = self._sketch[ids]
        kernel = sketch @ sketch.T
        if self.dense is not None and self._weights[0]:
            vectors = self._vectors()[ids]
            kernel += np.float32(self._weights[0]) * _sharpened(vectors @ vectors.T)
        np.fill_diagonal(kernel, 1.0)  # a passage is itself: its channels' cosines are 1 and their weights sum to 1
        return kernel.astype(np.float64)

    def _vectors(self) -> F32:
        assert self.dense is not None
        return self.dense.vectors

    def arrays(self) -> Arrays:
        """Return what `restore` needs."""
        passages: Arrays = {
            "passages.owners": self.owners,
            "passages.units": self.units,
            "passages.kinds": np.array([_KINDS.index(p.kind) for p in self.passages], np.uint8),
            "passages.texts": cache.lines(p.text for p in self.passages),
            "passages.sketch": self._sketch,
        }
        dense: Arrays = {"dense.vectors": self.dense.vectors} if self.dense else {}
        if self._encoded is not None:
            dense |= self._encoded.arrays()
        if isinstance(self.dense, ScannedVectors | HnswVectors):
            dense["dense.index"] = self.dense.kept()
        channels = zip(self.CHANNELS[1:], self._lexical, strict=True)
        lexical = {key: value for name, one in channels for key, value in one.arrays(name).items()}
        return {**passages, **dense, **lexical}

    @classmethod
    def restore(cls, topics: int, units: int, arrays: Arrays, *, dense: bool) -> PassageIndex:
        """Rebuild the index over a bank of so many topics and units.

        Raises:
            IndexCacheError: the arrays do not fit the passages, or these not the bank.
        """
        passages = _restored(topics, units, arrays)
        analyzers = (char_grams, syllable_grams, word_grams)
        lexical = [Tfidf.restore(each, name, arrays) for name, each in zip(cls.CHANNELS[1:], analyzers, strict=True)]
        vectors = arrays.get("dense.vectors") if dense else None
        if dense and (vectors is None or not _one_a_passage(vectors, passages)):
            raise IndexCacheError("the dense vectors do not fit the passages")
        sketch = arrays.get("passages.sketch")
        if sketch is None or not _one_a_passage(sketch, passages) or sketch.shape[1] != _SKETCH:
            raise IndexCacheError("the sketches do not fit the passages")
        if any(channel.size != len(passages) for channel in lexical):
            raise IndexCacheError("the lexical channels do not fit the passages")
        index = index_vectors(cast(F32, vectors), arrays.get("dense.index")) if vectors is not None else None
        encoded = KnownVectors.restored(arrays, finite=dense)
        return cls(passages, topics, index, lexical, cast(F32, sketch), encoded=encoded)


def _one_a_passage(vectors: np.ndarray, passages: Sequence[Passage]) -> bool:
    sound = vectors.ndim == 2 and vectors.dtype == np.float32 and len(vectors) == len(passages)
    return sound and bool(np.isfinite(vectors).all())


def _sharpened(cosines: F32) -> F32:
    return np.asarray(np.exp(np.float32(_SHARPNESS) * (cosines - np.float32(1))), np.float32)


def _best(scores: F32 | F64, size: int) -> I64:
    """Return the positions of the `size` best, in ascending order; they do not depend on the rest of the batch."""
    if len(scores) <= size:
        return np.arange(len(scores))
    return np.sort(np.argpartition(-scores, size - 1)[:size])


def _restored(topics: int, units: int, arrays: Arrays) -> list[Passage]:
    try:
        owners, kinds, joined, places = (arrays[f"passages.{name}"] for name in ("owners", "kinds", "texts", "units"))
        kind = [_KINDS[place] for place in kinds.tolist()]
        columns = (owners.tolist(), kind, cache.texts(joined), places.tolist())
        found = list(map(partial(tuple.__new__, Passage), zip(*columns, strict=True)))
    except (KeyError, ValueError, IndexError, TypeError) as error:
        raise IndexCacheError(f"its passages are incomplete ({error})") from error
    known = found and owners.ndim == 1 and 0 <= owners.min() <= owners.max() <= topics
    if not known or not -1 <= places.min() <= places.max() < units:
        raise IndexCacheError("its passages do not fit the bank")
    return found
