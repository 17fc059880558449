"""`/leaderboard`: the points of a server's members, by week and of all time."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.leaderboard.text import board_blocks
from bot.discord.member_names import names_of
from bot.discord.services import ServedClient
from bot.discord.ui.base import layout
from bot.discord.ui.colours import AMBER
from bot.discord.ui.commands import wording
from bot.discord.ui.language import lang_of
from bot.study.timetable import week_start
from bot.wording import say

#: How far a clock may be wrong before what it dates counts for no week.
_SOON_S = 3_600.0


class LeaderboardCog(commands.Cog):
    """The leaderboard of a server."""

    def __init__(self, bot: ServedClient) -> None:
        self.bot = bot

    @app_commands.command(
        name=wording("leaderboard.command.name"),
        description=wording("leaderboard.command.description"),
        extras={"public": True},
    )
    async def leaderboard(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Show both tables."""
        await interaction.response.defer(thinking=True)
        lang, guild_id, member = lang_of(interaction), interaction.guild_id, interaction.user
        if guild_id is None:
            await interaction.edit_original_response(view=layout(say("leaderboard.direct", lang)))
            return
        time = self.bot.services.servers.of(guild_id).daily
        now = self.bot.services.clock()
        since = week_start(now, time.zone if time is not None else None)
        week, all_time = await self.bot.services.store.scores.tables(
            guild_id, since=since, until=now + _SOON_S, member_id=member.id
        )
        others = {standing.member_id for standing in [*week, *all_time]} - {member.id}
        names = {**await names_of(interaction.guild, sorted(others)), member.id: member.display_name}
        blocks = board_blocks(week, all_time, names, member.id, since, lang)
        await interaction.edit_original_response(view=layout(*blocks, colour=AMBER))


async def setup(bot: ServedClient) -> None:
    """Add the feature to the bot."""
    await bot.add_cog(LeaderboardCog(bot))
