"""`epoch bench …`: the project's own benchmarks, ratios first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import exits
from bot.cli._base import JsonFlag, UsageProblem, app, fail, interface_lang, plain_errors, print_json
from bot.cli._consoles import err, out
from bot.factory import open_bank
from bot.settings import Settings
from bot.terminal.progress import counting_progress
from bot.wording import say

bench = typer.Typer(name="bench", help="Measure Epoch on this machine, ratios first.", no_args_is_help=True)
app.add_typer(bench)


@bench.command()
@plain_errors
def ask(
    ctx: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="Questions as `eval` takes them, for --ablate, --peers and --teach.")
    ] = None,
    scale: Annotated[
        bool, typer.Option("--scale", help="Vectors by the million, a thousand topics (minutes).")
    ] = False,
    ablate: Annotated[bool, typer.Option("--ablate", help="Leave one part out at a time (minutes).")] = False,
    peers: Annotated[bool, typer.Option("--peers", help="Beside BM25, TF-IDF and the plain model.")] = False,
    teach: Annotated[
        bool, typer.Option("--teach", help="Print what these questions teach about when to answer.")
    ] = False,
    field: Annotated[
        Path | None, typer.Option("--field", help="Real questions: how many are answered, right, or wrongly let in.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Measure answering: a whole process, one question, a hundred at once; or how well, on labelled questions."""
    from bot.bench import ask_quality, ask_speed

    read: Settings = ctx.obj
    if field is not None:
        for row in ask_quality.field(open_bank(read), read.model, read.cache_dir, field):
            _row(row, as_json)
        return
    if ablate or peers or teach:
        if file is None:
            raise UsageProblem(
                "--ablate, --peers and --teach need a file of labelled questions; see `epoch eval --help`"
            )
        if teach:
            _row(ask_quality.taught(open_bank(read), read.model, read.cache_dir, file), as_json)
            return
        rows = ask_quality.rows(open_bank(read), read.model, read.cache_dir, file, ablate=ablate, peers=peers)
        for row in rows:
            _row(row, as_json)
        return
    with counting_progress(err) as progress:
        bank = open_bank(read)
        once = ask_speed.growth(read, bank, progress=progress) if scale else [ask_speed.speed(read, bank)]
        for figures in once:
            if as_json:
                print_json(figures)
                continue
            for name, value in figures.items():
                out.print(f"{name:32} {value}", soft_wrap=True)
            out.print()


@bench.command("run")
@plain_errors
def run_speed(
    rounds: Annotated[int, typer.Option(min=1, max=50, help="How often each way is measured; medians count.")] = 3,
    jobs: Annotated[int, typer.Option(min=0, max=1000, help="Queued jobs for the throughput; 0 leaves it out.")] = 20,
    ray: Annotated[bool, typer.Option("--ray", help="Throughput on 1 to 3 nodes of a Ray cluster instead.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """How fast programs run, against a cold start, bubblewrap, a Jupyter kernel and multiprocessing's forkserver."""
    import asyncio

    if ray:
        from bot.bench import ray_speed

        err.print(ray_speed.note(), style="dim", soft_wrap=True)
        for figures in asyncio.run(ray_speed.measure(jobs or 20, lambda line: err.print(line, style="dim"))):
            _row(figures, as_json)
        return
    from bot.bench import run_speed as speed

    report = asyncio.run(speed.measure(rounds, jobs, lambda line: err.print(line, style="dim")))
    if as_json:
        medians = {
            name: {way: {k: v and round(v, 4) for k, v in asdict(took).items()} for way, took in ways.items()}
            for name, ways in report.medians.items()
        }
        print_json({"ratios": [ratio.as_dict() for ratio in report.ratios], "medians": medians})
    else:
        for ratio in report.ratios:
            mark = "✓" if ratio.held else "✗"
            bounds = f"must {ratio.must}, aim {ratio.aim}"
            out.print(f"{mark} {ratio.figure:58} {ratio.value:7.2f}   {bounds}", soft_wrap=True)
        for name, ways in report.medians.items():
            out.print(f"\n{name}: first output / total / CPU seconds")
            for way, took in ways.items():
                cpu = "—" if took.cpu_s is None else f"{took.cpu_s:.2f}"
                out.print(f"  {way:16} {took.first_s:7.3f} {took.total_s:7.2f} {cpu:>7}")
    if not all(ratio.held for ratio in report.ratios):
        raise typer.Exit(exits.FAILED)


@bench.command("discord")
@plain_errors
def discord_speed(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """How soon interactions are acknowledged, beside a bot that only defers, while two runs train. Needs a checkout."""
    speed = _of_checkout("discord")
    read: Settings = ctx.obj
    figures = speed.measure(read, open_bank(read), lambda line: err.print(line, style="dim"))
    if as_json:
        print_json(figures)
    else:
        for name, value in figures.items():
            out.print(f"{name:32} {value}", soft_wrap=True)
    if not figures["held"]:
        raise typer.Exit(exits.FAILED)


@bench.command("serve")
@plain_errors
def serve_figures(
    ctx: typer.Context,
    rounds: Annotated[int, typer.Option(min=1, max=50, help="How often each start is measured; medians count.")] = 5,
    asks: Annotated[int, typer.Option(min=0, max=1_000_000, help="Questions of the soak; 0 leaves it out.")] = 4000,
    scale: Annotated[
        bool, typer.Option("--scale", help="A large community instead, simulated: 10,000 servers, 1.5 million cards.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """How soon the bot answers after its start, its memory at rest, and whether that grows. Needs a checkout."""
    read: Settings = ctx.obj

    def tell(line: str) -> None:
        err.print(line, style="dim", markup=False, highlight=False)

    if scale:
        figures = _of_checkout("scale").measure(read, open_bank(read), tell)
    else:
        figures = _of_checkout("serve").measure(read, open_bank(read), tell, rounds=rounds, asks=asks)
    if as_json:
        print_json(figures)
    else:
        for name, value in figures.items():
            out.print(f"{name:32} {value}", soft_wrap=True)
    if not figures.get("held", True):
        raise typer.Exit(exits.FAILED)


@bench.command()
@plain_errors
def quiz(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="Labelled answers to fit on; the checkout's without it.")] = None,
    held: Annotated[Path | None, typer.Option("--held", help="Those kept apart; the checkout's without it.")] = None,
    turned: Annotated[
        Path | None, typer.Option("--turned", help="Claims turned round; the checkout's without it.")
    ] = None,
    fit: Annotated[bool, typer.Option("--fit", help="Fit anew on FILE; writes trees.json.")] = False,
    foreign: Annotated[
        int, typer.Option("--foreign", metavar="N", min=0, help="Grade N sentences of other topics a topic instead.")
    ] = 0,
    as_json: JsonFlag = False,
) -> None:
    """Measure the grading of interview answers on labelled ones: those it was fitted on, and those kept apart."""
    from bot.bench import grading
    from knowledge.grading.fit import Half

    read: Settings = ctx.obj
    if foreign:
        with counting_progress(err) as progress:
            for figures in grading.foreign_rows(open_bank(read), read.model, read.cache_dir, foreign, progress):
                _row(figures, as_json)
        return
    fitted = file or _of_checkout("labels").FITTED
    files: dict[Half, Path] = {"dev": fitted}
    if not fit:  # no look at what is kept apart while fitting
        files = {"held": held or _of_checkout("labels").HELD, **files}
    with counting_progress(err) as progress:
        claims = turned or _of_checkout("labels").TURNED
        for figures in grading.rows(open_bank(read), read.model, read.cache_dir, files, claims, progress, fit=fit):
            _row(figures, as_json)


@bench.command()
@plain_errors
def drills(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[DRILL]…", help="Topics, or TOPIC/NAME; all without.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=0, max=50, help="Verdicts timed for each drill; 0 leaves them out.")] = 5,
    table: Annotated[
        Path | None,
        typer.Option("--table", metavar="FILE", help="Write the mutants into this page, between its marks."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """How many single edits of each solution its tests notice; and a verdict's time over that of the run it judges."""
    import asyncio

    from bot.bench import drills as proofs
    from runners.local import LocalRunner

    read: Settings = ctx.obj
    bank = open_bank(read)
    chosen = proofs.chosen(bank, names or ())
    if not chosen:
        raise UsageProblem("no drill has that name; `epoch drill` lists them")
    if table is not None and names:
        raise UsageProblem("--table is about all drills, so it goes with no name; leave one out")

    async def measured() -> list[proofs.Measured]:
        runner = LocalRunner(wall=read.wall, cache_dir=read.cache_dir, warm=True)
        try:
            await runner.warm_up()
            return await proofs.measure(bank, runner, chosen, rounds, lambda line: err.print(line, style="dim"))
        finally:
            await runner.close()

    try:
        found = asyncio.run(measured())
        if table is not None:
            proofs.write(table, found)
    except proofs.NoFigures as error:
        fail(str(error))
    for each in found:
        _row(each.as_dict(), as_json)
    whole = proofs.total(found)
    _row(whole, as_json)
    if not whole["held"]:
        raise typer.Exit(exits.FAILED)


@bench.command("plan")
@plain_errors
def plan_worth(
    ctx: typer.Context,
    learners: Annotated[int, typer.Option(min=2, max=1000, help="How many learners are simulated.")] = 20,
    seed: Annotated[int, typer.Option(help="Seed of the first of them; the others follow it.")] = 1_000,
    as_json: JsonFlag = False,
) -> None:
    """How much simulated learners know on the day, by the rule that chooses what they study (minutes)."""
    from bot.bench import plan

    read: Settings = ctx.obj
    held = True
    with counting_progress(err) as progress:
        for row in plan.rows(open_bank(read), learners, seed, progress):
            _row(row, as_json)
            held = held and row.get("held", True)
    if not held:
        raise typer.Exit(exits.FAILED)


@bench.command("fsrs")
@plain_errors
def fsrs_worth(
    ctx: typer.Context,
    members: Annotated[int, typer.Option(min=2, max=1000, help="How many members are simulated.")] = 20,
    seed: Annotated[int, typer.Option(help="Seed of the first of them; the others follow it.")] = 4_000,
    as_json: JsonFlag = False,
) -> None:
    """How well intervals fitted to one member foretell what simulated members remember (minutes)."""
    from bot.bench import fsrs
    from bot.study.fitting import missing

    if lacking := missing():
        fail(say("studying.fit.missing", interface_lang(ctx.obj), packages=", ".join(lacking)))
    held = True
    with counting_progress(err) as progress:
        for row in fsrs.rows(members, seed, progress):
            _row(row, as_json)
            held = held and row.get("held", True)
    if not held:
        raise typer.Exit(exits.FAILED)


def _of_checkout(name: str) -> Any:  # noqa: ANN401 - a module of the tests, which this package does not know
    """Return a benchmark's module that only a checkout has; exits with one line where there is none."""
    from bot.bench import checkout

    try:
        return checkout.module(name)
    except checkout.NoCheckout as error:
        fail(str(error))


def _row(figures: Mapping[str, Any], as_json: bool) -> None:
    """Print one line of a table."""
    if as_json:
        print_json(figures)
        return
    name, *rest = figures.items()
    out.print(f"{name[1]:28}", *(f"{key} {value}" for key, value in rest), soft_wrap=True)
