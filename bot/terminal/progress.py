"""A progress bar on stderr for the long work of a first start: loading the encoder, building the index."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.wording import entries, say
from bot.wording.languages import BASE
from knowledge.bank.models import Lang
from knowledge.progress import ProgressCallback

if TYPE_CHECKING:
    from rich.console import Console

#: How much of a first start each stage takes, in hundredths of the CPU seconds measured, with two cores for the stage
#: that uses both (`encode`). A stage that is passed over counts as done.
SHARES = {"model": 9, "export": 9, "encode": 29, "graph": 0, "compare": 24, "fit": 29}
_WHOLE = sum(SHARES.values())


class Whole:
    """The progress of a whole start, computed from the progress of its stages; it never decreases."""

    def __init__(self) -> None:
        self.done = 0.0

    def hear(self, stage: str, done: int, total: int) -> float:
        """Take in that of `stage` this much is done, and return how much of the whole is, from 0 to 1."""
        stages = list(SHARES)
        if stage in SHARES:
            before = sum(SHARES[each] for each in stages[: stages.index(stage)])
            part = SHARES[stage] * (done / total if total else 1.0)
            self.done = max(self.done, (before + part) / _WHOLE)
        return self.done


def logged_progress(log: logging.Logger) -> ProgressCallback:
    """Return a callback (stage, done, total) that writes a line a stage and a line a tenth of the whole.

    A start from the cache has one stage, and nothing is said of it.
    """
    whole = Whole()
    told = ("", -1)

    def report(stage: str, done: int, total: int) -> None:
        nonlocal told
        share = whole.hear(stage, done, total)
        if stage == "model" or done == total:
            return
        if (now := (stage, int(10 * share))) != told:
            told = now
            log.info("building the index, %d %% done: %s", 100 * share, say(f"console.loading.{stage}", BASE))

    return report


@contextmanager
def loading_progress(console: Console, lang: Lang = BASE) -> Iterator[ProgressCallback]:
    """Yield a callback (stage, done, total) that moves one bar over all stages; silent where stderr is no terminal.

    While a stage has not told how far it is, a light runs along the bar: it stands still at no time.
    """
    if not console.is_terminal:
        yield lambda stage, done, total: None
        return
    # Imported only where something is seen of it: a question that is asked by a script should not pay for it.
    from rich.progress import (
        BarColumn,
        Progress,
        SpinnerColumn,
        Task,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
    )
    from rich.progress_bar import ProgressBar

    class Bar(BarColumn):
        def render(self, task: Task) -> ProgressBar:
            bar = super().render(task)
            bar.pulse = bar.pulse or task.fields["waiting"]
            return bar

    with Progress(
        SpinnerColumn(),
        Bar(bar_width=24),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task("", total=1.0, waiting=True)
        whole = Whole()

        def report(stage: str, done: int, total: int) -> None:
            key = f"console.loading.{stage}"
            bar.update(task, description=say(key, lang) if key in entries() else stage,
                       completed=whole.hear(stage, done, total), waiting=done == 0)  # fmt: skip

        yield report
        bar.update(task, completed=1.0)


@contextmanager
def counting_progress(console: Console) -> Iterator[ProgressCallback]:
    """Yield a callback (what was just done, done, total) that moves one bar; silent where stderr is no terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    with Progress(
        SpinnerColumn(),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task("", total=None)

        def report(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total)

        yield report
