"""`/interview [topic]`: a mock interview, for the member alone."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.interview.controls import AnotherButton, AnswerButton, AnswerForm, ExplainButton, next_view
from bot.discord.services import ServedClient
from bot.discord.ui.base import OPTIONS
from bot.discord.ui.commands import wording
from bot.discord.ui.language import lang_of
from bot.discord.ui.text import CHOICE_NAME, clip


class InterviewCog(commands.Cog):
    """Mock interviews: open questions, answered in the member's own words."""

    def __init__(self, bot: ServedClient) -> None:
        self.bot = bot

    @app_commands.command(
        name=wording("member.command.interview.name"), description=wording("member.command.interview.description")
    )
    @app_commands.rename(topic=wording("member.command.interview.topic"))
    @app_commands.describe(topic=wording("member.command.interview.topic_description"))
    async def interview(self, interaction: discord.Interaction[ServedClient], topic: str | None = None) -> None:
        """Ask a question, of the topic named or of the one that needs it most."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        slug = self.bot.services.tutor_in(interaction.guild_id).topic(topic).slug if topic is not None else None
        await interaction.edit_original_response(view=await next_view(interaction, lang_of(interaction), topic=slug))

    @interview.autocomplete("topic")
    async def topics(
        self, interaction: discord.Interaction[ServedClient], current: str
    ) -> list[app_commands.Choice[str]]:
        """Offer topics by what is typed so far, in either language."""
        lang = lang_of(interaction)
        found = self.bot.services.tutor_in(interaction.guild_id).complete(current, lang, OPTIONS)
        return [app_commands.Choice(name=clip(topic.title[lang], CHOICE_NAME), value=topic.slug) for topic in found]


async def setup(bot: ServedClient) -> None:
    """Add the feature to the bot."""
    bot.add_controls(AnswerButton, AnotherButton, ExplainButton)
    bot.add_forms(AnswerForm)
    await bot.add_cog(InterviewCog(bot))
