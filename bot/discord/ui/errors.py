"""Errors of the controls.

Gone       an old message's control or form names something that is no longer there
IdError    a value cannot be written into a custom id: a mistake in the code, which no member can mend
"""

from __future__ import annotations

from typing import Literal

What = Literal[
    "section", "values", "counter", "piece", "setting", "choice", "field", "item", "sources", "vote", "gap", "draft",
    "drill", "duel",
]  # fmt: skip


class Gone(Exception):
    """An old message's control or form names something that is no longer there.

    Attributes:
        what: key of the text in `discord.gone` that says what is gone and what to do.
    """

    def __init__(self, what: What) -> None:
        super().__init__(what)
        self.what: What = what


class IdError(ValueError):
    """A value does not fit its field of a custom id, or the id is longer than Discord takes."""

    def __init__(self, prefix: str, why: str) -> None:
        super().__init__(f"{prefix}: {why}")
