"""Finds the unit that answers a question, or says honestly that none does.

question → clean → mended → translated → nearest passages → votes → topic, unit, confidence → Reply
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass, fields, replace
from functools import cache as once
from functools import cached_property
from importlib.metadata import PackageNotFoundError
from itertools import chain
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from knowledge.bank.errors import IndexCacheError, KnowledgeError
from knowledge.bank.models import SECTIONS, Bank, Lang, SectionId
from knowledge.memory import give_back
from knowledge.packages import version
from knowledge.progress import ProgressCallback
from knowledge.search import cache, calibration, followups, sections
from knowledge.search import field as missing
from knowledge.search import spelling as repair
from knowledge.search.arrays import F32, F64, I32, I64, Arrays
from knowledge.search.comparisons import Comparisons, Settled, sides
from knowledge.search.encoder import PACKAGED, Encoder
from knowledge.search.encoder_choice import known_as, open_encoder
from knowledge.search.glossary import Glossary
from knowledge.search.index import Passage, PassageIndex, Query, UnitPlace, packaged_negatives, passages_of, units_of
from knowledge.search.lexical import Tfidf, char_grams
from knowledge.search.mentions import Mentions
from knowledge.search.onnx_encoder import OnnxEncoder
from knowledge.search.outside import unanswered
from knowledge.search.pinyin import PinyinReader
from knowledge.search.reading import HAN, clean, detect_lang, normalise
from knowledge.search.reuse import KnownVectors
from knowledge.search.terms import BESIDE, DEFINES, DEFINES_THERE, UNKNOWN, Terms, UnitRef, asked_for
from knowledge.search.unit_choice import FEATURES, PHRASES, Compared, UnitScorer, UnitWords, owners_of
from knowledge.search.vocabulary import Vocabulary
from knowledge.search.votes import Votes, votes

log = logging.getLogger(__name__)


#: Part of every fingerprint: raise it when code here, or in a channel or the calibration, changes what is computed.
CODE_VERSION = 31
#: Questions whose scores are held at once, each of every passage.
_CHUNK = 64
#: Questions on which confidence is calibrated: more of them change the third digit only, and take longer.
_CALIBRATED_ON = 3000
#: From this many questions on, two threads share them.
_PARALLEL = 16
#: Confidence of a unit that compares or defines terms that were asked for by name: on the tables in the tests such a
#: unit is right at least as often.
_BY_NAME = 0.95
#: Weight of a unit's own text beside its votes where the topic is known.
_OWN_TEXT = 0.25
#: From this share of the candidates on a topic is more likely than all others.
_LIKELY = 0.5
#: Candidates a reply names, where the bank has as many topics.
_CANDIDATES = 5
#: A question belongs to a topic that is left out if the topic has so many times the votes of any other, and at least so
#: many.
_CLEARLY, _SOME = 2.0, 0.2
#: Views of some topics that are held at once: nearly always enough for all choices of banks that servers make.
_VIEWS = 8


@dataclass(frozen=True, slots=True)
class Candidate:
    """A topic and the probability that it is the one, given that the question is inside the bank."""

    topic: str
    score: float


@dataclass(frozen=True, slots=True)
class Reply:
    """The retriever's reply to a question.

    Attributes:
        outcome: `answer`, `clarify` ("did you mean") or `decline`.
        topic: slug of the topic that answers, the first candidate; None unless `outcome` is `answer`.
        section: the section the answer opens at; None unless `outcome` is `answer`.
        confidence: calibrated probability that the question is inside the bank and the first candidate right.
        lang: language to answer in.
        candidates: the likeliest topics, best first, at least three (all, where the bank has fewer).
        unit: the unit of that section that answers; None where none leads clearly, or the page has none.
        also: slugs of the other topics that the answer draws on, where it is to a comparison.
        below: units that are shown below: what else a comparison needs where no unit compares; on a decline, what the
            bank has on the other side of it.
        missing: what the question names and the bank does not cover, as it was typed.
    """

    outcome: Literal["answer", "clarify", "decline"]
    topic: str | None
    section: SectionId | None
    confidence: float
    lang: Lang
    candidates: tuple[Candidate, ...]
    unit: str | None = None
    also: tuple[str, ...] = ()
    below: tuple[UnitRef, ...] = ()
    missing: tuple[str, ...] = ()


#: A word in Latin letters or one Chinese character, and how many of them name a topic and a section.
_WORDS = re.compile(rf"[^\W\u3400-\u9fff]+(?:['’-][^\W\u3400-\u9fff]+)*|{HAN.pattern}")
_FEW_WORDS, _FEW_HAN = 8, 12
#: A single letter or digit names nothing, though formulas of some topic have it.
_BARE = re.compile(r"[\W_]*[^\W_\u3400-\u9fff][\W_]*")

#: A frozen dataclass of arrays with a row for each question.
_Arrays = TypeVar("_Arrays", Votes, Compared)


class Retriever:
    """Finds the topic of a question. Synchronous and CPU-bound: a front calls it off its event loop.

    Attributes:
        reader: turns a question into the input of each channel.
        router: tells which section a question asks for.
    """

    def __init__(self, slugs: Sequence[str], index: PassageIndex, fitted: calibration.Calibration, reader: QueryReader,
                 router: sections.Router, encoder: Encoder | None, names: Mapping[str, str],
                 units: UnitScorer, terms: Terms, bank: Bank) -> None:  # fmt: skip
        self._bank = bank
        self._slugs = tuple(slugs)
        #: Of a view: which topics it must not know, and their passages.
        self._shut: NDArray[np.bool_] | None = None
        self._hidden: I64 | None = None
        self._views: dict[frozenset[str], Retriever] = {}
        self._units = units
        self._terms = terms
        self._comparisons = Comparisons(terms)
        self.router = router
        self._names = dict(names)
        self._index = index
        self._calibration = fitted
        self.reader = reader
        self._encoder = encoder
        self._kept: Arrays = {}

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
    def kept(cls, bank: Bank, *, cache_dir: Path, model: str | None = PACKAGED) -> Retriever | None:
        """Return the index of `bank` that is in the cache; None where none fits, or it wants more than the cache has.

        Args:
            bank: the topics.
            cache_dir: where the index is kept.
            model: name of the encoder; None for none.
        """
        encoder = OnnxEncoder.read(known_as(model), cache_dir, quiet=True) if model is not None else None
        if not bank.topics or (model is not None and encoder is None):
            return None
        path = cache_dir / _file_name(encoder, bank)
        if encoder is not None and path.exists():
            encoder.load_ahead()  # opening a graph leaves Python's lock to the rest
        words, outside = Glossary.packaged(), _outside(bank)
        mark = fingerprint(bank, outside, words, encoder)
        found = cache.read(path, mark, quiet=True)
        try:
            return None if found is None else cls._restored(bank, found, words, outside, encoder)
        except IndexCacheError:
            return None

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

        Without `negatives` there are those that come with it, but for what a topic of the bank answers.

        What has silent channels is for measuring and is not kept: give it no `cache_dir`.
        """
        report = progress or _silent
        words = glossary or Glossary.packaged()
        slugs = sorted(bank.topics)
        outside = _outside(bank) if negatives is None else negatives
        mark = fingerprint(bank, outside, words, encoder)
        path = cache_dir / _file_name(encoder, bank) if cache_dir else None
        found = cache.read(path, mark) if path and not rebuild else None
        if found is not None:
            try:
                return cls._restored(bank, found, words, outside, encoder)
            except IndexCacheError as error:
                log.warning("the index in %s is damaged: %s; it is built anew", path, error)
        places, terms = units_of(bank), Terms(bank, words, outside)
        report("encode" if encoder else "compare", 0, 1)
        passages = passages_of(bank, outside)
        reader = QueryReader.build(words, passages, slugs)
        # Of an index that is damaged, or is to be built anew, nothing is trusted.
        vectors = _known_vectors(path, encoder) if path and encoder and not rebuild and found is None else None
        index = PassageIndex.build(passages, len(slugs), words, encoder, report, silent, vectors)
        read, owners = [Query(p.text, words.translate(p.text)) for p in passages], owners_of(places)
        scorer = UnitScorer(
            places,
            UnitWords.build(passages, read, owners),
            UnitWords.build(passages, read, owners, PHRASES),
            np.ones(FEATURES),
        )
        report("fit", 0, 1)
        router = sections.Router.fit(sections.examples(reader.names.names), words, reader.names, encoder)
        units, fitted = calibrated(index, reader, encoder, scorer, slugs, report)
        if path:
            parts = (index, reader, fitted, units, router)
            cache.write(path, mark, {name: array for part in parts for name, array in part.arrays().items()})
        return cls(slugs, index, fitted, reader, router, encoder, _names(bank), units, terms, bank)

    @classmethod
    def _restored(
        cls, bank: Bank, found: Arrays, words: Glossary, outside: Sequence[str], encoder: Encoder | None
    ) -> Retriever:
        """Return the retriever that `found` was kept of; raises `IndexCacheError` where it doesn't fit the bank."""
        slugs, places = sorted(bank.topics), units_of(bank)
        index = PassageIndex.restore(len(slugs), len(places), found, dense=encoder is not None)
        reader = QueryReader.restore(words, index.passages, slugs, found)
        fitted = calibration.Calibration.restore(found, words=QueryReader.SIGNALS)
        units = UnitScorer.restore(places, found)
        router = sections.Router.restore(found, words, reader.names, dense=encoder is not None)
        names, terms = _names(bank), Terms(bank, words, outside)
        made = cls(slugs, index, fitted, reader, router, encoder, names, units, terms, bank)
        made._kept = found
        return made

    def within(self, topics: frozenset[str]) -> Retriever:
        """Return a retriever over these topics alone, as if there were no others; both share all large data.

        Passages of the others are hidden from every question, and no term is known from them; but a question that is
        clearly theirs is declined. How much a confidence means was learned over all topics.
        """
        if topics.issuperset(self._slugs):
            return self
        if topics not in self._views:
            if len(self._views) >= _VIEWS:
                self._views.pop(next(iter(self._views)))
            self._views[topics] = self._view(topics)
        return self._views[topics]

    def _view(self, topics: frozenset[str]) -> Retriever:
        view = copy(self)
        view._bank = Bank(topics={slug: topic for slug, topic in self._bank.topics.items() if slug in topics})
        view._names = {slug: name for slug, name in self._names.items() if slug in topics}
        view._shut = shut = np.array([slug not in topics for slug in self._slugs], np.bool_)
        view._hidden = np.flatnonzero(np.append(shut, False)[self._index.owners])
        view._terms = self._terms.within(view._bank)
        view._comparisons = Comparisons(view._terms)
        names = [p.text for p in self._index.passages if p.kind == "name" and not shut[p.owner]]
        view.reader = self.reader.within(sorted(view._names), names)
        view._views = {}
        return view

    @property
    def fitted(self) -> calibration.FitReport:
        """Out-of-fold figures of the fit behind the thresholds."""
        return self._calibration.report

    @property
    def encoder(self) -> Encoder | None:
        """The encoder that turns texts into vectors; None where the search goes by words alone."""
        return self._encoder

    def rest(self) -> None:
        """Give back the memory of the index, where it lies in a file, and all that lies free.

        What a question needs comes again by itself.
        """
        cache.let_go(self._kept)
        give_back()

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
        topics: frozenset[str] | None = None,
    ) -> list[Reply]:
        """Find the topics of several questions at once; `QueryError` if any of them cannot be looked up.

        With `topics`, none but these answers, is a candidate, or is named in any other way.
        """
        if topics is not None:
            return self.within(topics).ask_many(questions, langs, about)
        if not questions:
            return []
        texts = [self.reader.as_chinese(clean(question)) for question in questions]
        leaning = [self._leaning_on(*each) for each in zip(texts, about or [None] * len(texts), strict=True)]
        spoken = [lang or detect_lang(text) for lang, text in zip(langs or [None] * len(texts), texts, strict=True)]
        # With the topic's name in front, a follow-up is found as any other question: its section and confidence, too.
        read = [f"{self._names[topic]} {text}" if topic else text for topic, text in zip(leaning, texts, strict=True)]
        with _matrix_products("faiss" in sys.modules).limit(limits=1):
            found = self._looked_up(read, spoken, [topic is None for topic in leaning])
        settled = map(_settled, found, leaning)
        return [
            reply if topic else self._with_missing(question, self._in_terms(clean, question, whole, reply))
            for clean, question, whole, reply, topic in zip(texts, questions, found, settled, leaning, strict=True)
        ]

    def _with_missing(self, question: str, reply: Reply) -> Reply:
        """Return a reply that declines with the topic of the field it names and the bank lacks, where there is one."""
        if reply.outcome != "decline" or reply.missing or (lacked := self.lacking(question)) is None:
            return reply
        return replace(reply, missing=(lacked.name[reply.lang],))

    def _in_terms(self, text: str, question: str, found: Reply, reply: Reply) -> Reply:
        """Return the reply to a question that compares terms, or asks what one means, as the bank has them.

        Args:
            text: the clean question.
            question: as typed.
            found: what the search would answer with, whatever the outcome.
            reply: what it answers.
        """
        if reply.topic is not None and not self._terms.has_units(reply.topic):
            return reply  # of such a page it is not known what it says of a term
        mended = self.reader.mended(text)
        if (asked := sides(mended)) is not None:
            place = (
                UnitRef(reply.topic, reply.section, reply.unit)
                if reply.topic and reply.section and reply.unit
                else None
            )
            settled = self._comparisons.settle(asked, place)
            return reply if settled is None else self._compared(settled, question, found)
        framed = asked_for(mended)
        if framed is not None or self._terms.is_term(mended) or self.reader.names.signals(mended).any():
            return self._defined(framed or mended, question, found, reply, framed=framed is not None)
        return reply

    def _compared(self, settled: Settled, question: str, found: Reply) -> Reply:
        if settled.missing:
            return self._declined(settled.missing, question, found, settled.places)
        return self._answered(found, settled.places, settled.also)

    def _defined(self, term: str, question: str, found: Reply, reply: Reply, *, framed: bool) -> Reply:
        """Return the unit that defines a term; where the bank does not even speak of it, a reply that says so.

        Args:
            term: what is asked for.
            question: as typed.
            found: what the search would answer with, whatever the outcome.
            reply: what it answers.
            framed: whether the question asks what it is, and is not the term alone, which may mean anything of it.
        """
        if reply.topic is not None:
            if (reply.unit is not None and reply.unit not in SECTIONS) or self._terms.topic(term) == reply.topic:
                return reply
            # The search knows the topic by the name of a part of it: then its opening is no answer.
            said = self._terms.define(term, reply.topic)
            if said is not None and said[1] >= DEFINES_THERE and said[0].unit not in SECTIONS:
                return self._answered(found, (said[0],))
        said = self._terms.define(term)
        if reply.topic is None and said is not None:
            likeliest = found.candidates[0]
            beside = framed and said[0].versus and said[0].topic == likeliest.topic and likeliest.score > _LIKELY
            if said[1] >= (BESIDE if beside else DEFINES):
                return self._answered(found, (said[0],))
        least = DEFINES if reply.topic is None else UNKNOWN
        unknown = (said is None or said[1] < least) and (framed or reply.topic is None)
        if unknown and self._terms.is_term(term):
            return self._declined((term,), question, found)
        return reply

    def _answered(self, found: Reply, places: Sequence[UnitRef], also: Sequence[str] = ()) -> Reply:
        """Return a reply with these units, which are known to answer by their own words."""
        first, *below = places
        confidence = found.confidence if found.topic == first.topic and found.unit == first.unit else 0.0
        return replace(
            found, outcome="answer", topic=first.topic, section=first.section, unit=first.unit,
            confidence=max(confidence, _BY_NAME), candidates=_led_by([first.topic, *also], found.candidates),
            also=tuple(also), below=tuple(below),
        )  # fmt: skip

    def _declined(self, terms: Sequence[str], question: str, found: Reply, known: Sequence[UnitRef] = ()) -> Reply:
        """Return a reply that says what is not covered, with what is known of the rest."""
        confidence = min(found.confidence, self._calibration.least / 2)
        candidates = _led_by([place.topic for place in known], found.candidates)
        return replace(
            found, outcome="decline", topic=None, section=None, unit=None, confidence=round(confidence, 6),
            candidates=candidates, below=tuple(known), missing=tuple(_as_typed(term, question) for term in terms),
        )  # fmt: skip

    def unit_within(self, texts: Sequence[str], topic: str) -> UnitRef | None:
        """Return the unit of one topic that answers best; None where its page has no units.

        Args:
            texts: the question, in one language or in several, which then decide together.
            topic: slug of the topic.
        """
        queries = [self.reader.read(self.reader.as_chinese(clean(text))) for text in texts]
        vectors = self._encoder.queries([query.dense for query in queries]) if self._encoder else None
        # A title of the topic itself stands for no unit of it, and would explain all of the question.
        whole = np.flatnonzero((self._index.units < 0) & (self._index.owners == self._slugs.index(topic)))
        with _matrix_products("faiss" in sys.modules).limit(limits=1):
            said = votes(self._index, queries, vectors, len(self._units), [whole] * len(queries))
        place = self._units.most(self._slugs.index(topic), (said.units + _OWN_TEXT * said.own).sum(axis=0))
        return UnitRef(topic, place.section, place.id) if place is not None else None

    def signals(self, questions: Sequence[str]) -> F64:
        """Return what the confidence of each question is made from; see `knowledge.search.calibration.signals`."""
        asked = [self.reader.read(self.reader.as_chinese(clean(question))) for question in questions]
        vectors = self._encoder.queries([query.dense for query in asked]) if self._encoder else None
        found: list[F64] = []
        for start in range(0, len(asked), _CHUNK):
            part = slice(start, start + _CHUNK)
            said = votes(self._index, asked[part], None if vectors is None else vectors[part], len(self._units))
            ranking = self._units.ranked(said, self._units.compared(said, asked[part]), asked[part])
            found.append(calibration.signals(said, ranking, self.reader.known(asked[part])))
        return np.concatenate(found)

    def lacking(self, question: str) -> missing.NotYet | None:
        """Return the topic of the field that a question names and this bank lacks; None where there is none."""
        return self.reader.lacking.named(question)

    def alike(self, questions: Sequence[str]) -> F32:
        """Return how alike each two questions are in meaning and in letters, 0 to 1, shape (n, n).

        Chinese is read as English by the glossary, so that a question is like itself in the other language.
        """
        if not questions:
            return np.zeros((0, 0), np.float32)
        queries = [self.reader.read(normalise(question)) for question in questions]
        written = Tfidf.fit(char_grams, [query.chars for query in queries])
        shared = written.scores([query.chars for query in queries])
        if self._encoder is None:
            return np.clip(2 * shared, 0, 1)  # half of the evidence has to do
        vectors = self._encoder.queries([query.dense for query in queries])
        return np.clip((vectors @ vectors.T + shared) / 2, 0, 1)

    def _leaning_on(self, text: str, about: str | None) -> str | None:
        """Return the topic under discussion where the question has none of its own."""
        leans = about in self._names and followups.leans(text) and not self.reader.names.signals(text).any()
        return about if leans else None

    def _looked_up(self, texts: Sequence[str], langs: Sequence[Lang], whole: Sequence[bool]) -> list[Reply]:
        """Return a reply for each text, with topic and section whatever the outcome; many texts run in two threads.

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
        queries = [self.reader.read(text) for text in texts]
        vectors = self._encoder.queries([query.dense for query in queries]) if self._encoder else None
        parts = [slice(start, start + _CHUNK) for start in range(0, len(texts), _CHUNK)]
        replies: list[Reply] = []
        for part in parts:
            asked = queries[part]
            hidden = None if self._hidden is None else [self._hidden] * len(asked)
            said = votes(self._index, asked, None if vectors is None else vectors[part], len(self._units), hidden)
            ranking = self._units.ranked(said, self._units.compared(said, asked), asked, self._shut)
            confidences = self._calibration.confidence(said, ranking, self.reader.known(asked))
            bare = np.array([_BARE.fullmatch(text) is not None for text in texts[part]])
            confidences = np.where(bare, np.minimum(confidences, self._calibration.least / 2), confidences)
            if self._shut is not None:
                away = self._elsewhere(asked, None if vectors is None else vectors[part], self._shut)
                confidences = np.where(away, np.minimum(confidences, self._calibration.least / 2), confidences)
            probabilities = self._calibration.probabilities(ranking)
            # A follow-up opens a section by its words; the topic's name in front would choose the unit.
            chosen = [self._units[unit] if asks else None
                      for unit, asks in zip(ranking.units.tolist(), whole[part], strict=True)]  # fmt: skip
            opens = self._opened(texts[part], asked, None if vectors is None else vectors[part], chosen)
            rows = zip(texts[part], langs[part], opens, probabilities, confidences.tolist(), chosen, strict=True)
            replies += [self._reply(*row) for row in rows]
        return replies

    def _opened(
        self, texts: Sequence[str], asked: Sequence[Query], vectors: F32 | None, chosen: Sequence[UnitPlace | None]
    ) -> list[SectionId]:
        """Return the section each question opens at: its unit's, or what its words ask for where they decide.

        They decide where a question has no unit, or says so little that it may mean a whole section.
        """
        opens: list[SectionId] = ["answer" if unit is None else unit.section for unit in chosen]
        open_ones = [row for row, unit in enumerate(chosen) if unit is None or _says_little(texts[row])]
        if open_ones:
            read = [asked[row].text for row in open_ones]
            told = self.router.route(read, None if vectors is None else vectors[open_ones])
            for row, section in zip(open_ones, told, strict=True):
                opens[row] = section
        return opens

    def _elsewhere(self, asked: Sequence[Query], vectors: F32 | None, shut: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which questions are about a topic that is left out: the nearest of those here is only the next best.

        Without such a look they would be answered from what is left, for their words are known.
        """
        everywhere = votes(self._index, asked, vectors, len(self._units)).topics[:, :-1]
        here, there = everywhere[:, ~shut].max(axis=1), everywhere[:, shut].max(axis=1)
        return np.asarray(there > np.maximum(_CLEARLY * here, _SOME), np.bool_)

    def _reply(
        self, text: str, lang: Lang, opens: SectionId, inside: F64, confidence: float, found: UnitPlace | None
    ) -> Reply:
        unit, section = (found.id, found.section) if found else (None, opens)
        if section != opens and (unit == "answer" or opens == "interview"):
            # "GAN in practice" names no more than topic and section; what comes next in an interview is a list.
            unit, section = None, opens
        order = np.argsort(-inside, kind="stable")
        if self._shut is not None:
            order = order[~self._shut[order]]
        candidates = tuple(Candidate(self._slugs[i], round(float(inside[i]), 6)) for i in order[:_CANDIDATES])
        return Reply(
            outcome=self._calibration.outcome(confidence),
            topic=candidates[0].topic,
            section=section,
            confidence=round(confidence, 6),
            lang=lang,
            candidates=candidates,
            unit=unit,
        )


def _says_little(text: str) -> bool:
    """Tell whether a question is so short that it names hardly more than a topic and a section."""
    return len(_WORDS.findall(text)) <= (_FEW_HAN if HAN.search(text) else _FEW_WORDS)


def _led_by(slugs: Sequence[str], candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return the candidates with some topics put first; one that was no candidate gets the probability of the best."""
    first = [Candidate(slug, candidates[0].score) for slug in dict.fromkeys(slugs)]
    return (*first, *(each for each in candidates if each.topic not in slugs))[:_CANDIDATES]


def _as_typed(term: str, question: str) -> str:
    """Return a term as it was typed; in its normal form where the question does not have it literally."""
    typed = " ".join(unicodedata.normalize("NFKC", question).split())
    start = typed.lower().find(term)
    return typed[start : start + len(term)] if start >= 0 and len(typed.lower()) == len(typed) else term


@once
def _matrix_products(with_faiss: bool) -> Any:  # noqa: ANN401
    """Return the controller of how many threads share a matrix product; finding its libraries takes a millisecond.

    They are those that are loaded by now: FAISS brings one of its own, and is loaded with the first encoder.

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
    """Turns clean text into the input of each channel, and tells how much of its words is known."""

    #: Numbers that `known` returns for a question.
    SIGNALS = 2

    def __init__(self, glossary: Glossary, passages: Sequence[Passage], slugs: Sequence[str], field: Collection[str],
                 known: Collection[str], grams: Vocabulary, counts: I32, only: I32 | None = None) -> None:  # fmt: skip
        self._glossary = glossary
        self._field = field
        self._known = known
        self._grams = grams
        self._counts = counts
        #: The only topic that has each n-gram, -1 where several have it; known while the index is built, for the fit.
        self._only = only
        #: Clean text → the same without its typos.
        self.mended = repair.Repairer(glossary.terms, field, known)
        self._passages = passages
        self.names = Mentions([(p.owner, p.text) for p in passages if p.kind == "name"], len(slugs))
        #: Terms of the field that the bank lacks.
        self.lacking = missing.Lacking(slugs, self.names.names)
        self.as_chinese = PinyinReader(
            glossary,
            [name for name in self.names.names if name.isascii() and name.isalnum()],
            chain(self.names.names, map(normalise, glossary.terms.values())),
            lambda word: word in repair.english_words(),
            (p.text for p in passages if p.kind == "ask" and HAN.search(p.text)),
        )

    @classmethod
    def build(cls, glossary: Glossary, passages: Sequence[Passage], slugs: Sequence[str]) -> QueryReader:
        """Collect the words and character n-grams of the passages."""
        english = [normalise(text) for text in (*glossary.terms.values(), *glossary.words.values())]
        # Asks may be misspelt, as learners type: a word is right where a page, a name or a dictionary has it, too.
        right = repair.words_of([p.text for p in passages if p.kind != "ask"])
        known = right | repair.words_of(english) | repair.english_words()
        field = known & repair.words_of([p.text for p in passages if p.kind in ("ask", "name")])
        field |= repair.words_of([normalise(text) for text in glossary.terms.values()])
        inside = {p.text for p in passages if p.kind != "negative"}
        owners: dict[str, int] = {}
        for p in passages:
            owners[p.text] = p.owner if owners.get(p.text, p.owner) == p.owner else -1
        grams: Counter[str] = Counter()
        alone: dict[str, int] = {}
        for text in inside:
            met, owner = set(char_grams(text)), owners[text]
            grams.update(met)
            alone.update({gram: owner if alone.get(gram, owner) == owner else -1 for gram in met})
        counts = np.fromiter(grams.values(), np.int32, len(grams))
        only = np.fromiter((alone[gram] for gram in grams), np.int32, len(grams))
        known = known.union(glossary.terms, glossary.words)
        return cls(glossary, passages, slugs, field, known, Vocabulary.of(list(grams)), counts, only)

    def arrays(self) -> Arrays:
        """Return what `restore` needs beside glossary and passages."""
        return {
            "reader.field": cache.lines(sorted(self._field)),
            "reader.known": cache.lines(sorted(self._known)),
            **self._grams.arrays("reader.grams"),
            "reader.counts": self._counts,
        }

    @classmethod
    def restore(
        cls, glossary: Glossary, passages: Sequence[Passage], slugs: Sequence[str], arrays: Arrays
    ) -> QueryReader:
        """Rebuild the reader over the same glossary and passages.

        Raises:
            IndexCacheError: the arrays do not fit together.
        """
        try:
            field, known = (cache.texts(arrays[f"reader.{name}"]) for name in ("field", "known"))
            grams, counts = Vocabulary.restore("reader.grams", arrays), arrays["reader.counts"]
        except (KeyError, ValueError, TypeError) as error:
            raise IndexCacheError(f"its words are incomplete ({error})") from error
        if counts.shape != (len(grams),):
            raise IndexCacheError("its words have no counts")
        return cls(glossary, passages, slugs, field, known, grams, cast(I32, counts))

    @cached_property
    def _inside(self) -> frozenset[str]:
        return frozenset(p.text for p in self._passages if p.kind != "negative")  # asked for only while it is fitted

    def within(self, slugs: Sequence[str], names: Collection[str]) -> QueryReader:
        """Return a reader to which the bank has these topics only, with their names."""
        view = copy(self)
        view.lacking = missing.Lacking(slugs, names)
        return view

    def read(self, text: str) -> Query:
        """Mend and translate clean text."""
        mended = self.mended(text)
        return Query(mended, self._glossary.translate(mended))

    def known(self, queries: Sequence[Query], *, own: bool = False, without: int = -1) -> F64:
        """Return what is known of the words of each question, shape (questions, 2).

        The share of its character n-grams that the bank knows, and whether it names a topic that the bank has not.

        Args:
            queries: the questions.
            own: they are passages themselves: an n-gram counts as known only if another passage has it, too.
            without: a topic whose n-grams are as if they were not there, while the index is built; -1 for none.
        """
        return np.array([[self._share(query, own=own, without=without), self._lacks(query)] for query in queries])

    def _lacks(self, query: Query) -> bool:
        return self.lacking.in_it(query.text) or self.lacking.in_it(query.dense)

    def _share(self, query: Query, *, own: bool, without: int) -> float:
        least = 2 if own and query.text in self._inside else 1
        grams = [gram for gram in char_grams(query.text) if len(gram) > 1] or char_grams(query.text)
        places = self._grams.places(grams)
        places = places[places >= 0]
        known = self._counts[places] >= least
        if without >= 0 and self._only is not None:
            known &= self._only[places] != without
        return int(np.count_nonzero(known)) / max(len(grams), 1)


def calibrated(
    index: PassageIndex,
    reader: QueryReader,
    encoder: Encoder | None,
    units: UnitScorer,
    slugs: Sequence[str],
    report: ProgressCallback,
) -> tuple[UnitScorer, calibration.Calibration]:
    """Return scorer and calibration, fitted on the bank's own questions and the negatives, asked as questions.

    A question does not see itself, nor any passage of the same words. Half of the bank's are asked once more as if
    their topic were not there, which makes them questions on the next subject that the bank has not.
    """
    chosen = _sampled(index)
    inside = [i for i in chosen if index.owners[i] < index.topics]
    away = inside[: len(inside) // 2] if index.topics > 1 else []
    same: dict[str, list[int]] = {}
    for place, passage in enumerate(index.passages):
        same.setdefault(passage.text, []).append(place)
    asked = [*chosen, *away]
    queries = [reader.read(index.passages[i].text) for i in asked]
    vectors = _own_vectors(index, asked, queries, encoder)
    hidden = [np.array(same[index.passages[i].text]) for i in chosen]
    hidden += [np.flatnonzero(index.owners == index.owners[i]) for i in away]
    said: list[Votes] = []
    seen: list[Compared] = []
    for start in range(0, len(asked), _CHUNK):
        part = slice(start, start + _CHUNK)
        said.append(votes(index, queries[part], None if vectors is None else vectors[part], len(units), hidden[part]))
        seen.append(units.compared(said[-1], queries[part], [index.units[places] for places in hidden[part]]))
        report("fit", min(start + _CHUNK, len(asked)), len(asked))
    heard, compared = _together(Votes, said), _together(Compared, seen)
    # Where its topic is not there, a question has no unit, either.
    fitted = units.fitted(compared, np.concatenate([index.units[chosen], np.full(len(away), -1)]))
    left_out = np.concatenate([np.full(len(chosen), -1), index.owners[away]]).astype(np.int64)
    ranking = fitted.ranked(heard, compared, queries)
    words = np.concatenate([
        reader.known(queries[: len(chosen)], own=True),
        _known_without(reader, index, slugs, queries[len(chosen) :], left_out[len(chosen) :]),
    ])  # fmt: skip
    owners = np.concatenate([index.owners[chosen], np.full(len(away), index.topics)])
    taught = None if encoder is None else calibration.TAUGHT
    return fitted, calibration.fit(heard, ranking, words, owners, left_out >= 0, taught)


def _known_without(
    reader: QueryReader, index: PassageIndex, slugs: Sequence[str], queries: Sequence[Query], owners: I64
) -> F64:
    """Return `reader.known` of each question, as if the bank lacked the topic that the question is about."""
    found = np.zeros((len(queries), QueryReader.SIGNALS))
    names = [passage for passage in index.passages if passage.kind == "name"]
    for topic in sorted(set(owners.tolist())):
        others = [slug for place, slug in enumerate(slugs) if place != topic]
        view = reader.within(others, [passage.text for passage in names if passage.owner != topic])
        rows = np.flatnonzero(owners == topic).tolist()
        found[rows] = view.known([queries[row] for row in rows], without=topic)
    return found


def _together(kind: type[_Arrays], parts: Sequence[_Arrays]) -> _Arrays:
    """Return the rows of all parts as one."""
    return kind(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(kind)))


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
    """Return the vectors of passages as questions: the vectors they already have, where the encoder is symmetric."""
    if encoder is None or index.dense is None:
        return None
    return index.dense.vectors[rows] if encoder.symmetric else encoder.queries([q.dense for q in queries])


def _names(bank: Bank) -> dict[str, str]:
    return {slug: normalise(bank[slug].title["en"]) for slug in sorted(bank.topics)}


#: Fields of a topic from which an index is made.
_READ: Any = {"sections": True, "units": True, "meta": {"title", "aliases", "question_titles", "asks", "unit_asks"}}


def fingerprint(bank: Bank, negatives: Sequence[str], glossary: Glossary, encoder: Encoder | None) -> str:
    """Return a digest of everything an index depends on: content as it is written, data, model, code and libraries."""
    parts = {
        "code": CODE_VERSION,
        "encoder": encoder.identity if encoder else None,
        "libraries": [_version(name) for name in ("numpy", "scipy", "pypinyin", "onnxruntime", "faiss-cpu")],
        "terms": sorted(glossary.terms.items()),
        "words": sorted(glossary.words.items()),
        "negatives": list(negatives),
        "sections": sections.patterns(),
        "field": [(topic.slug, terms) for topic, terms in missing.packaged()],
    }
    digest = hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode())
    # Line by line as they are: to write them into JSON once more would be half of all that this takes at a start.
    for slug in sorted(bank.topics):
        digest.update(f"\n{slug}\n{bank[slug].model_dump_json(include=_READ)}".encode())
    return digest.hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "?"


def _outside(bank: Bank) -> Sequence[str]:
    """Return the packaged negatives that no topic of the bank answers."""
    return unanswered(packaged_negatives(loaded=frozenset(bank.topics)), bank)


def _file_name(encoder: Encoder | None, bank: Bank) -> str:
    """Return the file of an index: one for an encoder and a set of banks, whatever these hold.

    So hosts' banks do not take turns in one file, and a bank that is edited takes the vectors it had.
    """
    name = encoder.identity.rpartition("@")[0] or encoder.identity if encoder else "lexical"
    stem = f"index-{re.sub(r'[^A-Za-z0-9]+', '-', name)}"
    if not bank.origins:
        return f"{stem}.bin"
    banks = hashlib.sha256("\n".join(bank.names).encode()).hexdigest()
    return f"{stem}-{banks[:12]}.bin"


def _known_vectors(path: Path, encoder: Encoder) -> KnownVectors | None:
    """Return those of the index under `path`, or else of the packaged bank's, which is most of any other."""
    return KnownVectors.read(path) or KnownVectors.read(path.with_name(_file_name(encoder, Bank(topics={}))))


def _silent(stage: str, done: int, total: int) -> None:
    """Ignore progress."""
