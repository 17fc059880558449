"""The daily question of all servers: posted at the host's hour, open until the next one; then its results are posted.

    every half minute: timetable.due → store.daily.claim → post → answers → close → results → the next one

The day is claimed in the database before its question is posted, and its end is saved before its results are posted.
After a restart, a post that was cut off is looked for in the channel, and is made only if it is not there.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from random import Random, SystemRandom
from typing import Any, Self

import discord

from bot.discord.daily.controls import DailyButton, closed_view, daily_view, results_view
from bot.discord.daily.text import DailyReply, daily_reply
from bot.discord.member_names import names_of
from bot.discord.services import ServedClient, SharedServices
from bot.discord.ui.base import layout
from bot.discord.ui.direct_messages import UNSENT
from bot.discord.ui.language import lang_of
from bot.discord.ui.text import one_line
from bot.store.daily import Daily, DailyAnswer
from bot.store.errors import StoreError
from bot.store.guilds import DailyTime
from bot.study.item_runs import run_question
from bot.study.learning import GivenAnswer
from bot.study.rounds import choosing, state
from bot.study.rounds.questions import Question
from bot.study.rounds.scoring import RIGHT
from bot.study.schedule import grade_of_choice
from bot.study.timetable import due, local_day, newest_day, upcoming
from bot.wording import say
from knowledge.bank.models import Lang

log = logging.getLogger(__name__)

#: How soon a change of settings, or of the machine's clock, is noticed.
LOOK_S = 30.0
#: Servers that are served at the same time.
_TOGETHER = 8
#: How long a message that is being sent may hold up the end of the program.
_CLOSE_S = 3.0
#: How far back a message is looked for that may have been posted before a restart.
_LOOK_BACK = 100
_REFUSED = (discord.NotFound, discord.Forbidden)
#: How long results that were refused wait for the next try, and how long they are tried at all.
_HOLD_S, _KEEP_S = 3_600.0, 14 * 86_400.0


@dataclass(frozen=True, slots=True)
class KeptQuestion:
    """A day's question as the store keeps it.

    Attributes:
        question: in the language it was asked in.
        lang: that language.
        until: when its results come, as its message says.
    """

    question: Question
    lang: Lang
    until: float

    @classmethod
    def of(cls, daily: Daily) -> Self:
        """Return what was kept.

        Raises:
            Unreadable: it cannot be read any more.
        """
        try:
            content = daily.content
            return cls(Question.from_json(content["question"]), content["lang"], float(content["until"]))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Unreadable(f"daily question {daily.id}: {error!r}") from error

    def as_json(self) -> dict[str, Any]:
        """Return what to keep."""
        return {"question": self.question.as_json(), "lang": self.lang, "until": self.until}


class Unreadable(Exception):
    """A kept question that is damaged, or that another version wrote in another form."""


class DailyService:
    """Daily questions of all servers.

    Args:
        client: posts.
        shared: has the bank, the store, the reviews, the settings of servers and the clock.
        rng: chance.
    """

    def __init__(self, client: discord.Client, shared: SharedServices, *, rng: Random | None = None) -> None:
        self._client = client
        self._shared = shared
        self.rng = rng or SystemRandom()
        #: Where a day's question was refused: not tried again until the next day, or in another channel.
        self._refused: dict[int, tuple[date, int]] = {}
        #: When results that Discord refused are tried again, by question.
        self._held: dict[int, float] = {}
        self._unreadable: set[int] = set()
        self._task: asyncio.Task[None] | None = None
        self._looking = asyncio.Lock()
        self._closing = False

    def begin(self) -> None:
        """Look after all servers from now on."""
        self._task = asyncio.create_task(self._live(), name="epoch-daily")

    async def close(self) -> None:
        """Stop, after what is under way."""
        self._closing = True
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_S), self._looking:
                pass
        if self._task is not None:
            self._task.cancel()

    async def _live(self) -> None:
        while True:
            async with self._looking:
                try:
                    await self.look()
                except StoreError as error:
                    log.error("daily questions have to wait: %s", error)
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Do what is due in any server."""
        store = self._shared.store.daily
        pending, last = await store.open(), await store.latest(newest_day(self._shared.clock()))
        guild_ids = {daily.guild_id for daily in pending}.union(self._shared.servers.daily())
        turn = asyncio.Semaphore(_TOGETHER)

        async def serve(guild_id: int) -> None:
            async with turn:
                await self._serve(guild_id, [d for d in pending if d.guild_id == guild_id], last.get(guild_id))

        await asyncio.gather(*map(serve, sorted(guild_ids)))

    async def _serve(self, guild_id: int, pending: Sequence[Daily], last: date | None) -> None:
        guild = self._client.get_guild(guild_id)
        if guild is None or guild.unavailable or self._closing:
            return
        try:
            await self._tend(guild, pending, last)
        except StoreError as error:
            log.error("the daily question of server %s has to wait: %s", guild_id, error)
        except UNSENT as error:
            log.warning("the daily question of server %s has to wait: %s", guild_id, error)
        except Exception:  # the outermost edge of this task: one server must not take the others with it
            log.exception("the daily question of server %s failed", guild_id)

    async def _tend(self, guild: discord.Guild, pending: Sequence[Daily], last: date | None) -> None:
        now, time = self._shared.clock(), self._shared.servers.of(guild.id).daily
        day = None if time is None else due(now, time.hour, time.zone, since=_since(time, now), last=last)
        for daily in pending:
            if daily.id not in self._unreadable:
                await self._go_on(guild, daily, day, now)
        if time is not None and day is not None and self._refused.get(guild.id) != (day, time.channel_id):
            await self._ask(guild, time, day)

    async def _go_on(self, guild: discord.Guild, daily: Daily, day: date | None, now: float) -> None:
        """Go on with one question; one that cannot be read is left as it is and holds up no other."""
        try:
            until = KeptQuestion.of(daily).until
        except Unreadable as error:
            self._unreadable.add(daily.id)
            log.error("what cannot be read is left as it is: %s", error)
            return
        if daily.message_id is None:
            await self._take_up(guild, daily)
        elif self._held.get(daily.id, now) <= now and (day is not None or daily.closed is not None or now >= until):
            await self._end(guild, daily)

    async def _ask(self, guild: discord.Guild, time: DailyTime, day: date) -> None:
        """Claim the day, then post its question."""
        lang = self._shared.servers.of(guild.id).lang or lang_of(guild.preferred_locale)
        lately = await self._shared.store.daily.asked(guild.id)
        (question,) = choosing.choose(self._shared.tutor.bank, lang, self.rng, count=1, lately=lately)
        now = self._shared.clock()
        until = upcoming(now, time.hour, time.zone, since=_since(time, now), last=day)
        daily = await self._shared.store.daily.claim(
            guild_id=guild.id, day=day, channel_id=time.channel_id, topic=question.topic, item=question.item,
            content=KeptQuestion(question, lang, until).as_json(),
        )  # fmt: skip
        if daily is not None:
            await self._post(guild, daily)

    async def _take_up(self, guild: discord.Guild, daily: Daily) -> None:
        """Go on with a question of which nobody knows whether it was posted; a day that is over gets none."""
        first = DailyButton(daily.id, "A").custom_id
        found = await self._find(guild, daily, lambda part: part.get("custom_id") == first)
        time = self._shared.servers.of(guild.id).daily
        if found is not None:
            await self._shared.store.daily.posted(daily.id, found)
        elif time is not None and local_day(self._shared.clock(), time.zone) == daily.day:
            await self._post(guild, daily)
        else:
            log.warning("server %s had no daily question on %s: it could not be posted that day", guild.id, daily.day)
            await self._shared.store.daily.release(daily.id)

    async def _post(self, guild: discord.Guild, daily: Daily) -> None:
        asked = KeptQuestion.of(daily)
        view = daily_view(daily.id, asked.question, daily.day, asked.until, self._shared.tutor.bank, asked.lang)
        try:
            message = await self._channel(guild, daily).send(view=view, nonce=f"daily-{daily.id}")
        except _REFUSED as error:
            await self._shared.store.daily.release(daily.id)
            self._refused[guild.id] = (daily.day, daily.channel_id)
            await self._complain(guild, daily, error)
            return
        await self._shared.store.daily.posted(daily.id, message.id)
        if self._shared.servers.of(guild.id).daily_blocked:
            await self._shared.servers.change(guild.id, daily_blocked=False)

    async def _end(self, guild: discord.Guild, daily: Daily) -> None:
        """Tell what came of a question; what Discord does not take comes when it can, and all else goes on."""
        try:
            results = await self._tell(guild, daily)
        except UNSENT as error:
            now = self._shared.clock()
            if isinstance(error, discord.HTTPException) and 400 <= error.status < 500:
                self._held[daily.id] = now + _HOLD_S
            if now - (daily.closed or now) > _KEEP_S:
                log.warning("nobody is told what came of %s in server %s: %s", daily.day, guild.id, error)
                await self._shared.store.daily.told(daily.id, now)
            elif isinstance(error, _REFUSED):
                await self._complain(guild, daily, error)
            else:
                log.warning("the results of %s in server %s have to wait: %s", daily.day, guild.id, error)
            return
        self._held.pop(daily.id, None)
        await self._shared.store.daily.told(daily.id, self._shared.clock())
        await self._shared.store.daily.free_days(newest_day(self._shared.clock()))
        await self._take_buttons(guild, daily, results)

    async def _tell(self, guild: discord.Guild, daily: Daily) -> str:
        """End a question, let its answers count, post what came of it and return where."""
        store, again = self._shared.store.daily, daily.closed is not None
        await store.close(daily.id, self._shared.clock(), RIGHT)
        answers = await store.answers(daily.id)
        await self._shared.learning.record([_counted(daily, answer, guild.id) for answer in answers])
        asked, channel = KeptQuestion.of(daily), self._channel(guild, daily)
        url = channel.get_partial_message(daily.message_id or 0).jump_url
        if again and (found := await self._find(guild, daily, lambda part: part.get("url") == url)) is not None:
            return channel.get_partial_message(found).jump_url
        printed = await run_question(self._shared.tutor, asked.question)
        names = await names_of(guild, [answer.member_id for answer in answers if answer.correct])
        bank, nonce = self._shared.tutor.bank, f"daily-{daily.id}-results"

        def view() -> discord.ui.LayoutView:
            return results_view(asked.question, daily.day, answers, names, printed, url, bank, asked.lang)

        try:
            return (await channel.send(view=view(), nonce=nonce)).jump_url
        except _REFUSED:
            time = self._shared.servers.of(guild.id).daily
            if time is None or time.channel_id == daily.channel_id:
                raise
            now_in = self._client.get_partial_messageable(time.channel_id, guild_id=guild.id)
            return (await now_in.send(view=view(), nonce=nonce)).jump_url  # where the questions come by now

    async def _take_buttons(self, guild: discord.Guild, daily: Daily, results: str) -> None:
        """Let the message of a question that has ended say where its results are."""
        channel, asked = self._channel(guild, daily), KeptQuestion.of(daily)
        view = closed_view(asked.question, daily.day, results, self._shared.tutor.bank, asked.lang)
        try:
            message = channel.get_partial_message(daily.message_id or 0)
            await message.edit(view=view, allowed_mentions=discord.AllowedMentions.none())
        except UNSENT as error:  # its buttons say that it has ended, all the same
            log.info("the question of %s in server %s keeps its buttons: %s", daily.day, guild.id, error)

    async def _find(self, guild: discord.Guild, daily: Daily, mark: Callable[[dict[str, Any]], bool]) -> int | None:
        """Return the bot's own message in the channel that has a component so marked."""
        me = self._client.user
        try:
            async for message in self._channel(guild, daily).history(limit=_LOOK_BACK):
                if me is not None and message.author.id == me.id and any(map(mark, _parts(message))):
                    return message.id
        except _REFUSED as error:
            log.info("channel %s of server %s cannot be looked through: %s", daily.channel_id, guild.id, error)
        return None

    async def _complain(self, guild: discord.Guild, daily: Daily, error: discord.HTTPException) -> None:
        """Tell the host, once until it works again, that there is no place for the question."""
        log.warning("the daily question of server %s has no place in channel %s: %s", guild.id, daily.channel_id, error)
        settings = self._shared.servers.of(guild.id)
        if settings.daily_blocked or guild.owner_id is None:
            return
        await self._shared.servers.change(guild.id, daily_blocked=True)
        lang = settings.lang or lang_of(guild.preferred_locale)
        text = say("daily.blocked", lang, server=one_line(guild.name, 100), channel=f"<#{daily.channel_id}>")
        try:
            channel = await self._client.create_dm(discord.Object(guild.owner_id))
            await channel.send(view=layout(text))
        except discord.HTTPException as failure:
            log.warning("the owner of server %s could not be told: %s", guild.id, failure)

    def _channel(self, guild: discord.Guild, daily: Daily) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(daily.channel_id, guild_id=guild.id)

    async def answer(self, interaction: discord.Interaction[ServedClient], daily_id: int, letter: str) -> str:
        """Save an answer and return what to tell the member; its time is the interaction's, not that of its arrival."""
        lang = lang_of(interaction)
        press = state.Press(interaction.id, interaction.created_at.timestamp(), letter)
        until = 0.0

        def decide(daily: Daily, before: DailyAnswer | None) -> DailyAnswer:
            nonlocal until
            asked = KeptQuestion.of(daily)
            until = asked.until
            given = state.Answer(press) if before is None else _loaded(before).merged(press)
            final, right = given.final, given.final.text in asked.question.right
            return DailyAnswer(interaction.user.id, given.first.text, given.first.id, final.text, final.id, right)

        try:
            came = await self._shared.store.daily.answer(daily_id, interaction.user.id, decide)
        except Unreadable as error:
            log.warning("an answer cannot be judged: %s", error)
            came = None
        if came is None:
            return daily_reply("closed", lang)
        return daily_reply(_reply(*came, press), lang, came[1].final, until)

    async def next_at(self, guild_id: int) -> float | None:
        """Return when the next question comes in a server; None where none is wanted."""
        time = self._shared.servers.of(guild_id).daily
        if time is None:
            return None
        now = self._shared.clock()
        newest = await self._shared.store.daily.newest(guild_id, newest_day(now))
        last = newest.day if newest is not None else None
        return upcoming(now, time.hour, time.zone, since=_since(time, now), last=last)


def _parts(message: discord.Message) -> list[dict[str, Any]]:
    """Return all components of a message, nested ones too."""
    found: list[dict[str, Any]] = []
    left: list[Any] = [component.to_dict() for component in message.components]
    while left:
        part = left.pop()
        found.append(part)
        left += part.get("components", ())
    return found


def _since(time: DailyTime, now: float) -> float:
    """Return when the time was set; 0 where a clock that ran ahead says that this is still to come."""
    return time.since if time.since <= now else 0.0


def _counted(daily: Daily, answer: DailyAnswer, guild_id: int) -> GivenAnswer:
    at = discord.utils.snowflake_time(answer.final_id).timestamp()
    grade = grade_of_choice(answer.correct)
    return GivenAnswer(answer.member_id, daily.topic, daily.item, grade, f"daily:{daily.id}", at, guild_id)


def _loaded(given: DailyAnswer) -> state.Answer:
    """Return an answer as rounds know it: the earliest press counts, and the earliest of anything else changes it."""
    return state.Answer.of(_press(given.first_id, given.first), _press(given.final_id, given.final))


def _press(press_id: int, text: str) -> state.Press:
    return state.Press(press_id, discord.utils.snowflake_time(press_id).timestamp(), text)


def _reply(before: DailyAnswer | None, after: DailyAnswer, press: state.Press) -> DailyReply:
    if before is None:
        return "counted"
    if after == before:
        return "same" if press.text == before.final else "changed_already"
    return "changed" if after.final_id == press.id else "changed_already"
