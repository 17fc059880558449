"""Errors of judging.

KnowledgeError
├── JudgeFailed       a drill's own judge cannot be used, or its process fails again and again
└── SandboxFailed     the answer's program never ran to an end that says anything about the answer
"""

from __future__ import annotations

from knowledge.bank.errors import KnowledgeError


class UnknownDrill(KnowledgeError):
    """No drill has that name.

    Attributes:
        name: what was asked for.
        nearest: ids that look most like it, best first.
    """

    def __init__(self, name: str, nearest: tuple[str, ...]) -> None:
        super().__init__(f"no drill is called {name[:80]!r}; nearest: {', '.join(nearest) or 'none'}")
        self.name = name
        self.nearest = nearest


class JudgeFailed(KnowledgeError):
    """The drill's judge cannot be used: its author, or this machine, is to blame, and never the answer."""

    def __init__(self, drill: str, why: str) -> None:
        super().__init__(f"the judge of {drill} cannot be used: {why}")


class SandboxFailed(KnowledgeError):
    """The sandbox failed, or was stopped, while an answer ran in it."""

    def __init__(self, outcome: str) -> None:
        super().__init__(f"the answer could not be run to its end ({outcome}); try once more")
