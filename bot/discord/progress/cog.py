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
from bot.study.learning import FORECAST_DAYS

PICTURE = "progress.png"


class ProgressCog(commands.Cog):
    """The progress of the member who asks."""

    def __init__(self, bot: ServedClient) -> None:
        self.bot = bot

    @app_commands.command(
        name=wording("member.command.progress.name"), description=wording("member.command.progress.description")
    )
    async def progress(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Draw what is known."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        lang = lang_of(interaction)
        found = await self.bot.services.learning.progress(interaction.user.id, FORECAST_DAYS, interaction.guild_id)
        files = []
        if found.begun:
            files.append(discord.File(io.BytesIO(await asyncio.to_thread(progress_png, found, lang)), PICTURE))
        await interaction.edit_original_response(view=progress_view(found, lang, *files), attachments=files)


async def setup(bot: ServedClient) -> None:
    """Add the feature to the bot."""
    await bot.add_cog(ProgressCog(bot))
