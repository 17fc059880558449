"""Finds a message of which a restart left unknown whether it had been posted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import discord

#: How many messages are looked through.
_LOOK_BACK = 100


async def find_posted(
    client: discord.Client, channel: discord.PartialMessageable, mark: Callable[[dict[str, Any]], bool]
) -> int | None:
    """Return the bot's own message among the last in a channel that has a component so marked; None for none.

    Raises:
        discord.HTTPException: the channel may not be looked through, or is gone.
    """
    me = client.user
    async for message in channel.history(limit=_LOOK_BACK):
        if me is not None and message.author.id == me.id and any(map(mark, _parts(message))):
            return message.id
    return None


def _parts(message: discord.Message) -> list[dict[str, Any]]:
    """Return all components of a message, nested ones too."""
    found: list[dict[str, Any]] = []
    left: list[Any] = [component.to_dict() for component in message.components]
    while left:
        part = left.pop()
        found.append(part)
        left += part.get("components", ())
    return found
