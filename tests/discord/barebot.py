"""The least a discord.py bot can do: take `/ask` and defer. What Epoch's acknowledgements are measured beside.

DISCORD_TOKEN=… DISCORD_API_URL=… DISCORD_GATEWAY_URL=… python -m tests.discord.barebot
"""

from __future__ import annotations

import asyncio
import os

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route


class Bare(discord.Client):
    """Only defers."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True))
        self.tree = app_commands.CommandTree(self)

    async def setup_hook(self) -> None:
        """Register the one command."""
        self.tree.add_command(ask)
        await self.tree.sync()


@app_commands.command(name="ask", description="Ask")
async def ask(interaction: discord.Interaction[Bare], question: str) -> None:
    """Defer."""
    await interaction.response.defer(thinking=True)


async def main() -> None:
    """Run until killed."""
    Route.BASE = os.environ["DISCORD_API_URL"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
    async with Bare() as client:
        await client.start(os.environ["DISCORD_TOKEN"])


if __name__ == "__main__":
    asyncio.run(main())
