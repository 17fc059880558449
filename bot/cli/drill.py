"""`epoch drill`: write it yourself. Lists the drills, shows one, judges a file with an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import exits
from bot.cli import _places
from bot.cli._base import JsonFlag, QuestionsLangOption, UsageProblem, app, interface_lang, plain_errors, print_json
from bot.cli._consoles import err, out
from bot.cli._files import read_text
from bot.factory import open_bank, open_tutor
from bot.settings import Settings
from bot.study.drills import choosing
from bot.study.drills.asking import nearest_drills
from bot.study.drills.attempts import Attempt
from bot.study.drills.errors import UnknownDrill
from bot.study.drills.models import Verdict
from bot.study.learning import TERMINAL
from bot.study.tutor import Tutor
from bot.terminal.drill_files import FOLDER, Desk
from bot.terminal.drill_show import put_lines, show_statement
from bot.terminal.drill_text import list_lines, verdict_lines
from bot.terminal.lines import Voice, put_code
from bot.terminal.prompt import at_terminal
from bot.wording.foreign import printable
from knowledge.bank.drills import Drill, Variant
from knowledge.bank.models import LANGS, Bank, Lang


@app.command()
@plain_errors
def drill(
    ctx: typer.Context,
    name: Annotated[
        list[str] | None, typer.Argument(metavar="[TOPIC[/NAME]]", help="Which drill: topic/name, title or alias.")
    ] = None,
    file: Annotated[Path | None, typer.Option(help="Judge the answer in this file.")] = None,
    torch: Annotated[bool, typer.Option("--torch", help="With PyTorch instead of NumPy.")] = False,
    seed: Annotated[int | None, typer.Option(min=0, help="Judge on the inputs of this seed; else on new ones.")] = None,
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it in this file, not the data folder's.")
    ] = None,
    lang: QuestionsLangOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Write it yourself: list the drills, begin one in your editor, or judge an answer behind the wall."""
    read: Settings = ctx.obj
    voice = Voice(out, lang or interface_lang(read))
    if to is not None and (file is not None or not name or as_json):
        raise UsageProblem("--to begins one drill in a file; give the drill's name, and neither --file nor --json")
    if not name:
        if file is not None:
            raise UsageProblem("--file needs the drill that it answers; `epoch drill` lists them")
        _list(read, choosing.every(open_bank(read)), voice, as_json)
        return
    typed = " ".join(name)
    if file is None:
        bank = open_bank(read)
        found = _found(bank, typed, voice.lang)
        if len(found) > 1 and to is None:
            _list(read, found, voice, as_json)
            return
        chosen = _one(found)
        variant = _variant(chosen, torch=torch)
        if to is not None:
            _places.file(to, "--to")
        if at_terminal() and out.is_terminal and not as_json:
            raise typer.Exit(asyncio.run(_practised(read, chosen, variant if torch else None, to, voice)))
        _show(chosen, variant, voice, as_json, to)
        return
    code = read_text(file)
    tutor = open_tutor(read, warm=False, alone=True)
    found = _found(tutor.bank, typed, voice.lang)
    chosen = _one(found)
    verdict = asyncio.run(_judged(tutor, chosen, code, _variant(chosen, torch=torch), seed))
    if as_json:
        print_json(verdict.as_json())
    else:
        put_lines(voice, verdict_lines(verdict, chosen, voice.lang, seed=True))
    if not verdict.passed:
        raise typer.Exit(exits.FAILED)


async def _practised(read: Settings, drill: Drill, variant: Variant | None, to: Path | None, voice: Voice) -> int:
    """Let who sits here write it; return the exit status."""
    from bot.store.location import open_store
    from bot.terminal.drill_practice import practise
    from bot.terminal.prompt import Interrupted

    tutor = open_tutor(read, alone=True)
    try:
        async with await open_store(read, bank=tutor.bank) as store:
            await practise(drill, tutor, store, voice, err, root=read.data_dir / FOLDER, to=to, variant=variant)
    except Interrupted:
        return exits.INTERRUPTED
    finally:
        await tutor.close()
    return 0


async def _judged(tutor: Tutor, drill: Drill, code: str, variant: Variant, seed: int | None) -> Verdict:
    from bot.study.drills.judging import DrillJudge

    judge = DrillJudge(tutor, tutor.bank)
    try:
        return await judge.judge(drill, code, variant=variant, seed=seed)
    finally:
        await judge.close()
        await tutor.close()


def _found(bank: Bank, typed: str, lang: Lang) -> list[Drill]:
    if found := choosing.find(bank, typed):
        return found
    raise UnknownDrill(typed, tuple(each.id for each in nearest_drills(bank, typed, lang)))


def _one(found: list[Drill]) -> Drill:
    if len(found) > 1:
        raise UsageProblem(f"that names several drills: {', '.join(each.id for each in found)}; give one of them")
    return found[0]


def _variant(drill: Drill, *, torch: bool) -> Variant:
    if torch and "torch" not in drill.variants:
        raise UsageProblem(f"{drill.id} has no variant with PyTorch; leave --torch out")
    return "torch" if torch else "numpy"


def _list(read: Settings, drills: list[Drill], voice: Voice, as_json: bool) -> None:
    if as_json:
        print_json([_about(each) for each in drills])
    elif not drills:
        voice.say("practice.chat.none")
    else:
        put_lines(voice, list_lines(drills, voice.lang, asyncio.run(_done(read))))


async def _done(read: Settings) -> Mapping[tuple[str, str], Attempt]:
    """Return what was done at drills before; no database is made for that."""
    if read.default_database is not None and not read.default_database.exists():
        return {}
    from bot.store.location import open_store

    async with await open_store(read) as store:
        return await store.drills.all(TERMINAL)


def _show(drill: Drill, variant: Variant, voice: Voice, as_json: bool, to: Path | None) -> None:
    start = drill.variants[variant].start
    if as_json:
        statement = {each: drill.meta.statement[each] for each in LANGS}
        print_json({**_about(drill), "statement": statement, "variant": variant, "start": start})
        return
    show_statement(voice, drill)
    out.print()
    put_code(out, start)
    out.print()
    if to is None:
        voice.say("practice.session.no_terminal", "dim", drill=drill.id)
        return
    laid = Desk(to.parent, drill, to, variant).lay(variant, None, anew=False)
    voice.say("practice.session.file", path=printable(str(laid.file)))
    named = drill.id if variant == "numpy" else f"{drill.id} --{variant}"
    voice.say("practice.session.then_judge", "dim", drill=named, file=printable(str(laid.file)))


def _about(drill: Drill) -> dict[str, Any]:
    meta = drill.meta
    return {
        "drill": drill.id, "title": {each: meta.title[each] for each in LANGS}, "level": meta.level,
        "minutes": meta.minutes, "function": meta.function, "variants": list(drill.variants),
    }  # fmt: skip
