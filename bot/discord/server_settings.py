"""The settings of all servers, in memory: read with every question, changed rarely."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import discord

from bot.store.guilds import Guilds, GuildSettings


class Servers:
    """The settings of all servers; a change is saved before it takes effect.

    Args:
        guilds: where they are saved.
        settings: what is saved, by server.
        clock: Unix time.
    """

    def __init__(self, guilds: Guilds, settings: dict[int, GuildSettings], clock: Callable[[], float]) -> None:
        self._guilds = guilds
        self._defaults = guilds.model()
        self._settings = settings
        self._clock = clock

    @classmethod
    async def load(cls, guilds: Guilds, clock: Callable[[], float]) -> Self:
        """Return the settings of all servers as they are saved."""
        return cls(guilds, await guilds.all(), clock)

    def of(self, guild_id: int | None) -> GuildSettings:
        """Return the settings of a server; the defaults outside of servers and where nothing was set."""
        return self._settings.get(guild_id, self._defaults) if guild_id is not None else self._defaults

    def daily(self) -> list[int]:
        """Return the servers that have a daily question."""
        return [guild_id for guild_id, settings in self._settings.items() if settings.daily is not None]

    def zone_of(self, guild_id: int | None) -> str | None:
        """Return the time zone that a server's host set for its daily question; None where nobody did."""
        time = self.of(guild_id).daily
        return time.zone if time is not None else None

    async def change(self, guild_id: int, **changes: Any) -> GuildSettings:  # noqa: ANN401 - fields
        """Change some settings of a server; `pydantic.ValidationError` where a value does not fit."""
        self._settings[guild_id] = await self._guilds.change(guild_id, self._clock(), **changes)
        return self._settings[guild_id]

    def forget(self, guild_id: int) -> None:
        """Let go of the settings of a server, which were deleted."""
        self._settings.pop(guild_id, None)

    async def forget_member(self, member_id: int) -> None:
        """Let a member be the reviewer of no server any more."""
        for guild_id, settings in list(self._settings.items()):
            if (who := settings.reviewer) is not None and who.kind == "member" and who.id == member_id:
                await self.change(guild_id, reviewer=None)

    def answers_in(self, guild_id: int | None, channel_id: int | None, parent_id: int | None) -> bool:
        """Return whether Epoch may answer for all to see in a channel, or in a thread whose parent is `parent_id`."""
        chosen = self.of(guild_id).channels
        return not chosen or channel_id in chosen or parent_id in chosen

    def instead_of(self, interaction: discord.Interaction[Any]) -> str:
        """Return mentions of the channels to go to, when Epoch does not answer in the one of the interaction."""
        parent_id = getattr(interaction.channel, "parent_id", None)
        if self.answers_in(interaction.guild_id, interaction.channel_id, parent_id):
            return ""
        return " ".join(f"<#{channel}>" for channel in self.of(interaction.guild_id).channels)
