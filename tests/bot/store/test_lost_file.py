"""A SQLite file that goes while it is in use: nothing is confirmed that nobody would find again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.store.errors import DatabaseUnavailable
from bot.store.store import Store


def _replace(file: Path) -> None:
    copy = file.with_suffix(".copy")
    shutil.copy(file, copy)
    copy.replace(file)


LOSSES: dict[str, Callable[[Path], object]] = {
    "deleted": Path.unlink,
    "moved away": lambda file: file.rename(file.with_suffix(".old")),
    "replaced": _replace,
}


@pytest.mark.parametrize("lose", LOSSES.values(), ids=LOSSES)
async def test_nothing_is_confirmed_after_the_file_is_gone(
    tmp_path: Path, lose: Callable[[Path], object], caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "epoch.db"
    async with await Store.open(f"sqlite+aiosqlite:///{file}") as store:
        await store.members.set_zone(1, "UTC", 0.0)
        lose(file)
        there = file.exists()
        for _ in range(3):
            with pytest.raises(DatabaseUnavailable, match="while it is in use"):
                await store.members.set_zone(2, "UTC", 0.0)
            with pytest.raises(DatabaseUnavailable, match="put the file back"):
                await store.members.get(1)
        assert file.exists() == there, "no empty database stands in its place"
    assert [record.levelname for record in caplog.records] == ["CRITICAL"], "said loudly, once"


async def test_a_file_lost_in_the_middle_of_a_write_confirms_nothing(tmp_path: Path) -> None:
    file = tmp_path / "epoch.db"
    async with await Store.open(f"sqlite+aiosqlite:///{file}") as store:
        with pytest.raises(DatabaseUnavailable, match="deleted"):
            async with store.database.writing():
                file.unlink()


async def test_a_file_that_was_put_back_is_used_again(tmp_path: Path) -> None:
    file = tmp_path / "epoch.db"
    async with await Store.open(f"sqlite+aiosqlite:///{file}") as store:
        away = file.rename(tmp_path / "away.db")
        with pytest.raises(DatabaseUnavailable):
            await store.members.get(1)
        away.rename(file)
        await store.members.set_zone(1, "UTC", 0.0)
        assert (await store.members.get(1)).zone == "UTC"
