from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.bank.errors import IndexCacheError
from knowledge.search.arrays import Arrays
from knowledge.search.vocabulary import Vocabulary

TERMS = st.lists(st.text(max_size=6), unique=True, max_size=40)


@given(TERMS, st.lists(st.text(max_size=6), max_size=20))
def test_it_is_a_dictionary_of_places(terms: list[str], others: list[str]) -> None:
    places = dict(zip(terms, range(len(terms)), strict=True))
    asked = [*others, *terms]
    vocabulary = Vocabulary.of(terms)
    kept = Vocabulary.restore("x", vocabulary.arrays("x"))
    for each in (vocabulary, kept):
        assert each.places(asked).tolist() == [places.get(term, -1) for term in asked]
        assert len(each) == len(terms)


@pytest.mark.parametrize(
    "damage",
    [
        {"x.order": np.array([0, 2], np.int32)},
        {"x.order": np.array([0], np.int32)},
        {"x.order": np.array([0, 1], np.int64)},
        {"x.vocabulary": np.array([1, 2], np.int64)},
        {"x.vocabulary": np.array([[1, 2]], np.uint64)},
    ],
)
def test_arrays_that_are_none_are_refused(damage: Arrays) -> None:
    sound = Vocabulary.of(["one", "other"]).arrays("x")
    with pytest.raises(IndexCacheError):
        Vocabulary.restore("x", {**sound, **damage})
