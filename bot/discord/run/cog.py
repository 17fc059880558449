"""Running: `/run topic [example]`, *Run this code* on a message, and all that can be done with a run."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.run.controls import StopButton
from bot.discord.run.edit_controls import (
    BreakButton,
    DeleteButton,
    EditButton,
    EditForm,
    InputButton,
    InputForm,
    PieceSelect,
    RunAgainButton,
    ValuesButton,
    ValuesForm,
    ValuesSelect,
)
from bot.discord.run.pasted import RunCodeButton, run_message
from bot.discord.services import ServedClient
from bot.discord.ui.commands import wording
from bot.discord.ui.language import lang_of
from bot.discord.ui.message_code import is_one_piece
from bot.discord.ui.text import CHOICE_NAME, clip
from bot.discord.ui.topic_controls import RunButton
from knowledge.bank.errors import UnknownTopic
from knowledge.bank.models import LANGS, MAIN_EXAMPLE

_CHOICES = 25


class RunCog(commands.Cog):
    """Runs examples of the bank."""

    def __init__(self, bot: ServedClient) -> None:
        self.bot = bot
        self._marked = False

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Mark the runs that the last restart cut off."""
        if not self._marked:
            self._marked = True
            await self.bot.services.runs.mark_cut_off()

    @app_commands.command(
        name=wording("discord.command.run.name"),
        description=wording("discord.command.run.description"),
        extras={"public": True},
    )
    @app_commands.rename(topic=wording("discord.command.run.topic"), example=wording("discord.command.run.example"))
    @app_commands.describe(
        topic=wording("discord.command.run.topic_description"),
        example=wording("discord.command.run.example_description"),
    )
    async def run(self, interaction: discord.Interaction[ServedClient], topic: str, example: str | None = None) -> None:
        """Run an example and follow it in one message."""
        await interaction.response.defer(thinking=True)
        await self.bot.services.runs.start(interaction, topic, example or MAIN_EXAMPLE)

    @run.autocomplete("topic")
    async def topics(
        self, interaction: discord.Interaction[ServedClient], current: str
    ) -> list[app_commands.Choice[str]]:
        """Offer topics by what is typed so far, in either language."""
        lang = lang_of(interaction)
        found = self.bot.services.tutor_in(interaction.guild_id).complete(current, lang, _CHOICES)
        return [app_commands.Choice(name=clip(topic.title[lang], CHOICE_NAME), value=topic.slug) for topic in found]

    @run.autocomplete("example")
    async def examples(
        self, interaction: discord.Interaction[ServedClient], current: str
    ) -> list[app_commands.Choice[str]]:
        """Offer the examples of the topic chosen before."""
        lang = lang_of(interaction)
        try:
            topic = self.bot.services.tutor_in(interaction.guild_id).topic(str(interaction.namespace.topic or ""))
        except UnknownTopic:
            return []
        typed = current.casefold()
        return [
            app_commands.Choice(name=clip(example.meta.title[lang], CHOICE_NAME), value=example.name)
            for example in topic.examples
            if typed in " ".join([example.name, *(example.meta.title[each] for each in LANGS)]).casefold()
        ][:_CHOICES]


@app_commands.context_menu(name=wording("run.command.menu"), extras={"public": True})
async def run_code(interaction: discord.Interaction[ServedClient], message: discord.Message) -> None:
    """Run the code in a message; which piece is asked first, of the member alone, where there are several."""
    await interaction.response.defer(thinking=True, ephemeral=not is_one_piece(message))
    await run_message(interaction, message)


async def setup(bot: ServedClient) -> None:
    """Add the feature to the bot."""
    bot.add_controls(RunButton, StopButton)
    bot.add_controls(ValuesButton, ValuesSelect, EditButton, BreakButton, InputButton, PieceSelect)
    bot.add_controls(RunAgainButton, DeleteButton, RunCodeButton)
    bot.add_forms(ValuesForm, EditForm, InputForm)
    bot.tree.add_command(run_code)
    await bot.add_cog(RunCog(bot))
