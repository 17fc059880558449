"""Errors of quiz rounds.

RoundRefused    a round that cannot be opened as it was asked for
PackError       a file of trivia questions that cannot be used; `str()` is one plain line: what, why, what to do
"""

from __future__ import annotations


class RoundRefused(Exception):
    """A round that cannot be opened as it was asked for.

    Attributes:
        key: of the text in `quiz.error` that says why.
        values: what that text names.
    """

    def __init__(self, key: str, **values: str) -> None:
        super().__init__(key)
        self.key, self.values = key, values


class PackError(Exception):
    """A file of trivia questions that cannot be used."""
