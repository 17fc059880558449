"""`epoch import`: interview documents become draft topics, and their snippets are put to the test."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from bot import exits
from bot.cli import _places
from bot.cli._base import JsonFlag, UsageProblem, app, interface_lang, plain_errors, print_json
from bot.cli._consoles import err, out, tell
from bot.factory import open_bank
from bot.settings import Settings
from bot.terminal.progress import counting_progress
from bot.wording import say
from bot.wording.foreign import printable
from bot.wording.languages import listed
from knowledge.bank.errors import DocumentError
from knowledge.bank.models import Lang
from runners.local import LocalRunner
from runners.models import Limits

if TYPE_CHECKING:
    from knowledge.importer import DocumentQuestion, DraftFolder, QuestionGroup, SnippetVerdict, TriedCode

_STYLES: dict[SnippetVerdict, str] = {"ok": "green", "error": "red", "timeout": "yellow", "none": "dim"}
_KINDS = frozenset({".md", ".markdown", ".txt"})


@dataclass(frozen=True)
class _Read:
    """One document that was read: its file, its text, its questions."""

    file: Path
    text: str
    questions: list[DocumentQuestion]


@app.command("import")
@plain_errors
def import_(
    ctx: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE.md…", help="Documents in Markdown, or folders of them.", show_default=False),
    ],
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="Where the drafts go, a folder each.")],
    as_json: JsonFlag = False,
) -> None:
    """Draft topics from interview documents: questions with answers, Chinese or English. Runs their snippets.

    Questions that ask about the same subject share a draft. Folders that are there already stay as they are. Snippets
    run behind the wall as they stand, after those before them in the same answer that they build on: wrong indentation
    and >>> prompts are not mended. Those that fail are reported, which is no failure of the import.
    """
    from knowledge import importer

    lang = interface_lang(ctx.obj)
    _places.folder(to, "--to", make=False)  # no folder is left behind by documents that cannot be read
    named, found = _documents(files, to)
    documents, refused = _read_all(named, found, lang)
    questions = [question for document in documents for question in document.questions]
    groups = importer.group(questions)
    drafts = importer.write(groups, to)
    _tell_drafts(documents, drafts, to, lang)
    _tell_known(ctx.obj, groups, lang)
    tried = asyncio.run(_try(ctx.obj, questions))
    if as_json:
        _print_lines(documents, drafts, tried)
    else:
        _print_table(questions, drafts, tried, lang)
    count = Counter(each.verdict for each in tried)
    verdicts = ", ".join(f"{count[verdict]} {verdict}" for verdict in _STYLES)
    _say("drafts.verdicts", lang, snippets=sum(len(question.snippets) for question in questions), verdicts=verdicts)
    _say("drafts.next", lang, to=to)
    if refused:
        raise typer.Exit(exits.FAILED)


def _documents(files: Sequence[Path], to: Path) -> tuple[list[Path], list[Path]]:
    """Return the documents that were named, and those found in folders that were; each once."""
    named: list[Path] = []
    found: list[Path] = []
    for file in files:
        if not file.is_dir():
            named.append(file)
            continue
        inside = sorted(
            each
            for each in file.rglob("*")
            if each.suffix.lower() in _KINDS
            and each.is_file()
            and not any(part.startswith(".") for part in each.relative_to(file).parts)
            and not (to.exists() and each.resolve().is_relative_to(to.resolve()) and to.resolve() != file.resolve())
        )
        if not inside:
            raise UsageProblem(f"no document in the folder {file}; give one with .md, .markdown or .txt files")
        found += inside
    named = list(dict.fromkeys(named))
    return named, [file for file in dict.fromkeys(found) if file not in named]


def _read_all(named: Sequence[Path], found: Sequence[Path], lang: Lang) -> tuple[list[_Read], bool]:
    """Return what could be read, and whether a document that was named could not.

    A single document that cannot be read is the command's own failure; of several, it is said and the others are taken.
    """
    documents: list[_Read] = []
    errors: list[DocumentError] = []
    refused = False
    for file in (*named, *found):
        try:
            documents.append(_read(file, lang))
        except DocumentError as error:
            if len(named) + len(found) == 1:
                raise
            tell(str(error))
            errors.append(error)
            refused |= file in named
    if not documents:
        raise DocumentError(f"none of the {len(errors)} documents has questions that can be read; see the lines above")
    return documents, refused


def _read(file: Path, lang: Lang) -> _Read:
    from knowledge import importer

    try:
        text, encoding = importer.read_text(file)
    except OSError as error:
        raise UsageProblem(f"cannot read {file}: {error.strerror}; give the path of a Markdown document") from error
    try:
        questions = importer.parse(text)
    except DocumentError as error:
        raise DocumentError(f"{file}: {error}") from error
    if encoding != "UTF-8":
        _say("document.encoding", lang, file=file, encoding=encoding)
    for number, times in Counter(question.number for question in questions).items():
        if times > 1:
            lines = ", ".join(str(question.line) for question in questions if question.number == number)
            _say("document.twice", lang, file=file, number=number, times=times, lines=lines)
    return _Read(file, text, questions)


def _tell_drafts(documents: Sequence[_Read], drafts: Sequence[DraftFolder], to: Path, lang: Lang) -> None:
    """Say what came of the documents' characters, and which drafts hold them."""
    from knowledge import importer

    kept = [draft for draft in drafts if not draft.new]
    total = sum(len(document.questions) for document in documents)
    _say("drafts.written", lang, questions=total, new=len(drafts) - len(kept), to=to)
    for document in documents:
        count = importer.tally(document.text, document.questions)
        figures = {"document": count.document, "placed": count.placed, "left": count.not_placed, "markup": count.markup}
        _say("document.tally", lang, file=document.file, **{name: f"{value:,}" for name, value in figures.items()})
    if kept:
        again = [question for draft in kept for question in draft.group.questions]
        lost = importer.tally("", again)
        names = _few([draft.folder.name for draft in kept])
        _say("drafts.kept", lang, count=len(kept), characters=f"{lost.placed + lost.not_placed:,}", names=names)


def _tell_known(read: Settings, groups: Sequence[QuestionGroup], lang: Lang) -> None:
    """Say which questions the bank answers already."""
    from knowledge import importer

    numbers: dict[str, list[int]] = {}
    for place, slug in importer.known(open_bank(read), groups).items():
        numbers.setdefault(slug, []).extend(groups[place].numbers)
    if numbers:
        topics = [
            say("importing.drafts.numbers", lang, slug=slug, numbers=listed(sorted(asked), lang))
            for slug, asked in numbers.items()
        ]
        _say("drafts.known", lang, topics=listed(topics, lang))


async def _try(read: Settings, questions: Sequence[DocumentQuestion]) -> list[TriedCode]:
    from knowledge import importer

    limits = Limits(wall_s=read.run_seconds, cpu_s=read.run_cpu_seconds, memory_mb=read.run_memory_mb)
    runner = LocalRunner(wall=read.wall, cache_dir=read.cache_dir, warm=True)
    try:
        with counting_progress(err) as progress:
            return await importer.try_all(questions, runner, limits, progress=progress)
    finally:
        await runner.close()


def _print_lines(documents: Sequence[_Read], drafts: Sequence[DraftFolder], tried: Sequence[TriedCode]) -> None:
    folders = _folders(drafts)
    asked = [(document.file, question) for document in documents for question in document.questions]
    for (file, question), each in zip(asked, tried, strict=True):
        line = {
            "number": question.number,
            "title": question.title,
            "draft": str(folders[id(question)]),
            "verdict": each.verdict,
            "error": each.error,
        }
        print_json(line if len(documents) == 1 else line | {"file": str(file)})


def _print_table(
    questions: Sequence[DocumentQuestion], drafts: Sequence[DraftFolder], tried: Sequence[TriedCode], lang: Lang
) -> None:
    folders = _folders(drafts)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("#", justify="right")
    for name in ("verdict", "draft", "question", "why"):
        table.add_column(say(f"importing.table.{name}", lang), overflow="fold")
    for question, each in zip(questions, tried, strict=True):
        table.add_row(
            str(question.number),
            Text(each.verdict, _STYLES[each.verdict]),
            Text(folders[id(question)].name),
            Text(printable(question.title)),
            Text(printable(each.error or "")),
        )
    out.print(table)


def _folders(drafts: Sequence[DraftFolder]) -> dict[int, Path]:
    """Return each question's draft folder, by the question's identity (numbers may stand twice)."""
    return {id(question): draft.folder for draft in drafts for question in draft.group.questions}


def _say(key: str, lang: Lang, **values: object) -> None:
    tell(say(f"importing.{key}", lang, **values))


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
