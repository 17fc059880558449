"""`epoch progress`: what is known of each topic, and what would be scored today and on a date."""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict
from typing import Annotated

import typer

from bot import exits
from bot.cli._base import JsonFlag, QuestionsLangOption, app, fail, interface_lang, plain_errors, print_json
from bot.cli._consoles import out
from bot.factory import open_bank
from bot.settings import Settings
from bot.store.location import open_store
from bot.study.learning import Progress
from bot.study.refusals import Refusal
from bot.wording import say


@app.command()
@plain_errors
def progress(
    ctx: typer.Context,
    date: Annotated[
        str | None,
        typer.Argument(metavar="[DATE]", help="The day, as 2026-12-20 or +14: what you would score then, too."),
    ] = None,
    lang: QuestionsLangOption = None,
    as_json: JsonFlag = False,
) -> None:
    """What you know of each topic, how sure that is, and what you would score today or on a date."""
    from bot.terminal.lines import Voice
    from bot.terminal.standing import progress_until, put_progress

    read: Settings = ctx.obj
    bank, spoken = open_bank(read), lang or interface_lang(read)

    async def found() -> Progress:
        from bot.study.learning import Learning

        async with await open_store(read, bank=bank) as store:
            return await progress_until(Learning(store, bank, time.time), date)

    try:
        made = asyncio.run(found())
    except Refusal as error:
        fail(say(error.key, spoken, **error.values), exits.USAGE)
    if as_json:
        assert made.scores is not None
        print_json(asdict(made.scores))
    else:
        put_progress(Voice(out, spoken), made)
