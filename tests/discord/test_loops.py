"""A whole interview over the loopback Discord, from its start to its report, over restarts and a kill."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.discord.client import EpochBot
from bot.settings import Settings
from bot.store.store import Store
from bot.study.loops.machine import Loop, Part
from bot.study.tutor import Tutor
from knowledge.bank.loader import load_bank
from knowledge.bank.models import Lang
from knowledge.grading.grader import Grader
from knowledge.grading.grades import MAX_CHARS
from knowledge.search.encoder_choice import open_encoder
from runners.local import LocalRunner
from tests.bot.discord.ask.test_ask import Scripted
from tests.discord.crowd import quizbot
from tests.discord.inside import bot_in
from tests.discord.process import build_cache
from tests.discord.server import LoopbackDiscord
from tests.discord.state import Message

BANK = load_bank()
LOCALES: dict[Lang, str] = {"zh": "zh-CN", "en": "en-US"}
WORDS: dict[Lang, dict[str, str]] = {
    "zh": {"report": "面试报告", "pause": "已暂停", "first": "第一次面这个岗位", "since": "用时 ",
           "part": "第 {}/8 部分"},
    "en": {"report": "What came of it", "pause": "Paused", "first": "your first for this role", "since": "time ",
           "part": "part {} of 8"},
}  # fmt: skip
LEAD: dict[Lang, str] = {"zh": "我认为：", "en": "I would say: "}
LONG_S = 300.0


@pytest.fixture(scope="module")
def grader() -> Grader:
    return Grader(BANK, open_encoder())


@pytest_asyncio.fixture
async def tutor(grader: Grader) -> AsyncIterator[Tutor]:
    made = Tutor(BANK, Scripted(RuntimeError("nobody asks here")), LocalRunner(), grader=grader)
    yield made
    await made.close()


@pytest_asyncio.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord(ack_limit_s=900) as server:
        yield server


class Candidate:
    """One member's interview."""

    def __init__(self, discord: LoopbackDiscord, lang: Lang) -> None:
        self.discord, self.lang, self.locale = discord, lang, LOCALES[lang]
        self.user = f"candidate-{lang}"

    @property
    def id(self) -> int:
        return int(self.discord.state.user(self.user).id)

    async def command(self, **options: object) -> Message:
        asked = await self.discord.slash("loop", options, user=self.user, locale=self.locale)  # type: ignore[arg-type]
        message = await self.discord.answer_to(asked, lambda found: bool(found.text), timeout=LONG_S)
        assert message.ephemeral
        return message

    def ids(self, message: Message) -> list[str]:
        return [str(part["custom_id"]) for part in message.components if part.get("custom_id")]

    async def press(self, message: Message, begins: str) -> None:
        """Press a button and wait until the message shows what came of it."""
        edits = len(message.edited_at)
        await self.discord.click(message, self.one(message, begins), user=self.user, locale=self.locale)
        await self.discord.until(lambda: len(message.edited_at) > edits, f"what comes of {begins}", LONG_S)

    def one(self, message: Message, begins: str) -> str:
        return next(each for each in self.ids(message) if re.match(begins, each))

    async def say(self, message: Message, text: str) -> None:
        edits = len(message.edited_at)
        opening = self.one(message, "epoch:loopanswer")
        form = await self.discord.click(message, opening, user=self.user, locale=self.locale)
        await self.discord.submit_modal(form, {"answer": text}, locale=self.locale)
        await self.discord.until(lambda: len(message.edited_at) > edits, "the next part", LONG_S)


async def now(store: Store, who: int) -> Loop:
    loop = await store.loops.live(who)
    assert loop is not None
    return loop


async def part_of(bot: EpochBot, who: int) -> tuple[int, Part]:
    loop = await now(bot.services.store, who)
    assert loop.part is not None
    return loop.at, loop.part


def said(part: Part, lang: Lang) -> str:
    return LEAD[lang] + BANK[part.topic].meta.key_points[part.points[0]][lang]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_a_whole_interview_over_restarts_ends_with_a_report_in_words_and_as_a_picture(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path, lang: Lang
) -> None:
    who, words = Candidate(discord, lang), WORDS[lang]
    async with bot_in(discord, tmp_path, tutor) as bot:
        offered = await discord.autocomplete("loop", "role", {"zh": "视觉", "en": "vision"}[lang], locale=who.locale)
        assert [each["value"] for each in offered] == ["cv"]
        assert offered[0]["name"] == {"zh": "计算机视觉", "en": "Computer vision"}[lang]
        message = await who.command(role="cv", minutes=30)
        assert words["part"].format(1) in message.text
        _, part = await part_of(bot, who.id)
        assert BANK[part.topic].meta.key_points[part.points[0]][lang][:40] not in message.text
        form = await discord.click(message, who.one(message, "epoch:loopanswer"), user=who.user, locale=who.locale)
        await discord.until(lambda: form.modal, "the form", LONG_S)
    async with bot_in(discord, tmp_path, tutor) as bot:  # the form was opened before
        edits = len(message.edited_at)
        await discord.submit_modal(form, {"answer": said(part, lang)}, locale=who.locale)
        await discord.until(lambda: len(message.edited_at) > edits, "the follow-up", LONG_S)
        number, following = await part_of(bot, who.id)
        assert (number, following.kind, following.topic) == (1, "follow_up", part.topic)
        assert set(following.points) - {part.points[0]}, "it asks for a point that was not made"
        assert "✅" not in message.text, "nothing is marked before the end"
        assert "⬜" not in message.text
        ((topic, item, _, _),) = await bot.services.store.reviews.log(who.id)
        assert (topic, item) == (part.topic, part.item)
        await who.press(message, r"epoch:loopmove:\d+:1:pause")
        assert words["pause"] in message.text
    async with bot_in(discord, tmp_path, tutor) as bot:
        message = await who.command()  # without a role: the one that goes on
        assert words["part"].format(2) in message.text
        await who.say(message, f"{said(following, lang)} @everyone ```")
        await who.press(message, r"epoch:loopmove:\d+:2:skip")  # the follow-up is left out with it
        number, part = await part_of(bot, who.id)
        assert number == 4
        await who.say(message, said(part, lang))
        while (await part_of(bot, who.id))[1].kind == "follow_up":
            await who.press(message, r"epoch:loopmove:\d+:\d+:skip")
        _, bug = await part_of(bot, who.id)
        assert bug.kind == "bug"
        assert bug.question is not None
        right = bug.question["right"][0]
        assert str(bug.question["why"]) not in message.text
        await who.press(message, rf"epoch:loopguess:\d+:6:{right}")
        assert (await part_of(bot, who.id))[1].kind == "drill"
        assert any(each.startswith("epoch:drillwrite:") for each in who.ids(message))
        await who.press(message, r"epoch:loopmove:\d+:7:done")
        assert words["report"] in message.text
        assert words["first"] in message.text
        assert message.files["interview.png"].startswith(b"\x89PNG")
        assert await bot.services.store.loops.live(who.id) is None
        log = await bot.services.store.reviews.log(who.id)
        assert (bug.topic, bug.item) in [(topic, item) for topic, item, _, _ in log]
        picking = await discord.select(message, who.one(message, "epoch:looppart"), ["0"], user=who.user)
        shown = await discord.answer_to(picking, lambda found: bool(found.text), timeout=LONG_S)
        assert shown.ephemeral
        points = re.search(r"(\d+)/(\d+)", shown.text)
        assert points is not None
        made, asked = map(int, points.groups())
        assert asked > 0
        assert (shown.text.count("✅"), shown.text.count("⬜")) == (made, asked - made)
        old = await who.command()  # nothing goes on: roles to choose from, and the way to the last report
        await who.press(old, r"epoch:loopmove:\d+:\d+:report")
        assert words["report"] in old.text
        again = await who.command(role="cv", minutes=15)
        await who.press(again, r"epoch:loopmove:\d+:0:finish")
        assert words["since"] in again.text
        assert words["first"] not in again.text


async def test_presses_that_come_late_from_others_or_with_nothing_in_them_change_nothing(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    who = Candidate(discord, "en")
    async with bot_in(discord, tmp_path, tutor) as bot:
        told = await discord.slash("loop", {"role": "astronaut"}, user=who.user)
        unknown = await discord.answer_to(told, lambda found: bool(found.text), timeout=LONG_S)
        assert "No role is called “astronaut”" in unknown.text
        message = await who.command(role="llm", minutes=20)
        form = await discord.click(message, who.one(message, "epoch:loopanswer"), user=who.user)
        refused = await discord.submit_modal(form, {"answer": "x" * (MAX_CHARS + 1)})
        said_no = await discord.answer_to(refused, lambda found: "characters" in found.text, timeout=LONG_S)
        assert "4,000 characters at most" in said_no.text
        number, part = await part_of(bot, who.id)
        assert (number, part.answer) == (0, None), "it is still asked, and its clock runs"
        assert (await now(bot.services.store, who.id)).shown is not None
        skip = who.one(message, r"epoch:loopmove:\d+:0:skip")
        stranger = await discord.click(message, skip, user="stranger")
        gone = await discord.answer_to(stranger, lambda found: "not there" in found.text, timeout=LONG_S)
        assert "not there any more" in gone.text
        assert (await part_of(bot, who.id))[0] == 0
        await who.say(message, said(part, "en"))
        assert (await part_of(bot, who.id))[0] == 1
        edits = len(message.edited_at)
        late = await discord.submit_modal(form, {"answer": "something else"})  # the first form, sent once more
        await discord.until(lambda: len(message.edited_at) > edits, "where it stands", LONG_S)
        assert late is not None
        assert (await part_of(bot, who.id))[0] == 1
        assert len(await bot.services.store.reviews.log(who.id)) == 1
        other = await who.command(role="ds")
        assert "You have one going on" in other.text
        await who.press(other, "epoch:loopanew")
        assert (await now(bot.services.store, who.id)).role == "ds"
        assert await bot.services.learning.forget(who.id, bot.services.clock()) > 0
        assert await bot.services.store.loops.live(who.id) is None


@pytest.mark.timeout(900)
async def test_an_answer_outlives_a_bot_that_was_killed_and_counts_once(
    discord: LoopbackDiscord, tmp_path: Path
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'epoch.db'}"
    who = Candidate(discord, "en")
    cache = Settings(_env_file=None).cache_dir  # type: ignore[call-arg]  # the index that all tests share
    build_cache(cache)
    async with quizbot(discord, tmp_path, url, EPOCH_CACHE_DIR=str(cache)) as bot:
        message = await who.command(role="mle", minutes=30)
        async with await Store.open(url) as store:
            part = (await now(store, who.id)).parts[0]
        form = await discord.click(message, who.one(message, "epoch:loopanswer"), user=who.user)
        await discord.submit_modal(form, {"answer": said(part, "en")})
        async with await Store.open(url) as store:
            for _ in range(600):
                kept = (await now(store, who.id)).parts[0].answer
                if kept is not None:
                    break
                await asyncio.sleep(0.1)
        assert kept == said(part, "en")
        await bot.kill()  # judged or not: nobody can tell
    async with quizbot(discord, tmp_path, url, EPOCH_CACHE_DIR=str(cache)) as bot:
        back = await who.command()
        assert "part 2 of 8" in back.text or "part 3 of 8" in back.text
        await who.press(back, r"epoch:loopmove:\d+:\d+:finish")
        assert "What came of it" in back.text
        await bot.kill()
    async with await Store.open(url) as store:
        assert [(topic, item) for topic, item, _, _ in await store.reviews.log(who.id)] == [(part.topic, part.item)]
        last = await store.loops.last(who.id)
        assert last is not None
        assert part.points[0] in last.parts[0].made


def test_a_picture_is_one_that_a_phone_shows() -> None:
    from PIL import Image

    from bot.discord.loop.picture import WIDTH, report_png
    from bot.study.loops.report import report
    from tests.bot.study.loops.samples import loop

    for lang in LOCALES:
        png = report_png(report(loop(lang), loop(lang)), BANK, "NLP", lang)
        with Image.open(io.BytesIO(png)) as picture:
            assert picture.width == WIDTH
            assert picture.height < 2 * WIDTH
