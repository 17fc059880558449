"""`/saved`: what a member saved, for the member alone."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.saved.controls import SavedPageButton, SavedSelect, page_view
from bot.discord.services import ServedClient
from bot.discord.ui.commands import wording


class SavedCog(commands.Cog):
    """The list of what a member saved."""

    def __init__(self, bot: ServedClient) -> None:
        self.bot = bot

    @app_commands.command(name=wording("saved.command.name"), description=wording("saved.command.description"))
    async def saved(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Show its first page."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        await interaction.edit_original_response(view=await page_view(interaction, 0))


async def setup(bot: ServedClient) -> None:
    """Add the feature to the bot."""
    bot.add_controls(SavedSelect, SavedPageButton)
    await bot.add_cog(SavedCog(bot))
