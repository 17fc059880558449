"""One run on Discord, and its message: edited while the program runs, and once more when it has ended."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import discord
from discord import ui

from bot.discord.run.controls import StopButton
from bot.discord.run.message import end_controls, heading, load, named, run_view
from bot.discord.run.text import RunText, final, fitting, is_picture, live
from bot.discord.services import ServedClient
from bot.discord.ui.base import rows
from bot.discord.ui.direct_messages import UNSENT, send_direct_message
from bot.discord.ui.language import lang_of
from bot.study.run_log import RunLog
from bot.study.runs import Remedy, RunPlan, remedy
from bot.study.tutor import Tutor
from bot.wording import say
from knowledge.bank.models import Lang
from runners.models import Artifact, Finished

log = logging.getLogger(__name__)

#: Seconds between two edits of a message: Discord takes five in five seconds for a channel, over all messages.
EDIT_EVERY_S = 1.5
#: A run shorter than this is shown once, when it is over.
FIRST_LOOK_S = 0.8
#: Waits between attempts to post an end that did not get through; discord.py itself tries five times on a 5xx.
RETRY_S = (1.0, 4.0)
#: Codes of a token that is over: invalid, unknown webhook, unknown interaction.
_TOKEN_OVER = (50027, 10015, 10062)
#: Channels whose messages the bot may edit by itself, where it has access.
_WRITABLE = (discord.TextChannel, discord.VoiceChannel, discord.StageChannel, discord.Thread, discord.DMChannel)


class LiveRun:
    """One run and the message that follows it.

    Attributes:
        owner: who asked.
        over: set when the message shows how the run ended and the store has it.
        closing: whether the bot is about to end.
        post: the message.
        log: what is known of it so far.
    """

    def __init__(
        self,
        run_id: str,
        interaction: discord.Interaction[ServedClient],
        planned: RunPlan,
        tutor: Tutor,
        clock: Callable[[], float],
    ) -> None:
        self.owner = interaction.user.id
        self.over = asyncio.Event()
        self.closing = False
        self.post = Post(interaction)
        self._id = run_id
        self._lang: Lang = lang_of(interaction)
        self._planned = planned
        self._tutor = tutor
        self._clock = clock
        self.log = RunLog(broken=planned.asked.counter)
        self._running: asyncio.Task[None] | None = None
        self._stopped = False
        self._title, self._change = heading(planned, interaction.user.display_name, self._lang)

    def stop(self) -> None:
        """Kill the program, or let it not begin; `follow` then shows that it was stopped."""
        self._stopped = True
        if self._running is not None:
            self._running.cancel()

    def close(self) -> None:
        """Stop it because the bot is about to end."""
        self.closing = True
        self.stop()

    async def follow(self, folder: Path) -> None:
        """Run to the end, editing the message as output comes; files the program leaves come into `folder`."""
        self._running = asyncio.create_task(self._run(folder), name=f"epoch-run-{self._id}")
        if self._stopped:  # before it began
            self._running.cancel()
        try:
            await self._watch(self._running)
            if not self._running.cancelled():
                self._running.result()
            elif self.log.finished is None:
                self.log.finished = Finished("stopped", None, None, self._lasted(), None, None, None)
            await self._show_end()
        except discord.NotFound:
            log.info("run %s: its message is gone", self._id)
        finally:
            self._running.cancel()
            await asyncio.wait({self._running})

    def _lasted(self) -> float:
        began = self.log.started_at
        return 0.0 if began is None else max(0.0, self._clock() - began)

    async def _run(self, folder: Path) -> None:
        job = replace(self._planned.job, owner=str(self.owner), out_dir=folder)
        async for event in self._tutor.run(job, self.log.told):
            self.log.add(event, self._clock())

    async def _watch(self, running: asyncio.Task[None]) -> None:
        wait = FIRST_LOOK_S
        shown: tuple[RunText, list[Artifact]] | None = None
        while not (await asyncio.wait({running}, timeout=wait))[0]:
            wait = EDIT_EVERY_S
            pictures = [artifact for artifact in self.log.artifacts if is_picture(artifact)]
            now = live(self.log, self._title, self._lang), pictures
            if now == shown:
                continue
            try:
                await self._show(*now, upload=shown is None or shown[1] != pictures)
                shown = now
            except discord.NotFound:
                log.info("run %s: its message is gone, so it is stopped", self._id)
                running.cancel()
            except UNSENT as error:
                log.warning("run %s: Discord did not take an update: %s", self._id, error)

    async def _show(self, text: RunText, pictures: Sequence[Artifact], *, upload: bool) -> None:
        stop = StopButton(self._id, say("discord.run.stop", self._lang))
        kept, _ = fitting(pictures)
        files = await asyncio.to_thread(load, kept, b"")
        view = run_view(text, *rows(stop), change=self._change, pictures=files)
        await self.post.edit(view, files if upload else ())

    async def _show_end(self) -> None:
        helps = self._helps()
        end = final(self.log, self._title, self._lang, closing=self.closing, helps=helps)
        output = end.full_output.encode() if end.full_output is not None else b""
        kept, left = fitting(self.log.artifacts, reserved=len(output))
        if left:
            names = [artifact.name for artifact in left]
            end = final(self.log, self._title, self._lang, names, closing=self.closing, helps=helps)
        try:
            await self._post_end(end, kept, output)
        except discord.HTTPException as error:
            if isinstance(error, discord.NotFound) or not (kept or output):
                raise
            log.warning("run %s: Discord did not take the files: %s", self._id, error)
            names = [artifact.name for artifact in self.log.artifacts]
            end = final(self.log, self._title, self._lang, names, refused=True, closing=self.closing, helps=helps)
            await self._post_end(end, [], b"")

    def _helps(self) -> Remedy | None:
        return None if self.log.finished is None or self.log.broke else remedy(self._planned, self.log.finished)

    async def _post_end(self, text: RunText, kept: Sequence[Artifact], output: bytes) -> None:
        for wait in (*RETRY_S, None):
            files = await asyncio.to_thread(load, kept, output)  # anew: what was sent once has been read to its end
            pictures = [file for file, artifact in zip(files, kept, strict=False) if is_picture(artifact)]
            others = [file for file in files if file not in pictures]
            below = end_controls(self._planned, self._id, self.owner, self._lang, self._helps())
            told = replace(text, status=text.status + named(files, self._lang))
            view = run_view(told, *below, change=self._change, pictures=pictures, others=others)
            try:
                return await self.post.edit(view, files, end=True)
            except UNSENT as error:
                if wait is None or isinstance(error, discord.HTTPException) and error.status < 500:
                    raise
                log.warning("run %s: its end did not get through, trying again: %s", self._id, error)
                await asyncio.sleep(wait)


class Post:
    """The message that answers an interaction; it can be edited after the interaction's token expires (15 minutes)."""

    #: Called with the id of the message as soon as it is known.
    posted: Callable[[int], Awaitable[None]] | None = None

    def __init__(self, interaction: discord.Interaction[ServedClient]) -> None:
        self._interaction = interaction
        self._known = False
        self._message: discord.PartialMessage | None = None
        self._attached: list[discord.Attachment] = []
        self._over = False

    async def open(self) -> None:
        """Learn which message it is, where Discord says it now."""
        try:
            message = await self._interaction.original_response()
        except UNSENT as error:
            log.warning("the message of a run cannot be found yet: %s", error)
            return
        await self._note(message)

    async def edit(self, view: ui.LayoutView, files: Sequence[discord.File] = (), *, end: bool = False) -> None:
        """Replace the message.

        Args:
            view: what it shows.
            files: what is attached; none leaves those there are, unless this is the end.
            end: whether nothing comes after it; where the channel is closed to the bot, the member gets it directly.
        """
        # What stays is named, for the view refers to it, and a reference to what is not kept is refused.
        attachments: Any = list(files) if files or end else self._attached or discord.utils.MISSING
        if not self._over and not self._interaction.is_expired():
            try:
                shown = await self._interaction.edit_original_response(view=view, attachments=attachments)
                return await self._note(shown)
            except discord.HTTPException as error:
                if error.status != 401 and error.code not in _TOKEN_OVER:
                    raise
                for file in files:
                    file.reset()
        self._over = True
        try:
            await self._edit_in_channel(view, files, attachments)
        except discord.Forbidden as error:
            if not end:
                raise
            log.warning("the end of a run could not be shown in its channel: %s", error)
            for file in files:
                file.reset()
            asked = self._interaction
            await send_direct_message(asked.user, asked.channel_id, [view], lang_of(asked), files)

    async def _edit_in_channel(
        self,
        view: ui.LayoutView,
        files: Sequence[discord.File],
        attachments: Any,  # noqa: ANN401 - a library's own
    ) -> None:
        # Unlike all others, an edit of a partial message does not take the client's default.
        nobody = discord.AllowedMentions.none()
        if self._message is not None:
            await self._message.edit(view=view, attachments=attachments, allowed_mentions=nobody)
            return
        # Nothing was ever posted, so nothing is posted twice.
        assert self._interaction.channel_id is not None
        channel = self._interaction.client.get_partial_messageable(self._interaction.channel_id)
        sent = await channel.send(view=view, files=list(files), allowed_mentions=nobody)
        self._message = channel.get_partial_message(sent.id)
        await self._tell(sent.id)

    async def _note(self, message: discord.Message | None) -> None:
        if message is None:  # shown nowhere, for Discord did not wait
            return
        self._attached = message.attachments
        await self._tell(message.id)
        channel = self._interaction.channel
        if self._message is None and isinstance(channel, _WRITABLE):
            self._message = channel.get_partial_message(message.id)

    async def _tell(self, message_id: int) -> None:
        if not self._known and self.posted is not None:
            await self.posted(message_id)
        self._known = True
