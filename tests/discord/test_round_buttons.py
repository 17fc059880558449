"""Rounds led and used by thumb: the buttons under questions and answers, for those who may press them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
import pytest_asyncio

from bot.study.tutor import Tutor
from knowledge.bank.loader import load_bank
from knowledge.bank.models import Lang
from knowledge.search.retriever import Reply
from knowledge.search.terms import UnitRef
from runners.local import LocalRunner
from tests.bot.discord.ask.test_ask import Scripted
from tests.discord.inside import bot_in
from tests.discord.server import LoopbackDiscord
from tests.discord.state import Message
from tests.discord.test_rounds import LONG_S, QUICK, Table, becomes, discord, shows, wrong

__all__ = ["discord"]  # the fixture

#: Long enough for a machine that is ten times slower to press what stands under an answer.
READ = replace(QUICK, reveal_s=90, hurry_s=0.3)
BANK = load_bank()


class Explaining(Scripted):
    """A retriever for which every item is explained by the last unit of its page, surely or not."""

    sure = True

    def ask_many(
        self,
        questions: Sequence[str],
        langs: Sequence[Lang | None] | None = None,
        about: Sequence[str | None] | None = None,
        topics: frozenset[str] | None = None,
    ) -> list[Reply]:
        outcome: Literal["answer", "clarify"] = "answer" if self.sure else "clarify"
        last = BANK["gan"].units["en"][-1]
        return [Reply(outcome, "gan", last.section, 0.5, "en", (), unit=last.id) for _ in questions]

    def unit_within(self, texts: Sequence[str], topic: str) -> UnitRef | None:
        units = BANK[topic].units["en"]
        return UnitRef(topic, units[-1].section, units[-1].id) if units else None


@pytest_asyncio.fixture
async def tutor() -> AsyncIterator[Tutor]:
    made = Tutor(BANK, Explaining(RuntimeError("nobody asks here")), LocalRunner())
    yield made
    await made.close()


def labels(message: Message) -> list[str]:
    """The buttons of a message, in order."""
    return [str(c["label"]) for c in message.components if c.get("type") == 2]


async def lead(table: Table, message: Message, label: str, user: str) -> str:
    """Press a button that leads the round; return what only the member is told, if anything."""
    pressed = await table.discord.click(message, label=label, user=user)
    await table.discord.acknowledged(pressed)
    if pressed.ack_kind == 6:
        return ""
    return (await table.discord.answer_to(pressed)).text


async def refused(table: Table, message: Message, label: str, user: str) -> str:
    """Press a button that does nothing for this member; return what they are told."""
    before = len(table.discord.messages)
    await table.discord.click(message, label=label, user=user)
    said = await table.discord.until(
        lambda: next((m for m in table.discord.messages[before:] if m.ephemeral and m.text), None), "a refusal", LONG_S
    )
    assert isinstance(said, Message)
    return said.text


async def test_a_round_of_three_is_led_by_buttons_alone(discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=READ) as bot:
        table = Table(discord, bot)
        lobby = await table.open(rounds=3, seconds=90, kinds="choice")
        for name in ("bob", "carla"):
            await table.press(lobby, "Join", name)
        await table.press(lobby, "Start", "alice")
        asked = await table.question(1)
        assert labels(asked) == ["A", "B", "C", "D", "Skip", "Pause", "Stop", "中文"]
        assert "0 of 3 answered" in asked.text
        right = table.right(1)
        await table.press(asked, right, "alice")
        await table.press(asked, wrong(right), "bob")
        await shows(asked, "2 of 3 answered", discord)
        assert "Only who started" in await refused(table, asked, "Skip", "bob")
        assert await lead(table, asked, "Pause", "alice") == ""
        await shows(asked, "⏸️ Paused", discord)
        assert labels(asked)[4:] == ["Skip", "Resume", "Stop", "中文"]
        assert await lead(table, asked, "Resume", "alice") == ""
        await shows(asked, "closes <t:", discord)
        await table.press(asked, right, "carla")
        await shows(asked, "2 of 3 had it", discord)
        assert labels(asked) == ["Explain", "Quiz me on this later", "中文", "Next", "Discuss", "Stop"]
        assert await lead(table, asked, "Discuss", "alice") == ""
        await shows(asked, "⏸️ Paused", discord)
        assert "Only who started" in await refused(table, asked, "Next", "carla")
        assert await lead(table, asked, "Next", "alice") == ""
        second = await table.question(2)
        await discord.until(lambda: "Next" not in labels(asked), "buttons that are gone", LONG_S)
        assert labels(asked) == ["Explain", "Quiz me on this later", "中文"], "these stay"
        await lead(table, second, "Skip", "alice")
        await shows(second, "it counts for nobody", discord)
        await lead(table, second, "Next", "alice")
        third = await table.question(3)
        for name in ("alice", "bob", "carla"):
            await table.press(third, table.right(3), name)
        await shows(third, "3 of 3 had it", discord)
        assert labels(third)[3:] == ["Results", "Discuss", "Stop"]
        await lead(table, third, "Results", "alice")
        podium = await table.message("🏆")
        assert {*re.findall(r"\*\*(\w+)\*\*: [\d,]+ points", podium.text)} == {"Alice", "Bob", "Carla"}
        await table.gone()
        await discord.until(lambda: "Results" not in labels(third), "buttons that are gone", LONG_S)


async def test_stop_is_asked_first_and_only_of_who_may(discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=READ) as bot:
        table = Table(discord, bot)
        lobby = await table.open(rounds=2, seconds=90, kinds="choice")
        await table.press(lobby, "Join", "bob")
        await table.press(lobby, "Start", "alice")
        asked = await table.question(1)
        assert "Only who started" in await lead(table, asked, "Stop", "bob")
        discord.state.user("boss", manager=True)
        pressed = await discord.click(asked, label="Stop", user="boss")
        question = await discord.answer_to(pressed)
        assert question.ephemeral
        assert "Stop the whole round?" in question.text
        assert bot.services.rounds.live, "nothing has ended yet"
        await discord.click(question, label="Stop the round", user="boss")
        await shows(question, "Stopped.", discord)
        await table.message("The round was stopped")
        await table.gone()
        assert labels(asked) == ["Explain", "Quiz me on this later", "中文"]


async def test_an_answer_is_explained_and_kept_for_later_by_whoever_wants(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=READ) as bot:
        table = Table(discord, bot)
        lobby = await table.open(rounds=1, seconds=90, kinds="choice")
        await table.press(lobby, "Start", "alice")
        asked = await table.question(1)
        (live,) = bot.services.rounds.live
        item = live.state.question.item
        await table.press(asked, table.right(1), "alice")
        await shows(asked, "1 of 1 had it", discord)
        unit = BANK["gan"].units["en"][-1]
        explained = await discord.answer_to(await discord.click(asked, label="Explain", user="dave"))
        assert explained.ephemeral
        assert unit.text.strip()[:40].strip("* ") in explained.text
        chinese = await discord.answer_to(await discord.click(asked, label="Explain", user="eve", locale="zh-CN"))
        assert chinese.ephemeral
        monkeypatch.setattr(Explaining, "sure", False)
        unsure = await discord.answer_to(await discord.click(asked, label="Explain", user="fay"))
        why = next(each for each in BANK["gan"].quiz if each.id == item).sheet(BANK["gan"], "en").why
        assert why
        assert why.strip()[:30] in unsure.text
        assert "No part of the page is about just this question" in unsure.text
        assert unit.text.strip()[:40].strip("* ") not in unsure.text
        reviews = bot.services.store.reviews
        members = {name: int(discord.state.user(name).id) for name in ("alice", "carla")}
        assert await reviews.card(members["carla"], "gan", item) is None
        assert "`/review` will ask you" in await table.press(asked, "Quiz me on this later", "carla")
        card = await reviews.card(members["carla"], "gan", item)
        assert card is not None
        assert await reviews.log(members["carla"]) == [], "it is no answer"
        assert (await bot.services.learning.next(members["carla"])) is not None
        assert await bot.services.learning.is_due(members["carla"], "gan", item)
        counted = await reviews.card(members["alice"], "gan", item)
        assert counted is not None
        assert not await bot.services.learning.is_due(members["alice"], "gan", item)
        await table.press(asked, "Quiz me on this later", "alice")
        forward = await reviews.card(members["alice"], "gan", item)
        assert forward is not None
        assert (forward.state, forward.due < counted.due) == (counted.state, True)
        await table.press(asked, "Quiz me on this later", "alice")
        assert await reviews.card(members["alice"], "gan", item) == forward, "pressed again, it changes nothing"
        assert len(await reviews.log(members["alice"])) == 1


async def test_buttons_work_after_a_restart_in_the_middle_of_a_discussion(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=READ) as bot:
        table = Table(discord, bot)
        lobby = await table.open(rounds=2, seconds=90, kinds="choice")
        await table.press(lobby, "Start", "alice")
        asked = await table.question(1)
        await table.press(asked, table.right(1), "alice")
        await shows(asked, "1 of 1 had it", discord)
        await lead(table, asked, "Discuss", "alice")
        await shows(asked, "⏸️ Paused", discord)
    async with bot_in(discord, tmp_path, tutor, rules=READ) as bot:
        table = Table(discord, bot)
        (live,) = bot.services.rounds.live
        await becomes(lambda: live.state.paused_at is not None)
        assert await lead(table, asked, "Next", "alice") == ""
        second = await table.question(2)
        assert "The round has gone on" in await refused(table, stale(asked, live.id), "Next", "alice")
        await table.press(second, table.right(2), "alice")
        await shows(second, "1 of 1 had it", discord)


def stale(message: Message, round_id: int) -> Message:
    """A message as someone still sees it who has not heard that the round has gone on."""
    button = {"type": 2, "style": 1, "label": "Next", "id": 1, "custom_id": f"epoch:lead:{round_id}:1:next"}
    return Message({**message.payload, "components": [button]})
