"""The Discord client: no privileged intent, features found in the folder, one place where errors are answered."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import pkgutil
import random
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import aiohttp
import discord
from discord import app_commands, ui
from discord.ext import commands
from discord.ui import LayoutView

from bot import discord as features
from bot import exits
from bot.discord.acknowledgement import Arrivals, install, refusal_of, trace
from bot.discord.ask.controls import explained_view
from bot.discord.ask.service import AnswerService
from bot.discord.connection import complain, endpoints, run_client
from bot.discord.daily.service import DailyService
from bot.discord.drafts.service import DraftService
from bot.discord.drill.service import DrillService
from bot.discord.health import Health
from bot.discord.hosting.orders import OrderService
from bot.discord.interview import controls as interviews
from bot.discord.locales import Locales
from bot.discord.monitor import CannotListen, Watched, watching
from bot.discord.plan.service import ReminderService
from bot.discord.private_answers import PrivateAnswers
from bot.discord.quiz.service import RoundService
from bot.discord.review.service import ReviewService
from bot.discord.run.service import RunService
from bot.discord.server_settings import Servers
from bot.discord.services import Explained, FormType, ServedClient, Services, SharedServices
from bot.discord.ui.base import Control, may_enter
from bot.discord.ui.commands import WordingTranslator
from bot.discord.ui.direct_messages import UNSENT, send_direct_message
from bot.discord.ui.error_text import explain
from bot.discord.ui.language import lang_of
from bot.discord.ui.practice_controls import InterviewButton, OneItemButton
from bot.discord.ui.retyping import FilledForms, RetypeButton
from bot.endings import ending
from bot.figures import Metrics
from bot.logs import in_a_request, request
from bot.service_manager import ServiceManager
from bot.settings import Settings
from bot.shards import Shards
from bot.store.errors import StoreError
from bot.store.lease import Lease
from bot.store.location import open_lease, open_store
from bot.store.store import Store
from bot.study.cooldowns import Cooldowns
from bot.study.discussions import Discussions
from bot.study.door import Door
from bot.study.drills.judging import DrillJudge
from bot.study.drills.models import AnswerJudge
from bot.study.fitter import Fitter
from bot.study.learning import Learning
from bot.study.loops import roles
from bot.study.loops.conduct import Conduct
from bot.study.runs import Gate
from bot.study.tutor import Tutor
from bot.wording import say
from bot.wording.languages import BASE
from knowledge.bank.models import Lang

log = logging.getLogger(__name__)
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # a bot that never speaks needs neither

#: What the invite asks for: see, write (in threads too), open threads for rounds and the daily question where the host
#: wants them, attach pictures, quote the question replied to. *Manage Roles* is left to hosts who choose a role for the
#: daily question: it is a power, and nothing else needs it.
PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    create_public_threads=True,
    send_messages_in_threads=True,
    attach_files=True,
    read_message_history=True,
)
#: Without the message content intent Discord sends the text of DMs, mentions and pinging replies, and no other.
INTENTS = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
#: How long what is under way may hold up the end of the program; then how long it may take to tell who still waits.
_FINISH_S, _TELL_S = 5.0, 1.5
#: How long the connection may take to close: a Discord that is away answers nothing.
_DISCONNECT_S = 1.0
#: Discord sends a command as it was registered; these say that it has been changed since.
_OUTDATED = (app_commands.CommandNotFound, app_commands.CommandSignatureMismatch)
#: Trouble of Discord's or of the way there, of which a traceback tells nothing.
_FAR_AWAY = (aiohttp.ClientError, ConnectionError, TimeoutError, discord.DiscordServerError)


class EpochTree(app_commands.CommandTree["EpochBot"]):
    """The command tree; `EpochBot.report` answers its errors, as all others."""

    async def interaction_check(self, interaction: discord.Interaction[EpochBot], /) -> bool:
        """Turn blocked members away, and keep commands whose answer all can see to the channels that the host chose.

        A command's `extras` say which it is: `for_all` works for blocked members, too, `public` is for all to see.
        """
        data: Any = interaction.data or {}
        command = self.get_command(data.get("name", ""), type=discord.AppCommandType(data.get("type", 1)))
        if not (command is not None and command.extras.get("for_all")) and not await may_enter(interaction):
            return False
        if interaction.type is discord.InteractionType.autocomplete:
            return True
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
    """The tutor on Discord, with as many shards as Discord asks for, or those of the settings.

    Args:
        tutor: what answers and runs.
        settings: the host's settings.
        lease: the right to serve the database; None where nobody else does. Once lost it is not taken again.
        new_id: makes ids of errors and runs, in hexadecimal.
        clock: Unix time.
        chance: picks quiz items.
        manager: of this service, which is told how it is.
        judge: of drills; one over the tutor's runner without it.

    Attributes:
        figures: counts of what is done.
    """

    _rounds: RoundService
    _runs: RunService
    _daily: DailyService
    _orders: OrderService
    _reminders: ReminderService
    _drafts: DraftService
    _drills: DrillService

    def __init__(
        self,
        tutor: Tutor,
        settings: Settings,
        *,
        lease: Lease | None = None,
        new_id: Callable[[], str] = lambda: secrets.token_hex(4),
        clock: Callable[[], float] = time.time,
        chance: random.Random | None = None,
        manager: ServiceManager | None = None,
        judge: AnswerJudge | None = None,
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
            **_shards(settings.shards),
        )
        install()
        for event in ("INTERACTION_CREATE", "MESSAGE_CREATE"):
            self._connection.parsers[event] = in_a_request(self._connection.parsers[event])
        self._lease = lease
        self.arrivals = Arrivals(
            clock, held=self._may_act, farewell=lambda asked: say("discord.restarting", lang_of(asked))
        )
        self.settings = settings
        self.health = Health(self, tutor.runner, settings.wall)
        self.figures = Metrics(clock)
        self.manager = manager or ServiceManager()
        self._tutor = tutor
        self._judge = judge or DrillJudge(tutor, tutor.bank)
        self._clock = clock
        self._chance = chance or random.Random()
        self._new_id = new_id
        self._locales = Locales()
        self._store: Store | None = None
        self._controls: list[type[ui.DynamicItem[Any]]] = []
        self._forms: list[type[FormType]] = []

    def _may_act(self) -> bool:
        # While the database is away nobody has the lease, and members are told that nothing can be kept.
        return self._lease is None or self._lease.held or self._lease.away

    @property
    def watched(self) -> Watched:
        """What is watched of it, from outside; before it is logged in, too."""
        return Watched(
            self.health, self.figures,
            shards=lambda: self.latencies,
            waiting=lambda: self._tutor.waiting,
            rounds=lambda: len(self._rounds.live) if hasattr(self, "services") else 0,
            servers=lambda: len(self.guilds),
        )  # fmt: skip

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
        self.manager.status("opening the database")
        # The first look at the wall starts programs and waits for them: meanwhile the rest is set up.
        wall = asyncio.create_task(asyncio.to_thread(getattr, self._tutor.runner, "wall"), name="epoch-wall")
        try:
            self._store = await open_store(self.settings, look_through=True, bank=self._tutor.bank)
            self._store.database.fence = self._lease
            self.health.database = self._store.database.check
            self.services = await self._build(self._store)
            await self._set_up()
            about = say("discord.status", BASE, wall=say(f"run.wall.{await wall}", BASE))
            self.activity = discord.CustomActivity(about)
            self.manager.status("warming up, then connecting")
        except BaseException:
            await asyncio.gather(wall, return_exceptions=True)  # the first fault is the one to tell
            if self._store is not None:
                await self._store.close()
            raise

    async def _build(self, store: Store) -> Services:
        """Put together what features need, once: this is the one place that knows which class does what."""
        servers = await Servers.load(store.guilds, self._clock)
        self._fitter = Fitter(store, self._clock)
        shared = SharedServices(
            tutor=self._tutor,
            store=store,
            learning=Learning(
                store,
                self._tutor.bank,
                self._clock,
                zone_of=servers.zone_of,
                counted=self.figures.reviewed,
                fitter=self._fitter,
            ),  # fmt: skip
            servers=servers,
            locales=self._locales,
            private_answers=PrivateAnswers(),
            discussions=Discussions(self._clock),
            helper_calls=Cooldowns(self._clock),
            door=Door(
                self._clock,
                per_member=self.settings.asks_per_member,
                per_server=self.settings.asks_per_server,
                turned_away=self.figures.turned_away,
            ),
            gate=Gate(self._clock),
            figures=self.figures,
            clock=self._clock,
            chance=self._chance,
            new_id=self._new_id,
            secret=await store.keys.get("shuffle"),
            shards=self.settings.shards,
        )
        self._rounds = RoundService(self, shared)
        self._runs = RunService(self, shared)
        self._daily = DailyService(self, shared)
        self._reminders = ReminderService(self, shared)
        self._drafts = DraftService(self, shared, self.settings)
        self._drills = DrillService(self, shared, self._judge)
        return Services(
            **{each.name: getattr(shared, each.name) for each in fields(shared)},
            answers=AnswerService(shared),
            rounds=self._rounds,
            runs=self._runs,
            daily=self._daily,
            drafts=self._drafts,
            drills=self._drills,
            reviews=ReviewService(),
            reminders=self._reminders,
            loops=Conduct(
                self._tutor,
                shared.learning,
                store,
                roles.load_roles(self._tutor.bank, self.settings.data_dir / roles.FOLDER, strict=False),
                self._clock,
                self._chance,
            ),
            filled=FilledForms(store, self._new_id, self._runs.keep, self.form_of),
            next_interview=interviews.next_view,
        )

    async def _set_up(self) -> None:
        await self.tree.set_translator(WordingTranslator())
        self.add_controls(RetypeButton, InterviewButton, OneItemButton)
        for folder in pkgutil.iter_modules(features.__path__, f"{features.__name__}."):
            if folder.ispkg and find_spec(cog := f"{folder.name}.cog"):
                await self.load_extension(cog)  # one that fails stops the start: half a bot helps nobody
        if self.settings.shards.have(None):
            await self._sync()
        else:
            log.info("commands are left to the process that has shard 0")
        self._orders = OrderService(self.services, self.resend_commands)
        await self._orders.begin()

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

    def button_of(self, custom_id: str) -> ui.DynamicItem[Any] | None:
        """Return the button that answers to a custom id; None for one that is gone, and for a select."""
        made = (control.decode(custom_id) for control in self._controls if issubclass(control, Control))
        return next((found for found in made if found is not None and isinstance(found.item, ui.Button)), None)

    def form_of(self, custom_id: str) -> tuple[type[FormType], Any] | None:
        """Return the form that answers to a custom id, and what the id says; None for one that is gone."""
        ids = ((form, form.named(custom_id)) for form in self._forms)
        return next(((form, named) for form, named in ids if named is not None), None)

    async def on_message(self, message: discord.Message, /) -> None:
        """Leave messages to the features: there are no prefix commands."""

    async def on_ready(self) -> None:
        """Say in the log that the bot is there, and how to invite it."""
        invite = discord.utils.oauth_url(self.application_id or 0, permissions=PERMISSIONS)
        log.info("ready as %s in %d servers; invite link: %s", self.user, len(self.guilds), invite)
        self.manager.ready(f"ready in {len(self.guilds)} servers")

    async def on_disconnect(self) -> None:
        """Tell the service manager; discord.py connects again by itself."""
        if not self.is_closed():
            self.manager.status("the gateway is lost, connecting again")

    async def on_resumed(self) -> None:
        """Tell the service manager."""
        self.manager.status(f"ready in {len(self.guilds)} servers")

    async def on_interaction(self, interaction: discord.Interaction[EpochBot]) -> None:
        """Take in modals, and answer a press on a control that this version no longer has."""
        self._locales.note(interaction.user.id, interaction.locale)
        data: Any = interaction.data or {}
        custom_id = str(data.get("custom_id", ""))
        if interaction.type is discord.InteractionType.modal_submit:
            if found := self.form_of(custom_id):
                form, named = found
                return await form.receive(interaction, named) if await may_enter(interaction) else None
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
        # The beginning of a custom id names the control; the rest may have ids of members in it.
        where = data.get("name") or ":".join(str(data.get("custom_id")).split(":")[:2])
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
            asked = request.get()
            error_id = asked.id if asked else self._new_id()
            self.figures.failed()
            if isinstance(error, _FAR_AWAY):
                log.error("error %s in %s: Discord could not be reached: %r", error_id, where, error)
            else:
                log.error("error %s in %s", error_id, where, exc_info=error)
            explained = Explained(say("discord.error.unexpected", lang, id=error_id))
        return explained

    async def resend_commands(self) -> None:
        """Register the commands anew, whatever Discord has."""
        await self._sync(anyway=True)

    async def _sync(self, *, anyway: bool = False) -> None:
        """Register the commands, unless Discord has all of them, and as they were registered the last time.

        What Discord has is asked of Discord, for others may have deleted or overwritten it. It fills in much by itself,
        so what it had after the last time is noted, and not compared with what was sent.
        """
        translator = self.tree.translator
        assert translator is not None
        payload = [await command.get_translated_payload(self.tree, translator) for command in self.tree.get_commands()]
        record = self.settings.cache_dir / f"commands-{self.application_id}"
        there = await self._registered()
        # Commands that were deleted right after they were registered are noted as absent, and must not stay so.
        all_there = _names(payload) <= _names(there)
        if not anyway and all_there and await asyncio.to_thread(_read, record) == _digest(payload, there):
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
        """Take nothing in any more, answer who waits, tell the rest, then end the connection and the database.

        Runs are ended, and their messages say so. Rounds stay as saved. Whoever has lost the lease of the database
        answers and tells nobody, for another process may do so by now: it leaves at once.
        """
        self.arrivals.leaving = True
        self.manager.stopping()
        built = hasattr(self, "services")
        if hasattr(self, "_orders"):
            await self._orders.close()
        finish, tell = (_FINISH_S, _TELL_S) if self._may_act() else (0.0, 0.0)
        try:
            ending = (
                [
                    self._runs.stop_all(finish),
                    self._daily.close(finish),
                    self._reminders.close(finish),
                    self._drafts.close(),
                ]
                if built
                else []
            )
            await asyncio.gather(self.arrivals.drain(finish), *ending)
            await asyncio.gather(self.arrivals.part(tell), *([self._rounds.close(tell)] if built else []))
        finally:
            if built:  # after those who wait for a verdict
                await self._drills.close()
                await self._fitter.close()
            await self._disconnect()
            self.health.database = None
            if self._store is not None:
                await self._store.close()

    async def _disconnect(self) -> None:
        try:
            async with asyncio.timeout(_DISCONNECT_S):
                await super().close()
        except TimeoutError:
            log.info("the gateway did not close in %.0f s; leaving it", _DISCONNECT_S)
            await self.http.close()


def _shards(shards: Shards) -> dict[str, Any]:
    """Return how the library is told of shards; it asks Discord where it is told nothing."""
    return {} if shards.count is None else {"shard_ids": list(shards.ids), "shard_count": shards.count}


def _names(commands: Iterable[Mapping[str, Any]]) -> set[tuple[int, str]]:
    """Return the kinds and names of commands, by which Discord tells them apart."""
    return {(int(command.get("type") or 1), command["name"]) for command in commands}


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
        text = "no Discord token; put DISCORD_TOKEN=… into .env (docs/host/start.md shows where to get one)"
        return complain(text, exits.CONFIG)
    try:
        lease = await open_lease(settings)
    except StoreError as error:
        await tutor.close()
        end = ending(error)
        return complain(end.text, end.status)
    manager = ServiceManager.take_from(os.environ)
    bots = _Bots(lambda: EpochBot(tutor, settings, lease=lease, manager=manager))
    try:
        async with watching(lambda: bots.now.watched, manager, settings.metrics_address):
            with endpoints(settings):
                token = settings.discord_token.get_secret_value()
                return await run_client(bots.next, token, tutor, lease, lambda: bots.now.arrivals.quiet)
    except CannotListen as error:
        await tutor.close()
        return complain(str(error), exits.CONFIG)


class _Bots:
    """The bot of the moment: one that waits for the lease is watched already, and one that has lost it is replaced."""

    def __init__(self, make: Callable[[], EpochBot]) -> None:
        self._make = make
        self._taken = False
        self.now = make()

    def next(self) -> EpochBot:
        """Return a bot that has not been connected yet."""
        if self._taken:
            self.now = self._make()
        self._taken = True
        return self.now
