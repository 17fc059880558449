"""The buttons of a drill that other features offer, too: write an answer, and open the drill."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.discord.services import ServedClient
from bot.discord.ui.base import Control
from bot.discord.ui.ids import ItemMark, TopicSlug
from bot.discord.ui.items import mark_of
from bot.discord.ui.text import BUTTON_LABEL, clip
from knowledge.bank.drills import Drill, Variant


def marked(drill: Drill) -> tuple[str, str]:
    """Return what names a drill in custom ids."""
    return drill.topic, mark_of(drill.name)


class WriteButton(Control[ui.Button[Any]], prefix="epoch:drillwrite"):
    """Opens the form for an answer to a drill, filled with the last try; without a variant that of the last try."""

    slug: TopicSlug
    mark: ItemMark
    variant: Variant | None

    def __init__(self, slug: str, mark: str, variant: Variant | None = None, label: str = "✍") -> None:
        self.slug, self.mark, self.variant = slug, mark, variant
        style = discord.ButtonStyle.primary
        super().__init__(ui.Button(label=clip(label, BUTTON_LABEL), emoji="✍️", style=style, custom_id=self.encode()))

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Open the form, which is the acknowledgement."""
        await interaction.client.services.drills.write(interaction, self.slug, self.mark, self.variant)

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Wait for the form."""


class DrillButton(Control[ui.Button[Any]], prefix="epoch:drill"):
    """Opens a drill, for the member alone."""

    slug: TopicSlug
    mark: ItemMark
    replies = "private"

    def __init__(self, slug: str, mark: str, label: str = "?") -> None:
        self.slug, self.mark = slug, mark
        super().__init__(ui.Button(label=clip(label, BUTTON_LABEL), emoji="⌨️", custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Open it."""
        drills = interaction.client.services.drills
        await drills.show(interaction, drills.find(interaction, self.slug, self.mark))


class DrillsButton(Control[ui.Button[Any]], prefix="epoch:drills"):
    """Lists the drills there are."""

    replies = "private"

    def __init__(self, label: str = "?") -> None:
        super().__init__(ui.Button(label=label, emoji="📋", custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """List them."""
        await interaction.client.services.drills.offer(interaction)
