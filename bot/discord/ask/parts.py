"""Buttons that open a part of a topic's page, its sources, its code, its notebook: for the member who pressed alone.

Under an answer most of them are options of the select (`bot.discord.ui.rest`). Each names its place in its custom id,
a unit by its mark (`unit_of`): ids of units may be long.
"""

from __future__ import annotations

import asyncio
import io
from typing import Any, ClassVar

import discord
from discord import ui

from bot.discord.ask.text import code_blocks, sources_text
from bot.discord.services import ServedClient
from bot.discord.ui.base import Control, ReplyStyle, layout, rows
from bot.discord.ui.colours import BLURPLE
from bot.discord.ui.errors import Gone
from bot.discord.ui.ids import ExampleName, ItemMark, TopicSlug
from bot.discord.ui.items import mark_of
from bot.discord.ui.language import lang_of
from bot.discord.ui.text import BUTTON_LABEL, clip
from bot.discord.ui.topic_controls import RunButton
from bot.exports.notebook import notebook
from bot.study.shown import PagePlace, onward
from bot.wording import say
from bot.wording.languages import other_language
from knowledge.bank.models import Lang, SectionId, Topic


def unit_of(topic: Topic, lang: Lang, mark: str | None) -> str | None:
    """Return the unit that a mark stands for; None for no mark, and for one whose unit has left the page."""
    return next((unit.id for unit in topic.units[lang] if mark_of(unit.id) == mark), None)


class Placed(Control[ui.Button[Any]]):
    """A button that is about a place on a page: a section, or the unit of it that `unit` is the mark of."""

    slug: TopicSlug
    section: SectionId
    lang: Lang
    unit: ItemMark | None
    replies: ClassVar[ReplyStyle] = "page"

    def __init__(
        self, slug: str, section: SectionId, lang: Lang, unit: str | None = None, label: str = "…", emoji: str = ""
    ) -> None:
        self.slug, self.section, self.lang, self.unit = slug, section, lang, unit
        super().__init__(ui.Button(label=label, emoji=emoji or None, custom_id=self.encode()))

    def place(self, topic: Topic) -> PagePlace:
        """Return the place that the custom id names."""
        return PagePlace(topic.slug, self.lang, self.section, unit_of(topic, self.lang, self.unit))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Show the part of the page that the button leads to."""
        services = interaction.client.services
        topic = services.tutor_in(interaction.guild_id).topic(self.slug)
        place = self.leads_to(topic)
        if place is None or place.section is None:
            await interaction.edit_original_response(view=layout(say("talk.end", self.lang)))
            return
        await services.answers.open_section(
            interaction, topic, place.section, place.lang, unit=place.unit, private=True
        )

    def leads_to(self, topic: Topic) -> PagePlace | None:
        """Return where a press leads; None behind the end of the page."""
        return self.place(topic)


class PartButton(Placed, prefix="epoch:part"):
    """Opens a section, or a unit of it."""


class OnwardButton(Placed, prefix="epoch:onward"):
    """Opens what comes next on the page."""

    def leads_to(self, topic: Topic) -> PagePlace | None:
        """Return the place behind the one that is shown."""
        return onward(topic, self.place(topic))


class LanguageButton(Placed, prefix="epoch:lang"):
    """Opens the same place in the other language; beside that, its id says what the message above it shows."""

    def __init__(self, slug: str, section: SectionId, lang: Lang, unit: str | None = None) -> None:
        super().__init__(slug, section, lang, unit, say("discord.answer.other_language", other_language(lang)), "🌐")

    def leads_to(self, topic: Topic) -> PagePlace | None:
        """Return the place in the other language, in which units have the same ids."""
        here = self.place(topic)
        return PagePlace(here.topic, other_language(here.lang), here.section, here.unit)


class NotebookButton(Control[ui.Button[Any]], prefix="epoch:notebook"):
    """Hands out the topic as a Jupyter notebook."""

    slug: TopicSlug
    lang: Lang
    replies = "private"

    def __init__(self, slug: str, lang: Lang, label: str = "…") -> None:
        self.slug, self.lang = slug, lang
        super().__init__(ui.Button(label=label, emoji="📓", custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Make it."""
        topic = interaction.client.services.tutor_in(interaction.guild_id).topic(self.slug)
        file = discord.File(io.BytesIO(await asyncio.to_thread(notebook, topic, self.lang)), f"{topic.slug}.ipynb")
        view = notebook_view(topic, self.lang, lang_of(interaction), file)
        await interaction.edit_original_response(view=view, attachments=[file])


def notebook_view(topic: Topic, lang: Lang, ui_lang: Lang, file: discord.File) -> ui.LayoutView:
    """Return the message that brings a topic's notebook."""
    text = f"### {clip(topic.title[lang], BUTTON_LABEL)}\n{say('discord.answer.notebook_how', ui_lang)}"
    return layout(text, ui.File[Any](file.uri), colour=BLURPLE)


class SourcesButton(Control[ui.Button[Any]], prefix="epoch:sources"):
    """Shows what the page was checked against, as links."""

    slug: TopicSlug
    lang: Lang
    replies = "private"

    def __init__(self, slug: str, lang: Lang, label: str = "…") -> None:
        self.slug, self.lang = slug, lang
        super().__init__(ui.Button(label=label, emoji="📚", custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Show them."""
        topic = interaction.client.services.tutor_in(interaction.guild_id).topic(self.slug)
        if not topic.meta.sources:
            raise Gone("sources")
        await interaction.edit_original_response(view=layout(sources_text(topic, self.lang), colour=BLURPLE))


class CodeButton(Control[ui.Button[Any]], prefix="epoch:source"):
    """Shows the code of an example."""

    slug: TopicSlug
    example: ExampleName
    lang: Lang
    replies = "private"

    def __init__(self, slug: str, example: str, lang: Lang, label: str = "…") -> None:
        self.slug, self.example, self.lang = slug, example, lang
        super().__init__(ui.Button(label=label, emoji="📝", custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Show it, in more than one message only where it is longer than one may be."""
        topic, example = interaction.client.services.tutor_in(interaction.guild_id).example(self.slug, self.example)
        *before, end = code_blocks(topic, example, self.lang)
        run = RunButton(topic.slug, example.name, say("discord.answer.run", lang_of(interaction)))
        first, *others = [layout(*each, colour=BLURPLE) for each in before] + [layout(*end, *rows(run), colour=BLURPLE)]
        await interaction.edit_original_response(view=first)
        for view in others:
            await interaction.followup.send(view=view, ephemeral=True)
