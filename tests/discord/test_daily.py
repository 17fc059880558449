"""The daily question over the loopback Discord: asked, answered, told, over restarts and where Discord refuses."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
import pytest_asyncio
from discord.utils import time_snowflake
from sqlalchemy import update

from bot.discord.client import EpochBot
from bot.discord.daily.service import KeptQuestion
from bot.store.daily import Daily
from bot.store.errors import DatabaseUnavailable
from bot.store.guilds import DailyTime
from bot.store.tables import daily as daily_table
from bot.study.tutor import Tutor
from bot.wording import say
from knowledge.bank.loader import load_bank
from knowledge.bank.models import Bank
from runners.local import LocalRunner
from tests.bot.discord.ask.test_ask import Scripted
from tests.discord.inside import bot_in
from tests.discord.payloads import text_channel
from tests.discord.server import LoopbackDiscord
from tests.discord.state import Message

DAY, HOUR, LONG_S = 86_400.0, 3_600.0, 60.0
EIGHT = datetime(2026, 11, 24, 8, tzinfo=UTC).timestamp()
NINE = EIGHT + HOUR
TODAY = date(2026, 11, 24)


@pytest_asyncio.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord(ack_limit_s=30) as server:
        yield server


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.discord.daily.service.LOOK_S", 0.05)


def bank_of(*kinds: str) -> Bank:
    """The items of one topic, of these kinds alone."""
    topic = load_bank()["gan"]
    quiz = tuple(item for item in topic.quiz if item.kind in kinds)
    return Bank(topics={"gan": topic.model_copy(update={"quiz": quiz})})


class Group:
    """A server with a daily question at nine, UTC, and the hands of its clock."""

    def __init__(self, discord: LoopbackDiscord, folder: Path, *kinds: str, url: str | None = None) -> None:
        self.discord = discord
        self.now = EIGHT
        self.guild_id = int(discord.state.guild_id)
        self.channel_id = int(discord.state.channel["id"])
        self.tutor = Tutor(bank_of(*(kinds or ("choice",))), Scripted(RuntimeError("nobody asks here")), LocalRunner())
        self._folder, self._url = folder, url

    def bot(self) -> AbstractAsyncContextManager[EpochBot]:
        return bot_in(self.discord, self._folder, self.tutor, database_url=self._url, clock=lambda: self.now)

    async def set_up(self, bot: EpochBot, **changes: object) -> None:
        time = DailyTime(channel_id=self.channel_id, hour=9, zone="UTC", since=EIGHT)
        await bot.services.servers.change(self.guild_id, daily=time.model_copy(update=changes).model_dump())

    def posted(self, says: str) -> list[Message]:
        return [m for m in self.discord.messages if says in m.text and not m.ephemeral]

    async def message(self, says: str) -> Message:
        return await self.discord.wait_for_message(lambda m: says in m.text and not m.ephemeral, LONG_S)

    async def press(self, message: Message, label: str, user: str, locale: str = "en-US") -> str:
        reply = await self.discord.answer_to(await self.discord.click(message, label=label, user=user, locale=locale))
        assert reply.ephemeral
        return reply.text

    async def newest(self, bot: EpochBot) -> Daily:
        found = await bot.services.store.daily.newest(self.guild_id)
        assert found is not None
        return found

    async def right(self, bot: EpochBot) -> str:
        return KeptQuestion.of(await self.newest(bot)).question.right[0]

    def member(self, name: str) -> int:
        return int(self.discord.state.people[name].id)


@pytest_asyncio.fixture
async def group(discord: LoopbackDiscord, tmp_path: Path) -> AsyncIterator[Group]:
    made = Group(discord, tmp_path)
    yield made
    await made.tutor.close()


async def becomes(true: Callable[[], bool]) -> None:
    """Wait for something within the bot, of which the server hears nothing."""
    async with asyncio.timeout(LONG_S):
        while not true():
            await asyncio.sleep(0.02)


async def looks(bot: EpochBot, times: int = 3) -> None:
    """Let the bot look at its servers that often, and some more."""
    seen, look = 0, bot.services.daily.look

    async def counted() -> None:
        nonlocal seen
        await look()
        seen += 1

    bot.services.daily.look = counted  # type: ignore[method-assign]
    await becomes(lambda: seen >= times)
    bot.services.daily.look = look  # type: ignore[method-assign]


def wrong(letter: str) -> str:
    return next(other for other in "ABCD" if other != letter)


async def test_a_question_is_asked_answered_over_a_restart_and_told_the_next_day(
    discord: LoopbackDiscord, tmp_path: Path, url: str
) -> None:
    group = Group(discord, tmp_path, url=url)
    async with group.bot() as bot:
        await group.set_up(bot)
        await looks(bot)
        assert not discord.messages, "it is not nine yet"
        group.now = NINE
        asked = await group.message("Question of 24 November")
        right, why = await group.right(bot), KeptQuestion.of(await group.newest(bot)).question.why
        assert why is not None
        assert f"Results <t:{int(NINE + DAY)}:R>" in asked.text
        assert f"**{right}** is noted. You may change it once" in await group.press(asked, right, "alice")
        assert f"**{wrong(right)}** is noted" in await group.press(asked, wrong(right), "bob")
    async with group.bot() as bot:
        assert f"**{right}** is noted already" in await group.press(asked, right, "alice")
        assert f"Changed to **{right}**, for good" in await group.press(asked, right, "bob")
        assert f"**{right}** stays" in await group.press(asked, wrong(right), "bob")
        assert "已记下" in await group.press(asked, wrong(right), "ming", locale="zh-CN")
        await looks(bot)
        assert len(group.posted("Question of")) == 1, "one a day, whoever restarts"
        group.now = NINE + DAY
        results = await group.message("The answer of 24 November")
        assert "2 of 3 had it: Alice, Bob" in results.text
        assert f"✅ **{right}**" in results.text
        assert why[:60] in results.text
        assert why[:60] not in asked.text
        await group.message("Question of 25 November")
        order = [m.text.split("·")[0] for m in group.posted("November")]
        assert [text[-12:].strip() for text in order] == ["24 November", "24 November", "25 November"]
        await discord.until(lambda: not [c for c in asked.components if c.get("custom_id")], "closed", LONG_S)
        table = await bot.services.store.scores.table(group.guild_id)
        assert {row.member_id: (row.points, row.correct, row.asked) for row in table} == {
            group.member("alice"): (1000, 1, 1), group.member("bob"): (1000, 1, 1), group.member("ming"): (0, 0, 1),
        }  # fmt: skip
        logs = {name: await bot.services.store.reviews.log(group.member(name)) for name in ("alice", "bob", "ming")}
        assert {name: [entry[2] for entry in log] for name, log in logs.items()} == {
            "alice": [3], "bob": [3], "ming": [1],
        }  # fmt: skip
    async with group.bot() as bot:
        await looks(bot)
        assert len(group.posted("November")) == 3
    await group.tutor.close()


async def test_nothing_about_the_open_question_tells_which_option_is_right(
    discord: LoopbackDiscord, group: Group
) -> None:
    """Its ids and its messages are the same whichever is right; the order changes; the reply is the same for both."""
    orders = set()
    async with group.bot() as bot:
        bot.services.daily.rng = Random(1)
        await group.set_up(bot)
        for day in range(3):
            group.now = NINE + day * DAY
            asked = await group.message(f"Question of {24 + day} November")
            newest = await group.newest(bot)
            ids = [str(c["custom_id"]) for c in asked.components if c.get("custom_id")]
            answers = [f"epoch:daily:{newest.id}:{letter}" for letter in "ABCD"]
            assert ids == [*answers, f"epoch:dailyin:{newest.id}:zh"]
            right = await group.right(bot)
            orders.add(right)
            kept = KeptQuestion.of(newest).question
            assert (kept.why or "?") not in asked.text
            replies = {
                re.sub(r"\*\*.\*\*", "", await group.press(asked, letter, f"m{day}{letter}")) for letter in "ABCD"
            }
            assert len(replies) == 1, replies
    assert len(orders) > 1, "the right one is always the same letter"


async def test_what_was_missed_is_asked_late_the_same_day_but_not_on_the_next(
    discord: LoopbackDiscord, group: Group
) -> None:
    async with group.bot() as bot:
        await group.set_up(bot)
    group.now = NINE + 14 * HOUR  # it was down at nine; it is eleven at night
    async with group.bot():
        await group.message("Question of 24 November")
    group.now = NINE + 2 * DAY - 60  # and was down the whole next day
    async with group.bot() as bot:
        await group.message("The answer of 24 November")
        await looks(bot)
        assert len(group.posted("Question of")) == 1
        group.now = NINE + 2 * DAY
        await group.message("Question of 26 November")
        assert not group.posted("25 November")


async def test_questions_come_back_only_when_all_were_asked(discord: LoopbackDiscord, group: Group) -> None:
    count = len(group.tutor.bank["gan"].quiz)
    assert count >= 3
    async with group.bot() as bot:
        await group.set_up(bot)
        for day in range(count + 1):
            group.now = NINE + day * DAY
            then = TODAY + timedelta(days=day)
            await group.message(f"Question of {then:%-d %B}")
        asked = [item for _, item in await bot.services.store.daily.asked(group.guild_id)]
    assert len(set(asked[1:])) == count
    assert asked[0] == asked[-1], "the one asked longest ago comes first again"


async def test_the_real_output_stands_under_the_answer_of_a_program(discord: LoopbackDiscord, tmp_path: Path) -> None:
    group = Group(discord, tmp_path, "predict")
    async with group.bot() as bot:
        await group.set_up(bot)
        group.now = NINE
        asked = await group.message("Question of 24 November")
        question = KeptQuestion.of(await group.newest(bot)).question
        assert "What it really printed" not in asked.text
        group.now = NINE + DAY
        results = await group.message("The answer of 24 November")
        right = question.options["ABCD".index(question.right[0])]
        assert f"```\n{right}\n```" in results.text.split("What it really printed, run just now")[1]
        assert "Nobody answered." in results.text
    await group.tutor.close()


@pytest.mark.parametrize("came_through", [True, False])
async def test_a_question_cut_off_while_it_was_posted_is_posted_once(
    discord: LoopbackDiscord, group: Group, came_through: bool
) -> None:
    async with group.bot() as bot:
        await group.set_up(bot)
        group.now = NINE
        asked = await group.message("Question of 24 November")
        daily = await group.newest(bot)
        await bot.services.daily.close()
        async with (
            bot.services.store.database.writing() as connection
        ):  # as if the process had died before it was saved
            await connection.execute(update(daily_table).values(message_id=None))
    asked.payload.pop("nonce")  # Discord remembers it for a few minutes only
    asked.deleted = not came_through
    async with group.bot() as bot:
        await looks(bot)
        (there,) = group.posted("Question of")
        newest = await group.newest(bot)
        assert (newest.id, str(newest.message_id)) == (daily.id, there.id)
        assert (there is asked) is came_through
        assert "is noted" in await group.press(there, "A", "alice")


async def test_a_question_cut_off_and_found_on_the_next_day_only_gives_its_day_up(
    discord: LoopbackDiscord, group: Group
) -> None:
    async with group.bot() as bot:
        await group.set_up(bot)
        await bot.services.daily.close()
        await bot.services.store.daily.claim(
            guild_id=group.guild_id, day=TODAY, channel_id=group.channel_id, topic="gan", item="x", content={}
        )
    group.now = NINE + DAY
    async with group.bot() as bot:
        await group.message("Question of 25 November")
        assert await bot.services.store.daily.latest() == {group.guild_id: TODAY + timedelta(days=1)}
        assert not group.posted("24 November")


@pytest.mark.parametrize("came_through", [True, False])
async def test_results_cut_off_while_they_were_posted_are_posted_once_and_count_once(
    discord: LoopbackDiscord, group: Group, came_through: bool
) -> None:
    async with group.bot() as bot:
        await group.set_up(bot)
        group.now = NINE
        asked = await group.message("Question of 24 November")
        await group.press(asked, await group.right(bot), "alice")
        group.now = NINE + DAY
        results = await group.message("The answer of 24 November")
        await group.message("Question of 25 November")
        await bot.services.daily.close()
        async with bot.services.store.database.writing() as connection:
            await connection.execute(update(daily_table).where(daily_table.c.day == TODAY).values(told=None))
    results.payload.pop("nonce")
    results.deleted = not came_through
    async with group.bot() as bot:
        await looks(bot)
        (there,) = group.posted("The answer of")
        assert (there is results) is came_through
        assert "1 of 1 had it: Alice" in there.text
        assert await bot.services.store.daily.open() == [await group.newest(bot)]
        (row,) = await bot.services.store.scores.table(group.guild_id)
        assert row.points == 1000
        assert len(await bot.services.store.reviews.log(group.member("alice"))) == 1


@pytest.mark.parametrize(("status", "code"), [(403, 50001), (404, 10003)])
async def test_where_it_may_not_post_the_host_is_told_once_and_nothing_is_tried_each_minute(
    discord: LoopbackDiscord, group: Group, caplog: pytest.LogCaptureFixture, status: int, code: int
) -> None:
    path = f"/channels/{group.channel_id}/messages"
    fault = discord.fail_next("POST", path, status, body={"message": "no", "code": code}, times=99)

    def tries() -> int:
        return len([r for r in discord.requests if r.method == "POST" and r.path == path])

    async with group.bot() as bot:
        await group.set_up(bot)
        group.now = NINE
        told = await discord.wait_for_message(lambda m: "I cannot post the daily question" in m.text, LONG_S)
        assert discord.state.channels[told.payload["channel_id"]]["recipients"][0]["id"] == discord.state.owner.id
        assert f"<#{group.channel_id}>" in told.text
        assert "has no place in channel" in caplog.text
        await looks(bot, 10)
        assert tries() == 1
        assert await bot.services.store.daily.latest() == {}, "the day is free for when the host has mended it"
        state = await discord.answer_to(await discord.slash("daily", user="alice"))
        assert "I cannot post there now" in state.text
    group.now = NINE + DAY
    async with group.bot() as bot:
        await looks(bot, 10)
        assert tries() == 2, "again on the next day"
        other = text_channel(discord.state.ids.next(), discord.state.guild_id, "daily")
        discord.state.channels[other["id"]] = other
        await group.set_up(bot, channel_id=int(other["id"]))
        asked = await group.message("Question of 25 November")
        assert asked.payload["channel_id"] == other["id"]
        await becomes(lambda: not bot.services.servers.of(group.guild_id).daily_blocked)
    assert len([m for m in discord.messages if "I cannot post the daily" in m.text]) == 1
    fault.times = 0


async def test_a_host_who_takes_no_messages_is_logged_and_all_goes_on(
    discord: LoopbackDiscord, group: Group, caplog: pytest.LogCaptureFixture
) -> None:
    discord.fail_next("POST", f"/channels/{group.channel_id}/messages", 403)
    discord.fail_next("POST", "/users/@me/channels", 403, body={"message": "no", "code": 50007})
    async with group.bot() as bot:
        await group.set_up(bot)
        group.now = NINE
        await becomes(lambda: "could not be told" in caplog.text)
        group.now = NINE + DAY
        await group.message("Question of 25 November")


async def test_trouble_of_discord_is_tried_again_and_an_old_message_that_is_gone_hurts_nobody(
    discord: LoopbackDiscord, group: Group
) -> None:
    async with group.bot() as bot:
        await group.set_up(bot)
        discord.fail_next("POST", f"/channels/{group.channel_id}/messages", 500, times=1)
        group.now = NINE
        asked = await group.message("Question of 24 November")
        asked.deleted = True
        group.now = NINE + DAY
        await group.message("The answer of 24 November")
        await group.message("Question of 25 November")
        assert len(group.posted("November")) == 2


async def test_an_answer_that_could_not_be_saved_is_not_confirmed(
    discord: LoopbackDiscord, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with group.bot() as bot:
        await group.set_up(bot)
        group.now = NINE
        asked = await group.message("Question of 24 November")

        async def fail(*_: object) -> None:
            raise DatabaseUnavailable("the database is away")

        with monkeypatch.context() as broken:
            broken.setattr(bot.services.store.daily, "answer", fail)
            assert await group.press(asked, "A", "alice") == say("discord.error.not_kept", "en")
        assert await bot.services.store.daily.answers((await group.newest(bot)).id) == []
        assert "is noted" in await group.press(asked, "A", "alice")


async def test_answers_after_the_end_count_for_nothing(discord: LoopbackDiscord, group: Group) -> None:
    async with group.bot() as bot:
        await group.set_up(bot)
        group.now = NINE
        asked = await group.message("Question of 24 November")
        shown = await discord.answer_to(await discord.slash("daily", user="alice"))
        assert "none of yours yet" in shown.text
        assert "is noted" in await group.press(shown, "B", "alice"), "its buttons do the same"
        shown = await discord.answer_to(await discord.slash("daily", user="alice"))
        assert "Answers so far: 1. Yours is **B**" in shown.text
        old = [c for c in asked.components if c.get("custom_id")][0]
        group.now = NINE + DAY
        await group.message("Question of 25 November")
        assert "This question is over" in await group.press(shown, "A", "bob")
        assert str(old["custom_id"]).startswith("epoch:daily:")
        assert len(await bot.services.store.daily.answers(1)) == 1


async def test_daily_says_when_the_next_comes_or_who_can_have_one(discord: LoopbackDiscord, group: Group) -> None:
    async def said(**where: object) -> str:
        asked = await discord.slash("daily", user="alice", **where)  # type: ignore[arg-type]
        answer = await discord.answer_to(asked)
        assert answer.ephemeral
        return answer.text

    async with group.bot() as bot:
        assert "Whoever manages it chooses a channel and a time in `/settings`" in await said()
        await group.set_up(bot)
        assert await said() == (
            f"🗓️ The next question comes <t:{int(NINE)}:F> (<t:{int(NINE)}:R>) in <#{group.channel_id}>."
        )
        assert "comes in servers" in await said(dm=True)


async def test_servers_have_hours_of_their_own(discord: LoopbackDiscord, group: Group) -> None:
    """A second server, of which the gateway tells nothing here, is told apart by what is asked of it."""
    async with group.bot() as bot:
        await group.set_up(bot, hour=17, zone="Asia/Shanghai")  # nine in UTC
        await bot.services.servers.change(77, daily=DailyTime(channel_id=5, hour=9, zone="UTC").model_dump())
        group.now = NINE
        await group.message("Question of 24 November")
        await looks(bot)
        assert await bot.services.store.daily.latest() == {group.guild_id: TODAY}, (
            "a server that is gone claims nothing"
        )


async def test_a_question_still_open_is_told_when_the_host_wants_no_more(
    discord: LoopbackDiscord, group: Group
) -> None:
    async with group.bot() as bot:
        await group.set_up(bot)
        group.now = NINE
        await group.message("Question of 24 November")
        await bot.services.servers.change(group.guild_id, daily=None)
        await looks(bot)
        assert not group.posted("The answer of")
        group.now = NINE + DAY
        await group.message("The answer of 24 November")
        await looks(bot)
        assert len(group.posted("November")) == 2


@pytest.mark.parametrize(("status", "code"), [(403, 50001), (404, 10003)])
async def test_results_that_had_no_place_are_posted_when_they_have_one(
    discord: LoopbackDiscord, group: Group, status: int, code: int
) -> None:
    path = f"/channels/{group.channel_id}/messages"
    async with group.bot() as bot:
        await group.set_up(bot)
        group.now = NINE
        asked = await group.message("Question of 24 November")
        await group.press(asked, await group.right(bot), "alice")
        fault = discord.fail_next("POST", path, status, body={"message": "no", "code": code}, times=99)
        group.now = NINE + DAY
        await discord.wait_for_message(lambda m: "I cannot post the daily question" in m.text, LONG_S)
        await looks(bot)
        before = len([r for r in discord.requests if r.method == "POST" and r.path == path])
        await looks(bot, 10)
        assert len([r for r in discord.requests if r.method == "POST" and r.path == path]) == before
        fault.times = 0
        group.now += HOUR + 1
        results = await group.message("The answer of 24 November")
        assert "1 of 1 had it: Alice" in results.text
        await discord.until(lambda: not [c for c in asked.components if c.get("custom_id")], "closed", LONG_S)
        await looks(bot)
        assert len(group.posted("The answer of")) == 1
        (row,) = await bot.services.store.scores.table(group.guild_id)
        assert row.points == 1000


async def test_results_whose_channel_is_closed_come_where_the_questions_come_by_now(
    discord: LoopbackDiscord, group: Group
) -> None:
    async with group.bot() as bot:
        await group.set_up(bot)
        group.now = NINE
        await group.message("Question of 24 November")
        old = discord.fail_next("POST", f"/channels/{group.channel_id}/messages", 403, times=99)
        other = text_channel(discord.state.ids.next(), discord.state.guild_id, "daily")
        discord.state.channels[other["id"]] = other
        await group.set_up(bot, channel_id=int(other["id"]))
        group.now = NINE + DAY
        results = await group.message("The answer of 24 November")
        assert results.payload["channel_id"] == other["id"]
        assert (await group.message("Question of 25 November")).payload["channel_id"] == other["id"]
        old.times = 0


async def test_results_that_fail_do_not_keep_back_the_next_question(discord: LoopbackDiscord, group: Group) -> None:
    async with group.bot() as bot:
        await group.set_up(bot)
        group.now = NINE
        await group.message("Question of 24 November")
        path = f"/channels/{group.channel_id}/messages"
        discord.fail_next("POST", path, 400, times=1)
        group.now = NINE + DAY
        await group.message("Question of 25 November")
        assert not group.posted("The answer of")
        group.now += HOUR + 1
        await group.message("The answer of 24 November")


async def test_results_that_nobody_could_post_for_weeks_are_given_up(
    discord: LoopbackDiscord, group: Group, caplog: pytest.LogCaptureFixture
) -> None:
    async with group.bot() as bot:
        await group.set_up(bot)
        group.now = NINE
        await group.message("Question of 24 November")
        await bot.services.servers.change(group.guild_id, daily=None)
        discord.fail_next("POST", f"/channels/{group.channel_id}/messages", 403, times=99).times = 99
        group.now = NINE + DAY
        await discord.wait_for_message(lambda m: "I cannot post the daily question" in m.text, LONG_S)
        group.now += 15 * DAY
        await becomes(lambda: "nobody is told what came of 2026-11-24" in caplog.text)
        await looks(bot)
        assert await bot.services.store.daily.open() == []


@pytest.mark.parametrize("ahead", [3, 400, 3_650])
async def test_a_clock_that_once_ran_ahead_does_not_keep_the_next_question_back(
    discord: LoopbackDiscord, group: Group, ahead: int
) -> None:
    async with group.bot() as bot:
        await group.set_up(bot)
        group.now = NINE + ahead * DAY
        wrong_day = TODAY + timedelta(days=ahead)
        await group.message(f"Question of {wrong_day:%-d %B}")
        group.now = NINE
        await group.message("Question of 24 November")
        group.now = NINE + DAY
        await group.message("Question of 25 November")
        assert len(group.posted("The answer of")) == 2
        group.now = NINE + ahead * DAY  # the day that was taken has its question, too
        await becomes(lambda: len(group.posted(f"Question of {wrong_day:%-d %B}")) == 2)
        shown = await discord.answer_to(await discord.slash("daily", user="alice"))
        assert f"{wrong_day:%-d %B}" in shown.text


async def test_tomorrows_question_that_came_today_is_todays_and_tomorrow_has_its_own(
    discord: LoopbackDiscord, group: Group
) -> None:
    """The clock ran ahead by a day when the question came; the day in between is nowhere more than a day away."""
    async with group.bot() as bot:
        await group.set_up(bot)
        group.now = NINE + DAY
        early = await group.message("Question of 25 November")
        told = snowflake(NINE)  # Discord's clock was right
        await becomes_so(lambda: message_of(bot, group), int(early.id))
        async with bot.services.store.database.writing() as connection:
            await connection.execute(update(daily_table).values(message_id=told))
        group.now = NINE + HOUR
        await becomes_so(lambda: newest_day_of(bot, group), TODAY)
        await looks(bot)
        assert len(group.posted("Question of")) == 1, "the day has had its question"
        group.now = NINE + DAY
        await becomes(lambda: len(group.posted("Question of 25 November")) == 2)


async def message_of(bot: EpochBot, group: Group) -> int | None:
    return (await group.newest(bot)).message_id


async def newest_day_of(bot: EpochBot, group: Group) -> date:
    return (await group.newest(bot)).day


async def becomes_so(ask: Callable[[], Awaitable[object]], expected: object) -> None:
    async with asyncio.timeout(LONG_S):
        while await ask() != expected:
            await asyncio.sleep(0.02)


def snowflake(at: float) -> int:
    return time_snowflake(datetime.fromtimestamp(at, UTC))


async def test_a_time_set_while_the_clock_ran_ahead_holds_from_now_on(discord: LoopbackDiscord, group: Group) -> None:
    async with group.bot() as bot:
        await group.set_up(bot, since=EIGHT + 4_000 * DAY)
        group.now = NINE
        await group.message("Question of 24 November")


async def test_a_question_that_cannot_be_read_any_more_is_closed_to_members_and_holds_up_no_other(
    discord: LoopbackDiscord, group: Group, caplog: pytest.LogCaptureFixture
) -> None:
    async with group.bot() as bot:
        await group.set_up(bot)
        group.now = NINE
        asked = await group.message("Question of 24 November")
        async with bot.services.store.database.writing() as connection:
            await connection.execute(update(daily_table).values(content={"question": {"topic": "gan"}}))
        assert "is over" in await group.press(asked, "A", "alice")
        state = await discord.answer_to(await discord.slash("daily", user="alice"))
        assert "Something went wrong" not in state.text
        group.now = NINE + DAY
        await group.message("Question of 25 November")
        assert caplog.text.count("what cannot be read is left as it is") == 1


async def test_a_member_reads_the_question_and_its_answer_in_their_own_language(group: Group) -> None:
    async with group.bot() as bot:
        await group.set_up(bot)
        group.now = NINE
        posted = await group.message("Question of 24 November")
        question = KeptQuestion.of(await group.newest(bot)).question
        item: Any = next(item for item in group.tutor.bank["gan"].quiz if item.id == question.item)
        letter = question.right[0]
        right = next(each["zh"] for each in item.options if each["en"] == question.options["ABCD".index(letter)])
        for pressed in (
            await group.discord.click(posted, label="中文", user="lin", locale="zh-CN"),
            await group.discord.slash("daily", user="lin", locale="zh-CN"),
        ):
            alone = await group.discord.answer_to(pressed)
            assert alone.ephemeral
            assert item.prompt["zh"] in alone.text
            assert f"**{letter}** {right}" in alone.text, "the letters are the same"
            assert "✅" not in alone.text, "the control: it is open"
        assert "已记下" in await group.press(alone, letter, "lin", "zh-CN")
        group.now += DAY
        told = await group.message("The answer of 24 November")
        assert [part["label"] for part in told.components if part["type"] == 2] == [
            "Explain", "Quiz me on this later", "中文", "Quiz me", "The question",
        ]  # fmt: skip
        own = await group.press(told, "中文", "lin", "zh-CN")
        assert f"✅ **{letter}** {right}" in own
        assert item.why["zh"] in own
        await group.press(told, "Quiz me on this later", "mei")
        assert await bot.services.learning.is_due(group.member("mei"), "gan", question.item)


async def test_a_question_that_has_left_the_bank_is_in_its_own_language_alone(group: Group) -> None:
    async with group.bot() as bot:
        await group.set_up(bot)
        group.now = NINE
        posted = await group.message("Question of 24 November")
        kept = KeptQuestion.of(await group.newest(bot))
        changed = KeptQuestion(replace(kept.question, prompt="Another question?"), kept.lang, kept.until)
        async with bot.services.store.daily._database.writing() as connection:
            await connection.execute(update(daily_table).values(content=changed.as_json()))
        assert "没有另一种语言的版本" in await group.press(posted, "中文", "lin", "zh-CN")
        own = await group.discord.answer_to(await group.discord.slash("daily", user="lin", locale="zh-CN"))
        assert "Another question?" in own.text
