"""Names of members, fetched when they are shown and stored nowhere."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

import discord

log = logging.getLogger(__name__)

#: As many as the gateway returns at once.
MOST = 100
_WAIT_S = 5.0
#: The connection is down, or comes back only just now.
_AWAY = (TimeoutError, RuntimeError, OSError, discord.ConnectionClosed)


async def names_of(guild: discord.Guild | None, member_ids: Sequence[int]) -> dict[int, str]:
    """Return what members are called in a server; who has left it, or could not be asked for, is left out.

    The gateway is asked by ids, which needs no privileged intent.
    """
    if guild is None or not member_ids:
        return {}
    try:
        async with asyncio.timeout(_WAIT_S):
            found = await guild.query_members(user_ids=list(member_ids[:MOST]), limit=MOST, cache=False)
    except _AWAY as error:
        log.warning("names in server %s are not known now: %r", guild.id, error)
        return {}
    return {member.id: member.display_name for member in found}
