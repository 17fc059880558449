"""`epoch gaps`: what members asked and the bank could not answer."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import _places
from bot.cli._base import JsonFlag, app, err, interface_lang, out, plain_errors, print_json, tell
from bot.factory import open_tutor
from bot.settings import Settings
from bot.store.location import open_store
from bot.study.gaps import asked, labelled_lines
from bot.terminal.progress import opening_progress
from bot.wording.foreign import printable
from knowledge.files import write_whole
from knowledge.search.clusters import Cluster

if TYPE_CHECKING:  # the store loads SQLAlchemy, which a plain question does without
    from bot.study.gaps import Gap


@app.command()
@plain_errors
def gaps(
    ctx: typer.Context,
    export: Annotated[
        Path | None, typer.Option(metavar="FILE.jsonl", help="Write the questions as `epoch eval` reads them.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show what members asked and the bank could not answer, like questions together."""
    read: Settings = ctx.obj
    if export is not None:
        _places.file(export, "--export", whole=True)
    found = asyncio.run(_noted(read))
    if export is not None:
        lines = "".join(f"{line}\n" for line in labelled_lines(found))
        try:
            write_whole(export, lines.encode())
        except OSError as error:
            _places.unwritten(export, "--export", error)
        tell(f"{len(found)} questions written to {export}")
        return
    for cluster in _together(read, found):
        if as_json:
            print_json(dataclasses.asdict(cluster))
            continue
        langs = " ".join(f"{lang} {count}" for lang, count in cluster.langs.items())
        out.print(f"{cluster.count:4}× {printable(cluster.question)}", soft_wrap=True, markup=False)
        out.print(f"      {langs} · nearest: {', '.join(cluster.nearest) or '-'}", style="dim", soft_wrap=True)
        for example in cluster.examples:
            out.print(f"      · {printable(example)}", soft_wrap=True, markup=False)
    if not found:
        tell("no question without an answer so far")


async def _noted(read: Settings) -> list[Gap]:
    async with await open_store(read) as store:
        return await store.gaps.all()


def _together(read: Settings, found: list[Gap]) -> list[Cluster]:
    async def work() -> list[Cluster]:
        try:
            return await tutor.cluster(asked(found))
        finally:
            await tutor.close()

    if not found:
        return []
    with opening_progress(err, interface_lang(read)) as progress:
        tutor = open_tutor(read, progress=progress, warm=False)
        return asyncio.run(work())
