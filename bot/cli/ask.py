"""`epoch ask` and `epoch eval`: one question, or a file of them."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from bot import exits
from bot.cli import _places
from bot.cli._base import JsonFlag, LangOption, app, interface_lang, plain_errors, print_json
from bot.cli._consoles import err, out, tell
from bot.factory import open_bank, open_tutor
from bot.settings import Settings
from bot.study.intents import Intent, said
from bot.study.shown import unknown_part
from bot.study.smalltalk import SmallTalk
from bot.terminal.progress import loading_progress
from bot.terminal.streams import argument
from bot.wording import say
from bot.wording.phrases.replies import whole_text
from knowledge.bank import names
from knowledge.bank.models import Bank, Lang
from knowledge.search.retriever import Candidate, Reply, Retriever

#: Candidates named where nothing was looked up: where one begins to read.
_CANDIDATES = 3


def reply_json(reply: Reply, bank: Bank, said: str | None = None) -> dict[str, Any]:
    """Return the reply as the object that `ask --json` prints.

    Args:
        reply: what the retriever made of the question.
        bank: what it answers from.
        said: what is answered where the bank was not asked.
    """
    fields = dataclasses.asdict(reply)
    first = {name: fields[name] for name in ("outcome", "topic", "section", "unit")}
    last = {name: fields[name] for name in ("confidence", "lang", "candidates")}
    return {**first, "also": [*reply.also], "text": said or whole_text(reply, bank), **last}


@app.command()
@plain_errors
def ask(
    ctx: typer.Context,
    question: Annotated[
        list[str], typer.Argument(help="The question, in Chinese or English, in your own words; no quotes needed.")
    ],
    lang: LangOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Answer one question."""
    asked = argument(" ".join(question))
    told = said(asked, interface_lang(ctx.obj))
    if told is not None:
        _say_back(ctx.obj, told, lang or told.lang or interface_lang(ctx.obj), as_json)
    with loading_progress(err, interface_lang(ctx.obj)) as progress:
        tutor = open_tutor(ctx.obj, progress=progress)

        async def once() -> Reply:
            try:
                return await tutor.ask(asked, lang, interface=interface_lang(ctx.obj))
            finally:
                await tutor.close()

        reply = asyncio.run(once())
    if as_json:
        print_json(reply_json(reply, tutor.bank))
    else:
        from bot.terminal.answers import Answers  # brings a Markdown renderer

        if (part := unknown_part(tutor.bank, asked, reply.lang)) is not None:
            tell(say("talk.no_part", interface_lang(ctx.obj), part=part))
        Answers(out, tutor.bank, once=True).show(reply)
    if reply.outcome == "decline":
        raise typer.Exit(exits.FAILED)


def _say_back(read: Settings, told: SmallTalk | Intent, lang: Lang, as_json: bool) -> NoReturn:
    """Answer what is no question, without looking anything up: as JSON a decline, for the bank has no answer to it."""
    text = say(_answer_to(told), lang)
    if as_json:
        bank = open_bank(read)
        nearest = tuple(Candidate(topic.slug, 0.0) for topic in names.complete(bank, "", lang, _CANDIDATES))
        print_json(reply_json(Reply("decline", None, None, 0.0, lang, nearest), bank, text))
    else:
        from bot.terminal.lines import put

        put(out, text)
    raise typer.Exit(exits.FAILED)


def _answer_to(told: SmallTalk | Intent) -> str:
    """Return the key of the text; nothing was shown before, so there is nothing to go on from."""
    if isinstance(told, Intent):
        return "small.bye" if told.kind == "quit" else "talk.nothing"
    return "small.help_once" if told.kind == "help" else f"small.{told.kind}"


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
    from knowledge.search.evaluation import evaluate, load_queries, write_predictions

    if predictions is not None:
        _places.file(predictions, "--predictions")
    queries = load_queries(file)
    read: Settings = ctx.obj
    bank = open_bank(read)
    with loading_progress(err, interface_lang(read)) as progress:
        retriever = Retriever.open(
            bank, cache_dir=read.cache_dir, model=read.model, encoder=not no_encoder, progress=progress
        )
    scores = evaluate(retriever, queries)
    if predictions is not None:
        write_predictions(predictions, queries, [reply_json(reply, bank) for reply in scores.replies])
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
    from knowledge.search.evaluation import calibrate as fit_anew

    read: Settings = ctx.obj
    _places.folder(read.cache_dir, "EPOCH_CACHE_DIR")
    with loading_progress(err, interface_lang(read)) as progress:
        report = fit_anew(
            open_bank(read), cache_dir=read.cache_dir, model=read.model, encoder=not no_encoder, progress=progress
        )
    figures = dataclasses.asdict(report)
    if as_json:
        print_json(figures)
        return
    for name, value in figures.items():
        out.print(f"{name:16} {value}", soft_wrap=True)
