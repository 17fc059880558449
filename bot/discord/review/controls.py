"""`/review`: one private message that shows an item, then its answer, takes a grade, and shows the next item.

A custom id has the item, and a salt that is new each time an item is shown. So a grade counts once, also when it is
pressed twice or after a restart. It is saved before the next item is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import discord
from discord import ui

from bot.discord.review.text import blocks_in_words
from bot.discord.services import ServedClient
from bot.discord.ui.base import Control, layout, rows
from bot.discord.ui.colours import BLURPLE, GREEN, RED
from bot.discord.ui.ids import Mark, Salt, Slug, Spelling
from bot.discord.ui.item_text import item_blocks
from bot.discord.ui.items import mark_of, shuffled
from bot.discord.ui.review_text import standing_line
from bot.study.learning import GivenAnswer
from bot.study.schedule import AGAIN, GOOD, GRADES, Grade
from bot.wording import say
from bot.wording.phrases.reviews import span
from knowledge.bank.models import Bank, ByLetter, Item, Lang, Topic

#: Pressed instead of a letter: the answer was said aloud.
SHOW = "S"


class ShowButton(Control[ui.Button[Any]], prefix="epoch:recall"):
    """One option of the item, or *Show the answer*; the message then shows the answer and four grades."""

    slug: Slug
    mark: Mark
    lang: Lang
    salt: Salt
    letter: Annotated[str, Spelling(f"[A-D{SHOW}]")]
    replies = "quiet"

    def __init__(self, slug: str, mark: str, lang: Lang, salt: str, letter: str, label: str | None = None) -> None:
        self.slug, self.mark, self.lang, self.salt, self.letter = slug, mark, lang, salt, letter
        super().__init__(ui.Button(label=label or letter, style=discord.ButtonStyle.primary, custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Show the answer."""
        services = interaction.client.services
        found = find(services.tutor.bank, self.slug, self.mark)
        if found is None:
            await _go_on(interaction, self.lang, say("member.review.gone", self.lang))
            return
        topic, item = found
        if isinstance(item, ByLetter):
            letters = shuffled(topic, item, self.lang, self.salt, services.secret).letters
            if self.letter not in letters:  # another item stands under that name now
                await _go_on(interaction, self.lang, say("member.review.gone", self.lang))
                return
        dues = await services.learning.dues(interaction.user.id, topic.slug, item.id)
        view = told_view(topic, item, self.lang, self.salt, services.secret, self.letter, dues)
        await interaction.edit_original_response(view=view)


class GradeButton(Control[ui.Button[Any]], prefix="epoch:grade"):
    """Saves a grade and shows the next item; the grade that is suggested has another colour."""

    slug: Slug
    mark: Mark
    lang: Lang
    salt: Salt
    grade: Grade
    replies = "quiet"

    def __init__(
        self, slug: str, mark: str, lang: Lang, salt: str, grade: Grade, when: str = "", likely: bool = False
    ) -> None:
        self.slug, self.mark, self.lang, self.salt, self.grade = slug, mark, lang, salt, grade
        style = discord.ButtonStyle.primary if likely else discord.ButtonStyle.secondary
        label = f"{say(f'member.grade.{GRADES[grade]}', lang)} · {when}"
        super().__init__(ui.Button(label=label, style=style, custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Save, then go on."""
        services = interaction.client.services
        found = find(services.tutor.bank, self.slug, self.mark)
        if found is None:
            await _go_on(interaction, self.lang, say("member.review.gone", self.lang))
            return
        topic, item = found
        source, guild_id = f"review:{self.salt}", interaction.guild_id
        given = GivenAnswer(interaction.user.id, topic.slug, item.id, self.grade, source, guild_id=guild_id)
        moved = await services.learning.record([given])
        said = say("member.review.saved_before", self.lang)
        for card in moved:
            grade = say(f"member.grade.{GRADES[self.grade]}", self.lang)
            said = say("member.review.saved", self.lang, grade=grade, when=span(card.due - services.clock(), self.lang))
        await _go_on(interaction, self.lang, said, (topic.slug, item.id))


async def _go_on(
    interaction: discord.Interaction[ServedClient], lang: Lang, said: str, not_now: tuple[str, str] | None = None
) -> None:
    await interaction.edit_original_response(view=await next_view(interaction, lang, said, not_now))


async def next_view(
    interaction: discord.Interaction[ServedClient], lang: Lang, said: str = "", not_now: tuple[str, str] | None = None
) -> ui.LayoutView:
    """Return the next item to review, or that there is none; `said` stands above it."""
    services, member = interaction.client.services, interaction.user.id
    standing = standing_line(await services.learning.standing(member, interaction.guild_id), lang)
    head = "\n".join(filter(None, [said, standing]))
    found = await services.learning.next(member, not_now=not_now)
    if found is None:
        return nothing_view(lang, head, await services.learning.soonest(member))
    topic, item = found
    return asked_view(topic, item, lang, f"{interaction.id:x}", services.secret, head)


def asked_view(topic: Topic, item: Item, lang: Lang, salt: str, secret: bytes, head: str) -> ui.LayoutView:
    """Return an item to be recalled."""
    mark = mark_of(item.id)
    if isinstance(item, ByLetter):
        question = shuffled(topic, item, lang, salt, secret)
        blocks = item_blocks(question, topic, lang)
        buttons = [ShowButton(topic.slug, mark, lang, salt, letter) for letter in question.letters]
    else:
        blocks = blocks_in_words(topic, item, lang, told=False)
        buttons = [ShowButton(topic.slug, mark, lang, salt, SHOW, say("member.review.show", lang))]
    return layout(head, *blocks, *rows(*buttons), colour=BLURPLE)


def told_view(
    topic: Topic, item: Item, lang: Lang, salt: str, secret: bytes, letter: str, dues: Mapping[Grade, float]
) -> ui.LayoutView:
    """Return an item with its answer and the four grades; `dues`: in how many seconds it comes back after each."""
    if isinstance(item, ByLetter):
        question = shuffled(topic, item, lang, salt, secret)
        blocks, right = item_blocks(question, topic, lang, letter), letter in question.right
    else:
        blocks, right = blocks_in_words(topic, item, lang, told=True), True
    likely = GOOD if right else AGAIN
    showing = (topic.slug, mark_of(item.id), lang, salt)
    grades = [GradeButton(*showing, grade, span(dues[grade], lang), grade == likely) for grade in GRADES]
    hint = "-# " + say("member.review.how_well", lang)
    return layout(*blocks, hint, *rows(*grades), colour=GREEN if right else RED)


def nothing_view(lang: Lang, head: str, soonest: float | None) -> ui.LayoutView:
    """Return that nothing is left; `soonest`: when the next card is due, in Unix time."""
    text = say("member.review.nothing", lang)
    if soonest is not None:
        text += "\n" + say("member.review.next_due", lang, at=int(soonest))
    return layout(head, text, colour=GREEN)


def find(bank: Bank, slug: str, mark: str) -> tuple[Topic, Item] | None:
    """Return the item that a custom id means; None when it has left the bank since."""
    topic = bank.topics.get(slug)
    item = next((item for item in topic.quiz if mark_of(item.id) == mark), None) if topic is not None else None
    return (topic, item) if topic is not None and item is not None else None
