"""Controls of earlier versions: no new answer has them, but they still work below old messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import discord
from discord import ui

from bot.discord.services import ServedClient
from bot.discord.ui.base import OPTIONS, Control, picked, select
from bot.discord.ui.ids import TopicSlug
from knowledge.bank.models import Lang, SectionId


class MoreSelect(Control[ui.Select[Any]], prefix="epoch:more"):
    """Opens another section of the topic, for the member who chose it."""

    slug: TopicSlug
    lang: Lang
    replies = "page"

    def __init__(
        self, slug: str, lang: Lang, options: Iterable[tuple[str, str]] = (("answer", "?"),), placeholder: str = "…"
    ) -> None:
        self.slug, self.lang = slug, lang
        super().__init__(select(self.encode(), options, placeholder))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Show the chosen section."""
        services = interaction.client.services
        section = cast("SectionId", picked(self.item))
        topic = services.tutor_in(interaction.guild_id).topic(self.slug)
        await services.answers.open_section(interaction, topic, section, self.lang, private=True)


class ExtraSelect(Control[ui.Select[Any]], prefix="epoch:extra"):
    """Where to go from here: other examples, related topics."""

    slug: TopicSlug
    lang: Lang

    def __init__(
        self, slug: str, lang: Lang, options: Iterable[discord.SelectOption] = (), placeholder: str = "…"
    ) -> None:
        self.slug, self.lang = slug, lang
        shown = [*options][:OPTIONS] or [discord.SelectOption(label="?")]
        super().__init__(ui.Select(custom_id=self.encode(), placeholder=placeholder, options=shown))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Run the example, or post the topic's short answer, for all to see."""
        services = interaction.client.services
        what, _, name = picked(self.item).partition(":")
        if what == "example":
            await services.runs.start(interaction, self.slug, name)
        else:
            await services.answers.open_section(
                interaction, services.tutor_in(interaction.guild_id).topic(name), "answer", self.lang
            )
