"""A small Discord of the tests' own: REST and gateway over real sockets on 127.0.0.1.

    async with LoopbackDiscord() as discord:
        …start a bot with discord.token, discord.api_url, discord.gateway_url…
        await discord.wait_until_ready()
        asked = await discord.slash("ask", {"question": "what is a GAN?"})
        answer = await discord.answer_to(asked)

Leaving the block fails when the bot sent anything that Discord would refuse, left an interaction without an
acknowledgement, or used a route that doesn't exist: `violations` holds a line for each. A test that wants one takes it
out with `forgive`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.discord.gateway import Gateway
from tests.discord.people import People
from tests.discord.posting import Posting
from tests.discord.rest import API, Rest
from tests.discord.state import Fault, Interaction, Message, Request, State
from tests.discord.webhooks import Webhooks
from tests.discord.wire import Json, JsonObject

TOKEN = "bG9vcGJhY2s.dGVzdHM.only-good-on-this-machine"  # shaped as Discord's are; good nowhere
MAX_REQUEST = 120 * 1024 * 1024  # ten files of ten mebibytes and their form: limits are for the validation to find


class LoopbackDiscord(People):
    """The server with everything that tests do to it and ask of it.

    Args:
        token: the one bot token that logs in.
        ack_limit_s: seconds within which an interaction must be acknowledged.
        heartbeat_s: what the gateway asks for; short ones show that a blocked loop would be noticed.
        strict: whether everything sent is validated, which takes this process time that a benchmark would count.
    """

    def __init__(
        self, token: str = TOKEN, *, ack_limit_s: float = 3.0, heartbeat_s: float = 41.25, strict: bool = True
    ) -> None:
        state = State(token)
        self.gateway = Gateway(state, heartbeat_s)
        posting = Posting(state, self.gateway)
        super().__init__(state, self.gateway, posting, ack_limit_s)
        webhooks = Webhooks(state, posting, ack_limit_s)
        self.rest = Rest(state, posting, webhooks, lambda: self.gateway.url, strict=strict)
        app = web.Application(client_max_size=MAX_REQUEST)
        app.router.add_get("/gateway/", self.gateway.connection)
        app.router.add_get("/attachments/{message}/{name}", self.rest.attachment)
        app.router.add_route("*", API + "/{path:.*}", self.rest.serve)
        self._runner = web.AppRunner(app, shutdown_timeout=1.0, access_log=None)
        self.origin = ""

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0]
        self.origin = f"http://{host}:{port}"
        self.gateway.url = f"ws://{host}:{port}/gateway/"
        self.posting.cdn = f"{self.origin}/attachments"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.forget_deadlines()
        await self.gateway.drop(code=1001)
        await self._runner.cleanup()
        if error is None:
            self.check()

    async def also_listen(self, port: int) -> web.TCPSite:
        """Serve on another port, too."""
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        return site

    @property
    def api_url(self) -> str:
        """Where the REST API is, with its version."""
        return self.origin + API

    @property
    def gateway_url(self) -> str:
        """Where the gateway is."""
        return self.gateway.url

    @property
    def token(self) -> str:
        """The bot token that logs in."""
        return self.state.token

    @property
    def messages(self) -> list[Message]:
        """What the bot posted and did not delete, oldest first."""
        return list(self.state.from_bot())

    @property
    def requests(self) -> list[Request]:
        """Every request that came, oldest first."""
        return self.state.requests

    @property
    def commands(self) -> list[JsonObject]:
        """The commands registered."""
        return list(self.state.commands)

    @property
    def acks(self) -> list[Interaction]:
        """The interactions acknowledged; `ack_s` of each is the time from dispatch to callback."""
        return [interaction for interaction in self.state.interactions if interaction.acked_at is not None]

    @property
    def violations(self) -> list[str]:
        """What the bot did that Discord refuses or a member would notice."""
        return self.state.violations

    def check(self) -> None:
        """Raise `AssertionError` with every violation so far."""
        if self.violations:
            raise AssertionError("\n".join(self.violations))

    def forgive(self, pattern: str) -> list[str]:
        """Take the violations that match out and return them; `AssertionError` if there is none."""
        expected = [line for line in self.violations if re.search(pattern, line)]
        assert expected, f"no violation matches {pattern!r}; there are: {self.violations}"
        self.state.violations[:] = [line for line in self.violations if line not in expected]
        return expected

    async def wait_until_ready(self, timeout: float = 60.0) -> None:
        """Wait until the bot is connected and has been told of its server."""
        await self.until(lambda: any(session.ready for session in self.gateway.sessions.values()), "login", timeout)

    async def until(self, found: Callable[[], Json], what: str, timeout: float = 10.0) -> Json:
        """Wait until `found` returns something true, looking again whenever anything happens; return that."""
        return await self.state.until(found, what, timeout)

    async def wait_for_message(
        self, predicate: Callable[[Message], bool] = lambda _: True, timeout: float = 10.0
    ) -> Message:
        """Return the bot's first message, old or new, that has something on it and for which `predicate` holds."""
        found = lambda: next((m for m in self.state.from_bot() if not m.loading and predicate(m)), None)  # noqa: E731
        return await self.state.until(found, "such message", timeout)

    async def answer_to(
        self,
        asked: Interaction | Message,
        predicate: Callable[[Message], bool] = lambda _: True,
        timeout: float = 30.0,
    ) -> Message:
        """Return the reply to an interaction, or to a person's message, for which `predicate` holds."""

        def found() -> Message | None:
            return next((message for message in self._replies(asked) if predicate(message)), None)

        return await self.state.until(found, f"such answer to {asked}", timeout)

    def _replies(self, asked: Interaction | Message) -> list[Message]:
        if isinstance(asked, Interaction):
            return asked.replies
        later = self.state.messages[self.state.messages.index(asked) + 1 :]
        there = asked.payload["channel_id"]
        return [m for m in later if m.by_bot and not m.deleted and m.payload["channel_id"] == there]

    async def acknowledged(self, interaction: Interaction, timeout: float | None = None) -> float:
        """Wait for the acknowledgement and return how many seconds it took."""
        await self.until(lambda: interaction.acked_at is not None, "acknowledgement", timeout or self._ack_limit_s)
        assert interaction.ack_s is not None
        return interaction.ack_s

    async def drop_gateway(self, code: int | None = None) -> None:
        """Close the bot's sockets with a code, or cut them without one."""
        await self.gateway.drop(code)

    def fail_next(
        self,
        method: str,
        path: str,
        status: int,
        headers: Mapping[str, str] | None = None,
        body: Json = None,
        *,
        times: int = 1,
        delay_s: float = 0.0,
        done: bool = False,
    ) -> Fault:
        """Answer the next requests that match with an error; status 0 cuts the connection after the delay.

        `path` is a regular expression searched for below /api/v10. With `done` it is carried out all the same, and only
        its answer is lost. A 429 gets the headers and the body it needs unless
        they are given.
        """
        given = dict(headers or {})
        if status == 429:
            given = {"Via": "1.1 loopback", "Retry-After": "0.1", "X-RateLimit-Scope": "user", **given}
            limited = {"message": "You are being rate limited.", "global": False}
            body = body or {**limited, "retry_after": float(given["Retry-After"])}
        fault = Fault(
            method, re.compile(path), status, given, body or {"message": str(status), "code": 0}, delay_s, times, done
        )
        self.state.faults.append(fault)
        return fault
