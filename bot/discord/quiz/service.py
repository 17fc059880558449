"""The quiz rounds of all channels: opens them, finds them, passes events to them, resumes them after a restart.

interaction → RoundService → LiveRound: events → rounds.machine.step → store → replies, then messages
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random, SystemRandom
from typing import Any

import discord

from bot.discord.quiz.controls import lobby_view
from bot.discord.quiz.live_round import CLOSE_S, LiveRound, RoundContext, players_of, stored
from bot.discord.quiz.text import reply_text
from bot.discord.services import ServedClient, SharedServices
from bot.discord.ui.language import lang_of
from bot.store import rounds as saved
from bot.store.errors import StoreError
from bot.study.refusals import Refusal
from bot.study.rounds import choosing
from bot.study.rounds.machine import (
    Answered,
    Forget,
    Join,
    Opened,
    Restarted,
    RoundCommand,
    RoundEvent,
    RoundReply,
    may_lead,
    step,
)
from bot.study.rounds.questions import PACK, Question, read_in
from bot.study.rounds.state import Press, RoundPace, Rules, State, begin, dump
from bot.wording import say
from knowledge.bank.models import Lang

log = logging.getLogger(__name__)

#: What a round like another has from that one, and how many questions where nothing of it is left.
_WISHES = ("seconds", "teams", "pace", "until_right", "count", "topics", "packs", "kinds")
_COUNT = 10


def steady_clock(began: float) -> Callable[[], float]:
    """Return a monotonic clock that starts at the present Unix time: setting the system's clock does not move it."""
    zero = began - time.monotonic()
    return lambda: zero + time.monotonic()


def _wished(round_: saved.SavedRound | None) -> dict[str, Any]:
    """Return what the host of a round wished for, as far as that was kept."""
    given = (round_.state if round_ is not None else {}).get("rules", {})
    kept = {name: given[name] for name in _WISHES if name in given}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}


class RoundService:
    """All rounds that are going on, by number and by channel.

    Args:
        client: posts.
        shared: has the bank, the store, the reviews, and Unix time for what is kept.
        rng: chance.
        rules: the times of a round that the host does not choose.
    """

    def __init__(
        self,
        client: discord.Client,
        shared: SharedServices,
        *,
        rng: Random | None = None,
        rules: Rules = Rules(),  # noqa: B008 - frozen
    ) -> None:
        self.rng = rng or SystemRandom()
        self.rules = rules
        self._shared = shared
        self._store = shared.store
        #: By which rounds go on: the host's clock may be set in the middle of a question.
        self.steady = steady_clock(shared.clock())
        self._context = RoundContext(
            shared.tutor, shared.store, shared.learning, shared.clock,
            steady=lambda: self.steady(),
            channel=lambda channel_id, guild_id: client.get_partial_messageable(channel_id, guild_id=guild_id),
            ended=self._ended,
        )  # fmt: skip
        self._live: dict[int, LiveRound] = {}

    @property
    def live(self) -> tuple[LiveRound, ...]:
        """The rounds that are going on."""
        return tuple(self._live.values())

    async def load(self) -> None:
        """Take up those of its rounds that a restart cut off; they answer members at once and go on with `resume`.

        Each by itself: one that cannot be read is ended, for it would keep its channel, and holds up no other.
        """
        for round_ in await self._store.rounds.live():
            if not self._shared.shards.have(round_.guild_id):
                continue  # another process's
            try:
                live = LiveRound.of(self._context, round_)
            except Exception as error:  # the outermost edge of one repair: any row may be damaged in any way
                known = isinstance(error, ValueError)
                log.error("round %s cannot go on and is ended: %s", round_.id, error, exc_info=not known)
                await self._give_up(round_)
                continue
            self._live[round_.id] = live
            live.begin()

    async def _give_up(self, round_: saved.SavedRound) -> None:
        try:
            await self._store.rounds.finish(round_.id, round_.state, (), self._shared.clock())
        except StoreError as error:
            log.error("round %s could not be ended and is left as it is: %s", round_.id, error)

    async def resume(self) -> None:
        """Let the rounds taken up go on, now that members can answer."""
        for live in list(self._live.values()):
            if live.resumed:
                try:
                    await live.tell(Restarted())
                except Exception:  # the outermost edge of one round: the others go on
                    log.exception("round %s could not be told to go on", live.id)
                    continue
                log.info("round %s goes on at question %s", live.id, live.state.number)

    async def close(self, seconds: float = CLOSE_S) -> None:
        """Leave every round as it is saved, after what it is about or so many seconds; the next start takes it up."""
        await asyncio.gather(*(live.abandon(seconds) for live in self._live.values()))
        self._live.clear()

    async def open(
        self,
        interaction: discord.Interaction[ServedClient],
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
        """Open a lobby as the answer to `interaction`, which is deferred already; who opens it `plays`, or only hosts.

        With `thread`, the round has a thread of its own, where Discord and the server allow that.

        Raises:
            Refusal: there are no such questions or packs, or the bot may not post here.
            bot.store.errors.RoundExists: a round is going on here.
        """
        lang, channel = lang_of(interaction), interaction.channel_id
        assert channel is not None
        chosen = []
        for name in packs:
            if (pack := await self._store.packs.get(name, interaction.guild_id)) is None:
                raise Refusal("quiz.error.no_pack", name=name)
            chosen.append(pack)
        questions = choosing.choose(
            self._shared.tutor_in(interaction.guild_id).bank, lang, self.rng, count=count, topics=topics,
            packs=chosen, kinds=kinds, lately=await self._store.rounds.asked(channel),
        )  # fmt: skip
        rules = replace(
            self.rules, seconds=seconds, teams=teams, pace=pace, until_right=until_right, count=count,
            topics=tuple(topics), packs=tuple(packs), kinds=tuple(kinds),
        )  # fmt: skip
        await self._open(interaction, questions, rules, plays=plays, thread=thread)

    async def again(self, interaction: discord.Interaction[ServedClient], round_id: int) -> None:
        """Open a lobby for what was missed in a round that is over."""
        old = await self._store.rounds.get(round_id)
        missed = await self._store.rounds.missed(round_id) if old is not None else []
        named = {topic.removeprefix(PACK) for topic, _ in missed if PACK in topic}
        packs = [await self._store.packs.get(name, interaction.guild_id) for name in named]
        questions = choosing.again(
            self._shared.tutor_in(interaction.guild_id).bank,
            lang_of(interaction),
            self.rng,
            missed,
            [pack for pack in packs if pack],
        )
        await self._open(interaction, questions, replace(self.rules, **_wished(old)))

    async def another(self, interaction: discord.Interaction[ServedClient], round_id: int) -> None:
        """Open a lobby for a round like one that is over, with other questions as far as there are any.

        Raises:
            Refusal: there are no such questions or packs any more, or the bot may not post here.
            bot.store.errors.RoundExists: a round is going on here.
        """
        old = await self._store.rounds.get(round_id)
        wished = _wished(old)
        if not wished.get("count"):
            wished["count"] = len(old.questions) if old is not None else _COUNT
        await self.open(interaction, **wished)

    async def _open(
        self,
        interaction: discord.Interaction[ServedClient],
        questions: tuple[Question, ...],
        rules: Rules,
        *,
        plays: bool = True,
        thread: bool = False,
    ) -> None:
        if not questions:
            raise Refusal("quiz.error.no_questions")
        rights = interaction.app_permissions
        may_write = rights.send_messages or rights.send_messages_in_threads
        if interaction.guild_id is not None and not (rights.view_channel and may_write and rights.attach_files):
            raise Refusal("quiz.error.cannot_post")
        owner, lang, now = interaction.user, lang_of(interaction), self.steady()
        rules = replace(rules, scale=self._shared.servers.of(interaction.guild_id).round_time)
        state = begin(rules, questions, owner.id, now, interaction.created_at.timestamp() - now)
        if plays:
            state = step(state, Join(owner.id, owner.display_name), now).state
        channel_id = interaction.channel_id
        assert channel_id is not None
        round_id = await self._store.rounds.begin(
            channel_id=channel_id, guild_id=interaction.guild_id, owner_id=owner.id, lang=lang, state=dump(state),
            questions=stored(questions), at=self._shared.clock(),
        )  # fmt: skip
        await self._store.rounds.save(round_id, dump(state), players=players_of(state, state.players))
        live = LiveRound(self._context, round_id, state, channel_id, interaction.guild_id, lang)
        self._live[round_id] = live
        live.begin()
        view = lobby_view(round_id, state, self._shared.tutor.bank, lang, ready=not thread)
        try:
            message = await interaction.edit_original_response(view=view)
        except discord.HTTPException:
            live.stop()  # a lobby that nobody sees would keep the channel
            raise
        await live.lobby_is(message.id)
        if thread:
            try:
                await self._into_thread(interaction, live, lang)
            finally:
                live.show_lobby()  # with its buttons, wherever it goes on

    async def _into_thread(self, interaction: discord.Interaction[ServedClient], live: LiveRound, lang: Lang) -> None:
        """Let a round go on in a thread of its own; where there can be none, it goes on here, and its host is told."""
        rights, refused = interaction.app_permissions, ""
        if interaction.guild_id is None or isinstance(interaction.channel, discord.Thread):
            refused = "quiz.error.thread_here"
        elif not (rights.create_public_threads and rights.send_messages_in_threads):
            refused = "quiz.error.thread_rights"
        else:
            try:
                await live.into_thread(say("quiz.lobby.thread_name", lang, count=len(live.state.questions)))
            except discord.HTTPException as error:
                log.warning("round %s: Discord opened no thread: %s", live.id, error)
                refused = "quiz.error.thread_failed"
        if refused:
            await interaction.followup.send(say(refused, lang), ephemeral=True)

    async def tell(self, round_id: int, event: RoundEvent) -> RoundReply:
        """Take an event to its round and return the reply, when all that came of it is saved.

        Raises:
            bot.store.errors.StoreError: it could not be saved, so it has not happened.
        """
        live = self._live.get(round_id)
        return "over" if live is None else await live.tell(event) or "over"

    def refusal(self, round_id: int, member_id: int, *, moderator: bool) -> RoundReply | None:
        """Return why a member may not control a round; None where they may."""
        live = self._live.get(round_id)
        if live is None or live.state.phase == "over":
            return "over"
        return None if may_lead(live.state, member_id, moderator=moderator) else "not_allowed"

    def here(self, channel_id: int | None) -> int | None:
        """Return the number of the round that is going on in a channel, or in the only thread of it that has one."""
        here = [live.id for live in self._live.values() if live.channel_id == channel_id]
        below = [live.id for live in self._live.values() if live.parent_id == channel_id and channel_id is not None]
        return here[0] if here else below[0] if len(below) == 1 else None

    def asked(self, round_id: int, number: int, lang: Lang) -> tuple[State, Question] | None:
        """Return a round whose question of that number is open, and that question in a language; None once closed.

        Raises:
            Refusal: it has left the bank, so that only its own language is left.
        """
        live = self._live.get(round_id)
        if live is None or live.state.phase != "question" or live.state.number != number:
            return None
        return live.state, self._read(live.state.question, live.lang, lang)

    async def told(self, round_id: int, number: int, lang: Lang) -> tuple[int, Question]:
        """Return how many questions a round has, and one of them whose answer is there, in a language.

        Raises:
            Refusal: its answer is not there, or it has left the bank, so that only its own language is left.
        """
        live = self._live.get(round_id)
        if live is not None:
            told, count, spoken = live.state.questions[: live.state.number], len(live.state.questions), live.lang
            if live.state.phase == "question":
                told = told[:-1]
        elif (kept := await self._store.rounds.get(round_id)) is not None:
            told = tuple(Question.from_json(each.content) for each in kept.questions)
            count, spoken = len(told), kept.lang
        else:
            raise Refusal("quiz.error.closed")
        if not 0 < number <= len(told):
            raise Refusal("quiz.error.closed")
        return count, self._read(told[number - 1], spoken, lang)

    def _read(self, question: Question, spoken: Lang, lang: Lang) -> Question:
        """Return a question of a round that speaks `spoken` in a language, or refuse."""
        other = read_in(question, self._shared.tutor.bank, spoken, lang)
        if other is None:
            raise Refusal("quiz.error.untranslated")
        return other

    async def answer(
        self, interaction: discord.Interaction[ServedClient], round_id: int, number: int, text: str
    ) -> str:
        """Save an answer and return what to tell the member; its time is the interaction's, not that of its arrival.

        Raises:
            bot.store.errors.StoreError: it could not be saved, so it does not count.
        """
        lang, member = lang_of(interaction), interaction.user
        press = Press(interaction.id, interaction.created_at.timestamp(), text)
        live = self._live.get(round_id)
        if live is None:
            return reply_text("closed", lang)
        asked = interaction.message
        if asked is not None and not asked.flags.ephemeral:  # it is there, though Discord may not have told so yet
            live.note(Opened(number, asked.created_at.timestamp(), asked.id, press.at))
        reply = await live.tell(Answered(number, member.id, member.display_name, press))
        given = live.state.answers.get((number, member.id))
        return reply_text(reply or "closed", lang, given.final.text if given is not None else "")

    async def stop(self, round_id: int) -> bool:
        """End a round as a moderator would; False where it is not going on in this process."""
        live = self._live.get(round_id)
        if live is None:
            return False
        await live.tell(RoundCommand("stop", 0, True))
        return True

    async def drop(self, guild_id: int) -> None:
        """Let go of the rounds of a server, which show nothing more and count for nobody."""
        dropped = [live for live in self._live.values() if live.guild_id == guild_id]
        for live in dropped:
            del self._live[live.id]
        await asyncio.gather(*(live.abandon(CLOSE_S) for live in dropped))

    async def forget(self, member_id: int) -> None:
        """Take a member out of every round that is going on."""
        for live in list(self._live.values()):
            await live.tell(Forget(member_id))
            await self._store.rounds.leave(live.id, member_id)

    def _ended(self, round_id: int) -> None:
        """Let go of a round that is over."""
        self._live.pop(round_id, None)
