"""What a grade of an interview answer is; `knowledge.grading.grader` gives them.

What shows grades needs no more than this, and a program that only shows them starts without the grader.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Longest answer that is graded, in characters: what a Discord modal takes.
MAX_CHARS = 4000
#: Scores between these are shown as unsure.
UNSURE = (0.2, 0.95)


@dataclass(frozen=True, slots=True)
class PointGrade:
    """The grade of one key point.

    Attributes:
        index: of the point within the topic.
        covered: whether the answer makes the point.
        score: calibrated probability that a person would say so.
        span: the span of the answer that fits it best, as typed except for case and character width.
        words: the words of that span which also occur in the point.
    """

    index: int
    covered: bool
    score: float
    span: str
    words: tuple[str, ...]

    @property
    def unsure(self) -> bool:
        """Whether a front should show doubt."""
        return UNSURE[0] < self.score < UNSURE[1]
