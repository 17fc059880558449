"""Sharing with all what one member sees: who may, and who is named as the one who did."""

from __future__ import annotations

from typing import Any

import discord

from bot.discord.services import ServedClient
from bot.discord.ui.names import member_name
from bot.study.refusals import Refusal
from bot.wording import say
from knowledge.bank.models import Lang


def check_may_share(interaction: discord.Interaction[ServedClient]) -> None:
    """Count a share as a question of its member's, so that none floods a channel.

    Raises:
        Refusal: not in this channel, by the host's choice or by the member's rights there; or too often.
    """
    services = interaction.client.services
    if where := services.servers.instead_of(interaction):
        raise Refusal("onward.share.elsewhere", channels=ChannelMentions(where))
    if interaction.guild_id is not None and not _may_write(interaction):
        raise Refusal("onward.share.no_right")
    services.door.ask(interaction.user.id, interaction.guild_id)


class ChannelMentions:
    """Mentions of channels, which stand in a refusal as they are."""

    def __init__(self, mentions: str) -> None:
        self._mentions = mentions

    def __str__(self) -> str:
        return self._mentions


def shared_by(interaction: discord.Interaction[Any], lang: Lang) -> str:
    """Return the line above what is shared."""
    return say("onward.share.by", lang, name=member_name(interaction.user.display_name))


def _may_write(interaction: discord.Interaction[Any]) -> bool:
    rights = interaction.permissions
    thread = isinstance(interaction.channel, discord.Thread)
    return rights.send_messages_in_threads if thread else rights.send_messages
