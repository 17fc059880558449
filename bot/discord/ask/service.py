"""Answering a question, from a command or from a message: the tutor's reply as the messages that show it.

    question (+ topic under discussion) → Tutor → Reply → views
    "hi", "thanks", "help"              → a text of the interface, without a search
    "go on", "code", "quiz me"          → what comes after what was shown last, without a search

The topic of an answer becomes the topic under discussion. A question without an answer is noted in the store.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord
from discord import ui

from bot.discord.ask.controls import answer_views, reply_views, show, shown_in
from bot.discord.ask.onward import follow
from bot.discord.ask.text import echo
from bot.discord.services import ServedClient, SharedServices
from bot.discord.ui.base import layout
from bot.discord.ui.language import lang_of
from bot.discord.ui.text import beginning
from bot.store.errors import StoreError
from bot.study.intents import Intent, said
from bot.study.shown import Shown
from bot.study.smalltalk import SmallTalk
from bot.wording import say
from knowledge.bank.models import MAIN_EXAMPLE, Lang, SectionId, Topic
from knowledge.search.retriever import Reply

if TYPE_CHECKING:
    from discord.interactions import InteractionChannel

    Channel = discord.abc.MessageableChannel | InteractionChannel

log = logging.getLogger(__name__)

#: How many of the nearest topics are noted with a question that was not answered, and how much of it.
_NEAREST = 3
_NOTED = 500
#: Mentions carry ids of members.
_IDS = re.compile(r"<(?:@[!&]?|#)\d+>")
#: What Discord writes for a mention and for a server's own emoji: "thanks @bob :party:" is thanks.
_BESIDE_WORDS = re.compile(rf"{_IDS.pattern}|<a?:\w+:\d+>")


class AnswerService:
    """Answers questions.

    Args:
        shared: has the tutor, the store and what is under discussion.
    """

    def __init__(self, shared: SharedServices) -> None:
        self._shared = shared

    async def answer(
        self, interaction: discord.Interaction[ServedClient], question: str, *, about: str | None = None
    ) -> None:
        """Answer in the message that `interaction` awaits; its question is repeated there, for no client shows it."""
        told = _said(question)
        if isinstance(told, Intent):
            await self._follow(interaction, question, told)
            return
        if told is not None:
            text = f"{echo(question)}\n{_said_back(told, lang_of(interaction))}"
            await show(interaction, [layout(text)])
            return
        interface = lang_of(interaction)
        reply = await self.reply(
            question, interaction.guild_id, interaction.channel, interaction.user.id, about, interface
        )
        helper = self._has_helper(interaction.guild_id)
        bank = self._shared.tutor.bank
        await show(interaction, reply_views(reply, bank, interface, question=question, helper=helper))

    async def _follow(self, interaction: discord.Interaction[ServedClient], question: str, wish: Intent) -> None:
        """Do what was asked for of the answer under which it was typed, or else of what was shown here last."""
        channel, member_id, bank = interaction.channel, interaction.user.id, self._shared.tutor.bank
        ui_lang, above = lang_of(interaction), interaction.message
        shown = self._discussed(shown_in(above, bank, ui_lang) if above is not None else None, channel, member_id)
        topic = bank.topics.get(shown.topic) if shown is not None else None
        if wish.kind == "run" and topic is not None and any(each.name == MAIN_EXAMPLE for each in topic.examples):
            await interaction.client.services.runs.start(interaction, topic.slug, MAIN_EXAMPLE)
            return
        step = follow(wish, shown, self._shared, ui_lang, question=question)
        self._note(step.shown, channel, member_id)
        await show(interaction, step.views)

    async def views(self, message: discord.Message, question: str, about: Shown | None) -> Sequence[ui.LayoutView]:
        """Return the answer to a message."""
        guild_id = message.guild.id if message.guild else None
        told = _said(question)
        if told is not None:
            locale = message.guild.preferred_locale if message.guild else None
            spoken = self._shared.servers.of(guild_id).lang or lang_of(locale)
            if isinstance(told, SmallTalk):
                return [layout(_said_back(told, spoken))]
            shown = self._discussed(about, message.channel, message.author.id)
            if self._shared.servers.of(guild_id).lang is None and shown is not None:
                spoken = shown.lang
            step = follow(told, shown, self._shared, spoken)
            self._note(step.shown, message.channel, message.author.id)
            return step.views
        slug = about.topic if about is not None else None
        reply = await self.reply(question, guild_id, message.channel, message.author.id, slug, self.interface(message))
        ui_lang: Lang = self._shared.servers.of(guild_id).lang or reply.lang
        return reply_views(reply, self._shared.tutor.bank, ui_lang, helper=self._has_helper(guild_id))

    def interface(self, message: discord.Message) -> Lang:
        """Return the language a message is written under: what the host set, else its author's, else the server's."""
        guild = message.guild
        set_by_host = self._shared.servers.of(guild.id).lang if guild else None
        met = self._shared.locales.of(message.author.id)
        return set_by_host or met or lang_of(guild.preferred_locale if guild else None)

    async def open_section(
        self,
        interaction: discord.Interaction[ServedClient],
        topic: Topic,
        section: SectionId,
        lang: Lang,
        *,
        question: str | None = None,
        private: bool = False,
    ) -> None:
        """Show a section of a topic, which for all to see is what is talked about from then on.

        Args:
            interaction: awaits the message.
            topic: the topic.
            section: which section of it.
            lang: language of the content.
            question: what was asked, where the member's client does not show it.
            private: whether only one member sees it, for whom it opens beside what is talked about.
        """
        bank = None if private else self._shared.tutor.bank
        ui_lang = lang_of(interaction)
        views = answer_views(topic, section, lang, ui_lang, question=question, private=private, bank=bank)
        await show(interaction, views, private=private)
        if not private:
            shown = Shown(topic.slug, lang, section)
            self._shared.discussions.note(interaction.channel_id, interaction.user.id, shown)

    async def reply(
        self,
        question: str,
        guild_id: int | None,
        channel: Channel | None,
        member_id: int,
        about: str | None,
        interface: Lang,
    ) -> Reply:
        """Find the answer; remember its topic, or note that there is none."""
        reply = await self._shared.tutor.ask(question, about=about, interface=interface)
        if reply.topic is not None:
            self._note(Shown(reply.topic, reply.lang, reply.section or "answer", reply.unit), channel, member_id)
        elif reply.outcome == "decline":
            await self._note_gap(question, reply, guild_id)
        return reply

    def _discussed(self, above: Shown | None, channel: Channel | None, member_id: int) -> Shown | None:
        """Return what to go on from: the message that was answered, if it shows a part of a page, or else the last."""
        where, thread = channel.id if channel else None, isinstance(channel, discord.Thread)
        last = self._shared.discussions.shown(where, member_id, thread=thread)
        if above is None or (above.section is None and last is not None and last.topic == above.topic):
            return last
        return above

    def _note(self, shown: Shown | None, channel: Channel | None, member_id: int) -> None:
        if shown is not None:
            where, thread = channel.id if channel else None, isinstance(channel, discord.Thread)
            self._shared.discussions.note(where, member_id, shown, thread=thread)

    def _has_helper(self, guild_id: int | None) -> bool:
        return self._shared.servers.of(guild_id).helper_role is not None

    async def _note_gap(self, question: str, reply: Reply, guild_id: int | None) -> None:
        nearest = [candidate.topic for candidate in reply.candidates[:_NEAREST]]
        asked = beginning(" ".join(_IDS.sub(" ", question).split()), _NOTED)
        try:
            await self._shared.store.gaps.note(asked, reply.lang, nearest, self._shared.clock(), guild_id=guild_id)
        except StoreError as error:
            log.warning("a question without an answer was not noted: %s", error)  # the member gets theirs all the same


def _said(question: str) -> SmallTalk | Intent | None:
    return said(_BESIDE_WORDS.sub(" ", question))


def _said_back(told: SmallTalk, ui_lang: Lang) -> str:
    """Return the answer to small talk, in its own language; in the interface's where it has none."""
    return say("discord.hello.text" if told.kind == "help" else f"small.{told.kind}", told.lang or ui_lang)
