"""The programs of a quiz item, each with what its run must come to; `knowledge.check` runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

#: What is wrong, and how to mend it.
Wrong = tuple[str, str]


class Outcome(Protocol):
    """How a program ended."""

    @property
    def stdout(self) -> str:
        """What it printed."""

    @property
    def ok(self) -> bool:
        """Whether it ran to its end without an error."""

    @property
    def failed_assertion(self) -> bool:
        """Whether an assertion of its own ended it."""

    @property
    def exception(self) -> str:
        """The line of the exception that ended it (`ValueError: …`); empty where none did."""

    @property
    def reason(self) -> str:
        """Why it is not `ok`, in a few words."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program that proves an item.

    Attributes:
        source: the program.
        file: the name it runs under, `broken.py`.
        judge: yields what is wrong with how it ended, nothing where it proves the item.
        part: which of the item's programs it is; empty where there is one.
    """

    source: str
    file: str
    judge: Callable[[Outcome], Iterator[Wrong]]
    part: str = ""
