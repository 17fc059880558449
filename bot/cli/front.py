"""`epoch chat` and `epoch doctor`: the front in a terminal, and what works on this machine."""

from __future__ import annotations

import asyncio

import typer
from rich.cells import cell_len

from bot import exits
from bot.cli._base import (
    JsonFlag,
    ZoneOption,
    app,
    interface_lang,
    needs_input,
    plain_errors,
    print_json,
)
from bot.cli._consoles import err, out
from bot.cli._zone import keep_zone
from bot.factory import open_tutor
from bot.settings import Settings
from bot.store.location import open_store
from bot.study.drafts.folders import FOLDER
from bot.study.loops.roles import FOLDER as ROLES
from bot.study.tutor import Tutor
from bot.terminal.drill_files import FOLDER as DRILLS
from bot.terminal.progress import loading_progress
from bot.wording import say
from bot.wording.languages import BASE


@app.command()
@plain_errors
def chat(ctx: typer.Context, zone: ZoneOption = None) -> None:
    """Talk to the tutor in this terminal: no token, no server. Also works piped."""
    from bot.terminal.chat import Chat
    from bot.terminal.drill_practice import judge_of

    needs_input()
    read: Settings = ctx.obj
    asyncio.run(keep_zone(read, zone))
    lang = interface_lang(read)
    with loading_progress(err, lang) as progress:
        tutor = open_tutor(read, progress=progress, alone=True)
        asyncio.run(_warm(tutor))
    opened = Chat(
        tutor, out, err, lang=lang, run_dir=read.run_dir, open_store=lambda: open_store(read, bank=tutor.bank),
        drafts_dir=read.data_dir / FOLDER, drill_dir=read.data_dir / DRILLS, judge=lambda: judge_of(tutor),
        history_dir=read.data_dir, begun=lambda: read.default_database is None or read.default_database.exists(),
        roles_dir=read.data_dir / ROLES,
    )  # fmt: skip
    raise typer.Exit(asyncio.run(opened.loop()))


async def _warm(tutor: Tutor) -> None:
    try:
        await tutor.warm_up()
    except BaseException:
        await tutor.close()  # Ctrl-C: nobody waits for the index any more
        raise


@app.command()
@plain_errors
def doctor(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """Show what works on this machine, and how to mend what doesn't."""
    from bot.cli._probes import probes

    worst = 0
    lang = BASE if as_json else interface_lang(ctx.obj)
    for probe in probes(ctx.obj, lang):
        if as_json:
            print_json(probe.as_dict())
        else:
            mark = {"ok": "✓", "warning": "!", "failed": "✗"}[probe.state]
            name = say(f"doctor.name.{probe.name}", lang)
            out.print(f"{mark} {name}{' ' * (10 - cell_len(name))} {probe.detail}", soft_wrap=True, markup=False)
            if probe.fix:
                out.print(f"  → {probe.fix}", soft_wrap=True, markup=False)
        worst = max(worst, exits.FAILED if probe.state == "failed" else 0)
    raise typer.Exit(worst)
