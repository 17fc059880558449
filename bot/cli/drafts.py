"""`epoch drafts`: drafts of topics that members asked for; one that passes the check becomes a patch."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli._base import JsonFlag, app, complain, fail, interface_lang, plain_errors, print_json
from bot.cli._consoles import out, tell
from bot.settings import Settings
from bot.store.location import open_store
from bot.study.drafts.folders import CHECKS, FOLDER, DraftFolders
from bot.study.drafts.models import Draft
from bot.study.refusals import Refusal
from bot.wording import say
from bot.wording.foreign import printable
from bot.wording.translation import problem_in_lang
from knowledge.bank.models import Lang

if TYPE_CHECKING:  # the store loads SQLAlchemy, which a plain question does without
    from bot.store.store import Store


@app.command()
@plain_errors
def drafts(
    ctx: typer.Context,
    patch: Annotated[
        str | None,
        typer.Option("--patch", metavar="SLUG", help="Check this draft and print it as a patch for `git apply`."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """List the drafts of topics that members asked for, or check one and print its patch."""
    read: Settings = ctx.obj
    lang = interface_lang(read)
    folders = DraftFolders(read.data_dir / FOLDER)
    if patch is not None:
        try:
            sys.stdout.write(asyncio.run(_patch(read, folders, patch, lang)))
        except Refusal as error:
            fail(say(error.key, lang, **error.values))
        return
    for draft in asyncio.run(_listed(read)):
        if as_json:
            print_json(_line(draft, folders))
        else:
            state = say(f"drafting.state.{draft.state}", lang)
            out.print(f"{draft.slug} · {state} · {printable(draft.question)}", soft_wrap=True, markup=False)
            out.print(f"      {folders.path(draft.slug)}", style="dim", soft_wrap=True, markup=False)


def _line(draft: Draft, folders: DraftFolders) -> dict[str, object]:
    return {
        "slug": draft.slug, "state": draft.state, "asks": draft.asks, "note": draft.note, "made": draft.made,
        "folder": str(folders.path(draft.slug)),
    }  # fmt: skip


async def _listed(read: Settings) -> list[Draft]:
    async with await open_store(read) as store:
        return await store.drafts.all(("open", "checking", "accepted"))


async def _patch(read: Settings, folders: DraftFolders, slug: str, lang: Lang) -> str:
    """Return the patch of a draft; exits where it does not pass."""
    async with await open_store(read) as store:
        draft = await store.drafts.get(slug)
        if draft is None or draft.state == "dropped":
            raise Refusal("drafting.console.unknown", slug=printable(slug)[:60])
        if draft.patch is not None:
            return draft.patch
        if draft.state == "checking":
            raise Refusal("drafting.refused.checking")
        folders.make(draft)
        return await _checked(read, store, folders, draft, lang)


async def _checked(read: Settings, store: Store, folders: DraftFolders, draft: Draft, lang: Lang) -> str:
    from bot.study.drafts.checking import DraftChecker, summary
    from bot.study.drafts.patch import patch

    tell(say("drafting.console.checking", lang, slug=draft.slug))
    checker = DraftChecker(folders.root / CHECKS, read.cache_dir, read.wall)
    verdict = await checker.check(draft.slug, folders.files(draft.slug))
    if verdict.problems:
        for problem in summary(verdict.problems):
            complain(problem_in_lang(problem, lang))
        fail(say("drafting.console.problems", lang, count=len(verdict.problems), folder=folders.path(draft.slug)))
    made = patch(draft.slug, verdict.files)
    await store.drafts.move(draft.slug, ("open",), "accepted", time.time(), patch=made)
    return made
