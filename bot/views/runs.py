"""A run on Discord: one message that follows it, *Stop* while it goes, *Run again* when it is over."""

from __future__ import annotations

import asyncio
import io
import logging
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ui

from bot.render.runs import OUTPUT_FILE, RunLog, RunText, final, fitting, is_picture, live
from bot.render.text import neutralise, one_line
from bot.tutor import Planned, Tutor
from bot.views.answers import RunButton, TopicButton
from bot.views.base import Control, lang_of, layout, rows
from bot.wording import say
from knowledge.models import Lang
from runners.models import Artifact, Finished

if TYPE_CHECKING:
    from bot.app import EpochBot

log = logging.getLogger(__name__)

#: Seconds between two edits of a message: Discord takes five in five seconds for a channel, over all messages.
EDIT_EVERY_S = 1.5
#: A run shorter than this is shown once, when it is over.
FIRST_LOOK_S = 0.8
#: Channels whose messages the bot may edit by itself, where it has access.
_WRITABLE = (discord.TextChannel, discord.VoiceChannel, discord.StageChannel, discord.Thread, discord.DMChannel)


class StopButton(Control[ui.Button[Any]], template=r"epoch:stop:(?P<run>[0-9a-f]+)"):
    """Stops a run, for the member who started it."""

    replies = "quiet"

    def __init__(self, run: str, label: str = "■") -> None:
        super().__init__(
            ui.Button(label=label, emoji="⏹️", style=discord.ButtonStyle.danger, custom_id=f"epoch:stop:{run}")
        )
        self.run = run

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Rebuild the button of an old message."""
        return cls(match["run"])

    async def press(self, interaction: discord.Interaction[EpochBot]) -> None:
        """Stop the run; its own message then says so."""
        lang = lang_of(interaction)
        run = interaction.client.runs.get(self.run)
        if run is None:
            await interaction.followup.send(say("discord.run.over", lang), ephemeral=True)
        elif run.owner != interaction.user.id:
            await interaction.followup.send(say("discord.run.not_yours", lang), ephemeral=True)
        else:
            run.stop()


class Runs:
    """All runs that are going on, by id.

    Args:
        tutor: what plans and runs.
        new_id: makes ids that nobody can guess.
        clock: Unix time.
    """

    def __init__(self, tutor: Tutor, new_id: Callable[[], str], clock: Callable[[], float] = time.time) -> None:
        self._tutor = tutor
        self._new_id = new_id
        self._clock = clock
        self._going: dict[str, LiveRun] = {}

    def get(self, run_id: str) -> LiveRun | None:
        """Return a run that is still going on."""
        return self._going.get(run_id)

    async def start(self, interaction: discord.Interaction[EpochBot], topic: str, example: str) -> None:
        """Run an example and follow it in the answer to `interaction`, which is deferred already.

        Raises:
            knowledge.errors.KnowledgeError: there is no such topic or example.
            runners.errors.RunnerError: it may not run here.
        """
        folder = await asyncio.to_thread(tempfile.TemporaryDirectory, prefix="epoch-run-")
        run_id = self._new_id()
        try:
            planned = self._tutor.plan(topic, example, out_dir=Path(folder.name))
            run = LiveRun(run_id, interaction, planned, self._tutor, self._clock)
            self._going[run_id] = run
            await run.follow()
        finally:
            self._going.pop(run_id, None)
            await asyncio.to_thread(folder.cleanup)

    async def stop_all(self) -> None:
        """Stop every run and wait until each has said so in its message."""
        going = list(self._going.values())
        for run in going:
            run.stop()
        if going:
            await asyncio.wait([asyncio.create_task(run.over.wait()) for run in going], timeout=5)


class LiveRun:
    """One run and the message that follows it."""

    def __init__(
        self,
        run_id: str,
        interaction: discord.Interaction[EpochBot],
        planned: Planned,
        tutor: Tutor,
        clock: Callable[[], float],
    ) -> None:
        self.owner = interaction.user.id
        self.over = asyncio.Event()
        self._id = run_id
        self._lang: Lang = lang_of(interaction)
        self._post = Post(interaction)
        self._planned = planned
        self._tutor = tutor
        self._clock = clock
        self._log = RunLog()
        self._running: asyncio.Task[None] | None = None
        example = planned.example
        self._title = f"### {planned.topic.title[self._lang]}\n-# {example.meta.title[self._lang]} · {example.file}"

    def stop(self) -> None:
        """Kill the program; `follow` then shows that it was stopped."""
        if self._running is not None:
            self._running.cancel()

    async def follow(self) -> None:
        """Run to the end, editing the message as output comes."""
        self._running = asyncio.create_task(self._run(), name=f"epoch-run-{self._id}")
        try:
            await self._watch(self._running)
            if not self._running.cancelled():
                self._running.result()
            elif self._log.finished is None:
                self._log.finished = Finished("stopped", None, None, self._lasted(), None, None, None)
            await self._show_end()
        finally:
            self._running.cancel()
            await asyncio.wait({self._running})
            self.over.set()

    def _lasted(self) -> float:
        began = self._log.started_at
        return 0.0 if began is None else max(0.0, self._clock() - began)

    async def _run(self) -> None:
        job = replace(self._planned.job, owner=str(self.owner))
        async for event in self._tutor.run(job, self._log.told):
            self._log.add(event, self._clock())

    async def _watch(self, running: asyncio.Task[None]) -> None:
        wait = FIRST_LOOK_S
        shown: RunText | None = None
        while not (await asyncio.wait({running}, timeout=wait))[0]:
            wait = EDIT_EVERY_S
            text = live(self._log, self._title, self._lang)
            if text == shown:
                continue
            stop = StopButton(self._id, say("discord.run.stop", self._lang))
            try:
                await self._post.edit(run_view(text, *rows(stop)))
                shown = text
            except discord.NotFound:
                log.info("run %s: its message is gone, so it is stopped", self._id)
                running.cancel()
            except discord.HTTPException as error:
                log.warning("run %s: Discord did not take an update: %s", self._id, error)

    async def _show_end(self) -> None:
        text = await asyncio.to_thread(final, self._log, self._title, self._lang)
        output = text.full_output.encode() if text.full_output is not None else b""
        kept, left = fitting(self._log.artifacts, reserved=len(output))
        if left:
            names = [artifact.name for artifact in left]
            text = await asyncio.to_thread(final, self._log, self._title, self._lang, names)
        try:
            await self._post_end(text, kept, output)
        except discord.HTTPException as error:
            if isinstance(error, discord.NotFound) or not (kept or output):
                raise
            log.warning("run %s: Discord did not take the files: %s", self._id, error)
            names = [artifact.name for artifact in self._log.artifacts]
            text = await asyncio.to_thread(final, self._log, self._title, self._lang, names, refused=True)
            await self._post_end(text, [], b"")

    async def _post_end(self, text: RunText, kept: Sequence[Artifact], output: bytes) -> None:
        files = await asyncio.to_thread(_load, kept, output)
        slug, example = self._planned.topic.slug, self._planned.example.name
        again = RunButton(slug, example, say("discord.run.again", self._lang), "🔁")
        explain = TopicButton(slug, self._lang, say("discord.run.explain", self._lang))
        pictures = [file for file, artifact in zip(files, kept, strict=False) if is_picture(artifact)]
        others = [file for file in files if file not in pictures]
        await self._post.edit(run_view(text, *rows(again, explain), pictures=pictures, others=others), files)


class Post:
    """The answer to an interaction, editable for as long as it exists: its token dies after 15 minutes."""

    def __init__(self, interaction: discord.Interaction[EpochBot]) -> None:
        self._interaction = interaction
        self._message: discord.PartialMessage | None = None

    async def edit(self, view: ui.LayoutView, files: Sequence[discord.File] = ()) -> None:
        """Replace the message; files stay as they are where none are given."""
        attachments: Any = files or discord.utils.MISSING
        if self._message is not None and self._interaction.is_expired():
            # Unlike all others, an edit of a partial message does not take the client's default.
            nobody = discord.AllowedMentions.none()
            await self._message.edit(view=view, attachments=attachments, allowed_mentions=nobody)
            return
        message = await self._interaction.edit_original_response(view=view, attachments=attachments)
        channel = self._interaction.channel
        if self._message is None and isinstance(channel, _WRITABLE):
            self._message = channel.get_partial_message(message.id)


def run_view(
    text: RunText,
    *below: ui.Item[Any],
    pictures: Sequence[discord.File] = (),
    others: Sequence[discord.File] = (),
) -> ui.LayoutView:
    """Return the message of a run: what it is, its output, its pictures, its files, how it stands, what to press."""
    blocks: list[str | ui.Item[Any]] = [text.title]
    if text.output:
        blocks.append(text.output)
    if pictures:
        items = [discord.MediaGalleryItem(file.uri, description=one_line(file.filename, 100)) for file in pictures]
        blocks.append(ui.MediaGallery(*items))
    blocks += [ui.File(file.uri) for file in others]
    return layout(*blocks, text.status, *below, colour=text.colour)


def _load(artifacts: Sequence[Artifact], output: bytes) -> list[discord.File]:
    """Read what is attached, pictures and files first, then the whole output."""
    files, names = [], {OUTPUT_FILE}
    for artifact in artifacts:
        assert artifact.path is not None
        name = _unique(re.sub(r"[^A-Za-z0-9._-]+", "_", neutralise(artifact.name)).strip("._") or "file", names)
        files.append(discord.File(io.BytesIO(artifact.path.read_bytes()), filename=name))
    if output:
        files.append(discord.File(io.BytesIO(output), filename=OUTPUT_FILE))
    return files


def _unique(name: str, taken: set[str]) -> str:
    """Return `name`, numbered when it is taken: `attachment://name` must mean one file."""
    stem, dot, suffix = name[-80:].rpartition(".")
    found, number = name[-80:], 1
    while found in taken:
        number += 1
        found = f"{stem or suffix}-{number}{dot}{suffix if stem else ''}"
    taken.add(found)
    return found
