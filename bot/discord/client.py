"""The Discord client: no privileged intent, features found in the folder, one place where errors are answered."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import pkgutil
import random
import secrets
import time
from collections.abc import Callable
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import discord
from discord import app_commands, ui
from discord.ext import commands
from discord.ui import LayoutView

from bot import discord as features
from bot.discord.acknowledgement import Arrivals, install, refusal_of, trace
from bot.discord.ask.controls import explained_view
from bot.discord.ask.service import AnswerService
from bot.discord.connection import complain, endpoints, run_client
from bot.discord.daily.service import DailyService
from bot.discord.locales import Locales
from bot.discord.quiz.service import RoundService
from bot.discord.run.service import RunService
from bot.discord.server_settings import Servers
from bot.discord.services import FormType, ServedClient, Services, SharedServices
from bot.discord.ui.commands import WordingTranslator
from bot.discord.ui.direct_messages import UNSENT, send_direct_message
from bot.discord.ui.error_text import Explained, explain
from bot.discord.ui.ids import Id
from bot.discord.ui.language import lang_of
from bot.discord.ui.retyping import FilledForms, RetypeButton
from bot.settings import Settings
from bot.store.errors import StoreError
from bot.store.location import open_store
from bot.store.store import Store
from bot.study.cooldowns import Cooldowns
from bot.study.discussions import Discussions
from bot.study.learning import Learning
from bot.study.rounds import terms
from bot.study.tutor import Tutor
from bot.wording import say
from bot.wording.languages import BASE
from knowledge.bank.models import Lang

log = logging.getLogger(__name__)
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # a bot that never speaks needs neither

#: What the invite asks for, and no more: see, write (in threads too), attach pictures, quote the question replied to.
PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    attach_files=True,
    read_message_history=True,
)
#: Without the message content intent Discord sends the text of DMs, mentions and pinging replies, and no other.
INTENTS = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
#: How long whoever still waits for an answer may hold up the end of the program.
_DRAIN_S = 2.0
#: Discord sends a command as it was registered; these say that it has been changed since.
_OUTDATED = (app_commands.CommandNotFound, app_commands.CommandSignatureMismatch)


class EpochTree(app_commands.CommandTree["EpochBot"]):
    """The command tree; `EpochBot.report` answers its errors, as all others."""

    async def interaction_check(self, interaction: discord.Interaction[EpochBot], /) -> bool:
        """Keep commands whose answer all can see (`extras={"public": True}`) to the channels that the host chose."""
        if interaction.type is discord.InteractionType.autocomplete:
            return True
        data: Any = interaction.data or {}
        command = self.get_command(data.get("name", ""), type=discord.AppCommandType(data.get("type", 1)))
        where = interaction.client.services.servers.instead_of(interaction)
        if command is None or not command.extras.get("public") or not where:
            return True
        text = say("discord.error.elsewhere", lang_of(interaction), channels=where)
        await interaction.response.send_message(text, ephemeral=True)
        return False

    async def on_error(
        self, interaction: discord.Interaction[EpochBot], error: app_commands.AppCommandError, /
    ) -> None:
        """Answer the member."""
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        await interaction.client.report(interaction, cause)


class EpochBot(ServedClient):
    """The tutor on Discord, with as many shards as Discord asks for.

    Args:
        tutor: what answers and runs.
        settings: the host's settings.
        new_id: makes ids of errors and runs, in hexadecimal.
        clock: Unix time.
        chance: picks quiz items.
    """

    _rounds: RoundService
    _runs: RunService
    _daily: DailyService

    def __init__(
        self,
        tutor: Tutor,
        settings: Settings,
        *,
        new_id: Callable[[], str] = lambda: secrets.token_hex(4),
        clock: Callable[[], float] = time.time,
        chance: random.Random | None = None,
    ) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=EpochTree,
            intents=INTENTS,
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            http_trace=trace(),
        )
        install()
        self.arrivals = Arrivals(clock)
        self.settings = settings
        self._tutor = tutor
        self._clock = clock
        self._chance = chance or random.Random()
        self._new_id = new_id
        self._locales = Locales()
        self._store: Store | None = None
        self._controls: list[type[ui.DynamicItem[Any]]] = []
        self._forms: list[type[FormType]] = []

    @property
    def controls(self) -> tuple[type[ui.DynamicItem[Any]], ...]:
        """Every kind of button and select that works, old ones too."""
        return tuple(self._controls)

    @property
    def forms(self) -> tuple[type[FormType], ...]:
        """Every kind of modal that works."""
        return tuple(self._forms)

    async def setup_hook(self) -> None:
        """Open the database, load every feature, then tell Discord which commands there are."""
        self._store = await open_store(self.settings)
        try:
            self.services = await self._build(self._store)
            await self._set_up()
        except BaseException:
            await self._store.close()
            raise

    async def _build(self, store: Store) -> Services:
        """Put together what features need, once: this is the one place that knows which class does what."""
        servers = await Servers.load(store.guilds, self._clock)
        shared = SharedServices(
            tutor=self._tutor,
            store=store,
            learning=Learning(store, self._tutor.bank, self._clock, zone_of=servers.zone_of),
            servers=servers,
            locales=self._locales,
            discussions=Discussions(self._clock),
            helper_calls=Cooldowns(self._clock),
            clock=self._clock,
            chance=self._chance,
            new_id=self._new_id,
            secret=await store.keys.get("shuffle"),
        )
        self._rounds = RoundService(self, shared)
        self._runs = RunService(self, shared)
        self._daily = DailyService(self, shared)
        return Services(
            **{each.name: getattr(shared, each.name) for each in fields(shared)},
            answers=AnswerService(shared),
            rounds=self._rounds,
            runs=self._runs,
            daily=self._daily,
            filled=FilledForms(store, self._new_id, self._runs.keep, self.form_of),
        )

    async def _set_up(self) -> None:
        await asyncio.to_thread(self._tutor.complete, "", BASE)  # builds the index of names, which takes a moment
        await asyncio.to_thread(terms.prepare)
        await self.tree.set_translator(WordingTranslator())
        self.add_controls(RetypeButton)
        for folder in pkgutil.iter_modules(features.__path__, f"{features.__name__}."):
            if folder.ispkg and find_spec(cog := f"{folder.name}.cog"):
                await self.load_extension(cog)  # one that fails stops the start: half a bot helps nobody
        await self._sync()
        wall = await asyncio.to_thread(getattr, self._tutor.runner, "wall")  # the first look probes, which blocks
        self.activity = discord.CustomActivity(say("discord.status", BASE, wall=say(f"run.wall.{wall}", BASE)))

    async def launch_shards(self) -> None:
        """Connect as often as Discord asks for; to the gateway of the settings, where they name one."""
        if self.shard_count is None and self.settings.discord_gateway_url:
            self.shard_count, _, _ = await self.http.get_bot_gateway()
        await super().launch_shards()

    def add_controls(self, *controls: type[ui.DynamicItem[Any]]) -> None:
        """Make buttons and selects work, old ones too."""
        self._controls += controls
        self.add_dynamic_items(*controls)

    def add_forms(self, *forms: type[FormType]) -> None:
        """Make modals work, those too that were opened before a restart."""
        self._forms += forms

    def form_of(self, custom_id: str) -> tuple[type[FormType], Id] | None:
        """Return the form that answers to a custom id, and what the id says; None for one that is gone."""
        ids = ((form, form.id_type.decode(custom_id)) for form in self._forms)
        return next(((form, named) for form, named in ids if named is not None), None)

    async def on_message(self, message: discord.Message, /) -> None:
        """Leave messages to the features: there are no prefix commands."""

    async def on_ready(self) -> None:
        """Say in the log that the bot is there, and how to invite it."""
        invite = discord.utils.oauth_url(self.application_id or 0, permissions=PERMISSIONS)
        log.info("ready as %s in %d servers; invite link: %s", self.user, len(self.guilds), invite)

    async def on_interaction(self, interaction: discord.Interaction[EpochBot]) -> None:
        """Take in modals, and answer a press on a control that this version no longer has."""
        self._locales.note(interaction.user.id, interaction.locale)
        data: Any = interaction.data or {}
        custom_id = str(data.get("custom_id", ""))
        if interaction.type is discord.InteractionType.modal_submit:
            if found := self.form_of(custom_id):
                form, named = found
                return await form.receive(interaction, named)
        elif interaction.type is not discord.InteractionType.component or self._answered_by_control(custom_id):
            return
        await interaction.response.send_message(say("discord.error.stale", lang_of(interaction)), ephemeral=True)

    def _answered_by_control(self, custom_id: str) -> bool:
        return any(control.__discord_ui_compiled_template__.fullmatch(custom_id) for control in self._controls)

    async def report(
        self, interaction: discord.Interaction[Any], error: BaseException, *below: discord.ui.Item[Any]
    ) -> None:
        """Tell a member what went wrong: in words if it was foreseen, else by an id that the log has, too.

        Args:
            interaction: what they did.
            error: what came of it; that Discord did not wait for it is nobody's mistake, and not told.
            below: controls to go on with.
        """
        if refusal_of(error):
            self.arrivals.missed("late")
            return
        data: Any = interaction.data or {}
        where = data.get("name") or data.get("custom_id")
        lang = lang_of(interaction)
        explained = self.explain(error, lang, f"interaction {where!r}")
        view = explained_view(explained, self._tutor.bank, lang, *below)
        try:
            if interaction.response.is_done():
                # Where a message is still awaited this becomes that message; where not, only the member sees it.
                await interaction.followup.send(view=view, ephemeral=True)
            else:
                await interaction.response.send_message(view=view, ephemeral=True)
        except UNSENT as failure:
            log.warning("could not tell a member about the error in %s where it came up: %s", where, failure)
            if refusal_of(failure):
                return
            await self._send_report(interaction, view, lang)

    async def _send_report(self, interaction: discord.Interaction[Any], view: LayoutView, lang: Lang) -> None:
        """Tell a member of an error whose interaction is over."""
        try:
            await send_direct_message(interaction.user, interaction.channel_id, [view], lang)
        except UNSENT as failure:
            log.warning("nor could it be told in a direct message: %s", failure)  # nobody is left to tell but the host

    def explain(self, error: BaseException, lang: Lang, where: str) -> Explained:
        """Return what to say about an error; one nobody foresaw goes to the log under the id that is said."""
        explained = explain(error, lang)
        if isinstance(error, StoreError):
            log.error("%s: %s", where, error)  # the member reads only that nothing was kept
        if explained is None and isinstance(error, _OUTDATED):
            explained = Explained(say("discord.error.outdated", lang))
        if explained is None:
            error_id = self._new_id()
            log.error("error %s in %s", error_id, where, exc_info=error)
            explained = Explained(say("discord.error.unexpected", lang, id=error_id))
        return explained

    async def _sync(self) -> None:
        """Register the commands, unless Discord has them as they were registered the last time.

        What Discord has is asked of Discord, for others may have overwritten it. It fills in much by itself, so what
        it had after the last time is noted, and not compared with what was sent.
        """
        translator = self.tree.translator
        assert translator is not None
        payload = [await command.get_translated_payload(self.tree, translator) for command in self.tree.get_commands()]
        record = self.settings.cache_dir / f"commands-{self.application_id}"
        if await asyncio.to_thread(_read, record) == _digest(payload, await self._registered()):
            log.info("commands are as they were")
            return
        await self.tree.sync()
        log.info("%d commands registered", len(payload))
        await asyncio.to_thread(_write, record, _digest(payload, await self._registered()))

    async def _registered(self) -> list[Any]:
        assert self.application_id is not None
        route = discord.http.Route("GET", "/applications/{application_id}/commands", application_id=self.application_id)
        found: list[Any] = await self.http.request(route, params={"with_localizations": "true"})
        return found

    async def close(self) -> None:
        """Answer whoever still waits, end every run, whose message says so, then the connection, then the database.

        Rounds stay as saved.
        """
        built = hasattr(self, "services")
        if built:
            await self._runs.stop_all()
        await self.arrivals.drain(_DRAIN_S)
        if built:
            await self._daily.close()
            await self._rounds.close()
        await super().close()
        if self._store is not None:
            await self._store.close()


def _digest(payload: list[Any], registered: list[Any]) -> str:
    text = json.dumps([discord.http.Route.BASE, payload, registered], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return None


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="ascii")
    except OSError as error:
        log.warning("the commands will be registered again at the next start: %s", error)


async def serve(settings: Settings, tutor: Tutor) -> int:
    """Run the bot until it is told to stop, close `tutor`, and return the exit status."""
    if settings.discord_token is None:
        await tutor.close()
        return complain("no Discord token; put DISCORD_TOKEN=… into .env (docs/discord.md shows where to get one)")
    with endpoints(settings):
        return await run_client(EpochBot(tutor, settings), settings.discord_token.get_secret_value(), tutor)
