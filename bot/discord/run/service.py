"""The runs on Discord: admits, starts and finds them, keeps them for buttons, marks those a restart cut off."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Any

import discord
from discord import ui

from bot.discord.run.edit_controls import DeleteButton, RunAgainButton
from bot.discord.run.live_run import LiveRun
from bot.discord.run.message import run_view
from bot.discord.run.pasted import RunCodeButton
from bot.discord.run.text import RunText
from bot.discord.services import ServedClient, SharedServices
from bot.discord.ui.base import rows
from bot.discord.ui.colours import GREY
from bot.discord.ui.direct_messages import UNSENT
from bot.discord.ui.errors import Gone
from bot.discord.ui.language import lang_of
from bot.discord.ui.message_code import pieces
from bot.discord.ui.topic_controls import RunButton
from bot.figures import BROKEN_OFF
from bot.store.runs import CodePieces, FilledForm, RunningRun
from bot.study.refusals import Refusal
from bot.study.runs import RunPlan, RunRequest, plan, within
from bot.study.snippets import Snippet
from bot.wording import say
from knowledge.bank.formerly import find_topic
from knowledge.bank.models import Lang
from runners.folders import run_folder

log = logging.getLogger(__name__)

#: How long a member's own version can be repeated by its buttons.
KEPT_S = 30 * 86_400.0
#: How many messages are looked through for the one of a run that was cut off at its very beginning.
_LOOK_BACK = 200
#: How long the end of a run may hold up the end of the program.
_CLOSE_S = 5.0


class RunService:
    """All runs that are going on, by id.

    Args:
        client: reads and edits messages of runs that an earlier process left behind.
        shared: has the tutor, the store, the clock, and ids that nobody can guess.
    """

    def __init__(self, client: discord.Client, shared: SharedServices) -> None:
        self._client = client
        self._shared = shared
        self._new_id = shared.new_id
        self._clock = shared.clock
        self._gate = shared.gate
        self._going: dict[str, LiveRun] = {}
        self._closing = False

    def get(self, run_id: str) -> LiveRun | None:
        """Return a run that is still going on."""
        return self._going.get(run_id)

    @property
    def going(self) -> tuple[LiveRun, ...]:
        """The runs that are going on."""
        return tuple(self._going.values())

    def offer(self, message: discord.Message, lang: Lang) -> RunCodeButton | None:
        """Return the button that runs the code in a message; None where there is no code in it."""
        if not pieces(message):
            return None
        return RunCodeButton(message.channel.id, message.id, say("run.offer.button", lang))

    async def start(self, interaction: discord.Interaction[ServedClient], topic: str, example: str) -> None:
        """Run an example as it stands in the bank; see `begin`."""
        await self.begin(interaction, RunRequest(topic, example))

    async def begin(self, interaction: discord.Interaction[ServedClient], asked: RunRequest) -> None:
        """Run what was asked for and follow it in the answer to `interaction`, which is deferred already.

        Raises:
            knowledge.bank.errors.KnowledgeError: there is no such topic or example, or a value does not fit.
            Refusal: not now, not here, or not by this member.
            runners.errors.RunnerError: it may not run here.
        """
        # Nothing is waited for before the run is saved: from its acknowledgement on, its message has to come to an end.
        planned = plan(self._shared.tutor_in(interaction.guild_id), asked)
        if planned.topic is not None:
            planned = replace(planned, asked=replace(asked, topic=planned.topic.slug))
        rules = self._shared.servers.of(interaction.guild_id)
        planned = replace(planned, job=within(planned.job, rules))
        manages = interaction.permissions.manage_guild
        with self._gate.admitted(interaction.user.id, asked, rules, manages=manages):
            await self._follow(interaction, planned)

    async def _follow(self, interaction: discord.Interaction[ServedClient], planned: RunPlan) -> None:
        run_id = self._new_id()
        run = LiveRun(run_id, interaction, planned, self._shared.tutor, self._clock)
        run.post.posted = partial(self._shared.store.runs.posted, run_id)
        self._going[run_id] = run
        if self._closing:
            run.close()
        runs = self._shared.store.runs
        told = True
        try:
            row = self._row(run_id, interaction, planned.asked)
            await runs.begin(replace(row, over=False, answers_id=interaction.id))
            await run.post.open()
            held = ExitStack()
            folder = await asyncio.to_thread(held.enter_context, run_folder())
            try:
                await run.follow(folder)
            finally:
                await asyncio.to_thread(held.close)
        except asyncio.CancelledError:
            told = False
            raise
        except UNSENT as error:
            told = isinstance(error, discord.HTTPException) and error.status < 500
            raise
        finally:
            if run.log.finished is not None:
                self._shared.figures.ran(run.log.finished.outcome)
            elif told:
                self._shared.figures.ran(BROKEN_OFF)
            try:
                if told:  # what its message does not say yet, the next start says
                    await runs.end(run_id, keep=planned.changed)
            finally:
                self._going.pop(run_id, None)
                run.over.set()

    def _row(
        self,
        run_id: str,
        interaction: discord.Interaction[ServedClient],
        kept: RunRequest | CodePieces | FilledForm,
    ) -> RunningRun:
        assert interaction.channel_id is not None
        lang = lang_of(interaction)
        where = interaction.guild_id, interaction.channel_id
        return RunningRun(
            run_id, *where, None, interaction.user.id, lang,
            kept.as_json() if isinstance(kept, RunRequest) else None, self._clock(), over=True,
            pieces=kept if isinstance(kept, CodePieces) else None,
            form=kept if isinstance(kept, FilledForm) else None,
        )  # fmt: skip

    async def keep(
        self, interaction: discord.Interaction[ServedClient], kept: RunRequest | CodePieces | FilledForm
    ) -> str:
        """Keep what a button needs and no custom id could hold; return the id to find it by."""
        run_id = self._new_id()
        await self._shared.store.runs.begin(self._row(run_id, interaction, kept))
        return run_id

    async def asked(self, run_id: str) -> RunRequest:
        """Return what was asked for in a run that is over; `Refusal` where it was forgotten."""
        asked = _asked(await self._kept(run_id))
        if not asked.topic and asked.code is None:  # something else was kept under that id
            raise Refusal("run.refused.forgotten")
        return asked

    async def piece(self, run_id: str, number: str) -> tuple[str, str]:
        """Return one of several pieces of code that were kept, and the address of the message they are from.

        Raises:
            Refusal: they were forgotten.
            Gone: there is no piece of that number.
        """
        kept = (await self._kept(run_id)).pieces
        if kept is None:  # something else was kept under that id
            raise Refusal("run.refused.forgotten")
        if not number.isdecimal() or int(number) >= len(kept.codes):
            raise Gone("piece")
        return kept.codes[int(number)], kept.origin

    async def keep_pieces(
        self, interaction: discord.Interaction[ServedClient], pieces: Sequence[Snippet], origin: str
    ) -> str:
        """Keep pieces of code to choose from; return the id to find them by."""
        return await self.keep(interaction, CodePieces(tuple(piece.code for piece in pieces), origin))

    async def _kept(self, run_id: str) -> RunningRun:
        kept = await self._shared.store.runs.get(run_id)
        if kept is None:
            raise Refusal("run.refused.forgotten")
        return kept

    async def mark_cut_off(self) -> None:
        """Say in the messages of runs that an earlier process left behind that they were cut off, and offer them again.

        Each by itself: one that cannot be told so now is left for the next start, and holds up no other. Safe to call
        again at any time: what was marked is no longer left behind.
        """
        runs = self._shared.store.runs
        for left in await runs.all():
            if left.id in self._going or not self._shared.shards.have(left.guild_id):
                continue
            try:
                await self._mark(left)
                await runs.end(left.id, keep=_asked(left).own)
            except UNSENT as error:
                log.warning("run %s was cut off, and its message could not be told so: %s", left.id, error)
            except Exception:  # the outermost edge of one repair: what is wrong with a row must not spoil the others
                log.exception("run %s was cut off and cannot be repaired, so it is left as it is", left.id)
        await runs.prune(self._clock() - KEPT_S)

    async def _mark(self, left: RunningRun) -> None:
        channel = self._client.get_partial_messageable(left.channel_id, guild_id=left.guild_id)
        try:
            message_id = left.message_id or await self._answer_to(left, channel)
            if message_id is None:
                return
            await channel.get_partial_message(message_id).edit(
                view=self._cut_off_view(left), attachments=[], allowed_mentions=discord.AllowedMentions.none()
            )
        except discord.NotFound:
            log.info("run %s was cut off, and its message is gone", left.id)

    async def _answer_to(self, left: RunningRun, channel: discord.PartialMessageable) -> int | None:
        """Return the message of a run that was cut off before it was known which one that is."""
        asked_by, me = left.answers_id, self._client.user
        if asked_by is None or me is None:
            return None
        since = discord.Object(asked_by - 1)
        async for message in channel.history(limit=_LOOK_BACK, after=since, oldest_first=True):
            origin = message.interaction_metadata
            if message.author.id == me.id and origin is not None and origin.id == asked_by:
                return message.id
        return None

    def _cut_off_view(self, left: RunningRun) -> ui.LayoutView:
        asked = _asked(left)
        topic = find_topic(self._shared.tutor.bank, asked.topic)
        title = f"### {topic.title[left.lang]}" if topic else f"### {say('run.own.edited_title', left.lang)}"
        controls: list[ui.Item[Any]] = []
        if asked.own:
            controls.append(RunAgainButton(left.member_id, left.id, say("run.button.again", left.lang)))
        elif topic is not None and any(example.name == asked.example for example in topic.examples):
            controls.append(RunButton(topic.slug, asked.example, say("run.button.again", left.lang), "🔁"))
        controls.append(DeleteButton(left.member_id, left.id, say("run.button.delete", left.lang)))
        text = RunText(title, "", say("run.cut_off.text", left.lang), GREY)
        return run_view(text, *rows(*controls))

    async def stop_all(self, seconds: float = _CLOSE_S) -> None:
        """Stop every run, as the bot is about to end, and wait until each has said so in its message, or so long.

        One that begins from now on ends at once, and says so, too.
        """
        self._closing = True
        going = list(self._going.values())
        for run in going:
            run.close()
        if going:
            await asyncio.wait([asyncio.create_task(run.over.wait()) for run in going], timeout=seconds)


def _asked(row: RunningRun) -> RunRequest:
    """Return what was asked for in a run; nothing at all where that is not known, or something else was kept."""
    return RunRequest.from_json(row.asked or {})
