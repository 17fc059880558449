"""What a round must hold: nothing lost or counted twice when it is killed, nor when two hundred answer at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
import pytest_asyncio

from bot.store.store import Store
from tests.discord.crowd import Crowd, open_question, opened, quizbot
from tests.discord.server import LoopbackDiscord

PLAYERS = 200


@pytest_asyncio.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    # A bot that was killed acknowledges nothing; how soon a living one does is measured elsewhere.
    async with LoopbackDiscord(ack_limit_s=900) as server:
        yield server


async def is_right(url: str, crowd: Crowd, discord: LoopbackDiscord) -> int:
    """Hold what was kept against what was confirmed; return how many answers were kept."""
    names = {int(person.id): name for name, person in discord.state.people.items()}
    kept: dict[tuple[int, int, str], str] = {}
    async with await Store.open(url) as store:
        assert await store.rounds.live() == [], "every round came to its end"
        table = {row.member_id: row for row in await store.scores.table(int(discord.state.guild_id), limit=1_000)}
        points: Counter[int] = Counter()
        for round_id in sorted({round_id for round_id, _, _ in crowd.confirmed}):
            saved = await store.rounds.get(round_id)
            assert saved is not None
            for given in saved.answers:
                kept[round_id, given.number, names[given.member_id]] = given.final
                right = given.final in saved.questions[given.number - 1].content["right"]
                assert given.points is not None
                assert given.correct == right
                assert (given.points > 0) == right
                points[given.member_id] += given.points
    lost = {key: letter for key, letter in crowd.confirmed.items() if kept.get(key) != letter}
    assert lost == {}, "every confirmed answer is kept as it was confirmed"
    assert {member: row.points for member, row in table.items() if row.points} == {m: p for m, p in points.items() if p}
    return len(kept)


async def killed_at_random(discord: LoopbackDiscord, folder: Path, url: str, kills: int, seed: int) -> None:
    rng = Random(seed)
    crowd = Crowd(discord, [f"player{number}" for number in range(6)], rng)
    playing: asyncio.Task[None] | None = None
    try:
        for _ in range(kills):
            async with quizbot(discord, folder, url) as bot:
                if playing is None:
                    playing = asyncio.create_task(crowd.play())
                if not going_on(discord):
                    await opened(discord, crowd.names[0], rounds=8, seconds=30)
                await asyncio.sleep(rng.uniform(0.0, 3.0))
                await bot.kill()
        async with quizbot(discord, folder, url):
            await is_over(discord, url)
    finally:
        if playing is not None:
            playing.cancel()
            with suppress(asyncio.CancelledError):
                await playing
    assert await is_right(url, crowd, discord) > 0
    titles = Counter(m.payload.get("nonce") for m in discord.messages if not m.ephemeral and m.payload.get("nonce"))
    assert set(titles.values()) == {1}, "nothing is posted twice"


async def is_over(discord: LoopbackDiscord, url: str) -> None:
    """Wait until the round has its podium and its scores are kept."""
    await discord.until(lambda: not going_on(discord), "end of the round", 240.0)
    async with asyncio.timeout(30), await Store.open(url) as store:
        while await store.rounds.live():
            await asyncio.sleep(0.1)


def going_on(discord: LoopbackDiscord) -> bool:
    """Whether the last lobby or question has not come to a podium."""
    shown = [m for m in discord.messages if not m.ephemeral]
    begun = [m for m in shown if "Quiz · questions: " in m.text]
    ended = [m for m in shown if "🏆" in m.text]
    return len(begun) > len(ended)


async def test_a_round_killed_at_random_moments_loses_nothing_and_goes_on(
    discord: LoopbackDiscord, tmp_path: Path, url: str
) -> None:
    await killed_at_random(discord, tmp_path, url, kills=5, seed=7)


@pytest.mark.slow
async def test_fifty_kills_lose_nothing(discord: LoopbackDiscord, tmp_path: Path, url: str) -> None:
    await killed_at_random(discord, tmp_path, url, kills=50, seed=11)


async def test_two_hundred_answers_in_a_second_are_each_counted_once_while_a_run_trains(
    discord: LoopbackDiscord, tmp_path: Path, url: str
) -> None:
    crowd = Crowd(discord, [f"player{number}" for number in range(PLAYERS)], Random(5))
    async with quizbot(discord, tmp_path, url, QUIZ_HURRY_S="8"):
        ran = await discord.slash("run", {"topic": "gan"}, user="trainer")
        await opened(discord, crowd.names[0], rounds=1, seconds=60)
        found = await discord.until(lambda: open_question(discord), "question", 60.0)
        message, round_id, number = found
        await crowd.all_at_once(message, round_id, number)
        assert len(crowd.confirmed) == PLAYERS, "each was told"
        await is_over(discord, url)
        assert ran.acked_at is not None
    assert await is_right(url, crowd, discord) == PLAYERS
    crowd.confirmed[round_id, number, "player0"] = "B"  # as if another answer had been confirmed
    with pytest.raises(AssertionError, match="kept as it was confirmed"):
        await is_right(url, crowd, discord)
