"""How fast questions are answered: as a process, inside a running bot, and a hundred at once; and how search grows.

Ratios between things measured in the same run, alternately, come first: they mean the same on every machine. The best
of several runs counts for processes, the median for questions.
"""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import Any

import numpy as np

from bot.settings import Settings
from bot.study.tutor import Tutor
from knowledge.bank.models import LANGS, Bank
from knowledge.progress import ProgressCallback
from knowledge.search.arrays import F32
from knowledge.search.encoder_choice import open_encoder
from knowledge.search.glossary import Glossary
from knowledge.search.index import Passage, PassageIndex, Query, passages_of
from knowledge.search.lexical import tokens
from knowledge.search.reading import clean
from knowledge.search.retriever import Retriever
from knowledge.search.vectors import NumpyVectors, index_vectors
from knowledge.search.votes import votes
from runners.local import LocalRunner

_ASKED = 100
_PROCESS_RUNS = 3
_THROUGHPUT_RUNS = 7
SIZES = (1_000, 100_000, 1_000_000)
WIDTH, _BEST, _SCALE_QUERIES = 384, 10, 50
GROWN_TOPICS, GROWN_PASSAGES = 1_000, 100
#: Passages of the thousand topics that are encoded to tell how long all of them take.
_SAMPLE = 1_000
Clock = Callable[[], float]


def speed(settings: Settings, bank: Bank, *, clock: Clock = time.perf_counter) -> dict[str, float]:
    """Return the three ratios, then the figures behind them, times in milliseconds."""
    retriever = Retriever.open(bank, cache_dir=settings.cache_dir, model=settings.model)  # the cache is warm from here
    questions = sample_questions(bank)
    process, imports = _processes(questions[0], clock)
    alone, bare = _alone(retriever, settings, questions, clock)
    single, together = asyncio.run(throughput(Tutor(bank, retriever, LocalRunner()), questions, clock))
    return {
        "process_to_import": round(process / imports, 3),
        "question_to_encode": round(alone / bare, 2),
        "batched_to_single": round(single / together, 2),
        "process_ms": round(1000 * process, 1),
        "import_sentence_transformers_ms": round(1000 * imports, 1),
        "question_ms": round(1000 * alone, 2),
        "encode_ms": round(1000 * bare, 2),
        "hundred_one_at_a_time_ms": round(1000 * single, 1),
        "hundred_at_once_ms": round(1000 * together, 1),
    }


def sample_questions(bank: Bank) -> list[str]:
    """Return a hundred of the bank's own questions, topics and languages in turn."""
    asks = [topic.meta.asks[lang] for topic in bank.topics.values() for lang in LANGS]
    rounds = [texts[place] for place in range(max(map(len, asks))) for texts in asks if place < len(texts)]
    return (rounds * (_ASKED // len(rounds) + 1))[:_ASKED]


def _processes(question: str, clock: Clock) -> tuple[float, float]:
    """Return the best times of a whole `epoch ask` and of importing sentence-transformers, run alternately."""
    ask = [sys.executable, "-m", "bot", "ask", question, "--json"]
    imports = [sys.executable, "-c", "import sentence_transformers"]
    times: dict[int, list[float]] = {0: [], 1: []}
    for _ in range(_PROCESS_RUNS):
        for which, command in enumerate((ask, imports)):
            start = clock()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            times[which].append(clock() - start)
    return min(times[0]), min(times[1])


def _alone(retriever: Retriever, settings: Settings, questions: list[str], clock: Clock) -> tuple[float, float]:
    """Return the median times of one question and of encoding alone what of it is encoded, alternately."""
    encoder, glossary = open_encoder(settings.model, settings.cache_dir), Glossary.packaged()
    read = [glossary.translate(clean(question)).replaced or clean(question) for question in questions]
    retriever.ask(questions[0])
    encoder.queries(read[:1])
    asked, encoded = [], []
    for question, text in zip(questions, read, strict=True):
        start = clock()
        retriever.ask(question)
        between = clock()
        encoder.queries([text])
        asked.append(between - start)
        encoded.append(clock() - between)
    return median(asked), median(encoded)


async def throughput(tutor: Tutor, questions: list[str], clock: Clock) -> tuple[float, float]:
    """Return the median times of all questions, one after the other and at once, alternately."""
    await asyncio.gather(*(tutor.ask(question) for question in questions))
    single, together = [], []
    for _ in range(_THROUGHPUT_RUNS):
        start = clock()
        for question in questions:
            await tutor.ask(question)
        between = clock()
        await asyncio.gather(*(tutor.ask(question) for question in questions))
        single.append(between - start)
        together.append(clock() - between)
    await tutor.close()
    return median(single), median(together)


def scale(
    seed: int = 0, *, clock: Clock = time.perf_counter, progress: ProgressCallback | None = None
) -> Iterator[dict[str, Any]]:
    """Yield, for each size, which index serves it, its time a query, its recall against NumPy, and its memory.

    Passages are synthetic: points around 64 centres a thousand, as paraphrases lie around their topics. Each size is
    measured in this process after the one before was freed; the memory is what the process grew by.
    """
    for size in SIZES:
        chance = np.random.default_rng(seed)
        vectors = _clustered(size, chance)
        asked = vectors[chance.integers(0, size, _SCALE_QUERIES)] + _noise(_SCALE_QUERIES, chance)
        before = _resident_mb()
        start = clock()
        index = index_vectors(vectors, progress=progress)
        index.search(asked[:1], _BEST)  # FAISS flat is made at its first search
        built = clock() - start
        times = []
        found: list[list[int]] = []
        for row in range(_SCALE_QUERIES):
            start = clock()
            found += index.search(asked[row : row + 1], _BEST)[1].tolist()
            times.append(clock() - start)
        grown = _resident_mb() - before
        wanted = NumpyVectors(vectors).search(asked, _BEST)[1].tolist()
        recall = np.mean([len(set(one) & set(other)) / _BEST for one, other in zip(found, wanted, strict=True)])
        yield {
            "passages": size,
            "index": type(index).__name__.removesuffix("Vectors").lower(),
            "query_ms": round(1000 * median(times), 3),
            "recall_at_10": round(float(recall), 3),
            "build_s": round(built, 1),
            "vectors_mb": round(vectors.nbytes / 1e6),
            "index_mb": round(grown),
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }
        del index, vectors


def growth(settings: Settings, bank: Bank, *, progress: ProgressCallback | None = None) -> Iterator[dict[str, Any]]:
    """Yield the figures of a bank of a thousand topics, then those of vectors alone, up to a million.

    The bank comes first: a process's peak of memory does not fall again.
    """
    yield grown(settings, bank, progress=progress)
    yield from scale(progress=progress)


def grown(
    settings: Settings, bank: Bank, seed: int = 0, *, clock: Clock = time.perf_counter,
    progress: ProgressCallback | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return what a bank of a thousand topics costs: a question and the build beside encoding, and the peak of memory.

    Its passages are the bank's own with words made up for each topic in place of every fourth; their vectors are points
    around the topics, because to encode them all takes minutes: a sample is encoded to tell how long.
    """
    encoder, glossary = open_encoder(settings.model, settings.cache_dir), Glossary.packaged()
    chance = np.random.default_rng(seed)
    passages = made_up(bank, chance)
    sample = [passages[place].text for place in chance.choice(len(passages), min(_SAMPLE, len(passages)), False)]
    start = clock()
    encoder.passages([glossary.translate(text).replaced or text for text in sample])
    encoding = (clock() - start) * len(passages) / len(sample)
    start = clock()
    index = PassageIndex.build(passages, GROWN_TOPICS, glossary, _Points(chance), progress)
    built = clock() - start
    times: list[tuple[float, float]] = []
    for place in chance.choice(len(passages), _SCALE_QUERIES).tolist():
        text = passages[place].text
        query = Query(text, glossary.translate(text))
        start = clock()
        encoder.queries([query.dense])
        between = clock()
        votes(index, [query], index.dense.vectors[place : place + 1] if index.dense else None, GROWN_TOPICS)
        times.append((between - start, clock() - between))
    bare, search = (median(each) for each in zip(*times[1:], strict=True))
    return {
        "topics": GROWN_TOPICS,
        "passages": len(passages),
        "question_to_encode": round((bare + search) / bare, 2),
        "build_to_encoding": round((encoding + built) / encoding, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "encode_ms": round(1000 * bare, 2),
        "search_ms": round(1000 * search, 2),
        "encoding_s": round(encoding, 1),
        "build_s": round(built, 1),
    }


class _Points:
    """An encoder of passages whose vectors lie around topics, and do not depend on their texts."""

    identity = "points"
    symmetric = True

    def __init__(self, chance: np.random.Generator) -> None:
        self._chance = chance

    def queries(self, texts: Sequence[str]) -> F32:
        return self.passages(texts)

    def passages(self, texts: Sequence[str], progress: ProgressCallback | None = None) -> F32:
        return _clustered(len(texts), self._chance)


def made_up(bank: Bank, chance: np.random.Generator) -> list[Passage]:
    """Return the passages of `GROWN_TOPICS` topics, each with words of its own in the sentences of the bank."""
    texts = [tokens(passage.text) for passage in passages_of(bank, [])]
    letters = list("abcdefghijklmnopqrstuvwxyz")
    found = []
    for topic in range(GROWN_TOPICS):
        own = ["".join(chance.choice(letters, 7)) for _ in range(12)]
        for place in chance.integers(0, len(texts), GROWN_PASSAGES):
            words = [word if chance.random() > 0.25 else own[chance.integers(12)] for word in texts[place]]
            found.append(Passage(topic, "ask", " ".join([own[0], *words]), topic))
    return found


def _clustered(size: int, chance: np.random.Generator) -> F32:
    centres = _noise(max(64, size * 64 // 1000), chance)
    vectors = np.empty((size, WIDTH), np.float32)
    for start in range(0, size, 50_000):  # a block at a time: the whole in float64 would be twice the result
        block = vectors[start : start + 50_000]
        block[:] = centres[chance.integers(0, len(centres), len(block))] + _noise(len(block), chance)
        block /= np.linalg.norm(block, axis=1, keepdims=True)
    return vectors


def _noise(size: int, chance: np.random.Generator) -> F32:
    return chance.standard_normal((size, WIDTH), np.float32) / np.float32(np.sqrt(WIDTH))


def _resident_mb() -> float:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
