"""How `serve` ends where no Discord answers; what needs one is tested over real sockets elsewhere."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route
from pydantic import SecretStr

from bot import exits
from bot.discord import connection
from bot.discord.client import serve
from bot.discord.connection import endpoints
from bot.settings import Settings
from bot.shards import ALL
from bot.store.lease import lease_of
from bot.study.tutor import Tutor
from knowledge.bank.errors import ModelError
from runners import launch
from runners.local import LocalRunner
from runners.walls import landlock
from tests.bot.discord.ask.test_ask import Scripted
from tests.bot.world import bank, make_settings, make_tutor
from tests.discord.server import TOKEN as LOOPBACK_TOKEN
from tests.discord.server import LoopbackDiscord

TOKEN = "a-token-nobody-may-read"


def settings_for(tmp_path: Path, port: int, token: str | None = TOKEN) -> Settings:
    secret = SecretStr(token) if token is not None else None
    api = f"http://127.0.0.1:{port}/api/v10"
    return make_settings(tmp_path).model_copy(update={"discord_token": secret, "discord_api_url": api})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def silent_port() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])


async def test_without_a_token_there_is_one_line_and_the_status_of_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await serve(settings_for(tmp_path, 1, token=None), make_tutor()) == exits.CONFIG
    assert capsys.readouterr().err.startswith("epoch: no Discord token; put DISCORD_TOKEN")


async def test_where_discord_cannot_be_reached_there_is_one_line_and_a_status_that_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    assert await serve(settings_for(tmp_path, port), make_tutor()) == exits.UNAVAILABLE
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(
        f"epoch: Discord cannot be reached at http://127.0.0.1:{port}/api/v10: nothing takes connections there"
    )


async def test_a_name_that_cannot_be_resolved_has_a_status_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = {"discord_api_url": "https://nowhere.invalid/api/v10"}
    assert await serve(settings_for(tmp_path, 1).model_copy(update=nowhere), make_tutor()) == exits.NO_HOST
    (line,) = capsys.readouterr().err.splitlines()
    assert "its name cannot be resolved" in line


async def test_a_python_that_the_user_may_not_execute_is_told_as_that_and_not_as_discord(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.touch(mode=0o644)  # whoever it is: nothing is executable that has no such bit
    monkeypatch.setattr(launch, "_python", lambda *_: (str(python),))
    monkeypatch.setattr(landlock, "version", lambda: landlock.SCOPED)  # whatever this machine's kernel has
    tutor = Tutor(bank(), Scripted(RuntimeError("nobody asks here")), LocalRunner("fallback"))
    async with LoopbackDiscord() as discord:
        here = {"discord_token": SecretStr(LOOPBACK_TOKEN), "discord_api_url": discord.api_url}
        assert await serve(make_settings(tmp_path).model_copy(update=here), tutor) == exits.DENIED
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"epoch: Permission denied: {python}; give the user that runs Epoch (")


async def test_a_missing_model_is_one_line_and_a_status_that_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tutor = Tutor(bank(), Scripted(ModelError("the model is missing; install it again")), LocalRunner())
    async with LoopbackDiscord() as discord:
        here = {"discord_token": SecretStr(LOOPBACK_TOKEN), "discord_api_url": discord.api_url}
        assert await serve(make_settings(tmp_path).model_copy(update=here), tutor) == exits.MISSING
    assert capsys.readouterr().err == "epoch: the model is missing; install it again\n"


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
async def test_a_signal_ends_it_within_ten_seconds_even_while_discord_is_silent(
    tmp_path: Path, number: signal.Signals, status: int
) -> None:
    with silent_port() as port:
        serving = asyncio.create_task(serve(settings_for(tmp_path, port), make_tutor()))
        await asyncio.sleep(0.5)
        assert not serving.done()
        began = time.monotonic()
        os.kill(os.getpid(), number)
        assert await serving == status
        assert time.monotonic() - began < 10
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL, "the handlers are gone with it"


async def test_the_token_is_in_no_line_of_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    assert await serve(settings_for(tmp_path, free_port()), make_tutor()) == exits.UNAVAILABLE
    assert "logging in" in caplog.text, "the control: the library's own lines are seen"
    assert TOKEN not in caplog.text + "".join(capsys.readouterr())


def test_endpoints_are_set_and_put_back(tmp_path: Path) -> None:
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    changed = make_settings(tmp_path).model_copy(
        update={"discord_api_url": "http://127.0.0.1:9/api/v10", "discord_gateway_url": "ws://127.0.0.1:9/gateway"}
    )
    with endpoints(changed):
        assert Route("GET", "/users/@me").url == "http://127.0.0.1:9/api/v10/users/@me"
        assert str(DiscordWebSocket.DEFAULT_GATEWAY) == "ws://127.0.0.1:9/gateway"
    assert before == (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)
    with endpoints(make_settings(tmp_path)):
        assert before == (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)


async def test_a_gateway_that_is_not_up_yet_is_waited_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    late = free_port()
    async with LoopbackDiscord() as discord:
        changed = {
            "discord_token": SecretStr(LOOPBACK_TOKEN),
            "discord_api_url": discord.api_url,
            "discord_gateway_url": f"ws://127.0.0.1:{late}/gateway/",
        }
        settings = make_settings(tmp_path).model_copy(update=changed)
        gc.disable()  # as `epoch serve` does at its start
        serving = asyncio.create_task(serve(settings, make_tutor()))
        for _ in range(200):
            if "Failed to connect for shard_id" in caplog.text:
                break
            assert not serving.done()
            await asyncio.sleep(0.05)
        site = await discord.also_listen(late)  # now it is up
        await discord.wait_until_ready(20)
        assert gc.get_freeze_count() > 0, "what was there at the start is still looked through for garbage"
        assert gc.isenabled(), "what comes after is never looked through"
        os.kill(os.getpid(), signal.SIGTERM)
        assert await serving == 0
        await site.stop()
    gc.unfreeze()
    assert "Traceback" not in caplog.text


async def test_whoever_waits_for_the_database_says_so_now_and_then_and_asks_discord_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_LOOK_S", 0.01)
    monkeypatch.setattr(connection, "_SAY_S", 0.3)
    async with LoopbackDiscord() as discord:
        here = {"discord_token": SecretStr(LOOPBACK_TOKEN), "discord_api_url": discord.api_url}
        settings = make_settings(tmp_path).model_copy(update=here)
        other = lease_of(settings.database_url, ALL)
        assert await other.take()
        gc.disable()
        serving = asyncio.create_task(serve(settings, make_tutor()))
        async with asyncio.timeout(60):
            while caplog.text.count("waits without logging in") < 2:
                await asyncio.sleep(0.02)
        assert gc.isenabled(), "it may wait for days"
        began = time.monotonic()
        os.kill(os.getpid(), signal.SIGTERM)
        assert await serving == 0
        assert time.monotonic() - began < 3
        assert caplog.text.count("waits without logging in") < 10, "not each time that it looks"
        assert discord.requests == []
        await other.release()
