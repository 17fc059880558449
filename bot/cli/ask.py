"""`epoch ask` and `epoch eval`: one question, or a file of them."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli import _places
from bot.cli._base import EXIT_FAILED, JsonFlag, LangOption, app, err, out, plain_errors, print_json
from bot.console.progress import opening_progress
from bot.opening import open_bank, open_tutor
from bot.settings import Settings
from knowledge.retriever import Reply, Retriever


def reply_json(reply: Reply) -> dict[str, Any]:
    """Return the reply as the object that `ask --json` prints."""
    return dataclasses.asdict(reply)


@app.command()
@plain_errors
def ask(
    ctx: typer.Context,
    question: Annotated[str, typer.Argument(help="The question, in Chinese or English, in your own words.")],
    lang: LangOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Answer one question."""
    with opening_progress(err) as progress:
        tutor = open_tutor(ctx.obj, progress=progress)

        async def once() -> Reply:
            try:
                return await tutor.ask(question, lang)
            finally:
                await tutor.close()

        reply = asyncio.run(once())
    if as_json:
        print_json(reply_json(reply))
    else:
        from bot.console.answers import Answers  # brings a Markdown renderer

        Answers(out, tutor.bank).show(reply)
    if reply.outcome == "decline":
        raise typer.Exit(EXIT_FAILED)


@app.command("eval")
@plain_errors
def eval_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help='JSON lines: {"id", "lang", "query", "topics": [...]}.')],
    predictions: Annotated[Path | None, typer.Option(help="Write a line a query: id and the `ask` fields.")] = None,
    no_encoder: Annotated[bool, typer.Option("--no-encoder", help="Lexical channels only.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Score the retriever on labelled questions."""
    from knowledge.evaluation import evaluate, load_queries, write_predictions

    queries = load_queries(file)
    if predictions is not None:
        _places.file(predictions, "--predictions")
    read: Settings = ctx.obj
    with opening_progress(err) as progress:
        retriever = Retriever.open(
            open_bank(), cache_dir=read.cache_dir, model=read.model, encoder=not no_encoder, progress=progress
        )
    scores = evaluate(retriever, queries)
    if predictions is not None:
        write_predictions(predictions, queries, scores.replies)
    figures = scores.as_dict()
    if as_json:
        print_json(figures)
        return
    for name, value in figures.items():
        out.print(f"{name:12} {value}", soft_wrap=True)


@app.command()
@plain_errors
def calibrate(
    ctx: typer.Context,
    no_encoder: Annotated[bool, typer.Option("--no-encoder", help="Lexical channels only.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Fit the retriever's confidence and thresholds anew; prints what they come to on questions left out of the fit."""
    from knowledge.evaluation import calibrate as fit_anew

    read: Settings = ctx.obj
    _places.folder(read.cache_dir, "EPOCH_CACHE_DIR")
    with opening_progress(err) as progress:
        report = fit_anew(
            open_bank(), cache_dir=read.cache_dir, model=read.model, encoder=not no_encoder, progress=progress
        )
    figures = dataclasses.asdict(report)
    if as_json:
        print_json(figures)
        return
    for name, value in figures.items():
        out.print(f"{name:16} {value}", soft_wrap=True)
