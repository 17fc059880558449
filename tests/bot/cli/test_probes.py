from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.cli._probes import DoctorProbe, probe_database, probe_runner
from bot.settings import Settings
from bot.store.database import Database, read_url
from bot.store.migrate import migrate, scripts


def probe(url: str) -> DoctorProbe:
    return probe_database(Settings(_env_file=None, database_url=url))  # type: ignore[call-arg]


def test_a_database_that_is_still_to_be_made_is_not_made_by_looking(tmp_path: Path) -> None:
    found = probe(f"sqlite:///{tmp_path / 'epoch.db'}")
    assert (found.state, found.fix) == ("ok", None)
    assert "made at the first start" in found.detail
    assert not list(tmp_path.iterdir())


def test_an_old_database_will_be_brought_up_to_date(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'epoch.db'}"
    database = Database(read_url(url))

    async def make(to: str) -> None:
        await migrate(database, to=to)
        await database.close()

    oldest = list(scripts().walk_revisions())[-1].revision
    asyncio.run(make(oldest))
    assert f"brought up to date from revision {oldest}" in probe(url).detail
    asyncio.run(make("head"))
    assert probe(url).detail == read_url(url).render_as_string()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://root@localhost/x", "no database that Epoch can use"),
        ("sqlite:////nowhere/at/all/epoch.db", "cannot be written"),
        ("postgresql://epoch:very-secret@127.0.0.1:1/x", "cannot be used"),
    ],
)
def test_a_database_of_no_use_is_told_with_what_to_do(url: str, says: str) -> None:
    found = probe(url)
    assert found.state == "failed"
    assert says in found.detail
    assert "very-secret" not in found.detail
    assert found.fix == "see EPOCH_DATABASE_URL in .env.example"


def test_where_programs_run_is_told_and_a_cluster_that_is_not_there_too() -> None:
    here = probe_runner(Settings(_env_file=None, runner="local"))  # type: ignore[call-arg]
    assert (here.state, here.detail) == ("ok", "this machine")
    away = probe_runner(Settings(_env_file=None, runner="ray://127.0.0.1:1"))  # type: ignore[call-arg]
    assert away.state == "failed"
    assert "127.0.0.1:1" in away.detail
    assert "EPOCH_RUNNER=local" in (away.fix or "")
