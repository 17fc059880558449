"""From a question to the messages that answer it, whichever way it came.

question (+ topic under discussion) → Tutor → Reply → views; what was not found is noted, what was is remembered
"hi", "thanks", "help" → a line of the interface: nothing is looked up, noted or voted on
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

import discord
from discord import ui

from bot.discord.ask.controls import reply_views, show
from bot.discord.ask.text import echo
from bot.discord.ui.base import lang_of, layout
from bot.discord.ui.text import beginning
from bot.store.errors import StoreError
from bot.study.smalltalk import SmallTalk, small_talk
from bot.wording import say
from knowledge.bank.models import Lang
from knowledge.search.retriever import Reply

if TYPE_CHECKING:
    from discord.interactions import InteractionChannel

    from bot.discord.client import EpochBot

    Channel = discord.abc.MessageableChannel | InteractionChannel

log = logging.getLogger(__name__)

#: How many of the nearest topics are noted with a question that was not answered, and how much of it.
_NEAREST = 3
_NOTED = 500
#: Mentions carry ids of members.
_IDS = re.compile(r"<(?:@[!&]?|#)\d+>")
#: What Discord writes for a mention and for a server's own emoji: "thanks @bob :party:" is thanks.
_BESIDE_WORDS = re.compile(rf"{_IDS.pattern}|<a?:\w+:\d+>")


class Answering:
    """Answers questions.

    Args:
        bot: has the tutor, the store and what is under discussion.
    """

    def __init__(self, bot: EpochBot) -> None:
        self._bot = bot

    async def answer(
        self, interaction: discord.Interaction[EpochBot], question: str, *, about: str | None = None
    ) -> None:
        """Answer in the message that `interaction` awaits; its question is repeated there, for no client shows it."""
        if (said := _small_talk(question)) is not None:
            text = f"{echo(question)}\n{_said_back(said, lang_of(interaction))}"
            await show(interaction, [layout(text)])
            return
        interface = lang_of(interaction)
        reply = await self.reply(
            question, interaction.guild_id, interaction.channel, interaction.user.id, about, interface
        )
        helper = self._has_helper(interaction.guild_id)
        bank = self._bot.tutor.bank
        await show(interaction, reply_views(reply, bank, interface, question=question, helper=helper))

    async def views(self, message: discord.Message, question: str, about: str | None) -> list[ui.LayoutView]:
        """Return the answer to a message."""
        guild_id = message.guild.id if message.guild else None
        if (said := _small_talk(question)) is not None:
            locale = message.guild.preferred_locale if message.guild else None
            return [layout(_said_back(said, self._bot.servers.of(guild_id).lang or lang_of(locale)))]
        reply = await self.reply(question, guild_id, message.channel, message.author.id, about, self.interface(message))
        ui_lang: Lang = self._bot.servers.of(guild_id).lang or reply.lang
        return reply_views(reply, self._bot.tutor.bank, ui_lang, helper=self._has_helper(guild_id))

    def interface(self, message: discord.Message) -> Lang:
        """Return the language a message is written under: what the host set, else its author's, else the server's."""
        guild = message.guild
        set_by_host = self._bot.servers.of(guild.id).lang if guild else None
        met = self._bot.locales.of(message.author.id)
        return set_by_host or met or lang_of(guild.preferred_locale if guild else None)

    async def reply(
        self, question: str, guild_id: int | None, channel: Channel | None, member_id: int, about: str | None,
        interface: Lang,
    ) -> Reply:  # fmt: skip
        """Find the answer; remember its topic, or note that there is none."""
        reply = await self._bot.tutor.ask(question, about=about, interface=interface)
        if reply.topic is not None:
            where = channel.id if channel else None
            self._bot.discussions.note(where, member_id, reply.topic, thread=isinstance(channel, discord.Thread))
        elif reply.outcome == "decline":
            await self._note(question, reply, guild_id)
        return reply

    def _has_helper(self, guild_id: int | None) -> bool:
        return self._bot.servers.of(guild_id).helper_role is not None

    async def _note(self, question: str, reply: Reply, guild_id: int | None) -> None:
        nearest = [candidate.topic for candidate in reply.candidates[:_NEAREST]]
        asked = beginning(" ".join(_IDS.sub(" ", question).split()), _NOTED)
        try:
            await self._bot.store.gaps.note(asked, reply.lang, nearest, self._bot.clock(), guild_id=guild_id)
        except StoreError as error:
            log.warning("a question without an answer was not noted: %s", error)  # the member gets theirs all the same


def _small_talk(question: str) -> SmallTalk | None:
    return small_talk(_BESIDE_WORDS.sub(" ", question))


def _said_back(said: SmallTalk, ui_lang: Lang) -> str:
    """Return the answer to small talk, in its own language; in the interface's where it has none."""
    return say("discord.hello.text" if said.kind == "help" else f"small.{said.kind}", said.lang or ui_lang)
