"""`epoch export`: a topic as a Jupyter notebook, the quiz items as an Anki package."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import _places
from bot.cli._base import UsageProblem, app, interface_lang, plain_errors
from bot.cli._consoles import out, tell
from bot.factory import open_bank
from knowledge.bank.models import Lang
from knowledge.files import write_whole

exports = typer.Typer(name="export", help="Write the bank in the formats of other programs.", no_args_is_help=True)
app.add_typer(exports)

LanguageOption = Annotated[
    Lang | None,
    typer.Option("--lang", "--language", help="Language of what is written; by default the interface's."),
]
FileOption = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write it; by default here, by its name.")
]


@exports.command()
@plain_errors
def notebook(
    ctx: typer.Context,
    topic: Annotated[str, typer.Argument(help="The topic's name or an alias.")],
    lang: LanguageOption = None,
    file: FileOption = None,
) -> None:
    """Write a topic as a Jupyter notebook: explanation, examples to run and to break, quiz with folded answers.

    A notebook that is there already stays as it is, unless -o names it: you may have written in it.
    """
    from bot.exports.notebook import notebook as notebook_of
    from knowledge.bank import names

    if file is not None:
        _places.file(file, "-o", whole=True)
    found = names.find(open_bank(ctx.obj), topic)
    target = file or Path(f"{found.slug}.ipynb")
    if file is None:
        if target.exists():
            raise UsageProblem(f"{target} is there already; give another name with -o, or this one to replace it")
        _places.file(target, "-o", whole=True)
    _write(target, notebook_of(found, lang or interface_lang(ctx.obj)))


@exports.command()
@plain_errors
def anki(
    ctx: typer.Context,
    topics: Annotated[list[str] | None, typer.Argument(help="Names of topics; all without any.")] = None,
    lang: LanguageOption = None,
    file: FileOption = None,
) -> None:
    """Write quiz items as a package that Anki imports, a deck a topic; importing a newer one keeps what you learned."""
    from bot.exports.anki import package
    from knowledge.bank import names

    spoken = lang or interface_lang(ctx.obj)
    target = file or Path(f"epoch-{spoken}.apkg")
    _places.file(target, "-o", whole=True)
    bank = open_bank(ctx.obj)
    chosen = {topic.slug: topic for topic in (names.find(bank, name) for name in topics or bank.topics)}
    _write(target, package(list(chosen.values()), spoken, time.time()))


def _write(target: Path, content: bytes) -> None:
    try:
        write_whole(target, content)
    except OSError as error:
        _places.unwritten(target, "-o", error)
    tell(f"wrote {target} ({len(content) / 1000:.0f} kB)", out)
