"""An index that is made anew takes the vectors of the old one for texts that have not changed."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from knowledge.search import cache
from knowledge.search.retriever import Retriever
from knowledge.search.reuse import KnownVectors
from tests.knowledge.banks import NEGATIVES, small_bank
from tests.knowledge.conftest import WordEncoder

QUESTIONS = ["what is a gan", "什么是过拟合", "how does dropout work"]


def opened(folder: Path | None, encoder: WordEncoder, negatives: Sequence[str], *, rebuild: bool = False) -> Retriever:
    return Retriever.over(small_bank(), encoder, cache_dir=folder, negatives=negatives, rebuild=rebuild)


def test_only_what_is_new_is_encoded_and_nothing_else_changes(tmp_path: Path) -> None:
    more = [*NEGATIVES, "how is bread baked in an oven", "why is bread baked in an oven"]
    first, second, fresh = (WordEncoder() for _ in range(3))
    opened(tmp_path, first, NEGATIVES)
    (path,) = tmp_path.glob("index-*.bin")
    known = KnownVectors.read(path)
    assert known is not None
    reused = opened(tmp_path, second, more)
    alone = opened(None, fresh, more)
    assert fresh.encoded - second.encoded == len(known.rows()) > 100
    assert reused.ask_many(QUESTIONS) == alone.ask_many(QUESTIONS)
    # Kept once more, it gives the same again.
    assert opened(tmp_path, WordEncoder(), more).ask_many(QUESTIONS) == alone.ask_many(QUESTIONS)


@pytest.mark.parametrize("how", ["another encoder", "damaged", "asked to build anew", "an older version"])
def test_vectors_that_cannot_be_trusted_are_not_taken(how: str, tmp_path: Path) -> None:
    first = WordEncoder()
    opened(tmp_path, first, NEGATIVES)
    (path,) = tmp_path.glob("index-*.bin")
    if how == "damaged":
        data = bytearray(path.read_bytes())
        data[-1] ^= 1
        path.write_bytes(data)
    elif how == "an older version":
        header, rest = path.read_bytes().split(b"\n", 1)
        path.write_bytes(json.dumps({**json.loads(header), "format": 1}).encode() + b"\n" + rest)
    second = WordEncoder("words@2" if how == "another encoder" else "words@1")
    opened(tmp_path, second, [*NEGATIVES, "one more"], rebuild=how == "asked to build anew")
    assert second.encoded > first.encoded


def test_what_two_texts_share_is_encoded_once() -> None:
    encoder = WordEncoder()
    known = KnownVectors.of(["a b", "c", "a b"], encoder)
    assert encoder.encoded == 2
    np.testing.assert_array_equal(known.vectors, encoder.passages(["a b", "c", "a b"]))
    again = WordEncoder()
    more = KnownVectors.of(["d", "c", "a b", "d"], again, known)
    assert again.encoded == 1
    np.testing.assert_array_equal(more.vectors, again.passages(["d", "c", "a b", "d"]))
    assert KnownVectors.of(["c"], WordEncoder("words@2"), known).encoder == "words@2"


@pytest.mark.parametrize("lacks", ["dense.encoder", "dense.digests", "dense.vectors"])
def test_an_index_that_lacks_a_part_knows_no_vectors(lacks: str) -> None:
    known = KnownVectors.of(["a", "b"], WordEncoder())
    arrays = {**known.arrays(), "dense.vectors": known.vectors}
    assert KnownVectors.restored(arrays) is not None
    assert KnownVectors.restored({key: value for key, value in arrays.items() if key != lacks}) is None
    short = {**arrays, lacks: cache.lines(["a", "b"]) if lacks == "dense.encoder" else arrays[lacks][:1]}
    assert KnownVectors.restored(short) is None
