"""`/question number`: one of the source questions, by its number or title."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.services import ServedClient
from bot.discord.ui.base import OPTIONS
from bot.discord.ui.commands import wording
from bot.discord.ui.language import lang_of
from bot.discord.ui.text import CHOICE_NAME, clip
from knowledge.bank import questions
from knowledge.bank.models import SectionId


class QuestionCog(commands.Cog):
    """Opens source questions."""

    def __init__(self, bot: ServedClient) -> None:
        self.bot = bot

    @app_commands.command(
        name=wording("discord.command.question.name"),
        description=wording("discord.command.question.description"),
        extras={"public": True},
    )
    @app_commands.rename(number=wording("discord.command.question.number"))
    @app_commands.describe(number=wording("discord.command.question.number_description"))
    async def question(self, interaction: discord.Interaction[ServedClient], number: str) -> None:
        """Open the unit that answers the question."""
        await interaction.response.defer(thinking=True)
        tutor, lang = self.bot.services.tutor_in(interaction.guild_id), lang_of(interaction)
        asked = tutor.question(number, lang)
        place = await tutor.answering(asked)
        section: SectionId = place.section if place is not None else "answer"
        unit = place.unit if place is not None else None
        question = asked.line(lang)
        await self.bot.services.answers.open_section(
            interaction, asked.topic, section, lang, question=question, unit=unit
        )

    @question.autocomplete("number")
    async def numbers(
        self, interaction: discord.Interaction[ServedClient], current: str
    ) -> list[app_commands.Choice[str]]:
        """Offer questions by number and title, in either language."""
        lang = lang_of(interaction)
        found = questions.complete(self.bot.services.tutor_in(interaction.guild_id).bank, current, lang, OPTIONS)
        return [app_commands.Choice(name=clip(each.line(lang), CHOICE_NAME), value=str(each.number)) for each in found]


async def setup(bot: ServedClient) -> None:
    """Add the feature to the bot."""
    await bot.add_cog(QuestionCog(bot))
