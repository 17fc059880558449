"""`pairs.tsv` of a topic: claims about its key points, each with the same claim turned round; a line each.

    0<tab>the hidden state is what the cell shows<tab>the hidden state is what the cell keeps

The first column is the number of the key point. For grading only: nobody is shown these.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from knowledge.bank.models import Topic

log = logging.getLogger(__name__)


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


def of(topic: Topic) -> tuple[list[TurnedPair], list[int]]:
    """Return what `read` does of a topic's file; nothing where it has none, or it has gone since it was loaded."""
    if topic.pairs is None:
        return [], []
    try:
        return read(topic.pairs.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        log.warning("%s cannot be read (%s): answers are graded without it", topic.pairs, error)
        return [], []


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
