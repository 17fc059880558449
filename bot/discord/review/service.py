"""Beginning to review, for the controls of other features."""

from __future__ import annotations

import discord

from bot.discord.review.controls import next_view
from bot.discord.services import ServedClient
from bot.study.decks import Deck, ReviewSession
from knowledge.bank.models import Lang


class ReviewService:
    """Reviews of all members."""

    async def begin(
        self, interaction: discord.Interaction[ServedClient], deck: Deck, lang: Lang, said: str = ""
    ) -> None:
        """Show the first item of a session in the answer that is awaited; `said` stands above it."""
        session = ReviewSession.begin(deck, interaction.client.services.clock())
        await interaction.edit_original_response(view=await next_view(interaction, lang, session, said))
