from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knowledge.search.arrays import distinct


@given(st.lists(st.integers(-5, 5) | st.integers(-(2**62), 2**62)))
def test_distinct_values_are_those_of_numpy(values: list[int]) -> None:
    given_ = np.array(values, np.int64)
    np.testing.assert_array_equal(distinct(given_), np.unique(given_))
    assert distinct(given_).dtype == np.int64
