"""What the host of a server set: one validated document a server."""

from __future__ import annotations

import logging
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Table, delete, func, select

from bot.store.database import Database, upsert
from bot.store.setting_fields import Banks, Channels, Mentionable, OneNumber, OneOf, OneRole, Schedule, Toggle
from bot.store.tables import guilds, metadata
from knowledge.bank.models import Lang

log = logging.getLogger(__name__)

#: Runs that a host can let one member have going, waiting ones too; two are one to watch and one to compare it with.
MOST_AT_ONCE = 4


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise ValueError(f"{name!r} is no time zone; give one like Asia/Shanghai or Europe/Berlin") from None
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]


class DailyTime(BaseModel):
    """When and where the daily question is posted; for times before `since`, when this was set, none is."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    channel_id: int
    hour: int = Field(9, ge=0, le=23)
    zone: Zone = "UTC"
    since: float = 0.0


class Mentioned(BaseModel):
    """A role or a member of the server."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["role", "member"]
    id: int


class GuildSettings(BaseModel):
    """All that the host of a server can set. Unknown keys, which another version wrote, are ignored.

    A field with a `Setting` is shown in the panel of `/settings`, in this order; see `bot.store.setting_fields`.

    Attributes:
        lang: language of what the bot posts unasked; None for the server's own.
        channels: where the bot answers mentions; empty for everywhere.
        banks: names of the banks that it answers from; None for all that are loaded.
        helper_role: the role that members may ping when there was no answer.
        reviewer: who may change and accept drafts of topics, beside those who manage the server.
        drafts_channel: where a draft that a member suggested is posted; None for nowhere.
        runs: whether members may run examples.
        run_cooldown_s: seconds between two runs of one member.
        run_seconds: the longest a run may take; None for as long as the machine allows, and never longer. Examples need
            up to 20 s on an idle machine.
        runs_at_once: how many runs one member may have at once, waiting ones too.
        edited_code: who may run code they wrote or changed.
        round_time: how much longer than usual the questions of rounds are open.
        daily: when the daily question comes; None for never.
        daily_blocked: whether it could not be posted and the host was told.
        daily_role: the role that is pinged for it, which members take by its button; None for nobody.
        daily_thread: whether it gets a thread to be discussed in.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    lang: Annotated[Lang | None, OneOf("language")] = None
    channels: Annotated[tuple[int, ...], Channels()] = ()
    banks: Annotated[tuple[str, ...] | None, Banks()] = None
    helper_role: Annotated[int | None, OneRole("helper")] = None
    reviewer: Annotated[Mentioned | None, Mentionable("reviewer")] = None
    drafts_channel: Annotated[int | None, Channels("drafts", heading=False, most=1, posts=True)] = None
    runs: bool = True
    run_cooldown_s: Annotated[float, OneNumber("runs", some=(0, 10, 30, 60, 300), switch="runs")] = Field(
        10.0, ge=0, le=3600
    )
    run_seconds: Annotated[float | None, OneNumber("longest", heading=False, some=(20, 30, 60, 120))] = Field(
        None, gt=0
    )
    runs_at_once: Annotated[int, OneNumber("atonce", heading=False)] = Field(2, ge=1, le=MOST_AT_ONCE)
    edited_code: Annotated[Literal["everyone", "managers", "nobody"], OneOf("edited")] = "everyone"
    round_time: Annotated[float, OneNumber("roundtime", some=(0.5, 1, 1.5, 2, 3))] = Field(1.0, ge=0.5, le=3)
    daily: Annotated[DailyTime | None, Schedule(blocked="daily_blocked")] = None
    daily_blocked: bool = False
    daily_role: Annotated[int | None, OneRole("dailyrole", heading=False)] = None
    daily_thread: Annotated[bool, Toggle("dailythread", heading=False)] = False


class Guilds:
    """Settings of all servers.

    Args:
        database: where they are saved.
        model: what can be set.
    """

    def __init__(self, database: Database, model: type[GuildSettings] = GuildSettings) -> None:
        self._database = database
        self.model = model

    async def get(self, guild_id: int) -> GuildSettings:
        """Return a server's settings; defaults where nothing was set."""
        query = select(guilds.c.settings).where(guilds.c.guild_id == guild_id)
        async with self._database.reading() as connection:
            document = (await connection.execute(query)).scalar_one_or_none()
        return self._read(guild_id, document or {})

    async def change(self, guild_id: int, at: float, **changes: Any) -> GuildSettings:  # noqa: ANN401 - fields
        """Change some settings and return all of them.

        Raises:
            pydantic.ValidationError: a value that does not fit; nothing is changed.
        """
        query = select(guilds.c.settings).where(guilds.c.guild_id == guild_id)
        async with self._database.writing() as connection:
            before = self._read(guild_id, (await connection.execute(query)).scalar_one_or_none() or {})
            after = self.model.model_validate({**before.model_dump(), **changes})
            row = {"guild_id": guild_id, "settings": after.model_dump(mode="json"), "changed": at}
            await connection.execute(upsert(connection, guilds, [row], update=["settings", "changed"]))
        return after

    async def all(self) -> dict[int, GuildSettings]:
        """Return the settings of every server that set any."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(guilds.c.guild_id, guilds.c.settings))).all()
        return {row.guild_id: self._read(row.guild_id, row.settings) for row in rows}

    async def kept(self, guild_id: int) -> int:
        """Return how many rows are a server's: its settings, rounds, daily questions, points, gaps and runs."""
        found = 0
        async with self._database.reading() as connection:
            for table in _of_servers():
                theirs = select(func.count()).select_from(table).where(table.c.guild_id == guild_id)
                found += int((await connection.execute(theirs)).scalar_one())
        return found

    async def forget(self, guild_id: int) -> int:
        """Delete all that is a server's, and return how many rows `kept` counted; members keep their own reviews."""
        gone = 0
        async with self._database.writing() as connection:
            for table in _of_servers():
                gone += (await connection.execute(delete(table).where(table.c.guild_id == guild_id))).rowcount
        return gone

    def _read(self, guild_id: int, document: Any) -> GuildSettings:  # noqa: ANN401 - what JSON held
        try:
            return self.model.model_validate(document)
        except ValidationError as error:
            first = error.errors()[0]["msg"]
            log.error("settings of server %s cannot be read, so its defaults hold: %s", guild_id, first)
            return self.model()


def _of_servers() -> list[Table]:
    return [table for table in reversed(metadata.sorted_tables) if "guild_id" in table.c]
