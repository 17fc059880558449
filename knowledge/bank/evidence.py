"""What shows a claim of rank that a page makes: `evidence.toml`, and beside it a script and its last accepted run.

    [[claim]]               evidence_<name>.py    prints `rival: value value …`, one value a seed, in the same order
    name, unit, better, …   evidence_<name>.txt   what it printed, under the SHA-256 of the script

Nobody is shown these: they are why the page may say that one thing does better than another.
"""

from __future__ import annotations

import hashlib
import math
import re
import statistics
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from knowledge.bank.models import NAME_PATTERN, Frozen, NonEmpty, Slug, Transcript

#: A claim that holds by chance on a few seeds fails on so many.
MIN_SEEDS = 10
_LINE = re.compile(r"(?P<rival>[^:\n]+): (?P<values>[-+.\deEinfa]+(?: [-+.\deEinfa]+)*)")


class Figure(Frozen):
    """A figure that the unit quotes: the mean of a rival, or on how many seeds `better` beat it.

    `text` is the figure as it stands in the unit, in both languages.
    """

    text: NonEmpty
    rival: NonEmpty
    of: Literal["mean", "std", "wins", "least", "most"] = "mean"


class Claim(Frozen):
    """One claim of rank, as `evidence.toml` has it.

    Attributes:
        name: of its script, `evidence_<name>.py`.
        unit: the unit that makes it.
        says: what is claimed, in one sentence.
        aim: whether the higher or the lower figure is the better one.
        better: the rival that is claimed to do better…
        worse: …than each of these.
        tried: for every rival the settings that were tried, each rival at its best.
        dumbest: the rival that costs least thought and could win; one of `worse`.
        wins: on how many seeds `better` has to beat each of the others at least.
        quoted: the figures of it in the unit's text.
    """

    name: Annotated[str, Field(pattern=NAME_PATTERN)]
    unit: Slug
    says: NonEmpty
    aim: Literal["higher", "lower"]
    better: NonEmpty
    worse: Annotated[tuple[NonEmpty, ...], Field(min_length=1)]
    tried: dict[NonEmpty, NonEmpty]
    dumbest: NonEmpty
    wins: Annotated[int, Field(ge=1)]
    quoted: tuple[Figure, ...] = ()

    @model_validator(mode="after")
    def _rivals_are_told(self) -> Self:
        rivals = {self.better, *self.worse}
        if self.better in self.worse:
            raise ValueError(f"claim '{self.name}': '{self.better}' is better and worse")
        if rivals != set(self.tried):
            raise ValueError(
                f"claim '{self.name}': tried names {', '.join(self.tried)}, the rivals are {', '.join(sorted(rivals))}"
            )
        if self.dumbest not in self.worse:
            raise ValueError(f"claim '{self.name}': the dumbest rival '{self.dumbest}' is none of worse")
        if strange := sorted({figure.rival for figure in self.quoted} - rivals):
            raise ValueError(f"claim '{self.name}': quoted names {', '.join(strange)}, which are no rivals")
        return self


class EvidenceFile(Frozen):
    """The content of `evidence.toml`."""

    claim: tuple[Claim, ...] = ()

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [claim.name for claim in self.claim]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"names of claims used twice: {', '.join(twice)}")
        return self


class Evidence(Frozen):
    """A claim with the script that shows it and the script's last accepted run."""

    claim: Claim
    source: str
    transcript: Transcript | None = None

    @property
    def sha256(self) -> str:
        """SHA-256 of the script as it lies on disk, in hex."""
        return hashlib.sha256(self.source.encode()).hexdigest()


class Figures:
    """What a script of evidence printed: for each rival a value a seed."""

    def __init__(self, printed: str) -> None:
        self.values: dict[str, list[float]] = {}
        for line in printed.splitlines():
            if found := _LINE.fullmatch(line.strip()):
                self.values[found["rival"].strip()] = [float(value) for value in found["values"].split()]

    @property
    def seeds(self) -> int:
        """How many seeds there are of every rival."""
        return min(map(len, self.values.values()), default=0)

    def mean(self, rival: str) -> float:
        """Return a rival's mean over the seeds."""
        return statistics.fmean(self.values[rival])

    def gains(self, claim: Claim, rival: str) -> list[float]:
        """Return, seed by seed, by how much `better` does better than a rival."""
        sign = 1 if claim.aim == "higher" else -1
        pairs = zip(self.values[claim.better], self.values[rival], strict=False)
        return [sign * (better - worse) for better, worse in pairs]

    def wins(self, claim: Claim, rival: str) -> int:
        """Return on how many seeds `better` beats a rival."""
        return sum(gain > 0 for gain in self.gains(claim, rival))

    def interval(self, claim: Claim, rival: str) -> tuple[float, float]:
        """Return the mean gain over a rival, less and plus two standard errors and a bit: 95 % of ten seeds."""
        gains = self.gains(claim, rival)
        half = 2.26 * statistics.stdev(gains) / math.sqrt(len(gains)) if len(gains) > 1 else math.inf
        return statistics.fmean(gains) - half, statistics.fmean(gains) + half

    def figure(self, claim: Claim, figure: Figure) -> float:
        """Return what a quoted figure should be."""
        values = self.values[figure.rival]
        match figure.of:
            case "mean":
                return statistics.fmean(values)
            case "std":
                return statistics.stdev(values)
            case "least":
                return min(values)
            case "most":
                return max(values)
        return self.wins(claim, figure.rival)
