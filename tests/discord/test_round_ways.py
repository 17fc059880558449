"""Rounds that go another way: led by hand, until all is right, in a thread, in two languages, with long code."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.study.tutor import Tutor
from knowledge.bank.loader import load_bank
from runners.local import LocalRunner
from tests.bot.discord.ask.test_ask import Scripted
from tests.discord import payloads
from tests.discord.inside import bot_in
from tests.discord.server import LoopbackDiscord
from tests.discord.state import Message
from tests.discord.test_round_buttons import labels, lead
from tests.discord.test_rounds import LONG_S, QUICK, Table, becomes, discord, shows, wrong

__all__ = ["discord"]  # the fixture

BY_HAND = replace(QUICK, hurry_s=0.3)
PEOPLE = ("alice", "bob", "carla")


@pytest_asyncio.fixture
async def tutor() -> AsyncIterator[Tutor]:
    made = Tutor(load_bank(), Scripted(RuntimeError("nobody asks here")), LocalRunner())
    yield made
    await made.close()


async def opened(table: Table, **options: object) -> Message:
    """A round of three that has begun; its lobby."""
    lobby = await table.open(**options)
    await table.discord.until(lambda: "Join" in labels(lobby), "a lobby with buttons", LONG_S)
    for name in PEOPLE[1:]:
        await table.press(lobby, "Join", name)
    await table.press(lobby, "Start", "alice")
    return lobby


async def all_answer(table: Table, asked: Message, number: int) -> None:
    for name in PEOPLE:
        await table.press(asked, table.right(number), name)


async def test_a_round_led_by_hand_goes_on_by_its_host_alone_over_a_restart(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=BY_HAND) as bot:
        table = Table(discord, bot)
        lobby = await opened(table, rounds=2, seconds=90, kinds="choice", pace="host")
        assert "brings on each question with Next" in lobby.text
        first = await table.question(1)
        await all_answer(table, first, 1)
        await shows(first, "goes on with Next", discord)
        assert "<t:" not in first.text, "there is no countdown"
        (live,) = bot.services.rounds.live
        assert live.state.due is not None
        assert live.state.due - bot.services.rounds.steady() > 1_000, "and nothing comes by itself"
    async with bot_in(discord, tmp_path, tutor, rules=BY_HAND) as bot:
        table = Table(discord, bot)
        await becomes(lambda: bool(bot.services.rounds.live))
        assert "Only who started" in await table.control("next", "bob")
        assert await table.control("next", "alice") == "On to the next."
        second = await table.question(2)
        assert "still open" in await table.control("next", "alice")
        await all_answer(table, second, 2)
        await shows(second, "shows the results", discord)
        await lead(table, second, "Results", "alice")
        await table.message("🏆")
        await table.gone()


async def test_what_was_missed_comes_again_at_the_end_over_a_restart(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    rules = replace(QUICK, hurry_s=0.3, reveal_s=60)
    async with bot_in(discord, tmp_path, tutor, rules=rules) as bot:
        table = Table(discord, bot)
        await opened(table, rounds=2, seconds=90, kinds="choice", until_right=True)
        first = await table.question(1)
        (live,) = bot.services.rounds.live
        item = live.state.question.item
        await table.press(first, table.right(1), "alice")
        await table.press(first, wrong(table.right(1)), "bob")
        await table.press(first, table.right(1), "carla")
        await shows(first, "2 of 3 had it", discord)
        await lead(table, first, "Next", "alice")
        second = await table.question(2)
        await all_answer(table, second, 2)
        await shows(second, "What was missed comes again", discord)
        await lead(table, second, "Next", "alice")
        third = await table.question(3)
        assert "Question 3 of 3 · once more" in third.text
        await becomes(lambda: live.state.message is not None)
        await table.press(third, table.right(3), "bob")
    async with bot_in(discord, tmp_path, tutor, rules=rules) as bot:
        table = Table(discord, bot)
        (live,) = bot.services.rounds.live
        assert (live.state.number, live.state.question.item, live.state.planned) == (3, item, 2)
        await table.press(third, table.right(3), "alice")
        await table.press(third, table.right(3), "carla")
        await shows(third, "3 of 3 had it", discord)
        await lead(table, third, "Results", "alice")
        podium = await table.message("🏆")
        assert "Again with what we missed" not in labels(podium), "in the end nothing was"
        assert await bot.services.store.rounds.missed(live.id) == []
        await table.gone()


async def test_a_round_in_a_thread_leaves_its_channel_free_and_goes_on_there_after_a_restart(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=BY_HAND) as bot:
        table = Table(discord, bot)
        parent = discord.state.channel["id"]
        lobby = await opened(table, rounds=2, seconds=90, kinds="choice", pace="host", thread=True)
        assert f"<#{lobby.id}>" in lobby.text
        first = await table.question(1)
        assert (first.payload["channel_id"], lobby.payload["channel_id"]) == (lobby.id, parent)
        await shows(lobby, "It has begun", discord)
        await all_answer(table, first, 1)
        await shows(first, "3 of 3 had it", discord)
        (live,) = bot.services.rounds.live
        assert await bot.services.store.rounds.asked(int(parent)), "it counts as asked in the channel, too"
        other = await table.open(user="dave", kinds="choice")
        assert "1 joined: Dave" in other.text, "the channel is free for another round"
        assert await table.control("stop", "dave") == "Stopped."
        await becomes(lambda: len(bot.services.rounds.live) == 1)
    async with bot_in(discord, tmp_path, tutor, rules=BY_HAND) as bot:
        table = Table(discord, bot)
        await becomes(lambda: bool(bot.services.rounds.live))
        assert await table.control("next", "alice") == "On to the next.", "typed in the channel of the lobby"
        second = await table.question(2)
        assert second.payload["channel_id"] == lobby.id
        await all_answer(table, second, 2)
        await shows(second, "3 of 3 had it", discord)
        await lead(table, second, "Results", "alice")
        assert (await table.message("The round is over")).payload["channel_id"] == lobby.id
        await table.gone()
    discord.check()


@pytest.mark.parametrize(
    ("why", "says"), [("rights", "allow me Create Public Threads"), ("refused", "Discord opened no thread"),
                      ("within", "no thread within a thread")]
)  # fmt: skip
async def test_where_there_can_be_no_thread_the_round_is_in_the_channel_and_its_host_is_told(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str, says: str
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=BY_HAND) as bot:
        table = Table(discord, bot)
        if why == "rights":
            monkeypatch.setattr(payloads, "PERMISSIONS", payloads.PERMISSIONS & ~payloads.OPEN_THREADS)
        elif why == "refused":
            discord.fail_next("POST", r"/threads$", 403)
        else:
            ids = discord.state.ids
            inside = payloads.thread(ids.next(), discord.state.channel, "inside", discord.state.bot)
            discord.state.channels[inside["id"]] = discord.state.channel = inside
        lobby = await table.open(rounds=1, seconds=90, kinds="choice", thread=True)
        told = await table.message(says)
        assert told.ephemeral
        await discord.until(lambda: "Join" in labels(lobby), "a lobby with buttons", LONG_S)
        await table.press(lobby, "Start", "alice")
        asked = await table.question(1)
        assert asked.payload["channel_id"] == lobby.payload["channel_id"]


async def test_a_member_reads_the_question_in_their_own_language_and_answers_there(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=replace(QUICK, reveal_s=60)) as bot:
        table = Table(discord, bot)
        await opened(table, rounds=1, seconds=90, kinds="choice")
        asked = await table.question(1)
        (live,) = bot.services.rounds.live
        question = live.state.question
        pressed = await discord.click(asked, label="中文", user="bob", locale="zh-CN")
        alone = await discord.answer_to(pressed)
        assert alone.ephemeral
        topic = tutor.bank[question.topic]
        item: Any = next(item for item in topic.quiz if item.id == question.item)
        assert item.prompt["zh"] in alone.text
        right = next(
            option for option in item.options if option["en"] == question.options["ABCD".index(table.right(1))]
        )
        assert f"**{table.right(1)}** {right['zh']}" in alone.text, "the letters are the same"
        assert "✅" not in alone.text
        assert labels(alone) == ["A", "B", "C", "D"]
        assert "已记下" in await table.press(alone, table.right(1), "bob", locale="zh-CN")
        assert live.state.message == int(asked.id), "the round goes on under its own message"
        await table.press(asked, table.right(1), "alice")
        await table.press(asked, table.right(1), "carla")
        await shows(asked, "3 of 3 had it", discord)
        assert labels(asked)[:3] == ["Explain", "Quiz me on this later", "中文"]
        early = await discord.answer_to(await discord.click(of_number(asked, live.id, 2), label="中文", user="bob"))
        assert "This question is closed" in early.text, "the control: what was not asked is not told"
        assert item.why["zh"] not in alone.text
    async with bot_in(discord, tmp_path, tutor, rules=replace(QUICK, reveal_s=60)) as bot:
        table = Table(discord, bot)
        for over in (False, True):
            told = await discord.answer_to(await discord.click(asked, label="中文", user="bob", locale="zh-CN"))
            assert told.ephemeral
            assert f"✅ **{question.right[0]}** {right['zh']}" in told.text, "the letters are the same"
            assert item.why["zh"] in told.text
            assert labels(told) == ["看讲解", "以后再考我"]
            if not over:
                await lead(table, asked, "Results", "alice")
                await table.gone()


async def test_long_code_leaves_the_options_on_the_screen_and_is_whole_for_who_asks(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=replace(QUICK, reveal_s=60)) as bot:
        table = Table(discord, bot)
        lobby = await table.open(rounds=1, seconds=60, kinds="find_bug")
        assert "Questions about programs get more time" in lobby.text
        (live,) = bot.services.rounds.live
        (question,) = live.state.questions
        code = "\n".join(f"{n:>2}  value_{n} = {n}  # a line of an ordinary length" for n in range(1, 21))
        live.state = replace(live.state, questions=(replace(question, code=code, lines=(1,)),))
        await table.press(lobby, "Start", "alice")
        asked = await table.question(1)
        assert " 5  value_5" in asked.text
        assert "value_20" not in asked.text
        assert "15 lines more under **Whole code**" in asked.text
        assert live.state.until - live.state.opened == pytest.approx(150)
        whole = await discord.answer_to(await discord.click(asked, label="Whole code", user="bob"))
        assert whole.ephemeral
        assert code.splitlines()[-1] in whole.text
        assert labels(whole) == ["A", "B", "C", "D"]
        await table.press(whole, table.right(1), "alice")
        await shows(asked, "1 of 1 had it", discord)
        assert "value_20" in asked.text, "with its answer it is whole"


def of_number(message: Message, round_id: int, number: int) -> Message:
    """A message with the button of another question of the round."""
    button = {"type": 2, "style": 2, "label": "中文", "id": 1, "custom_id": f"epoch:alone:{round_id}:{number}:zh"}
    return Message({**message.payload, "components": [button]})


async def test_a_server_may_give_its_questions_more_time(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        await bot.services.servers.change(int(discord.state.guild_id), round_time=2.0)
        table = Table(discord, bot)
        lobby = await table.open(rounds=1, seconds=40, kinds="choice")
        assert "80 s each" in lobby.text
        await table.press(lobby, "Start", "alice")
        await table.question(1)
        (live,) = bot.services.rounds.live
        await becomes(lambda: live.state.awaits is None)
        assert live.state.until - live.state.opened == pytest.approx(80)


@pytest.mark.parametrize(("pause", "edits"), [(3_600.0, 0), (0.0, 2)])
async def test_how_many_have_answered_is_drawn_with_restraint(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pause: float, edits: int
) -> None:
    monkeypatch.setattr("bot.discord.quiz.live_round._TALLY_S", pause)
    monkeypatch.setattr("bot.discord.quiz.live_round._OFF_S", 1e9)  # on a slow machine the countdown is drawn anew, too
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        await opened(table, rounds=1, seconds=90, kinds="choice")
        asked = await table.question(1)
        for count, name in enumerate(PEOPLE[:2], 1):
            await table.press(asked, table.right(1), name)
            if edits:
                await shows(asked, f"{count} of 3 answered", discord)
        path = f"/messages/{asked.id}"
        drawn = [request for request in discord.requests if request.method == "PATCH" and request.path.endswith(path)]
        assert len(drawn) == edits
        await table.press(asked, table.right(1), "carla")
        await shows(asked, "3 of 3 had it", discord)
