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
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

import discord
from discord import ui

from bot.discord.ask.controls import answer_views, reply_views, show, shown_in
from bot.discord.ask.drills import drills_view
from bot.discord.ask.onward import IntentReply, follow
from bot.discord.ask.suggesting import gap_mark
from bot.discord.ask.text import echo
from bot.discord.services import ServedClient, SharedServices
from bot.discord.ui.base import layout
from bot.discord.ui.language import lang_of
from bot.discord.ui.text import beginning, clip
from bot.figures import AskEnding
from bot.store.errors import StoreError
from bot.study.drills import choosing
from bot.study.drills.asking import drill_wish
from bot.study.intents import Intent, said
from bot.study.shown import PagePlace, place_at, unknown_part
from bot.study.smalltalk import SmallTalk
from bot.wording import say
from knowledge.bank.errors import QueryError
from knowledge.bank.formerly import find_topic
from knowledge.bank.models import MAIN_EXAMPLE, Lang, SectionId, Topic
from knowledge.search.retriever import Reply

if TYPE_CHECKING:
    from discord.interactions import InteractionChannel

    Channel = discord.abc.MessageableChannel | InteractionChannel

log = logging.getLogger(__name__)

#: How many of the nearest topics are noted with a question that was not answered, and how much of it.
_NEAREST = 3
_NOTED = 500
#: How much is repeated of a part that a page does not have.
_PART = 60
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
        """Answer in the message that `interaction` awaits; its question is repeated there, for no client shows it.

        Raises:
            Refusal: there were too many questions in the last minute.
        """
        self._shared.door.ask(interaction.user.id, interaction.guild_id)
        interface = lang_of(interaction)
        named = self._named(question, interaction.guild_id, interface, interface, question_shown=question)
        if named is not None:
            self._note(named.shown, interaction.channel, interaction.user.id)
            await show(interaction, named.views)
            return
        told = _said(question)
        if isinstance(told, Intent):
            await self._follow(interaction, question, told)
            return
        if told is not None:
            text = f"{echo(question)}\n{_said_back(told, interface)}"
            await show(interaction, [layout(text)])
            return
        await interaction.client.arrivals.settled()
        reply = await self.reply(
            question, interaction.guild_id, interaction.channel, interaction.user.id, about, interface
        )
        helper = self._has_helper(interaction.guild_id)
        bank = self._shared.tutor_in(interaction.guild_id).bank
        there = interaction.client.get_guild(interaction.guild_id or 0) is not None  # brought along, it has no host
        missing = gap_mark(_noted(question)) if there else None
        views = reply_views(reply, bank, interface, question=question, helper=helper, missing=missing)
        await show(interaction, views)

    async def _follow(self, interaction: discord.Interaction[ServedClient], question: str, wish: Intent) -> None:
        """Do what was asked for of the answer under which it was typed, or else of what was shown here last."""
        channel, member_id, guild_id = interaction.channel, interaction.user.id, interaction.guild_id
        bank = self._shared.tutor_in(guild_id).bank
        ui_lang, above = lang_of(interaction), interaction.message
        shown = self._discussed(shown_in(above, bank, ui_lang) if above is not None else None, channel, member_id)
        topic = find_topic(bank, shown.topic) if shown is not None else None
        if wish.kind == "run" and topic is not None and any(each.name == MAIN_EXAMPLE for each in topic.examples):
            await interaction.client.services.runs.start(interaction, topic.slug, MAIN_EXAMPLE)
            return
        step = follow(wish, shown, self._shared, ui_lang, question=question, guild_id=guild_id)
        self._note(step.shown, channel, member_id)
        await show(interaction, step.views)

    async def views(self, message: discord.Message, question: str, about: PagePlace | None) -> Sequence[ui.LayoutView]:
        """Return the answer to a message."""
        guild_id = message.guild.id if message.guild else None
        interface = self.interface(message)
        named = self._named(question, guild_id, interface, self._shared.servers.of(guild_id).lang or interface)
        if named is not None:
            self._note(named.shown, message.channel, message.author.id)
            return named.views
        told = _said(question)
        if told is not None:
            locale = message.guild.preferred_locale if message.guild else None
            spoken = self._shared.servers.of(guild_id).lang or lang_of(locale)
            if isinstance(told, SmallTalk):
                return [layout(_said_back(told, spoken))]
            shown = self._discussed(about, message.channel, message.author.id)
            if self._shared.servers.of(guild_id).lang is None and shown is not None:
                spoken = shown.lang
            step = follow(told, shown, self._shared, spoken, guild_id=guild_id)
            self._note(step.shown, message.channel, message.author.id)
            return step.views
        slug = about.topic if about is not None else None
        reply = await self.reply(question, guild_id, message.channel, message.author.id, slug, interface)
        ui_lang: Lang = self._shared.servers.of(guild_id).lang or reply.lang
        bank, helper = self._shared.tutor_in(guild_id).bank, self._has_helper(guild_id)
        missing = gap_mark(_noted(question)) if guild_id is not None else None
        return reply_views(reply, bank, ui_lang, helper=helper, missing=missing)

    def _named(
        self, question: str, guild_id: int | None, lang: Lang, ui_lang: Lang, *, question_shown: str | None = None
    ) -> IntentReply | None:
        """Return the answer to what names its own: a place of a page (`gan#vs-vae`), or a drill ("手撕 attention")."""
        bank = self._shared.tutor_in(guild_id).bank
        if (place := place_at(bank, question, lang)) is not None and place.section is not None:
            part = unknown_part(bank, question, lang)
            views = answer_views(
                bank[place.topic], place.section, place.lang, ui_lang, question=question_shown, bank=bank,
                unit=place.unit, above="" if part is None else say("talk.no_part", ui_lang, part=clip(part, _PART)),
            )  # fmt: skip
            return IntentReply(views, place)
        wish = drill_wish(_BESIDE_WORDS.sub(" ", question), partial(choosing.find, bank))
        if wish is None:
            return None
        return IntentReply([drills_view(wish, bank, wish.lang or ui_lang, question=question_shown)], None)

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
        unit: str | None = None,
        above: str = "",
    ) -> None:
        """Show a section of a topic, or a unit of it, which is what the member is talking about from then on.

        Args:
            interaction: awaits the message.
            topic: the topic.
            section: which section of it.
            lang: language of the content.
            question: what was asked, where the member's client does not show it.
            private: whether only one member sees it; then nobody else in a thread is talking about it.
            unit: which unit of the section alone.
            above: a line above it.
        """
        views = answer_views(
            topic, section, lang, lang_of(interaction), question=question, private=private,
            bank=self._shared.tutor_in(interaction.guild_id).bank, unit=unit, above=above,
            shares=interaction.guild_id is not None,
        )  # fmt: skip
        await show(interaction, views, private=private)
        shown = PagePlace(topic.slug, lang, section, unit)
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
        began = perf_counter()
        outcome: AskEnding = "error"
        try:
            reply = await self._shared.tutor_in(guild_id).ask(question, about=about, interface=interface)
            outcome = reply.outcome
        except QueryError:
            outcome = "refused"
            raise
        finally:
            self._shared.figures.asked(outcome, perf_counter() - began)
        if reply.topic is not None:
            self._note(PagePlace(reply.topic, reply.lang, reply.section or "answer", reply.unit), channel, member_id)
        elif reply.outcome == "decline":
            await self._note_gap(question, reply, guild_id)
        return reply

    def _discussed(self, above: PagePlace | None, channel: Channel | None, member_id: int) -> PagePlace | None:
        """Return what to go on from: the message that was answered, if it shows a part of a page, or else the last."""
        where, thread = channel.id if channel else None, isinstance(channel, discord.Thread)
        last = self._shared.discussions.shown(where, member_id, thread=thread)
        if above is None or (above.section is None and last is not None and last.topic == above.topic):
            return last
        return above

    def _note(self, shown: PagePlace | None, channel: Channel | None, member_id: int) -> None:
        if shown is not None:
            where, thread = channel.id if channel else None, isinstance(channel, discord.Thread)
            self._shared.discussions.note(where, member_id, shown, thread=thread)

    def _has_helper(self, guild_id: int | None) -> bool:
        return self._shared.servers.of(guild_id).helper_role is not None

    async def _note_gap(self, question: str, reply: Reply, guild_id: int | None) -> None:
        nearest = [candidate.topic for candidate in reply.candidates[:_NEAREST]]
        try:
            gaps, at = self._shared.store.gaps, self._shared.clock()
            await gaps.note(_noted(question), reply.lang, nearest, at, guild_id=guild_id)
        except StoreError as error:
            log.warning("a question without an answer was not noted: %s", error)  # the member gets theirs all the same


def _noted(question: str) -> str:
    """Return what is noted of a question without an answer: nobody's id, and no more than its beginning."""
    return beginning(" ".join(_IDS.sub(" ", question).split()), _NOTED)


def _said(question: str) -> SmallTalk | Intent | None:
    return said(_BESIDE_WORDS.sub(" ", question))


def _said_back(told: SmallTalk, ui_lang: Lang) -> str:
    """Return the answer to small talk, in its own language; in the interface's where it has none."""
    return say("discord.hello.text" if told.kind == "help" else f"small.{told.kind}", told.lang or ui_lang)
