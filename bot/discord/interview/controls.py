"""`/interview`: one private message that asks, takes an answer in a form, judges it, and goes on.

A custom id has the question, and a salt that is new each time a question is asked. Of several answers with one salt
only the first counts. An answer is saved before the message shows its grade. No custom id tells the key points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import discord
from discord import ui

from bot.discord.interview.text import asked_blocks, compared_blocks, judged_blocks
from bot.discord.services import ServedClient
from bot.discord.ui.base import Control, Form, layout, rows, typed_in
from bot.discord.ui.colours import AMBER, BLURPLE, GREEN, GREY, RED
from bot.discord.ui.errors import Gone
from bot.discord.ui.ids import Id, ItemMark, Salt, TopicSlug
from bot.discord.ui.interview_forms import answer_item, form_title, prompt_item
from bot.discord.ui.items import found_by, mark_of
from bot.study.interviews import InterviewQuestion, Judged, follow_up, judge, of_item, questions
from bot.study.schedule import AGAIN, EASY, GOOD, HARD
from bot.wording import say
from knowledge.bank.errors import QueryError
from knowledge.bank.formerly import find_topic
from knowledge.bank.models import Bank, InWords, Lang

_COLOURS = {EASY: GREEN, GOOD: GREEN, HARD: AMBER, AGAIN: RED}


class AnswerButton(Control[ui.Button[Any]], prefix="epoch:interview"):
    """Opens the form in which this question, or the one that follows, is answered."""

    slug: TopicSlug
    mark: ItemMark
    lang: Lang
    salt: Salt

    def __init__(
        self, slug: str, mark: str, lang: Lang, salt: str, label: str = "…", emoji: str = "✍️", *, first: bool = True
    ) -> None:
        self.slug, self.mark, self.lang, self.salt = slug, mark, lang, salt
        style = discord.ButtonStyle.primary if first else discord.ButtonStyle.secondary
        super().__init__(ui.Button(label=label, emoji=emoji, style=style, custom_id=self.encode()))

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Open the form, which is the acknowledgement; where the question is gone, ask another one."""
        question = find(
            interaction.client.services.tutor_in(interaction.guild_id).bank, self.slug, self.mark, self.lang
        )
        if question is not None:
            await interaction.response.send_modal(AnswerForm(question, self.lang, self.salt))
            return
        await interaction.response.defer()
        view = await next_view(interaction, self.lang, said=say("member.review.gone", self.lang))
        await interaction.edit_original_response(view=view)

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """There is nothing left to do."""


@dataclass(frozen=True)
class Spoken(Id, prefix="epoch:spoken"):
    """The custom id of the form: the question, and the salt of this time it was asked."""

    slug: TopicSlug
    mark: ItemMark
    lang: Lang
    salt: Salt


class AnswerForm(Form[Spoken]):
    """The form for an answer; the message then shows how it was graded."""

    replies = "quiet"

    def __init__(self, question: InterviewQuestion, lang: Lang, salt: str) -> None:
        named = Spoken(question.topic.slug, mark_of(question.key), lang, salt)
        super().__init__(named, form_title(question.topic.title[lang]))
        self.add_item(prompt_item(question.prompt))
        self.add_item(answer_item(lang))

    @classmethod
    async def blank(
        cls, interaction: discord.Interaction[ServedClient], named: Spoken, typed: Mapping[str, str]
    ) -> Self:
        """Return the form without an answer; a question that has left the bank cannot be answered."""
        question = find(
            interaction.client.services.tutor_in(interaction.guild_id).bank, named.slug, named.mark, named.lang
        )
        if question is None:
            raise Gone("item")
        return cls(question, named.lang, named.salt)

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[ServedClient], named: Spoken, filled: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Judge the answer, save it, then show what it is worth."""
        services, lang, salt = interaction.client.services, named.lang, named.salt
        question, answer = (
            find(services.tutor_in(interaction.guild_id).bank, named.slug, named.mark, lang),
            typed_in(filled, "answer"),
        )
        if question is None:
            view = await next_view(interaction, lang, said=say("member.review.gone", lang))
        elif question.item is None:
            view = compared_view(question, answer, lang, salt, f"{interaction.id:x}")
        else:
            source = f"interview:{salt}"
            try:
                member_id, guild_id = interaction.user.id, interaction.guild_id
                judged = await judge(
                    services.tutor, services.learning, member_id, question, answer, source, guild_id
                )  # fmt: skip
            except QueryError as error:
                text = say(f"member.interview.{error.reason}", lang)
                view = await services.filled.view(interaction, filled, error, text)
                await interaction.followup.send(view=view, ephemeral=True)
                return
            view = judged_view(question, judged, answer, lang, salt, f"{interaction.id:x}", services.clock())
        await interaction.edit_original_response(view=view)


class AnotherButton(Control[ui.Button[Any]], prefix="epoch:another"):
    """Asks another question, of any topic, in place of this one."""

    slug: TopicSlug
    mark: ItemMark
    lang: Lang
    replies = "quiet"

    def __init__(self, slug: str, mark: str, lang: Lang) -> None:
        self.slug, self.mark, self.lang = slug, mark, lang
        label = say("member.interview.another", lang)
        super().__init__(ui.Button(label=label, emoji="🎲", custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Ask it."""
        last = find(interaction.client.services.tutor_in(interaction.guild_id).bank, self.slug, self.mark, self.lang)
        not_now = (self.slug, last.key) if last is not None else None
        await interaction.edit_original_response(view=await next_view(interaction, self.lang, not_now=not_now))


class ExplainButton(Control[ui.Button[Any]], prefix="epoch:explain"):
    """Opens the topic's explanation below, for the member alone."""

    slug: TopicSlug
    lang: Lang
    replies = "private"

    def __init__(self, slug: str, lang: Lang) -> None:
        self.slug, self.lang = slug, lang
        label = say("member.interview.explain", lang)
        super().__init__(ui.Button(label=label, emoji="📖", custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Open it."""
        services = interaction.client.services
        topic = services.tutor_in(interaction.guild_id).topic(self.slug)
        await services.answers.open_section(interaction, topic, "answer", self.lang, private=True)


async def next_view(
    interaction: discord.Interaction[ServedClient], lang: Lang, *, topic: str | None = None,
    not_now: tuple[str, str] | None = None, said: str = "",
) -> ui.LayoutView:  # fmt: skip
    """Return the question that the member needs most, of one topic or of any; `said` stands above it."""
    found = await interaction.client.services.learning_in(interaction.guild_id).interview(
        interaction.user.id, topic=topic, not_now=not_now
    )
    if found is None:
        return layout(*filter(None, [said, say("member.interview.none", lang)]), colour=GREY)
    question = of_item(*found, lang)
    return asked_view(question, lang, f"{interaction.id:x}", said)


def asked_view(question: InterviewQuestion, lang: Lang, salt: str, said: str = "") -> ui.LayoutView:
    """Return a question with *Answer* under it."""
    slug, mark = question.topic.slug, mark_of(question.key)
    answer = AnswerButton(slug, mark, lang, salt, say("member.interview.button", lang))
    blocks = [*filter(None, [said]), *asked_blocks(question, lang)]
    return layout(*blocks, *rows(answer, AnotherButton(slug, mark, lang)), colour=BLURPLE)


def judged_view(
    question: InterviewQuestion, judged: Judged, answer: str, lang: Lang, salt: str, next_salt: str, now: float
) -> ui.LayoutView:
    """Return an answer to an item with its points ticked, the checked answer, and the ways on."""
    following = follow_up(question, lang)
    blocks = judged_blocks(question, judged, answer, lang, now, following)
    return layout(*blocks, *_ways_on(question, following, lang, salt, next_salt), colour=_COLOURS[judged.grade])


def compared_view(question: InterviewQuestion, answer: str, lang: Lang, salt: str, next_salt: str) -> ui.LayoutView:
    """Return an answer beside the checked one."""
    following = follow_up(question, lang)
    blocks = compared_blocks(question, answer, lang, following)
    return layout(*blocks, *_ways_on(question, following, lang, salt, next_salt), colour=BLURPLE)


def _ways_on(
    question: InterviewQuestion, following: InterviewQuestion | None, lang: Lang, salt: str, next_salt: str
) -> list[ui.ActionRow[Any]]:
    slug, mark = question.topic.slug, mark_of(question.key)
    controls: list[ui.Item[Any]] = []
    if following is not None:
        label = say("member.interview.follow_up_button", lang)
        controls.append(AnswerButton(slug, mark_of(following.key), lang, next_salt, label, "💬"))
    controls.append(AnswerButton(slug, mark, lang, salt, say("member.interview.again", lang), "🔁", first=False))
    return rows(*controls, ExplainButton(slug, lang), AnotherButton(slug, mark, lang))


def find(bank: Bank, slug: str, mark: str, lang: Lang) -> InterviewQuestion | None:
    """Return the question that a custom id means; None when it has left the bank since."""
    topic = find_topic(bank, slug)
    found = next((q for q in questions(topic, lang) if mark_of(q.key) == mark), None) if topic is not None else None
    if found is not None:
        return found
    moved = found_by(bank, slug, mark)
    return of_item(moved.topic, moved.item, lang) if moved is not None and isinstance(moved.item, InWords) else None
