"""`epoch review`: spaced repetition in the terminal."""

from __future__ import annotations

import asyncio
import time
from random import SystemRandom

import typer

from bot import exits
from bot.cli._base import LangOption, app, interface_lang, needs_input, out, plain_errors
from bot.factory import open_bank
from bot.settings import Settings
from bot.store.location import open_store


@app.command()
@plain_errors
def review(ctx: typer.Context, lang: LangOption = None) -> None:
    """Review what is due, then new items: spaced repetition over the whole bank; also works piped."""
    from bot.study.learning import Learning
    from bot.terminal.prompt import Interrupted, Lines
    from bot.terminal.review import TerminalReview

    needs_input()
    read: Settings = ctx.obj
    bank = open_bank()

    async def reviewed() -> int:
        async with await open_store(read) as store:
            chance = SystemRandom()
            learning = Learning(store, bank, time.time, chance)
            session = TerminalReview(learning, out, lang or interface_lang(read), time.time, chance)
            try:
                await session.run(Lines())
            except Interrupted:
                return exits.INTERRUPTED
        return 0

    raise typer.Exit(asyncio.run(reviewed()))
