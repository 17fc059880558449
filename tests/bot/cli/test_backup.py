"""`epoch backup` and `epoch restore` as a host types them, and what the doctor says of a damaged file."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import typer

from bot.cli import app
from bot.cli._probes import probe_database
from bot.settings import Settings
from bot.store.store import Store
from bot.wording.translation import speak
from knowledge.bank.models import Lang
from tests.bot.store.test_backup import scramble


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path / "data")  # type: ignore[call-arg]


def epoch(settings: Settings, *arguments: str | Path) -> int:
    command = typer.main.get_command(app)
    status = command.main([*map(str, arguments)], prog_name="epoch", obj=settings, standalone_mode=False)
    return status if isinstance(status, int) else 0


def learn(settings: Settings, member: int) -> None:
    async def work() -> None:
        settings.data_dir.mkdir(exist_ok=True)
        async with await Store.open(settings.database_url) as store:
            await store.members.set_zone(member, "UTC", 0.0)

    asyncio.run(work())


def zone(settings: Settings, member: int) -> str | None:
    async def work() -> str | None:
        async with await Store.open(settings.database_url) as store:
            return (await store.members.get(member)).zone

    return asyncio.run(work())


def test_a_host_backs_up_restores_and_goes_back(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "kept.zip"
    assert epoch(settings, "backup", file) == 1
    assert "nothing to back up" in capsys.readouterr().err
    assert not settings.data_dir.exists()
    learn(settings, 1)
    assert epoch(settings, "backup", file) == 0
    assert capsys.readouterr().err.startswith("1 row of ")
    learn(settings, 2)
    assert epoch(settings, "restore", file) == 1
    assert "is not empty" in capsys.readouterr().err
    assert epoch(settings, "restore", file, "--replace") == 0
    kept = next(settings.data_dir.glob("before-restore-*.zip"))
    said = capsys.readouterr().err
    assert "restored 1 row" in said
    assert str(kept) in said.replace("\n", "")
    assert (zone(settings, 1), zone(settings, 2)) == ("UTC", None)
    elsewhere = Settings(_env_file=None, data_dir=tmp_path / "new" / "server")  # type: ignore[call-arg]
    assert epoch(elsewhere, "restore", kept) == 0
    assert (zone(elsewhere, 1), zone(elsewhere, 2)) == ("UTC", "UTC")


@pytest.mark.parametrize(("lang", "says"), [("en", "is no backup of Epoch"), ("zh", "不是 Epoch 的备份")])
def test_a_bad_file_is_one_plain_line(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: Lang, says: str
) -> None:
    speak(lang)
    try:
        (tmp_path / "list.txt").write_text("milk")
        assert epoch(settings, "restore", tmp_path / "list.txt") == 1
        line = capsys.readouterr().err
        assert says in line
        assert line.count("\n") == 1
        assert epoch(settings, "restore", tmp_path / "missing.zip") == 1
        assert capsys.readouterr().err.count("\n") == 1
        assert epoch(settings, "restore", tmp_path) == 2
        assert epoch(settings, "backup", tmp_path) == 2
    finally:
        speak("en")
    assert not list(settings.data_dir.glob("*"))


def test_the_doctor_tells_a_damaged_file_and_the_way_back(settings: Settings) -> None:
    learn(settings, 1)
    assert probe_database(settings).state == "ok"
    assert settings.default_database is not None
    scramble(settings.default_database)
    probe = probe_database(settings)
    assert probe.state == "failed"
    assert "is damaged" in probe.detail
    assert "epoch restore FILE --replace" in (probe.fix or "")
    chinese = probe_database(settings, "zh")
    assert "已损坏" in chinese.detail
    assert "用备份恢复" in (chinese.fix or "")
