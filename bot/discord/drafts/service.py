"""Drafts on Discord: opened from gaps and suggestions, edited by reviewers, checked, and exported as a patch.

A draft's state is in the database, its texts are in its folder. A start finds the checks that were cut off.
"""

from __future__ import annotations

import asyncio
import io
import logging
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import discord

from bot.discord.drafts import text
from bot.discord.drafts.controls import draft_view
from bot.discord.services import ServedClient, SharedServices
from bot.discord.ui.base import layout
from bot.discord.ui.direct_messages import UNSENT
from bot.discord.ui.errors import Gone
from bot.discord.ui.language import lang_of
from bot.discord.ui.text import nameless
from bot.settings import Settings
from bot.store.gaps import question_key
from bot.study.drafts.checking import DraftChecker, summary
from bot.study.drafts.folders import CHECKS, FOLDER, DraftFolders, answer_of, slug_of_question, with_answer
from bot.study.drafts.models import NOTE, QUESTION, Draft, DraftState
from bot.study.drafts.patch import patch
from bot.study.drafts.uploads import UPLOAD_BYTES, read_uploads
from bot.study.gaps import Gap, asked
from bot.study.refusals import Refusal
from bot.wording import say
from knowledge.bank.loader import EXPLANATIONS
from knowledge.bank.models import LANGS, Lang, Problem
from knowledge.search.reading import detect_lang

log = logging.getLogger(__name__)

#: Wordings of a gap that a draft begins with, in each language.
_ASKS = 5


class DraftService:
    """All drafts of the servers that this process serves.

    Args:
        client: whose messages show them.
        shared: store, settings of servers, clock.
        settings: of the host: where drafts lie, and behind which wall they are checked.
    """

    def __init__(self, client: ServedClient, shared: SharedServices, settings: Settings) -> None:
        self._client = client
        self._shared = shared
        self._folders = DraftFolders(settings.data_dir / FOLDER)
        self.checker = DraftChecker(self._folders.root / CHECKS, settings.cache_dir, settings.wall)
        self._going: dict[str, asyncio.Task[None]] = {}

    async def open_gap(self, interaction: discord.Interaction[ServedClient], lang: Lang, mark: str) -> None:
        """Open a draft for a question without an answer, and for those like it; say so in the answer awaited.

        Args:
            interaction: of the host.
            lang: the question's.
            mark: the beginning of its key.

        Raises:
            Gone: nobody has asked that, or it is answered by now.
        """
        assert interaction.guild_id is not None
        gaps = self._shared.store.gaps
        noted, posts = await gaps.of(interaction.guild_id), True
        gap = _marked(noted, lang, mark)
        if gap is None and await self._client.is_owner(interaction.user):
            # What was asked elsewhere is for the owner of the bot alone to see, unless they choose to show it.
            noted, posts = await gaps.all(), False
            gap = _marked(noted, lang, mark)
        if gap is None:
            raise Gone("gap")
        found = await self._shared.tutor.cluster(asked(noted))
        mine = next((each for each in found if gap.question in (each.question, *each.examples)), None)
        wordings = [gap.question, *((mine.question, *mine.examples) if mine is not None else ())]
        await self._open(interaction, _by_language(wordings, noted), None, "", posts=posts)

    async def suggest(self, interaction: discord.Interaction[ServedClient], question: str, note: str) -> None:
        """Open a draft for what a member wants answered; say so in the answer awaited.

        Raises:
            Refusal: there is nothing in it, or the member suggested much in a short time.
        """
        plain = " ".join(nameless(question, QUESTION).split())
        if not any(character.isalnum() for character in plain):
            raise Refusal("drafting.refused.empty")
        await self._open(interaction, {detect_lang(plain): (plain,)}, interaction.user.id, nameless(note, NOTE))

    async def _open(
        self,
        interaction: discord.Interaction[ServedClient],
        asks: Mapping[Lang, tuple[str, ...]],
        owner_id: int | None,
        note: str,
        *,
        posts: bool = True,
    ) -> None:
        lang, shared = lang_of(interaction), self._shared
        first = next(iter(asks))
        slug = await asyncio.to_thread(slug_of_question, asks[first][0])
        draft = Draft(slug, interaction.guild_id, owner_id, first, asks, note, "open", shared.clock())
        draft, new = await shared.store.drafts.begin(draft, shared.tutor.bank.topics.__contains__)
        await asyncio.to_thread(self._folders.make, draft)
        if draft.message_id is None and posts:
            chosen = shared.servers.of(interaction.guild_id).drafts_channel
            where = chosen if chosen is not None else interaction.channel_id if owner_id is None else None
            draft = await self._post(draft, where, lang)
        key = f"drafting.opened.{'new' if new else 'known'}" if owner_id is not None else "drafting.opened.gap"
        said = say(key, lang, slug=draft.slug)
        if draft.message_id is not None:
            link = f"https://discord.com/channels/{draft.guild_id}/{draft.channel_id}/{draft.message_id}"
            said += "\n" + say("drafting.opened.where", lang, link=link)
        elif owner_id is None:
            said += "\n" + say(f"drafting.opened.{'nowhere' if posts else 'elsewhere'}", lang)
        await interaction.edit_original_response(view=layout(said))

    async def _post(self, draft: Draft, channel_id: int | None, lang: Lang) -> Draft:
        """Post a draft's message and return the draft with it; without it where the bot may not post there."""
        if channel_id is None:
            return draft
        channel = self._client.get_partial_messageable(channel_id, guild_id=draft.guild_id)
        try:
            sent = await channel.send(view=draft_view(draft, await self._names(draft.slug), lang))
        except UNSENT as error:
            log.warning("the draft %s could not be posted: %s", draft.slug, error)
            return draft
        await self._shared.store.drafts.posted(draft.slug, channel_id, sent.id)
        return await self._get(draft.slug)

    async def show(self, interaction: discord.Interaction[ServedClient], slug: str) -> None:
        """Post a draft as the answer that is awaited, which is its message from then on."""
        draft = await self._reviewed(interaction, slug)
        shown = await self._show(interaction, draft)
        if shown is not None and interaction.channel_id is not None:
            await self._shared.store.drafts.posted(slug, interaction.channel_id, shown.id)

    async def of_server(self, interaction: discord.Interaction[ServedClient]) -> list[Draft]:
        """Return the drafts of the interaction's server, for a reviewer.

        Raises:
            Refusal: the member is none.
        """
        self._check_rights(interaction)
        assert interaction.guild_id is not None
        states: tuple[DraftState, ...] = ("open", "checking", "accepted")
        return await self._shared.store.drafts.of(interaction.guild_id, states)

    async def pages(self, interaction: discord.Interaction[ServedClient], slug: str) -> dict[Lang, str]:
        """Return the answer of a draft as it is, in each language, for a reviewer to edit."""
        draft = await self._reviewed(interaction, slug)
        _open_only(draft)
        files = await asyncio.to_thread(self._folders.files, slug)
        return {lang: answer_of(files.get(EXPLANATIONS[lang], ""), lang) for lang in LANGS}

    async def file(self, interaction: discord.Interaction[ServedClient], slug: str, name: str) -> str:
        """Return a file of a draft, for a reviewer."""
        await self._reviewed(interaction, slug)
        files = await asyncio.to_thread(self._folders.files, slug)
        if name not in files:
            raise Gone("choice")
        return files[name]

    async def edit(
        self,
        interaction: discord.Interaction[ServedClient],
        slug: str,
        pages: Mapping[Lang, str],
        uploads: Sequence[str],
    ) -> None:
        """Save what a reviewer filled in, and show the draft anew.

        Args:
            interaction: of the form.
            slug: the draft.
            pages: the text of its answer; an empty one leaves it as it is.
            uploads: ids of the files that came with the form; they go before the texts.
        """
        draft = await self._reviewed(interaction, slug)
        _open_only(draft)
        uploaded = read_uploads([await self._download(interaction, each) for each in uploads])
        before = await asyncio.to_thread(self._folders.files, slug)
        changed = dict(uploaded)
        for lang, typed in pages.items():
            name, filled = EXPLANATIONS[lang], _page(typed)
            now = changed.get(name, before.get(name, ""))
            # The form shows the text as it is: one that nobody changed is no reason to overwrite what was attached.
            if filled and filled != answer_of(before.get(name, ""), lang):
                changed[name] = with_answer(now, lang, filled)
        await asyncio.to_thread(self._folders.put, slug, changed)
        lang = lang_of(interaction)
        said = say("drafting.edited", lang, files=", ".join(sorted(changed))) if changed else say("drafting.same", lang)
        await self._show(interaction, draft, said=said)

    async def _download(self, interaction: discord.Interaction[ServedClient], upload: str) -> tuple[str, bytes]:
        data: Any = interaction.data or {}
        attachment = (data.get("resolved") or {}).get("attachments", {}).get(upload)
        if attachment is None:
            raise Gone("field")
        name = str(attachment["filename"])
        if int(attachment["size"]) > UPLOAD_BYTES:
            raise Refusal("drafting.upload.large", name=name, kb=UPLOAD_BYTES // 1000)
        try:
            return name, await self._client.http.get_from_cdn(attachment["url"])
        except UNSENT:
            raise Refusal("drafting.upload.lost", name=name) from None

    async def accept(self, interaction: discord.Interaction[ServedClient], slug: str) -> None:
        """Check a draft; one that passes is accepted, and its patch posted with its message.

        Raises:
            Refusal: another draft is being checked, or the check did not come to an end.
        """
        draft = await self._reviewed(interaction, slug)
        _open_only(draft)
        if self._going:
            raise Refusal("drafting.refused.busy")
        going = asyncio.create_task(self._check(interaction, slug))
        self._going[slug] = going
        going.add_done_callback(lambda _: self._going.pop(slug, None))
        await going

    async def _check(self, interaction: discord.Interaction[ServedClient], slug: str) -> None:
        """Check a draft and show what came of it; one that is cancelled is opened again by the next start."""
        store, clock = self._shared.store.drafts, self._shared.clock
        if not await store.move(slug, ("open",), "checking", clock()):
            raise Refusal("drafting.refused.checking")
        problems: tuple[Problem, ...] = ()
        try:
            if interaction.message is not None and interaction.channel_id is not None:
                await store.posted(slug, interaction.channel_id, interaction.message.id)
            await self._show(interaction, await self._get(slug), until=clock() + self.checker.seconds)
            problems = await self._checked(slug)
        except Refusal as error:
            await self._reopen(interaction, slug, say(error.key, lang_of(interaction), **error.values))
            return
        except Exception:
            await self._reopen(interaction, slug, "")
            raise
        await self._show(interaction, await self._get(slug), problems=problems)

    async def _reopen(self, interaction: discord.Interaction[ServedClient], slug: str, said: str) -> None:
        await self._shared.store.drafts.move(slug, ("checking",), "open", self._shared.clock())
        await self._show(interaction, await self._get(slug), said=said)

    async def _checked(self, slug: str) -> tuple[Problem, ...]:
        """Check a draft's folder and save what came of it; return what is wrong."""
        files = await asyncio.to_thread(self._folders.files, slug)
        verdict = await self.checker.check(slug, files)
        store, now = self._shared.store.drafts, self._shared.clock()
        if verdict.problems:
            await store.move(slug, ("checking",), "open", now)
        elif await asyncio.to_thread(self._folders.files, slug) != files:
            raise Refusal("drafting.check.changed")
        else:
            await store.move(slug, ("checking",), "accepted", now, patch=patch(slug, verdict.files))
        return tuple(summary(verdict.problems))

    async def drop(self, interaction: discord.Interaction[ServedClient], slug: str) -> None:
        """Drop a draft, open or accepted; its folder stays for a while."""
        await self._move(interaction, slug, ("open", "accepted"), "dropped")

    async def take_back(self, interaction: discord.Interaction[ServedClient], slug: str) -> None:
        """Take a draft up again that was dropped."""
        await self._move(interaction, slug, ("dropped",), "open")

    async def _move(
        self,
        interaction: discord.Interaction[ServedClient],
        slug: str,
        before: tuple[DraftState, ...],
        after: DraftState,
    ) -> None:
        draft = await self._reviewed(interaction, slug)
        if not await self._shared.store.drafts.move(slug, before, after, self._shared.clock()):
            raise _not_open(draft)
        await self._show(interaction, await self._get(slug))

    async def take_up(self) -> None:
        """Open the drafts whose check an earlier process left behind, say so, and forget those dropped long ago."""
        store, lang_of_server = self._shared.store.drafts, self._shared.servers
        await asyncio.to_thread(_sweep, self._folders.root / CHECKS)
        found = await store.all(("checking", "dropped"))
        if any(each.state == "dropped" for each in found):
            for slug in await store.prune(self._shared.clock()):
                await asyncio.to_thread(self._folders.remove, slug)
        for left in (each for each in found if each.state == "checking"):
            here = left.guild_id is not None and self._client.get_guild(left.guild_id) is not None
            if not here or left.slug in self._going:  # another process has that server
                continue
            await store.move(left.slug, ("checking",), "open", self._shared.clock())
            lang = lang_of_server.of(left.guild_id).lang or left.lang
            await self._update(await self._get(left.slug), lang, say("drafting.check.cut_off", lang))

    async def close(self) -> None:
        """End the check that goes on; the next start opens its draft again."""
        going = list(self._going.values())
        for task in going:
            task.cancel()
        if going:
            await asyncio.wait(going)

    async def _show(
        self,
        interaction: discord.Interaction[ServedClient],
        draft: Draft,
        *,
        said: str = "",
        problems: Sequence[Problem] = (),
        until: float | None = None,
    ) -> discord.InteractionMessage | None:
        """Show a draft where its interaction came from; in its message where that is too long ago."""
        lang = lang_of(interaction)
        names = await self._names(draft.slug)
        files = _attached(draft, problems, lang)
        view = draft_view(draft, names, lang, said=said, problems=problems, until=until, files=files)
        try:
            return await interaction.edit_original_response(view=view, attachments=files)
        except discord.HTTPException as error:
            log.info("the draft %s is shown in its message: %s", draft.slug, error)
            await self._update(draft, lang, said, problems)
            return None

    async def _update(self, draft: Draft, lang: Lang, said: str, problems: Sequence[Problem] = ()) -> None:
        if draft.channel_id is None or draft.message_id is None:
            return
        files = _attached(draft, problems, lang)
        view = draft_view(draft, await self._names(draft.slug), lang, said=said, problems=problems, files=files)
        channel = self._client.get_partial_messageable(draft.channel_id, guild_id=draft.guild_id)
        try:
            await channel.get_partial_message(draft.message_id).edit(
                view=view, attachments=files, allowed_mentions=discord.AllowedMentions.none()
            )
        except UNSENT as error:
            log.warning("the message of the draft %s could not be updated: %s", draft.slug, error)

    async def _names(self, slug: str) -> list[str]:
        return list(await asyncio.to_thread(self._folders.files, slug))

    async def _get(self, slug: str) -> Draft:
        draft = await self._shared.store.drafts.get(slug)
        if draft is None:
            raise Gone("draft")
        return draft

    async def _reviewed(self, interaction: discord.Interaction[ServedClient], slug: str) -> Draft:
        """Return a draft of the interaction's server, its folder made if it is not there, for a reviewer.

        Raises:
            Refusal: the member is none.
            Gone: the server has no such draft.
        """
        self._check_rights(interaction)
        draft = await self._get(slug)
        if draft.guild_id != interaction.guild_id:
            raise Gone("draft")
        await asyncio.to_thread(self._folders.make, draft)
        return draft

    def _check_rights(self, interaction: discord.Interaction[ServedClient]) -> None:
        if interaction.guild_id is None or not self._reviews(interaction):
            raise Refusal("drafting.refused.reviewers")

    def _reviews(self, interaction: discord.Interaction[ServedClient]) -> bool:
        who, member = self._shared.servers.of(interaction.guild_id).reviewer, interaction.user
        if interaction.permissions.manage_guild:
            return True
        if who is None or who.kind == "member":
            return who is not None and member.id == who.id
        return isinstance(member, discord.Member) and any(role.id == who.id for role in member.roles)


def _not_open(draft: Draft) -> Refusal:
    """Return why a draft cannot be changed now."""
    if draft.state == "checking":
        return Refusal("drafting.refused.checking")
    return Refusal("drafting.refused.moved")


def _page(typed: str) -> str:
    """Return what a reviewer typed with line ends as files of the bank have them."""
    return typed.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()


def _open_only(draft: Draft) -> None:
    if draft.state != "open":
        raise _not_open(draft)


def _marked(noted: Sequence[Gap], lang: Lang, mark: str) -> Gap | None:
    return next((each for each in noted if each.lang == lang and question_key(each.question).startswith(mark)), None)


def _by_language(wordings: Sequence[str], noted: Sequence[Gap]) -> dict[Lang, tuple[str, ...]]:
    """Return the wordings by the language each was asked in, every one once, that of the first first."""
    langs = {gap.question: gap.lang for gap in noted}
    found: dict[Lang, list[str]] = {}
    for wording in dict.fromkeys(wordings):
        of = found.setdefault(langs.get(wording) or detect_lang(wording), [])
        if len(of) < _ASKS:
            of.append(wording)
    return {lang: tuple(each) for lang, each in found.items()}


def _attached(draft: Draft, problems: Sequence[Problem], lang: Lang) -> list[discord.File]:
    if draft.state == "accepted" and draft.patch is not None:
        return [discord.File(io.BytesIO(draft.patch.encode()), filename=f"{draft.slug}.patch")]
    if len(problems) > text.PROBLEMS:
        return [discord.File(io.BytesIO(text.problems_file(problems, lang).encode()), filename="problems.txt")]
    return []


def _sweep(checks: os.PathLike[str]) -> None:
    """Remove the folders of checks whose process is gone."""
    with suppress(FileNotFoundError):
        for name in os.listdir(checks):
            try:
                os.kill(int(name), 0)
            except (ValueError, ProcessLookupError):
                shutil.rmtree(os.path.join(checks, name), ignore_errors=True)
            except PermissionError:  # it is somebody's
                continue
