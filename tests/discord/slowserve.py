"""`epoch serve` with the tests' small bank and a search that takes its time; all else is as it is.

python -m tests.discord.slowserve SECONDS_A_QUESTION [PYTHON]

PYTHON is carried out before it starts, to break something.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import Any

from bot.cli import serve
from bot.study.tutor import Tutor
from knowledge.search.retriever import Reply, Retriever
from runners.local import LocalRunner
from tests.knowledge.banks import small_bank


class Slow:
    """A search without an encoder, that takes so many seconds for each question but the one that warms it up."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._warm = False
        self._inner = Retriever.open(small_bank(), cache_dir=None, encoder=False)

    def ask_many(self, questions: Sequence[str], *more: Any) -> list[Reply]:  # noqa: ANN401
        """Answer, after a while."""
        time.sleep(self._seconds * len(questions) if self._warm else 0)
        self._warm = True
        return self._inner.ask_many(questions, *more)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the retriever has
        return getattr(self._inner, name)


def main() -> None:
    """Serve until told to stop."""
    seconds, *broken = sys.argv[1:]
    serve.open_tutor = lambda settings, **_: Tutor(  # type: ignore[assignment,misc]
        small_bank(), Slow(float(seconds)), LocalRunner("trusted", warm=False)
    )
    for each in broken:
        exec(each, {})
    sys.argv = ["epoch", "serve"]
    from bot.__main__ import main as epoch

    epoch()


if __name__ == "__main__":
    main()
