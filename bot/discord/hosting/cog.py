"""For hosts: `/settings`, and `/gaps`, which lists questions that the bank could not answer."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.hosting.controls import (
    BanksSelect,
    ChannelsSelect,
    GapDraftButton,
    PageButton,
    PickSelect,
    RoleSelect,
    TimeButton,
    TimeForm,
    WhoSelect,
    gaps_view,
    manages,
    panel,
)
from bot.discord.hosting.gaps_text import gaps_text
from bot.discord.services import ServedClient
from bot.discord.ui.base import layout
from bot.discord.ui.commands import in_servers_only, wording
from bot.discord.ui.language import lang_of
from bot.study.gaps import asked
from bot.wording import say


class HostingCog(commands.Cog):
    """Commands for members who manage the server."""

    def __init__(self, bot: ServedClient) -> None:
        self.bot = bot

    @app_commands.command(
        name=wording("discord.command.settings.name"), description=wording("discord.command.settings.description")
    )
    @app_commands.default_permissions(manage_guild=True)
    @in_servers_only
    async def settings(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Show the panel."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        view = await panel(interaction) if manages(interaction) else _no(interaction)
        await interaction.edit_original_response(view=view)

    @app_commands.command(
        name=wording("discord.command.gaps.name"), description=wording("discord.command.gaps.description")
    )
    @app_commands.default_permissions(manage_guild=True)
    @in_servers_only
    async def gaps(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Show the groups of questions without an answer."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        lang = lang_of(interaction)
        if not manages(interaction) or interaction.guild_id is None:
            await interaction.edit_original_response(view=_no(interaction))
            return
        # One host does not read what another's members ask; who runs the bot sees all of it, as `epoch gaps` shows it.
        everything = await self.bot.is_owner(interaction.user)
        store = self.bot.services.store
        noted = await (store.gaps.all() if everything else store.gaps.of(interaction.guild_id))
        found = await self.bot.services.tutor.cluster(asked(noted))
        scope = say("discord.gaps.everywhere" if everything else "discord.gaps.here", lang)
        tallies = await store.feedback.tallies(disliked=True)
        said = await store.feedback.said(None if everything else interaction.guild_id)
        text = gaps_text(found, tallies, self.bot.services.tutor.bank, lang, scope, said)
        await interaction.edit_original_response(view=gaps_view(text, found, noted, lang))


def _no(interaction: discord.Interaction[ServedClient]) -> discord.ui.LayoutView:
    return layout(say("discord.settings.not_host", lang_of(interaction)))


async def setup(bot: ServedClient) -> None:
    """Add the feature to the bot."""
    bot.add_controls(
        PageButton, PickSelect, ChannelsSelect, BanksSelect, RoleSelect, WhoSelect, TimeButton, GapDraftButton
    )
    bot.add_forms(TimeForm)
    await bot.add_cog(HostingCog(bot))
