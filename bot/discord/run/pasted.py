"""Running code that members write in messages, by the message's menu or by the button under Epoch's reply."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.discord.run.edit_controls import pieces_view
from bot.discord.services import ServedClient
from bot.discord.ui.base import Control
from bot.discord.ui.ids import Snowflake
from bot.discord.ui.language import lang_of
from bot.discord.ui.message_code import code_in
from bot.study.refusals import Refusal
from bot.study.runs import RunRequest


class RunCodeButton(Control[ui.Button[Any]], prefix="epoch:pasted"):
    """Runs the code in a message that was written to the bot."""

    channel: Snowflake
    message: Snowflake

    def __init__(self, channel: int, message: int, label: str = "▶") -> None:
        self.channel, self.message = channel, message
        style = discord.ButtonStyle.primary
        super().__init__(ui.Button(label=label, emoji="▶️", style=style, custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Run it, or offer its pieces."""
        channel = interaction.client.get_partial_messageable(self.channel, guild_id=interaction.guild_id)
        try:
            message = await channel.fetch_message(self.message)
        except (discord.NotFound, discord.Forbidden):
            raise Refusal("run.refused.code_gone") from None
        await run_message(interaction, message)


async def run_message(interaction: discord.Interaction[ServedClient], message: discord.Message) -> None:
    """Run the one piece of code in a message, or offer all there are; the interaction is deferred already.

    Raises:
        Refusal: there is none, or it is no script.
    """
    found = await code_in(message)
    runs = interaction.client.services.runs
    if not found:
        raise Refusal("run.refused.no_code")
    if len(found) == 1:
        await runs.begin(interaction, RunRequest(code=found[0].code, origin=message.jump_url))
        return
    run = await runs.keep_pieces(interaction, found, message.jump_url)
    await interaction.edit_original_response(view=pieces_view(run, found, lang_of(interaction)))
