"""Errors of the controls.

Gone       what a control or a form of an old message names is not there any more
IdError    a custom id cannot say what it should: a mistake in the code, which no member can mend
"""

from __future__ import annotations

from typing import Literal

What = Literal["section", "values", "counter", "piece", "setting", "choice", "field", "item"]


class Gone(Exception):
    """What a control or a form of an old message names is not there any more.

    Attributes:
        what: key of the text in `discord.gone` that says so, and what to do.
    """

    def __init__(self, what: What) -> None:
        super().__init__(what)
        self.what: What = what


class IdError(ValueError):
    """A custom id cannot say what it should: a value that does not fit its field, or more than Discord takes."""

    def __init__(self, prefix: str, why: str) -> None:
        super().__init__(f"{prefix}: {why}")
