"""Errors of the bank and its retriever.

KnowledgeError            base; `str()` is one plain line: what, why, what to do
├── ModelError            the encoder is missing, damaged, or not what its checksum says
├── IndexCacheError       the cache folder cannot be used (internal: the index is then built in memory)
├── QueryError            a question that cannot be looked up at all (empty, too long)
├── UnknownTopic          no topic by that name; carries the nearest ones
├── ParameterError        `NAME=VALUE` does not fit the example
├── ScaffoldError         a new topic's folder cannot be made
└── DocumentError         an interview document that cannot be imported
"""

from __future__ import annotations

from knowledge.bank.parameter import Parameter


class KnowledgeError(Exception):
    """Base of everything `knowledge` raises on purpose."""


class ModelError(KnowledgeError):
    """The encoder is missing, damaged, or not what its checksum says."""


class IndexCacheError(KnowledgeError):
    """The cache folder cannot be read or written."""


class QueryError(KnowledgeError):
    """A question that cannot be looked up: empty, only symbols, or far too long.

    Attributes:
        reason: `empty`, `symbols` or `too_long`, for fronts that say it in their own words.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class UnknownTopic(KnowledgeError):
    """No topic has that name.

    Attributes:
        name: what was asked for.
        nearest: slugs that look most like it, best first.
    """

    def __init__(self, name: str, nearest: tuple[str, ...]) -> None:
        super().__init__(f"no topic is called {name!r}; nearest: {', '.join(nearest) or 'none'}")
        self.name = name
        self.nearest = nearest


class ParameterError(KnowledgeError):
    """`NAME=VALUE` does not fit the example: unknown name, wrong type, or out of range.

    Attributes:
        parameter: whose value was refused; None when the change was refused for another reason.
        typed: the refused value.
    """

    def __init__(self, message: str, *, parameter: Parameter | None = None, typed: str = "") -> None:
        super().__init__(message)
        self.parameter = parameter
        self.typed = typed


class ScaffoldError(KnowledgeError):
    """A new topic's folder cannot be made: bad slug, or something is there already."""


class DocumentError(KnowledgeError):
    """An interview document that cannot be imported: not text, too large, no questions, an open code fence."""
