"""The loopback Discord itself, driven by a bare discord.py client: what the real one does, it does."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp
import discord
import pytest
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.discord.rates import Buckets
from tests.discord.server import LoopbackDiscord
from tests.discord.wire import Json

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


class Confirm(discord.ui.View):
    """A button that edits its message, a select that answers, a button that opens a modal."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Press", custom_id="press")
    async def press(self, interaction: discord.Interaction, _: Json) -> None:
        await interaction.response.edit_message(content="pressed")

    @discord.ui.button(label="Form", custom_id="form")
    async def form(self, interaction: discord.Interaction, _: Json) -> None:
        await interaction.response.send_modal(Form())

    @discord.ui.select(
        custom_id="pick", options=[discord.SelectOption(label="A", value="a"), discord.SelectOption(label="B")]
    )
    async def pick(self, interaction: discord.Interaction, chosen: Json) -> None:
        await interaction.response.send_message(f"picked {chosen.values}", ephemeral=True)


class Form(discord.ui.Modal, title="Values"):
    """One prefilled field."""

    epochs: discord.ui.TextInput[Json] = discord.ui.TextInput(label="EPOCHS", custom_id="epochs", default="5")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"epochs={self.epochs.value}")


class Bare(discord.Client):
    """A client with one command of each sort and nothing of Epoch in it."""

    def __init__(self, intents: discord.Intents | None = None) -> None:
        chosen = intents or discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
        super().__init__(intents=chosen, allowed_mentions=discord.AllowedMentions.none(), guild_ready_timeout=0.05)
        self.tree = app_commands.CommandTree(self)
        self.heard: list[str] = []
        self.events: list[str] = []

    async def setup_hook(self) -> None:
        self.tree.add_command(echo)
        self.tree.add_command(shout)
        self.add_view(Confirm())
        await self.tree.sync()

    async def on_message(self, message: discord.Message) -> None:
        self.heard.append(message.content)
        if message.author != self.user and (self.user in message.mentions or message.guild is None):
            await message.reply(f"heard {message.clean_content}", mention_author=False)

    async def on_ready(self) -> None:
        self.events.append("ready")

    async def on_resumed(self) -> None:
        self.events.append("resumed")


@app_commands.command(description="Say it again")
async def echo(interaction: discord.Interaction, text: str, how: str = "defer") -> None:
    if how == "never":
        return
    if how == "late":
        await asyncio.sleep(0.6)
    if how in ("defer", "private"):
        await interaction.response.defer(thinking=True, ephemeral=how == "private")
        await interaction.followup.send(text, view=Confirm())
        return
    await interaction.response.send_message(text)
    if how == "twice":
        await interaction.client.http.request(
            Route("POST", f"/interactions/{interaction.id}/{interaction.token}/callback"), json={"type": 5}
        )
    if how == "file":
        await interaction.edit_original_response(attachments=[discord.File(io.BytesIO(PNG), "figure.png")])
        await interaction.followup.send("more")


@echo.autocomplete("text")
async def complete(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=f"{typed}!", value=typed)]


@app_commands.context_menu(name="Shout")
async def shout(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(message.content.upper())


@pytest.fixture(autouse=True)
def addresses() -> AsyncIterator[None]:  # type: ignore[misc]  # a plain generator, as pytest wants it
    """Put discord.py's addresses back: it keeps them on its classes."""
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    yield  # type: ignore[misc]
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


@asynccontextmanager
async def logged_in(server: LoopbackDiscord, client: Bare | None = None) -> AsyncIterator[Bare]:
    Route.BASE = server.api_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(server.gateway_url)
    client = client or Bare()
    running = asyncio.create_task(client.start(server.token))
    try:
        ready = asyncio.create_task(server.wait_until_ready(10))
        await asyncio.wait([ready, running], return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            ready.cancel()
            running.result()
        await asyncio.wait_for(client.wait_until_ready(), 10)
        yield client
    finally:
        await client.close()
        await asyncio.gather(running, return_exceptions=True)


def channel_of(server: LoopbackDiscord, client: Bare) -> discord.TextChannel:
    channel = client.get_channel(int(server.state.channel["id"]))
    assert isinstance(channel, discord.TextChannel)
    return channel


async def eventually(true: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.01)


async def test_login_sync_and_guild() -> None:
    async with LoopbackDiscord() as server, logged_in(server) as client:
        assert client.user is not None
        assert client.user.name == "epoch"
        assert [guild.name for guild in client.guilds] == ["Study group"]
        assert [command["name"] for command in server.commands] == ["echo", "Shout"]
        assert server.gateway.identifies[0]["intents"] == 1 << 0 | 1 << 9 | 1 << 12
        fetched = await client.tree.fetch_commands()
        assert {command.id for command in fetched} == {int(command["id"]) for command in server.commands}
        before = [command["id"] for command in server.commands]
        await client.tree.sync()
        assert [command["id"] for command in server.commands] == before


async def test_a_wrong_token_is_refused_by_rest_and_by_the_gateway() -> None:
    async with LoopbackDiscord() as server:
        Route.BASE = server.api_url
        client = Bare()
        with pytest.raises(discord.LoginFailure):
            await client.login("wrong")
        await client.close()
        async with aiohttp.ClientSession() as session, session.ws_connect(server.gateway_url) as socket:
            assert (await socket.receive_json())["op"] == 10
            await socket.send_json({"op": 2, "d": {"token": "wrong", "intents": 1}})
            await socket.receive()
            assert socket.close_code == 4004


async def test_privileged_intents_are_refused() -> None:
    async with LoopbackDiscord() as server:
        Route.BASE = server.api_url
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(server.gateway_url)
        client = Bare(discord.Intents.all())
        with pytest.raises(discord.PrivilegedIntentsRequired):
            await client.start(server.token)
        await client.close()
        server.forgive("privileged intents")


async def test_a_command_deferred_and_answered() -> None:
    async with LoopbackDiscord() as server, logged_in(server):
        asked = await server.slash("echo", {"text": "hello"}, locale="zh-CN")
        assert 0 < await server.acknowledged(asked) < 3
        answer = await server.answer_to(asked)
        assert answer is asked.original
        assert (answer.text, answer.ephemeral, asked.ack_kind) == ("hello", False, 5)
        assert server.messages == [answer]
        assert server.acks == [asked]


async def test_an_ephemeral_answer_stays_so() -> None:
    async with LoopbackDiscord() as server, logged_in(server) as client:
        answer = await server.answer_to(await server.slash("echo", {"text": "psst", "how": "private"}))
        assert answer.ephemeral
        assert "psst" not in client.heard


async def test_a_command_in_direct_messages() -> None:
    async with LoopbackDiscord() as server, logged_in(server):
        answer = await server.answer_to(await server.slash("echo", {"text": "here"}, dm=True))
        assert server.state.channels[answer.payload["channel_id"]]["type"] == 1


async def test_files_edits_and_follow_ups() -> None:
    async with LoopbackDiscord() as server, logged_in(server) as client:
        asked = await server.slash("echo", {"text": "look", "how": "file"})
        answer = await server.answer_to(asked, lambda message: bool(message.files))
        assert answer.files == {"figure.png": PNG}
        assert len(answer.edited_at) == 1
        assert (await server.answer_to(asked, lambda message: message.text == "more")) in asked.followups
        assert await client.http.get_from_cdn(answer.payload["attachments"][0]["url"]) == PNG


async def test_autocompletion_and_context_menu() -> None:
    async with LoopbackDiscord() as server, logged_in(server):
        assert await server.autocomplete("echo", "text", "ga") == [{"name": "ga!", "value": "ga"}]
        said = await server.say("quiet")
        assert (await server.answer_to(await server.message_menu("Shout", said))).text == "QUIET"


async def test_components_and_modals() -> None:
    async with LoopbackDiscord() as server, logged_in(server):
        message = await server.answer_to(await server.slash("echo", {"text": "choose"}))
        picked = await server.answer_to(await server.select(message, "pick", ["a"]))
        assert picked.text == "picked ['a']"
        opened = await server.click(message, label="Form")
        submitted = await server.submit_modal(opened, {"epochs": "7"})
        assert (await server.answer_to(submitted)).text == "epochs=7"
        as_it_was = await server.submit_modal(opened, {})
        assert (await server.answer_to(as_it_was)).text == "epochs=5"
        await server.answer_to(await server.click(message, "press"), lambda m: m.text == "pressed")
        with pytest.raises(LookupError, match="press"):
            await server.click(message, "absent")
        with pytest.raises(AssertionError, match="not all among"):
            await server.select(message, "pick", ["c"])


async def test_without_the_content_intent_only_what_is_meant_for_the_bot_has_text() -> None:
    async with LoopbackDiscord() as server, logged_in(server) as client:
        await server.say("secret")
        mention = await server.mention("hello")
        assert (await server.answer_to(mention)).text == "heard @Epoch hello"
        answer = server.messages[-1]
        await server.reply(answer, "again")
        direct = await server.dm("psst")
        assert (await server.answer_to(direct)).text == "heard psst"
        await eventually(lambda: len([text for text in client.heard if "psst" in text]) == 2)
        assert "secret" not in client.heard
        assert "" in client.heard
        assert "again" in client.heard
        assert server.messages[0].payload["referenced_message"]["id"] == mention.id


async def test_a_cut_socket_is_resumed_and_misses_nothing() -> None:
    async with LoopbackDiscord() as server, logged_in(server) as client:
        await server.drop_gateway()
        missed = await server.slash("echo", {"text": "while away"})
        assert (await server.answer_to(missed)).text == "while away"
        await eventually(lambda: "resumed" in client.events)
        assert client.events == ["ready", "resumed"]
        assert len(server.gateway.identifies) == 1


@pytest.mark.parametrize("how", ["close", "reconnect"])
async def test_other_ways_to_a_resume(how: str) -> None:
    async with LoopbackDiscord() as server, logged_in(server) as client:
        await (server.drop_gateway(code=4000) if how == "close" else server.gateway.ask_to_reconnect())
        await eventually(lambda: "resumed" in client.events)
        assert (await server.answer_to(await server.slash("echo", {"text": "back"}))).text == "back"


async def test_an_invalid_session_identifies_anew() -> None:
    async with LoopbackDiscord() as server, logged_in(server) as client:
        await server.gateway.invalidate()
        await eventually(lambda: len(server.gateway.identifies) == 2 and client.events == ["ready", "ready"])
        assert (await server.answer_to(await server.slash("echo", {"text": "back"}))).text == "back"


async def test_heartbeats_are_acknowledged() -> None:
    async with LoopbackDiscord(heartbeat_s=0.1) as server, logged_in(server) as client:
        await server.until(lambda: server.gateway.heartbeats >= 3, "third heartbeat")
        assert client.latency < 1


async def test_an_interaction_left_alone_fails_the_test_that_left_it() -> None:
    async def leave_alone() -> None:
        async with LoopbackDiscord(ack_limit_s=0.3) as server, logged_in(server):
            await server.slash("echo", {"text": "t", "how": "never"})
            await server.until(lambda: server.violations, "violation")

    with pytest.raises(AssertionError, match=r"\(echo\) was not acknowledged within 0.3 s"):
        await leave_alone()


async def test_a_late_acknowledgement_finds_no_interaction(caplog: pytest.LogCaptureFixture) -> None:
    async with LoopbackDiscord(ack_limit_s=0.3) as server, logged_in(server):
        late = await server.slash("echo", {"text": "t", "how": "late"})
        await server.until(lambda: server.requests[-1].status == 404, "refusal")
        server.forgive("not acknowledged")
        assert late.acked_at is None
    await eventually(lambda: "Unknown interaction" in caplog.text)


async def test_a_second_callback_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    async with LoopbackDiscord() as server, logged_in(server):
        await server.slash("echo", {"text": "t", "how": "twice"})
        await server.until(lambda: server.requests[-1].status == 400, "refusal")
        server.forgive("acknowledged twice")
    await eventually(lambda: "40060" in caplog.text)


@pytest.mark.parametrize(
    ("content", "mentions", "violation"),
    [
        ("c" * 2_001, discord.AllowedMentions.none(), "content: 2001"),
        ("c", discord.AllowedMentions(everyone=True), "lets the message ping"),
    ],
)
async def test_what_discord_or_epoch_forbids_is_refused_and_fails_the_test(
    content: str, mentions: discord.AllowedMentions, violation: str
) -> None:
    async with LoopbackDiscord() as server, logged_in(server) as client:
        with pytest.raises(discord.HTTPException, match="50035"):
            await channel_of(server, client).send(content, allowed_mentions=mentions)
        with pytest.raises(AssertionError, match=violation):
            server.check()
        server.forgive(violation)
        server.check()


async def test_faults_come_once_and_429_is_waited_out() -> None:
    async with LoopbackDiscord() as server, logged_in(server) as client:
        channel = channel_of(server, client)
        server.fail_next("POST", "/messages$", 429)
        assert (await channel.send("through")).content == "through"
        server.fail_next("POST", "/messages$", 403, body={"code": 50013, "message": "Missing Permissions"})
        with pytest.raises(discord.Forbidden, match="50013"):
            await channel.send("not through")
        server.fail_next("POST", "/messages$", 0)
        with pytest.raises(aiohttp.ClientError):
            await channel.send("cut off")
        statuses = [request.status for request in server.requests if request.path.endswith("/messages")]
        assert statuses == [429, 200, 403, 0]
        assert [message.text for message in server.messages] == ["through"]


async def test_messages_are_kept_edited_and_deleted() -> None:
    async with LoopbackDiscord() as server, logged_in(server) as client:
        channel = channel_of(server, client)
        sent = await channel.send("one", file=discord.File(io.BytesIO(b"x"), "x.txt"))
        await sent.edit(content="two", attachments=[])
        assert (server.messages[0].text, server.messages[0].files) == ("two", {})
        assert [message.content async for message in channel.history()] == ["two"]
        await sent.delete()
        assert server.messages == []
        with pytest.raises(discord.NotFound, match="10008"):
            await channel.fetch_message(sent.id)
        theirs = await server.say("mine")
        with pytest.raises(discord.Forbidden):
            await client.http.edit_message(channel.id, int(theirs.id), params=discord.http.handle_message_parameters(
                "c", allowed_mentions=discord.AllowedMentions.none()))  # fmt: skip


def test_a_bucket_counts_down_and_fills_again_when_its_window_is_over() -> None:
    now = 0.0
    buckets = Buckets(clock=lambda: now)
    path = "/channels/1/messages/2"
    taken = [buckets.take("PATCH", path) for _ in range(6)]
    assert [headers["X-RateLimit-Remaining"] for headers, _ in taken] == ["4", "3", "2", "1", "0", "0"]
    assert [wait for _, wait in taken] == [None] * 5 + [5.0]
    assert buckets.take("PATCH", "/channels/9/messages/2")[1] is None
    assert buckets.take("GET", path) == ({}, None)
    now = 5.0
    assert buckets.take("PATCH", path)[1] is None


async def test_one_request_too_many_gets_a_429() -> None:
    async with LoopbackDiscord() as server, aiohttp.ClientSession() as session:
        url = f"{server.api_url}/channels/{server.state.channel['id']}/messages"
        headers = {"Authorization": f"Bot {server.token}"}
        statuses = []
        for _ in range(6):
            body = {"content": "c", "allowed_mentions": {"parse": []}}
            async with session.post(url, json=body, headers=headers) as response:
                statuses.append(response.status)
                last = await response.json()
        assert statuses == [200] * 5 + [429]
        assert 0 < last["retry_after"] <= 5


async def test_a_request_that_isnt_known_fails_the_test() -> None:
    async with LoopbackDiscord() as server, logged_in(server) as client:
        assert client.user is not None
        with pytest.raises(discord.HTTPException):
            await client.user.edit(username="other")
        server.forgive("PATCH /users/@me: no request")


async def test_an_expired_token_edits_nothing_more() -> None:
    async with LoopbackDiscord() as server, aiohttp.ClientSession() as session:
        async with logged_in(server):
            asked = await server.slash("echo", {"text": "t"})
            await server.answer_to(asked)
        asked.expired = True
        url = f"{server.api_url}/webhooks/{server.state.bot.id}/{asked.token}/messages/@original"
        async with session.get(url) as response:
            assert (response.status, (await response.json())["code"]) == (401, 50027)


async def test_what_never_comes_is_told_with_the_last_requests() -> None:
    async with LoopbackDiscord() as server, logged_in(server):
        with pytest.raises(AssertionError, match=r"no such message within 0.1 s; the last requests:\n  .*GET"):
            await server.wait_for_message(timeout=0.1)
