"""Names for the NumPy arrays of the search and the grading: one for each element type."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
#: Arrays by name, as a cache file holds them.
Arrays = dict[str, NDArray[np.generic]]


def distinct(values: I64) -> I64:
    """Return each value once, in order, as `np.unique` does, which would import NumPy's masked arrays for it."""
    ordered = np.sort(values)
    firsts = np.concatenate([np.ones(min(len(ordered), 1), np.bool_), ordered[1:] != ordered[:-1]])
    return np.asarray(ordered[firsts], np.int64)
