"""`/suggest` for members, `/drafts` for reviewers."""

from __future__ import annotations

import logging

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.drafts.controls import (
    DraftAcceptButton,
    DraftBackButton,
    DraftDropButton,
    DraftEditButton,
    DraftForm,
    DraftOpenSelect,
    DraftPartSelect,
    list_view,
)
from bot.discord.services import ServedClient
from bot.discord.ui.commands import in_servers_only, wording
from bot.discord.ui.language import lang_of
from bot.store.errors import StoreError
from bot.study.drafts.models import NOTE, QUESTION

log = logging.getLogger(__name__)


class DraftsCog(commands.Cog):
    """Commands for what the bank should answer next."""

    def __init__(self, bot: ServedClient) -> None:
        self.bot = bot
        self._begun = False

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Open the drafts again whose check an earlier process left behind."""
        if self._begun:
            return
        self._begun = True
        try:
            await self.bot.services.drafts.take_up()
        except StoreError as error:
            log.warning("drafts whose check was cut off are left as they are: %s", error)

    @app_commands.command(
        name=wording("drafting.command.suggest.name"), description=wording("drafting.command.suggest.description")
    )
    @app_commands.rename(
        question=wording("drafting.command.suggest.question"), answer=wording("drafting.command.suggest.answer")
    )
    @app_commands.describe(
        question=wording("drafting.command.suggest.question_description"),
        answer=wording("drafting.command.suggest.answer_description"),
    )
    @in_servers_only
    async def suggest(
        self,
        interaction: discord.Interaction[ServedClient],
        question: app_commands.Range[str, 1, QUESTION],
        answer: app_commands.Range[str, 1, NOTE] | None = None,
    ) -> None:
        """Open a draft for a question that the bank should answer."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        await self.bot.services.drafts.suggest(interaction, question, answer or "")

    @app_commands.command(
        name=wording("drafting.command.drafts.name"), description=wording("drafting.command.drafts.description")
    )
    @in_servers_only
    async def drafts(self, interaction: discord.Interaction[ServedClient]) -> None:
        """List the drafts of the server."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        found = await self.bot.services.drafts.of_server(interaction)
        await interaction.edit_original_response(view=list_view(found, lang_of(interaction)))


async def setup(bot: ServedClient) -> None:
    """Add the feature to the bot."""
    bot.add_controls(DraftEditButton, DraftAcceptButton, DraftDropButton, DraftBackButton)
    bot.add_controls(DraftPartSelect, DraftOpenSelect)
    bot.add_forms(DraftForm)
    await bot.add_cog(DraftsCog(bot))
