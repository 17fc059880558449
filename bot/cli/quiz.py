"""`epoch quiz` and `epoch quiz import`: a round in the terminal, and trivia packs for rounds."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from random import Random, SystemRandom
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot import exits
from bot.cli._base import QuestionsLangOption, app, fail, interface_lang, needs_input, plain_errors
from bot.cli._consoles import out, tell
from bot.factory import open_tutor
from bot.settings import Settings
from bot.store.location import open_store
from bot.study.rounds.errors import PackError
from knowledge.bank import names
from knowledge.bank.kinds import by_letter
from knowledge.counting import counted

if TYPE_CHECKING:
    from bot.study.rounds.questions import Pack

    _Kind = str
else:
    _Kind = Literal[by_letter()]  # typer offers these

_PACK = "pack:"

quiz = typer.Typer(name="quiz", invoke_without_command=True)
app.add_typer(quiz)


@quiz.callback()
@plain_errors
def play(
    ctx: typer.Context,
    topics: Annotated[
        str | None, typer.Option(help="Topics, or pack:NAME, separated by commas; all topics without it.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, max=100, help="How many questions.")] = 10,
    seconds: Annotated[float, typer.Option(min=5, max=600, help="Seconds for each question.")] = 60.0,
    kinds: Annotated[_Kind | None, typer.Option(help="Only this kind of question.")] = None,
    seed: Annotated[int | None, typer.Option(help="Ask the same questions again.")] = None,
    lang: QuestionsLangOption = None,
) -> None:
    """Play a quiz round in this terminal; also works piped."""
    if ctx.invoked_subcommand is not None:
        return
    needs_input()
    from bot.study.fitter import Fitter
    from bot.study.learning import Learning
    from bot.study.rounds.choosing import choose
    from bot.terminal.prompt import Interrupted, Lines
    from bot.terminal.quiz import TerminalRound, alone

    read: Settings = ctx.obj
    language = lang or interface_lang(read)
    tutor = open_tutor(read, alone=True)
    wished = [name.strip() for name in (topics or "").replace("，", ",").split(",") if name.strip()]

    async def round_() -> int:
        try:
            packs = await _packs(read, [n.removeprefix(_PACK) for n in wished if n.startswith(_PACK)])
            questions = choose(
                tutor.bank, language, SystemRandom() if seed is None else Random(seed), count=rounds, packs=packs,
                topics=[names.find(tutor.bank, name).slug for name in wished if not name.startswith(_PACK)],
                kinds=[kinds] if kinds else [],
            )  # fmt: skip
            if not questions:
                fail("there are no such questions; choose other --topics or --kinds")
            async with await open_store(read, bank=tutor.bank) as store:
                fitter = Fitter(store, time.time)
                learning = Learning(store, tutor.bank, time.time, fitter=fitter)
                try:
                    played = TerminalRound(tutor, out, language, time.time, learning)
                    await played.play(questions, alone(rounds, seconds), Lines())
                finally:
                    await fitter.close()
        except Interrupted:
            return exits.INTERRUPTED
        finally:
            await tutor.close()
        return 0

    raise typer.Exit(asyncio.run(round_()))


@quiz.command("import")
@plain_errors
def import_(
    ctx: typer.Context,
    pack: Annotated[Path, typer.Argument(help="A trivia pack of Red-DiscordBot: YAML, questions with their answers.")],
) -> None:
    """Import a trivia pack, for `/quiz start` and `epoch quiz --topics pack:NAME`."""
    from bot.study.rounds.packs import read_pack

    read: Settings = ctx.obj
    found = read_pack(pack)

    async def put() -> None:
        async with await open_store(read) as store:
            await store.packs.put(found, time.time())

    asyncio.run(put())
    tell(f"imported {found.name}: {counted(len(found.questions), 'question')}; play it as pack:{found.name}", out)


async def _packs(read: Settings, wished: list[str]) -> list[Pack]:
    if not wished:
        return []
    found = []
    async with await open_store(read) as store:
        for name in wished:
            if (pack := await store.packs.get(name)) is None:
                known = ", ".join(await store.packs.names()) or "none"
                raise PackError(f"no pack is called {name!r}; there are: {known}")
            found.append(pack)
    return found
