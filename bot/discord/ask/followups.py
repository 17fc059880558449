"""*Ask more*: a question in a modal, asked about the topic of the answer it was opened under."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import discord
from discord import ui

from bot.discord.services import ServedClient
from bot.discord.ui.base import Control, Form, typed_in
from bot.discord.ui.ids import Id, TopicSlug
from bot.discord.ui.language import lang_of
from bot.discord.ui.text import clip
from bot.wording import say
from knowledge.bank.models import Lang

_TITLE = 45
_QUESTION = 500


class AskMoreButton(Control[ui.Button[Any]], prefix="epoch:ask"):
    """Opens the modal."""

    slug: TopicSlug
    lang: Lang

    def __init__(self, slug: str, lang: Lang, label: str = "?") -> None:
        self.slug, self.lang = slug, lang
        super().__init__(ui.Button(label=label, emoji="💬", custom_id=self.encode()))

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Open the modal, which is the acknowledgement."""
        topic = interaction.client.services.tutor_in(interaction.guild_id).topic(self.slug)
        lang = lang_of(interaction)
        await interaction.response.send_modal(AskMoreForm(topic.slug, topic.title[lang], lang))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Nothing more: the modal says what comes next."""


@dataclass(frozen=True)
class AskMoreId(Id, prefix="epoch:followup"):
    """The custom id of the form: the topic that is asked about."""

    slug: TopicSlug


class AskMoreForm(Form[AskMoreId]):
    """Answers the typed question, with the topic as the one under discussion."""

    def __init__(self, slug: str, title: str, lang: Lang) -> None:
        super().__init__(AskMoreId(slug), clip(say("discord.followup.title", lang, topic=title), _TITLE))
        typed: ui.TextInput[Any] = ui.TextInput(
            custom_id="question",
            style=discord.TextStyle.paragraph,
            max_length=_QUESTION,
            placeholder=say("discord.followup.placeholder", lang),
        )
        self.add_item(ui.Label[Any](text=say("discord.followup.label", lang), component=typed))

    @classmethod
    async def blank(
        cls, interaction: discord.Interaction[ServedClient], named: AskMoreId, typed: Mapping[str, str]
    ) -> Self:
        """Return the form without a question."""
        topic, lang = interaction.client.services.tutor_in(interaction.guild_id).topic(named.slug), lang_of(interaction)
        return cls(topic.slug, topic.title[lang], lang)

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[ServedClient], named: AskMoreId, filled: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Answer for all to see."""
        about = interaction.client.services.tutor_in(interaction.guild_id).topic(named.slug).slug
        await interaction.client.services.answers.answer(interaction, typed_in(filled, "question"), about=about)
