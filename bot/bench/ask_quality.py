"""How well questions are answered: with parts left out, and beside other ways of searching the same bank.

Every variant sees the same bank and is scored on the same questions by `knowledge.search.evaluation.score`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.bank.errors import KnowledgeError
from knowledge.bank.models import LANGS, Bank, Topic
from knowledge.progress import ProgressCallback
from knowledge.search import calibration
from knowledge.search.arrays import F32
from knowledge.search.encoder import Encoder
from knowledge.search.encoder_choice import open_encoder
from knowledge.search.evaluation import EvaluationScores, LabelledQuery, evaluate, load_queries, score
from knowledge.search.glossary import Glossary
from knowledge.search.index import Passage, packaged_negatives, passages_of
from knowledge.search.lexical import Tfidf, char_grams
from knowledge.search.reading import detect_lang, normalise
from knowledge.search.retriever import Candidate, Reply, Retriever

#: A peer answers above the score that this share of the negatives reaches: much as the retriever's own threshold.
_FALSE_ACCEPTS = 0.05
#: Paraphrases a language that the variant with few of them keeps.
_FEW = 10

Searcher = Callable[[Sequence[str]], NDArray[np.floating]]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: a name and its figures."""

    name: str
    scores: EvaluationScores

    def as_dict(self) -> dict[str, object]:
        """Return the figures for JSON: the scores, and top-1 by language."""
        by_lang = {f"top1_{lang}": figures["top1"] for lang, figures in self.scores.by_lang.items()}
        names = ("top1", "top3", "mrr", "auroc", "far", "frr", "answered", "unit")
        return {"variant": self.name, **{name: getattr(self.scores, name) for name in names}, **by_lang}


@dataclass(slots=True)
class Remembering:
    """An encoder that encodes a text once, however many variants ask for it."""

    encoder: Encoder
    _known: dict[tuple[str, str], F32] = dataclasses.field(default_factory=dict)

    @property
    def identity(self) -> str:
        """The encoder's own."""
        return self.encoder.identity

    @property
    def symmetric(self) -> bool:
        """The encoder's own."""
        return self.encoder.symmetric

    def queries(self, texts: Sequence[str]) -> F32:
        """Return one unit vector a question."""
        return self._vectors("query", texts, self.encoder.queries)

    def passages(self, texts: Sequence[str], progress: ProgressCallback | None = None) -> F32:
        """Return one unit vector a passage."""
        kind = "query" if self.symmetric else "passage"
        return self._vectors(kind, texts, lambda missing: self.encoder.passages(missing, progress))

    def _vectors(self, kind: str, texts: Sequence[str], encode: Callable[[Sequence[str]], F32]) -> F32:
        missing = sorted({text for text in texts if (kind, text) not in self._known})
        if missing:
            self._known.update(zip(((kind, text) for text in missing), encode(missing), strict=True))
        return np.stack([self._known[kind, text] for text in texts])


def rows(
    bank: Bank, model: str, cache_dir: Path | None, file: Path, *, ablate: bool, peers: bool
) -> Iterator[dict[str, object]]:
    """Yield the figures of every variant asked for, on the questions in `file`.

    Raises:
        knowledge.search.evaluation.QueryFileError: the file cannot be read.
        knowledge.bank.errors.ModelError: there is no encoder.
    """
    queries = load_queries(file)
    once = Remembering(open_encoder(model, cache_dir))
    for measure in [without_parts] * ablate + [beside_peers] * peers:
        for row in measure(bank, once, queries):
            yield row.as_dict()


def field(bank: Bank, model: str, cache_dir: Path | None, file: Path) -> Iterator[dict[str, object]]:
    """Yield how real questions are answered: with those on topics that the bank has not yet as outside, and without.

    Raises:
        knowledge.search.evaluation.QueryFileError: the file cannot be read.
    """
    retriever = Retriever.open(bank, cache_dir=cache_dir, model=model)
    yield from field_figures(retriever, load_queries(file))


def field_figures(retriever: Retriever, queries: Sequence[LabelledQuery]) -> Iterator[dict[str, object]]:
    """Yield the figures of `field` for a retriever."""
    there = set(retriever.slugs)
    both = {
        "topics that are not there as outside": queries,
        "without topics that are not there": [q for q in queries if not q.topics or there & set(q.topics)],
    }
    names = ("queries", "inside", "answered", "precision", "top1", "far", "auroc")
    for name, asked in both.items():
        scores = evaluate(retriever, asked)
        yield {"variant": name, **{figure: getattr(scores, figure) for figure in names}}


def taught(bank: Bank, model: str, cache_dir: Path | None, file: Path) -> dict[str, object]:
    """Return the weights for `knowledge.search.calibration.TAUGHT` that the questions in `file` teach.

    Leave out of it what is labelled as outside and a unit answers all the same.

    Raises:
        knowledge.search.evaluation.QueryFileError: the file cannot be read.
        knowledge.bank.errors.ModelError: there is no encoder.
    """
    queries = load_queries(file)
    retriever = Retriever.open(bank, cache_dir=cache_dir, model=model)
    there = set(retriever.slugs)
    inside = np.array([bool(there & set(query.topics)) for query in queries])
    weights = calibration.learn(retriever.signals([query.query for query in queries]), inside)
    return {"questions": len(queries), "weights": weights.round(3).tolist()}


def without_parts(bank: Bank, once: Encoder, queries: Sequence[LabelledQuery]) -> Iterator[Row]:
    """Score the retriever with everything, then with one part left out at a time."""
    nothing = Glossary({}, {})
    plain = [text for text in packaged_negatives(everyday=False)]
    variants: list[tuple[str, Callable[[], Retriever]]] = [
        ("all of it", lambda: Retriever.over(bank, once)),
        ("no encoder", lambda: Retriever.over(bank, None)),
        ("no characters", lambda: Retriever.over(bank, once, silent=["chars"])),
        ("no syllables", lambda: Retriever.over(bank, once, silent=["sounds"])),
        ("no words", lambda: Retriever.over(bank, once, silent=["words"])),
        ("no glossary", lambda: Retriever.over(bank, once, glossary=nothing)),
        ("no everyday negatives", lambda: Retriever.over(bank, once, negatives=plain)),
        ("no explanations", lambda: Retriever.over(_changed(bank, _without_explanations), once)),
        ("no names", lambda: Retriever.over(_changed(bank, _without_aliases), once)),
        (f"{_FEW} paraphrases a language", lambda: Retriever.over(_changed(bank, _with_few_asks), once)),
    ]
    for name, opened in variants:
        yield Row(name, evaluate(opened(), queries))


def _changed(bank: Bank, change: Callable[[Topic], Topic]) -> Bank:
    return bank.model_copy(update={"topics": {slug: change(topic) for slug, topic in bank.topics.items()}})


def _without_explanations(topic: Topic) -> Topic:
    meta = topic.meta.model_copy(update={"key_points": ()})
    return topic.model_copy(update={"meta": meta, "sections": {lang: {} for lang in topic.sections}})


def _without_aliases(topic: Topic) -> Topic:
    return topic.model_copy(update={"meta": topic.meta.model_copy(update={"aliases": ()})})


def _with_few_asks(topic: Topic) -> Topic:
    asks = topic.meta.asks
    few = asks.model_copy(update={lang: asks[lang][:_FEW] for lang in LANGS})
    return topic.model_copy(update={"meta": topic.meta.model_copy(update={"asks": few})})


def beside_peers(bank: Bank, once: Encoder, queries: Sequence[LabelledQuery]) -> Iterator[Row]:
    """Score Epoch beside BM25, character TF-IDF and the plain model, each over the topics' own passages.

    Raises:
        KnowledgeError: rank-bm25 or jieba is not installed.
    """
    yield Row("Epoch", evaluate(Retriever.over(bank, once), queries))
    passages = passages_of(bank, [])
    texts = [passage.text for passage in passages]
    slugs = sorted(bank.topics)
    vectors = once.passages(texts)
    chars = Tfidf.fit(char_grams, texts)
    searchers: list[tuple[str, Searcher]] = [
        ("BM25 (rank-bm25, jieba)", _bm25(texts)),
        ("character TF-IDF", chars.scores),
        ("the model alone", lambda asked: once.queries(asked) @ vectors.T),
    ]
    for name, search in searchers:
        yield Row(name, _scored(search, passages, slugs, queries))


def _bm25(texts: Sequence[str]) -> Searcher:
    try:
        import logging

        import jieba
        from rank_bm25 import BM25Okapi
    except ImportError as error:
        raise KnowledgeError(f"{error.name} is not installed; pip install -e '.[bench]' brings it") from error
    jieba.setLogLevel(logging.WARNING)

    def words(text: str) -> list[str]:
        return [word for word in jieba.lcut(text) if word.strip()]

    ranking = BM25Okapi([words(text) for text in texts])
    return lambda asked: np.stack([ranking.get_scores(words(text)) for text in asked])


def _scored(
    search: Searcher, passages: Sequence[Passage], slugs: Sequence[str], queries: Sequence[LabelledQuery]
) -> EvaluationScores:
    """Score a search by each topic's best passage; it answers above what 5 % of the negatives reach."""
    owners = np.array([passage.owner for passage in passages])

    def of_topics(texts: Sequence[str]) -> NDArray[np.floating]:
        found = search([normalise(text) for text in texts])
        return np.stack([found[:, owners == owner].max(axis=1) for owner in range(len(slugs))], axis=1)

    threshold = float(np.quantile(of_topics(packaged_negatives()).max(axis=1), 1 - _FALSE_ACCEPTS))
    replies = []
    for query, row in zip(queries, of_topics([query.query for query in queries]), strict=True):
        order = np.argsort(-row, kind="stable")[:5]
        candidates = tuple(Candidate(slugs[place], float(row[place])) for place in order)
        best = candidates[0]
        answered = best.score > threshold
        replies.append(Reply("answer" if answered else "decline", best.topic if answered else None, None,
                             best.score, detect_lang(query.query), candidates))  # fmt: skip
    return score(queries, replies, slugs)
