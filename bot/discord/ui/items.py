"""*Quiz me*: one item of the topic, for the member alone.

The order of the options is computed from a random salt and the database's own key. So neither the ids of the buttons
nor the bank, which is public, tell which option is right.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from random import Random
from typing import Any

import discord
from discord import ui

from bot.discord.services import ServedClient, SharedServices
from bot.discord.ui.base import Control, layout, rows
from bot.discord.ui.colours import BLURPLE, GREEN, RED
from bot.discord.ui.ids import ItemMark, Letter, Salt, TopicSlug
from bot.discord.ui.item_text import item_blocks
from bot.discord.ui.language import lang_of
from bot.study.learning import GivenAnswer
from bot.study.rounds.questions import Question, present
from bot.study.schedule import grade_of_choice
from bot.wording import say
from knowledge.bank.formerly import items_of
from knowledge.bank.models import Bank, ByLetter, Item, Lang, Topic

_COLOURS = {None: BLURPLE, True: GREEN, False: RED}


class QuizMeButton(Control[ui.Button[Any]], prefix="epoch:quizme"):
    """Asks one item of the topic. Under the answer to an item (`mark`), the new item takes its place."""

    slug: TopicSlug
    lang: Lang
    mark: ItemMark | None

    def __init__(
        self, slug: str, lang: Lang, label: str = "?", mark: str | None = None, *, emoji: str | None = "🎯"
    ) -> None:
        self.slug, self.lang, self.mark = slug, lang, mark
        super().__init__(ui.Button(label=label, emoji=emoji, custom_id=self.encode()))

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """The next item turns the page, the first one opens a private message."""
        if self.mark:
            await interaction.response.defer()
        else:
            await interaction.response.defer(thinking=True, ephemeral=True)

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Ask an item, another one than the last."""
        bot = interaction.client
        topic = bot.services.tutor_in(interaction.guild_id).topic(self.slug)
        view = item_view(topic, self.lang, bot.services, self.mark)
        if view is None:  # they have left the bank since
            await interaction.followup.send(say("discord.item.gone", lang_of(interaction)), ephemeral=True)
            return
        await interaction.edit_original_response(view=view)


class GuessButton(Control[ui.Button[Any]], prefix="epoch:guess"):
    """Answers the item, whose message then shows what is right and why."""

    slug: TopicSlug
    mark: ItemMark
    lang: Lang
    salt: Salt
    letter: Letter
    replies = "quiet"

    def __init__(self, slug: str, mark: str, lang: Lang, salt: str, letter: str) -> None:
        self.slug, self.mark, self.lang, self.salt, self.letter = slug, mark, lang, salt, letter
        super().__init__(ui.Button(label=letter, style=discord.ButtonStyle.primary, custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Show the answer."""
        bot = interaction.client
        found = found_by(bot.services.tutor_in(interaction.guild_id).bank, self.slug, self.mark)
        question = None
        if found is not None and isinstance(found.item, ByLetter):
            question = shuffled(found.topic, found.item, self.lang, self.salt, bot.services.secret, found.name)
        if found is None or question is None or self.letter not in question.letters:  # it has left the bank since
            await interaction.followup.send(say("discord.item.gone", lang_of(interaction)), ephemeral=True)
            return
        grade, source = grade_of_choice(self.letter in question.right), f"quizme:{self.salt}"
        answer = GivenAnswer(interaction.user.id, found.topic.slug, found.item.id, grade, source, bot.services.clock())
        await bot.services.learning.record([answer])  # before it is shown: what is shown has counted
        view = told_view(found.topic, question, self.lang, lang_of(interaction), self.letter)
        await interaction.edit_original_response(view=view)


def item_view(topic: Topic, lang: Lang, services: SharedServices, mark: str | None = None) -> ui.LayoutView | None:
    """Return an item of a topic, another one than that of `mark` where there is one; None where it has none."""
    items = [item for item in topic.quiz if isinstance(item, ByLetter)]
    if not items:
        return None
    item = services.chance.choice([item for item in items if mark_of(item.id) != mark] or items)
    salt = services.new_id()
    return asked_view(topic, shuffled(topic, item, lang, salt, services.secret), lang, salt)


def mark_of(item_id: str) -> str:
    """Return what stands for an item in a custom id, whose length is limited."""
    return hashlib.sha256(item_id.encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class FoundItem:
    """The item that a custom id means; `name` is what it was called when the id was made, which its order rests on."""

    topic: Topic
    item: Item
    name: str


def found_by(bank: Bank, slug: str, mark: str) -> FoundItem | None:
    """Return the item that a custom id means, whatever it is called by now; None when it has left the bank since."""
    for item_id, topic, item in items_of(bank, slug):
        if mark_of(item_id) == mark:
            return FoundItem(topic, item, f"{slug}:{item_id}")
    return None


def shuffled(topic: Topic, item: Item, lang: Lang, salt: str, secret: bytes, name: str | None = None) -> Question:
    """Return the item with its options in the order that belongs to `salt`, which nobody can tell without `secret`.

    Args:
        topic: of the item.
        item: answered by letters.
        lang: in which language.
        salt: of this time it is asked.
        secret: of the database.
        name: what the item was called when it was first shown so; None for as now.
    """
    name = name or f"{topic.slug}:{item.id}"
    seed = hmac.new(secret, f"{name}:{salt}".encode(), hashlib.sha256).digest()
    return present(topic, item, lang, Random(int.from_bytes(seed)))


def asked_view(topic: Topic, question: Question, lang: Lang, salt: str) -> ui.LayoutView:
    """Return an item with a button for each option."""
    mark = mark_of(question.item)
    buttons = [GuessButton(topic.slug, mark, lang, salt, letter) for letter in question.letters]
    return layout(*item_blocks(question, topic, lang), *rows(*buttons), colour=_COLOURS[None])


def told_view(topic: Topic, question: Question, lang: Lang, ui_lang: Lang, letter: str) -> ui.LayoutView:
    """Return an item with its answer."""
    again = QuizMeButton(topic.slug, lang, say("discord.item.another", ui_lang), mark_of(question.item))
    blocks = item_blocks(question, topic, lang, letter)
    return layout(*blocks, *rows(again), colour=_COLOURS[letter in question.right])
