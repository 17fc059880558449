"""How good the retriever is, on labelled questions it has not seen.

    FILE.jsonl → LabelledQuery → Reply → EvaluationScores

A question without topics, or with none of the bank's topics, is outside the bank: the right outcome is to decline.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from knowledge.bank.errors import KnowledgeError, QueryError
from knowledge.bank.models import Bank
from knowledge.progress import ProgressCallback
from knowledge.search.calibration import FitReport
from knowledge.search.reading import detect_lang
from knowledge.search.retriever import Candidate, Reply, Retriever

Rate = float | None


class QueryFileError(KnowledgeError):
    """A file of labelled questions that cannot be read; says which line and why."""


class LabelledQuery(BaseModel):
    """One labelled question.

    Attributes:
        id: its own.
        lang: zh, en or mixed.
        query: as typed.
        topics: slugs of which any is right; none means outside the bank. A line with one may say `topic`.
        units: `slug#id` of those that answer in full, where the line names any. A line with one may say `unit`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    id: str = Field(min_length=1)
    lang: str = Field(min_length=1)
    query: str
    topics: list[str]
    units: list[str] = []

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, line: object) -> object:
        if not isinstance(line, dict):
            return line
        read = dict(line)
        for one, several in (("topic", "topics"), ("unit", "units")):
            if several not in read and one in read:
                read[several] = [] if read[one] is None else [read[one]]
        return read


@dataclass(frozen=True, slots=True)
class EvaluationScores:
    """Figures of one evaluation; None where the file has no question to compute one from.

    Attributes:
        queries: how many questions there were.
        inside: how many of them the bank answers.
        top1: share of the questions inside whose first candidate is right, whatever the outcome.
        top3: share with a right one among the first three.
        mrr: mean of 1/rank of the first right candidate, 0 where none of those named is right.
        auroc: chance that a question inside has the higher confidence than one outside; ties count half.
        far: share of the questions outside that were answered. `clarify` accepts nothing.
        frr: share of the questions inside that were declined. `clarify` rejects nothing.
        answered: share of the questions inside that were answered.
        precision: share of the answers to questions inside that are right.
        unit: share of the questions inside with units to be right that are answered with one of those.
        by_lang: the ranking figures by the language the file gives, with the number of questions inside.
        latency_ms: median time of one question asked alone, in milliseconds.
        replies: one a question, in the file's order.
    """

    queries: int
    inside: int
    top1: Rate
    top3: Rate
    mrr: Rate
    auroc: Rate
    far: Rate
    frr: Rate
    answered: Rate
    precision: Rate
    unit: Rate
    by_lang: dict[str, dict[str, Rate]]
    latency_ms: Rate
    replies: tuple[Reply, ...] = field(repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Return the figures, without the replies, ready for JSON."""
        return {name: value for name, value in asdict(self).items() if name != "replies"}


def load_queries(path: Path) -> list[LabelledQuery]:
    """Read JSON lines `{"id", "lang", "query", "topics": […]}`, perhaps with `units`; further keys are ignored.

    Raises:
        QueryFileError: no such file, a line that is no such object, an id used twice, or no line at all.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise QueryFileError(f"{path}: cannot be read ({error.strerror}); give a file of JSON lines") from error
    except UnicodeDecodeError as error:
        raise QueryFileError(f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    queries: list[LabelledQuery] = []
    lines_by_id: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        query = _parse(line, f"{path}:{number}")
        if query.id in lines_by_id:
            raise QueryFileError(f"{path}:{number}: id {query.id!r} is line {lines_by_id[query.id]}'s; make it unique")
        lines_by_id[query.id] = number
        queries.append(query)
    if not queries:
        raise QueryFileError(f"{path}: no questions in it; one JSON object a line is wanted")
    return queries


def _parse(line: str, where: str) -> LabelledQuery:
    try:
        return LabelledQuery.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        what = f"{place}: {first['msg']}" if place else first["msg"]
        raise QueryFileError(f'{where}: {what}; wanted {{"id", "lang", "query", "topics": […]}}') from None


def evaluate(
    retriever: Retriever, queries: Sequence[LabelledQuery], *, clock: Callable[[], float] = time.perf_counter
) -> EvaluationScores:
    """Ask every question, one at a time as learners do, and score the replies."""
    replies: list[Reply] = []
    seconds: list[float] = []
    for query in queries:
        start = clock()
        replies.append(_ask(retriever, query.query))
        seconds.append(clock() - start)
    return score(queries, replies, retriever.slugs, latency_ms=1000 * float(np.median(seconds)) if seconds else None)


def _ask(retriever: Retriever, question: str) -> Reply:
    """Ask; what cannot be looked up at all counts as declined with no confidence."""
    try:
        return retriever.ask(question)
    except QueryError:
        candidates = tuple(Candidate(slug, 0.0) for slug in retriever.slugs[:3])
        return Reply("decline", None, None, 0.0, detect_lang(question), candidates)


def score(
    queries: Sequence[LabelledQuery], replies: Sequence[Reply], slugs: Sequence[str], latency_ms: Rate = None
) -> EvaluationScores:
    """Score replies that were already given; see `EvaluationScores` for what each figure means."""
    bank = set(slugs)
    inside = np.array([bool(bank.intersection(query.topics)) for query in queries], bool)
    ranks = np.array([_rank(query, reply) for query, reply in zip(queries, replies, strict=True)], float)
    confidence = np.array([reply.confidence for reply in replies], float)
    answered = np.array([reply.outcome == "answer" for reply in replies], bool)
    declined = np.array([reply.outcome == "decline" for reply in replies], bool)
    langs = np.array([query.lang for query in queries], str)
    named = np.array([bool(query.units) for query in queries], bool)
    opened = np.array([f"{reply.topic}#{reply.unit}" in query.units
                       for query, reply in zip(queries, replies, strict=True)], bool)  # fmt: skip
    return EvaluationScores(
        queries=len(queries),
        inside=int(inside.sum()),
        **_ranking(ranks[inside]),
        auroc=_rounded(auroc(confidence[inside], confidence[~inside])),
        far=_mean(answered[~inside]),
        frr=_mean(declined[inside]),
        answered=_mean(answered[inside]),
        precision=_mean(ranks[inside & answered] == 1),
        unit=_mean((opened & answered)[inside & named]),
        by_lang={
            lang: {"queries": int((inside & (langs == lang)).sum()), **_ranking(ranks[inside & (langs == lang)])}
            for lang in sorted(set(langs.tolist()))
        },
        latency_ms=_rounded(latency_ms, 2),
        replies=tuple(replies),
    )


def _rank(query: LabelledQuery, reply: Reply) -> float:
    """Return the rank of the first right candidate, from 1; infinity where none is right."""
    right = (rank for rank, candidate in enumerate(reply.candidates, 1) if candidate.topic in query.topics)
    return next(right, np.inf)


def _ranking(ranks: np.ndarray) -> dict[str, Rate]:
    return {"top1": _mean(ranks == 1), "top3": _mean(ranks <= 3), "mrr": _mean(1 / ranks)}


def auroc(inside: np.ndarray, outside: np.ndarray) -> Rate:
    """Return P(inside > outside) + ½ P(tie) over all pairs (Mann & Whitney 1947); None where a side is empty."""
    if not len(inside) or not len(outside):
        return None
    difference = np.asarray(inside)[:, None] - np.asarray(outside)[None, :]
    return float((difference > 0).mean() + 0.5 * (difference == 0).mean())


def _mean(values: np.ndarray) -> Rate:
    return round(float(np.mean(values)), 4) if len(values) else None


def _rounded(value: Rate, digits: int = 4) -> Rate:
    return None if value is None else round(value, digits)


def write_predictions(path: Path, queries: Sequence[LabelledQuery], answers: Sequence[Mapping[str, object]]) -> None:
    """Write one compact JSON line a question: its id and what `ask --json` gives.

    Raises:
        QueryFileError: the file cannot be written.
    """
    lines = [
        json.dumps({"id": query.id, **answer}, ensure_ascii=False, separators=(",", ":"))
        for query, answer in zip(queries, answers, strict=True)
    ]
    try:
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", errors="replace")
    except OSError as error:
        raise QueryFileError(f"{path}: cannot be written ({error.strerror}); choose another place") from error


def calibrate(
    bank: Bank, *, cache_dir: Path | None, model: str, encoder: bool = True, progress: ProgressCallback | None = None
) -> FitReport:
    """Fit confidence and thresholds anew over the bank's own questions, keep them, and return their figures."""
    return Retriever.open(
        bank, cache_dir=cache_dir, model=model, encoder=encoder, progress=progress, rebuild=True
    ).fitted
