"""Questions in Traditional Chinese and in pinyin find what the same questions in Simplified Chinese find."""

import csv
from pathlib import Path

import pytest

from knowledge.search.retriever import Retriever

TABLE = Path(__file__).parents[2] / "data" / "chinese_as_typed.tsv"


def rows(kind: str) -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file, delimiter="\t") if row["kind"] == kind]


def right(retriever: Retriever, found: list[dict[str, str]], column: str) -> float:
    """Return how often the topic is right and the answer Chinese."""
    replies = retriever.ask_many([row[column] for row in found])
    pairs = zip(replies, found, strict=True)
    good = [reply.candidates[0].topic in row["topics"].split() and reply.lang == "zh" for reply, row in pairs]
    return sum(good) / len(good)


def check(retriever: Retriever) -> None:
    traditional, pinyin = rows("traditional"), rows("pinyin")
    assert min(len(traditional), len(pinyin)) >= 30
    assert len({topic for row in (*traditional, *pinyin) for topic in row["topics"].split()}) == 26
    assert right(retriever, traditional, "typed") >= right(retriever, traditional, "meant") - 0.02
    assert right(retriever, traditional, "typed") >= 0.9
    assert right(retriever, pinyin, "typed") >= 0.9


def test_without_encoder(whole_lexical: Retriever) -> None:
    check(whole_lexical)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_with_encoder(whole: Retriever) -> None:
    check(whole)


def test_without_reading_it_back_pinyin_finds_little(whole_lexical: Retriever, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_lexical.reader, "as_chinese", str)
    assert right(whole_lexical, rows("pinyin"), "typed") == 0
