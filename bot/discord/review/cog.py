"""`/review`: spaced repetition, for the member alone."""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.review.controls import GradeButton, NextButton, ShowButton
from bot.discord.services import ServedClient
from bot.discord.ui.base import OPTIONS
from bot.discord.ui.commands import wording
from bot.discord.ui.language import lang_of
from bot.discord.ui.review_controls import ReviewButton
from bot.discord.ui.text import one_line
from bot.study.decks import DECKS
from bot.wording import say


class ReviewCog(commands.Cog):
    """Items that are due and new ones, in the order of what they are worth."""

    def __init__(self, bot: ServedClient) -> None:
        self.bot = bot

    @app_commands.command(
        name=wording("member.command.review.name"), description=wording("member.command.review.description")
    )
    @app_commands.rename(deck=wording("agenda.command.deck"), zone=wording("member.command.review.zone"))
    @app_commands.describe(
        deck=wording("agenda.command.deck_description"), zone=wording("member.command.review.zone_description")
    )
    @app_commands.choices(
        deck=[app_commands.Choice(name=wording(f"agenda.decks.{deck}"), value=deck) for deck in DECKS]
    )
    async def review(
        self, interaction: discord.Interaction[ServedClient], deck: str = "all", zone: str | None = None
    ) -> None:
        """Show what comes first in a deck."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        lang, said = lang_of(interaction), ""
        if zone is not None:
            said = say("member.review.zone_unknown", lang, zone=one_line(zone, 60))
            if zone in available_timezones():
                await self.bot.services.store.members.set_zone(interaction.user.id, zone, self.bot.services.clock())
                said = say("member.review.zone_set", lang, zone=zone)
        chosen = next((each for each in DECKS if each == deck), DECKS[0])
        await self.bot.services.reviews.begin(interaction, chosen, lang, said)

    @review.autocomplete("zone")
    async def zones(
        self, interaction: discord.Interaction[ServedClient], current: str
    ) -> list[app_commands.Choice[str]]:
        """Offer time zones that contain what was typed."""
        typed = current.strip().replace(" ", "_").casefold()
        found = [zone for zone in _zones() if typed in zone.casefold()]
        return [app_commands.Choice(name=zone, value=zone) for zone in found[:OPTIONS]]


@cache
def _zones() -> tuple[str, ...]:
    """Return the zones of places, without the ones kept for old programs."""
    return tuple(sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))) + (
        ZoneInfo("UTC").key,
    )


async def setup(bot: ServedClient) -> None:
    """Add the feature to the bot."""
    bot.add_controls(ShowButton, GradeButton, NextButton, ReviewButton)
    await bot.add_cog(ReviewCog(bot))
