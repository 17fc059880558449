"""How long work says how far it is."""

from __future__ import annotations

from collections.abc import Callable

#: Called with the name of the stage or of the part that is done, how many parts are done, and how many there are.
ProgressCallback = Callable[[str, int, int], None]
