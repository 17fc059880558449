"""The walls, a row each, the strongest first: what a wall is made of, and what follows from it.

Probing, starting, admitting a job, the settings, the doctor and the texts of the interface go by this table. A new wall
is a name in `Wall`, a row, a text in `bot/wording/run.toml`, and its place in docs/runner.md, SECURITY.md and
`.env.example`. A test holds them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Wall = Literal["full", "bubblewrap", "fallback", "trusted"]
WallChoice = Literal["auto", Wall]
#: The best that works.
AUTO: WallChoice = "auto"


@dataclass(frozen=True, slots=True)
class WallSpec:
    """What one wall is made of.

    Attributes:
        bubblewrap: whether jobs are started by bubblewrap, in namespaces of their own; else in a clean environment, as
            processes among the user's others.
        landlock: whether Landlock bounds the files that the script reaches.
        seccomp: whether system calls are filtered.
        warm: whether a zygote can raise it around each of its jobs; else every job starts cold.
        nproc: how the kernel counts a job's processes, see `Orders`: 1 those of a user of its own, 2 those of a user
            who has others too, 0 not at all.
    """

    bubblewrap: bool
    landlock: bool
    seccomp: bool
    warm: bool
    nproc: Literal[0, 1, 2]

    @property
    def any_script(self) -> bool:
        """Whether any script may run behind it; else only unmodified examples of the bank."""
        return self.seccomp

    @property
    def parts(self) -> str:
        """What stands around a job, in the names of these mechanisms."""
        named = {"bubblewrap, namespaces": self.bubblewrap, "Landlock": self.landlock, "seccomp": self.seccomp}
        return ", ".join(part for part, there in named.items() if there)


#: The strongest first: a cluster is as strong as its weakest machine.
WALLS: dict[Wall, WallSpec] = {
    "full": WallSpec(bubblewrap=True, landlock=True, seccomp=True, warm=True, nproc=1),
    "bubblewrap": WallSpec(bubblewrap=True, landlock=False, seccomp=True, warm=False, nproc=1),
    "fallback": WallSpec(bubblewrap=False, landlock=True, seccomp=True, warm=True, nproc=2),
    "trusted": WallSpec(bubblewrap=False, landlock=False, seccomp=False, warm=False, nproc=0),
}
#: Where nothing protects the machine.
NO_WALL: Wall = next(wall for wall, spec in WALLS.items() if not spec.any_script)


def strength(wall: Wall) -> int:
    """Return how strong a wall is among the others: 0 is no wall."""
    return len(WALLS) - 1 - list(WALLS).index(wall)
