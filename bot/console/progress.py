"""A progress bar on stderr for the long work of opening: loading the encoder, building the index."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from bot.tutor import Progress as Report
from bot.wording import entries, say
from knowledge.models import Lang


@contextmanager
def opening_progress(console: Console, lang: Lang = "en") -> Iterator[Report]:
    """Yield a callback (stage, done, total) that moves a bar; silent where stderr is no terminal."""
    if not console.is_terminal:
        yield lambda stage, done, total: None
        return
    # Imported only where something is seen of it: a question that is asked by a script should not pay for it.
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TaskID,
        TextColumn,
        TimeElapsedColumn,
    )

    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as bar:
        tasks: dict[str, TaskID] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                key = f"console.opening.{stage}"
                tasks[stage] = bar.add_task(say(key, lang) if key in entries() else stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield report


@contextmanager
def counting_progress(console: Console) -> Iterator[Report]:
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
