"""When a bot that serves looks for garbage: in a quiet moment, not while members wait to be acknowledged.

Python looks through everything that has lived for a while whenever enough has come since the last time. That is after
many answers, so it comes in the middle of a burst of them, and nothing else happens meanwhile: 25 ms of computing, a
tenth of a second where programs run on the same cores. Young objects are looked through as ever, which is short.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable

#: Collections of the middle generation after which all is looked through: Python's own measure.
_DUE = 10
#: After so many Python does it by itself, however many members wait: a bot that is never quiet must not grow for ever.
#: That is some 3,000 questions, each of which leaves 2 to 3 KB of garbage.
_OVERDUE = 30
#: Seconds between two looks whether it is due, and quiet.
_LOOK_S = 1.0


async def sweep(quiet: Callable[[], bool]) -> None:
    """Look through all for garbage whenever that is due and `quiet` says so; until cancelled."""
    young, middle, old = gc.get_threshold()
    gc.set_threshold(young, middle, _OVERDUE)
    try:
        while True:
            await asyncio.sleep(_LOOK_S)
            if gc.isenabled() and gc.get_count()[2] >= _DUE and quiet():
                gc.collect()
    finally:
        gc.set_threshold(young, middle, old)
