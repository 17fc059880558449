"""Rounds that wait, for their host or in a pause, in a thread: killed wherever they wait, they go on."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.store.store import Store
from tests.discord.crowd import START_S, quizbot
from tests.discord.server import LoopbackDiscord
from tests.discord.state import Message
from tests.discord.test_round_buttons import labels

PEOPLE = ("alice", "bob", "carla")
LONG_S = 120.0


@pytest_asyncio.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    # A bot that was killed acknowledges nothing; how soon a living one does is measured elsewhere.
    async with LoopbackDiscord(ack_limit_s=900) as server:
        yield server


async def answered(discord: LoopbackDiscord, asked: Message, letter: str, user: str) -> None:
    reply = await discord.answer_to(await discord.click(asked, label=letter, user=user), timeout=LONG_S)
    assert "is noted" in reply.text


async def has(discord: LoopbackDiscord, message: Message, label: str) -> None:
    await discord.until(lambda: label in labels(message), f"{label!r} under {message}", LONG_S)


async def question(discord: LoopbackDiscord, number: int) -> Message:
    def is_open(message: Message) -> bool:
        ids = [str(c.get("custom_id", "")) for c in message.components]
        return any(re.fullmatch(rf"epoch:answer:\d+:{number}:A", each) for each in ids)

    return await discord.wait_for_message(is_open, LONG_S)


async def test_killed_in_a_pause_in_a_discussion_and_in_a_question_a_round_in_a_thread_goes_on(
    discord: LoopbackDiscord, tmp_path: Path, url: str
) -> None:
    options = {"kinds": "choice", "rounds": 2, "seconds": 120, "pace": "host", "thread": True}
    async with quizbot(discord, tmp_path, url) as bot:
        opening = await discord.slash("quiz start", options, user="alice")
        lobby = await discord.answer_to(opening, lambda m: "Join" in labels(m), timeout=START_S)
        for name in PEOPLE[1:]:
            await discord.answer_to(await discord.click(lobby, label="Join", user=name), timeout=LONG_S)
        await discord.click(lobby, label="Start", user="alice")
        first = await question(discord, 1)
        await answered(discord, first, "A", "bob")
        await discord.click(first, label="Pause", user="alice")
        await has(discord, first, "Resume")
        await bot.kill()
    async with quizbot(discord, tmp_path, url) as bot:
        await discord.click(first, label="Resume", user="alice")
        await has(discord, first, "Pause")
        await answered(discord, first, "A", "alice")
        await answered(discord, first, "B", "carla")
        await has(discord, first, "Next")
        await bot.kill()
    async with quizbot(discord, tmp_path, url) as bot:
        await discord.click(first, label="Next", user="alice")
        second = await question(discord, 2)
        await answered(discord, second, "A", "alice")
        await answered(discord, second, "B", "bob")
        await bot.kill()
    async with quizbot(discord, tmp_path, url):
        await answered(discord, second, "C", "carla")
        await has(discord, second, "Results")
        await discord.click(second, label="Results", user="alice")
        podium = await discord.wait_for_message(lambda m: "The round is over" in m.text, LONG_S)
    assert {m.payload["channel_id"] for m in (first, second, podium)} == {lobby.id}, "all of it is in the thread"
    asked = [m for m in discord.messages if "Question" in m.text and not m.ephemeral]
    assert asked == [first, second], "nothing is posted twice"
    async with await Store.open(url) as store:
        saved = await store.rounds.get(1)
        assert saved is not None
        kept = {(given.number, given.final) for given in saved.answers}
        assert kept == {(1, "A"), (1, "B"), (2, "A"), (2, "B"), (2, "C")}
        assert len(saved.answers) == 6
        assert (saved.channel_id, saved.parent_id) == (int(lobby.id), int(lobby.payload["channel_id"]))
