"""Of all processes that serve a database one at a time acts for a server; who may no longer act notices it first."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text

from bot.settings import Settings
from bot.shards import ALL, Shards
from bot.store import lease as leases
from bot.store.errors import DatabaseUnavailable, LeaseLost
from bot.store.lease import FileLease, Lease, ServerLease, lease_of
from bot.store.location import open_lease
from bot.store.store import Store
from tests.postgres import Postgres, needs_postgres

Make = Callable[..., Lease]


@pytest_asyncio.fixture
async def lease(url: str) -> AsyncIterator[Make]:
    """Makes leases as processes of their own would: of one database, for the shards named."""
    made: list[Lease] = []

    def make(shards: str | None = None) -> Lease:
        made.append(lease_of(url, ALL if shards is None else Shards.read(shards)))
        return made[-1]

    yield make
    for each in made:
        await each.release()


async def test_the_second_waits_until_the_first_lets_go_and_hears_who_that_is(lease: Make) -> None:
    first, second = lease(), lease()
    assert await first.take()
    assert await first.take(), "to take what one has changes nothing"
    assert (first.held, await second.take(), second.held) == (True, False, False)
    assert (await second.holder()).endswith(f":{os.getpid()}")
    await first.release()
    assert (first.held, await second.take()) == (False, True)


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("0,1/4", "2,3/4", True), ("0/2", "1/2", True), ("0,1/4", "1/4", False), (None, "1/4", False),
        ("1/4", None, False), ("0/2", "1/4", False), ("0/1", None, False),
    ],
)  # fmt: skip
async def test_shards_exclude_each_other_where_they_overlap_or_are_counted_differently(
    lease: Make, one: str | None, other: str | None, together: bool
) -> None:
    first, second = lease(one), lease(other)
    assert await first.take()
    assert await second.take() == together
    if not together:
        assert (await second.holder()).endswith(f":{os.getpid()}")
        await first.release()
        assert await second.take()


async def test_of_many_at_once_one_has_it(lease: Make) -> None:
    assert sum(await asyncio.gather(*(lease().take() for _ in range(5)))) == 1


async def test_who_has_lost_it_writes_nothing_and_may_take_it_again(
    lease: Make, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "_BEAT_S", 0.1)
    mine, another = lease(), lease()
    assert await mine.take()
    async with await Store.open(url) as store:
        store.database.fence = mine
        await store.keys.get("held")
        await lose(mine, store)
        assert await another.take()
        with pytest.raises(LeaseLost, match="another process may serve"):
            await store.keys.get("lost")
        await asyncio.wait_for(mine.lost(), 5)
        assert not mine.held
        store.database.fence = None
        await store.keys.get("unfenced")  # the control: it is the fence that keeps it from writing
    assert not await mine.take()
    await another.release()
    assert await mine.take()


async def lose(held: Lease, store: Store) -> None:
    """Take the lease away as it happens: the lock file is removed, the server ends the connection."""
    if isinstance(held, FileLease):
        assert store.database.file is not None
        os.unlink(f"{store.database.file}.lock")
        return
    assert isinstance(held, ServerLease)
    async with store.database.reading() as connection:
        await connection.execute(text(f"SELECT pg_terminate_backend({held._pid})"))


HOLD = """
import asyncio, sys
from bot.shards import ALL
from bot.store.lease import lease_of
async def main():
    assert await lease_of(sys.argv[1], ALL).take()
    print("held", flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


async def test_a_killed_process_leaves_it_to_the_next(lease: Make, url: str) -> None:
    holder = await asyncio.create_subprocess_exec(sys.executable, "-c", HOLD, url, stdout=asyncio.subprocess.PIPE)
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"held\n"
    mine = lease()
    assert not await mine.take()
    assert (await mine.holder()).endswith(f":{holder.pid}")
    holder.kill()
    await holder.wait()
    async with asyncio.timeout(10):
        while not await mine.take():
            await asyncio.sleep(0.05)  # the server has yet to notice


@needs_postgres
async def test_who_says_nothing_for_long_loses_it_to_the_next(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "_SILENT_S", 1)
    monkeypatch.setattr(leases, "_SURE_S", 0.5)
    url = await postgres.new_database()
    hangs, next_one = lease_of(url, ALL), lease_of(url, ALL)
    monkeypatch.setattr(hangs, "_still", asyncio.Event().wait)  # never says a word
    assert await hangs.take()
    assert not await next_one.take()
    async with asyncio.timeout(10):
        while not await next_one.take():
            assert not await asyncio.sleep(0.1)
    assert not hangs.held
    await hangs.release()
    await next_one.release()


async def test_one_file_has_one_lease_by_whatever_path_it_is_reached(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "folder").symlink_to(tmp_path / "real")
    (tmp_path / "link.db").symlink_to(tmp_path / "folder" / "epoch.db")
    first, *others = (
        lease_of(f"sqlite+aiosqlite:///{path}", ALL)
        for path in (tmp_path / "real/epoch.db", tmp_path / "folder/../real/epoch.db", tmp_path / "link.db")
    )
    assert await first.take()
    assert [await other.take() for other in others] == [False, False]
    beside = lease_of(f"sqlite+aiosqlite:///{tmp_path / 'real' / 'other.db'}", ALL)
    assert await beside.take(), "the control: another database"
    for each in (first, *others, beside):
        await each.release()


async def test_no_place_for_the_lock_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match=r"epoch\.db\.lock cannot be made: No such file or directory; check"):
        await lease_of(f"sqlite+aiosqlite:///{tmp_path / 'none' / 'epoch.db'}", ALL).take()


async def test_a_data_folder_that_is_not_there_yet_is_made(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path / "new")  # type: ignore[call-arg]
    lease = await open_lease(settings)
    assert await lease.take()
    assert (tmp_path / "new" / "epoch.db.lock").exists()
    await lease.release()
