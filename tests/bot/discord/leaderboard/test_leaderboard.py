"""`/leaderboard`: both tables, shared places, the asker's own, and names that do no harm."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.discord.leaderboard.text import board_blocks
from bot.store.guilds import DailyTime
from bot.store.rounds import Score
from bot.store.scores import LeaderboardRow
from knowledge.bank.models import LANGS, Lang
from tests.bot.world import World, discord_world, text_of

#: A Tuesday; its week began on the 23rd.
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC).timestamp()
MONDAY = datetime(2026, 11, 23, tzinfo=UTC).timestamp()


async def shown(world: World) -> str:
    result = await world.alice.slash(world.channel, "leaderboard")
    assert not result.ephemeral
    return text_of(result.response)


async def test_a_week_begins_on_monday_in_the_zone_of_the_server(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        world.clock.now = NOW
        await world.bot.services.store.scores.add(
            "round:1", world.guild.id, [Score(world.bob.id, 700, 1, 2)], MONDAY - 3_600
        )
        text = await shown(world)
        week, all_time = text.split("**All time**")
        assert f"since <t:{int(MONDAY)}:D>" in week
        assert "Nobody has points yet." in week
        assert "🥇 **bob** · 700 points · 1/2 right" in all_time
        assert "None of them yours yet." in all_time
        daily = DailyTime(channel_id=1, zone="Asia/Shanghai").model_dump()
        await world.bot.services.servers.change(world.guild.id, daily=daily)
        week, _ = (await shown(world)).split("**All time**")
        assert f"since <t:{int(MONDAY - 8 * 3_600)}:D>" in week
        assert "🥇 **bob** · 700 points" in week, "there it was Monday already"


async def test_places_are_shared_and_the_askers_own_is_shown_wherever_it_is(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        world.clock.now = NOW
        others = [world.guild.add_member(world.env.create_user(f"member{n}")) for n in range(12)]
        results = [Score(other.id, 2_000 if n < 2 else 1_000 - n, 1, 1) for n, other in enumerate(others)]
        results += [Score(world.alice.id, 10, 0, 5), Score(world.bob.id, 0, 0, 5)]
        await world.bot.services.store.scores.add("round:1", world.guild.id, results, NOW)
        text = await shown(world)
        week, _ = text.split("**All time**")
        rows = re.findall(r"^(\S+) \*\*(\w+)\*\*", week, re.MULTILINE)
        assert rows[:3] == [("🥇", "member0"), ("`=`", "member1"), ("🥉", "member2")]
        assert [place for place, _ in rows[3:]] == [*(f"`{place}`" for place in range(4, 11)), "`13`"]
        assert "⋯\n`13` **alice** (you) · 10 points · 0/5 right" in week
        assert "bob" not in week, "no points, no place"


async def test_who_has_left_or_has_a_hostile_name_neither_pings_nor_breaks_a_line(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        world.clock.now = NOW
        hostile = world.guild.add_member(world.env.create_user("x**@everyone\n# big"))
        results = [Score(hostile.id, 500, 1, 1), Score(4_242, 400, 1, 1)]
        await world.bot.services.store.scores.add("round:1", world.guild.id, results, NOW)
        text = await shown(world)
        assert "@everyone" not in text
        assert "\n# big" not in text
        assert "**<@4242>** · 400" in text
        sent = [r.json for r in world.env.http_requests if r.method == "PATCH"][-1]
        assert sent["allowed_mentions"] == {"parse": []}


async def test_in_a_direct_message_it_says_where_there_is_one(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        direct = await world.alice.user.slash("leaderboard")
        assert text_of(direct.response) == "A leaderboard belongs to a server: use `/leaderboard` there."


@pytest.mark.parametrize("lang", LANGS)
def test_a_full_board_of_long_names_fits_one_message(lang: Lang) -> None:
    standings = [LeaderboardRow(n, n, 9_999_999, 9_999, 9_999) for n in range(1, 12)]
    blocks = board_blocks(standings, standings, {n: "龙" * 200 for n in range(1, 12)}, 11, NOW, lang)
    assert sum(map(len, blocks)) < 4_000
