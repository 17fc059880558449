"""The gateway: sessions that identify, get events, lose their socket and resume where they were."""

from __future__ import annotations

import asyncio
import json
import secrets
import zlib
from contextlib import suppress
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from tests.discord import payloads
from tests.discord.state import State
from tests.discord.wire import Json, JsonObject, Payload

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 0, 1, 2, 6, 7, 9, 10, 11
REQUEST_MEMBERS = 8
AUTHENTICATION_FAILED, INVALID_INTENTS, DISALLOWED_INTENTS = 4004, 4013, 4014

GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 0, 1 << 9, 1 << 12
GUILD_MEMBERS, GUILD_PRESENCES, MESSAGE_CONTENT = 1 << 1, 1 << 8, 1 << 15
PRIVILEGED = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT


class Socket:
    """One connection of a session: frames compressed as the client asked for, in order."""

    def __init__(self, response: web.WebSocketResponse, request: web.Request) -> None:
        self._response = response
        self._request = request
        # A client that asks for another compression (zstd) gets plain text, which discord.py reads just as well.
        self._zlib = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None
        self._order = asyncio.Lock()

    async def send(self, frame: JsonObject) -> None:
        """Send one frame; a socket that is gone swallows it (the session keeps it for a resume)."""
        text = json.dumps(frame)
        async with self._order:
            with suppress(ConnectionError):
                if self._zlib is None:
                    await self._response.send_str(text)
                else:
                    packed = self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH)
                    await self._response.send_bytes(packed)

    async def close(self, code: int) -> None:
        """Close with a code, as Discord does when it has something against the client."""
        await self._response.close(code=code)

    def cut(self) -> None:
        """Break the connection without a word, as a network does."""
        if self._request.transport is not None:
            self._request.transport.abort()


@dataclass(eq=False)
class Session:
    """What a client identified for; it outlives its sockets."""

    id: str
    intents: int
    shard: tuple[int, int]
    socket: Socket | None
    sent: list[Payload] = field(default_factory=list)
    ready: bool = False

    async def dispatch(self, event: str, data: JsonObject) -> None:
        """Send an event, or keep it until the session is resumed."""
        frame = {"op": DISPATCH, "t": event, "s": len(self.sent) + 1, "d": data}
        self.sent.append(frame)
        if self.socket is not None:
            await self.socket.send(frame)

    def gets(self, guild_id: str | None) -> bool:
        """Return whether events of this server (None: of direct messages) belong to this session's shard."""
        number, count = self.shard
        return number == ((int(guild_id) >> 22) % count if guild_id else 0)


class Gateway:
    """Accepts connections and carries events to the sessions that asked for them."""

    def __init__(self, state: State, heartbeat_s: float = 41.25) -> None:
        self.state = state
        self.url = ""
        self.heartbeat_s = heartbeat_s
        self.sessions: dict[str, Session] = {}
        self.identifies: list[JsonObject] = []
        self.resumes: list[JsonObject] = []
        self.heartbeats = 0
        self._sockets: set[Socket] = set()

    async def dispatch(self, event: str, data: JsonObject, *, intent: int = 0) -> None:
        """Send an event to every ready session whose intents and shard it falls under."""
        for session in list(self.sessions.values()):
            if session.ready and (not intent or session.intents & intent) and session.gets(data.get("guild_id")):
                await session.dispatch(event, data)

    async def drop(self, code: int | None = None) -> None:
        """Close all sockets with a code, or cut them without one; their sessions can be resumed."""
        for session in self.sessions.values():
            session.socket = None
        for socket in list(self._sockets):
            if code is None:
                socket.cut()
            else:
                await socket.close(code)

    async def invalidate(self) -> None:
        """Tell all clients that their session is over and cannot be resumed."""
        sockets = [session.socket for session in self.sessions.values() if session.socket is not None]
        self.sessions.clear()
        for socket in sockets:
            await socket.send({"op": INVALID_SESSION, "d": False})

    async def ask_to_reconnect(self) -> None:
        """Ask all clients to connect anew and resume, as Discord does before it restarts a node."""
        for session in self.sessions.values():
            if session.socket is not None:
                await session.socket.send({"op": RECONNECT, "d": None})

    async def connection(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one websocket from HELLO to its end."""
        response = web.WebSocketResponse(compress=False)
        await response.prepare(request)
        socket = Socket(response, request)
        self._sockets.add(socket)
        try:
            await socket.send({"op": HELLO, "d": {"heartbeat_interval": int(self.heartbeat_s * 1000)}})
            async for message in response:
                if message.type is WSMsgType.TEXT:
                    await self._received(socket, json.loads(message.data))
        finally:
            self._sockets.discard(socket)
            for session in self.sessions.values():
                if session.socket is socket:
                    session.socket = None
            self.state.changed()
        return response

    async def _received(self, socket: Socket, frame: JsonObject) -> None:
        if frame["op"] == HEARTBEAT:
            self.heartbeats += 1
            await socket.send({"op": HEARTBEAT_ACK, "d": None})
        elif frame["op"] == IDENTIFY:
            await self._identify(socket, frame["d"])
        elif frame["op"] == RESUME:
            await self._resume(socket, frame["d"])
        elif frame["op"] == REQUEST_MEMBERS:
            await self._members(socket, frame["d"])
        self.state.changed()

    async def _identify(self, socket: Socket, data: JsonObject) -> None:
        self.identifies.append(data)
        if data["token"] != self.state.token:
            await socket.close(AUTHENTICATION_FAILED)
        elif "intents" not in data:
            await socket.close(INVALID_INTENTS)
        elif data["intents"] & PRIVILEGED:  # the application has none enabled
            self.state.violations.append(f"IDENTIFY asks for privileged intents: {data['intents']:#x}")
            await socket.close(DISALLOWED_INTENTS)
        else:
            number, count = data.get("shard", (0, 1))
            session = Session(secrets.token_hex(16), data["intents"], (number, count), socket)
            self.sessions[session.id] = session
            await self._greet(session)

    async def _greet(self, session: Session) -> None:
        state = self.state
        mine = bool(session.intents & GUILDS) and session.gets(state.guild_id)
        guilds = [state.guild] if mine else []
        guilds += [guild for guild_id, guild in state.others.items() if session.gets(guild_id)]
        ready: Json = {
            "v": 10,
            "user": {**state.bot.payload, "verified": True, "mfa_enabled": False, "email": None, "flags": 0},
            "guilds": [{"id": guild["id"], "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": list(session.shard),
            "application": {"id": state.bot.id, "flags": 0},
        }
        await session.dispatch("READY", ready)
        for guild in guilds:
            await session.dispatch("GUILD_CREATE", guild)
        session.ready = True

    async def _members(self, socket: Socket, data: JsonObject) -> None:
        """Answer who is who; whoever asks for all of them, not by ids, needs an intent that no bot has here."""
        if not data.get("user_ids"):
            self.state.violations.append(f"members are asked for without the intent: {data}")
            return
        wanted = {str(user_id) for user_id in data["user_ids"]}
        there = [user for user in (self.state.bot, *self.state.people.values()) if user.id in wanted]
        chunk: Payload = {
            "guild_id": str(data["guild_id"]), "members": [user.member() for user in there][:100], "chunk_index": 0,
            "chunk_count": 1, "not_found": sorted(wanted - {user.id for user in there}), "nonce": data.get("nonce"),
        }  # fmt: skip
        session = next(session for session in self.sessions.values() if session.socket is socket)
        await session.dispatch("GUILD_MEMBERS_CHUNK", chunk)

    async def _resume(self, socket: Socket, data: JsonObject) -> None:
        self.resumes.append(data)
        session = self.sessions.get(data["session_id"])
        if data["token"] != self.state.token:
            await socket.close(AUTHENTICATION_FAILED)
        elif session is None:
            await socket.send({"op": INVALID_SESSION, "d": False})
        else:
            position = data["seq"]
            while position < len(session.sent):  # what is dispatched meanwhile comes after what was missed
                await socket.send(session.sent[position])
                position += 1
            session.socket = socket
            await session.dispatch("RESUMED", {})


def visible(message: JsonObject, bot_id: str) -> JsonObject:
    """Return a message as a bot without the message content intent sees it: only what is meant for it has content."""
    direct = "guild_id" not in message
    named = any(user["id"] == bot_id for user in message["mentions"])
    if direct or named or message["author"]["id"] == bot_id:
        return message
    return {**message, "content": "", "embeds": [], "attachments": [], "components": []}


def message_intent(channel: JsonObject) -> int:
    """Return the intent that messages of this channel fall under."""
    return DIRECT_MESSAGES if channel["type"] == payloads.DM_CHANNEL else GUILD_MESSAGES
