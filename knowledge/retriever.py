"""Finds the topic that answers a question, or says honestly that none does.

    question → clean → mended → translated → channel scores → head → Reply
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache as once
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

import numpy as np

from knowledge import cache, followups, head, repair, sections
from knowledge.answering import Units
from knowledge.embedder import PACKAGED, Encoder, Floats, open_encoder
from knowledge.errors import IndexCacheError, KnowledgeError
from knowledge.glossary import Glossary
from knowledge.index import Passage, PassageIndex, Query, packaged_negatives, passages_of
from knowledge.lexical import Tfidf, char_grams, is_han
from knowledge.mentions import Mentions
from knowledge.models import Bank, Lang, SectionId
from knowledge.query import clean, detect_lang, normalise

log = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]

#: Part of every fingerprint: raise it when code here, or in a channel or the head, changes what is computed.
CODE_VERSION = 8
#: Questions whose scores are held at once: those of all that the head is trained on would be half a gigabyte.
_CHUNK = 256
#: Questions whose scores are pooled at once: more fall out of the processor's cache.
_TOGETHER = 8
#: From this many questions on, two threads share them.
_PARALLEL = 16
#: Candidates a reply names, where the bank has as many topics.
_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A topic and the head's probability that it is the one, given that the question is inside the bank."""

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

    def __init__(self, slugs: Sequence[str], index: PassageIndex, fitted: head.Head, reader: Reader,
                 router: sections.Router, encoder: Encoder | None, names: Mapping[str, str],
                 units: Units) -> None:  # fmt: skip
        self._slugs = tuple(slugs)
        self._units = units
        self._router = router
        self._names = dict(names)
        self._index = index
        self._head = fitted
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
        progress: Progress | None = None,
        rebuild: bool = False,
    ) -> Retriever:
        """Open the index of `bank`, from the cache where that fits, built and fitted anew where not.

        Args:
            bank: the topics.
            cache_dir: where the index is kept; None keeps it in memory only.
            model: name of the encoder; the packaged one stands in for one that cannot be loaded.
            encoder: False leaves the encoder out: lexical channels with a head and thresholds of their own.
            progress: hears (stage, done, total) of long work; stages are `model` (is loaded), `export` (is made fast),
                `encode` (the passages), `graph`, `compare` (each question with all passages), `fit`.
            rebuild: build and fit anew even where the cache fits.

        Raises:
            knowledge.errors.ModelError: the packaged model is missing or damaged.
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
        progress: Progress | None = None,
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
        if found is not None:
            try:
                index = PassageIndex.restore(len(slugs), found, dense=encoder is not None)
                reader = Reader.restore(words, index.passages, len(slugs), found)
                signals = index.signals + Mentions.SIGNALS
                shape = {"passages": len(index.training), "topics": len(slugs), "signals": signals}
                fitted = head.Head.restore(found, **shape, extras=Reader.EXTRAS)
                router = sections.Router.restore(found, words, reader.names, dense=encoder is not None)
                return cls(slugs, index, fitted, reader, router, encoder, names, Units(bank, slugs, index.passages))
            except IndexCacheError as error:
                log.warning("the index in %s is damaged: %s; it is built anew", path, error)
        report("encode" if encoder else "compare", 0, 1)
        passages = passages_of(bank, outside)
        reader = Reader.build(words, passages, len(slugs))
        index = PassageIndex.build(passages, len(slugs), words, encoder, report, silent)
        router = sections.Router.fit(sections.examples(reader.names.names), words, reader.names, encoder)
        asked = training(index, reader, encoder, partial(report, "compare"))
        fitted = head.fit(*asked, len(slugs), partial(report, "fit"))
        if path:
            cache.write(path, mark, {**index.arrays(), **reader.arrays(), **fitted.arrays(), **router.arrays()})
        return cls(slugs, index, fitted, reader, router, encoder, names, Units(bank, slugs, passages))

    @property
    def fitted(self) -> head.Report:
        """Out-of-fold figures of the fit behind the thresholds."""
        return self._head.report

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
            knowledge.errors.QueryError: empty, only symbols, or too long.
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
        texts = [clean(question) for question in questions]
        topics = [self._leaning_on(*each) for each in zip(texts, about or [None] * len(texts), strict=True)]
        spoken = [lang or detect_lang(text) for lang, text in zip(langs or [None] * len(texts), texts, strict=True)]
        # With the topic's name in front, a follow-up is found as any other question: its section and confidence, too.
        read = [f"{self._names[topic]} {text}" if topic else text for topic, text in zip(topics, texts, strict=True)]
        with _matrix_products().limit(limits=1):
            # Which section a follow-up opens is told by its words; the topic's name in front would choose the unit.
            found = self._looked_up(read, spoken, [topic is None for topic in topics])
        return [_settled(*each) for each in zip(found, topics, strict=True)]

    def alike(self, questions: Sequence[str]) -> Floats:
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
        chosen = [self._chosen(queries[part], None if vectors is None else vectors[part]) for part in parts]
        probabilities = np.concatenate([each for each, _ in chosen])
        units = [unit for _, found in chosen for unit in found]
        units = [unit if asked else None for unit, asked in zip(units, whole, strict=True)]
        confidences = self._head.confidence(probabilities)
        opens = self._router.route([query.text for query in queries], vectors)
        rows = zip(langs, opens, probabilities, confidences.tolist(), units, strict=True)
        return [self._reply(*row) for row in rows]

    def _chosen(
        self, queries: Sequence[Query], vectors: Floats | None
    ) -> tuple[head.Floats, list[tuple[str, SectionId] | None]]:
        """Return P(topic) and P(outside) of each question, and the unit of its likeliest topic that answers."""
        scores = self._index.scores(queries, vectors)
        parts = [slice(start, start + _TOGETHER) for start in range(0, len(queries), _TOGETHER)]
        pools = [_pooled(self._index, self._reader, queries[part], scores[part]) for part in parts]
        weighted = self._index.weighted(scores)
        total = weighted[:, self._index.training]
        evidence = head.Evidence(total, np.concatenate(pools), _extras(self._reader, queries))
        probabilities = self._head.probabilities(evidence)
        likeliest = probabilities[:, :-1].argmax(axis=1).tolist()
        return probabilities, [self._units.best(*each) for each in zip(likeliest, weighted, strict=True)]

    def _reply(
        self, lang: Lang, opens: SectionId, probabilities: head.Floats, confidence: float,
        found: tuple[str, SectionId] | None,
    ) -> Reply:  # fmt: skip
        unit, section = found or (None, opens)
        if section != opens and (unit == "answer" or opens == "interview"):
            # "GAN in practice" names no more than topic and section; what comes next in an interview is a list.
            unit, section = None, opens
        inside = probabilities[:-1] / max(float(probabilities[:-1].sum()), 1e-12)
        order = np.argsort(-inside, kind="stable")[:_CANDIDATES]
        candidates = tuple(Candidate(self._slugs[i], round(float(inside[i]), 6)) for i in order)
        return Reply(
            outcome=self._head.outcome(confidence),
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


class Reader:
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

    @classmethod
    def build(cls, glossary: Glossary, passages: Sequence[Passage], topics: int) -> Reader:
        """Learn the words and character n-grams of the passages."""
        english = [normalise(text) for text in (*glossary.terms.values(), *glossary.words.values())]
        field = repair.words_of([p.text for p in passages if p.kind in ("ask", "name")]) | repair.words_of(
            [normalise(text) for text in glossary.terms.values()]
        )
        known = repair.words_of([p.text for p in passages]) | repair.words_of(english) | repair.english_words()
        inside = {p.text for p in passages if p.kind != "negative"}
        grams = Counter(gram for text in inside for gram in set(char_grams(text)))
        return cls(glossary, passages, topics, field, known.union(glossary.terms, glossary.words), grams)

    def arrays(self) -> cache.Arrays:
        """Return what `restore` needs beside glossary and passages."""
        return {
            "reader.field": cache.lines(sorted(self._field)),
            "reader.known": cache.lines(sorted(self._known)),
            "reader.grams": cache.lines(self._grams),
            "reader.counts": np.array(list(self._grams.values()), np.int32),
        }

    @classmethod
    def restore(cls, glossary: Glossary, passages: Sequence[Passage], topics: int, arrays: cache.Arrays) -> Reader:
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

    def mentions(self, query: Query, *, own: bool = False) -> head.Floats:
        """Return which topics the question names; `own`: it may be a name itself, which then does not count."""
        return self.names.signals(query.text, itself=query.text if own else None)

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


def training(
    index: PassageIndex, reader: Reader, encoder: Encoder | None, report: Callable[[int, int], None] | None = None
) -> tuple[head.Evidence, head.Ints, head.Ints]:
    """Return evidence, owners and folds of the passages that the head learns from, asked as questions.

    A question sees no passage of its own fold, so neither itself nor, for fairness, as many of every other topic.
    `report` hears (done, total) of the questions, some at a time.
    """
    rows = index.training
    owners = index.owners[rows]
    folds = head.deal(owners)
    queries = [reader.read(index.passages[i].text) for i in rows]
    vectors = _own_vectors(index, queries, encoder)
    total, pools = np.empty((len(rows), len(rows)), np.float32), []
    for start in range(0, len(rows), _CHUNK):
        part = slice(start, start + _CHUNK)
        scores = index.scores(queries[part], None if vectors is None else vectors[part])
        total[part] = index.total(scores)
        for fold in np.unique(folds):
            mine = np.flatnonzero(folds[part] == fold)
            scores[mine[:, None], :, rows[folds == fold]] = -1.0
        pools.append(_pooled(index, reader, queries[part], scores, own=True))
        if report:
            report(min(part.stop, len(rows)), len(rows))
    extras = _extras(reader, queries, own=True)
    return head.Evidence(total, np.concatenate(pools), extras), owners, folds


def _own_vectors(index: PassageIndex, queries: Sequence[Query], encoder: Encoder | None) -> Floats | None:
    """Return the vectors of the training passages as questions: those they have, where the encoder is symmetric."""
    if encoder is None or index.dense is None:
        return None
    return index.dense.vectors[index.training] if encoder.symmetric else encoder.queries([q.dense for q in queries])


def _pooled(
    index: PassageIndex, reader: Reader, queries: Sequence[Query], scores: Floats, *, own: bool = False
) -> head.Floats:
    return np.concatenate([index.pool(scores), np.stack([reader.mentions(q, own=own) for q in queries])], axis=2)


def _extras(reader: Reader, queries: Sequence[Query], *, own: bool = False) -> head.Floats:
    return np.array([reader.extras(query, own=own) for query in queries])


#: What of a topic an index is made from.
_READ: Any = {"sections": True, "meta": {"title", "aliases", "question_titles", "asks", "key_points"}}


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
