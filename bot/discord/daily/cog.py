"""`/daily`: today's question for the member who asks, or when the next one comes."""

from __future__ import annotations

from contextlib import suppress

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.daily.controls import DailyAloneButton, DailyButton, DailyRoleButton, own_view
from bot.discord.daily.service import KeptQuestion, UnreadableDaily
from bot.discord.services import ServedClient
from bot.discord.ui.base import layout, rows
from bot.discord.ui.commands import wording
from bot.discord.ui.language import lang_of
from bot.discord.ui.practice_controls import OneItemButton
from bot.study.rounds.questions import read_in
from bot.wording import say


class DailyCog(commands.Cog):
    """The daily question of a server."""

    def __init__(self, bot: ServedClient) -> None:
        self.bot = bot
        self._begun = False

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Look after the daily questions, once members can answer."""
        if not self._begun:
            self._begun = True
            self.bot.services.daily.begin()

    @app_commands.command(name=wording("daily.command.name"), description=wording("daily.command.description"))
    async def daily(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Show where the server's question stands."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        await interaction.edit_original_response(view=await self._state(interaction))

    async def _state(self, interaction: discord.Interaction[ServedClient]) -> discord.ui.LayoutView:
        lang, guild_id = lang_of(interaction), interaction.guild_id
        now = rows(OneItemButton(say("onward.one_now", lang)))
        if guild_id is None:
            return layout(say("daily.state.direct", lang), *now)
        current = await self.bot.services.store.daily.current(guild_id)
        asked = None
        with suppress(UnreadableDaily):  # it is in the log since the start; to a member there is none
            asked = KeptQuestion.of(current) if current is not None else None
        if current is not None and asked is not None:
            count, mine = await self.bot.services.store.daily.answered(current.id, interaction.user.id)
            bank = self.bot.services.tutor.bank
            question, spoken = read_in(asked.question, bank, asked.lang, lang), lang
            if question is None:  # the bank has another one by now
                question, spoken = asked.question, asked.lang
            return own_view(current.id, question, current.day, asked.until, count, mine, bank, spoken, lang)
        settings, at = self.bot.services.servers.of(guild_id), await self.bot.services.daily.next_at(guild_id)
        if settings.daily is None or at is None:
            return layout(say("daily.state.none", lang), *now)
        blocks = [say("daily.state.next", lang, at=int(at), channel=f"<#{settings.daily.channel_id}>")]
        if settings.daily_blocked:
            blocks.append(say("daily.state.blocked", lang))
        return layout(*blocks, *now)


async def setup(bot: ServedClient) -> None:
    """Add the feature to the bot."""
    bot.add_controls(DailyButton, DailyAloneButton, DailyRoleButton)
    await bot.add_cog(DailyCog(bot))
