"""A quiz item as it stands on paper, in one language: what every front shows of it, whatever its kind."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a quiz item asks, and its answer, which is a right option, wrong lines, or points of a full answer.

    Attributes:
        prompt: the question.
        code: the program it is about.
        options: what can be chosen.
        right: the index of the right option.
        lines: the numbers of the wrong lines of `code`, from 1.
        fixed: the program without its bug.
        points: what a full answer in words says.
        why: the explanation.

    Raises:
        ValueError: it has no answer, or its right option is none of its options, so that no front could show it.
    """

    prompt: str
    code: str | None = None
    options: tuple[str, ...] = ()
    right: int | None = None
    lines: tuple[int, ...] = ()
    fixed: str | None = None
    points: tuple[str, ...] = ()
    why: str | None = None

    def __post_init__(self) -> None:
        if self.right is None and not self.lines and not self.points:
            raise ValueError(f"no answer to {self.prompt!r}: give a right option, wrong lines, or points")
        if self.right is not None and self.right not in range(len(self.options)):
            raise ValueError(f"the right option of {self.prompt!r} is {self.right}, of {len(self.options)}")
