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
from discord.ui import LayoutView

from bot.discord.daily.controls import DailyButton, closed_view, daily_view, own_view, results_view, told_view
from bot.discord.daily.text import DailyReply, daily_reply
from bot.discord.member_names import names_of
from bot.discord.services import ServedClient, SharedServices
from bot.discord.ui.base import layout
from bot.discord.ui.direct_messages import UNSENT
from bot.discord.ui.item_text import topic_title
from bot.discord.ui.language import lang_of
from bot.discord.ui.posted import find_posted
from bot.discord.ui.text import clip, one_line
from bot.polling import PollingService
from bot.store.daily import Daily, DailyAnswer
from bot.store.errors import StoreError
from bot.store.guilds import DailyTime
from bot.study.item_runs import run_question
from bot.study.learning import GivenAnswer
from bot.study.refusals import Refusal
from bot.study.rounds import choosing, state
from bot.study.rounds.questions import Question, read_in
from bot.study.rounds.scoring import RIGHT
from bot.study.schedule import grade_of_choice
from bot.study.timetable import asked_on, due, local_day, newest_day, upcoming
from bot.wording import say
from knowledge.bank.models import Lang

log = logging.getLogger(__name__)

#: How soon a change of settings, or of the machine's clock, is noticed.
LOOK_S = 30.0
#: Servers that are served at the same time.
_TOGETHER = 8
#: Of the name of a thread; and Discord's code for a message that has one.
_THREAD, _HAS_THREAD = 100, 160004
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
            UnreadableDaily: it cannot be read any more.
        """
        try:
            content = daily.content
            return cls(Question.from_json(content["question"]), content["lang"], float(content["until"]))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UnreadableDaily(f"daily question {daily.id}: {error!r}") from error

    def as_json(self) -> dict[str, Any]:
        """Return what to keep."""
        return {"question": self.question.as_json(), "lang": self.lang, "until": self.until}


class UnreadableDaily(Exception):
    """A kept question that is damaged, or that another version wrote in another form."""


class DailyService(PollingService):
    """Daily questions of all servers.

    Args:
        client: posts.
        shared: has the bank, the store, the reviews, the settings of servers and the clock.
        rng: chance.
    """

    def __init__(self, client: discord.Client, shared: SharedServices, *, rng: Random | None = None) -> None:
        super().__init__(every_s=LOOK_S, name="epoch-daily", work="daily questions")
        self._client = client
        self._shared = shared
        self.rng = rng or SystemRandom()
        #: Where a day's question was refused: not tried again until the next day, or in another channel.
        self._refused: dict[int, tuple[date, int]] = {}
        #: When results that Discord refused are tried again, by question.
        self._held: dict[int, float] = {}
        self._unreadable: set[int] = set()

    async def look(self) -> None:
        """Do what is due in any server of this process's."""
        store = self._shared.store.daily
        pending, last = await store.open(), await store.latest(newest_day(self._shared.clock()))
        waiting: dict[int, list[Daily]] = {guild_id: [] for guild_id in self._shared.servers.daily()}
        for daily in pending:
            waiting.setdefault(daily.guild_id, []).append(daily)
        shards, door = self._shared.shards, self._shared.door
        waiting = {each: of for each, of in waiting.items() if shards.have(each) and not door.blocks(None, each)}
        turn = asyncio.Semaphore(_TOGETHER)

        async def serve(guild_id: int) -> None:
            async with turn:
                await asyncio.sleep(0)  # most have nothing due, and wait for nothing: thousands would hold up the loop
                await self._serve(guild_id, waiting[guild_id], last.get(guild_id))

        await asyncio.gather(*map(serve, sorted(waiting)))

    async def _serve(self, guild_id: int, pending: Sequence[Daily], last: date | None) -> None:
        guild = self._client.get_guild(guild_id)
        if guild is None or guild.unavailable or self.closing:
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
        if time is not None and last is not None and last > local_day(now, time.zone):
            last = await self._redated(guild.id, time, now)
        day = None if time is None else due(now, time.hour, time.zone, since=_since(time, now), last=last)
        for daily in pending:
            if daily.id not in self._unreadable:
                await self._go_on(guild, daily, day, now)
        if time is not None and day is not None and self._refused.get(guild.id) != (day, time.channel_id):
            await self._ask(guild, time, day)

    async def _redated(self, guild_id: int, time: DailyTime, now: float) -> date | None:
        """Give questions that a clock asked which ran ahead the day on which they were asked; return the latest day.

        Else the day that such a question bears would have none of its own. When it was posted, Discord's clock tells.
        """
        while (daily := await self._shared.store.daily.newest(guild_id, newest_day(now))) and daily.message_id:
            posted = discord.utils.snowflake_time(daily.message_id).timestamp()
            day = asked_on(daily.day, posted, now, time.zone, _since(time, now))
            if day is None:
                break
            log.warning("server %s had the question of %s on %s: the clock ran ahead", guild_id, daily.day, day)
            await self._shared.store.daily.redate(daily.id, day)
        return None if daily is None else daily.day

    async def _go_on(self, guild: discord.Guild, daily: Daily, day: date | None, now: float) -> None:
        """Go on with one question; one that cannot be read is left as it is and holds up no other."""
        try:
            until = KeptQuestion.of(daily).until
        except UnreadableDaily as error:
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
        chosen = choosing.choose(self._shared.tutor_in(guild.id).bank, lang, self.rng, count=1, lately=lately)
        if not chosen:
            log.debug("server %s has no daily question: the banks it chose have no quiz items", guild.id)
            return
        (question,) = chosen
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
            await self._begin_thread(guild, daily, found, KeptQuestion.of(daily))
            await self._shared.store.daily.posted(daily.id, found)
        elif time is not None and local_day(self._shared.clock(), time.zone) == daily.day:
            await self._post(guild, daily)
        else:
            log.warning("server %s had no daily question on %s: it could not be posted that day", guild.id, daily.day)
            await self._shared.store.daily.release(daily.id)

    async def _post(self, guild: discord.Guild, daily: Daily) -> None:
        asked = KeptQuestion.of(daily)
        bank, role = self._shared.tutor.bank, self._shared.servers.of(guild.id).daily_role
        view = daily_view(daily.id, asked.question, daily.day, asked.until, bank, asked.lang, role)
        # Of all that could be pinged, that one role; it is in the text by the host's choice.
        only = discord.AllowedMentions(
            everyone=False, users=False, roles=[discord.Object(role)] if role is not None else False, replied_user=False
        )
        try:
            message = await self._channel(guild, daily).send(
                view=view, nonce=f"daily-{daily.id}", allowed_mentions=only
            )
        except _REFUSED as error:
            await self._shared.store.daily.release(daily.id)
            self._refused[guild.id] = (daily.day, daily.channel_id)
            await self._complain(guild, daily, error)
            return
        await self._begin_thread(guild, daily, message.id, asked)
        await self._shared.store.daily.posted(daily.id, message.id)
        if self._shared.servers.of(guild.id).daily_blocked:
            await self._shared.servers.change(guild.id, daily_blocked=False)

    async def _begin_thread(self, guild: discord.Guild, daily: Daily, message_id: int, asked: KeptQuestion) -> None:
        """Begin a thread to discuss a question in, where the host wants one; a question without one is a question.

        It comes before it is saved that the question was posted: after a restart the message is found, and a thread
        that it has already is no second one.
        """
        if not self._shared.servers.of(guild.id).daily_thread:
            return
        topic = topic_title(asked.question.topic, self._shared.tutor.bank, asked.lang)
        name = clip(say("daily.thread", asked.lang, day=daily.day, topic=topic), _THREAD)
        try:
            await self._channel(guild, daily).get_partial_message(message_id).create_thread(name=name)
        except UNSENT as error:
            if getattr(error, "code", None) != _HAS_THREAD:
                log.warning("the daily question of server %s has no thread: %s", guild.id, error)

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
            return results_view(daily.id, asked.question, daily.day, answers, names, printed, url, bank, asked.lang)

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
        try:
            return await find_posted(self._client, self._channel(guild, daily), mark)
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
            given = state.MemberAnswer(press) if before is None else _loaded(before).merged(press)
            final, right = given.final, given.final.text in asked.question.right
            return DailyAnswer(interaction.user.id, given.first.text, given.first.id, final.text, final.id, right)

        try:
            came = await self._shared.store.daily.answer(daily_id, interaction.user.id, decide)
        except UnreadableDaily as error:
            log.warning("an answer cannot be judged: %s", error)
            came = None
        if came is None:
            return daily_reply("closed", lang)
        return daily_reply(_reply(*came, press), lang, came[1].final, until)

    async def alone(self, interaction: discord.Interaction[ServedClient], daily_id: int, lang: Lang) -> LayoutView:
        """Return a question for one member alone, in a language: open, with where they stand, or with its answer.

        Raises:
            Refusal: it has left the bank, so that only its own language is left.
        """
        bank, daily = self._shared.tutor.bank, await self._shared.store.daily.get(daily_id)
        question = None
        if daily is not None:
            with suppress(UnreadableDaily):
                asked = KeptQuestion.of(daily)
                question = read_in(asked.question, bank, asked.lang, lang)
        if daily is None or question is None:
            raise Refusal("quiz.error.untranslated")
        if daily.closed is not None:
            return told_view(question, daily.day, bank, lang)
        count, mine = await self._shared.store.daily.answered(daily_id, interaction.user.id)
        return own_view(daily_id, question, daily.day, asked.until, count, mine, bank, lang, lang)

    async def next_at(self, guild_id: int) -> float | None:
        """Return when the next question comes in a server; None where none is wanted."""
        time = self._shared.servers.of(guild_id).daily
        if time is None:
            return None
        now = self._shared.clock()
        newest = await self._shared.store.daily.newest(guild_id, newest_day(now))
        last = newest.day if newest is not None else None
        return upcoming(now, time.hour, time.zone, since=_since(time, now), last=last)


def _since(time: DailyTime, now: float) -> float:
    """Return when the time was set; 0 where a clock that ran ahead says that this is still to come."""
    return time.since if time.since <= now else 0.0


def _counted(daily: Daily, answer: DailyAnswer, guild_id: int) -> GivenAnswer:
    at = discord.utils.snowflake_time(answer.final_id).timestamp()
    grade = grade_of_choice(answer.correct)
    return GivenAnswer(answer.member_id, daily.topic, daily.item, grade, f"daily:{daily.id}", at, guild_id)


def _loaded(given: DailyAnswer) -> state.MemberAnswer:
    """Return an answer as rounds know it: the earliest press counts, and the earliest of anything else changes it."""
    return state.MemberAnswer.of(_press(given.first_id, given.first), _press(given.final_id, given.final))


def _press(press_id: int, text: str) -> state.Press:
    return state.Press(press_id, discord.utils.snowflake_time(press_id).timestamp(), text)


def _reply(before: DailyAnswer | None, after: DailyAnswer, press: state.Press) -> DailyReply:
    if before is None:
        return "counted"
    if after == before:
        return "same" if press.text == before.final else "changed_already"
    return "changed" if after.final_id == press.id else "changed_already"
