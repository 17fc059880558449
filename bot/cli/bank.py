"""`epoch topics`, `epoch check` and `epoch new`: the bank, for readers and for contributors."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli._base import JsonFlag, app, interface_lang, out, plain_errors, print_json
from bot.opening import open_bank
from bot.settings import Settings


@app.command()
@plain_errors
def topics(
    ctx: typer.Context,
    path: Annotated[str | None, typer.Option(metavar="SLUG", help="Only the learning path to this topic.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """List the bank's topics, or a learning path to one."""
    from knowledge import names
    from knowledge.paths import learning_path

    read: Settings = ctx.obj
    bank = open_bank()
    chosen = list(bank.topics.values()) if path is None else learning_path(bank, names.find(bank, path))
    if as_json:
        print_json(
            [
                {"slug": t.slug, "title": t.title.model_dump(), "questions": list(t.meta.questions)}
                for t in chosen
            ]
        )
        return
    lang = interface_lang(read)
    for topic in chosen:
        out.print(f"{topic.slug:32} {topic.title[lang]}")
