"""Drills: what a learner writes from an empty function, and what shows that it was written right.

topics/<slug>/drills/<name>/
  drill.toml      title, statement, hints, names of the checks, what to say about known mistakes
  start.py        the function's signature, and a docstring with shapes
  solution.py     one good answer
  judge.py        `reference`, `probes` and, for properties, `holds_<check>` (see docs/drills.md)
  mistakes/<id>.py  an answer with that mistake
  start_torch.py, solution_torch.py   the same for PyTorch, where interviews ask for it
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

from pydantic import Field

from knowledge.bank.values import SLUG_PATTERN, Frozen, Level, NonEmpty, Text

#: With what a drill is solved.
Variant = Literal["numpy", "torch"]

CheckId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
MistakeId = Annotated[str, Field(pattern=SLUG_PATTERN)]


class Equivalent(Frozen):
    """A change of the solution that changes nothing of what it does, so that no check can see it.

    Attributes:
        line: the statement that is changed, as `ast.unparse` writes it (its first line).
        becomes: the same after the change.
        reason: why both do the same.
    """

    line: NonEmpty
    becomes: NonEmpty
    reason: NonEmpty


class DrillMeta(Frozen):
    """The content of `drill.toml`, validated.

    Attributes:
        title: what the drill is called.
        statement: what is to be written, in Markdown; short enough for a phone.
        level: how hard.
        minutes: what an interviewer would give for it.
        function: the name that the learner's code defines.
        aliases: other names by which people ask for it, in any language.
        hints: from a nudge to nearly all of it; shown one at a time.
        checks: the title of each check, in the order in which they are shown.
        mistakes: what to tell whoever makes a known mistake.
        forbidden: dotted names that would do the work, such as `numpy.linalg.lstsq`.
        equivalent: changes of the solution that no check can see.
    """

    title: Text
    statement: Text
    level: Level
    minutes: Annotated[int, Field(ge=3, le=60)]
    function: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    aliases: tuple[NonEmpty, ...] = ()
    hints: Annotated[tuple[Text, ...], Field(min_length=2)]
    checks: Annotated[dict[CheckId, Text], Field(min_length=2)]
    mistakes: Annotated[dict[MistakeId, Text], Field(min_length=2)]
    forbidden: tuple[Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$")], ...] = ()
    equivalent: tuple[Equivalent, ...] = ()


class Sources(Frozen):
    """What a learner begins with, and one good answer."""

    start: str
    solution: str


class Drill(Frozen):
    """One drill of a topic, whole.

    Attributes:
        topic: the slug of the topic it belongs to.
        name: of its folder.
        meta: what `drill.toml` says.
        variants: start and solution by what it is solved with; NumPy is always there.
        judge: the source that makes inputs and says what is right.
        mistakes: answers with known mistakes, by id, in the order of `drill.toml`. All with NumPy.
    """

    topic: str
    name: str
    meta: DrillMeta
    variants: dict[Variant, Sources]
    judge: str
    mistakes: dict[str, str]

    @property
    def id(self) -> str:
        """What people type for it: `topic/name`."""
        return f"{self.topic}/{self.name}"

    @property
    def item(self) -> str:
        """Its id among the items of its topic: reviews of it are kept under that."""
        return f"drill-{self.name}"

    @property
    def sha256(self) -> str:
        """SHA-256 of all that judges an answer, in hex."""
        parts = [self.judge, self.meta.model_dump_json(), *self.mistakes.values()]
        parts += [text for each in self.variants.values() for text in (each.start, each.solution)]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()
