from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pydantic import AliasChoices, ValidationError

from bot import exits
from bot.cli import _entry
from bot.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _no_settings_of_the_host(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable in variables():
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)


def variables() -> dict[str, str]:
    """Environment variable → field name."""
    found = {}
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        found[str(alias.choices[0]) if isinstance(alias, AliasChoices) else f"EPOCH_{name.upper()}"] = name
    return found


def example_values() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_env_example_names_exactly_the_settings() -> None:
    assert set(example_values()) == set(variables())


def test_env_example_shows_the_defaults(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text((ROOT / ".env.example").read_text(encoding="utf-8"), encoding="utf-8")
    assert Settings() == Settings(_env_file=None)


def test_the_locale_variable_is_not_taken_for_our_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "C.UTF-8")
    assert Settings().lang == "auto"


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("EPOCH_RUN_SECONDS=30\nEPOCH_LANG=zh\n", encoding="utf-8")
    monkeypatch.setenv("EPOCH_RUN_SECONDS", "5")
    read = Settings()
    assert (read.run_seconds, read.lang) == (5, "zh")


def test_the_token_never_shows_in_a_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "very-secret-token")
    assert "very-secret-token" not in repr(Settings())
    assert Settings().discord_token is not None


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DISCORD_API_URL", "http://127.0.0.1:8080"),  # no version
        ("DISCORD_GATEWAY_URL", "http://127.0.0.1"),
        ("EPOCH_WALL", "paper"),
        ("EPOCH_LANG", "fr"),
        ("EPOCH_RUN_SECONDS", "0"),
        ("EPOCH_RUN_SECONDS", "soon"),
        ("EPOCH_RUN_PARALLEL", "-1"),
        ("EPOCH_LOG_FORMAT", "xml"),
        ("EPOCH_METRICS", "9090"),
        ("EPOCH_METRICS", "127.0.0.1"),
        ("EPOCH_METRICS", "127.0.0.1:65536"),
        ("EPOCH_METRICS", "::1:9090"),
        ("EPOCH_METRICS", "http://127.0.0.1:9090"),
    ],
)
def test_an_unusable_value_is_refused(variable: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValidationError):
        Settings()


def test_settings_cannot_be_changed_after_they_are_built() -> None:
    with pytest.raises(ValidationError):
        Settings().model = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("written", "address"),
    [
        (None, None),
        ("127.0.0.1:9090", ("127.0.0.1", 9090)),
        ("[::1]:9090", ("::1", 9090)),
        ("localhost:0", ("localhost", 0)),
    ],
)
def test_an_address_is_host_and_port(
    written: str | None, address: tuple[str, int] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if written is not None:
        monkeypatch.setenv("EPOCH_METRICS", written)
    assert Settings().metrics_address == address


@pytest.mark.parametrize(("command", "status"), [("serve", exits.CONFIG), ("topics", exits.USAGE)])
def test_an_unusable_setting_is_one_line_and_for_a_service_a_status_of_its_own(
    command: str, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["epoch", command])
    monkeypatch.setenv("EPOCH_METRICS", "everywhere")
    assert _entry._status() == status
    assert capsys.readouterr().err == (
        "epoch: EPOCH_METRICS is not usable: expected HOST:PORT, such as 127.0.0.1:9090 or [::1]:9090; .env.example "
        "shows what fits\n"
    )


def test_banks_are_divided_at_commas_and_where_paths_are(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings(_env_file=None).banks == ()  # type: ignore[call-arg]
    monkeypatch.setenv("EPOCH_BANKS", " ~/sql, ./a b,k8s:/srv/x ,,")
    assert Settings(_env_file=None).banks == ("~/sql", "./a b", "k8s", "/srv/x")  # type: ignore[call-arg]


def test_an_unusable_setting_is_told_in_the_language_that_was_chosen(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["epoch", "topics"])
    monkeypatch.setenv("EPOCH_SHARDS", "4,5/4")
    monkeypatch.setenv("EPOCH_LANG", "zh")
    assert _entry._status() == exits.USAGE
    assert "没有分片 5" in capsys.readouterr().err
