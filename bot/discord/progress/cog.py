"""`/progress`: a picture of how well a member knows each topic and of what falls due, shown to the member alone."""

from __future__ import annotations

import asyncio
import io

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.progress.controls import progress_view
from bot.discord.progress.text import progress_png
from bot.discord.services import ServedClient
from bot.discord.ui.commands import wording
from bot.discord.ui.language import lang_of
from bot.discord.ui.text import one_line
from bot.study.days import days_until
from bot.study.learning import FORECAST_DAYS
from bot.study.plan import MOST_DAYS
from bot.study.refusals import Refusal

PICTURE = "progress.png"


class ProgressCog(commands.Cog):
    """The progress of the member who asks."""

    def __init__(self, bot: ServedClient) -> None:
        self.bot = bot

    @app_commands.command(
        name=wording("member.command.progress.name"), description=wording("member.command.progress.description")
    )
    @app_commands.rename(date=wording("studying.score.option"))
    @app_commands.describe(date=wording("studying.score.option_description"))
    async def progress(self, interaction: discord.Interaction[ServedClient], date: str | None = None) -> None:
        """Draw what is known; tell what would be scored, today and on a date."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        lang, member, guild_id = lang_of(interaction), interaction.user.id, interaction.guild_id
        learning, days = self.bot.services.learning_in(guild_id), None
        if date is not None:
            days = days_until(date, await learning.day(member, guild_id))
            if days is None or not 0 <= days <= MOST_DAYS:
                raise Refusal("studying.score.bad_date", typed=one_line(date, 40), most=MOST_DAYS)
        found = await learning.progress(member, FORECAST_DAYS, guild_id, days)
        files = []
        if found.begun:
            files.append(discord.File(io.BytesIO(await asyncio.to_thread(progress_png, found, lang)), PICTURE))
        await interaction.edit_original_response(view=progress_view(found, lang, *files), attachments=files)


async def setup(bot: ServedClient) -> None:
    """Add the feature to the bot."""
    await bot.add_cog(ProgressCog(bot))
