"""`epoch run`: an example of the bank, or any script behind the wall."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from bot import exits
from bot.cli import _places
from bot.cli._base import JsonFlag, UsageProblem, app, interface_lang, plain_errors, print_json
from bot.cli._consoles import err, out
from bot.cli._files import read_text
from bot.factory import open_tutor
from bot.settings import Settings
from bot.study.tutor import Tutor
from bot.terminal.lines import Voice
from bot.terminal.runs import RunView, run_folder
from bot.terminal.values import show_values
from knowledge.bank import parameters
from knowledge.bank.models import LANGS, MAIN_EXAMPLE, Lang, Topic
from runners.models import Artifact, Finished, Job, event_json


@app.command()
@plain_errors
def run(
    ctx: typer.Context,
    topic: Annotated[list[str] | None, typer.Argument(help="Topic whose example to run: slug, title or alias.")] = None,
    example: Annotated[str, typer.Option(help="Which of its examples.")] = MAIN_EXAMPLE,
    changes: Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Change a value.")] = None,
    counter: Annotated[bool, typer.Option(help="Break it: apply the example's counter.")] = False,
    show_list: Annotated[bool, typer.Option("--list", help="List the values to change, and run nothing.")] = False,
    file: Annotated[Path | None, typer.Option(help="Run this script instead, behind the wall.")] = None,
    stdin: Annotated[Path | None, typer.Option(help="Standard input for --file.")] = None,
    out_dir: Annotated[Path | None, typer.Option("--out", help="Folder for the files it saves.")] = None,
    repeat: Annotated[int, typer.Option(min=1, max=1000, help="Run it this many times in one process.")] = 1,
    as_json: JsonFlag = False,
) -> None:
    """Run an example and show its real output as it comes."""
    topic, changes, show_list = _as_in_the_chat(topic or [], changes or [], show_list=show_list)
    if (not topic) == (file is None):
        raise UsageProblem("give a topic or --file SCRIPT.py, one of the two; `epoch topics` lists the topics")
    if file is not None and (changes or counter or show_list or example != MAIN_EXAMPLE):
        raise UsageProblem("--set, --counter, --list and --example belong to a topic's example, not to --file")
    if stdin is not None and file is None:
        raise UsageProblem("--stdin belongs to --file SCRIPT.py")
    read: Settings = ctx.obj
    tutor = open_tutor(read, warm=repeat > 1, alone=True)
    if show_list:
        _list(tutor, topic, example, interface_lang(read), as_json)
        return
    view = None if as_json else RunView(out, err, interface_lang(read), broken=counter)
    if file is not None:
        job = tutor.plan_script(read_text(file), name=file.name, stdin=read_text(stdin) if stdin else None)
        job = _into(job, out_dir or read.run_dir / file.stem)
    else:
        found, name = _named(tutor, topic, example)
        pairs = _pairs(changes)
        planned = tutor.plan(found.slug, name, changes=pairs, counter=counter)
        job = planned.into(out_dir or run_folder(read.run_dir, planned, pairs, counter=counter)).job
        if counter and view is not None:
            view.breaking(planned)
    assert job.out_dir is not None
    _places.folder(job.out_dir, "--out")
    finished, saved = asyncio.run(_repeat(tutor, job, repeat, view))
    if not saved or any(each.outcome != "ok" for each in finished):
        raise typer.Exit(exits.FAILED)


def _as_in_the_chat(words: list[str], changes: list[str], *, show_list: bool) -> tuple[list[str], list[str], bool]:
    """Read `gan STEPS=500` and `gan ?` as the chat does: the words of the topic, the changes, whether to list."""
    typed = [word for word in words if "=" in word]
    names = [word for word in words if "=" not in word and word not in ("?", "？")]
    return names, [*changes, *typed], show_list or len(names) + len(typed) < len(words)


def _named(tutor: Tutor, words: list[str], example: str) -> tuple[Topic, str]:
    """Read the words of a topic, the last of which may be its example, as in the chat; the option goes before."""
    if example != MAIN_EXAMPLE:
        return tutor.topic(" ".join(words)), example
    return tutor.named(words)


def _list(tutor: Tutor, words: list[str], example: str, lang: Lang, as_json: bool) -> None:
    topic, name = _named(tutor, words, example)
    chosen = tutor.plan(topic.slug, name).example
    examples = topic.examples if name == MAIN_EXAMPLE and words[-1] != MAIN_EXAMPLE else (chosen,)
    if not as_json:
        show_values(Voice(out, lang), topic, examples, once=True)
        return
    for each in examples:
        for value in parameters.offered(each):
            meaning = {lang: value.meaning(lang) for lang in LANGS}
            print_json({
                "example": each.name, "name": value.name, "value": value.value, "low": value.low, "high": value.high,
                "choices": list(value.choices), "meaning": meaning,
            })  # fmt: skip


async def _repeat(tutor: Tutor, job: Job, times: int, view: RunView | None) -> tuple[list[Finished], bool]:
    """Return how the runs ended, and whether all they saved could be written here."""
    finished: list[Finished] = []
    saved = True
    try:
        if times > 1:
            await tutor.runner.warm_up()
        for _ in range(times):
            async for event in tutor.run(job):
                if view is not None:
                    view.show(event)
                else:
                    print_json(json.loads(event_json(event)))
                if isinstance(event, Finished):
                    finished.append(event)
                elif isinstance(event, Artifact):
                    saved = saved and event.path is not None
    finally:
        if view is not None:
            view.close()
        await tutor.close()
    return finished, saved


def _into(job: Job, folder: Path) -> Job:
    import dataclasses

    return dataclasses.replace(job, out_dir=folder)


def _pairs(changes: list[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals or not name:
            raise UsageProblem(f"--set {change}: expected NAME=VALUE, for example --set SEED=2")
        pairs[name.strip()] = value
    return pairs
