"""The services of cogs and controls: one frozen object, built once, found at `interaction.client.services`.

A feature knows this module, `ui/`, and what lies beside them; it never knows the client that runs it, nor another
feature. `ui/` knows this module, and this module nothing of `ui/`. Where a message of one feature carries a control of
another, the control does its work through the actions that are declared here: the client alone knows which class
performs them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol

import discord
from discord import ui
from discord.ext import commands

from bot.discord.acknowledgement import Arrivals
from bot.discord.health import Health
from bot.discord.locales import Locales
from bot.discord.private_answers import PrivateAnswers
from bot.discord.server_settings import Servers
from bot.figures import Metrics
from bot.shards import Shards
from bot.store.runs import CodePieces, FilledForm
from bot.store.store import Store
from bot.study.cooldowns import Cooldowns
from bot.study.decks import Deck
from bot.study.discussions import Discussions
from bot.study.door import Door
from bot.study.drafts.models import Draft
from bot.study.learning import Learning
from bot.study.loops.conduct import Conduct
from bot.study.rounds.machine import RoundEvent, RoundReply
from bot.study.rounds.questions import Question
from bot.study.rounds.state import RoundPace, State
from bot.study.runs import Gate, RunRequest
from bot.study.shown import PagePlace
from bot.study.snippets import Snippet
from bot.study.tutor import Tutor
from knowledge.bank.drills import Drill, Variant
from knowledge.bank.models import Lang, SectionId, Topic

Interaction = discord.Interaction["ServedClient"]


class AnswerActions(Protocol):
    """Answering questions, and showing what the bank says."""

    async def answer(self, interaction: Interaction, question: str, *, about: str | None = None) -> None:
        """Answer in the message that `interaction` awaits; `about` is the topic under discussion."""

    async def views(self, message: discord.Message, question: str, about: PagePlace | None) -> Sequence[ui.LayoutView]:
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
        unit: str | None = None,
        above: str = "",
    ) -> None:
        """Show a section, or a unit of it, in the message that `interaction` awaits; it is what is discussed then."""


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

    @property
    def live(self) -> Sequence[object]:
        """The rounds that are going on."""

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
        pace: RoundPace = "clock",
        until_right: bool = False,
        thread: bool = False,
    ) -> None:
        """Open a lobby as the answer to `interaction`, which is deferred already."""

    async def again(self, interaction: Interaction, round_id: int) -> None:
        """Open a lobby for what was missed in a round that is over."""

    async def another(self, interaction: Interaction, round_id: int) -> None:
        """Open a lobby for a round like one that is over, with other questions."""

    def here(self, channel_id: int | None) -> int | None:
        """Return the number of the round that is going on in a channel."""

    async def tell(self, round_id: int, event: RoundEvent) -> RoundReply:
        """Take an event to its round and return the reply, when all that came of it is saved."""

    def asked(self, round_id: int, number: int, lang: Lang) -> tuple[State, Question] | None:
        """Return a round whose question of that number is open, and that question in a language; None once closed."""

    async def told(self, round_id: int, number: int, lang: Lang) -> tuple[int, Question]:
        """Return how many questions a round has, and one of them whose answer is there, in a language, or refuse."""

    def refusal(self, round_id: int, member_id: int, *, moderator: bool) -> RoundReply | None:
        """Return why a member may not control a round; None where they may."""

    async def answer(self, interaction: Interaction, round_id: int, number: int, text: str) -> str:
        """Save an answer and return what to tell the member."""

    async def stop(self, round_id: int) -> bool:
        """End a round as a moderator would; False where it is not going on in this process."""

    async def drop(self, guild_id: int) -> None:
        """Let go of the rounds of a server, which show nothing more and count for nobody."""

    async def forget(self, member_id: int) -> None:
        """Take a member out of every round that is going on."""


class DailyActions(Protocol):
    """Daily questions of all servers."""

    def begin(self) -> None:
        """Look after all servers from now on."""

    async def alone(self, interaction: Interaction, daily_id: int, lang: Lang) -> ui.LayoutView:
        """Return a question for one member alone, in a language, with its answer once that was told, or refuse."""

    async def answer(self, interaction: Interaction, daily_id: int, letter: str) -> str:
        """Save an answer and return what to tell the member."""

    async def next_at(self, guild_id: int) -> float | None:
        """Return when the next question comes in a server; None where none is wanted."""


class DraftActions(Protocol):
    """Drafts of topics: opened by members and hosts, seen to by reviewers. All of it may raise `Refusal` and `Gone`."""

    async def open_gap(self, interaction: Interaction, lang: Lang, mark: str) -> None:
        """Open a draft for a question without an answer, whose key begins with `mark`."""

    async def suggest(self, interaction: Interaction, question: str, note: str) -> None:
        """Open a draft for what a member wants answered."""

    async def of_server(self, interaction: Interaction) -> Sequence[Draft]:
        """Return the drafts of the interaction's server, for a reviewer; those that follow are for one, too."""

    async def show(self, interaction: Interaction, slug: str) -> None:
        """Post a draft as the answer that is awaited."""

    async def pages(self, interaction: Interaction, slug: str) -> Mapping[Lang, str]:
        """Return the answer of a draft as it is, in each language."""

    async def file(self, interaction: Interaction, slug: str, name: str) -> str:
        """Return a file of a draft."""

    async def edit(
        self, interaction: Interaction, slug: str, pages: Mapping[Lang, str], uploads: Sequence[str]
    ) -> None:
        """Save texts and uploaded files, and show the draft anew."""

    async def accept(self, interaction: Interaction, slug: str) -> None:
        """Check a draft; one that passes is accepted, and its patch posted."""

    async def drop(self, interaction: Interaction, slug: str) -> None:
        """Drop a draft."""

    async def take_back(self, interaction: Interaction, slug: str) -> None:
        """Take a draft up again that was dropped."""

    async def take_up(self) -> None:
        """Open the drafts again whose check an earlier process left behind."""


class DrillActions(Protocol):
    """Functions that members write themselves, each for its member alone."""

    def find(self, interaction: Interaction, slug: str, mark: str) -> Drill:
        """Return the drill of a topic that a custom id means; `Gone` where it has left the bank."""

    async def show(self, interaction: Interaction, drill: Drill, variant: Variant | None = None) -> None:
        """Show a drill in the answer that is awaited; without a variant with what it was tried last."""

    async def write(self, interaction: Interaction, slug: str, mark: str, variant: Variant | None) -> None:
        """Open the form for an answer, filled with the last try or the start; the acknowledgement of `interaction`."""

    async def hand_in(self, interaction: Interaction, drill: Drill, variant: Variant, code: str) -> None:
        """Keep an answer, judge it, and say what came of it in the answer that is awaited."""

    async def upload(self, interaction: Interaction, drill: Drill, variant: Variant, upload: str) -> None:
        """Do the same with a file that came with a form, by its id there."""

    async def again(self, interaction: Interaction, drill: Drill, variant: Variant) -> None:
        """Do the same with the last try; `Refusal` where there is none."""

    async def hint(self, interaction: Interaction, drill: Drill, variant: Variant) -> None:
        """Tell the next hint."""

    async def give_up(self, interaction: Interaction, drill: Drill, variant: Variant, *, sure: bool) -> None:
        """Show the solution, which gives a go up that has not ended: that is asked first, unless `sure`."""

    async def share(self, interaction: Interaction, drill: Drill) -> None:
        """Tell all that the member has passed a drill, in the answer that is awaited; `Refusal` where they have not."""

    async def check(self, interaction: Interaction, message: discord.Message) -> None:
        """Judge the code in a message, or ask first as what."""

    async def open(self, interaction: Interaction, name: str) -> None:
        """Show the drill of a name, or of a topic's name that has one; else the drills there are."""

    async def offer(self, interaction: Interaction) -> None:
        """Show the drills there are, with what the member has done of them."""

    async def challenge(self, interaction: Interaction, name: str, rival: discord.User | discord.Member) -> None:
        """Ask a member for a duel at a drill, for all to see in the answer that is awaited."""

    async def answer_duel(self, interaction: Interaction, duel_id: int, *, accepted: bool) -> None:
        """Accept or decline a duel; its message shows what came of it."""

    async def forget_players(self) -> None:
        """End the duels that one of the two has left, and name them no more."""

    async def take_up(self) -> None:
        """Go on with the duels that an earlier process left behind."""


class ReviewActions(Protocol):
    """Reviewing, for the member alone."""

    async def begin(self, interaction: Interaction, deck: Deck, lang: Lang, said: str = "") -> None:
        """Show the first item of a session in the answer that is awaited; `said` stands above it."""


class ReminderActions(Protocol):
    """Reminders of members who asked for them, by direct message."""

    @property
    def begun(self) -> bool:
        """Whether this process sends reminders."""

    def begin(self) -> None:
        """Look after all of them from now on."""


class InterviewView(Protocol):
    """What a member is asked next in an interview, as a message."""

    async def __call__(self, interaction: Interaction, lang: Lang, *, topic: str | None = None) -> ui.LayoutView:
        """Return the question that is needed most, of one topic or of any."""


class FilledFormActions(Protocol):
    """Keeping what was typed into forms that failed."""

    async def keep(
        self, interaction: Interaction, typed: Mapping[str, tuple[str, ...]], error: BaseException
    ) -> ui.Item[Any] | None:
        """Keep what was typed and return the button that brings it back; None where nothing was."""

    async def view(
        self, interaction: Interaction, typed: Mapping[str, tuple[str, ...]], error: BaseException, text: str
    ) -> ui.LayoutView:
        """Keep what was typed and return the message that says what is wrong, with that button."""

    async def reopen(self, interaction: Interaction, kept: str) -> None:
        """Open the form with what was typed, for who filled it in."""

    def forget(self, member_id: int) -> None:
        """Let go of all that a member typed."""


class FormType(Protocol):
    """The class of a form, as the client knows it."""

    @classmethod
    def named(cls, custom_id: str) -> Any | None:  # noqa: ANN401 - of its id type
        """Return what a custom id means; None for an id of another form."""

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
class Explained:
    """The text of an error: one plain line, and topics to go on with."""

    text: str
    nearest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SharedServices:
    """The services that do not depend on a feature; those of features are built upon them.

    Attributes:
        tutor: answers and runs; has the bank.
        store: the database.
        learning: reviews of all members.
        servers: what the hosts of servers set.
        locales: the language of each member's Discord.
        private_answers: how private messages of the last minutes can still be reached.
        discussions: the topic under discussion, by channel and member.
        helper_calls: how often members may call a helper.
        door: whom Epoch answers, and how often.
        gate: whose code runs, and how often.
        figures: counts of what is done.
        clock: Unix time.
        chance: picks quiz items.
        new_id: makes ids of errors and runs, in hexadecimal.
        secret: key of this database; with it the right option could be computed from a button's id.
        shards: which servers are this process's.
    """

    tutor: Tutor
    store: Store
    learning: Learning
    servers: Servers
    locales: Locales
    private_answers: PrivateAnswers
    discussions: Discussions
    helper_calls: Cooldowns
    door: Door
    gate: Gate
    figures: Metrics
    clock: Callable[[], float]
    chance: Random
    new_id: Callable[[], str]
    secret: bytes
    shards: Shards

    def tutor_in(self, guild_id: int | None) -> Tutor:
        """Return the tutor over the banks that a server uses; over all of them outside of servers."""
        return self.tutor.within(self.servers.of(guild_id).banks)

    def learning_in(self, guild_id: int | None) -> Learning:
        """Return the reviews as far as they are of the banks that a server uses; what is answered counts anyway."""
        return self.learning.within(self.tutor_in(guild_id).bank)


@dataclass(frozen=True, slots=True)
class Services(SharedServices):
    """All that cogs and controls need.

    Attributes:
        answers: answering questions, and showing what the bank says.
        rounds: quiz rounds.
        runs: runs of examples and of members' own code.
        daily: daily questions.
        drafts: drafts of topics.
        drills: functions that members write themselves.
        reviews: spaced repetition.
        reminders: of who asked for them.
        loops: whole interviews.
        filled: what was typed into forms that failed.
        next_interview: the question of an interview that a member needs most.
    """

    answers: AnswerActions
    rounds: RoundActions
    runs: RunActions
    daily: DailyActions
    drafts: DraftActions
    drills: DrillActions
    reviews: ReviewActions
    reminders: ReminderActions
    loops: Conduct
    filled: FilledFormActions
    next_interview: InterviewView

    async def forget_member(self, member_id: int, at: float) -> int:
        """Delete all that is kept of a member, here and in the database, and return how many rows that were.

        Answers given before `at`, Unix time, that are on their way count no more.
        """
        await self.rounds.forget(member_id)
        for memory in (self.discussions, self.locales, self.private_answers, self.filled):
            memory.forget(member_id)
        await self.servers.forget_member(member_id)
        gone = await self.learning.forget(member_id, at)
        await self.drills.forget_players()
        return gone

    async def forget_member_everywhere(self, member_id: int, at: float) -> int:
        """Do the same, and let the other processes that share the servers do it within seconds.

        One of them may have the member in a round of a server of its own, which would bring rows of theirs back.
        """
        gone = await self.forget_member(member_id, at)
        if self.shards.count is not None:
            await self.store.orders.announce("forget_member", member_id, at, gone)
        return gone

    async def forget_server(self, guild_id: int) -> int:
        """Delete all that is kept of a server, here and in the database, and return how many rows that were."""
        await self.rounds.drop(guild_id)
        gone = await self.store.guilds.forget(guild_id)
        self.servers.forget(guild_id)
        return gone


class ServedClient(commands.AutoShardedBot):
    """The client as features know it.

    Attributes:
        services: all that features need; set in `setup_hook`.
        arrivals: takes each message and interaction once.
        health: whether all works that it is made of.
    """

    services: Services
    arrivals: Arrivals
    health: Health

    def add_controls(self, *controls: type[ui.DynamicItem[Any]]) -> None:
        """Make buttons and selects work, old ones too."""
        raise NotImplementedError

    def add_forms(self, *forms: type[FormType]) -> None:
        """Make modals work, those too that were opened before a restart."""
        raise NotImplementedError

    def button_of(self, custom_id: str) -> ui.DynamicItem[Any] | None:
        """Return the button that answers to a custom id; None for one that is gone."""
        raise NotImplementedError

    def explain(self, error: BaseException, lang: Lang, where: str) -> Explained:
        """Return what to say about an error; one nobody foresaw goes to the log under the id that is said."""
        raise NotImplementedError

    async def report(self, interaction: discord.Interaction[Any], error: BaseException, *below: ui.Item[Any]) -> None:
        """Tell a member what went wrong: in words if it was foreseen, else by an id that the log has, too."""
        raise NotImplementedError
