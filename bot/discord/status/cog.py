"""`/status`: whether all works, for members who manage a server and for whoever runs the bot."""

from __future__ import annotations

from importlib.metadata import version

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.services import ServedClient
from bot.discord.status.text import Looked, status_blocks
from bot.discord.ui.base import layout
from bot.discord.ui.colours import GREEN, RED
from bot.discord.ui.commands import in_servers_only, wording
from bot.discord.ui.language import lang_of
from bot.wording import say


class StatusCog(commands.Cog):
    """How the bot is."""

    def __init__(self, bot: ServedClient) -> None:
        self.bot = bot

    @app_commands.command(name=wording("status.command.name"), description=wording("status.command.description"))
    @app_commands.default_permissions(manage_guild=True)
    @in_servers_only
    async def status(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Show it to whoever may see it, and to nobody else."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        lang = lang_of(interaction)
        in_charge = interaction.permissions.manage_guild
        if not in_charge and not await self.bot.is_owner(interaction.user):
            await interaction.edit_original_response(view=layout(say("status.not_host", lang)))
            return
        services = self.bot.services
        looked = Looked(
            parts=await self.bot.health.look(),
            latency_s=self.bot.latency,
            began=services.figures.began,
            version=version("epoch-tutor"),
            waiting=services.tutor.waiting,
            rounds=len(services.rounds.live),
            today=services.figures.today,
        )
        works = all(part.ok for part in looked.parts)
        await interaction.edit_original_response(
            view=layout(*status_blocks(looked, lang), colour=GREEN if works else RED)
        )


async def setup(bot: ServedClient) -> None:
    """Add the feature to the bot."""
    await bot.add_cog(StatusCog(bot))
