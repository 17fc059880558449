"""What the C library keeps of memory that Python has freed: it would stay with this process for good.

Arrays of a question come and go by the megabyte, between objects that stay. What lies free among those is only given
back to the system when somebody asks for it; and each thread has a heap of its own, with gaps of its own.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache as once
from typing import cast

#: `M_ARENA_MAX` of glibc's `mallopt`: how many heaps the threads share.
_ARENA_MAX = -8


def one_heap() -> bool:
    """Have all threads that come from now on share one heap; tell whether this C library can.

    Python's lock lets few of them allocate at once anyway, and one heap has a tenth less of gaps than eight.
    """
    mallopt = _function("mallopt")
    return mallopt is not None and bool(mallopt(_ARENA_MAX, 1))


def give_back() -> bool:
    """Give what is free back to the system; tell whether there was any. Takes some milliseconds."""
    trim = _function("malloc_trim")
    return trim is not None and bool(trim(0))


@once
def _function(name: str) -> Callable[..., int] | None:
    """Return a function of this process's C library; None where that is another than glibc."""
    try:
        return cast(Callable[..., int], getattr(ctypes.CDLL(None), name))
    except (AttributeError, OSError, TypeError):
        return None
