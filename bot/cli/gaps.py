"""`epoch gaps`: what members asked and the bank could not answer."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import _places
from bot.cli._base import JsonFlag, app, interface_lang, plain_errors, print_json
from bot.cli._consoles import err, out, tell
from bot.factory import open_tutor
from bot.settings import Settings
from bot.store.location import open_store
from bot.study.gaps import asked, labelled_lines
from bot.terminal.progress import loading_progress
from bot.wording import say
from bot.wording.foreign import printable
from knowledge.bank.models import Lang
from knowledge.counting import counted
from knowledge.files import write_whole
from knowledge.search.clusters import Cluster

if TYPE_CHECKING:  # the store loads SQLAlchemy, which a plain question does without
    from bot.store.feedback import FeedbackNote, Tally
    from bot.study.gaps import Gap

#: Answers with more 👎 than 👍 that are shown.
_WORST = 10


@app.command()
@plain_errors
def gaps(
    ctx: typer.Context,
    export: Annotated[
        Path | None, typer.Option(metavar="FILE.jsonl", help="Write the questions as `epoch eval` reads them.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show what members asked and the bank could not answer, like questions together."""
    read: Settings = ctx.obj
    if export is not None:
        _places.file(export, "--export", whole=True)
    found, disliked, said = asyncio.run(_noted(read))
    if export is not None:
        lines = "".join(f"{line}\n" for line in labelled_lines(found))
        try:
            write_whole(export, lines.encode())
        except OSError as error:
            _places.unwritten(export, "--export", error)
        tell(f"{counted(len(found), 'question')} written to {export}")
        return
    for cluster in _together(read, found):
        if as_json:
            print_json(dataclasses.asdict(cluster))
            continue
        langs = " ".join(f"{lang} {count}" for lang, count in cluster.langs.items())
        out.print(f"{cluster.count:4}× {printable(cluster.question)}", soft_wrap=True, markup=False)
        out.print(f"      {langs} · nearest: {', '.join(cluster.nearest) or '-'}", style="dim", soft_wrap=True)
        for example in cluster.examples:
            out.print(f"      · {printable(example)}", soft_wrap=True, markup=False)
    if not found:
        tell("no question without an answer so far")
    if not as_json:
        _show_disliked(disliked, said, interface_lang(read))


async def _noted(read: Settings) -> tuple[list[Gap], list[Tally], list[FeedbackNote]]:
    async with await open_store(read) as store:
        return await store.gaps.all(), await store.feedback.tallies(disliked=True), await store.feedback.said()


def _show_disliked(tallies: Sequence[Tally], said: Sequence[FeedbackNote], lang: Lang) -> None:
    """Show the answers that were received worst, and why."""
    if tallies:
        out.print(say("discord.gaps.worst", lang), soft_wrap=True, markup=False)
    for tally in tallies[:_WORST]:
        given = "".join(f" · {say(f'discord.vote.{reason}', lang)} {count}" for reason, count in tally.reasons.items())
        line = f"   👎 {tally.bad} 👍 {tally.good} · {tally.topic}#{tally.section} {tally.lang}{given}"
        out.print(line, soft_wrap=True, markup=False)
        for each in said:
            if (each.topic, each.section, each.lang) == (tally.topic, tally.section, tally.lang):
                out.print(f"      · {' '.join(printable(each.why).split())}", soft_wrap=True, markup=False)


def _together(read: Settings, found: list[Gap]) -> list[Cluster]:
    async def work() -> list[Cluster]:
        try:
            return await tutor.cluster(asked(found))
        finally:
            await tutor.close()

    if not found:
        return []
    with loading_progress(err, interface_lang(read)) as progress:
        tutor = open_tutor(read, progress=progress, warm=False)
        return asyncio.run(work())
