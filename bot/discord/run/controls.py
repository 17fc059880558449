"""A run on Discord: one message that follows it, *Stop* while it goes, what to do with it when it is over."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.discord.ask.controls import RunButton
from bot.discord.run.edit_controls import AgainButton, DeleteButton
from bot.discord.run.message import end_controls, heading, load, named, run_view
from bot.discord.run.text import RunLog, RunText, final, fitting, is_picture, live
from bot.discord.ui.base import Control, lang_of, rows
from bot.discord.ui.colours import GREY
from bot.discord.ui.direct_messages import UNSENT, tell_directly
from bot.discord.ui.errors import Gone
from bot.discord.ui.ids import Kept
from bot.store.runs import OVER, RunningRun
from bot.study.runs import Asked, Gate, Plan, RunRefused, plan, within
from bot.study.snippets import Snippet
from bot.study.tutor import Tutor
from bot.wording import say
from knowledge.bank.models import Lang
from runners.folders import run_folder
from runners.models import Artifact, Finished

if TYPE_CHECKING:
    from bot.discord.client import EpochBot

log = logging.getLogger(__name__)

#: Seconds between two edits of a message: Discord takes five in five seconds for a channel, over all messages.
EDIT_EVERY_S = 1.5
#: A run shorter than this is shown once, when it is over.
FIRST_LOOK_S = 0.8
#: How long a member's own version can be repeated by its buttons.
KEPT_S = 30 * 86_400.0
#: Waits between attempts to post an end that did not get through; discord.py itself tries five times on a 5xx.
RETRY_S = (1.0, 4.0)
#: Key in what is kept of a run: the interaction that its message answers.
ANSWERS = "answers"
#: How many messages are looked through for the one of a run that was cut off at its very beginning.
_LOOK_BACK = 200
#: Codes of a token that is over: invalid, unknown webhook, unknown interaction.
_TOKEN_OVER = (50027, 10015, 10062)
#: Channels whose messages the bot may edit by itself, where it has access.
_WRITABLE = (discord.TextChannel, discord.VoiceChannel, discord.StageChannel, discord.Thread, discord.DMChannel)


class StopButton(Control[ui.Button[Any]], prefix="epoch:stop"):
    """Stops a run, for the member who started it."""

    run: Kept
    replies = "quiet"

    def __init__(self, run: str, label: str = "■") -> None:
        self.run = run
        style = discord.ButtonStyle.danger
        super().__init__(ui.Button(label=label, emoji="⏹️", style=style, custom_id=self.encode()))

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
        bot: has the tutor and the store.
        new_id: makes ids that nobody can guess.
        clock: Unix time.
    """

    def __init__(self, bot: EpochBot, new_id: Callable[[], str], clock: Callable[[], float] = time.time) -> None:
        self._bot = bot
        self._new_id = new_id
        self._clock = clock
        self._gate = Gate(clock)
        self._going: dict[str, LiveRun] = {}
        self._closing = False

    def get(self, run_id: str) -> LiveRun | None:
        """Return a run that is still going on."""
        return self._going.get(run_id)

    async def start(self, interaction: discord.Interaction[EpochBot], topic: str, example: str) -> None:
        """Run an example as it stands in the bank; see `begin`."""
        await self.begin(interaction, Asked(topic, example))

    async def begin(self, interaction: discord.Interaction[EpochBot], asked: Asked) -> None:
        """Run what was asked for and follow it in the answer to `interaction`, which is deferred already.

        Raises:
            knowledge.bank.errors.KnowledgeError: there is no such topic or example, or a value does not fit.
            RunRefused: not now, not here, or not by this member.
            runners.errors.RunnerError: it may not run here.
        """
        # Nothing is waited for before the run is saved: from its acknowledgement on, its message has to come to an end.
        planned = plan(self._bot.tutor, asked)
        if planned.topic is not None:
            planned = replace(planned, asked=replace(asked, topic=planned.topic.slug))
        rules = self._bot.servers.of(interaction.guild_id)
        planned = replace(planned, job=within(planned.job, rules))
        manages = interaction.permissions.manage_guild
        with self._gate.admitted(interaction.user.id, asked, rules, manages=manages):
            await self._follow(interaction, planned)

    async def _follow(self, interaction: discord.Interaction[EpochBot], planned: Plan) -> None:
        run_id = self._new_id()
        run = LiveRun(run_id, interaction, planned, self._bot.tutor, self._clock)
        run.post.posted = partial(self._bot.store.runs.posted, run_id)
        self._going[run_id] = run
        if self._closing:
            run.close()
        runs = self._bot.store.runs
        told = True
        try:
            await runs.begin(self._row(run_id, interaction, planned.asked.as_json() | {ANSWERS: interaction.id}))
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
            try:
                if told:  # what its message does not say yet, the next start says
                    await runs.end(run_id, keep=planned.changed)
            finally:
                self._going.pop(run_id, None)
                run.over.set()

    def _row(self, run_id: str, interaction: discord.Interaction[EpochBot], what: dict[str, Any]) -> RunningRun:
        assert interaction.channel_id is not None
        lang = lang_of(interaction)
        where = interaction.guild_id, interaction.channel_id
        return RunningRun(run_id, *where, None, interaction.user.id, lang, what, self._clock())

    async def keep(self, interaction: discord.Interaction[EpochBot], what: dict[str, Any]) -> str:
        """Keep what a button needs and no custom id could hold; return the id to find it by."""
        run_id = self._new_id()
        await self._bot.store.runs.begin(self._row(run_id, interaction, {**what, OVER: True}))
        return run_id

    async def asked(self, run_id: str) -> Asked:
        """Return what was asked for in a run that is over; `RunRefused` where it was forgotten."""
        asked = Asked.from_json((await self._kept(run_id)).what)
        if not asked.topic and asked.code is None:  # something else was kept under that id
            raise RunRefused("forgotten")
        return asked

    async def piece(self, run_id: str, number: str) -> tuple[str, str]:
        """Return one of several pieces of code that were kept, and the address of the message they are from.

        Raises:
            RunRefused: they were forgotten.
            Gone: there is no piece of that number.
        """
        what = (await self._kept(run_id)).what
        pieces = what.get("pieces")
        if not isinstance(pieces, list):
            raise RunRefused("forgotten")
        if not number.isdecimal() or int(number) >= len(pieces):
            raise Gone("piece")
        return pieces[int(number)], str(what.get("origin", ""))

    async def keep_pieces(
        self, interaction: discord.Interaction[EpochBot], pieces: Sequence[Snippet], origin: str
    ) -> str:
        """Keep pieces of code to choose from; return the id to find them by."""
        return await self.keep(interaction, {"pieces": [piece.code for piece in pieces], "origin": origin})

    async def _kept(self, run_id: str) -> RunningRun:
        kept = await self._bot.store.runs.get(run_id)
        if kept is None:
            raise RunRefused("forgotten")
        return kept

    async def mark_cut_off(self) -> None:
        """Say in the messages of runs that an earlier process left behind that they were cut off, and offer them again.

        Each by itself: one that cannot be told so now is left for the next start, and holds up no other. Safe to call
        again at any time: what was marked is no longer left behind.
        """
        runs = self._bot.store.runs
        for left in await runs.all():
            if left.id in self._going:
                continue
            try:
                await self._mark(left)
                await runs.end(left.id, keep=Asked.from_json(left.what).own)
            except UNSENT as error:
                log.warning("run %s was cut off, and its message could not be told so: %s", left.id, error)
            except Exception:  # the outermost edge of one repair: what is wrong with a row must not spoil the others
                log.exception("run %s was cut off and cannot be repaired, so it is left as it is", left.id)
        await runs.prune(self._clock() - KEPT_S)

    async def _mark(self, left: RunningRun) -> None:
        channel = self._bot.get_partial_messageable(left.channel_id, guild_id=left.guild_id)
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
        asked_by, me = left.what.get(ANSWERS), self._bot.user
        if not isinstance(asked_by, int) or me is None:
            return None
        since = discord.Object(asked_by - 1)
        async for message in channel.history(limit=_LOOK_BACK, after=since, oldest_first=True):
            origin = message.interaction_metadata
            if message.author.id == me.id and origin is not None and origin.id == asked_by:
                return message.id
        return None

    def _cut_off_view(self, left: RunningRun) -> ui.LayoutView:
        asked = Asked.from_json(left.what)
        topic = self._bot.tutor.bank.topics.get(asked.topic)
        title = f"### {topic.title[left.lang]}" if topic else f"### {say('run.own.edited_title', left.lang)}"
        controls: list[ui.Item[Any]] = []
        if asked.own:
            controls.append(AgainButton(left.member_id, left.id, say("run.button.again", left.lang)))
        elif topic is not None and any(example.name == asked.example for example in topic.examples):
            controls.append(RunButton(asked.topic, asked.example, say("run.button.again", left.lang), "🔁"))
        controls.append(DeleteButton(left.member_id, left.id, say("run.button.delete", left.lang)))
        text = RunText(title, "", say("run.cut_off.text", left.lang), GREY)
        return run_view(text, *rows(*controls))

    async def stop_all(self) -> None:
        """Stop every run, as the bot is about to end, and wait until each has said so in its message.

        One that begins from now on ends at once, and says so, too.
        """
        self._closing = True
        going = list(self._going.values())
        for run in going:
            run.close()
        if going:
            await asyncio.wait([asyncio.create_task(run.over.wait()) for run in going], timeout=5)


class LiveRun:
    """One run and the message that follows it.

    Attributes:
        owner: who asked.
        over: set when the message says how it ended, and the store knows.
        closing: whether the bot is about to end.
        post: the message.
    """

    def __init__(
        self,
        run_id: str,
        interaction: discord.Interaction[EpochBot],
        planned: Plan,
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
        self._log = RunLog(broken=planned.asked.counter)
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
            elif self._log.finished is None:
                self._log.finished = Finished("stopped", None, None, self._lasted(), None, None, None)
            await self._show_end()
        except discord.NotFound:
            log.info("run %s: its message is gone", self._id)
        finally:
            self._running.cancel()
            await asyncio.wait({self._running})

    def _lasted(self) -> float:
        began = self._log.started_at
        return 0.0 if began is None else max(0.0, self._clock() - began)

    async def _run(self, folder: Path) -> None:
        job = replace(self._planned.job, owner=str(self.owner), out_dir=folder)
        async for event in self._tutor.run(job, self._log.told):
            self._log.add(event, self._clock())

    async def _watch(self, running: asyncio.Task[None]) -> None:
        wait = FIRST_LOOK_S
        shown: tuple[RunText, list[Artifact]] | None = None
        while not (await asyncio.wait({running}, timeout=wait))[0]:
            wait = EDIT_EVERY_S
            pictures = [artifact for artifact in self._log.artifacts if is_picture(artifact)]
            now = live(self._log, self._title, self._lang), pictures
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
        end = final(self._log, self._title, self._lang, closing=self.closing)
        output = end.full_output.encode() if end.full_output is not None else b""
        kept, left = fitting(self._log.artifacts, reserved=len(output))
        if left:
            names = [artifact.name for artifact in left]
            end = final(self._log, self._title, self._lang, names, closing=self.closing)
        try:
            await self._post_end(end, kept, output)
        except discord.HTTPException as error:
            if isinstance(error, discord.NotFound) or not (kept or output):
                raise
            log.warning("run %s: Discord did not take the files: %s", self._id, error)
            names = [artifact.name for artifact in self._log.artifacts]
            end = final(self._log, self._title, self._lang, names, refused=True, closing=self.closing)
            await self._post_end(end, [], b"")

    async def _post_end(self, text: RunText, kept: Sequence[Artifact], output: bytes) -> None:
        for wait in (*RETRY_S, None):
            files = await asyncio.to_thread(load, kept, output)  # anew: what was sent once has been read to its end
            pictures = [file for file, artifact in zip(files, kept, strict=False) if is_picture(artifact)]
            others = [file for file in files if file not in pictures]
            below = end_controls(self._planned, self._id, self.owner, self._lang)
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
    """The answer to an interaction, editable for as long as it exists: its token dies after 15 minutes."""

    #: Called with the id of the message as soon as it is known.
    posted: Callable[[int], Awaitable[None]] | None = None

    def __init__(self, interaction: discord.Interaction[EpochBot]) -> None:
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
            await tell_directly(asked.user, asked.channel_id, [view], lang_of(asked), files)

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
