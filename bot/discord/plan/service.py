"""Reminders by direct message: to who asked for them, at their hour, once a day.

    every half minute: reminders.day_due → choose → claim the day → send

The day is claimed in the database before anything is sent: after a restart in between, that day has none rather than
two. Direct messages are those of shard 0, so of several processes one sends.
"""

from __future__ import annotations

import asyncio
import logging
from typing import cast

import discord

from bot.discord.plan.controls import reminder_view
from bot.discord.plan.text import reminder_text
from bot.discord.services import SharedServices
from bot.discord.ui.direct_messages import UNSENT
from bot.polling import PollingService
from bot.store.errors import StoreError
from bot.study.reminders import Reminder, choose, day_due, unanswered
from bot.study.timetable import newest_day
from knowledge.bank.models import Lang

log = logging.getLogger(__name__)

#: How soon an hour that has come is noticed.
LOOK_S = 30.0
#: Reminders that are sent at the same time.
_TOGETHER = 4
#: They take no direct messages from the bot, share no server with it, or are gone.
_REFUSED = (discord.NotFound, discord.Forbidden)


class ReminderService(PollingService):
    """Reminders of all members.

    Args:
        client: sends.
        shared: has the store, the reviews and the clock.
    """

    def __init__(self, client: discord.Client, shared: SharedServices) -> None:
        super().__init__(every_s=LOOK_S, name="epoch-reminders", work="reminders")
        self._client = client
        self._shared = shared

    def begin(self) -> None:
        """Look after all of them from now on, where direct messages are this process's."""
        if self._shared.shards.have(None):
            super().begin()

    async def look(self) -> None:
        """Send what is due."""
        now = self._shared.clock()
        waiting = await self._shared.store.reminders.waiting(newest_day(now))
        due = [each for each in waiting if day_due(each, now) is not None]
        turn = asyncio.Semaphore(_TOGETHER)

        async def serve(reminder: Reminder) -> None:
            async with turn:
                await self._serve(reminder)

        await asyncio.gather(*map(serve, due))

    async def _serve(self, reminder: Reminder) -> None:
        if self.closing or self._shared.door.blocks(reminder.member_id, None):
            return
        try:
            await self._remind(reminder)
        except StoreError as error:
            log.error("a reminder has to wait: %s", error)
        except Exception:  # the outermost edge of this task: one member must not take the others with it
            log.exception("a reminder failed")

    async def _remind(self, reminder: Reminder) -> None:
        store, now = self._shared.store.reminders, self._shared.clock()
        member, day = reminder.member_id, day_due(reminder, now)
        if day is None:
            return
        standing, studied = await self._shared.learning.standing(member), await store.studied(member)
        choice, missed = choose(reminder, standing, studied), unanswered(reminder, studied)
        if choice == "pass":
            await store.claim(member, day, sent=None, unanswered=missed)
            return
        goal = await self._shared.learning.goal(member)
        if not await store.claim(member, day, sent=now, unanswered=missed + 1):
            return  # another look has seen to it, or they want none any more
        lang = cast("Lang", reminder.lang)
        view = reminder_view(reminder_text(standing, goal.day, day, choice, lang), lang)
        try:
            channel = await self._client.create_dm(discord.Object(member))
            await channel.send(view=view, allowed_mentions=discord.AllowedMentions.none())
        except _REFUSED:
            log.info("a member takes no direct messages any more, and is reminded no more")
            await store.unsent(member, missed, closed=now)
        except UNSENT as error:  # not tried again that day: it may have arrived all the same
            log.warning("a reminder could not be sent: %s", error)
            await store.unsent(member, missed)
