"""`/forget-me` and `/export`: members delete or download all that is stored about them."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.privacy.controls import ForgetButton, export_file, export_view, forget_view
from bot.discord.services import ServedClient
from bot.discord.ui.commands import wording
from bot.discord.ui.language import lang_of


class PrivacyCog(commands.Cog):
    """Commands to delete or download all that is stored about a member."""

    def __init__(self, bot: ServedClient) -> None:
        self.bot = bot

    @app_commands.command(
        name=wording("privacy.command.forget.name"), description=wording("privacy.command.forget.description")
    )
    async def forget(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Ask whether it is meant."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        await interaction.edit_original_response(view=forget_view(lang_of(interaction)))

    @app_commands.command(
        name=wording("privacy.command.export.name"), description=wording("privacy.command.export.description")
    )
    async def export(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Hand it out."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        member = interaction.user.id
        tables = await self.bot.services.store.members.export(member)
        file = export_file(member, tables, self.bot.services.clock()) if tables else None
        view = export_view(sum(map(len, tables.values())), file, lang_of(interaction))
        await interaction.edit_original_response(view=view, attachments=[file] if file else [])


async def setup(bot: ServedClient) -> None:
    """Add the feature to the bot."""
    bot.add_controls(ForgetButton)
    await bot.add_cog(PrivacyCog(bot))
