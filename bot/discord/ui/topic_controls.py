"""Two buttons that any message may offer: run a topic's example, and read its short answer."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.discord.services import ServedClient
from bot.discord.ui.base import Control
from bot.discord.ui.ids import ExampleName, TopicSlug
from bot.discord.ui.text import BUTTON_LABEL, clip
from knowledge.bank.models import MAIN_EXAMPLE, Lang


class RunButton(Control[ui.Button[Any]], prefix="epoch:run"):
    """Runs an example of a topic and posts what comes out."""

    slug: TopicSlug
    example: ExampleName

    def __init__(
        self, slug: str, example: str = MAIN_EXAMPLE, label: str = "▶", emoji: str | None = "▶️", *, first: bool = True
    ) -> None:
        self.slug, self.example = slug, example
        primary = first and example == MAIN_EXAMPLE
        style = discord.ButtonStyle.primary if primary else discord.ButtonStyle.secondary
        button: ui.Button[Any] = ui.Button(
            label=clip(label, BUTTON_LABEL), emoji=emoji, style=style, custom_id=self.encode()
        )
        super().__init__(button)

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Run the example in a message of its own."""
        await interaction.client.services.runs.start(interaction, self.slug, self.example)


class TopicButton(Control[ui.Button[Any]], prefix="epoch:topic"):
    """Posts a topic's short answer."""

    slug: TopicSlug
    lang: Lang

    def __init__(self, slug: str, lang: Lang, label: str = "?") -> None:
        self.slug, self.lang = slug, lang
        super().__init__(ui.Button(label=clip(label, BUTTON_LABEL), custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Post the answer section, for all to see."""
        services = interaction.client.services
        await services.answers.open_section(
            interaction, services.tutor_in(interaction.guild_id).topic(self.slug), "answer", self.lang
        )
