"""`pairs.tsv` of a topic: claims about its key points, each with the same claim turned round; a line each.

    0<tab>the hidden state is what the cell shows<tab>the hidden state is what the cell keeps

The first column is the number of the key point. For grading only: nobody is shown these.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TurnedPair:
    """A claim about a key point, and its reversal, in either language.

    Attributes:
        line: where it stands, from 1.
        point: number of the key point.
        right: the claim.
        wrong: the same turned round.
    """

    line: int
    point: int
    right: str
    wrong: str


def read(text: str) -> tuple[list[TurnedPair], list[int]]:
    """Return the pairs of a file, and the numbers of the lines that are none."""
    found, strange = [], []
    for number, line in enumerate(text.splitlines(), 1):
        point, *claims = (field.strip() for field in line.split("\t"))
        if len(claims) == 2 and all(claims) and point.isascii() and point.isdigit():
            found.append(TurnedPair(number, int(point), *claims))
        else:
            strange.append(number)
    return found, strange
