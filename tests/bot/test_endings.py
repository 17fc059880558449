"""Each kind of failure says what to do about it, in both languages, and ends with a status of its own."""

from __future__ import annotations

import errno
import os
import re
import socket
import sqlite3
import ssl
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from bot import exits
from bot.discord.unreachable import unreachable
from bot.endings import ending
from bot.store.errors import DatabaseUnavailable, DatabaseUrlError, NewerDatabase, StoreError
from bot.store.store import Store
from bot.wording.translation import in_lang
from runners.errors import ClusterUnavailable, RunnerError, WallUnavailable
from tests.bot.store.test_backup import scramble

SENTENCE = re.compile(r"\b[A-Za-z]{2,}(?: [a-z]{2,}){3,}")
FILE = "/srv/epoch/venv/bin/python"


def system(number: int, file: str | None = FILE) -> OSError:
    return OSError(number, os.strerror(number), file) if file else OSError(number, os.strerror(number))


KINDS = [
    (system(errno.EACCES), exits.DENIED, "Permission denied: /srv/epoch/venv/bin/python; give the user that runs"),
    (system(errno.EPERM), exits.DENIED, "give the user"),
    (system(errno.ENOENT), exits.MISSING, "correct the setting"),
    (system(errno.ENOSPC), exits.UNWRITABLE, "make room"),
    (system(errno.ENOSPC, None), exits.UNWRITABLE, "make room"),
    (system(errno.EROFS), exits.UNWRITABLE, "EPOCH_DATA_DIR"),
    (system(errno.EROFS, None), exits.UNWRITABLE, "EPOCH_DATA_DIR"),
    (system(errno.EMFILE, None), exits.SYSTEM, "LimitNOFILE="),
    (system(errno.EMFILE), exits.SYSTEM, "LimitNOFILE="),
    (system(errno.ENOMEM, None), exits.SYSTEM, "MemoryMax="),
    (system(errno.EAGAIN), exits.SYSTEM, "TasksMax="),
    (system(errno.EIO), exits.SYSTEM, "the disk has room"),
    (system(errno.EIO, None), exits.SYSTEM, "the disk's room"),
    (system(errno.ECONNREFUSED, None), exits.UNAVAILABLE, "check the network"),
    (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), exits.NO_HOST, "DNS"),
]


@pytest.mark.parametrize(("error", "status", "told"), KINDS, ids=str)
def test_an_error_of_the_system_is_told_by_its_kind(error: OSError, status: int, told: str) -> None:
    end = ending(error)
    assert end.status == status
    assert told in end.text
    assert "Discord" not in end.text
    assert not SENTENCE.search(in_lang(end.text, "zh").replace(FILE, "")), in_lang(end.text, "zh")


def connector(kind: type[aiohttp.ClientConnectorError], cause: OSError) -> aiohttp.ClientConnectorError:
    return kind(SimpleNamespace(host="discord.com", port=443, ssl=True, is_ssl=True), cause)  # type: ignore[arg-type]


def http(status: int) -> discord.HTTPException:
    kind = discord.DiscordServerError if status >= 500 else discord.HTTPException
    answer: Any = SimpleNamespace(status=status, reason="so")
    return kind(answer, "said")


DISCORD = [
    (
        connector(aiohttp.ClientConnectorDNSError, socket.gaierror(-2, "Name or service not known")),
        exits.NO_HOST,
        "DNS",
    ),
    (connector(aiohttp.ClientConnectorError, system(errno.ECONNREFUSED, None)), exits.UNAVAILABLE, "firewall"),
    (connector(aiohttp.ClientConnectorError, system(errno.ETIMEDOUT, None)), exits.UNAVAILABLE, "in time"),
    (connector(aiohttp.ClientConnectorError, system(errno.ENETUNREACH, None)), exits.UNAVAILABLE, "network-online"),
    (connector(aiohttp.ClientConnectorSSLError, ssl.SSLError(1, "WRONG_VERSION")), exits.PROTOCOL, "encrypted"),
    (connector(aiohttp.ClientProxyConnectionError, system(errno.ECONNREFUSED, None)), exits.UNAVAILABLE, "the proxy"),
    (TimeoutError(), exits.UNAVAILABLE, "in time"),
    (aiohttp.ServerDisconnectedError(), exits.UNAVAILABLE, "check the network"),
    (http(503), exits.UNAVAILABLE, "discordstatus.com"),
    (http(429), exits.TRY_AGAIN, "limits this address"),
    (http(404), exits.CONFIG, "DISCORD_API_URL"),
]


@pytest.mark.parametrize(("error", "status", "told"), DISCORD, ids=lambda value: type(value).__name__)
def test_that_discord_cannot_be_reached_is_told_by_its_kind(
    error: Exception, status: int, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HTTPS_PROXY", raising=False)
    end = unreachable(error, "https://discord.com/api/v10")
    assert end.status == status
    assert told in end.text
    assert end.text.startswith("Discord cannot be reached at https://discord.com/api/v10: ")
    chinese = in_lang(end.text, "zh")
    assert chinese.startswith("连不上 Discord（https://discord.com/api/v10）：")
    assert not SENTENCE.search(chinese), chinese


def test_a_proxy_that_is_set_is_named_where_it_may_be_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:secret@proxy:3128")
    said = unreachable(DISCORD[0][0], "https://discord.com/api/v10").text
    assert "HTTPS_PROXY is set, but Epoch uses no proxy" in said
    assert "secret" not in said
    assert "HTTPS_PROXY" not in unreachable(http(503), "https://discord.com/api/v10").text
    assert not SENTENCE.search(in_lang(said, "zh"))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (DatabaseUrlError("x"), exits.CONFIG),
        (NewerDatabase("x"), exits.DATA),
        (DatabaseUnavailable("x"), exits.UNAVAILABLE),
        (WallUnavailable("x"), exits.CONFIG),
        (ClusterUnavailable("x"), exits.UNAVAILABLE),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_epoch_raises_has_its_status(error: RunnerError | StoreError, status: int) -> None:
    assert ending(error) == (ending(error).__class__("x", status))


async def opened(file: Path, *, look_through: bool = False) -> int:
    with pytest.raises(DatabaseUnavailable) as caught:
        await Store.open(f"sqlite+aiosqlite:///{file}", look_through=look_through)
    return ending(caught.value).status


async def test_a_database_file_tells_no_room_or_rights_from_damage(tmp_path: Path) -> None:
    assert await opened(tmp_path / "no such folder" / "epoch.db") == exits.UNWRITABLE
    (tmp_path / "text.db").write_bytes(b"this is a letter, and no database at all" * 200)
    assert await opened(tmp_path / "text.db") == exits.DATA


async def test_a_table_with_flipped_bytes_is_damage_that_no_restart_mends(tmp_path: Path) -> None:
    file = tmp_path / "epoch.db"
    await (await Store.open(f"sqlite+aiosqlite:///{file}")).close()
    scramble(file)
    assert await opened(file, look_through=True) == exits.DATA


async def test_a_database_that_another_process_holds_is_tried_again_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.sqlite_file.BUSY_S", 0.05)
    file = tmp_path / "epoch.db"
    await (await Store.open(f"sqlite+aiosqlite:///{file}")).close()
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    assert await opened(file) == exits.TRY_AGAIN
    other.close()


async def test_a_server_that_is_away_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        await Store.open(f"postgresql+asyncpg://epoch@/epoch?host={tmp_path}")
    assert ending(caught.value).status == exits.UNAVAILABLE
