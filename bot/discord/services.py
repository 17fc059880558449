"""The services of cogs and controls: one frozen object, built once, found at `interaction.client.services`.

A feature knows this module, `ui/`, and what lies beside them; it never knows the client that runs it, nor another
feature. Where a message of one feature carries a control of another, the control does its work through the actions
that are declared here: the client alone knows which class performs them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, ClassVar, Protocol

import discord
from discord import ui
from discord.ext import commands

from bot.discord.acknowledgement import Arrivals
from bot.discord.locales import Locales
from bot.discord.server_settings import Servers
from bot.discord.ui.error_text import Explained
from bot.discord.ui.ids import Id
from bot.store.runs import CodePieces, FilledForm
from bot.store.store import Store
from bot.study.cooldowns import Cooldowns
from bot.study.discussions import Discussions
from bot.study.learning import Learning
from bot.study.rounds.machine import RoundEvent, RoundReply
from bot.study.runs import RunRequest
from bot.study.shown import Shown
from bot.study.snippets import Snippet
from bot.study.tutor import Tutor
from knowledge.bank.models import Lang, SectionId, Topic

Interaction = discord.Interaction["ServedClient"]


class AnswerActions(Protocol):
    """Answering questions, and showing what the bank says."""

    async def answer(self, interaction: Interaction, question: str, *, about: str | None = None) -> None:
        """Answer in the message that `interaction` awaits; `about` is the topic under discussion."""

    async def views(self, message: discord.Message, question: str, about: Shown | None) -> Sequence[ui.LayoutView]:
        """Return the answer to a message; `about` is what is under discussion."""

    def interface(self, message: discord.Message) -> Lang:
        """Return the language a message is written under: what the host set, else its author's, else the server's."""

    async def open_section(
        self,
        interaction: Interaction,
        topic: Topic,
        section: SectionId,
        lang: Lang,
        *,
        question: str | None = None,
        private: bool = False,
    ) -> None:
        """Show a section in the message that `interaction` awaits; unless `private`, its topic is what is discussed."""


class StartedRun(Protocol):
    """A run that is going on."""

    @property
    def owner(self) -> int:
        """Who asked for it."""

    def stop(self) -> None:
        """Kill the program, or let it not begin."""


class RunActions(Protocol):
    """Running examples and members' own code."""

    async def start(self, interaction: Interaction, topic: str, example: str) -> None:
        """Run an example as it stands in the bank; the rest is as with `begin`."""

    async def begin(self, interaction: Interaction, request: RunRequest) -> None:
        """Run what was asked for and follow it in the answer to `interaction`, which is deferred already."""

    def get(self, run_id: str) -> StartedRun | None:
        """Return a run that is still going on."""

    def offer(self, message: discord.Message, lang: Lang) -> ui.Item[Any] | None:
        """Return the button that runs the code in a message; None where there is no code in it."""

    async def keep(self, interaction: Interaction, kept: RunRequest | CodePieces | FilledForm) -> str:
        """Keep what a button needs and no custom id could hold; return the id to find it by."""

    async def keep_pieces(self, interaction: Interaction, pieces: Sequence[Snippet], origin: str) -> str:
        """Keep pieces of code to choose from; return the id to find them by."""

    async def asked(self, run_id: str) -> RunRequest:
        """Return what was asked for in a run that is over."""

    async def piece(self, run_id: str, number: str) -> tuple[str, str]:
        """Return one of several pieces of code that were kept, and the address of the message they are from."""

    async def mark_cut_off(self) -> None:
        """Say in the messages of runs that an earlier process left behind that they were cut off."""


class RoundActions(Protocol):
    """Quiz rounds of all channels."""

    async def load(self) -> None:
        """Take up the rounds that a restart cut off."""

    async def resume(self) -> None:
        """Let the rounds taken up go on."""

    async def open(
        self,
        interaction: Interaction,
        *,
        topics: Sequence[str] = (),
        packs: Sequence[str] = (),
        kinds: Sequence[str] = (),
        count: int = 10,
        seconds: float = 30.0,
        teams: int = 0,
        plays: bool = True,
    ) -> None:
        """Open a lobby as the answer to `interaction`, which is deferred already."""

    async def again(self, interaction: Interaction, round_id: int) -> None:
        """Open a lobby for what was missed in a round that is over."""

    def here(self, channel_id: int | None) -> int | None:
        """Return the number of the round that is going on in a channel."""

    async def tell(self, round_id: int, event: RoundEvent) -> RoundReply:
        """Take an event to its round and return the reply, when all that came of it is saved."""

    async def answer(self, interaction: Interaction, round_id: int, number: int, text: str) -> str:
        """Save an answer and return what to tell the member."""

    async def forget(self, member_id: int) -> None:
        """Take a member out of every round that is going on."""


class DailyActions(Protocol):
    """Daily questions of all servers."""

    def begin(self) -> None:
        """Look after all servers from now on."""

    async def answer(self, interaction: Interaction, daily_id: int, letter: str) -> str:
        """Save an answer and return what to tell the member."""

    async def next_at(self, guild_id: int) -> float | None:
        """Return when the next question comes in a server; None where none is wanted."""


class FilledFormActions(Protocol):
    """Keeping what was typed into forms that failed."""

    async def keep(
        self, interaction: Interaction, typed: Mapping[str, tuple[str, ...]], error: BaseException
    ) -> ui.Item[Any] | None:
        """Keep what was typed and return the button that brings it back; None where nothing was."""

    async def reopen(self, interaction: Interaction, kept: str) -> None:
        """Open the form with what was typed, for who filled it in."""

    def forget(self, member_id: int) -> None:
        """Let go of all that a member typed."""


class FormType(Protocol):
    """The class of a form, as the client knows it."""

    id_type: ClassVar[type[Id]]

    @classmethod
    async def receive(cls, interaction: discord.Interaction[Any], named: Any) -> None:  # noqa: ANN401 - of its id type
        """Take in what was filled in."""

    @classmethod
    async def blank(
        cls,
        interaction: discord.Interaction[Any],
        named: Any,  # noqa: ANN401 - of its id type
        typed: Mapping[str, str],
    ) -> ui.Modal:
        """Return the form that `named` means, with the fields for what was `typed`."""


@dataclass(frozen=True, slots=True)
class SharedServices:
    """The services that do not depend on a feature; those of features are built upon them.

    Attributes:
        tutor: answers and runs; has the bank.
        store: the database.
        learning: reviews of all members.
        servers: what the hosts of servers set.
        locales: the language of each member's Discord.
        discussions: the topic under discussion, by channel and member.
        helper_calls: how often members may call a helper.
        clock: Unix time.
        chance: picks quiz items.
        new_id: makes ids of errors and runs, in hexadecimal.
        secret: key of this database; with it the right option could be computed from a button's id.
    """

    tutor: Tutor
    store: Store
    learning: Learning
    servers: Servers
    locales: Locales
    discussions: Discussions
    helper_calls: Cooldowns
    clock: Callable[[], float]
    chance: Random
    new_id: Callable[[], str]
    secret: bytes


@dataclass(frozen=True, slots=True)
class Services(SharedServices):
    """All that cogs and controls need.

    Attributes:
        answers: answering questions, and showing what the bank says.
        rounds: quiz rounds.
        runs: runs of examples and of members' own code.
        daily: daily questions.
        filled: what was typed into forms that failed.
    """

    answers: AnswerActions
    rounds: RoundActions
    runs: RunActions
    daily: DailyActions
    filled: FilledFormActions


class ServedClient(commands.AutoShardedBot):
    """The client as features know it.

    Attributes:
        services: all that features need; set in `setup_hook`.
        arrivals: takes each message and interaction once.
    """

    services: Services
    arrivals: Arrivals

    def add_controls(self, *controls: type[ui.DynamicItem[Any]]) -> None:
        """Make buttons and selects work, old ones too."""
        raise NotImplementedError

    def add_forms(self, *forms: type[FormType]) -> None:
        """Make modals work, those too that were opened before a restart."""
        raise NotImplementedError

    def explain(self, error: BaseException, lang: Lang, where: str) -> Explained:
        """Return what to say about an error; one nobody foresaw goes to the log under the id that is said."""
        raise NotImplementedError

    async def report(self, interaction: discord.Interaction[Any], error: BaseException, *below: ui.Item[Any]) -> None:
        """Tell a member what went wrong: in words if it was foreseen, else by an id that the log has, too."""
        raise NotImplementedError
