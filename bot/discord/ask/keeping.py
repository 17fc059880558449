"""What is done with an answer: saved for oneself, shared with the channel, linked to."""

from __future__ import annotations

from typing import Any

import discord

from bot.discord.ask.parts import Placed
from bot.discord.services import ServedClient
from bot.discord.ui.base import is_private, layout
from bot.discord.ui.errors import Gone
from bot.discord.ui.language import lang_of
from bot.discord.ui.sharing import check_may_share, shared_by
from bot.discord.ui.text import code_block
from bot.store.saved import MOST
from bot.study.refusals import Refusal
from bot.study.shown import PagePlace, address
from bot.wording import say
from knowledge.bank.models import Topic


class SaveButton(Placed, prefix="epoch:save"):
    """Puts the place on the member's own list."""

    replies = "private"

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Keep it, then say so."""
        services, lang = interaction.client.services, lang_of(interaction)
        place = self.leads_to(services.tutor_in(interaction.guild_id).topic(self.slug))
        kept = await services.store.saved.add(interaction.user.id, place, services.clock())
        if kept == "many":
            raise Refusal("onward.save.full", count=MOST)
        await interaction.edit_original_response(view=layout(say(f"onward.save.{kept}", lang)))

    def leads_to(self, topic: Topic) -> PagePlace:
        """Return the place itself; `Gone` where its section has left the page."""
        return _there(self.place(topic), topic)


class ShareButton(Placed, prefix="epoch:share"):
    """Posts what one member sees for all in the channel, under their name."""

    replies = "message"

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Tell the member alone that they may not; else begin a message that all see."""
        check_may_share(interaction)
        await super().acknowledge(interaction)

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Post it."""
        services = interaction.client.services
        topic = services.tutor_in(interaction.guild_id).topic(self.slug)
        place = _there(self.place(topic), topic)
        assert place.section is not None  # the custom id names one
        await services.answers.open_section(
            interaction, topic, place.section, place.lang, unit=place.unit,
            above=shared_by(interaction, lang_of(interaction)),
        )  # fmt: skip


class LinkButton(Placed, prefix="epoch:link"):
    """Tells how this place is opened from anywhere."""

    replies = "private"

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Tell it, and where this message is, if others can see it."""
        lang = lang_of(interaction)
        topic = interaction.client.services.tutor_in(interaction.guild_id).topic(self.slug)
        blocks: list[Any] = [
            f"{say('onward.link.text', lang)}\n{code_block(address(_there(self.place(topic), topic)))}"
            f"\n-# {say('onward.link.mention', lang)}"
        ]
        if interaction.message is not None and not is_private(interaction) and interaction.guild_id is not None:
            blocks.append(say("onward.link.message", lang, link=interaction.message.jump_url))
        await interaction.edit_original_response(view=layout(*blocks))


def _there(place: PagePlace, topic: Topic) -> PagePlace:
    if place.section not in topic.sections[place.lang]:
        raise Gone("section")
    return place
