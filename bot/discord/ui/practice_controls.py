"""Buttons that offer what to do next: an interview, one question, the topic known least.

What they open only the member sees.
"""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.discord.services import ServedClient
from bot.discord.ui.base import Control, rows
from bot.discord.ui.drill_controls import DrillsButton
from bot.discord.ui.errors import Gone
from bot.discord.ui.ids import TopicSlug
from bot.discord.ui.items import QuizMeButton, item_view
from bot.discord.ui.language import lang_of
from bot.discord.ui.text import BUTTON_LABEL, clip
from bot.wording import say
from bot.wording.phrases.progress import short_title
from knowledge.bank.models import Bank, ByLetter, Lang, Topic

#: Of a topic's title on a button, beside three others in a row.
_TITLE = 36


class InterviewButton(Control[ui.Button[Any]], prefix="epoch:mock"):
    """Asks a question of an interview, of one topic or of the one that needs it most."""

    slug: TopicSlug | None
    replies = "private"

    def __init__(self, slug: str | None = None, label: str = "?") -> None:
        self.slug = slug
        super().__init__(ui.Button(label=label, emoji="🎙️", custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Ask it."""
        services, topic = interaction.client.services, None
        if self.slug is not None:
            topic = services.tutor_in(interaction.guild_id).topic(self.slug).slug
        view = await services.next_interview(interaction, lang_of(interaction), topic=topic)
        await interaction.edit_original_response(view=view)


class OneItemButton(Control[ui.Button[Any]], prefix="epoch:oneitem"):
    """Asks one item, of any topic."""

    replies = "private"

    def __init__(self, label: str = "?") -> None:
        super().__init__(ui.Button(label=label, emoji="🎯", custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Ask it; `Gone` where no bank of the server has any."""
        services = interaction.client.services
        topics = askable(services.tutor_in(interaction.guild_id).bank)
        if not topics:
            raise Gone("item")
        view = item_view(services.chance.choice(topics), lang_of(interaction), services)
        assert view is not None  # the topic has items
        await interaction.edit_original_response(view=view)


def askable(bank: Bank) -> list[Topic]:
    """Return the topics that have items answered by a letter."""
    return [topic for topic in bank.topics.values() if any(isinstance(item, ByLetter) for item in topic.quiz)]


def practise(topic: Topic, lang: Lang) -> QuizMeButton:
    """Return the button that asks an item of a topic."""
    title = clip(short_title(topic.title[lang]), _TITLE)
    return QuizMeButton(topic.slug, lang, clip(say("onward.practise", lang, topic=title), BUTTON_LABEL))


async def ways_on(interaction: discord.Interaction[ServedClient], lang: Lang) -> list[ui.ActionRow[Any]]:
    """Return what a member does next who has nothing left to review: the topic known least, and other practice."""
    services = interaction.client.services
    known = await services.learning_in(interaction.guild_id).mastery(interaction.user.id)
    begun = [each.topic for each in reversed(known) if each.seen]
    weak = [topic for topic in begun if any(isinstance(item, ByLetter) for item in topic.quiz)]
    first = practise(weak[0], lang) if weak else OneItemButton(say("onward.one_item", lang))
    return ways(first, lang)


def ways(first: ui.Item[Any], lang: Lang) -> list[ui.ActionRow[Any]]:
    """Return the row that goes on with an item, with an interview, or with a drill."""
    interview = InterviewButton(None, say("onward.interview", lang))
    return rows(first, interview, DrillsButton(say("onward.drill", lang)))
