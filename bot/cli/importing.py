"""`epoch import`: an interview document becomes draft topics, and its snippets are put to the test."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from bot.cli import _places
from bot.cli._base import JsonFlag, UsageProblem, app, err, out, plain_errors, print_json, tell
from bot.console.progress import counting_progress
from bot.console.text import printable
from bot.settings import Settings
from knowledge.errors import DocumentError
from runners.local import LocalRunner
from runners.models import Limits

if TYPE_CHECKING:
    from knowledge.importer import Draft, Question, Tried, Verdict

_STYLES: dict[Verdict, str] = {"ok": "green", "error": "red", "timeout": "yellow", "none": "dim"}


@app.command("import")
@plain_errors
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.md", help="The document, Markdown saved as UTF-8.")],
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="Where the drafts go, a folder each.")],
    as_json: JsonFlag = False,
) -> None:
    """Draft topics from an interview document: numbered questions with answers, Chinese or English. Runs its snippets.

    Questions that ask about the same subject share a draft. Folders that are there already stay as they are. Snippets
    run behind the wall as they stand: wrong indentation and >>> prompts are not mended. Those that fail are reported,
    which is no failure of the import.
    """
    from knowledge import importer

    try:
        text = importer.read(file)
    except OSError as error:
        raise UsageProblem(f"cannot read {file}: {error.strerror}; give the path of a Markdown document") from error
    try:
        questions = importer.parse(text)
    except DocumentError as error:
        raise DocumentError(f"{file}: {error}") from error
    for number, times in Counter(question.number for question in questions).items():
        if times > 1:
            lines = ", ".join(str(question.line) for question in questions if question.number == number)
            tell(f"number {number} stands {times} times (lines {lines}); all were taken")
    _places.folder(to, "--to")
    drafts = importer.write(importer.group(questions), to)
    kept = [draft.folder.name for draft in drafts if not draft.new]
    tell(f"{len(questions)} questions; {len(drafts) - len(kept)} drafts written to {to}")
    if kept:
        tell(f"{len(kept)} were there already and stay as they are: {_few(kept)}")
    tried = asyncio.run(_try(ctx.obj, questions))
    if as_json:
        _print_lines(questions, drafts, tried)
    else:
        _print_table(questions, drafts, tried)
    count = Counter(each.verdict for each in tried)
    snippets = sum(len(question.snippets) for question in questions)
    tell(f"{snippets} snippets; questions: {', '.join(f'{count[verdict]} {verdict}' for verdict in _STYLES)}")
    tell(f"next: epoch check --no-run --root {to}")


async def _try(read: Settings, questions: Sequence[Question]) -> list[Tried]:
    from knowledge import importer

    limits = Limits(wall_s=read.run_seconds, cpu_s=read.run_cpu_seconds, memory_mb=read.run_memory_mb)
    runner = LocalRunner(wall=read.wall, cache_dir=read.cache_dir, warm=True)
    try:
        with counting_progress(err) as progress:
            return await importer.try_all(questions, runner, limits, progress=progress)
    finally:
        await runner.close()


def _print_lines(questions: Sequence[Question], drafts: Sequence[Draft], tried: Sequence[Tried]) -> None:
    folders = _folders(drafts)
    for question, each in zip(questions, tried, strict=True):
        print_json(
            {
                "number": question.number,
                "title": question.title,
                "draft": str(folders[id(question)]),
                "verdict": each.verdict,
                "error": each.error,
            }
        )


def _print_table(questions: Sequence[Question], drafts: Sequence[Draft], tried: Sequence[Tried]) -> None:
    folders = _folders(drafts)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("#", justify="right")
    for name in ("verdict", "draft", "question", "why"):
        table.add_column(name, overflow="fold")
    for question, each in zip(questions, tried, strict=True):
        table.add_row(
            str(question.number),
            Text(each.verdict, _STYLES[each.verdict]),
            Text(folders[id(question)].name),
            Text(printable(question.title)),
            Text(printable(each.error or "")),
        )
    out.print(table)


def _folders(drafts: Sequence[Draft]) -> dict[int, Path]:
    """Return each question's draft folder, by the question's identity (numbers may stand twice)."""
    return {id(question): draft.folder for draft in drafts for question in draft.group.questions}


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
