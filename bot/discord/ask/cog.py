"""Asking: `/ask`, a mention, a direct message, a reply that pings, *Ask Epoch about this* on a message."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Sequence
from contextlib import suppress

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.acknowledgement import CUT, AskedMessage
from bot.discord.ask.controls import MeantSelect, explained_view, show, shown_in
from bot.discord.ask.covered import CoveredButton, CoveredSelect
from bot.discord.ask.earlier import ExtraSelect, MoreSelect
from bot.discord.ask.followups import AskMoreButton, AskMoreForm
from bot.discord.ask.keeping import LinkButton, SaveButton, ShareButton
from bot.discord.ask.onward import follow
from bot.discord.ask.parts import (
    CodeButton,
    LanguageButton,
    NotebookButton,
    OnwardButton,
    PartButton,
    SourcesButton,
)
from bot.discord.ask.suggesting import SuggestButton, SuggestForm
from bot.discord.ask.votes import HelperButton, JudgeButton, VoteButton, WhyForm
from bot.discord.services import ServedClient
from bot.discord.ui.base import layout
from bot.discord.ui.commands import wording
from bot.discord.ui.direct_messages import UNSENT, send_direct_message
from bot.discord.ui.items import GuessButton, QuizMeButton
from bot.discord.ui.language import lang_of
from bot.discord.ui.rest import RestSelect
from bot.discord.ui.topic_controls import TopicButton
from bot.study.intents import Intent, intent
from bot.study.refusals import Refusal
from bot.study.shown import PagePlace
from bot.study.snippets import without_code
from bot.wording import say
from bot.wording.languages import LANGUAGES, other_language
from knowledge.bank.models import Bank, Lang
from knowledge.search.reading import detect_lang, lang_under

log = logging.getLogger(__name__)

_WRITTEN = (discord.MessageType.default, discord.MessageType.reply)


class AskCog(commands.Cog):
    """Answers questions wherever they come from."""

    def __init__(self, bot: ServedClient) -> None:
        self.bot = bot

    @app_commands.command(
        name=wording("discord.command.ask.name"),
        description=wording("discord.command.ask.description"),
        extras={"public": True},
    )
    @app_commands.rename(question=wording("discord.command.ask.question"))
    @app_commands.describe(question=wording("discord.command.ask.question_description"))
    async def ask(self, interaction: discord.Interaction[ServedClient], question: str) -> None:
        """Answer a question."""
        await interaction.response.defer(thinking=True)
        await self.bot.services.answers.answer(interaction, question)

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that is meant for the bot, once, however often it is delivered."""
        question = self._question(message)
        if question is None or not self.bot.arrivals.first(message.id):
            return
        lang = self._lang(message, question)
        if not await self._may_ask(message, lang):
            return
        asked = AskedMessage(message, say("discord.restarting", lang))
        if self.bot.arrivals.leaving:
            await asked.excuse()
            return
        self.bot.arrivals.under_way(asked)
        typing = asyncio.create_task(_type(message), name="epoch-typing")
        try:
            views = await self._views(message, question, lang)
        finally:
            typing.cancel()
        asked.waits = False
        try:
            for number, view in enumerate(views):
                await self._send(message, view, number)
        except UNSENT as error:
            log.warning("could not answer in channel %s: %s", message.channel.id, error)
            if message.guild is not None and isinstance(error, discord.Forbidden):
                await self._send_direct(message, views, lang)

    async def _may_ask(self, message: discord.Message, lang: Lang) -> bool:
        """Return whether a message is answered; who asks too fast is told so once, for no more than that is awaited."""
        guild_id, door = message.guild.id if message.guild else None, self.bot.services.door
        if door.blocks(message.author.id, guild_id):
            return False
        try:
            door.ask(message.author.id, guild_id)
        except Refusal as refused:
            if not door.told(message.author.id, float(str(refused.values["at"]))):
                view = explained_view(self.bot.explain(refused, lang, "a message"), self.bot.services.tutor.bank, lang)
                with suppress(*UNSENT):
                    await self._send(message, view, 0)
            return False
        return True

    async def _send_direct(self, message: discord.Message, views: Sequence[discord.ui.LayoutView], lang: Lang) -> None:
        """Answer a member who asked where the bot may not write."""
        try:
            await send_direct_message(message.author, message.channel.id, views, lang)
        except UNSENT as error:
            log.warning("nor could it be answered in a direct message: %s", error)  # the host reads it here

    async def _views(self, message: discord.Message, question: str, lang: Lang) -> Sequence[discord.ui.LayoutView]:
        """Return what to reply: the answer to what was asked, and a button that runs the code it was asked about."""
        offer = self.bot.services.runs.offer(message, lang)
        if offer is None:
            return await self._said(message, question, lang)
        asked = without_code(question)
        if (wish := intent(asked)) is not None and wish.kind == "run":  # the code that was sent, not the bank's
            asked = ""
        views = [*await self._said(message, asked, lang)] if asked else [layout(say("run.offer.text", lang))]
        views[-1].add_item(discord.ui.ActionRow(offer))
        return views

    async def _said(self, message: discord.Message, question: str, lang: Lang) -> Sequence[discord.ui.LayoutView]:
        if not question:
            return [layout(*(say("discord.hello.text", each) for each in self._greeted(message, lang)))]
        try:
            return await self.bot.services.answers.views(message, question, self._under_discussion(message, lang))
        except Exception as error:  # the outermost edge: a message has no error handler of its own in discord.py
            return [explained_view(self.bot.explain(error, lang, "a message"), self.bot.services.tutor.bank, lang)]

    def _question(self, message: discord.Message) -> str | None:
        """Return what a message asks the bot, without the mention; None for one that is not meant for it."""
        me = self.bot.user
        if me is None or message.author.bot or message.webhook_id is not None or message.type not in _WRITTEN:
            return None
        if message.guild is not None:
            here = message.channel.id, getattr(message.channel, "parent_id", None)
            named = any(user.id == me.id for user in message.mentions)
            if not named or not self.bot.services.servers.answers_in(message.guild.id, *here):
                return None
        return re.sub(rf"<@!?{me.id}>", " ", message.content).strip()

    def _under_discussion(self, message: discord.Message, lang: Lang) -> PagePlace | None:
        """Return what the answer replied to shows, or the last one here: to this member, in a thread to all."""
        replied = message.reference.resolved if message.reference else None
        if isinstance(replied, discord.Message) and self.bot.user is not None and replied.author.id == self.bot.user.id:
            return shown_in(replied, self._bank(message), lang)
        thread = isinstance(message.channel, discord.Thread)
        return self.bot.services.discussions.shown(message.channel.id, message.author.id, thread=thread)

    def _bank(self, message: discord.Message) -> Bank:
        return self.bot.services.tutor_in(message.guild.id if message.guild else None).bank

    def _lang(self, message: discord.Message, question: str) -> Lang:
        """Return the language to speak in: a message has no locale, but words, or an author who was met before."""
        interface = self.bot.services.answers.interface(message)
        if not any(character.isalpha() for character in question):
            return interface
        return lang_under(question, interface) or detect_lang(question)

    def _greeted(self, message: discord.Message, lang: Lang) -> tuple[Lang, ...]:
        """Return the languages of a greeting: one where it is known which, else both, the likelier first."""
        guild_id = message.guild.id if message.guild else None
        known = self.bot.services.servers.of(guild_id).lang or self.bot.services.locales.of(message.author.id)
        return (lang,) if known or LANGUAGES[lang].own_script else (lang, other_language(lang))

    async def _send(self, message: discord.Message, view: discord.ui.LayoutView, number: int) -> None:
        """Reply, even where the question was deleted meanwhile; Discord takes what bears the same nonce once."""
        nonce, reference = f"a{message.id}-{number}", message.to_reference(fail_if_not_exists=False)
        try:
            await message.channel.send(view=view, reference=reference, nonce=nonce)
        except CUT as error:
            log.info("the connection was cut while an answer was sent, so it is sent once more: %s", error)
            await message.channel.send(view=view, reference=reference, nonce=nonce)


async def _type(message: discord.Message) -> None:
    """Show the typing dots until cancelled; an answer without them is an answer, so it never waits for them."""
    try:
        async with message.channel.typing():
            await asyncio.Event().wait()
    except UNSENT as error:
        log.info("the typing dots could not be shown in channel %s: %s", message.channel.id, error)


@app_commands.context_menu(name=wording("discord.command.ask_about.name"), extras={"public": True})
async def ask_about(interaction: discord.Interaction[ServedClient], message: discord.Message) -> None:
    """Answer what a message asks; on an answer of Epoch's own, go on from there."""
    await interaction.response.defer(thinking=True)
    lang = lang_of(interaction)
    me = interaction.client.user
    if me is not None and message.author.id == me.id:
        services = interaction.client.services
        shown = shown_in(message, services.tutor_in(interaction.guild_id).bank, lang)
        if shown is None:
            await show(interaction, [layout(say("discord.ask_about.own", lang))])
            return
        await show(
            interaction, follow(Intent("onward", lang), shown, services, lang, guild_id=interaction.guild_id).views
        )
        return
    forwarded = (snapshot.content for snapshot in message.message_snapshots if snapshot.content)
    text = without_code(message.content or next(forwarded, ""))
    if not text:
        await show(interaction, [layout(say("discord.ask_about.nothing", lang))])
        return
    await interaction.client.services.answers.answer(interaction, text)


async def setup(bot: ServedClient) -> None:
    """Add the feature to the bot."""
    bot.add_controls(MeantSelect, MoreSelect, ExtraSelect, RestSelect)
    bot.add_controls(TopicButton, PartButton, OnwardButton, LanguageButton, NotebookButton, SourcesButton, CodeButton)
    bot.add_controls(AskMoreButton, QuizMeButton, GuessButton, JudgeButton, VoteButton, HelperButton)
    bot.add_controls(SaveButton, ShareButton, LinkButton, CoveredButton, CoveredSelect, SuggestButton)
    bot.add_forms(AskMoreForm, WhyForm, SuggestForm)
    bot.tree.add_command(ask_about)
    await bot.add_cog(AskCog(bot))
