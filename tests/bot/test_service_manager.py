"""What the service manager gets to hear, over real sockets of both kinds."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.service_manager import ServiceManager


class Heard:
    """The manager's end of the socket."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(f"\0{address[1:]}" if address.startswith("@") else address)
        self._socket.setblocking(False)

    def all(self) -> list[str]:
        """Return what has come since the last time."""
        found: list[str] = []
        while True:
            try:
                found += self._socket.recv(4096).decode().split("\n")
            except BlockingIOError:
                return found

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()


@pytest.fixture(params=["path", "abstract"])
def heard(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Heard]:
    listening = Heard(str(tmp_path / "notify") if request.param == "path" else f"@epoch-{secrets.token_hex(8)}")
    yield listening
    listening.close()


def manager(heard: Heard, **more: str) -> ServiceManager:
    return ServiceManager.take_from({"NOTIFY_SOCKET": heard.address, **more})


def test_a_service_says_how_far_it_is(heard: Heard) -> None:
    service = manager(heard)
    service.status("logging in")
    service.ready("ready in 3 servers")
    service.stopping()
    assert heard.all() == [
        "STATUS=logging in", "READY=1", "STATUS=ready in 3 servers", "STOPPING=1", "STATUS=stopping"
    ]  # fmt: skip


async def test_signs_of_life_come_at_half_the_time_they_are_due_as_long_as_the_loop_turns(heard: Heard) -> None:
    service = manager(heard, WATCHDOG_USEC="100000", WATCHDOG_PID=str(os.getpid()))
    service.ready("ready")
    heard.all()
    alive = asyncio.create_task(service.keep_alive())
    await asyncio.sleep(0.22)
    assert 3 <= len(heard.all()) <= 5
    time.sleep(0.3)
    assert heard.all() == []
    alive.cancel()


async def test_a_start_that_takes_its_time_asks_for_more_until_it_is_ready(heard: Heard) -> None:
    service = manager(heard, WATCHDOG_USEC="20000")
    alive = asyncio.create_task(service.keep_alive())
    await asyncio.sleep(0.05)
    assert "EXTEND_TIMEOUT_USEC=60000000" in heard.all()
    service.ready("ready")
    heard.all()
    await asyncio.sleep(0.05)
    assert set(heard.all()) == {"WATCHDOG=1"}
    alive.cancel()


async def test_without_a_watchdog_there_are_no_signs_of_life(heard: Heard) -> None:
    service = manager(heard)
    service.ready("ready")
    heard.all()
    async with asyncio.timeout(1):
        await service.keep_alive()
    assert heard.all() == []


async def test_a_watchdog_of_another_process_is_none_of_ours(heard: Heard) -> None:
    service = manager(heard, WATCHDOG_USEC="20000", WATCHDOG_PID=str(os.getpid() + 1))
    service.ready("ready")
    async with asyncio.timeout(1):
        await service.keep_alive()
    assert "WATCHDOG=1" not in heard.all()


def test_no_program_that_epoch_starts_speaks_for_it() -> None:
    environment = {"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "1", "WATCHDOG_PID": "1", "HOME": "/"}
    ServiceManager.take_from(environment)
    assert environment == {"HOME": "/"}


async def test_where_nobody_listens_the_service_goes_on_and_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ServiceManager().ready("nobody asked")
    assert not caplog.text
    service = ServiceManager(str(tmp_path / "gone"))
    service.ready("ready")
    service.stopping()
    assert caplog.text.count("cannot be told anything") == 1
