"""What a member may do with a question once its answer is there: for their eyes only, and at any time."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.discord.services import ServedClient
from bot.discord.ui.base import Control
from bot.discord.ui.confirmed import Confirmed
from bot.discord.ui.errors import Gone
from bot.discord.ui.ids import ItemMark, TopicSlug
from bot.discord.ui.items import found_by, mark_of
from bot.discord.ui.language import lang_of
from bot.study.rounds.questions import Question
from bot.wording import say
from knowledge.bank.models import Item, Lang, SectionId, Topic


class ExplainItemButton(Control[ui.Button[Any]], prefix="epoch:itemwhy"):
    """Opens the part of the topic's page that explains the question, for the member alone."""

    slug: TopicSlug
    mark: ItemMark
    lang: Lang
    replies = "private"

    def __init__(self, slug: str, mark: str, lang: Lang, label: str = "?") -> None:
        self.slug, self.mark, self.lang = slug, mark, lang
        super().__init__(ui.Button(label=label, custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Open the unit behind the item; where none surely is, its own reason, and below it what the topic is about."""
        services = interaction.client.services
        tutor = services.tutor_in(interaction.guild_id)
        found = found_by(tutor.bank, self.slug, self.mark)
        if found is None:
            raise Gone("item")
        place = await tutor.explaining(found.topic, found.item)
        section: SectionId = place.section if place is not None else "answer"
        unit, why = (place.unit, "") if place is not None else (None, _reason(found.topic, found.item, self.lang))
        await services.answers.open_section(
            interaction, found.topic, section, self.lang, private=True, unit=unit, above=why
        )


def _reason(topic: Topic, item: Item, lang: Lang) -> str:
    why = item.sheet(topic, lang).why
    return say("quiz.after.explained", lang, why=why) if why else ""


class LaterButton(Confirmed, prefix="epoch:later"):
    """Puts the question into the member's own review: it is due from now on."""

    slug: TopicSlug
    mark: ItemMark

    def __init__(self, slug: str, mark: str, label: str = "+") -> None:
        self.slug, self.mark = slug, mark
        super().__init__(ui.Button(label=label, custom_id=self.encode()))

    async def done(self, interaction: discord.Interaction[ServedClient]) -> str:
        """Let it be due, and say so."""
        services = interaction.client.services
        found = found_by(services.tutor_in(interaction.guild_id).bank, self.slug, self.mark)
        if found is None:
            raise Gone("item")
        await services.learning.bring_forward(interaction.user.id, found.topic.slug, found.item.id)
        return say("quiz.after.later_done", lang_of(interaction))


def after_buttons(question: Question, lang: Lang) -> list[ui.Item[Any]]:
    """Return these buttons for a question of the bank; what explains it is in `lang`."""
    slug, mark = question.topic, mark_of(question.item)
    return [
        ExplainItemButton(slug, mark, lang, say("quiz.after.explain", lang)),
        LaterButton(slug, mark, say("quiz.after.later", lang)),
    ]
