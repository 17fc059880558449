"""`epoch review`: spaced repetition in the terminal."""

from __future__ import annotations

import asyncio
import time
from random import SystemRandom

import typer

from bot.cli._base import EXIT_INTERRUPTED, LangOption, app, interface_lang, needs_input, out, plain_errors
from bot.keeping import open_store
from bot.opening import open_bank
from bot.settings import Settings


@app.command()
@plain_errors
def review(ctx: typer.Context, lang: LangOption = None) -> None:
    """Review what is due, then new items: spaced repetition over the whole bank; also works piped."""
    from bot.console.prompt import Interrupted, Lines
    from bot.console.review import TerminalReview
    from bot.learning import Learning

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
                return EXIT_INTERRUPTED
        return 0

    raise typer.Exit(asyncio.run(reviewed()))
