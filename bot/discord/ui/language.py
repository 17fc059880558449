"""The language that the interface speaks to a member."""

from __future__ import annotations

from typing import Any

import discord

from bot.wording.languages import of_locale
from knowledge.bank.models import Lang


def lang_of(where: discord.Interaction[Any] | discord.Locale | str | None) -> Lang:
    """Return the language of the interface: what the host of the server set, or else the one of a Discord locale.

    Every `zh-*` is Chinese; what is no language of the interface is English.
    """
    if isinstance(where, discord.Interaction):
        services = getattr(where.client, "services", None)  # not there before the start is over
        set_by_host: Lang | None = services.servers.of(where.guild_id).lang if services is not None else None
        return set_by_host or lang_of(where.locale)
    return of_locale(str(where or ""))
