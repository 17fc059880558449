"""What the loopback Discord knows: people, channels, messages, interactions, requests, and what went wrong."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import TypeVar

from tests.discord import limits, payloads
from tests.discord.limits import Upload
from tests.discord.payloads import Snowflakes, User
from tests.discord.wire import Json, JsonObject, Payload

T = TypeVar("T")
EPHEMERAL, LOADING = 1 << 6, 1 << 7


@dataclass(eq=False, slots=True)
class Message:
    """A message in a channel, with all that tests ask of one.

    Attributes:
        payload: the message object as Discord would send it.
        files: what is attached, by name.
        created_at: when it came, on the clock of `perf_counter`; so are `edited_at`.
        edited_at: when each edit came.
        deleted: whether it is gone.
    """

    payload: Payload
    files: dict[str, bytes] = field(default_factory=dict)
    created_at: float = field(default_factory=perf_counter)
    edited_at: list[float] = field(default_factory=list)
    deleted: bool = False

    def __str__(self) -> str:
        return f"message {self.id} ({self.content[:60]!r})"

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.payload["id"])

    @property
    def content(self) -> str:
        """Its plain content; see `text` for all of it."""
        return str(self.payload["content"])

    @property
    def flags(self) -> int:
        """Its flags."""
        return int(self.payload["flags"])

    @property
    def ephemeral(self) -> bool:
        """Whether only one member sees it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def loading(self) -> bool:
        """Whether it still says that the bot is thinking."""
        return bool(self.flags & LOADING)

    @property
    def by_bot(self) -> bool:
        """Whether the bot wrote it."""
        return bool(self.payload["author"]["bot"])

    @property
    def text(self) -> str:
        """All text on it: content, embeds, text displays, a line each."""
        shown = [self.content]
        for embed in self.payload["embeds"]:
            shown += [embed.get("title") or "", embed.get("description") or ""]
            shown += [f"{part['name']}\n{part['value']}" for part in embed.get("fields") or ()]
            shown += [(embed.get("footer") or {}).get("text") or ""]
        shown += [part["content"] for part in self.components if part["type"] == limits.TEXT_DISPLAY]
        return "\n".join(part for part in shown if part)

    @property
    def components(self) -> list[JsonObject]:
        """All components on it, nested ones too."""
        return list(limits.walk(self.payload["components"]))

    def component(self, *, custom_id: str | None = None, label: str | None = None) -> JsonObject:
        """Return the component with this id, or this text in its label; `LookupError` tells what there is."""
        acting = [part for part in self.components if part.get("custom_id")]
        for part in acting:
            if part["custom_id"] == custom_id or (label is not None and label in (part.get("label") or "")):
                return part
        there = ", ".join(f"{part['custom_id']!r} {part.get('label') or ''}".strip() for part in acting)
        raise LookupError(f"no component {custom_id or label!r} on the message; there are: {there or 'none'}")


@dataclass(eq=False, slots=True)
class Interaction:
    """Something a member did that the bot has to acknowledge: a command, a button, a half-typed option, a modal.

    Attributes:
        kind: 2 command, 3 component, 4 autocompletion, 5 modal.
        dispatched_at: when it was sent to the bot, on the clock of `perf_counter`.
        acked_at: when the first callback came, None before.
        ack_kind: the type of that callback.
        original: the reply that it made (or the message it updates).
        followups: what came after.
        choices: what autocompletion offered.
        modal: the modal that it opened.
        expired: whether its token is too old for anything (15 minutes in life).
    """

    id: str
    token: str
    kind: int
    user: User
    channel_id: str
    payload: Payload
    message: Message | None = None
    dispatched_at: float = 0.0
    acked_at: float | None = None
    ack_kind: int | None = None
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
    choices: list[Payload] | None = None
    modal: Payload | None = None
    expired: bool = False

    @property
    def ack_s(self) -> float | None:
        """Seconds from dispatch to callback."""
        return None if self.acked_at is None else self.acked_at - self.dispatched_at

    @property
    def replies(self) -> list[Message]:
        """Everything it was answered with that says something by now."""
        made = [self.original, *self.followups]
        return [message for message in made if message and not message.loading and not message.deleted]

    def __str__(self) -> str:
        data = self.payload["data"]
        return f"interaction {self.id} ({data.get('name') or data.get('custom_id')})"


@dataclass(slots=True)
class Request:
    """One request of the bot's, as it came; `status` is what it got, None while it is under way."""

    method: str
    path: str
    body: Json
    files: list[Upload]
    at: float = field(default_factory=perf_counter)
    status: int | None = None


@dataclass(slots=True)
class Fault:
    """What the next matching requests get instead of an answer; status 0 cuts the connection.

    With `done` they are carried out before, and only their answer is lost.
    """

    method: str
    path: re.Pattern[str]
    status: int
    headers: Mapping[str, str]
    body: Json
    delay_s: float
    times: int
    done: bool = False


class State:
    """One small Discord: a server with a channel, some people and the bot."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.ids = Snowflakes()
        self.bot = User(self.ids.next(), "epoch", bot=True)
        self.guild_id = self.ids.next()
        self.owner = User(self.ids.next(), "owner", manager=True)
        self.people: dict[str, User] = {"owner": self.owner}
        self.channel = payloads.text_channel(self.ids.next(), self.guild_id, "interviews")
        self.channels: dict[str, Payload] = {self.channel["id"]: self.channel}
        self.others: dict[str, Payload] = {}  # servers that the bot is in beside that one, as GUILD_CREATE brings them
        self.commands: list[Payload] = []
        self.messages: list[Message] = []
        self.interactions: list[Interaction] = []
        self.uploads: dict[str, dict[str, bytes]] = {}  # files that came with modals
        self.requests: list[Request] = []
        self.faults: list[Fault] = []
        self.typing: list[str] = []
        self.roles: list[Payload] = []  # beside @everyone
        self.threads: dict[str, str] = {}  # names of threads, by the message that each was begun from
        self.shards = 1  # how many connections the gateway asks a bot to make
        self.violations: list[str] = []
        self._waiting: set[asyncio.Future[None]] = set()

    @property
    def guild(self) -> Payload:
        """The server as GUILD_CREATE brings it."""
        people = [self.bot, *self.people.values()]
        return payloads.guild(self.guild_id, [self.channel], people, self.owner, self.roles)

    def user(self, name: str, *, manager: bool = False) -> User:
        """Return the person of that name; they come into being when first named."""
        if name not in self.people:
            self.people[name] = User(self.ids.next(), name, manager=manager)
        return self.people[name]

    def dm(self, user_id: str) -> Payload | None:
        """Return the direct channel with that person, None if nobody has the id."""
        person = next((person for person in self.people.values() if person.id == user_id), None)
        if person is None:
            return None
        for channel in self.channels.values():
            if channel["type"] == payloads.DM_CHANNEL and channel["recipients"][0]["id"] == user_id:
                return channel
        channel = payloads.dm_channel(self.ids.next(), person)
        self.channels[channel["id"]] = channel
        return channel

    def message(self, message_id: str, channel_id: str | None = None) -> Message | None:
        """Return the message unless it is gone, or in another channel than the one given."""
        for message in self.messages:
            if message.id == message_id and not message.deleted:
                return message if channel_id in (None, message.payload["channel_id"]) else None
        return None

    def from_bot(self) -> Iterator[Message]:
        """Yield what the bot posted and did not delete."""
        return (message for message in self.messages if message.by_bot and not message.deleted)

    def changed(self) -> None:
        """Wake everyone who waits for something to become true."""
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
        self._waiting.clear()

    async def until(self, found: Callable[[], T | None], what: str, timeout: float) -> T:
        """Wait until `found` returns something; `AssertionError` says what didn't happen and what came last."""
        try:
            async with asyncio.timeout(timeout):
                while not (result := found()):
                    waiter = asyncio.get_running_loop().create_future()
                    self._waiting.add(waiter)
                    await waiter
                return result
        except TimeoutError:
            raise AssertionError(f"no {what} within {timeout} s; {self.story()}") from None

    def story(self) -> str:
        """Tell the last requests, for a test that failed."""
        lines = [f"{request.method} {request.path} → {request.status}" for request in self.requests[-12:]]
        return "\n  ".join(["the last requests:", *lines, *self.violations])
