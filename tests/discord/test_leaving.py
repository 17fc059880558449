"""The end of `epoch serve` while many members wait: what was taken in is answered or told so, and nobody is left."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter

import pytest

from tests.discord.process import Serve, serving
from tests.discord.server import TOKEN, LoopbackDiscord
from tests.discord.state import Interaction

#: More than are answered in the time that there is, and some that are, though up to 64 are answered together.
ASKED, SECONDS_EACH = 200, 0.06
START_S = 300.0


@asynccontextmanager
async def slow_epoch(
    discord: LoopbackDiscord, folder: Path, seconds: float = SECONDS_EACH, *broken: str, **settings: str
) -> AsyncIterator[Serve]:
    environment = {
        "DISCORD_TOKEN": TOKEN, "DISCORD_API_URL": discord.api_url, "DISCORD_GATEWAY_URL": discord.gateway_url,
        "EPOCH_CACHE_DIR": str(folder / "cache"), "EPOCH_DATA_DIR": str(folder / "data"), **settings,
    }  # fmt: skip
    async with serving(folder, environment, ("-m", "tests.discord.slowserve", str(seconds), *broken)) as served:
        yield served


async def many_asks(discord: LoopbackDiscord) -> list[Interaction]:
    await discord.wait_until_ready(START_S)
    asks = [discord.slash("ask", {"question": "what is mode collapse"}, user=f"m{n % 5}") for n in range(ASKED)]
    asked = list(await asyncio.gather(*asks))
    await discord.until(lambda: all(each.acked_at for each in asked), "acknowledgements", 60)
    return asked


def left_thinking(asked: list[Interaction]) -> list[Interaction]:
    return [each for each in asked if not each.replies]


def told_to_ask_again(asked: list[Interaction]) -> list[Interaction]:
    return [each for each in asked if each.replies and "restarting" in each.replies[0].text]


async def test_many_who_wait_are_answered_or_told_to_ask_again_and_who_comes_later_is_told_too(tmp_path: Path) -> None:
    async with LoopbackDiscord(ack_limit_s=30) as discord, slow_epoch(discord, tmp_path) as served:
        asked = await many_asks(discord)
        ending = asyncio.create_task(served.terminate(timeout=20))
        await asyncio.sleep(0.5)
        late = [
            await discord.slash("ask", {"question": "what is mode collapse"}, locale="zh-CN"),
            await discord.slash("quiz start", {}),
        ]
        said = await discord.mention("what is mode collapse")
        told = [await discord.answer_to(each, timeout=5) for each in late]
        replies = lambda message: (message.payload.get("message_reference") or {}).get("message_id") == said.id  # noqa: E731
        told.append(await discord.wait_for_message(replies, 5))
        status, seconds = await ending
    assert [each.ephemeral for each in told] == [True, True, False]
    assert ["正在重启" in told[0].text, "restarting" in told[1].text, "restarting" in told[2].text] == [True] * 3
    assert left_thinking(asked) == []
    again = told_to_ask_again(asked)
    assert 0 < len(again) < ASKED, "some are answered, some are not"
    assert all("restarting" not in each.replies[0].text for each in asked if each not in again)
    assert status == 0
    assert seconds < 10
    assert "Traceback" not in served.stderr, served.stderr
    assert "Unclosed" not in served.stderr, served.stderr


#: The end as it was: nobody is turned away, waited for or told.
AS_IT_WAS = """
from bot.discord import client
from bot.discord.acknowledgement import Arrivals
async def part(self, seconds): pass
Arrivals.part, Arrivals.leaving = part, property(lambda self: False, lambda self, leaving: None)
client._FINISH_S = 2.0
"""


@pytest.mark.slow
async def test_who_is_left_thinking_would_be_seen(tmp_path: Path) -> None:
    """The control of the test above."""
    async with LoopbackDiscord(ack_limit_s=30) as discord:
        async with slow_epoch(discord, tmp_path, SECONDS_EACH, AS_IT_WAS) as served:
            asked = await many_asks(discord)
            await served.terminate(timeout=30)
        assert len(left_thinking(asked)) > ASKED / 2
        assert told_to_ask_again(asked) == []


async def test_it_ends_in_time_though_discord_answers_nothing(tmp_path: Path) -> None:
    async with LoopbackDiscord(ack_limit_s=60) as discord, slow_epoch(discord, tmp_path) as served:
        await many_asks(discord)
        discord.fail_next("PATCH", "/webhooks/", 0, times=ASKED // 4)
        discord.fail_next("PATCH", "/webhooks/", 0, delay_s=60, times=10 * ASKED)
        await discord.drop_gateway()
        status, seconds = await served.terminate(timeout=30)
    assert status == 0
    assert seconds < 10
    assert "Traceback" not in served.stderr, served.stderr


async def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    async with LoopbackDiscord(ack_limit_s=60) as discord, slow_epoch(discord, tmp_path) as served:
        await many_asks(discord)
        served.send(signal.SIGINT)
        await asyncio.sleep(0.5)
        began = perf_counter()
        served.send(signal.SIGINT)
        assert await served.ended(5) == 130
        assert perf_counter() - began < 2
