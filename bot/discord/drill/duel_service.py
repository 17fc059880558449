"""Duels on Discord: asked for, accepted, followed in one message, and taken up again after a restart.

Every change is saved before it is shown, and a message is always drawn from what is saved.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from functools import partial

import discord

from bot.discord.drill.duel_message import AcceptButton, duel_view
from bot.discord.services import Interaction, SharedServices
from bot.discord.ui.direct_messages import UNSENT
from bot.discord.ui.errors import Gone
from bot.discord.ui.language import lang_of
from bot.discord.ui.posted import find_posted
from bot.store.duels import StoredDuel
from bot.store.errors import StoreError
from bot.study.drills import duels
from bot.study.drills.attempts import Attempt
from bot.study.drills.choosing import every, find
from bot.study.drills.duels import Duel, Duellist, DuelStep
from bot.study.drills.models import Verdict
from bot.study.refusals import Refusal
from knowledge.bank.drills import Drill
from knowledge.bank.formerly import find_drill

log = logging.getLogger(__name__)

#: How soon what the database did not take is tried again.
_RETRY_S = 30.0
#: For how long after its end a duel is drawn again by a process that begins.
_SHOWN_AGAIN_S = 86_400.0


class DuelService:
    """All duels.

    Args:
        client: edits their messages.
        shared: has the bank, the store and the clock.
    """

    def __init__(self, client: discord.Client, shared: SharedServices) -> None:
        self._client = client
        self._shared = shared
        self._clock = shared.clock
        self._began = shared.clock()
        self._watched: dict[int, asyncio.Task[None]] = {}
        self._drawing: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def challenge(self, interaction: Interaction, name: str, rival: discord.User | discord.Member) -> None:
        """Ask a member for a duel, in the answer that is awaited.

        Raises:
            Refusal: not with them, not here, or there is no drill that is new to both.
        """
        me, channel_id, guild_id = interaction.user, interaction.channel_id, interaction.guild_id
        if guild_id is None or channel_id is None or self._client.get_guild(guild_id) is None:  # brought along by one
            raise Refusal("drilling.duel.servers_only")
        if rival.bot or rival.id == me.id:
            raise Refusal("drilling.duel.no_rival")
        for member_id in (me.id, rival.id):
            if await self._shared.store.duels.any_live_of(member_id):
                raise Refusal("drilling.duel.busy")
        drill = await self._drill(interaction, name, rival.id)
        players = Duellist(me.id, me.display_name[:200]), Duellist(rival.id, rival.display_name[:200])
        asked = duels.ask(drill, *players, self._clock())
        stored = await self._shared.store.duels.begin(
            asked, guild_id=guild_id, channel_id=channel_id, lang=lang_of(interaction)
        )
        self._watch(stored)
        message = await interaction.edit_original_response(view=duel_view(stored, drill))
        await self._shared.store.duels.posted(stored.id, message.id)

    async def _drill(self, interaction: Interaction, name: str, rival: int) -> Drill:
        """Return a drill that a name means and that neither of the two has tried; one of all without a name."""
        bank = self._shared.tutor_in(interaction.guild_id).bank
        found = find(bank, name) if name.strip() else every(bank)
        if not found:
            raise Refusal("drilling.duel.unknown", name=name)
        done = [await self._shared.store.drills.all(member_id) for member_id in (interaction.user.id, rival)]

        def known(attempt: Attempt | None) -> bool:
            return attempt is not None and (attempt.passed is not None or attempt.seen is not None)

        fair = [each for each in found if not any(known(of.get((each.topic, each.item))) for of in done)]
        if not fair:
            raise Refusal("drilling.duel.known")
        return self._shared.chance.choice(fair)

    async def answer(self, interaction: Interaction, duel_id: int, *, accepted: bool) -> None:
        """Accept or decline a duel; its message shows what came of it.

        Raises:
            Refusal: it is not theirs, or too late.
            Gone: there is no such duel any more.
        """
        step = duels.accept if accepted else duels.decline
        member, at = interaction.user.id, self._clock()
        stored = await self._shared.store.duels.move(duel_id, lambda duel: step(duel, member, at))
        if stored is None:
            raise Gone("duel")
        self._watch(stored)
        if stored.message_id is None and interaction.message is not None:
            await self._shared.store.duels.posted(duel_id, interaction.message.id)
        await self._show(duel_id)

    async def handed(self, member_id: int, drill: Drill, at: float) -> None:
        """Note that an answer of a member's is being judged."""
        await self._each(member_id, drill, lambda duel: duels.handed(duel, member_id, at))

    async def judged(self, member_id: int, drill: Drill, handed_at: float, verdict: Verdict | None) -> None:
        """Note what an answer came to; None where it could not be judged."""
        right = None if verdict is None else sum(check.passed for check in verdict.checks)
        if verdict is not None and verdict.passed != (right == len(drill.meta.checks)):
            right = 0  # nobody wins by checks alone
        now = self._clock()
        await self._each(member_id, drill, lambda duel: duels.judged(duel, member_id, handed_at, right, now))

    async def gave_up(self, member_id: int, drill: Drill) -> None:
        """Note that a member saw the solution."""
        now = self._clock()
        await self._each(member_id, drill, lambda duel: duels.give_up(duel, member_id, now))

    async def _each(self, member_id: int, drill: Drill, step: DuelStep) -> None:
        for duel_id in await self._shared.store.duels.live_of(member_id, drill.topic, drill.item):
            await self._shared.store.duels.move(duel_id, step)
            await self._show(duel_id)

    async def load(self) -> None:
        """Take up the duels that an earlier process left behind, and show how those ended that ended lately.

        Whether an end was shown nobody noted: a process may have been killed, or Discord away, between it and its edit.
        """
        for left in await self._shared.store.duels.live():
            if not self._shared.shards.have(left.guild_id) or left.id in self._watched:
                continue
            lost = left.duel.asked < self._began and left.message_id is None and not await self._found(left)
            step = duels.unseen if lost else partial(duels.restarted, kept=await self._kept(left.duel))
            stored = await self._shared.store.duels.move(left.id, partial(step, at=self._clock()))
            if stored is not None:
                self._watch(stored)
                await self._show(stored.id)
        for over in await self._shared.store.duels.ended_since(self._clock() - _SHOWN_AGAIN_S):
            if self._shared.shards.have(over.guild_id):
                await self._show(over.id)

    async def _kept(self, duel: Duel) -> dict[int, Attempt]:
        """Return what the players have done at the drill."""
        of = [await self._shared.store.drills.get(each.member_id, duel.topic, duel.item) for each in duel.players]
        return {attempt.member_id: attempt for attempt in of if attempt is not None}

    async def _found(self, stored: StoredDuel) -> bool:
        """Look for the message of a duel of which nobody knows whether it came; True where that cannot be known."""
        mine = AcceptButton(stored.id).custom_id
        channel = self._client.get_partial_messageable(stored.channel_id, guild_id=stored.guild_id)
        try:
            found = await find_posted(self._client, channel, lambda part: part.get("custom_id") == mine)
        except UNSENT as error:
            log.info("duel %d: its channel cannot be looked through: %s", stored.id, error)
            return True
        if found is not None:
            await self._shared.store.duels.posted(stored.id, found)
        return found is not None

    async def forget_players(self) -> None:
        """End the duels that one of the two has left, and name them no more."""
        for left in await self._shared.store.duels.live():
            if len(left.duel.players) < 2:
                await self._shared.store.duels.move(left.id, lambda duel: duels.tick(duel, self._clock()))
                await self._show(left.id)

    async def close(self) -> None:
        """Let go of all duels: they stay as saved."""
        watched = list(self._watched.values())
        for task in watched:
            task.cancel()
        await asyncio.gather(*watched, return_exceptions=True)

    def _watch(self, stored: StoredDuel) -> None:
        if stored.id not in self._watched and stored.duel.phase != "over":
            task = asyncio.create_task(self._end_in_time(stored.id), name=f"epoch-duel-{stored.id}")
            self._watched[stored.id] = task
            task.add_done_callback(lambda _: self._watched.pop(stored.id, None))

    async def _end_in_time(self, duel_id: int) -> None:
        """Wait until a duel is over, and end it when its time is."""
        while True:
            try:
                stored = await self._shared.store.duels.move(duel_id, lambda duel: duels.tick(duel, self._clock()))
                if stored is None or stored.duel.until is None:
                    await self._show(duel_id)
                    return
                await asyncio.sleep(max(1.0, stored.duel.until - self._clock()))
            except StoreError as error:
                log.warning("duel %d: %s", duel_id, error)
                await asyncio.sleep(_RETRY_S)

    async def _show(self, duel_id: int) -> None:
        """Draw a duel as it is saved; what Discord does not take now, the next change shows."""
        async with self._drawing[duel_id]:
            stored = await self._shared.store.duels.get(duel_id)
            if stored is None or stored.message_id is None:
                return
            drill = find_drill(self._shared.tutor_in(stored.guild_id).bank, stored.duel.topic, stored.duel.item)
            channel = self._client.get_partial_messageable(stored.channel_id, guild_id=stored.guild_id)
            try:
                await channel.get_partial_message(stored.message_id).edit(
                    view=duel_view(stored, drill), allowed_mentions=discord.AllowedMentions.none()
                )
            except UNSENT as error:
                log.warning("duel %d could not be shown: %s", duel_id, error)
        if stored.duel.phase == "over":
            self._drawing.pop(duel_id, None)
