"""`epoch grade`: which key points of a topic an interview answer covers."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli._base import JsonFlag, app, interface_lang, plain_errors, print_json
from bot.cli._consoles import out
from bot.factory import open_bank
from bot.settings import Settings
from bot.terminal.streams import argument
from bot.wording import say
from knowledge.bank import names


@app.command()
@plain_errors
def grade(
    ctx: typer.Context,
    topic: Annotated[str, typer.Argument(help="Slug, title or alias of the topic.")],
    answer: Annotated[str, typer.Option(help="The answer, in Chinese or English, as you would say it.")],
    as_json: JsonFlag = False,
) -> None:
    """Tell which key points of a topic an answer covers."""
    answer = argument(answer)
    from knowledge.grading.grader import Grader
    from knowledge.search.encoder_choice import open_encoder
    from knowledge.search.reading import detect_lang

    read: Settings = ctx.obj
    bank = open_bank(read)
    found = names.find(bank, topic)
    grades = Grader(bank, open_encoder(read.model, read.cache_dir)).grade(found, answer)
    if as_json:
        print_json({"points": [{"index": g.index, "covered": g.covered, "score": g.score} for g in grades]})
        return
    lang = detect_lang(answer) if read.lang == "auto" else interface_lang(read)
    for g in grades:
        mark = "?" if g.unsure else "✓" if g.covered else "·"
        out.print(f"{mark} {found.meta.key_points[g.index][lang]}", markup=False, soft_wrap=not out.is_terminal)
        if g.words and (g.covered or g.unsure):
            words = say("member.interview.matched", lang, words=", ".join(g.words))
            out.print(f"    {words}", style="dim", markup=False, soft_wrap=not out.is_terminal)
