"""`epoch review`: spaced repetition in the terminal; its intervals are fitted to whoever sits there."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from random import SystemRandom
from typing import Annotated

import typer

from bot import exits
from bot.cli._base import QuestionsLangOption, ZoneOption, app, fail, interface_lang, needs_input, plain_errors
from bot.cli._consoles import err, out
from bot.cli._zone import keep_zone
from bot.factory import open_bank, open_tutor
from bot.settings import Settings
from bot.store.location import open_store
from bot.study.tutor import Tutor
from bot.wording import say
from bot.wording.phrases.reviews import fit_words
from knowledge.bank.drills import Drill
from knowledge.bank.models import Lang


@app.command()
@plain_errors
def review(
    ctx: typer.Context,
    mine: Annotated[bool, typer.Option("--mine", help="Only your own mistakes.")] = False,
    lang: QuestionsLangOption = None,
    zone: ZoneOption = None,
    fit: Annotated[
        bool, typer.Option("--fit", help="Fit the intervals to your answers now, and tell what came of it.")
    ] = False,
) -> None:
    """Review due and new items, those first that win most: spaced repetition over the whole bank; also works piped."""
    from bot.study.fitter import Fitter
    from bot.study.learning import Learning
    from bot.terminal.drill_files import FOLDER
    from bot.terminal.drill_practice import practise
    from bot.terminal.lines import Voice
    from bot.terminal.prompt import Interrupted, Lines
    from bot.terminal.review import TerminalReview

    read: Settings = ctx.obj
    asyncio.run(keep_zone(read, zone))
    if fit:
        _fit(read, lang or interface_lang(read))
        return
    needs_input()
    bank = open_bank(read)

    async def reviewed() -> int:
        async with await open_store(read, bank=bank) as store:
            chance = SystemRandom()
            fitter = Fitter(store, time.time)
            learning = Learning(store, bank, time.time, chance, fitter=fitter)
            spoken = lang or interface_lang(read)
            tutor: Tutor | None = None

            async def write(drill: Drill) -> bool:
                nonlocal tutor
                tutor = tutor or open_tutor(read, alone=True)  # most reviews have no drill, and need no engine
                return await practise(drill, tutor, store, Voice(out, spoken), err, root=read.data_dir / FOLDER)

            session = TerminalReview(learning, out, spoken, time.time, chance, write, "mine" if mine else "all")
            try:
                await session.run(Lines())
            except Interrupted:
                return exits.INTERRUPTED
            finally:
                await fitter.close()
                if tutor is not None:
                    await tutor.close()
        return 0

    raise typer.Exit(asyncio.run(reviewed()))


def _fit(read: Settings, lang: Lang) -> None:
    """Fit the intervals now, and tell what came of it."""
    from bot.study.fitter import Fitter, KeptFit
    from bot.study.fitting import ENOUGH, fit_apart, missing, telling
    from bot.study.learning import TERMINAL

    if lacking := missing():
        fail(say("studying.fit.missing", lang, packages=", ".join(lacking)))

    async def fitted() -> tuple[int, KeptFit | None]:
        async with await open_store(read, bank=open_bank(read)) as store:
            told = len(telling(await store.reviews.log(TERMINAL)))
            return told, None if told < ENOUGH else await Fitter(store, time.time, partial(fit_apart, nice=0)).fit(
                TERMINAL
            )

    told, kept = asyncio.run(fitted())
    if kept is None:
        out.print(say("studying.fit.few", lang, told=told, enough=ENOUGH), soft_wrap=True)
    else:
        out.print(fit_words(kept, lang), soft_wrap=True)
