"""Where a message would be the end, over the wire: ways on, what is missing told, answers saved, shared and linked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.discord.client import EpochBot
from bot.store.saved import MOST
from bot.study.learning import GivenAnswer
from bot.study.schedule import EASY
from bot.study.shown import PagePlace
from bot.study.tutor import Tutor
from tests.bot.study.drills.samples import DRILL
from tests.bot.world import bank, make_tutor
from tests.discord.inside import bot_in
from tests.discord.server import LoopbackDiscord
from tests.discord.state import Interaction, Message

pytestmark = [pytest.mark.timeout(900)]
LONG_S = 120.0
UNKNOWN = "how do I bake sourdough bread at home"


@pytest_asyncio.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord(ack_limit_s=60) as server:
        yield server


@pytest_asyncio.fixture
async def tutor() -> AsyncIterator[Tutor]:
    made = make_tutor()
    yield made
    await made.close()


async def shown(discord: LoopbackDiscord, done: Interaction) -> Message:
    return await discord.answer_to(done, lambda message: bool(message.text), timeout=LONG_S)


async def turned(discord: LoopbackDiscord, message: Message, text: str) -> None:
    await discord.until(lambda: text in message.text, text, LONG_S)


def labels(message: Message) -> list[str]:
    return [str(part.get("label")) for part in message.components if part["type"] == 2]


def control(message: Message, prefix: str) -> str:
    return next(
        str(part["custom_id"]) for part in message.components if str(part.get("custom_id", "")).startswith(prefix)
    )


def values(message: Message, prefix: str) -> list[str]:
    return [option["value"] for option in message.component(custom_id=control(message, prefix))["options"]]


async def know_everything(bot: EpochBot, member: int) -> None:
    """Answer every item and every drill so well that nothing of it is due."""
    keys = [(t.slug, item.id) for t in bank().topics.values() for item in t.quiz]
    keys += [(drill.topic, drill.item) for t in bank().topics.values() for drill in t.drills]
    await bot.services.learning.record([GivenAnswer(member, *key, EASY, f"test:{key}") for key in keys])


async def test_nothing_left_to_review_leads_to_the_weakest_topic_an_interview_and_the_drills(
    discord: LoopbackDiscord, tmp_path: Path, tutor: Tutor
) -> None:
    async with bot_in(discord, tmp_path, tutor) as bot:
        begun = await shown(discord, await discord.slash("review"))
        assert "Interview" not in labels(begun), "the control: there is something to review"
        await know_everything(bot, int(discord.state.user("learner").id))
        done = await shown(discord, await discord.slash("review"))
        assert "Nothing left to review" in done.text
        assert labels(done) == ["Practise Generative adversarial networks", "Interview", "Drills"]
        item = await shown(discord, await discord.click(done, label="Practise"))
        assert item.ephemeral
        assert "Item " in item.text
        asked = await shown(discord, await discord.click(done, label="Interview"))
        assert asked.ephemeral
        assert "Mock interview" in asked.text
        assert "Softmax" in str((await shown(discord, await discord.click(done, label="Drills"))).components).title()


async def test_progress_and_a_server_without_a_daily_question_lead_to_a_question(
    discord: LoopbackDiscord, tmp_path: Path, tutor: Tutor
) -> None:
    async with bot_in(discord, tmp_path, tutor) as bot:
        empty = await shown(discord, await discord.slash("progress"))
        assert labels(empty) == ["A question", "Interview", "Drills"]
        assert "Item " in (await shown(discord, await discord.click(empty, label="A question"))).text
        await know_everything(bot, int(discord.state.user("learner").id))
        full = await shown(discord, await discord.slash("progress", locale="zh-CN"))
        assert labels(full) == ["练生成对抗网络", "去复习"]
        item = await shown(discord, await discord.click(full, label="练", locale="zh-CN"))
        assert "题目 " in item.text
        reviewed = await shown(discord, await discord.click(full, label="去复习", locale="zh-CN"))
        assert "现在没有要复习的" in reviewed.text
        none = await shown(discord, await discord.slash("daily"))
        assert "no daily question" in none.text
        assert "Item " in (await shown(discord, await discord.click(none, label="A question now"))).text


async def test_a_question_without_an_answer_leads_to_what_there_is_and_to_the_host(
    discord: LoopbackDiscord, tmp_path: Path, tutor: Tutor
) -> None:
    async with bot_in(discord, tmp_path, tutor) as bot:
        declined = await shown(discord, await discord.slash("ask", {"question": UNKNOWN}))
        assert labels(declined)[-2:] == ["What it covers", "Tell the host"]
        covered = await shown(discord, await discord.click(declined, label="What it covers", user="bob"))
        assert covered.ephemeral
        assert "The bank's topics: 4" in covered.text
        found = values(covered, "epoch:coveredin")
        await discord.select(covered, control(covered, "epoch:coveredin"), [found[0]], user="bob")
        await turned(discord, covered, "-# Answer")
        form = await discord.click(declined, label="Tell the host", user="bob")
        sent = await discord.submit_modal(form, {"note": "Bread, chapter 1"})
        told = await shown(discord, sent)
        assert told.ephemeral
        assert "is open: a reviewer writes and checks it" in told.text
        (draft,) = await bot.services.store.drafts.all()
        assert draft.question == UNKNOWN, "the form was filled with it"
        assert draft.note == "Bread, chapter 1"
        assert draft.owner_id == int(discord.state.user("bob").id)
        direct = await shown(discord, await discord.slash("ask", {"question": UNKNOWN}, dm=True))
        assert labels(direct)[-1] == "What it covers", "the control: a direct message has no host"
        answered = await shown(discord, await discord.slash("ask", {"question": "what is mode collapse"}))
        assert "What it covers" not in labels(answered)


async def test_what_was_asked_by_mention_is_told_to_the_host_after_a_restart(
    discord: LoopbackDiscord, tmp_path: Path, tutor: Tutor
) -> None:
    async with bot_in(discord, tmp_path, tutor):
        await discord.mention(f"{UNKNOWN} <@1234>")
        declined = await discord.wait_for_message(lambda m: "Tell the host" in str(m.components), LONG_S)
    async with bot_in(discord, tmp_path, tutor) as bot:
        form = await discord.click(declined, label="Tell the host")
        await shown(discord, await discord.submit_modal(form, {}))
        (draft,) = await bot.services.store.drafts.all()
        assert draft.question == UNKNOWN


async def test_a_run_that_failed_says_what_helps_and_its_button_stands_out(
    discord: LoopbackDiscord, tmp_path: Path, tutor: Tutor
) -> None:
    async with bot_in(discord, tmp_path, tutor) as bot:
        await bot.services.servers.change(int(discord.state.guild_id), run_cooldown_s=0)
        for example, primary, says in (("broken", "Edit", "*Edit* lets you mend it"), ("main", "Again", "Finished")):
            ran = await discord.slash("run", {"topic": "gan", "example": example})
            over = await discord.answer_to(ran, lambda m: "Again" in labels(m), timeout=LONG_S)
            assert says in over.text
            assert [part["label"] for part in over.components if part.get("style") == 1] == [primary]
            assert ("lets you mend it" in over.text) == (example == "broken")


async def test_an_answer_is_saved_listed_opened_and_removed_also_after_a_restart(
    discord: LoopbackDiscord, tmp_path: Path, tutor: Tutor
) -> None:
    async with bot_in(discord, tmp_path, tutor) as bot:
        assert "Nothing yet" in (await shown(discord, await discord.slash("saved"))).text
        answer = await shown(discord, await discord.slash("ask", {"question": "what is mode collapse"}))
        save = next(value for value in values(answer, "epoch:rest") if value.startswith("epoch:save:"))
        kept = await shown(discord, await discord.select(answer, "epoch:rest", [save]))
        assert kept.ephemeral
        assert "`/saved` lists it" in kept.text
        again = await shown(discord, await discord.select(answer, "epoch:rest", [save]))
        assert "saved already" in again.text
        exported = await bot.services.store.members.export(int(discord.state.user("learner").id))
        assert [row["topic"] for row in exported["saved"]] == ["gan"]
    async with bot_in(discord, tmp_path, tutor) as bot:
        member = int(discord.state.user("learner").id)
        listed = await shown(discord, await discord.slash("saved"))
        assert listed.ephemeral
        assert "Saved: 1; page 1 of 1" in listed.text
        assert "Nothing yet" in (await shown(discord, await discord.slash("saved", user="bob"))).text
        (place,) = values(listed, "epoch:saved:open")
        opened = await shown(discord, await discord.select(listed, "epoch:saved:open:0", [place]))
        assert opened.ephemeral
        assert "### Generative adversarial networks (GAN)\n-# Answer" in opened.text
        await discord.select(listed, "epoch:saved:remove:0", [place])
        await turned(discord, listed, "Removed.")
        assert "Nothing yet" in listed.text
        store = bot.services.store.saved
        for number in range(MOST):
            assert await store.add(member, PagePlace(f"topic-{number}", "en", "how"), number) == "done"
        full = await shown(discord, await discord.select(answer, "epoch:rest", [save]))
        assert "Your list is full (200 at most)" in full.text
        many = await shown(discord, await discord.slash("saved"))
        assert "page 1 of 20" in many.text
        assert "This has left the bank" in many.text
        await discord.click(many, label="Older")
        await turned(discord, many, "page 2 of 20")
        assert await bot.services.store.members.forget(member) >= MOST
        assert await store.of(member) == []


async def test_a_private_page_is_shared_under_its_members_name_where_they_may(
    discord: LoopbackDiscord, tmp_path: Path, tutor: Tutor
) -> None:
    async with bot_in(discord, tmp_path, tutor) as bot:
        answer = await shown(discord, await discord.slash("ask", {"question": "what is mode collapse"}))
        assert not any("share" in value for value in values(answer, "epoch:rest")), "all see it already"
        page = await shown(discord, await discord.click(answer, label="Go on", user="@everyone *eve*"))
        assert labels(page) == ["Run", "Quiz", "Go on"]
        share = next(value for value in values(page, "epoch:rest") if value.startswith("epoch:share:"))
        shared = await shown(discord, await discord.select(page, "epoch:rest", [share], user="@everyone *eve*"))
        assert not shared.ephemeral
        assert "📣 shared by @\u200bEveryone \\*Eve\\*" in shared.text
        assert "-# How it works" in shared.text
        assert shared.payload.get("mention_everyone") is not True
        guild_id = int(discord.state.guild_id)
        await bot.services.servers.change(guild_id, channels=(12,))
        refused = await shown(discord, await discord.select(page, "epoch:rest", [share], user="@everyone *eve*"))
        assert refused.ephemeral
        assert "share here: <#12>" in refused.text


async def test_a_link_to_a_place_opens_that_place(discord: LoopbackDiscord, tmp_path: Path, tutor: Tutor) -> None:
    async with bot_in(discord, tmp_path, tutor):
        answer = await shown(discord, await discord.slash("ask", {"question": "what is mode collapse"}))
        link = next(value for value in values(answer, "epoch:rest") if value.startswith("epoch:link:"))
        told = await shown(discord, await discord.select(answer, "epoch:rest", [link]))
        assert told.ephemeral
        assert "gan#answer" in told.text
        assert f"/{answer.id})" in told.text
        opened = await shown(discord, await discord.slash("ask", {"question": "GAN#how "}, locale="zh-CN"))
        assert "### 生成对抗网络（GAN）\n-# 原理" in opened.text
        assert "no part called" not in opened.text, "the control: that part is there"
        gone = await shown(discord, await discord.slash("ask", {"question": "gan#no-such-unit"}, locale="zh-CN"))
        assert "没有“no-such-unit”这一段" in gone.text
        assert "### 生成对抗网络（GAN）\n-# 回答" in gone.text, "the topic is there, in the member's language"


@pytest.mark.parametrize(
    ("typed", "says", "button"),
    [
        ("手撕 softmax", "代码要自己写", "数值稳定的 softmax"),
        ("write softmax by hand", "You write it by yourself", "A stable softmax"),
        ("手撕代码题", "手写题都在这里", "手写题"),
        ("give me a coding drill on flux capacitors", "No drill is called “flux capacitors”", "A stable softmax"),
    ],
)
async def test_a_drill_is_asked_for_in_words(
    discord: LoopbackDiscord, tmp_path: Path, tutor: Tutor, typed: str, says: str, button: str
) -> None:
    async with bot_in(discord, tmp_path, tutor):
        offered = await shown(discord, await discord.slash("ask", {"question": typed}))
        assert says in offered.text
        assert button in labels(offered)
        mentioned = await discord.mention(typed)
        reply = await discord.wait_for_message(
            lambda m: says in m.text and (m.payload.get("message_reference") or {}).get("message_id") == mentioned.id,
            LONG_S,
        )
        opened = await shown(discord, await discord.click(reply, label=button))
        assert opened.ephemeral
        assert DRILL.meta.title["en"] in str(opened.components)
        other = await shown(discord, await discord.slash("ask", {"question": "why does softmax overflow"}))
        assert "You write it by yourself" not in other.text, "the control: a question is a question"
