"""`epoch chat`, `epoch serve` and `epoch doctor`: the fronts, and what works on this machine."""

from __future__ import annotations

import asyncio

import typer
from rich.cells import cell_len

from bot import exits
from bot.cli._base import (
    JsonFlag,
    app,
    err,
    fail,
    interface_lang,
    needs_input,
    out,
    plain_errors,
    print_json,
)
from bot.factory import open_tutor
from bot.settings import Settings
from bot.store.location import open_store
from bot.terminal.progress import opening_progress
from bot.wording import say
from bot.wording.languages import BASE


@app.command()
@plain_errors
def chat(ctx: typer.Context) -> None:
    """Talk to the tutor in this terminal: no token, no server. Also works piped."""
    from bot.terminal.chat import Chat

    needs_input()
    read: Settings = ctx.obj
    lang = interface_lang(read)
    with opening_progress(err, lang) as progress:
        tutor = open_tutor(read, progress=progress, alone=True)
        asyncio.run(tutor.warm_up())
    opened = Chat(
        tutor, out, err, lang=lang, run_dir=read.run_dir, open_store=lambda: open_store(read),
        history_dir=read.data_dir,
    )  # fmt: skip
    raise typer.Exit(asyncio.run(opened.loop()))


@app.command()
@plain_errors
def serve(ctx: typer.Context) -> None:
    """Run the Discord bot until it is stopped."""
    from bot.discord.client import serve as serve_discord
    from bot.discord.connection import leave

    read: Settings = ctx.obj
    if read.discord_token is None:
        fail("no Discord token; put DISCORD_TOKEN=… into .env (README: 'On Discord' shows where to get one)")
    tutor = open_tutor(read)
    leave(asyncio.run(serve_discord(read, tutor)))


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
