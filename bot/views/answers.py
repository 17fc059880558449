"""Answers, offers of topics, and the controls under them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self, cast

import discord
from discord import ui

from bot.render.answers import Page, offer, section_options, section_pages
from bot.render.errors import Explained
from bot.render.text import BUTTON_LABEL, OPTION_LABEL, clip
from bot.views.base import LANG, SLUG, Control, lang_of, layout, rows
from bot.wording import say
from knowledge.models import MAIN_EXAMPLE, NAME_PATTERN, Bank, Lang, SectionId, Topic
from knowledge.retriever import Reply

if TYPE_CHECKING:
    from bot.app import EpochBot

_BLUE = 0x5865F2
_AMBER = 0xF0B232
_OFFERED = 3
#: Options of a select.
_OPTIONS = 25


class RunButton(Control[ui.Button[Any]], template=rf"epoch:run:{SLUG}:(?P<example>{NAME_PATTERN.strip('^$')})"):
    """Runs an example of a topic and posts what comes out."""

    def __init__(self, slug: str, example: str = MAIN_EXAMPLE, label: str = "▶", emoji: str | None = "▶️") -> None:
        style = discord.ButtonStyle.primary if example == MAIN_EXAMPLE else discord.ButtonStyle.secondary
        button: ui.Button[Any] = ui.Button(
            label=clip(label, BUTTON_LABEL), emoji=emoji, style=style, custom_id=f"epoch:run:{slug}:{example}"
        )
        super().__init__(button)
        self.slug = slug
        self.example = example

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Rebuild the button of an old message."""
        return cls(match["slug"], match["example"])

    async def press(self, interaction: discord.Interaction[EpochBot]) -> None:
        """Run the example in a message of its own."""
        await interaction.client.runs.start(interaction, self.slug, self.example)


class ExampleSelect(Control[ui.Select[Any]], template=rf"epoch:examples:{SLUG}"):
    """Runs one of a topic's other examples; their titles are too long for buttons on a phone."""

    def __init__(
        self, slug: str, options: Iterable[tuple[str, str]] = ((MAIN_EXAMPLE, "?"),), placeholder: str = "…"
    ) -> None:
        super().__init__(_select(f"epoch:examples:{slug}", options, placeholder))
        self.slug = slug

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Rebuild the select of an old message."""
        return cls(match["slug"])

    async def press(self, interaction: discord.Interaction[EpochBot]) -> None:
        """Run the chosen example in a message of its own."""
        await interaction.client.runs.start(interaction, self.slug, self.item.values[0])


class TopicButton(Control[ui.Button[Any]], template=rf"epoch:topic:{SLUG}:{LANG}"):
    """Posts a topic's short answer."""

    def __init__(self, slug: str, lang: Lang, label: str = "?") -> None:
        button: ui.Button[Any] = ui.Button(label=clip(label, BUTTON_LABEL), custom_id=f"epoch:topic:{slug}:{lang}")
        super().__init__(button)
        self.slug = slug
        self.lang = lang

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Rebuild the button of an old message."""
        return cls(match["slug"], "zh" if match["lang"] == "zh" else "en")

    async def press(self, interaction: discord.Interaction[EpochBot]) -> None:
        """Post the answer section, for all to see."""
        topic = interaction.client.tutor.topic(self.slug)
        for view in answer_views(topic, "answer", self.lang, lang_of(interaction)):
            await interaction.followup.send(view=view)


class MoreSelect(Control[ui.Select[Any]], template=rf"epoch:more:{SLUG}:{LANG}"):
    """Opens another section of the topic, for the member who chose it."""

    replies = "private"

    def __init__(
        self, slug: str, lang: Lang, options: Iterable[tuple[str, str]] = (("answer", "?"),), placeholder: str = "…"
    ) -> None:
        super().__init__(_select(f"epoch:more:{slug}:{lang}", options, placeholder))
        self.slug = slug
        self.lang = lang

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Rebuild the select of an old message."""
        return cls(match["slug"], "zh" if match["lang"] == "zh" else "en")

    async def acknowledge(self, interaction: discord.Interaction[EpochBot]) -> None:
        """A page that only the member sees turns to the next section; under a public one a private page opens."""
        if interaction.message is not None and interaction.message.flags.ephemeral:
            await interaction.response.defer()
        else:
            await super().acknowledge(interaction)

    async def press(self, interaction: discord.Interaction[EpochBot]) -> None:
        """Show the chosen section."""
        topic = interaction.client.tutor.topic(self.slug)
        section = cast("SectionId", self.item.values[0])
        first, *others = answer_views(topic, section, self.lang, lang_of(interaction))
        await interaction.edit_original_response(view=first)
        for view in others:
            await interaction.followup.send(view=view, ephemeral=True)


def _select(custom_id: str, options: Iterable[tuple[str, str]], placeholder: str) -> ui.Select[Any]:
    shown = [discord.SelectOption(label=clip(label, OPTION_LABEL), value=value) for value, label in options]
    return ui.Select(custom_id=custom_id, placeholder=placeholder, options=shown[:_OPTIONS])


def answer_views(
    topic: Topic, section: SectionId, lang: Lang, ui_lang: Lang, *, question: str | None = None
) -> list[ui.LayoutView]:
    """Return the messages of one section, the controls under the last of them.

    Args:
        topic: the topic.
        section: which section of it.
        lang: language of the content.
        ui_lang: language of the controls.
        question: what was asked, where the member's client does not show it.
    """
    pages = section_pages(topic, section, lang, question=question)
    views = [_page(page) for page in pages[:-1]]
    return [*views, _page(pages[-1], *rows(*_controls(topic, section, lang, ui_lang)))]


def _page(page: Page, *below: ui.Item[Any], colour: int = _BLUE) -> ui.LayoutView:
    return layout(*page.blocks, *below, colour=colour)


def _controls(topic: Topic, section: SectionId, lang: Lang, ui_lang: Lang) -> list[ui.Item[Any]]:
    controls: list[ui.Item[Any]] = []
    if any(example.name == MAIN_EXAMPLE for example in topic.examples):
        controls.append(RunButton(topic.slug, MAIN_EXAMPLE, say("discord.answer.run", ui_lang)))
    if others := [(e.name, e.meta.title[ui_lang]) for e in topic.examples if e.name != MAIN_EXAMPLE]:
        controls.append(ExampleSelect(topic.slug, others, say("discord.answer.others", ui_lang)))
    if options := section_options(topic, section, lang):
        controls.append(MoreSelect(topic.slug, lang, options, say("discord.answer.more", ui_lang)))
    return controls


def reply_views(reply: Reply, bank: Bank, ui_lang: Lang, *, question: str | None = None) -> list[ui.LayoutView]:
    """Return the messages of a reply of any outcome."""
    if reply.topic is not None:
        section = reply.section or "answer"
        return answer_views(bank[reply.topic], section, reply.lang, ui_lang, question=question)
    page = offer(reply.outcome, reply.lang, question=question)
    nearest = [candidate.topic for candidate in reply.candidates[:_OFFERED]]
    return [_page(page, *rows(*topic_buttons(bank, nearest, reply.lang)), colour=_AMBER)]


def topic_buttons(bank: Bank, slugs: Iterable[str], lang: Lang) -> list[TopicButton]:
    """Return a button for each of the topics."""
    return [TopicButton(slug, lang, bank[slug].title[lang]) for slug in slugs]


def explained_view(explained: Explained, bank: Bank, ui_lang: Lang) -> ui.LayoutView:
    """Return what to tell a member whose request could not be done, with topics to go on with."""
    buttons = topic_buttons(bank, explained.nearest[:_OFFERED], ui_lang)
    return layout(explained.text, *rows(*buttons), colour=_AMBER)
