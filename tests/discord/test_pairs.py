"""One member interviews another over the loopback Discord: consent, marks, a written answer, restarts, the report."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.discord.client import EpochBot
from bot.study import pairs
from bot.study.pairs import Pair
from bot.study.tutor import Tutor
from knowledge.bank.loader import load_bank
from knowledge.bank.models import InWords, Lang
from knowledge.grading.grader import Grader
from knowledge.search.encoder_choice import open_encoder
from runners.local import LocalRunner
from tests.bot.discord.ask.test_ask import Scripted
from tests.discord.inside import bot_in
from tests.discord.server import LoopbackDiscord
from tests.discord.state import Interaction, Message

BANK = load_bank()
LOCALES: dict[Lang, str] = {"zh": "zh-CN", "en": "en-US"}
WORDS: dict[Lang, dict[str, str]] = {
    "zh": {"accept": "接受", "end": "结束", "report": "报告", "answer": "写下回答（候选人）", "over": "结束了",
           "sheet": "题目和要点（面试官）", "differ": "看法相反", "aloud": "回答是口头的", "yours": "他们两个的",
           "candidate": "只有候选人可以分享", "not_now": "现在做不了这一步", "unbegun": "没有开始",
           "share": "分享报告", "kept": "回答收下了", "epoch": "面试官没有打勾", "comment": "写评语"},
    "en": {"accept": "Accept", "end": "End", "report": "Report", "answer": "Answer in writing (candidate)",
           "over": "it is over", "sheet": "Question and points (interviewer)", "differ": "contradict each other at",
           "aloud": "It was answered aloud", "yours": "is theirs", "candidate": "Only the candidate may share",
           "not_now": "cannot be done now", "unbegun": "did not begin", "share": "Share the report",
           "kept": "Your answer is kept", "epoch": "the interviewer ticked none", "comment": "Comment"},
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


class Two:
    """Ann, who asks, and Bob, who answers, in one language."""

    def __init__(self, discord: LoopbackDiscord, lang: Lang) -> None:
        self.discord, self.lang, self.words = discord, lang, WORDS[lang]
        self.ann, self.bob = (int(discord.state.user(name).id) for name in ("ann", "bob"))

    async def begin(self, topic: str = "gan") -> Message:
        options = {"member": str(self.bob), "topic": topic}
        asked = await self.discord.slash("pair", options, user="ann", locale=LOCALES[self.lang])
        return await self.told(asked)

    async def press(self, message: Message, what: str, user: str) -> Interaction:
        return await self.discord.click(message, label=self.words[what], user=user, locale=LOCALES[self.lang])

    async def told(self, sent: Interaction, has: str = "") -> Message:
        return await self.discord.answer_to(sent, lambda found: bool(found.text) and has in found.text, timeout=LONG_S)

    async def turns(self, hub: Message, what: str, user: str) -> None:
        """Press a button of the message that all see, and wait until it shows what came of it."""
        edits = len(hub.edited_at)
        await self.press(hub, what, user)
        await self.discord.until(lambda: len(hub.edited_at) > edits, f"what comes of {what}", LONG_S)

    async def write(self, message: Message, what: str, text: str, user: str) -> Interaction:
        form = await self.press(message, what, user)
        await self.discord.until(lambda: form.modal, "the form", LONG_S)
        return await self.discord.submit_modal(form, {"text": text}, locale=LOCALES[self.lang])


async def kept(bot: EpochBot) -> Pair:
    pair = await bot.services.store.pairs.get(1)
    assert pair is not None
    return pair


def points(pair: Pair) -> tuple[int, ...]:
    item = next(each for each in BANK[pair.topic].quiz if each.id == pair.item)
    assert isinstance(item, InWords)
    return tuple(item.points)


def public(discord: LoopbackDiscord) -> str:
    return "\n".join(message.text for message in discord.messages if not message.ephemeral)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_two_members_see_both_opinions_at_the_end_over_restarts_and_others_nothing(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path, lang: Lang
) -> None:
    two, words = Two(discord, lang), WORDS[lang]
    async with bot_in(discord, tmp_path, tutor) as bot:
        hub = await two.begin()
        assert not hub.ephemeral
        early = await two.told(await two.press(hub, "accept", "ann"), words["not_now"])  # consent is the candidate's
        assert early.ephemeral
        assert (await kept(bot)).phase == "asked"
        await two.turns(hub, "accept", "bob")
        pair = await kept(bot)
        said, *rest = (BANK[pair.topic].meta.key_points[point][lang] for point in points(pair))
        assert rest, "a question of one point would show nothing here"
    async with bot_in(discord, tmp_path, tutor) as bot:
        sheet = await two.told(await two.press(hub, "sheet", "ann"))
        assert sheet.ephemeral
        assert said[:20] in sheet.text
        prying = await two.told(await two.press(hub, "sheet", "bob"))
        assert words["not_now"] in prying.text
        assert said[:20] not in prying.text
        stranger = await two.told(await two.press(hub, "end", "eve"), words["yours"])
        assert stranger.ephemeral
        menu = next(str(each["custom_id"]) for each in sheet.components if "pairpoints" in str(each.get("custom_id")))
        edits = len(sheet.edited_at)
        await discord.select(sheet, menu, [str(points(pair)[1])], user="ann")  # Bob will make the first one
        await discord.until(lambda: len(sheet.edited_at) > edits, "the sheet with its tick", LONG_S)
        edits = len(sheet.edited_at)
        await two.write(sheet, "comment", "@everyone **slow**, but clear", "ann")
        await discord.until(lambda: len(sheet.edited_at) > edits, "the sheet with its comment", LONG_S)
        form = await two.press(hub, "answer", "bob")
        await discord.until(lambda: form.modal, "the form", LONG_S)
        assert said not in str(form.modal)
    async with bot_in(discord, tmp_path, tutor) as bot:  # the form was opened before
        told = await two.told(await discord.submit_modal(form, {"text": LEAD[lang] + said}, locale=LOCALES[lang]))
        assert told.ephemeral
        assert words["kept"] in told.text
        assert "✅" not in told.text, "nothing is marked before the end"
        pair = await kept(bot)
        assert pair.candidate is not None
        assert points(pair)[0] in (pair.candidate.points or ())
        # As a bot leaves it that is killed once the answer is kept, and before it is judged.
        text = pair.candidate.text
        unjudged = await bot.services.store.pairs.move(1, lambda before: pairs.answer(before, two.bob, text))
        assert unjudged is not None
        assert unjudged.candidate is not None
        assert unjudged.candidate.points is None
        await two.turns(hub, "end", "bob")
        assert words["over"] in hub.text
    async with bot_in(discord, tmp_path, tutor) as bot:
        reports = {user: await two.told(await two.press(hub, "report", user)) for user in ("ann", "bob")}
        for report in reports.values():
            assert report.ephemeral
            assert words["differ"] in report.text
            assert re.search(r"^⬜✅ ⚡ ", report.text, re.MULTILINE), "Ann did not tick what Epoch has found"
            assert re.search(r"^✅[⬜🟡]", report.text, re.MULTILINE), "Ann ticked what was not said"
            assert "@everyone" not in report.text
            assert "**slow**" not in report.text
        assert words["share"] not in str(reports["ann"].components)
        seen = public(discord)
        assert said[:20] not in seen
        assert "slow" not in seen
        assert await bot.services.store.reviews.log(two.bob) == [], "it counts for nobody's reviews"
        shared = await two.told(await two.press(reports["bob"], "share", "bob"))
        assert not shared.ephemeral
        assert words["differ"] in shared.text
        assert await bot.services.learning.forget(two.ann, bot.services.clock()) == 1
        left = await two.told(await two.press(hub, "report", "bob"))
        assert words["epoch"] in left.text
        assert "slow" not in left.text
        gone = await two.told(await two.press(hub, "report", "ann"))
        assert words["yours"] in gone.text


@pytest.mark.timeout(300)
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_what_cannot_be_is_said_in_words_and_an_answer_aloud_has_one_opinion(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path, lang: Lang
) -> None:
    two, words = Two(discord, lang), WORDS[lang]
    async with bot_in(discord, tmp_path, tutor) as bot:
        for options in ({"member": str(two.ann)}, {"member": str(two.bob), "topic": "no such thing"}):
            refused = await two.told(await discord.slash("pair", options, user="ann", locale=LOCALES[lang]))
            assert refused.text
            assert not re.search(r"epoch:pair:\d", str(refused.components))
        declined = await two.begin()
        await discord.click(declined, "epoch:pair:1:decline", user="bob", locale=LOCALES[lang])
        await discord.until(lambda: words["unbegun"] in declined.text, "that it did not begin", LONG_S)
        hub = await two.begin()
        await two.turns(hub, "accept", "bob")
        empty = await two.told(await two.write(hub, "answer", "?!", "bob"))
        assert words["kept"] not in empty.text
        assert any("epoch:retype" in str(each.get("custom_id")) for each in empty.components), "it is not lost"
        sheet = await two.told(await two.press(hub, "sheet", "ann"))
        menu = next(str(each["custom_id"]) for each in sheet.components if "pairpoints" in str(each.get("custom_id")))
        edits = len(sheet.edited_at)
        await discord.select(sheet, menu, [], user="ann")
        await discord.until(lambda: len(sheet.edited_at) > edits, "the sheet without a tick", LONG_S)
        await two.turns(hub, "end", "ann")
        report = await two.told(await two.press(hub, "report", "ann"))
        assert words["aloud"] in report.text
        late = await discord.select(sheet, menu, [], user="ann")
        assert late is not None
        again = await bot.services.store.pairs.get(2)
        assert again is not None
        assert again.phase == "over"
