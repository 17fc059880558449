"""*Ask more*: a question in a modal, asked about the topic of the answer it was opened under."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

import discord
from discord import ui

from bot.discord.services import ServedClient
from bot.discord.ui.base import LANG, SLUG, Control, Form, typed_in
from bot.discord.ui.language import lang_of
from bot.discord.ui.text import clip
from bot.wording import say
from knowledge.bank.models import Lang

_TITLE = 45
_QUESTION = 500


class AskMoreButton(Control[ui.Button[Any]], template=rf"epoch:ask:{SLUG}:{LANG}"):
    """Opens the modal."""

    def __init__(self, slug: str, lang: Lang, label: str = "?") -> None:
        super().__init__(ui.Button(label=label, emoji="💬", custom_id=f"epoch:ask:{slug}:{lang}"))
        self.slug = slug

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Open the modal, which is the acknowledgement."""
        topic = interaction.client.services.tutor.topic(self.slug)
        lang = lang_of(interaction)
        await interaction.response.send_modal(AskMoreForm(topic.slug, topic.title[lang], lang))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Nothing more: the modal says what comes next."""


class AskMoreForm(Form):
    """Asks what was typed, about the topic."""

    template: ClassVar = re.compile(rf"epoch:followup:{SLUG}")

    def __init__(self, slug: str, title: str, lang: Lang) -> None:
        super().__init__(f"epoch:followup:{slug}", clip(say("discord.followup.title", lang, topic=title), _TITLE))
        typed: ui.TextInput[Any] = ui.TextInput(
            custom_id="question",
            style=discord.TextStyle.paragraph,
            max_length=_QUESTION,
            placeholder=say("discord.followup.placeholder", lang),
        )
        self.add_item(ui.Label[Any](text=say("discord.followup.label", lang), component=typed))

    @classmethod
    async def blank(
        cls, interaction: discord.Interaction[ServedClient], match: re.Match[str], typed: Mapping[str, str]
    ) -> Form:
        """Return the form without a question."""
        topic, lang = interaction.client.services.tutor.topic(match["slug"]), lang_of(interaction)
        return cls(topic.slug, topic.title[lang], lang)

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[ServedClient], match: re.Match[str], filled: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Answer for all to see."""
        about = interaction.client.services.tutor.topic(match["slug"]).slug
        await interaction.client.services.answers.answer(interaction, typed_in(filled, "question"), about=about)
