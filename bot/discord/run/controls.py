"""The button *Stop* under a run that is going on."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.discord.services import ServedClient
from bot.discord.ui.base import Control
from bot.discord.ui.ids import KeptKey
from bot.discord.ui.language import lang_of
from bot.wording import say


class StopButton(Control[ui.Button[Any]], prefix="epoch:stop"):
    """Stops a run, for the member who started it."""

    run: KeptKey
    replies = "quiet"

    def __init__(self, run: str, label: str = "■") -> None:
        self.run = run
        style = discord.ButtonStyle.danger
        super().__init__(ui.Button(label=label, emoji="⏹️", style=style, custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Stop the run; its own message then says so."""
        lang = lang_of(interaction)
        run = interaction.client.services.runs.get(self.run)
        if run is None:
            await interaction.followup.send(say("discord.run.over", lang), ephemeral=True)
        elif run.owner != interaction.user.id:
            await interaction.followup.send(say("discord.run.not_yours", lang), ephemeral=True)
        else:
            run.stop()
