"""Interactions answered: the one callback each may have, and what may follow it by its token."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from tests.discord.posting import Posting
from tests.discord.state import EPHEMERAL, LOADING, Interaction, Message, Request, State
from tests.discord.validation import AUTOCOMPLETE, DEFERRED_REPLY, DEFERRED_UPDATE, MESSAGE_REPLY, MODAL, UPDATE
from tests.discord.wire import Json, JsonObject

COMMAND, COMPONENT, TYPING, SUBMITTED = 2, 3, 4, 5
#: Callback types that each kind of interaction may get.
FITTING: Mapping[int, frozenset[int]] = {
    COMMAND: frozenset({MESSAGE_REPLY, DEFERRED_REPLY, MODAL}),
    COMPONENT: frozenset({MESSAGE_REPLY, DEFERRED_REPLY, DEFERRED_UPDATE, UPDATE, MODAL}),
    TYPING: frozenset({AUTOCOMPLETE}),
    SUBMITTED: frozenset({MESSAGE_REPLY, DEFERRED_REPLY, DEFERRED_UPDATE, UPDATE}),
}

Handler = Callable[[Request, web.Request], Awaitable[tuple[int, Json]]]


class ApiError(Exception):
    """A refusal as Discord words it."""

    def __init__(self, status: int, code: int, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.body: dict[str, Json] = {"message": message, "code": code}
        self.headers: dict[str, str] = {}
        if retry_after is not None:
            self.body |= {"retry_after": retry_after, "global": False}
            # Without `Via` discord.py takes a 429 for a ban by the firewall.
            self.headers = {"Via": "1.1 loopback", "Retry-After": f"{retry_after:.3f}", "X-RateLimit-Scope": "user"}


class Webhooks:
    """The routes that need no bot token, because the interaction's own is in the address."""

    def __init__(self, state: State, posting: Posting, ack_limit_s: float) -> None:
        self.state = state
        self.posting = posting
        self.ack_limit_s = ack_limit_s

    def routes(self) -> list[tuple[str, str, Handler]]:
        """Return (method, path pattern, handler)."""
        hook = "/webhooks/(?P<webhook>\\d+)/(?P<token>[^/]+)"
        message = f"{hook}/messages/(?P<message>@original|\\d+)"
        return [
            ("POST", "/interactions/(?P<interaction>\\d+)/(?P<token>[^/]+)/callback", self.callback),
            ("POST", hook, self.follow_up),
            ("GET", message, self.get),
            ("PATCH", message, self.edit),
            ("DELETE", message, self.delete),
        ]

    async def callback(self, request: Request, http: web.Request) -> tuple[int, Json]:
        """Take the initial answer: once, in time, of a type that fits."""
        interaction = self._by_token(http.match_info["token"])
        if interaction is None or interaction.id != http.match_info["interaction"]:
            raise ApiError(404, 10062, "Unknown interaction")
        if interaction.acked_at is not None:
            self.state.violations.append(f"{interaction} was acknowledged twice")
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        if request.at - interaction.dispatched_at > self.ack_limit_s:
            raise ApiError(404, 10062, "Unknown interaction")
        kind = request.body["type"]
        if kind not in FITTING[interaction.kind]:
            self.state.violations.append(f"{interaction} of kind {interaction.kind} got a callback of type {kind}")
            raise ApiError(400, 50035, "Invalid Form Body")
        interaction.acked_at, interaction.ack_kind = request.at, kind
        await self._carry_out(interaction, kind, request)
        if http.query.get("with_response", "").lower() not in ("1", "true"):
            return 204, None
        return 200, _response(interaction, kind)

    async def _carry_out(self, interaction: Interaction, kind: int, request: Request) -> None:
        data: JsonObject = request.body.get("data") or {}
        channel = self.state.channels[interaction.channel_id]
        if kind == MESSAGE_REPLY:
            interaction.original = await self.posting.post(self.state.bot, channel, data, request.files, interaction)
        elif kind == DEFERRED_REPLY:
            body = {"flags": (data.get("flags") or 0) & EPHEMERAL | LOADING}
            interaction.original = await self.posting.post(self.state.bot, channel, body, (), interaction)
        elif kind in (DEFERRED_UPDATE, UPDATE):
            interaction.original = interaction.message
            if kind == UPDATE and interaction.message is not None:
                await self.posting.edit(interaction.message, data, request.files)
        elif kind == AUTOCOMPLETE:
            interaction.choices = list(data.get("choices") or [])
        else:
            interaction.modal = dict(data)

    async def follow_up(self, request: Request, http: web.Request) -> tuple[int, Json]:
        """Post one more message; the first after a deferral takes the place of "is thinking"."""
        interaction = self._answered(http)
        if interaction.original is not None and interaction.original.loading:
            await self.posting.edit(interaction.original, request.body, request.files)
            return 200, interaction.original.payload
        channel = self.state.channels[interaction.channel_id]
        message = await self.posting.post(self.state.bot, channel, request.body, request.files, interaction)
        interaction.followups.append(message)
        return 200, message.payload

    async def get(self, _: Request, http: web.Request) -> tuple[int, Json]:
        """One message of the interaction's."""
        return 200, self._message(http).payload

    async def edit(self, request: Request, http: web.Request) -> tuple[int, Json]:
        """Edit one message of the interaction's."""
        message = self._message(http)
        await self.posting.edit(message, request.body, request.files)
        return 200, message.payload

    async def delete(self, _: Request, http: web.Request) -> tuple[int, Json]:
        """Delete one message of the interaction's."""
        await self.posting.delete(self._message(http))
        return 204, None

    def _by_token(self, token: str) -> Interaction | None:
        return next((each for each in self.state.interactions if each.token == token), None)

    def _answered(self, http: web.Request) -> Interaction:
        interaction = self._by_token(http.match_info["token"])
        if interaction is not None and interaction.expired:
            raise ApiError(401, 50027, "Invalid Webhook Token")
        if interaction is None or interaction.acked_at is None:
            raise ApiError(404, 10015, "Unknown Webhook")
        return interaction

    def _message(self, http: web.Request) -> Message:
        interaction = self._answered(http)
        wanted = http.match_info["message"]
        original = interaction.original
        made = [original] if wanted == "@original" else [original, *interaction.followups]
        for message in made:
            if message is not None and not message.deleted and wanted in (message.id, "@original"):
                return message
        raise ApiError(404, 10008, "Unknown Message")


def _response(interaction: Interaction, kind: int) -> JsonObject:
    about: dict[str, Json] = {"id": interaction.id, "type": interaction.kind}
    resource: dict[str, Json] = {"type": kind}
    if interaction.original is not None:
        about |= {
            "response_message_id": interaction.original.id,
            "response_message_loading": interaction.original.loading,
            "response_message_ephemeral": interaction.original.ephemeral,
        }
        if kind != DEFERRED_UPDATE:
            resource["message"] = interaction.original.payload
    return {"interaction": about, "resource": resource}
