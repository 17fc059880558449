"""`/pair member [topic]`: one member interviews another; the two alone see what is asked and what comes of it."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.pair.controls import PairButton, PointsSelect, SaidForm, hub_view
from bot.discord.services import ServedClient
from bot.discord.ui.base import OPTIONS
from bot.discord.ui.commands import wording
from bot.discord.ui.language import lang_of
from bot.discord.ui.text import CHOICE_NAME, clip
from bot.study.pairs import Pair, Side
from bot.study.refusals import Refusal
from bot.wording import say
from knowledge.bank.errors import UnknownTopic
from knowledge.bank.models import Bank, InWords, Item, Topic

_TYPED = 60


class PairCog(commands.Cog):
    """Members who interview each other."""

    def __init__(self, bot: ServedClient) -> None:
        self.bot = bot

    @app_commands.command(name=wording("pair.command.name"), description=wording("pair.command.description"))
    @app_commands.rename(member=wording("pair.command.member"), topic=wording("pair.command.topic"))
    @app_commands.describe(
        member=wording("pair.command.member_description"), topic=wording("pair.command.topic_description")
    )
    async def pair(
        self, interaction: discord.Interaction[ServedClient], member: discord.User, topic: str | None = None
    ) -> None:
        """Offer to interview a member, for all to see; it begins when they accept."""
        await interaction.response.defer(thinking=True, ephemeral=self._comes_to_nothing(interaction, member))
        services, me, guild_id = self.bot.services, interaction.user, interaction.guild_id
        if (refused := self._refused(interaction, member)) is not None:
            raise refused
        if where := services.servers.instead_of(interaction):
            text = say("discord.error.elsewhere", lang_of(interaction), channels=where)
            await interaction.edit_original_response(content=text)
            return
        asked, item = self._item(interaction, topic)
        services.door.ask(me.id, guild_id)
        pair = await services.store.pairs.begin(
            Pair(0, lang_of(interaction), asked.slug, item.id, services.clock(), Side(me.id), Side(member.id))
        )
        await interaction.edit_original_response(
            view=hub_view(pair), allowed_mentions=discord.AllowedMentions.none()
        )  # fmt: skip

    def _comes_to_nothing(self, interaction: discord.Interaction[ServedClient], member: discord.User) -> bool:
        """Tell whether only the member who asked is to see what is said."""
        elsewhere = self.bot.services.servers.instead_of(interaction)
        return bool(elsewhere) or self._refused(interaction, member) is not None

    def _refused(self, interaction: discord.Interaction[ServedClient], member: discord.User) -> Refusal | None:
        """Return why nothing can begin between these two here; None where it can."""
        guild_id = interaction.guild_id
        if guild_id is None or self.bot.get_guild(guild_id) is None:  # brought along by one of them
            return Refusal("pair.refused.servers_only")
        if member.bot or member.id == interaction.user.id:
            return Refusal("pair.refused.rival")
        return Refusal("pair.refused.rival") if self.bot.services.door.blocks(member.id, guild_id) else None

    def _item(self, interaction: discord.Interaction[ServedClient], typed: str | None) -> tuple[Topic, Item]:
        """Return an open question of a topic, of any without one; not what the candidate needs, which is theirs."""
        services = self.bot.services
        tutor = services.tutor_in(interaction.guild_id)
        try:
            topics = [tutor.topic(typed)] if typed else _askable(tutor.bank)
        except UnknownTopic:
            topics = []
        found = [(topic, item) for topic in topics for item in topic.quiz if isinstance(item, InWords)]
        if not found:
            raise Refusal("pair.refused.topic", name=clip(typed or "", _TYPED))
        return services.chance.choice(found)

    @pair.autocomplete("topic")
    async def topics(
        self, interaction: discord.Interaction[ServedClient], current: str
    ) -> list[app_commands.Choice[str]]:
        """Offer topics that have an open question, by any part of their names."""
        lang, tutor = lang_of(interaction), self.bot.services.tutor_in(interaction.guild_id)
        askable = {topic.slug for topic in _askable(tutor.bank)}
        found = [topic for topic in tutor.complete(current, lang) if topic.slug in askable][:OPTIONS]
        return [app_commands.Choice(name=clip(topic.title[lang], CHOICE_NAME), value=topic.slug) for topic in found]


def _askable(bank: Bank) -> list[Topic]:
    return [topic for topic in bank.topics.values() if any(isinstance(item, InWords) for item in topic.quiz)]


async def setup(bot: ServedClient) -> None:
    """Add the feature to the bot."""
    bot.add_controls(PairButton, PointsSelect)
    bot.add_forms(SaidForm)
    await bot.add_cog(PairCog(bot))
