"""The real bot on as many connections as Discord asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.world import make_tutor
from tests.discord.inside import bot_in
from tests.discord.server import LoopbackDiscord


@pytest.mark.parametrize("shards", [1, 3])
async def test_the_bot_connects_as_often_as_discord_asks_and_answers_on_every_connection(
    tmp_path: Path, shards: int
) -> None:
    async with LoopbackDiscord(ack_limit_s=30) as discord:
        discord.state.shards = shards
        tutor = make_tutor()
        async with bot_in(discord, tmp_path, tutor):
            assert [data["shard"] for data in discord.gateway.identifies] == [[n, shards] for n in range(shards)]
            for ask in (discord.mention, discord.dm):  # over the shard of the server, over the first one
                answer = await discord.answer_to(await ask("what is mode collapse"))
                assert "Generative adversarial networks" in answer.text
            answer = await discord.answer_to(await discord.slash("ask", {"question": "what is mode collapse"}))
            assert "Generative adversarial networks" in answer.text
        await tutor.close()


async def test_the_status_says_which_wall_stands(tmp_path: Path) -> None:
    async with LoopbackDiscord(ack_limit_s=30) as discord:
        tutor = make_tutor("trusted")
        async with bot_in(discord, tmp_path, tutor):
            (identify,) = discord.gateway.identifies
            assert "no sandbox" in identify["presence"]["game"]["state"]
        await tutor.close()
