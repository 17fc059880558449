"""`/plan`: what to study today towards a day, for the member alone; and the reminders that are asked for there."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.plan.controls import (
    DateButton,
    DateForm,
    ForgetDateButton,
    RemindButton,
    RemindForm,
    StopRemindersButton,
    read_day,
    shown_plan,
)
from bot.discord.services import ServedClient
from bot.discord.ui.commands import wording
from bot.discord.ui.language import lang_of
from bot.study.agenda import MOST_MINUTES
from bot.wording import say


class PlanCog(commands.Cog):
    """A member's plan."""

    def __init__(self, bot: ServedClient) -> None:
        self.bot = bot
        self._begun = False

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Look after reminders, once members can answer."""
        if not self._begun:
            self._begun = True
            self.bot.services.reminders.begin()

    @app_commands.command(name=wording("agenda.command.name"), description=wording("agenda.command.description"))
    @app_commands.rename(date=wording("agenda.command.date"), minutes=wording("agenda.command.minutes"))
    @app_commands.describe(
        date=wording("agenda.command.date_description"), minutes=wording("agenda.command.minutes_description")
    )
    async def plan(
        self,
        interaction: discord.Interaction[ServedClient],
        date: str | None = None,
        minutes: app_commands.Range[int, 1, MOST_MINUTES] | None = None,
    ) -> None:
        """Show today's list; what is given is kept, so that `/plan` alone goes on with it."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        learning, member, said = self.bot.services.learning, interaction.user.id, ""
        if date is not None or minutes is not None:
            goal = await learning.goal(member)
            day = goal.day
            if date is not None:
                day = read_day(date, await learning.day(member, interaction.guild_id))
            wanted = goal.minutes if minutes is None else minutes
            if (day, wanted) != (goal.day, goal.minutes):
                await learning.set_goal(member, day, wanted)
                said = say("agenda.said.changed", lang_of(interaction))
        await interaction.edit_original_response(view=await shown_plan(interaction, said))


async def setup(bot: ServedClient) -> None:
    """Add the feature to the bot."""
    bot.add_controls(DateButton, ForgetDateButton, RemindButton, StopRemindersButton)
    bot.add_forms(DateForm, RemindForm)
    await bot.add_cog(PlanCog(bot))
