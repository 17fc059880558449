"""What a plan and a session of reviewing must hold when the bot is killed: nothing lost, nothing counted twice."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from bot.store.store import Store
from bot.study.schedule import in_steps
from tests.discord.crowd import quizbot
from tests.discord.server import LoopbackDiscord
from tests.discord.state import Message

LONG_S = 180.0


@pytest_asyncio.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord(ack_limit_s=900) as server:  # a bot that was killed acknowledges nothing
        yield server


def labels(message: Message) -> list[str]:
    return [str(part["label"]) for part in message.components if part.get("custom_id")]


def graded(message: Message) -> bool:
    return any(label.startswith("Again") for label in labels(message))


async def becomes(discord: LoopbackDiscord, what: str, true: Callable[[], bool]) -> None:
    await discord.until(true, what, LONG_S)


async def grade(discord: LoopbackDiscord, item: Message, name: str) -> None:
    """Give a grade to what is told, and wait for what comes next."""
    before = item.text
    await discord.click(item, label=next(label for label in labels(item) if label.startswith(name)))
    await becomes(discord, "what comes next", lambda: item.text != before and not graded(item))


@pytest.mark.timeout(900)
async def test_a_plan_and_what_was_missed_in_it_outlive_a_bot_that_was_killed_between_any_two_steps(
    discord: LoopbackDiscord, tmp_path: Path
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'epoch.db'}"
    async with quizbot(discord, tmp_path, url) as bot:
        shown = await discord.answer_to(
            await discord.slash("plan", {"date": "20d", "minutes": 3}), lambda m: not m.loading, timeout=LONG_S
        )
        listed = shown.text
        item = await discord.answer_to(
            await discord.click(shown, label="Begin"), lambda m: not m.loading, timeout=LONG_S
        )
        await bot.kill()  # while an item is shown
    async with quizbot(discord, tmp_path, url) as bot:
        await discord.click(item, label=labels(item)[0])
        await becomes(discord, "the grades", lambda: graded(item))
        await bot.kill()  # while its answer is shown
    async with quizbot(discord, tmp_path, url) as bot:
        await grade(discord, item, "Again")
        await bot.kill()  # once it was missed
    async with await Store.open(url) as store:
        member = int(discord.state.user("learner").id)
        ((topic, missed, rating, _),) = await store.reviews.log(member)
        assert rating == 1
    async with quizbot(discord, tmp_path, url) as bot:
        for _ in range(20):
            if "Today's plan is done" in item.text:
                break
            again = "you missed this one" in item.text
            await discord.click(item, label=labels(item)[0])
            await becomes(discord, "the grades", lambda: graded(item))
            await grade(discord, item, "Good" if again else "Easy")
        assert "Today's plan is done" in item.text
        after = await discord.answer_to(await discord.slash("plan"), lambda m: not m.loading, timeout=LONG_S)
        assert "Today's list is done" in after.text
        titles = re.findall(r"^\d+\. \*\*(.+?)\*\*", listed, re.MULTILINE)
        assert titles
        assert re.findall(r"^\d+\. ✅ (.+?) ·", after.text, re.MULTILINE) == titles, "the list of before"
        await bot.kill()
    async with await Store.open(url) as store:
        log = await store.reviews.log(member)
        assert len({entry[:2] for entry in log}) == len(log), "each item is one review, though one came twice"
        card = await store.reviews.card(member, topic, missed)
        assert card is not None
        assert not in_steps(card.state)
