"""The two ways into a topic that any message may offer: run its example, read its short answer."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.discord.services import ServedClient
from bot.discord.ui.base import LANG, SLUG, Control
from bot.discord.ui.text import BUTTON_LABEL, clip
from knowledge.bank.models import MAIN_EXAMPLE, NAME_PATTERN, Lang


class RunButton(Control[ui.Button[Any]], template=rf"epoch:run:{SLUG}:(?P<example>{NAME_PATTERN.strip('^$')})"):
    """Runs an example of a topic and posts what comes out."""

    def __init__(
        self, slug: str, example: str = MAIN_EXAMPLE, label: str = "▶", emoji: str | None = "▶️", *, first: bool = True
    ) -> None:
        primary = first and example == MAIN_EXAMPLE
        style = discord.ButtonStyle.primary if primary else discord.ButtonStyle.secondary
        button: ui.Button[Any] = ui.Button(
            label=clip(label, BUTTON_LABEL), emoji=emoji, style=style, custom_id=f"epoch:run:{slug}:{example}"
        )
        super().__init__(button)
        self.slug = slug
        self.example = example

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Run the example in a message of its own."""
        await interaction.client.services.runs.start(interaction, self.slug, self.example)


class TopicButton(Control[ui.Button[Any]], template=rf"epoch:topic:{SLUG}:{LANG}"):
    """Posts a topic's short answer."""

    def __init__(self, slug: str, lang: Lang, label: str = "?") -> None:
        button: ui.Button[Any] = ui.Button(label=clip(label, BUTTON_LABEL), custom_id=f"epoch:topic:{slug}:{lang}")
        super().__init__(button)
        self.slug = slug
        self.lang = lang

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Post the answer section, for all to see."""
        services = interaction.client.services
        await services.answers.open_section(interaction, services.tutor.topic(self.slug), "answer", self.lang)
