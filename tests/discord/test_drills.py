"""A drill over the loopback Discord, with the real bot, judge, wall and database: written, uploaded, over a restart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.discord.client import EpochBot
from bot.discord.ui.items import mark_of
from bot.study.tutor import Tutor
from knowledge.bank.models import Lang
from tests.bot.study.drills.samples import DRILL, NAIVE, SOLUTION, WRONG_AXIS
from tests.bot.world import make_tutor
from tests.discord.inside import bot_in
from tests.discord.server import LoopbackDiscord
from tests.discord.state import Interaction, Message

LOCALES: dict[Lang, str] = {"zh": "zh-CN", "en": "en-US"}
MARK = mark_of(DRILL.name)
WRITE, UPLOAD = f"epoch:drillwrite:gan:{MARK}:numpy", f"epoch:drillup:gan:{MARK}:numpy"
TESTS, GIVE, END = (f"epoch:{name}:gan:{MARK}:numpy" for name in ("drilltest", "drillgive", "drillend"))
JUDGED_S = 60.0


@pytest_asyncio.fixture
async def tutor() -> AsyncIterator[Tutor]:
    made = make_tutor()
    yield made
    await made.close()


@pytest_asyncio.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord(ack_limit_s=20.0) as server:
        yield server


class Learner:
    """One member at a drill, in one language."""

    def __init__(self, discord: LoopbackDiscord, lang: Lang) -> None:
        self.discord, self.lang, self.locale = discord, lang, LOCALES[lang]

    async def begin(self, **options: str) -> Message:
        message = await self.discord.answer_to(await self.discord.slash("drill", options, locale=self.locale))
        assert message.ephemeral
        return message

    async def press(self, message: Message, custom_id: str) -> Interaction:
        return await self.discord.click(message, custom_id, locale=self.locale)

    async def told(self, sent: Interaction) -> Message:
        """Return what comes of it; nobody else sees it."""
        found = await self.discord.answer_to(sent, lambda message: bool(message.text), timeout=JUDGED_S)
        assert found.ephemeral
        return found

    async def write(self, message: Message, code: str) -> Message:
        form = await self.press(message, WRITE)
        return await self.told(await self.discord.submit_modal(form, {"code": code}, locale=self.locale))

    async def upload(self, message: Message, name: str, content: bytes) -> Message:
        form = await self.press(message, UPLOAD)
        files = {"file": {name: content}}
        return await self.told(await self.discord.submit_modal(form, {}, files=files, locale=self.locale))

    async def log(self, bot: EpochBot) -> list[tuple[str, int]]:
        entries = await bot.services.store.reviews.log(int(self.discord.state.user("learner").id))
        return [(item, grade) for _, item, grade, _ in entries]


async def free(discord: LoopbackDiscord, bot: EpochBot) -> None:
    await bot.services.servers.change(int(discord.state.guild_id), run_cooldown_s=0)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_an_answer_is_judged_behind_the_wall_kept_over_a_restart_and_counted_once(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path, lang: Lang
) -> None:
    learner = Learner(discord, lang)
    async with bot_in(discord, tmp_path, tutor) as bot:
        await free(discord, bot)
        typed = {"zh": "手撕", "en": "stable"}[lang]
        offered = await discord.autocomplete("drill", "topic", typed, locale=learner.locale)
        assert offered[0]["value"] == DRILL.id
        assert DRILL.meta.title[lang] in offered[0]["name"]
        message = await learner.begin(topic=DRILL.id)
        wrong = await learner.write(message, WRONG_AXIS)
        assert DRILL.meta.mistakes["wrong-axis"][lang] in wrong.text
        assert f"✅ {DRILL.meta.checks['shape'][lang]}" in wrong.text
        assert f"❌ {DRILL.meta.checks['values'][lang]}" in wrong.text
        naive = await learner.upload(wrong if UPLOAD in _ids(wrong) else message, "answer.py", NAIVE.encode())
        assert DRILL.meta.mistakes["no-shift"][lang] in naive.text
        form = await learner.press(naive, WRITE)
        modal = await discord.until(lambda: form.modal, "the form")
        assert "exps = np.exp(shifted)" in str(modal), "the form has what was uploaded"
        assert await learner.log(bot) == []
    async with bot_in(discord, tmp_path, tutor) as bot:  # the form was opened before
        again = await learner.told(await learner.press(naive, TESTS))
        assert DRILL.meta.mistakes["no-shift"][lang] in again.text
        passed = await learner.told(await discord.submit_modal(form, {"code": SOLUTION}, locale=learner.locale))
        assert passed.text.count("✅") >= len(DRILL.meta.checks)
        assert await learner.log(bot) == [(DRILL.item, 2)], "it took four tries"


@pytest.mark.timeout(300)
async def test_hostile_code_gains_nothing_and_pings_nobody(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    learner = Learner(discord, "en")
    prints = 'print("```\\n@everyone <@1> \\x1b[31mred")\n'
    exits = SOLUTION.replace("    shifted", "    import os; os._exit(0)\n    shifted")
    async with bot_in(discord, tmp_path, tutor) as bot:
        await free(discord, bot)
        message = await learner.begin(topic="gan")
        loud = await learner.write(message, prints + WRONG_AXIS)
        assert "red" in loud.text
        assert "@everyone" not in loud.text
        assert "<@1>" not in loud.text
        ended = await learner.write(message, exits)
        assert "not allowed" in ended.text
        used = await learner.write(message, "from scipy.special import softmax\n")
        assert "scipy.special.softmax" in used.text
        assert await learner.log(bot) == []
        right = await learner.write(message, SOLUTION)
        assert "All checks passed" in right.text, "the same way in lets an honest answer through"


@pytest.mark.timeout(300)
async def test_a_file_that_is_none_of_use_is_refused_in_words(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    learner = Learner(discord, "en")
    async with bot_in(discord, tmp_path, tutor) as bot:
        await free(discord, bot)
        message = await learner.begin(topic="gan")
        assert "no .py file" in (await learner.upload(message, "answer.txt", SOLUTION.encode())).text
        assert "64 KB" in (await learner.upload(message, "answer.py", b"#" * 70_000)).text
        assert "UTF-8" in (await learner.upload(message, "answer.py", b"\xff\xfe\x00x")).text
        assert "no Python code" in (await learner.upload(message, "answer.py", b"  \n")).text
        assert await bot.services.store.drills.all(int(discord.state.user("learner").id)) == {}
        long = SOLUTION + "# so long\n" * 500
        assert "All checks passed" in (await learner.upload(message, "answer.PY", long.encode())).text


@pytest.mark.timeout(300)
async def test_giving_up_shows_the_solution_and_all_is_exported_and_forgotten(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    learner = Learner(discord, "en")
    async with bot_in(discord, tmp_path, tutor) as bot:
        await free(discord, bot)
        message = await learner.begin(topic="gan")
        asked = await learner.told(await learner.press(message, GIVE))
        await learner.press(asked, END)
        await discord.until(lambda: "```py" in asked.text, "the solution")
        assert "exps.sum" in asked.text
        member = int(discord.state.user("learner").id)
        assert await learner.log(bot) == [(DRILL.item, 1)]
        assert set(await bot.services.store.members.export(member)) >= {"drill_attempts", "reviews", "cards"}
        await bot.services.forget_member(member, bot.services.clock())
        assert await bot.services.store.members.export(member) == {}


@pytest.mark.timeout(300)
async def test_code_in_a_message_is_checked_for_the_member_alone(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    learner = Learner(discord, "zh")
    async with bot_in(discord, tmp_path, tutor) as bot:
        await free(discord, bot)
        posted = await discord.say(f"看看这个\n```python\n{WRONG_AXIS}```", user="bob")
        told = await learner.told(await discord.message_menu("Check as drill", posted, locale="zh-CN"))
        assert DRILL.meta.mistakes["wrong-axis"]["zh"] in told.text


def _ids(message: Message) -> set[str]:
    return {str(part.get("custom_id")) for part in message.components}
