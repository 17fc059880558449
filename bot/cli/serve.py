"""`epoch serve`: the front on Discord. Its imports hold up every start: nothing here knows a terminal."""

from __future__ import annotations

import asyncio
import gc
import logging

import typer

from bot import exits
from bot.cli._base import app, fail, plain_errors_of_a_service
from bot.factory import open_tutor
from bot.settings import Settings
from bot.terminal.progress import logged_progress
from knowledge.memory import one_heap

log = logging.getLogger(__name__)


@app.command()
@plain_errors_of_a_service
def serve(ctx: typer.Context) -> None:
    """Run the Discord bot until it is stopped."""
    read: Settings = ctx.obj
    if read.discord_token is None:
        text = "no Discord token; put DISCORD_TOKEN=… into .env (README: 'On Discord' shows where to get one)"
        fail(text, exits.CONFIG)
    one_heap()
    gc.disable()  # what a start makes stays; it is looked through once, when the bot is warm (bot.discord.connection)
    try:
        tutor = open_tutor(read, progress=logged_progress(log), ahead=True)
        from bot.discord.client import serve as serve_discord  # beside it, for this takes as long
        from bot.discord.connection import leave

        status = asyncio.run(serve_discord(read, tutor))
    finally:
        gc.enable()
    leave(status)
