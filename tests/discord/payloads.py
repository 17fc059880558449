"""The objects Discord sends, as small as discord.py can live with: users, a server, channels. Pure."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

from tests.discord.wire import Payload

DISCORD_EPOCH_MS = 1_420_070_400_000
TEXT_CHANNEL, DM_CHANNEL, PUBLIC_THREAD = 0, 1, 11

VIEW, SEND, EMBED, ATTACH, HISTORY, OPEN_THREADS, THREADS, APP_COMMANDS = (
    1 << 10,
    1 << 11,
    1 << 14,
    1 << 15,
    1 << 16,
    1 << 35,
    1 << 38,
    1 << 31,
)
PERMISSIONS = VIEW | SEND | EMBED | ATTACH | HISTORY | OPEN_THREADS | THREADS | APP_COMMANDS
MANAGE_GUILD = 1 << 5


class Snowflakes:
    """Ids that carry the time they were made at, as Discord's do: discord.py reads it from them."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._count = count()

    def next(self) -> str:
        """Return a new id."""
        return str((int(self._clock() * 1000) - DISCORD_EPOCH_MS) << 22 | next(self._count) & 0x3FFFFF)


@dataclass(frozen=True, slots=True)
class User:
    """Someone on the server."""

    id: str
    name: str
    bot: bool = False
    manager: bool = False
    roles: list[str] = field(default_factory=list, compare=False)

    @property
    def payload(self) -> Payload:
        """The user object."""
        face = {"avatar": None, "global_name": self.name.title(), "public_flags": 0}
        return {"id": self.id, "username": self.name, "discriminator": "0", "bot": self.bot, **face}

    def member(self, *, with_user: bool = True) -> Payload:
        """Return the member object; message events carry it without the user."""
        permissions = PERMISSIONS | (MANAGE_GUILD if self.manager else 0)
        times = {"joined_at": "2024-01-01T00:00:00+00:00", "premium_since": None}
        rest: Payload = {
            "roles": [*self.roles],
            "nick": None,
            "avatar": None,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "pending": False,
        }
        return {**rest, **times, "permissions": str(permissions), **({"user": self.payload} if with_user else {})}


def now_text() -> str:
    """Return the present as Discord writes times."""
    return datetime.now(UTC).isoformat()


def application(app_id: str, owner: User) -> Payload:
    """Return the bot's application."""
    flags = {"bot_public": True, "bot_require_code_grant": False, "flags": 0}
    texts = {"name": "Epoch", "description": "", "summary": "", "icon": None, "verify_key": "0" * 64}
    return {"id": app_id, **texts, **flags, "owner": owner.payload, "team": None}


def text_channel(channel_id: str, guild_id: str, name: str) -> Payload:
    """Return a text channel of the server."""
    place = {"guild_id": guild_id, "position": 0, "parent_id": None, "permission_overwrites": []}
    about = {"name": name, "topic": None, "nsfw": False, "rate_limit_per_user": 0, "last_message_id": None, "flags": 0}
    return {"id": channel_id, "type": TEXT_CHANNEL, **place, **about, "permissions": str(PERMISSIONS)}


def thread(thread_id: str, parent: Payload, name: str, owner: User) -> Payload:
    """Return a public thread of a text channel."""
    kept = {
        "archived": False, "auto_archive_duration": 1440, "archive_timestamp": "2026-01-01T00:00:00+00:00",
        "locked": False,
    }  # fmt: skip
    counts = {"message_count": 0, "member_count": 1, "total_message_sent": 0, "rate_limit_per_user": 0, "flags": 0}
    return {
        "id": thread_id, "type": PUBLIC_THREAD, "guild_id": parent["guild_id"], "parent_id": parent["id"], "name": name,
        "owner_id": owner.id, "last_message_id": None, "thread_metadata": kept, **counts,
        "permissions": str(PERMISSIONS),
    }  # fmt: skip


def dm_channel(channel_id: str, recipient: User) -> Payload:
    """Return the channel of a direct conversation."""
    return {
        "id": channel_id, "type": DM_CHANNEL, "recipients": [recipient.payload], "last_message_id": None, "flags": 0,
    }  # fmt: skip


def role(role_id: str, name: str, permissions: int = 0) -> Payload:
    """Return a role of the server."""
    look = {"color": 0, "hoist": False, "position": 1, "managed": False, "mentionable": True, "flags": 0}
    return {"id": role_id, "name": name, "permissions": str(permissions), **look}


def guild(
    guild_id: str, channels: list[Payload], members: list[User], owner: User, roles: Sequence[Payload] = ()
) -> Payload:
    """Return the server as GUILD_CREATE brings it."""
    everyone = {
        "id": guild_id, "name": "@everyone", "color": 0, "hoist": False, "position": 0, "managed": False,
        "mentionable": False, "permissions": str(PERMISSIONS), "flags": 0,
    }  # fmt: skip
    levels = {
        "verification_level": 0, "default_message_notifications": 0, "explicit_content_filter": 0, "mfa_level": 0,
        "premium_tier": 0, "nsfw_level": 0, "system_channel_flags": 0, "afk_timeout": 300,
    }  # fmt: skip
    empty: Payload = {
        key: []
        for key in ("emojis", "stickers", "features", "voice_states", "presences", "threads", "stage_instances",
                    "guild_scheduled_events", "soundboard_sounds")
    }  # fmt: skip
    about = {"name": "Study group", "icon": None, "owner_id": owner.id, "preferred_locale": "en-US"}
    here = {"member_count": len(members), "large": False, "unavailable": False, "joined_at": now_text()}
    people = [member.member() for member in members]
    return {
        "id": guild_id, **about, **here, **levels, **empty, "roles": [everyone, *roles], "channels": channels,
        "members": people,
    }  # fmt: skip
