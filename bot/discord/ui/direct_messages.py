"""Direct messages: used where the bot may not write in the channel, or cannot answer the interaction."""

from __future__ import annotations

from collections.abc import Sequence

import aiohttp
import discord
from discord import ui

from bot.wording import say
from knowledge.bank.models import Lang

#: What sending raises when Discord or the network fails.
UNSENT = (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError)


async def send_direct_message(
    member: discord.User | discord.Member,
    channel_id: int | None,
    views: Sequence[ui.LayoutView],
    lang: Lang,
    files: Sequence[discord.File] = (),
) -> None:
    """Send a member what could not be said elsewhere as direct messages, the first with a line on where that was.

    Args:
        member: whom to tell.
        channel_id: where they asked.
        views: the messages; their text leaves room for that line.
        lang: of the line.
        files: what belongs to the last of them.

    Raises:
        discord.HTTPException: they take no direct messages from the bot, or it shares no place with them.
    """
    lead = say("discord.direct_message.lead", lang, channel=f"<#{channel_id}>")
    for number, view in enumerate(views):
        sent = _below(lead, view) if number == 0 else view
        await member.send(view=sent, files=list(files) if number == len(views) - 1 else [])


def _below(lead: str, view: ui.LayoutView) -> ui.LayoutView:
    whole = ui.LayoutView(timeout=None)
    whole.add_item(ui.TextDisplay(f"-# {lead}"))
    for child in view.children:
        whole.add_item(child)
    return whole
