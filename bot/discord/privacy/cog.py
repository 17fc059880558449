"""`/forget-me` and `/export`: members delete or download all that is stored about them, or take cards along."""

from __future__ import annotations

import asyncio

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.privacy.controls import (
    CARDS,
    ForgetButton,
    cards_content,
    cards_message,
    export_file,
    export_view,
    forget_view,
)
from bot.discord.services import ServedClient
from bot.discord.ui.base import layout
from bot.discord.ui.commands import wording
from bot.discord.ui.language import lang_of
from bot.wording import say


class PrivacyCog(commands.Cog):
    """Commands to delete or download all that is stored about a member."""

    def __init__(self, bot: ServedClient) -> None:
        self.bot = bot

    @app_commands.command(
        name=wording("privacy.command.forget.name"),
        description=wording("privacy.command.forget.description"),
        extras={"for_all": True},
    )
    async def forget(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Ask whether it is meant."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        await interaction.edit_original_response(view=forget_view(lang_of(interaction)))

    @app_commands.command(
        name=wording("privacy.command.export.name"),
        description=wording("privacy.command.export.description"),
        extras={"for_all": True},
    )
    @app_commands.rename(cards=wording("privacy.command.export.cards"))
    @app_commands.describe(cards=wording("privacy.command.export.cards_description"))
    @app_commands.choices(
        cards=[app_commands.Choice(name=wording(f"privacy.cards.{each}"), value=each) for each in CARDS]
    )
    async def export(self, interaction: discord.Interaction[ServedClient], cards: str | None = None) -> None:
        """Hand it out."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        if cards is not None:
            await self._cards(interaction, cards)
            return
        member = interaction.user.id
        tables = await self.bot.services.store.members.export(member)
        file = export_file(member, tables, self.bot.services.clock()) if tables else None
        view = export_view(sum(map(len, tables.values())), file, lang_of(interaction))
        await interaction.edit_original_response(view=view, attachments=[file] if file else [])

    async def _cards(self, interaction: discord.Interaction[ServedClient], wanted: str) -> None:
        """Hand out items as cards; unlike what is kept of a member, these are not for those whom the host blocked."""
        services, lang = self.bot.services, lang_of(interaction)
        if (blocked := services.door.blocks(interaction.user.id, interaction.guild_id)) is not None:
            await interaction.edit_original_response(view=layout(say(blocked, lang)))
            return
        services.door.ask(interaction.user.id, interaction.guild_id)  # it takes a second of the machine's
        topics = [each for each in services.tutor_in(interaction.guild_id).bank.topics.values() if each.quiz]
        if wanted.endswith("mistakes"):
            topics = await services.learning_in(interaction.guild_id).topics_of_mistakes(interaction.user.id)
        content = await asyncio.to_thread(cards_content, wanted, topics, lang, services.clock())
        view, files = cards_message(wanted, topics, content, lang)
        await interaction.edit_original_response(view=view, attachments=files)


async def setup(bot: ServedClient) -> None:
    """Add the feature to the bot."""
    bot.add_controls(ForgetButton)
    await bot.add_cog(PrivacyCog(bot))
