"""`/plan`, `/review` until it is right, and reminders over the loopback Discord, with restarts in the middle."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.discord.client import EpochBot
from bot.shards import ALL, Shards
from bot.store.store import Store
from bot.study.schedule import AGAIN, EASY
from bot.study.tutor import Tutor
from tests.bot.world import make_tutor, review
from tests.discord.inside import bot_in
from tests.discord.server import LoopbackDiscord
from tests.discord.state import Interaction, Message

DAY, HOUR, LONG_S = 86_400.0, 3_600.0, 120.0
EIGHT = datetime(2026, 11, 30, 8, tzinfo=UTC).timestamp()  # a Monday
NINE = EIGHT + HOUR


@pytest_asyncio.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord(ack_limit_s=60) as server:
        yield server


@pytest_asyncio.fixture
async def tutor() -> AsyncIterator[Tutor]:
    made = make_tutor()
    yield made
    await made.close()


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.discord.plan.service.LOOK_S", 0.05)


class Desk:
    """One member at their plan, and the hands of the clock."""

    def __init__(self, discord: LoopbackDiscord, folder: Path, tutor: Tutor, url: str | None = None) -> None:
        self.discord, self.folder, self.tutor, self.url = discord, folder, tutor, url
        self.now = EIGHT
        self.member = int(discord.state.user("learner").id)

    def bot(self, shards: Shards = ALL) -> AbstractAsyncContextManager[EpochBot]:
        return bot_in(
            self.discord, self.folder, self.tutor, database_url=self.url, clock=lambda: self.now, shards=shards
        )  # fmt: skip

    async def plan(self, locale: str = "en-US", **options: object) -> Message:
        asked = await self.discord.slash("plan", options, locale=locale)  # type: ignore[arg-type]
        shown = await self.discord.answer_to(asked, lambda message: not message.loading, timeout=LONG_S)
        assert shown.ephemeral
        return shown

    async def press(self, message: Message, label: str, locale: str = "en-US") -> Interaction:
        return await self.discord.click(message, label=label, locale=locale)

    async def answer(self, asked: Interaction) -> Message:
        return await self.discord.answer_to(asked, lambda message: not message.loading, timeout=LONG_S)

    async def changes(self, message: Message, says: str) -> None:
        await self.discord.until(lambda: says in message.text, f"{says!r} in {message.text!r}", LONG_S)

    def reminders(self, title: str = "Today's review") -> list[Message]:
        return [m for m in self.discord.messages if title in m.text]


@pytest_asyncio.fixture
async def desk(discord: LoopbackDiscord, tmp_path: Path, tutor: Tutor) -> Desk:
    return Desk(discord, tmp_path, tutor)


async def looks(bot: EpochBot, times: int = 3) -> None:
    """Let the bot look for reminders that often, and some more."""
    seen, service = 0, bot.services.reminders
    look = service.look  # type: ignore[attr-defined]

    async def counted() -> None:
        nonlocal seen
        await look()
        seen += 1

    service.look = counted  # type: ignore[attr-defined]
    async with asyncio.timeout(LONG_S):
        while seen < times:
            await asyncio.sleep(0.02)
    service.look = look  # type: ignore[attr-defined]


def rows(message: Message) -> list[str]:
    """The titles of the list, numbered."""
    return re.findall(r"^\d+\. (?:✅ |\*\*)?([^*·]+)", message.text, re.MULTILINE)


def labels(message: Message) -> list[str]:
    return [str(c["label"]) for c in message.components if c.get("custom_id")]


async def test_a_day_is_kept_goes_on_over_a_restart_and_is_forgotten(
    discord: LoopbackDiscord, tmp_path: Path, tutor: Tutor, url: str
) -> None:
    desk = Desk(discord, tmp_path, tutor, url)
    async with desk.bot():
        shown = await desk.plan(date="20d", minutes=6)
        assert "20 days to **2026-12-20** · 6 min a day" in shown.text
        assert "-# new to you" in shown.text
        assert re.search(r"\*\*Expected\*\*: [\d.]+% of the bank right today", shown.text)
        assert labels(shown) == ["Begin", "Change date", "Forget date", "Remind me"]
        listed = rows(shown)
        assert listed
    desk.now += 2 * HOUR
    async with desk.bot() as bot:
        again = await desk.plan()
        assert "20 days to **2026-12-20** · 6 min a day" in again.text
        assert rows(again) == listed, "the list of a day stays, also over a restart"
        zh = await desk.plan("zh-CN", minutes=7)
        assert "离 **2026-12-20** 还有 20 天 · 每天 7 分钟" in zh.text
        assert labels(zh) == ["开始", "改日期", "忘掉日期", "提醒我"]
        moved = await desk.plan("zh-CN", date="12月24日")
        assert "离 **2026-12-24** 还有 24 天" in moved.text
        # The message of before the restart still works.
        await desk.press(shown, "Forget date")
        await desk.changes(shown, "No interview date, so this is for 30 days from now · 7 min a day")
        assert (await bot.services.learning.goal(desk.member)).day is None
        kept = await bot.services.store.members.export(desk.member)
        assert [row["minutes"] for row in kept["goals"]] == [7]
        await bot.services.forget_member(desk.member, desk.now)
        assert await bot.services.store.members.export(desk.member) == {}
        assert "20 min a day" in (await desk.plan()).text


@pytest.mark.parametrize(
    ("typed", "en", "zh"),
    [
        ("2020-01-01", "is over; give a day from today on", "已经过去了"),
        ("**someday** @everyone", "is no day that can be planned for", "不是能安排的日期"),
        ("+9999", "is too far ahead", "太远了"),
    ],
)
async def test_what_is_no_day_to_come_is_one_clear_line_and_changes_nothing(
    desk: Desk, typed: str, en: str, zh: str
) -> None:
    async with desk.bot() as bot:
        await desk.plan(date="20d")
        for locale, said in (("en-US", en), ("zh-CN", zh)):
            told = await desk.plan(locale, date=typed)
            assert said in told.text
            assert len(told.text.strip().splitlines()) == 1
            assert "@everyone" not in told.text
        assert (await bot.services.learning.goal(desk.member)).day == date(2026, 12, 20)


async def test_the_form_changes_day_and_minutes_and_what_is_wrong_in_it_can_be_typed_again(desk: Desk) -> None:
    async with desk.bot() as bot:
        shown = await desk.plan()
        opened = await desk.press(shown, "Change date")
        wrong = await desk.discord.submit_modal(opened, {"day": "yesterday", "minutes": "30"})
        told = await desk.discord.answer_to(wrong, lambda m: "is no day" in m.text, timeout=LONG_S)
        assert labels(told), "a button brings back what was typed"
        assert (await bot.services.learning.goal(desk.member)).day is None
        for minutes in ("0", "many", "6000"):
            opened = await desk.press(shown, "Change date")
            wrong = await desk.discord.submit_modal(opened, {"day": "", "minutes": minutes})
            await desk.discord.answer_to(wrong, lambda m: "is no number of minutes" in m.text, timeout=LONG_S)
        opened = await desk.press(shown, "Change date")
        await desk.discord.submit_modal(opened, {"day": "next friday", "minutes": "30"})
        await desk.changes(shown, "11 days to **2026-12-11** · 30 min a day")


async def test_begin_goes_through_the_list_in_its_order_over_a_restart_until_all_is_right(desk: Desk) -> None:
    async with desk.bot() as bot:
        shown = await desk.plan(date="20d", minutes=4)
        keys = [step.piece.key for step in (await bot.services.learning.agenda(desk.member)).steps]
        assert len(keys) >= 2
        item = await desk.answer(await desk.press(shown, "Begin"))
        assert "Today's plan" in item.text
        await _answer(desk, item, "Again")
        await desk.changes(item, "it comes again after a few others, until it is right")
    desk.now += 20
    async with desk.bot() as bot:
        for _ in keys[1:]:
            await _answer(desk, item, "Easy")
        await desk.changes(item, "Once more: you missed this one")
        log = await bot.services.store.reviews.log(desk.member)
        assert [each[:2] for each in log] == keys, "the order of the list"
        assert [each[2] for each in log] == [AGAIN, *[EASY] * (len(keys) - 1)]
        await _answer(desk, item, "Again")
        await desk.changes(item, "Not yet")
        await _answer(desk, item, "Good")
        await desk.changes(item, "Today's plan is done")
        assert len(await bot.services.store.reviews.log(desk.member)) == len(keys), "until right is no review"
        again = await desk.plan()
        assert "✅ Today's list is done" in again.text
        assert "Begin" not in labels(again)
        more = await desk.answer(await desk.press(item, "Go on reviewing"))
        assert "due ·" in more.text


async def _answer(desk: Desk, item: Message, grade: str) -> None:
    """Answer the item that is shown, and give it a grade."""
    first = labels(item)[0]
    before = item.text
    await desk.press(item, first)
    await desk.discord.until(lambda: any(each.startswith("Again") for each in labels(item)), "the grades", LONG_S)
    told = next(each for each in labels(item) if each.startswith(grade))
    before = item.text
    desk.now += 1
    await desk.press(item, told)
    await desk.discord.until(
        lambda: item.text != before and not any(e.startswith("Again") for e in labels(item)), "what comes next", LONG_S
    )


async def test_the_deck_of_mistakes_is_an_option_of_review_in_both_languages(desk: Desk) -> None:
    async with desk.bot() as bot:
        learning = bot.services.learning
        nothing = await desk.answer(await desk.discord.slash("review", {"deck": "mine"}))
        assert "You have no mistakes to go through" in nothing.text
        await review(learning, desk.member, "gan", "first", AGAIN, "round:1:1")
        await review(learning, desk.member, "gan", "second", EASY, "round:1:2")
        desk.now += HOUR
        item = await desk.answer(await desk.discord.slash("review", {"deck": "mine"}))
        assert "My mistakes" in item.text
        assert "Item first" in item.text
        zh = await desk.answer(await desk.discord.slash("review", {"deck": "mine"}, locale="zh-CN"))
        assert "我的错题" in zh.text
        await _answer(desk, item, "Good")
        await desk.changes(item, "You have been through your mistakes")


async def _reminded(desk: Desk, shown: Message, hour: str = "9", zone: str = "UTC") -> None:
    opened = await desk.press(shown, "Remind me")
    await desk.discord.submit_modal(opened, {"hour": hour, "zone": zone})


async def test_a_reminder_comes_once_a_day_over_restarts_and_goes_quiet_after_two(
    discord: LoopbackDiscord, tmp_path: Path, tutor: Tutor, url: str
) -> None:
    desk = Desk(discord, tmp_path, tutor, url)
    async with desk.bot() as bot:
        await looks(bot)
        shown = await desk.plan(date="20d")
        assert "No reminders" in shown.text
        await _reminded(desk, shown)
        await desk.changes(shown, "Reminder by direct message at 09:00 (UTC)")
        assert labels(shown)[-2:] == ["Change reminder", "Stop reminders"]
        await looks(bot)
        assert not desk.reminders(), "it is not nine yet"
        desk.now = NINE + 60
        sent = await discord.wait_for_message(lambda m: "Today's review" in m.text, LONG_S)
        assert sent.payload["channel_id"] != discord.state.channel["id"], "by direct message"
        assert "20 days to 2026-12-20." in sent.text
        assert labels(sent) == ["Begin", "Stop reminders"]
        await looks(bot)
    async with desk.bot() as bot:
        await looks(bot)
        assert len(desk.reminders()) == 1, "one a day, whoever restarts"
        for day in (1, 2, 3, 4):
            desk.now = NINE + day * DAY
            await looks(bot)
        assert len(desk.reminders()) == 2, "quiet after two"
        assert "there will be none until you have studied again" in desk.reminders()[1].text
        assert "Quiet after two reminders" in (await desk.plan()).text
        await review(bot.services.learning, desk.member, "gan", "first", EASY, "review:1")
        desk.now = NINE + 5 * DAY
        await discord.until(lambda: len(desk.reminders()) == 3, "they go on", LONG_S)
        assert "A streak of 1 day" in desk.reminders()[2].text
        await review(bot.services.learning, desk.member, "gan", "second", EASY, "review:2")
        desk.now = NINE + 6 * DAY - 2 * HOUR
        await review(bot.services.learning, desk.member, "gan", "in-words", EASY, "review:3")
        desk.now = NINE + 6 * DAY
        await looks(bot)
        assert len(desk.reminders()) == 3, "who has studied that day already is left alone"
    async with desk.bot() as bot:  # the buttons of a reminder of before the restart
        item = await desk.answer(await desk.press(desk.reminders()[2], "Begin"))
        assert "due ·" in item.text
        told = await desk.answer(await desk.press(desk.reminders()[0], "Stop reminders"))
        assert "No more reminders." in told.text
        desk.now = NINE + 8 * DAY
        await looks(bot)
        assert len(desk.reminders()) == 3
        # Asked for again on a day that had one, it waits for the next.
        assert await bot.services.store.reminders.get(desk.member) is None


async def test_a_reminder_that_was_claimed_before_a_kill_is_not_sent_twice(desk: Desk) -> None:
    async with desk.bot() as bot:
        await _reminded(desk, await desk.plan())
        async with asyncio.timeout(LONG_S):
            while await bot.services.store.reminders.get(desk.member) is None:
                await asyncio.sleep(0.02)
    # What a killed process leaves: the day is claimed, and nobody knows whether it was sent.
    async with await Store.open(f"sqlite+aiosqlite:///{desk.folder / 'epoch.db'}") as store:
        assert await store.reminders.claim(desk.member, date(2026, 11, 30), sent=NINE, unanswered=1)
        assert not await store.reminders.claim(desk.member, date(2026, 11, 30), sent=NINE, unanswered=1)
    desk.now = NINE + 60
    async with desk.bot() as bot:
        await looks(bot)
        assert not desk.reminders()
        desk.now = NINE + DAY
        await desk.discord.until(lambda: len(desk.reminders()) == 1, "the next day's", LONG_S)


async def test_closed_direct_messages_end_reminders_quietly_and_opening_them_begins_anew(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    async with desk.bot() as bot:
        shown = await desk.plan("zh-CN")
        opened = await desk.press(shown, "提醒我", "zh-CN")
        await desk.discord.submit_modal(opened, {"hour": "17点", "zone": "Asia/Shanghai"}, locale="zh-CN")
        await desk.changes(shown, "每天 17:00（Asia/Shanghai）私信提醒")
        closed = {"message": "Cannot send messages to this user", "code": 50007}
        fault = desk.discord.fail_next("POST", r"/channels/\d+/messages", 403, body=closed, times=99)
        desk.now = NINE + 60
        async with asyncio.timeout(LONG_S):
            while (kept := await bot.services.store.reminders.get(desk.member)) is None or kept.closed is None:
                await asyncio.sleep(0.02)
        assert kept.unanswered == 0
        desk.now = NINE + DAY
        await looks(bot)
        assert fault.times == 98, "it was tried once"
        fault.times = 0
        desk.discord.state.faults.clear()
        told = await desk.plan("zh-CN")
        assert "你不接收 Epoch 的私信" in told.text
        assert "不再提醒" not in labels(told)
        opened = await desk.press(told, "提醒我", "zh-CN")
        desk.now = NINE + 2 * DAY - HOUR
        await desk.discord.submit_modal(opened, {}, locale="zh-CN")
        await desk.changes(told, "每天 17:00（Asia/Shanghai）私信提醒")
        desk.now = NINE + 2 * DAY
        await desk.discord.until(lambda: desk.reminders("今天的复习"), "a reminder in Chinese", LONG_S)
    assert not [r for r in caplog.records if r.levelname == "ERROR"]


async def test_a_process_without_shard_0_reminds_nobody(desk: Desk) -> None:
    async with desk.bot() as bot:
        await _reminded(desk, await desk.plan())
        async with asyncio.timeout(LONG_S):
            while await bot.services.store.reminders.get(desk.member) is None:
                await asyncio.sleep(0.02)
    desk.now = NINE + 60
    guild = int(desk.discord.state.guild_id)
    theirs = (guild >> 22) % 3 or 1
    async with desk.bot(Shards((theirs,), 3)) as bot:
        assert not bot.services.reminders.begun
    async with desk.bot():
        await desk.discord.until(lambda: len(desk.reminders()) == 1, "shard 0's", LONG_S)


async def test_wrong_hours_and_zones_are_one_line_and_ask_for_nothing(desk: Desk) -> None:
    async with desk.bot() as bot:
        shown = await desk.plan()
        for hour, zone, said in (
            ("24", "UTC", "is no hour"), ("nine", "UTC", "is no hour"), ("", "UTC", "is no hour"),
            ("9", "Mars/Olympus", "There is no time zone"),
        ):  # fmt: skip
            opened = await desk.press(shown, "Remind me")
            sent = await desk.discord.submit_modal(opened, {"hour": hour, "zone": zone})
            await desk.discord.answer_to(sent, lambda m, said=said: said in m.text, timeout=LONG_S)  # type: ignore[misc]
        assert await bot.services.store.reminders.get(desk.member) is None
        assert (await bot.services.store.members.get(desk.member)).zone is None


def test_the_days_of_these_tests_are_what_they_say() -> None:
    assert datetime.fromtimestamp(EIGHT, UTC).weekday() == 0
    assert datetime.fromtimestamp(NINE + 20 * DAY, UTC).date() - timedelta(days=20) == date(2026, 11, 30)
