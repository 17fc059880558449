"""Buttons that reply once the press is saved, which takes half the requests of deferring first."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
from discord import ui

from bot.discord.services import ServedClient
from bot.discord.ui.base import Control

#: An answer is saved before it is confirmed; when that takes longer than this, Discord is told to wait.
CONFIRM_S = 1.5


class Confirmed(Control[ui.Button[Any]]):
    """A button that replies once, when the press is saved.

    If saving takes long, the press is deferred first, and the reply follows.
    """

    replies = "private"
    _doing: asyncio.Task[str]

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Handle the press, and reply with its result if that takes little time; otherwise defer."""
        self._doing = asyncio.create_task(self.done(interaction))
        if not await replied_soon(interaction, self._doing):
            await super().acknowledge(interaction)

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Reply now if there was no time to before."""
        await reply_late(interaction, self._doing)

    async def done(self, interaction: discord.Interaction[ServedClient]) -> str:
        """Do what the button is for and return what to tell the member."""
        raise NotImplementedError


async def replied_soon(interaction: discord.Interaction[Any], doing: asyncio.Task[str]) -> bool:
    """Reply with what comes of `doing`, if it is done soon; return whether it was."""
    await asyncio.wait({doing}, timeout=CONFIRM_S)
    if not doing.done():
        return False
    await interaction.response.send_message(doing.result(), ephemeral=True)
    return True


async def reply_late(interaction: discord.Interaction[Any], doing: asyncio.Task[str]) -> None:
    """Reply with what comes of `doing`, where Discord was told to wait."""
    if interaction.response.type is discord.InteractionResponseType.deferred_channel_message:
        await interaction.edit_original_response(content=await doing)
