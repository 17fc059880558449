"""Answering a question, from a command or from a message: the tutor's reply as the messages that show it.

    question (+ topic under discussion) → Tutor → Reply → views
    "hi", "thanks", "help"              → a text of the interface, without a search

The topic of an answer becomes the topic under discussion. A question without an answer is noted in the store.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

import discord
from discord import ui

from bot.discord.ask.controls import answer_views, reply_views, show
from bot.discord.ask.text import echo
from bot.discord.services import ServedClient, SharedServices
from bot.discord.ui.base import layout
from bot.discord.ui.language import lang_of
from bot.discord.ui.text import beginning
from bot.store.errors import StoreError
from bot.study.smalltalk import SmallTalk, small_talk
from bot.wording import say
from knowledge.bank.models import Lang, SectionId, Topic
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
        if (said := _small_talk(question)) is not None:
            text = f"{echo(question)}\n{_said_back(said, lang_of(interaction))}"
            await show(interaction, [layout(text)])
            return
        reply = await self.reply(question, interaction.guild_id, interaction.channel, interaction.user.id, about)
        helper = self._has_helper(interaction.guild_id)
        bank = self._shared.tutor.bank
        await show(interaction, reply_views(reply, bank, lang_of(interaction), question=question, helper=helper))

    async def views(self, message: discord.Message, question: str, about: str | None) -> list[ui.LayoutView]:
        """Return the answer to a message."""
        guild_id = message.guild.id if message.guild else None
        if (said := _small_talk(question)) is not None:
            locale = message.guild.preferred_locale if message.guild else None
            return [layout(_said_back(said, self._shared.servers.of(guild_id).lang or lang_of(locale)))]
        reply = await self.reply(question, guild_id, message.channel, message.author.id, about)
        ui_lang: Lang = self._shared.servers.of(guild_id).lang or reply.lang
        return reply_views(reply, self._shared.tutor.bank, ui_lang, helper=self._has_helper(guild_id))

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
            self._shared.discussions.note(interaction.channel_id, interaction.user.id, topic.slug)

    async def reply(
        self, question: str, guild_id: int | None, channel: Channel | None, member_id: int, about: str | None
    ) -> Reply:
        """Find the answer; remember its topic, or note that there is none."""
        reply = await self._shared.tutor.ask(question, about=about)
        if reply.topic is not None:
            where = channel.id if channel else None
            self._shared.discussions.note(where, member_id, reply.topic, thread=isinstance(channel, discord.Thread))
        elif reply.outcome == "decline":
            await self._note(question, reply, guild_id)
        return reply

    def _has_helper(self, guild_id: int | None) -> bool:
        return self._shared.servers.of(guild_id).helper_role is not None

    async def _note(self, question: str, reply: Reply, guild_id: int | None) -> None:
        nearest = [candidate.topic for candidate in reply.candidates[:_NEAREST]]
        asked = beginning(" ".join(_IDS.sub(" ", question).split()), _NOTED)
        try:
            await self._shared.store.gaps.note(asked, reply.lang, nearest, self._shared.clock(), guild_id=guild_id)
        except StoreError as error:
            log.warning("a question without an answer was not noted: %s", error)  # the member gets theirs all the same


def _small_talk(question: str) -> SmallTalk | None:
    return small_talk(_BESIDE_WORDS.sub(" ", question))


def _said_back(said: SmallTalk, ui_lang: Lang) -> str:
    """Return the answer to small talk, in its own language; in the interface's where it has none."""
    return say("discord.hello.text" if said.kind == "help" else f"small.{said.kind}", said.lang or ui_lang)
