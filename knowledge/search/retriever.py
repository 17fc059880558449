"""Finds the unit that answers a question, or says honestly that none does.

question → clean → mended → translated → nearest passages → votes → topic, unit, confidence → Reply
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache as once
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

import numpy as np

from knowledge.bank.errors import IndexCacheError, KnowledgeError
from knowledge.bank.models import Bank, Lang, SectionId
from knowledge.progress import ProgressCallback
from knowledge.search import cache, calibration, followups, sections
from knowledge.search import spelling as repair
from knowledge.search.arrays import F32, F64, Arrays
from knowledge.search.encoder import PACKAGED, Encoder
from knowledge.search.encoder_choice import open_encoder
from knowledge.search.glossary import Glossary
from knowledge.search.index import Passage, PassageIndex, Query, UnitPlace, packaged_negatives, passages_of, units_of
from knowledge.search.lexical import Tfidf, char_grams, is_han
from knowledge.search.mentions import Mentions
from knowledge.search.pinyin import PinyinReader, latin_words
from knowledge.search.reading import HAN, clean, detect_lang, normalise
from knowledge.search.unit_choice import Units
from knowledge.search.votes import Votes, votes

log = logging.getLogger(__name__)


#: Part of every fingerprint: raise it when code here, or in a channel or the calibration, changes what is computed.
CODE_VERSION = 15
#: Questions whose scores are held at once, each of every passage.
_CHUNK = 64
#: Questions that confidence is calibrated on: more change the third digit, and take longer.
_CALIBRATED_ON = 3000
#: From this many questions on, two threads share them.
_PARALLEL = 16
#: Candidates a reply names, where the bank has as many topics.
_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A topic and the probability that it is the one, given that the question is inside the bank."""

    topic: str
    score: float


@dataclass(frozen=True, slots=True)
class Reply:
    """What the retriever makes of a question.

    Attributes:
        outcome: `answer`, `clarify` ("did you mean") or `decline`.
        topic: slug of the topic that answers, the first candidate; None unless `outcome` is `answer`.
        section: the section the answer opens at; None unless `outcome` is `answer`.
        confidence: calibrated probability that the question is inside the bank and the first candidate right.
        lang: language to answer in.
        candidates: the likeliest topics, best first, at least three (all, where the bank has fewer).
        unit: the unit of that section that answers; None where none leads clearly, or the page has none.
    """

    outcome: Literal["answer", "clarify", "decline"]
    topic: str | None
    section: SectionId | None
    confidence: float
    lang: Lang
    candidates: tuple[Candidate, ...]
    unit: str | None = None


class Retriever:
    """Finds the topic of a question. Synchronous and CPU-bound: a front calls it off its event loop."""

    def __init__(self, slugs: Sequence[str], index: PassageIndex, fitted: calibration.Calibration, reader: QueryReader,
                 router: sections.Router, encoder: Encoder | None, names: Mapping[str, str],
                 units: Units) -> None:  # fmt: skip
        self._slugs = tuple(slugs)
        self._units = units
        self._router = router
        self._names = dict(names)
        self._index = index
        self._calibration = fitted
        self._reader = reader
        self._encoder = encoder

    @classmethod
    def open(
        cls,
        bank: Bank,
        *,
        cache_dir: Path | None,
        model: str = PACKAGED,
        encoder: bool = True,
        progress: ProgressCallback | None = None,
        rebuild: bool = False,
    ) -> Retriever:
        """Open the index of `bank`, from the cache where that fits, built and fitted anew where not.

        Args:
            bank: the topics.
            cache_dir: where the index is kept; None keeps it in memory only.
            model: name of the encoder; the packaged one stands in for one that cannot be loaded.
            encoder: False leaves the encoder out: lexical channels with a calibration of their own.
            progress: hears (stage, done, total) of long work; stages are `model` (is loaded), `export` (is made fast),
                `encode` (the passages), `graph`, `compare` (words are counted), `fit`.
            rebuild: build and fit anew even where the cache fits.

        Raises:
            knowledge.bank.errors.ModelError: the packaged model is missing or damaged.
            KnowledgeError: the bank has no topic at all.
        """
        report = progress or _silent
        if not bank.topics:
            raise KnowledgeError("the bank has no topic that loads; run `epoch check` to see what is wrong")
        report("model", 0, 1)
        chosen = open_encoder(model, cache_dir, report) if encoder else None
        report("model", 1, 1)
        return cls.over(bank, chosen, cache_dir=cache_dir, progress=report, rebuild=rebuild)

    @classmethod
    def over(
        cls,
        bank: Bank,
        encoder: Encoder | None,
        *,
        cache_dir: Path | None = None,
        negatives: Sequence[str] | None = None,
        glossary: Glossary | None = None,
        progress: ProgressCallback | None = None,
        rebuild: bool = False,
        silent: Collection[str] = (),
    ) -> Retriever:
        """Open the index of `bank` over a given encoder, negatives and glossary, without the channels in `silent`.

        What has silent channels is for measuring and is not kept: give it no `cache_dir`.
        """
        report = progress or _silent
        words = glossary or Glossary.packaged()
        outside = packaged_negatives() if negatives is None else negatives
        slugs = sorted(bank.topics)
        names = {slug: normalise(bank[slug].title["en"]) for slug in slugs}
        mark = fingerprint(bank, outside, words, encoder)
        path = cache_dir / _file_name(encoder) if cache_dir else None
        found = cache.read(path, mark) if path and not rebuild else None
        units = Units(units_of(bank), len(slugs))
        if found is not None:
            try:
                index = PassageIndex.restore(len(slugs), len(units), found, dense=encoder is not None)
                reader = QueryReader.restore(words, index.passages, len(slugs), found)
                fitted = calibration.Calibration.restore(found, words=QueryReader.EXTRAS)
                router = sections.Router.restore(found, words, reader.names, dense=encoder is not None)
                return cls(slugs, index, fitted, reader, router, encoder, names, units)
            except IndexCacheError as error:
                log.warning("the index in %s is damaged: %s; it is built anew", path, error)
        report("encode" if encoder else "compare", 0, 1)
        passages = passages_of(bank, outside)
        reader = QueryReader.build(words, passages, len(slugs))
        index = PassageIndex.build(passages, len(slugs), words, encoder, report, silent)
        report("fit", 0, 1)
        router = sections.Router.fit(sections.examples(reader.names.names), words, reader.names, encoder)
        fitted = calibrated(index, reader, encoder, len(units), report)
        if path:
            cache.write(path, mark, {**index.arrays(), **reader.arrays(), **fitted.arrays(), **router.arrays()})
        return cls(slugs, index, fitted, reader, router, encoder, names, units)

    @property
    def fitted(self) -> calibration.FitReport:
        """Out-of-fold figures of the fit behind the thresholds."""
        return self._calibration.report

    @property
    def encoder(self) -> Encoder | None:
        """What turns texts into vectors; None where it goes by words alone."""
        return self._encoder

    @property
    def slugs(self) -> tuple[str, ...]:
        """The topics it knows, in order."""
        return self._slugs

    def ask(self, question: str, lang: Lang | None = None, about: str | None = None) -> Reply:
        """Find the topic of one question.

        Args:
            question: as typed.
            lang: language to answer in; None means the question's own.
            about: slug of the topic under discussion. A question that leans on it ("and its drawbacks?") stays with it
                and opens another section; one that has a topic of its own is looked up as ever.

        Raises:
            knowledge.bank.errors.QueryError: empty, only symbols, or too long.
        """
        return self.ask_many([question], [lang], [about])[0]

    def ask_many(
        self,
        questions: Sequence[str],
        langs: Sequence[Lang | None] | None = None,
        about: Sequence[str | None] | None = None,
    ) -> list[Reply]:
        """Find the topics of several questions at once; `QueryError` if any of them cannot be looked up."""
        if not questions:
            return []
        texts = [self._reader.as_chinese(clean(question)) for question in questions]
        topics = [self._leaning_on(*each) for each in zip(texts, about or [None] * len(texts), strict=True)]
        spoken = [lang or detect_lang(text) for lang, text in zip(langs or [None] * len(texts), texts, strict=True)]
        # With the topic's name in front, a follow-up is found as any other question: its section and confidence, too.
        read = [f"{self._names[topic]} {text}" if topic else text for topic, text in zip(topics, texts, strict=True)]
        with _matrix_products().limit(limits=1):
            # Which section a follow-up opens is told by its words; the topic's name in front would choose the unit.
            found = self._looked_up(read, spoken, [topic is None for topic in topics])
        return [_settled(*each) for each in zip(found, topics, strict=True)]

    def alike(self, questions: Sequence[str]) -> F32:
        """Return how alike each two questions are in meaning and in letters, 0 to 1, shape (n, n).

        Chinese is read as English by the glossary, so that a question is like itself in the other language.
        """
        if not questions:
            return np.zeros((0, 0), np.float32)
        queries = [self._reader.read(normalise(question)) for question in questions]
        written = Tfidf.fit(char_grams, [query.chars for query in queries])
        shared = written.scores([query.chars for query in queries])
        if self._encoder is None:
            return np.clip(2 * shared, 0, 1)  # half of the evidence has to do
        vectors = self._encoder.queries([query.dense for query in queries])
        return np.clip((vectors @ vectors.T + shared) / 2, 0, 1)

    def _leaning_on(self, text: str, about: str | None) -> str | None:
        """Return the topic under discussion where the question has none of its own."""
        leans = about in self._names and followups.leans(text) and not self._reader.names.signals(text).any()
        return about if leans else None

    def _looked_up(self, texts: Sequence[str], langs: Sequence[Lang], whole: Sequence[bool]) -> list[Reply]:
        """Return a reply a text with topic and section filled in whatever the outcome; many go by halves, in parallel.

        Half of the time goes into the encoder and into NumPy, where Python's lock is free for the other half.
        """
        if len(texts) < _PARALLEL or len(os.sched_getaffinity(0)) < 2:
            return self._part(texts, langs, whole)
        # Dealt out by length, so that both halves take as long, and with neighbours of like length to be encoded with.
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        halves = order[::2], order[1::2]
        with ThreadPoolExecutor(2, thread_name_prefix="epoch-lookup") as pool:
            both = [tuple([each[i] for i in half] for each in (texts, langs, whole)) for half in halves]
            found = pool.map(lambda half: self._part(*half), both)
            replies = {i: reply for half, part in zip(halves, found, strict=True)
                       for i, reply in zip(half, part, strict=True)}  # fmt: skip
        return [replies[i] for i in range(len(texts))]

    def _part(self, texts: Sequence[str], langs: Sequence[Lang], whole: Sequence[bool]) -> list[Reply]:
        queries = [self._reader.read(text) for text in texts]
        vectors = self._encoder.queries([query.dense for query in queries]) if self._encoder else None
        parts = [slice(start, start + _CHUNK) for start in range(0, len(texts), _CHUNK)]
        opens = self._router.route([query.text for query in queries], vectors)
        replies: list[Reply] = []
        for part in parts:
            asked = queries[part]
            said = votes(self._index, asked, None if vectors is None else vectors[part], len(self._units))
            confidences = self._calibration.confidence(said, _extras(self._reader, asked)).tolist()
            probabilities = self._calibration.probabilities(said)
            chosen = self._chosen(said, whole[part])
            rows = zip(langs[part], opens[part], probabilities, confidences, chosen, strict=True)
            replies += [self._reply(*row) for row in rows]
        return replies

    def _chosen(self, said: Votes, whole: Sequence[bool]) -> list[UnitPlace | None]:
        """Return the unit of each question's likeliest topic that answers; none where the question is no whole one."""
        likeliest = said.ranking.argmax(axis=1).tolist()
        units = (self._units.best(*each) for each in zip(likeliest, said.answers, strict=True))
        return [unit if asked else None for unit, asked in zip(units, whole, strict=True)]

    def _reply(self, lang: Lang, opens: SectionId, inside: F64, confidence: float, found: UnitPlace | None) -> Reply:
        unit, section = (found.id, found.section) if found else (None, opens)
        if section != opens and (unit == "answer" or opens == "interview"):
            # "GAN in practice" names no more than topic and section; what comes next in an interview is a list.
            unit, section = None, opens
        order = np.argsort(-inside, kind="stable")[:_CANDIDATES]
        candidates = tuple(Candidate(self._slugs[i], round(float(inside[i]), 6)) for i in order)
        return Reply(
            outcome=self._calibration.outcome(confidence),
            topic=candidates[0].topic,
            section=section,
            confidence=round(confidence, 6),
            lang=lang,
            candidates=candidates,
            unit=unit,
        )


@once
def _matrix_products() -> Any:  # noqa: ANN401
    """Return what sets how many threads share a matrix product; to find its library takes a millisecond.

    They are small here: two threads gain a tenth on an idle machine, and wait for each other on one that also runs
    examples, where a question took two and a half times as long.
    """
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")


def _settled(found: Reply, topic: str | None) -> Reply:
    """Return the reply that is given: about `topic` where the question leans on it, with nothing where it is unsure."""
    if topic is not None:
        others = (candidate for candidate in found.candidates if candidate.topic != topic)
        candidates = (Candidate(topic, found.candidates[0].score), *others)[:_CANDIDATES]
        return replace(found, outcome="answer", topic=topic, candidates=candidates)
    return found if found.outcome == "answer" else replace(found, topic=None, section=None, unit=None)


class QueryReader:
    """Turns clean text into the forms the channels read, and says what is known of the words in it."""

    #: How many numbers `extras` gives.
    EXTRAS = 6

    def __init__(self, glossary: Glossary, passages: Sequence[Passage], topics: int, field: Collection[str],
                 known: Collection[str], grams: Mapping[str, int]) -> None:  # fmt: skip
        self._glossary = glossary
        self._field = field
        self._known = known
        self._grams = grams
        self._mend = repair.Repairer(glossary.terms, field, known)
        self._inside = frozenset(p.text for p in passages if p.kind != "negative")
        self.names = Mentions([(p.owner, p.text) for p in passages if p.kind == "name"], topics)
        self.as_chinese = PinyinReader(
            glossary,
            [name for name in self.names.names if name.isascii() and name.isalnum()],
            latin_words([*self.names.names, *map(normalise, glossary.terms.values())]),
            lambda word: word in repair.english_words(),
            [p.text for p in passages if p.kind == "ask" and HAN.search(p.text)],
        )

    @classmethod
    def build(cls, glossary: Glossary, passages: Sequence[Passage], topics: int) -> QueryReader:
        """Learn the words and character n-grams of the passages."""
        english = [normalise(text) for text in (*glossary.terms.values(), *glossary.words.values())]
        field = repair.words_of([p.text for p in passages if p.kind in ("ask", "name")]) | repair.words_of(
            [normalise(text) for text in glossary.terms.values()]
        )
        known = repair.words_of([p.text for p in passages]) | repair.words_of(english) | repair.english_words()
        inside = {p.text for p in passages if p.kind != "negative"}
        grams = Counter(gram for text in inside for gram in set(char_grams(text)))
        return cls(glossary, passages, topics, field, known.union(glossary.terms, glossary.words), grams)

    def arrays(self) -> Arrays:
        """Return what `restore` needs beside glossary and passages."""
        return {
            "reader.field": cache.lines(sorted(self._field)),
            "reader.known": cache.lines(sorted(self._known)),
            "reader.grams": cache.lines(self._grams),
            "reader.counts": np.array(list(self._grams.values()), np.int32),
        }

    @classmethod
    def restore(cls, glossary: Glossary, passages: Sequence[Passage], topics: int, arrays: Arrays) -> QueryReader:
        """Rebuild the reader over the same glossary and passages.

        Raises:
            IndexCacheError: the arrays do not fit together.
        """
        try:
            field, known, grams = (cache.texts(arrays[f"reader.{name}"]) for name in ("field", "known", "grams"))
            counts = dict(zip(grams, arrays["reader.counts"].tolist(), strict=True))
        except (KeyError, ValueError, TypeError) as error:
            raise IndexCacheError(f"its words are incomplete ({error})") from error
        return cls(glossary, passages, topics, field, known, counts)

    def read(self, text: str) -> Query:
        """Mend and translate clean text."""
        mended = self._mend(text)
        return Query(mended, self._glossary.translate(mended))

    def extras(self, query: Query, *, own: bool = False) -> list[float]:
        """Return glossary coverage, the share of character n-grams the bank knows, and a measure of length.

        Args:
            query: the question.
            own: it is itself a passage: an n-gram counts as known only if another passage has it, too.
        """
        least = 2 if own and query.text in self._inside else 1
        grams = [gram for gram in char_grams(query.text) if len(gram) > 1] or char_grams(query.text)
        known = sum(self._grams.get(gram, 0) >= least for gram in grams) / max(len(grams), 1)
        t = query.translation
        han = any(map(is_han, query.text))
        return [t.field, t.everyday, t.unknown, known, float(han), min(len(query.text), 60) / 60]


def calibrated(
    index: PassageIndex, reader: QueryReader, encoder: Encoder | None, units: int, report: ProgressCallback
) -> calibration.Calibration:
    """Return the calibration, fitted on the bank's own questions and the negatives, asked as questions.

    A question does not see itself, nor any passage of the same words.
    """
    chosen = _sampled(index)
    queries = [reader.read(index.passages[i].text) for i in chosen]
    vectors = _own_vectors(index, chosen, queries, encoder)
    same: dict[str, list[int]] = {}
    for place, passage in enumerate(index.passages):
        same.setdefault(passage.text, []).append(place)
    itself = [np.array(same[index.passages[i].text]) for i in chosen]
    said = []
    for start in range(0, len(chosen), _CHUNK):
        part = slice(start, start + _CHUNK)
        said.append(votes(index, queries[part], None if vectors is None else vectors[part], units, itself[part]))
        report("fit", min(start + _CHUNK, len(chosen)), len(chosen))
    columns = (
        np.concatenate([getattr(each, name) for each in said])
        for name in ("topics", "units", "nearest", "answers", "ranking")
    )
    return calibration.fit(Votes(*columns), _extras(reader, queries, own=True), index.owners[chosen])


def _sampled(index: PassageIndex) -> list[int]:
    """Return passages phrased as questions: as many of the bank as outside it, where there are enough of both."""
    outside = index.owners[index.training] == index.topics
    chance = np.random.default_rng(0)
    halves = [chance.permutation(index.training[outside == which]) for which in (False, True)]
    fewer = min(map(len, halves))
    taken = [half[: max(_CALIBRATED_ON // 2, _CALIBRATED_ON - fewer)] for half in halves]
    chosen: list[int] = chance.permutation(np.concatenate(taken)).tolist()
    return chosen


def _own_vectors(
    index: PassageIndex, rows: Sequence[int], queries: Sequence[Query], encoder: Encoder | None
) -> F32 | None:
    """Return the vectors of passages as questions: those they have, where the encoder is symmetric."""
    if encoder is None or index.dense is None:
        return None
    return index.dense.vectors[rows] if encoder.symmetric else encoder.queries([q.dense for q in queries])


def _extras(reader: QueryReader, queries: Sequence[Query], *, own: bool = False) -> F64:
    return np.array([reader.extras(query, own=own) for query in queries])


#: What of a topic an index is made from.
_READ: Any = {"sections": True, "units": True, "meta": {"title", "aliases", "question_titles", "asks", "unit_asks"}}


def fingerprint(bank: Bank, negatives: Sequence[str], glossary: Glossary, encoder: Encoder | None) -> str:
    """Return a digest of everything an index depends on: content as it is written, data, model, code and libraries."""
    parts = {
        "code": CODE_VERSION,
        "encoder": encoder.identity if encoder else None,
        "libraries": [_version(name) for name in ("numpy", "scipy", "pypinyin", "onnxruntime", "faiss-cpu")],
        "terms": sorted(glossary.terms.items()),
        "words": sorted(glossary.words.items()),
        "topics": [(slug, bank[slug].model_dump_json(include=_READ)) for slug in sorted(bank.topics)],
        "negatives": list(negatives),
        "sections": sections.patterns(),
    }
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "?"


def _file_name(encoder: Encoder | None) -> str:
    name = encoder.identity.rpartition("@")[0] or encoder.identity if encoder else "lexical"
    return f"index-{re.sub(r'[^A-Za-z0-9]+', '-', name)}.bin"


def _silent(stage: str, done: int, total: int) -> None:
    """Hear nothing of progress."""
