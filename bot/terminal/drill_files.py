"""The file in which a drill is written: in the data folder, or where the learner wants it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.study.snippets import MOST_BYTES, script
from knowledge.bank.drills import Drill, Variant
from knowledge.files import write_whole

#: Name of the folder of all answers, in the data folder.
FOLDER = "drills"
#: What a file began with: the drill's start, one's last try, or the start again with the last try put aside.
Begun = Literal["start", "resumed", "anew"]


@dataclass(frozen=True, slots=True)
class Laid:
    """A file that is ready to be edited.

    Attributes:
        file: where it lies.
        begun: what is in it.
        aside: where the last try was put; None where there was none to put aside.
    """

    file: Path
    begun: Begun
    aside: Path | None = None


class Desk:
    """Where the answers to one drill lie.

    Args:
        root: folder of all drills.
        drill: which.
        to: a file of the learner's own instead, which is never put aside.
        of: what the drill is solved with in that file; the other one has its file beside it, `…_torch.py`.
    """

    def __init__(self, root: Path, drill: Drill, to: Path | None = None, of: Variant = "numpy") -> None:
        self._drill = drill
        self._own = to is not None
        self._of: Variant = of if to is not None else "numpy"
        self._file = to or root / drill.topic / f"{drill.name}.py"

    def file(self, variant: Variant) -> Path:
        """Return the file for what the drill is solved with."""
        if variant == self._of:
            return self._file
        return self._file.with_name(f"{self._file.stem}_{variant}{self._file.suffix}")

    def lay(self, variant: Variant, last: str | None, *, anew: bool) -> Laid:
        """Make the file ready: what lies there goes on, or else the last try, or else the start.

        Args:
            variant: with what the drill is solved.
            last: the last try that is known from elsewhere.
            anew: whether the last try is over, passed or given up, so that the drill is to be written again.

        Raises:
            OSError: it cannot be written.
        """
        file, start = self.file(variant), self._drill.variants[variant].start
        lies = file.exists()
        if anew and not self._own:
            aside = None
            if lies:
                aside = file.with_name(f"{file.stem}.before{file.suffix}")
                file.replace(aside)
            write_whole(file, start.encode())
            return Laid(file, "anew" if aside is not None else "start", aside)
        if lies:
            return Laid(file, "start" if _reads(file) == start else "resumed")
        write_whole(file, (start if last is None or anew else last).encode())
        return Laid(file, "start" if last is None or anew else "resumed")


def read_answer(file: Path) -> str:
    """Return the code in a file.

    Raises:
        OSError: it cannot be read.
        bot.study.refusals.Refusal: it is too long, empty, or not text in UTF-8; the error names the text that says so.
    """
    with file.open("rb") as opened:  # one byte too many is enough to tell that it is too long
        return script(file.name, opened.read(MOST_BYTES + 1)).code


def _reads(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None  # told when it is judged
