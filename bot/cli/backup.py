"""`epoch backup` and `epoch restore`: all that the database and the drafts hold in one file, and back."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import _places
from bot.cli._base import UsageProblem, app, plain_errors
from bot.cli._consoles import tell
from bot.settings import Settings
from bot.store.location import make_folder
from bot.study.drafts.folders import FOLDER
from knowledge.counting import counted

if TYPE_CHECKING:  # they load SQLAlchemy, which other commands do without
    from bot.store.backup import Manifest, Restored


@app.command()
@plain_errors
def backup(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; a file that is there is replaced.")],
) -> None:
    """Write the database and the drafts to one file, also while Epoch serves; either kind of database takes it back."""
    _places.file(file, "FILE", whole=True)
    made = asyncio.run(_backup(ctx.obj, file))
    tell(f"{_amount(made)} are kept in {file}")


@app.command()
@plain_errors
def restore(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="What `epoch backup` wrote, or a copy of a SQLite database.")
    ],
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace what the database holds; it is backed up first.")
    ] = False,
) -> None:
    """Put a backup in place of what the database holds, all or nothing."""
    if file.is_dir():
        raise UsageProblem(f"{file} is a folder; give the name of a file with FILE")
    done, shown = asyncio.run(_restore(ctx.obj, file, replace=replace))
    tell(f"restored {_amount(done.manifest)} into {shown}")
    if done.kept is not None:
        tell(f"what was there before is kept in {done.kept}")


async def _backup(read: Settings, file: Path) -> Manifest:
    from bot.store.backup import write
    from bot.store.database import Database, read_url

    database = Database(read_url(read.database_url))
    try:
        return await write(database, file, drafts=read.data_dir / FOLDER)
    finally:
        await database.close()


async def _restore(read: Settings, file: Path, *, replace: bool) -> tuple[Restored, str]:
    from bot.store.backup import restore
    from bot.store.database import Database, read_url

    aside = read.data_dir / time.strftime("before-restore-%Y%m%d-%H%M%S.zip")
    database = Database(read_url(read.database_url))
    if read.default_database is not None:
        make_folder(read.default_database)
    try:
        drafts = read.data_dir / FOLDER
        return await restore(database, file, aside=aside if replace else None, drafts=drafts), database.shown
    finally:
        await database.close()


def _amount(manifest: Manifest) -> str:
    return f"{counted(manifest.rows, 'row')} of {counted(len(manifest.tables), 'table')}"
