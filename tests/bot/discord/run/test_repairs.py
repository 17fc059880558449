"""What a start finds in the database and cannot read: each row by itself, and none holds up another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import discord
import pytest
from sqlalchemy import text

from bot.discord.ui.base import layout
from bot.store.runs import RunningRun
from bot.study import schedule
from bot.study.runs import RunRequest
from tests.bot.world import World, controls_of, discord_world, text_of


async def left_behind(
    world: World, number: int, asked: dict[str, Any], **other: int | None
) -> tuple[RunningRun, discord.Message]:
    """A run as a kill leaves it: its row, and a message with *Stop*."""
    channel = world.bot.get_channel(world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    message = await channel.send(view=layout(f"run {number} is running"))
    row = RunningRun(
        f"{number:04x}aa",
        world.guild.id,
        channel.id,
        message.id,
        world.alice.user.id,
        "en",
        asked,
        world.bot.services.clock() + number,
    )
    row = replace(row, **other)  # type: ignore[arg-type]
    await world.bot.services.store.runs.begin(row)
    return row, message


async def damage(world: World, row: RunningRun, asked: str) -> None:
    async with world.bot.services.store.database.writing() as connection:
        await connection.execute(text("UPDATE runs SET asked = :asked WHERE id = :id"), {"asked": asked, "id": row.id})


async def now(world: World, message: discord.Message) -> str:
    return text_of(await message.channel.fetch_message(message.id))


OWN = RunRequest(code="print(1)").as_json()
ASKED: dict[str, dict[str, Any]] = {
    "code of a member's own": OWN,
    "a topic that is gone": RunRequest("gone").as_json(),
    "an example that is gone": RunRequest("gan", "gone").as_json(),
    "no name at all": RunRequest("").as_json(),
    "a name that no button can carry": RunRequest("NO SLUG!", "x" * 200).as_json(),
    "another version's": {"program": 1},
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
async def test_whatever_a_cut_off_run_was_its_message_says_so_and_so_does_that_of_the_next(
    tmp_path: Path, asked: dict[str, Any]
) -> None:
    async with discord_world(tmp_path) as world:
        _, odd = await left_behind(world, 1, asked)
        _, next_ = await left_behind(world, 2, RunRequest("gan").as_json())
        await world.bot.services.runs.mark_cut_off()
        assert "Cut off by a restart" in await now(world, odd)
        assert "Cut off by a restart" in await now(world, next_)
        assert "epoch:run:gan:main" in controls_of(await next_.channel.fetch_message(next_.id))
        assert await world.bot.services.store.runs.all() == []


@pytest.mark.parametrize("written", ["", "{", "null", "[]", "5", '"text"', '{"topic": [1]}'])
async def test_a_damaged_row_is_left_or_marked_and_holds_up_no_other(tmp_path: Path, written: str) -> None:
    async with discord_world(tmp_path) as world:
        row, _ = await left_behind(world, 1, OWN)
        await damage(world, row, written)
        _, next_ = await left_behind(world, 2, RunRequest("gan").as_json())
        await world.bot.services.runs.mark_cut_off()
        assert "Cut off by a restart" in await now(world, next_)


async def test_a_deleted_message_a_deleted_channel_and_a_closed_one_hold_up_no_other(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        _, gone = await left_behind(world, 1, OWN)
        await gone.delete()
        await left_behind(world, 2, OWN, channel_id=1)
        closed, shut = await left_behind(world, 3, OWN)
        world.env.inject_error("PATCH", f"/channels/*/messages/{shut.id}", status=403, code=50013)
        _, next_ = await left_behind(world, 4, RunRequest("gan").as_json())
        await world.bot.services.runs.mark_cut_off()
        assert "Cut off by a restart" in await now(world, next_)
        assert [left.id for left in await world.bot.services.store.runs.all()] == [closed.id], "left for the next start"
        await world.bot.services.runs.mark_cut_off()
        assert "Cut off by a restart" in await now(world, shut)


async def test_a_run_cut_off_before_it_was_known_which_message_it_is_says_so_too(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        asked = await world.alice.slash(world.channel, "ask", question="gan")
        assert asked.response is not None
        message = asked.response.message
        origin = message.interaction_metadata
        assert origin is not None
        await left_behind(world, 1, RunRequest("gan").as_json(), answers_id=origin.id, message_id=None)
        await world.bot.services.runs.mark_cut_off()
        channel = world.bot.get_channel(world.channel.id)
        assert isinstance(channel, discord.TextChannel)
        assert "Cut off by a restart" in text_of(await channel.fetch_message(message.id))


@pytest.mark.parametrize("state", [{}, {"stability": "much"}, {"due": 5}])
def test_a_card_whose_state_is_damaged_begins_anew(state: dict[str, Any]) -> None:
    assert schedule.review(state, schedule.GOOD, 1e9) == schedule.review(None, schedule.GOOD, 1e9)
