"""`/loop [role] [minutes]`: a whole interview, for the member alone."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.loop.controls import (
    AnewButton,
    ChoiceButton,
    LoopRoleSelect,
    MoveButton,
    PartSelect,
    SpeakButton,
    SpeechForm,
    begin,
    choosing_view,
    going_view,
    show,
)
from bot.discord.services import ServedClient
from bot.discord.ui.base import OPTIONS
from bot.discord.ui.commands import wording
from bot.discord.ui.language import lang_of
from bot.discord.ui.text import CHOICE_NAME, clip
from bot.study.loops.machine import LEAST, MOST, USUAL
from bot.study.loops.roles import RoleError, find_role, matching
from bot.study.refusals import Refusal


class LoopCog(commands.Cog):
    """Whole interviews."""

    def __init__(self, bot: ServedClient) -> None:
        self.bot = bot

    @app_commands.command(name=wording("loop.command.name"), description=wording("loop.command.description"))
    @app_commands.rename(role=wording("loop.command.role"), minutes=wording("loop.command.minutes"))
    @app_commands.describe(
        role=wording("loop.command.role_description"), minutes=wording("loop.command.minutes_description")
    )
    async def loop(
        self,
        interaction: discord.Interaction[ServedClient],
        role: str | None = None,
        minutes: app_commands.Range[int, LEAST, MOST] | None = None,
    ) -> None:
        """Go on with the member's interview, or begin one; without a role list them."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        conduct, asked = self.bot.services.loops, minutes or USUAL
        name = None
        if role is not None:
            try:
                name = find_role(conduct.roles, role).name
            except RoleError:
                raise Refusal("loop.refused.role", name=role, roles=", ".join(conduct.roles)) from None
        live = await conduct.live(interaction.user.id)
        if live is not None and name is not None:
            await interaction.edit_original_response(view=going_view(interaction, live, name, asked))
        elif live is not None:
            await show(interaction, await conduct.back(live, interaction.guild_id))
        elif name is not None:
            await show(interaction, await begin(interaction, name, asked))
        else:
            await interaction.edit_original_response(view=await choosing_view(interaction, asked))

    @loop.autocomplete("role")
    async def roles(
        self, interaction: discord.Interaction[ServedClient], current: str
    ) -> list[app_commands.Choice[str]]:
        """Offer the roles that have what is typed so far, in the member's language."""
        lang = lang_of(interaction)
        found = list(matching(self.bot.services.loops.roles, current, lang))[:OPTIONS]
        return [app_commands.Choice(name=clip(role.title[lang], CHOICE_NAME), value=role.name) for role in found]


async def setup(bot: ServedClient) -> None:
    """Add the feature to the bot."""
    bot.add_controls(SpeakButton, ChoiceButton, MoveButton, LoopRoleSelect, AnewButton, PartSelect)
    bot.add_forms(SpeechForm)
    await bot.add_cog(LoopCog(bot))
