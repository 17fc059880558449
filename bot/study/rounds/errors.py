"""Errors of quiz rounds.

PackError    a file of trivia questions that cannot be used; `str()` is one plain line: what, why, what to do
"""

from __future__ import annotations


class PackError(Exception):
    """A file of trivia questions that cannot be used."""
