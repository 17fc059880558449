"""The REST side: every request is logged, checked, perhaps made to fail, then answered as Discord answers it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from time import perf_counter

from aiohttp import BodyPartReader, web

from tests.discord import payloads
from tests.discord.limits import Upload
from tests.discord.posting import Posting
from tests.discord.rates import Buckets
from tests.discord.state import Fault, Message, Request, State
from tests.discord.validation import Refused, validate
from tests.discord.webhooks import ApiError, Webhooks
from tests.discord.wire import Json, JsonObject

API = "/api/v10"
_FILE = re.compile(r"files\[(\d+)\]")
_MEMBER_ROLE = "/guilds/(?P<guild>\\d+)/members/(?P<user>\\d+)/roles/(?P<role>\\d+)"
_NO_TOKEN_NEEDED = ("/interactions/", "/webhooks/")

Handler = Callable[[Request, web.Request], Awaitable[tuple[int, Json]]]


class Rest:
    """Routes below /api/v10, and the attachments that messages point to."""

    def __init__(
        self,
        state: State,
        posting: Posting,
        webhooks: Webhooks,
        gateway_url: Callable[[], str],
        *,
        strict: bool = True,
    ) -> None:
        self._strict = strict
        self.state = state
        self.posting = posting
        self.buckets = Buckets()
        self._gateway_url = gateway_url
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = []
        app = "/applications/(?P<application>\\d+)"
        channel = "/channels/(?P<channel>\\d+)"
        for method, path, handler in (
            ("GET", "/users/@me", self.me),
            ("GET", "/users/(?P<user>\\d+)", self.user),
            ("POST", "/users/@me/channels", self.open_dm),
            ("GET", "/(oauth2/)?applications/@me", self.application),
            ("GET", "/gateway/bot", self.gateway_bot),
            ("GET", f"{app}/commands", self.commands),
            ("PUT", f"{app}/commands", self.put_commands),
            ("GET", "/guilds/(?P<guild>\\d+)", self.guild),
            ("GET", channel, self.channel),
            ("POST", f"{channel}/typing", self.typing),
            ("GET", f"{channel}/messages", self.history),
            ("POST", f"{channel}/messages", self.send),
            ("GET", f"{channel}/messages/(?P<message>\\d+)", self.message),
            ("PATCH", f"{channel}/messages/(?P<message>\\d+)", self.edit),
            ("DELETE", f"{channel}/messages/(?P<message>\\d+)", self.delete),
            ("POST", f"{channel}/messages/(?P<message>\\d+)/threads", self.open_thread),
            ("PUT", _MEMBER_ROLE, self.give_role),
            ("DELETE", _MEMBER_ROLE, self.take_role),
            *webhooks.routes(),
        ):
            self._routes.append((method, re.compile(path), handler))

    async def serve(self, http: web.Request) -> web.StreamResponse:
        """Answer one request below /api/v10."""
        arrived = perf_counter()
        path = http.path.removeprefix(API)
        body, files = await _read(http)
        request = Request(http.method, path, body, files, at=arrived)
        self.state.requests.append(request)
        headers: dict[str, str] = {}
        try:
            headers, wait = self.buckets.take(http.method, path)
            if fault := self._fault(request):
                if fault.done:
                    await self._answer(request, http)
                return await self._fail(fault, request, http)
            if wait is not None:
                raise ApiError(429, 0, "You are being rate limited.", retry_after=wait)
            request.status, answer = await self._answer(request, http)
        except ApiError as error:
            request.status, answer = error.status, error.body
            headers |= error.headers
        except Exception as error:
            # The outermost edge: a bug of this server must fail the test, not look like Discord's trouble.
            self.state.violations.append(f"the loopback server failed on {http.method} {path}: {error!r}")
            raise
        finally:
            self.state.changed()
        return _response(request.status, answer, headers)

    async def _answer(self, request: Request, http: web.Request) -> tuple[int, Json]:
        authorised = http.headers.get("Authorization") == f"Bot {self.state.token}"
        if not authorised and not request.path.startswith(_NO_TOKEN_NEEDED):
            raise ApiError(401, 0, "401: Unauthorized")
        try:
            if self._strict:
                validate(request.method, request.path, request.body, request.files, self._existing(request))
        except Refused as refused:
            self.state.violations.append(str(refused))
            raise ApiError(400, 50035, "Invalid Form Body") from None
        for method, pattern, handler in self._routes:
            if method == request.method and (match := pattern.fullmatch(request.path)):
                http.match_info.update(match.groupdict())
                return await handler(request, http)
        self.state.violations.append(f"{request.method} {request.path}: not served by the loopback Discord")
        raise ApiError(404, 0, "404: Not Found")

    def _existing(self, request: Request) -> JsonObject | None:
        """Return the message that the request changes, for the limits that count what is already there."""
        parts = request.path.strip("/").split("/")
        if request.method == "PATCH" and len(parts) >= 4:
            if parts[-1] != "@original":
                found = self.state.message(parts[-1])
            else:
                found = next((i.original for i in self.state.interactions if i.token == parts[2]), None)
            return found.payload if found else None
        if parts[-1] == "callback":
            pressed = next((i.message for i in self.state.interactions if i.id == parts[1]), None)
            return pressed.payload if pressed else None
        return None

    def _fault(self, request: Request) -> Fault | None:
        for fault in self.state.faults:
            if fault.times > 0 and fault.method == request.method and fault.path.search(request.path):
                fault.times -= 1
                return fault
        return None

    async def _fail(self, fault: Fault, request: Request, http: web.Request) -> web.StreamResponse:
        request.status = fault.status
        await asyncio.sleep(fault.delay_s)
        if fault.status == 0 and http.transport is not None:
            http.transport.abort()
        return _response(fault.status or 500, fault.body, fault.headers)

    async def me(self, _: Request, __: web.Request) -> tuple[int, Json]:
        """The bot's own user."""
        return 200, self.state.bot.payload

    async def user(self, _: Request, http: web.Request) -> tuple[int, Json]:
        """Someone by id."""
        for user in (self.state.bot, *self.state.people.values()):
            if user.id == http.match_info["user"]:
                return 200, user.payload
        raise ApiError(404, 10013, "Unknown User")

    async def open_dm(self, request: Request, _: web.Request) -> tuple[int, Json]:
        """The direct channel with someone."""
        if (channel := self.state.dm(str(request.body["recipient_id"]))) is None:
            raise ApiError(404, 10013, "Unknown User")
        return 200, channel

    async def application(self, _: Request, __: web.Request) -> tuple[int, Json]:
        """The bot's application."""
        return 200, payloads.application(self.state.bot.id, self.state.owner)

    async def gateway_bot(self, _: Request, __: web.Request) -> tuple[int, Json]:
        """Where the gateway is."""
        limit = {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1}
        return 200, {"url": self._gateway_url(), "shards": self.state.shards, "session_start_limit": limit}

    async def commands(self, _: Request, __: web.Request) -> tuple[int, Json]:
        """The commands registered."""
        return 200, self.state.commands

    async def put_commands(self, request: Request, _: web.Request) -> tuple[int, Json]:
        """Overwrite the commands."""
        same = {"application_id": self.state.bot.id, "default_member_permissions": None}
        ids = {(command["type"], command["name"]): command["id"] for command in self.state.commands}
        self.state.commands = [
            {
                "description": "", **command, **same, "version": self.state.ids.next(),
                "id": ids.get((command.get("type") or 1, command["name"])) or self.state.ids.next(),
                "type": command.get("type") or 1,
            }
            for command in request.body or ()
        ]  # fmt: skip
        return 200, self.state.commands

    async def guild(self, _: Request, http: web.Request) -> tuple[int, Json]:
        """The server."""
        if http.match_info["guild"] != self.state.guild_id:
            raise ApiError(404, 10004, "Unknown Guild")
        return 200, self.state.guild

    async def channel(self, _: Request, http: web.Request) -> tuple[int, Json]:
        """A channel."""
        return 200, self._channel(http)

    async def typing(self, _: Request, http: web.Request) -> tuple[int, Json]:
        """Show that the bot is typing."""
        self.state.typing.append(self._channel(http)["id"])
        return 204, None

    async def history(self, _: Request, http: web.Request) -> tuple[int, Json]:
        """The last messages of a channel, newest first."""
        channel_id = self._channel(http)["id"]
        there = [m for m in self.state.messages if m.payload["channel_id"] == channel_id and not m.deleted]
        limit = int(http.query.get("limit", "50"))
        return 200, [message.payload for message in reversed(there) if not message.ephemeral][:limit]

    async def send(self, request: Request, http: web.Request) -> tuple[int, Json]:
        """Post a message of the bot's."""
        channel = self._channel(http)
        reference = request.body.get("message_reference")
        must_exist = reference and reference.get("fail_if_not_exists", True)
        if must_exist and self.state.message(str(reference["message_id"]), channel["id"]) is None:
            raise ApiError(400, 50035, "Invalid Form Body: message_reference: Unknown message")
        message = await self.posting.post(self.state.bot, channel, request.body, request.files)
        return 200, message.payload

    async def message(self, _: Request, http: web.Request) -> tuple[int, Json]:
        """One message."""
        return 200, self._message(http).payload

    async def edit(self, request: Request, http: web.Request) -> tuple[int, Json]:
        """Edit a message of the bot's."""
        message = self._message(http)
        if not message.by_bot:
            raise ApiError(403, 50005, "Cannot edit a message authored by another user")
        await self.posting.edit(message, request.body, request.files)
        return 200, message.payload

    async def delete(self, _: Request, http: web.Request) -> tuple[int, Json]:
        """Delete a message of the bot's (its invite link has no right to manage others')."""
        message = self._message(http)
        if not message.by_bot:
            raise ApiError(403, 50013, "Missing Permissions")
        await self.posting.delete(message)
        return 204, None

    async def open_thread(self, request: Request, http: web.Request) -> tuple[int, Json]:
        """Open a thread under a message, whose id it has."""
        parent, message = self._channel(http), self._message(http)
        if parent["type"] != payloads.TEXT_CHANNEL:
            raise ApiError(400, 50024, "Cannot execute action on this channel type")
        if message.id in self.state.channels:
            raise ApiError(400, 160004, "A thread has already been created for this message")
        self.state.threads[message.id] = name = str(request.body["name"])
        thread = payloads.thread(message.id, parent, name, self.state.bot)
        self.state.channels[message.id] = thread
        return 201, thread

    async def give_role(self, _: Request, http: web.Request) -> tuple[int, Json]:
        """Give a member a role."""
        self._roles_of(http).append(http.match_info["role"])
        return 204, None

    async def take_role(self, _: Request, http: web.Request) -> tuple[int, Json]:
        """Take a role from a member."""
        self._roles_of(http).remove(http.match_info["role"])
        return 204, None

    def _roles_of(self, http: web.Request) -> list[str]:
        member = next((each for each in self.state.people.values() if each.id == http.match_info["user"]), None)
        if member is None or http.match_info["role"] not in {role["id"] for role in self.state.roles}:
            raise ApiError(404, 10011, "Unknown Role")
        return member.roles

    async def attachment(self, http: web.Request) -> web.StreamResponse:
        """Serve a file that a message carries, or that came with a modal."""
        owner = http.match_info["message"]
        message = self.state.message(owner)
        files = message.files if message is not None else self.state.uploads.get(owner, {})
        if (data := files.get(http.match_info["name"])) is None:
            return web.Response(status=404)
        return web.Response(body=data)

    def _channel(self, http: web.Request) -> JsonObject:
        if (channel := self.state.channels.get(http.match_info["channel"])) is None:
            raise ApiError(404, 10003, "Unknown Channel")
        return channel

    def _message(self, http: web.Request) -> Message:
        found = self.state.message(http.match_info["message"], self._channel(http)["id"])
        if found is None or found.ephemeral:  # only the interaction's own routes reach an ephemeral message
            raise ApiError(404, 10008, "Unknown Message")
        return found


def _response(status: int, answer: Json, headers: Mapping[str, str]) -> web.Response:
    """Return JSON, a page for a plain string, nothing for None."""
    if answer is None:
        return web.Response(status=status, headers=headers)
    if isinstance(answer, str):
        return web.Response(status=status, text=answer, content_type="text/html", headers=headers)
    # As bytes: with text aiohttp adds a charset to the type, and discord.py compares the type as a whole.
    body = json.dumps(answer).encode()
    return web.Response(status=status, body=body, content_type="application/json", headers=headers)


async def _read(http: web.Request) -> tuple[Json, list[Upload]]:
    """Return the JSON of a request and the files of its form."""
    if not http.content_type.startswith("multipart/"):
        text = await http.text()
        return (json.loads(text) if text else None), []
    body: Json = None
    files: list[Upload] = []
    async for part in await http.multipart():
        assert isinstance(part, BodyPartReader), "a form within a form"
        name = part.name or ""
        if name == "payload_json":
            body = json.loads(await part.text())
        elif match := _FILE.fullmatch(name):
            files.append(Upload(int(match[1]), part.filename or "unnamed", bytes(await part.read())))
    return body, files
