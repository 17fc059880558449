"""Runs wait in line on Discord: each says its place, and starts at its turn."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.world import make_tutor
from tests.discord.inside import bot_in
from tests.discord.server import LoopbackDiscord
from tests.discord.state import Message

WAIT_S = 60.0
pytestmark = pytest.mark.timeout(240)


async def test_who_waits_reads_their_place_until_it_is_their_turn_and_may_leave_the_line(tmp_path: Path) -> None:
    async with LoopbackDiscord(ack_limit_s=30) as discord:
        tutor = make_tutor()
        async with bot_in(discord, tmp_path, tutor):

            async def run(user: str, says: str) -> Message:
                asked = await discord.slash("run", {"topic": "gan", "example": "slow"}, user=user)
                return await discord.answer_to(asked, lambda message: says in message.text, WAIT_S)

            async def stop(message: Message, user: str) -> None:
                await discord.acknowledged(await discord.click(message, label="Stop", user=user), WAIT_S)
                await discord.until(lambda: "⏹️ Stopped" in message.text, f"the end of {user}'s run", WAIT_S)

            ann, bob = await run("ann", "begun"), await run("bob", "begun")
            cid = await run("cid", "Waiting: number 1 in line")
            dan = await run("dan", "Waiting: number 2 in line")
            eve = await run("eve", "Waiting: number 3 in line")
            await stop(dan, "dan")
            await discord.until(lambda: "Waiting: number 2 in line" in eve.text, "eve's new place", WAIT_S)
            await stop(ann, "ann")
            await discord.until(lambda: "begun" in cid.text, "cid's turn", WAIT_S)
            await discord.until(lambda: "Waiting: number 1 in line" in eve.text, "eve's new place", WAIT_S)
            for message, user in ((bob, "bob"), (cid, "cid")):
                await stop(message, user)
            await discord.until(lambda: "begun" in eve.text, "eve's turn", WAIT_S)
            await stop(eve, "eve")
        await tutor.close()
        discord.check()
