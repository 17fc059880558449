"""`epoch bench …`: the project's own benchmarks, ratios first."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli._base import JsonFlag, app, out, plain_errors, print_json
from bot.opening import open_bank
from bot.settings import Settings

bench = typer.Typer(name="bench", help="Measure Epoch on this machine, ratios first.", no_args_is_help=True)
app.add_typer(bench)


@bench.command()
@plain_errors
def ask(
    ctx: typer.Context,
    scale: Annotated[bool, typer.Option("--scale", help="Search over 1k, 100k and 1M passages (minutes).")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Measure answering: a whole process, one question, a hundred at once."""
    from bot.bench import ask_speed

    read: Settings = ctx.obj
    for figures in ask_speed.scale() if scale else [ask_speed.speed(read, open_bank())]:
        if as_json:
            print_json(figures)
            continue
        for name, value in figures.items():
            out.print(f"{name:32} {value}")
        out.print()
