"""`/packs`: trivia packs of a server, uploaded and corrected on Discord by who manages it."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.packs.controls import (
    PackFileButton,
    PackForm,
    PackRemoveButton,
    PacksButton,
    PackSelect,
    PackUploadButton,
    list_view,
)
from bot.discord.services import ServedClient
from bot.discord.ui.commands import in_servers_only, wording


class PacksCog(commands.Cog):
    """The packs of a server."""

    def __init__(self, bot: ServedClient) -> None:
        self.bot = bot

    @app_commands.command(name=wording("packs.command.name"), description=wording("packs.command.description"))
    @app_commands.default_permissions(manage_guild=True)
    @in_servers_only
    async def packs(self, interaction: discord.Interaction[ServedClient]) -> None:
        """List them."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        await interaction.edit_original_response(view=await list_view(interaction))


async def setup(bot: ServedClient) -> None:
    """Add the feature to the bot."""
    bot.add_controls(PackSelect, PacksButton, PackUploadButton, PackFileButton, PackRemoveButton)
    bot.add_forms(PackForm)
    await bot.add_cog(PacksCog(bot))
