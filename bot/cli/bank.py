"""`epoch topics`, `epoch check` and `epoch new`: the bank, for readers and for contributors."""

from __future__ import annotations

import asyncio
import shlex
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from bot import exits
from bot.cli._base import JsonFlag, UsageProblem, app, interface_lang, plain_errors, print_json
from bot.cli._consoles import err, out, tell
from bot.factory import open_bank
from bot.settings import Settings
from bot.terminal.progress import counting_progress
from bot.wording.translation import spoken_problem
from knowledge.counting import counted
from runners.local import LocalRunner


@app.command()
@plain_errors
def topics(
    ctx: typer.Context,
    path: Annotated[str | None, typer.Option(metavar="SLUG", help="Only the learning path to this topic.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """List the bank's topics, or a learning path to one."""
    from bot.terminal.lines import one_line
    from knowledge.bank import names
    from knowledge.bank.paths import learning_path

    read: Settings = ctx.obj
    bank = open_bank(read)
    chosen = list(bank.topics.values()) if path is None else learning_path(bank, names.find(bank, path))
    if as_json:
        print_json(
            [{"slug": t.slug, "title": t.title.model_dump(), "questions": list(t.meta.questions)} for t in chosen]
        )
        return
    lang = interface_lang(read)
    for topic in chosen:
        origin = f"  ({one_line(topic.origin.title[lang])})" if topic.origin is not None else ""
        out.print(f"{topic.slug:32} {topic.title[lang]}{origin}", soft_wrap=True, markup=False)


@app.command()
@plain_errors
def check(
    ctx: typer.Context,
    slugs: Annotated[list[str] | None, typer.Argument(help="Topics to check; all without any.")] = None,
    no_run: Annotated[bool, typer.Option("--no-run", help="Read only; run no example and no quiz proof.")] = False,
    seeds: Annotated[int, typer.Option(min=1, max=100, help="Run each example with this many seeds.")] = 1,
    accept: Annotated[
        bool, typer.Option("--accept", help="Write output.txt from the run, and which topics passed.")
    ] = False,
    full: Annotated[
        bool, typer.Option("--full", help="Run the evidence for claims of rank, too, and search longer (minutes).")
    ] = False,
    changed: Annotated[
        bool, typer.Option("--changed", help="Run only topics that are not as they were when they last passed.")
    ] = False,
    root: Annotated[Path | None, typer.Option("--root", metavar="DIR", help="Check drafts in this folder.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Tell everything that is wrong with the bank at once, and how to mend it."""
    from knowledge.check import CheckReport, of_bank
    from knowledge.check import check as check_bank

    _refuse_contradictions(root, no_run=no_run, accept=accept, full=full, changed=changed, seeds=seeds)
    read: Settings = ctx.obj

    async def checked() -> CheckReport:
        runner = LocalRunner(wall=read.wall, cache_dir=read.cache_dir, warm=True)
        try:
            if not no_run and (not slugs or len(slugs) > 1):
                await runner.warm_up()  # a topic has a dozen runs: with a few topics it pays to wait
            with counting_progress(err) as progress:
                return await check_bank(
                    root,
                    slugs or (),
                    run=not no_run,
                    seeds=seeds,
                    accept=accept,
                    full=full,
                    changed=changed,
                    runner=runner,
                    progress=progress,
                )
        finally:
            await runner.close()

    start = time.monotonic()
    report = asyncio.run(checked())
    for problem in report.problems if root is None else [of_bank(each, root) for each in report.problems]:
        if as_json:
            print_json(problem.model_dump())
        else:
            sys.stdout.write(f"{spoken_problem(problem)}\n")
    for path in report.accepted:
        tell(f"accepted {path}")
    seconds = time.monotonic() - start
    done = counted(report.topics, "topic"), counted(len(report.ran), "run"), counted(len(report.problems), "problem")
    tell(f"{', '.join(done)} in {seconds:.0f} s")
    if report.unchanged:
        tell(f"{counted(len(report.unchanged), 'topic')} not run: unchanged since last passed")
    if report.problems:
        raise typer.Exit(exits.FAILED)


def _refuse_contradictions(
    root: Path | None, *, no_run: bool, accept: bool, full: bool, changed: bool, seeds: int
) -> None:
    if no_run and accept:
        raise UsageProblem("--accept writes what a run printed, so it cannot go with --no-run; leave one out")
    if root is not None and not root.is_dir():
        raise UsageProblem(f"--root {root} is no folder; give a folder of topics")
    if no_run and full:
        raise UsageProblem("--full runs the evidence, so it cannot go with --no-run; leave one out")
    if changed and (no_run or full or seeds > 1):
        raise UsageProblem("--changed runs less, so it cannot go with --no-run, --full or --seeds; leave one out")


@app.command()
@plain_errors
def new(
    slug: Annotated[str, typer.Argument(help="Name of the topic's folder, like batch-normalization.")],
    root: Annotated[Path | None, typer.Option("--root", metavar="DIR", help="Start it in this bank.")] = None,
    drill: Annotated[str | None, typer.Option("--drill", metavar="NAME", help="Start a drill in that topic.")] = None,
) -> None:
    """Start a topic: a folder with everything still to be written, which `epoch check` then names."""
    from knowledge.check import scaffold

    if root is not None and not root.is_dir():
        raise UsageProblem(f"--root {root} is no folder; give a folder of topics")
    folder = scaffold.new(slug, root) if drill is None else scaffold.new_drill(slug, drill, root)
    option = "" if root is None else f" --root {shlex.quote(str(root))}"
    tell(f"made {folder}; write it, then run: epoch check {slug}{option}", out)


@app.command("new-bank")
@plain_errors
def new_bank(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The bank's folder, which is made.")],
    title: Annotated[str | None, typer.Option("--title", help="What stands under its answers.")] = None,
) -> None:
    """Start a bank of your own: its `bank.toml`, and a small topic that works, to be replaced by yours."""
    from knowledge.check import scaffold

    made = shlex.quote(str(scaffold.new_bank(folder, title)))
    tell(f"made {folder}; start a topic with: epoch new SLUG --root {made}; check all: epoch check --root {made}", out)
    tell(f"set EPOCH_BANKS={shlex.quote(str(folder.absolute()))} to answer from it", out)
