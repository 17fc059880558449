"""`epoch loop`: a whole interview in the terminal."""

from __future__ import annotations

import asyncio
import time
from random import SystemRandom
from typing import TYPE_CHECKING, Annotated

import typer

from bot import exits
from bot.cli._base import QuestionsLangOption, app, fail, interface_lang, needs_input, plain_errors
from bot.cli._consoles import err, out
from bot.factory import open_tutor
from bot.settings import Settings
from bot.store.location import open_store
from bot.study.loops import roles
from bot.study.loops.machine import LEAST, MOST, USUAL
from bot.study.refusals import Refusal
from bot.wording import say
from knowledge.bank.models import Lang

if TYPE_CHECKING:
    from bot.store.store import Store


@app.command()
@plain_errors
def loop(
    ctx: typer.Context,
    role: Annotated[
        str | None, typer.Argument(metavar="[ROLE]", help="Which role; without it go on, or list the roles.")
    ] = None,
    minutes: Annotated[int, typer.Option(min=LEAST, max=MOST, help="How many minutes in all.")] = USUAL,
    lang: QuestionsLangOption = None,
) -> None:
    """A whole interview under a clock: questions, follow-ups, a bug, a drill, a report; also works piped."""
    needs_input()
    read: Settings = ctx.obj
    raise typer.Exit(asyncio.run(_held(read, role, minutes, lang or interface_lang(read))))


async def _held(read: Settings, role: str | None, minutes: int, lang: Lang) -> int:
    from bot.study.learning import Learning
    from bot.study.loops.conduct import Conduct
    from bot.terminal.drill_chat import Drills
    from bot.terminal.drill_files import FOLDER
    from bot.terminal.drill_practice import judge_of
    from bot.terminal.lines import Voice
    from bot.terminal.loop import DrillDesk, TerminalLoop
    from bot.terminal.prompt import Interrupted, Lines
    from bot.terminal.talk import Talk

    tutor = open_tutor(read, warm=False, alone=True)
    lines = Lines()

    async def opened() -> Store:
        return await open_store(read, bank=tutor.bank)

    drills = Drills(
        tutor.bank, Voice(out, lang), err, Talk(lang), interactive=lines.interactive, open_store=opened,
        judge=lambda: judge_of(tutor), root=read.data_dir / FOLDER,
    )  # fmt: skip
    try:
        known = roles.load_roles(tutor.bank, read.data_dir / roles.FOLDER)
        chosen = roles.find_role(known, role) if role is not None else None
        async with await opened() as store:
            learning, chance = Learning(store, tutor.bank, time.time), SystemRandom()
            conduct = Conduct(tutor, learning, store, known, time.time, chance)
            desk = DrillDesk(drills.practise, drills.answer)
            held = TerminalLoop(conduct, tutor.bank, desk, out, lang, time.time, "epoch loop")
            await held.run(lines, chosen, minutes)
    except Interrupted:
        return exits.INTERRUPTED
    except Refusal as error:
        fail(say(error.key, lang, **error.values))
    finally:
        await drills.close()
        await tutor.close()
    return 0
