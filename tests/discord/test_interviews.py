"""A mock interview over the loopback Discord, with the real bot, bank, grader and database, over a restart."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.discord.client import EpochBot
from bot.study.tutor import Tutor
from knowledge.bank.kinds import Open
from knowledge.bank.loader import load_bank
from knowledge.bank.models import Lang
from knowledge.grading.grader import Grader
from knowledge.grading.grades import MAX_CHARS
from knowledge.search.encoder_choice import open_encoder
from runners.local import LocalRunner
from tests.bot.discord.ask.test_ask import Scripted
from tests.discord.inside import bot_in
from tests.discord.server import LoopbackDiscord
from tests.discord.state import Interaction, Message

BANK = load_bank()
LEAD: dict[Lang, str] = {"zh": "我先想一想。", "en": "Let me think. "}
LOCALES: dict[Lang, str] = {"zh": "zh-CN", "en": "en-US"}
BUTTONS: dict[Lang, tuple[str, ...]] = {
    "zh": ("回答", "再答一次", "回答追问", "看讲解", "换一题"),
    "en": ("Answer", "Answer again", "Follow up", "Open the explanation", "Another question"),
}


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
    async with LoopbackDiscord() as server:
        yield server


class Talk:
    """One member's interview."""

    def __init__(self, discord: LoopbackDiscord, lang: Lang) -> None:
        self.discord, self.lang = discord, lang
        self.locale, self.user = LOCALES[lang], f"learner-{lang}"

    async def begin(self, **options: str) -> Message:
        asked = await self.discord.slash("interview", options, user=self.user, locale=self.locale)
        message = await self.discord.answer_to(asked)
        assert message.ephemeral
        return message

    async def press(self, message: Message, label: str) -> Interaction:
        button = next(c["custom_id"] for c in message.components if c["type"] == 2 and c.get("label") == label)
        pressed = await self.discord.click(message, button, user=self.user, locale=self.locale)
        assert await self.discord.acknowledged(pressed) < 3.0
        return pressed

    async def submit(self, form: Interaction, message: Message, text: str) -> Message:
        edits = len(message.edited_at)
        sent = await self.discord.submit_modal(form, {"answer": text}, locale=self.locale)
        assert await self.discord.acknowledged(sent) < 3.0

        def said() -> Message | None:
            others = [reply for reply in sent.replies if reply is not message]
            return others[0] if others else message if len(message.edited_at) > edits else None

        return await self.discord.until(said, "what the answer is worth", 30.0)

    async def log(self, bot: EpochBot) -> list[tuple[str, str, int, float]]:
        return await bot.services.store.reviews.log(int(self.discord.state.user(self.user).id))


def one_point(message: Message, lang: Lang) -> str:
    """Return an answer that makes the first point of the question asked, as the bank has it, and no other."""
    items = [item for item in BANK["lstm"].quiz if isinstance(item, Open) and item.prompt[lang] in message.text]
    return LEAD[lang] + BANK["lstm"].meta.key_points[items[0].points[0]][lang]


def marks(message: Message) -> list[str]:
    return [line[0] for line in message.text.splitlines() if line[:1] in tuple("✅🟡⬜")]


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_an_interview_is_judged_counted_and_goes_on_over_a_restart(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path, lang: Lang
) -> None:
    talk = Talk(discord, lang)
    answer, again, follow_up, explain, another = BUTTONS[lang]
    async with bot_in(discord, tmp_path, tutor) as bot:
        offered = await discord.autocomplete("interview", "topic", "lstm", locale=talk.locale)
        assert offered[0] == {"name": BANK["lstm"].title[lang], "value": "lstm", **_rest(offered[0])}
        message = await talk.begin(topic="lstm")
        ids = [str(part["custom_id"]) for part in message.components if part.get("custom_id")]
        points = BANK["lstm"].meta.key_points
        assert not any(point[lang][:12] in message.text for point in points), "nothing is told before the answer"
        assert all(re.fullmatch(r"epoch:(interview|another):lstm:[0-9a-f]{8}:(zh|en)(:[0-9a-f]+)?", i) for i in ids)
        said = one_point(message, lang)
        form = await talk.press(message, answer)
        assert await talk.log(bot) == []
    async with bot_in(discord, tmp_path, tutor) as bot:  # the form was opened before
        assert await talk.submit(form, message, said) is message
        assert marks(message)[0] == "✅"
        assert "⬜" in marks(message)
        ((topic, item, grade, _),) = await talk.log(bot)
        assert topic == "lstm"
        open_item = next(each for each in BANK["lstm"].quiz if each.id == item)
        assert open_item.kind == "open"
        assert len(marks(message)) == len(open_item.points)
        assert BANK["lstm"].sections[lang]["answer"][:20] in message.text
    async with bot_in(discord, tmp_path, tutor) as bot:
        await talk.submit(await talk.press(message, again), message, f"{said} @everyone ```")
        assert [entry[2] for entry in await talk.log(bot)] == [grade], "the first answer is the one that counts"
        page = await discord.answer_to(await talk.press(message, explain))
        assert page.ephemeral
        assert BANK["lstm"].sections[lang]["answer"][:20] in page.text
        await talk.submit(await talk.press(message, follow_up), message, "<@1> [a](http://b) " * 200)
        assert marks(message) == []
        assert "<@1>" not in message.text
        before = message.text
        await talk.press(message, another)
        await discord.until(lambda: message.text != before, "another question")
        assert [part["label"] for part in message.components if part["type"] == 2] == [answer, another]


def _rest(choice: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in choice.items() if name not in ("name", "value")}


async def test_the_longest_answer_is_judged_and_a_longer_one_refused_in_words(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    talk = Talk(discord, "en")
    async with bot_in(discord, tmp_path, tutor) as bot:
        message = await talk.begin(topic="lstm")
        form = await talk.press(message, "Answer")
        said = await talk.submit(form, message, "x" * (MAX_CHARS + 1))  # no client sends that, but anyone may
        assert "4,000 characters at most" in said.text
        assert said.ephemeral
        assert await talk.log(bot) == []
        long = (one_point(message, "en") + " 门控😀 ") * 40
        await talk.submit(form, message, long[:MAX_CHARS])
        assert "✅" in marks(message)
        assert len(await talk.log(bot)) == 1


async def test_twenty_members_answer_at_once_and_each_is_counted_once(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    async with bot_in(discord, tmp_path, tutor) as bot:
        talks = [Talk(discord, "en") for _ in range(20)]
        asked = []
        for number, talk in enumerate(talks):
            talk.user = f"learner-{number}"
            message = await talk.begin(topic="lstm")
            asked.append((talk, message, one_point(message, "en"), await talk.press(message, "Answer")))
        for *_, said, form in asked:
            await discord.submit_modal(form, {"answer": said})
            await discord.submit_modal(form, {"answer": said})  # as a client does that got no reply
        for talk, message, *_ in asked:
            await discord.until(lambda m=message: len(m.edited_at) >= 3, "both answers", 60.0)  # type: ignore[misc]
            assert len(await talk.log(bot)) == 1
            assert marks(message)[0] == "✅"
