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
