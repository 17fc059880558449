"""One frozen settings object, built once in `bot.cli._entry` from the environment and `.env`.

Nothing reads settings at import, so a missing token can break no test. `.env.example` lists every field; a test holds
the two together.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote

from platformdirs import user_cache_path, user_data_path
from pydantic import AliasChoices, BeforeValidator, Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.shards import ALL, Shards
from knowledge.bank.models import Lang
from runners.walls.table import AUTO, WallChoice

PACKAGED_MODEL = "all-MiniLM-L6-v2"
DATABASE_FILE = "epoch.db"
_ADDRESS = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})")
_LAST_PORT = 65_535


def _name(variable: str) -> AliasChoices:
    return AliasChoices(variable)


def _database_in(read: dict[str, Any]) -> str:
    # As SQLAlchemy writes it, which is not imported for it: a folder may have `?` or `%` in its name.
    return f"sqlite+aiosqlite:///{quote(str(read['data_dir'] / DATABASE_FILE), safe=' +/')}"


def _runs_in(read: dict[str, Any]) -> Path:
    folder: Path = read["data_dir"] / "runs"
    return folder


class Settings(BaseSettings):
    """All that a host can set. Unset fields have working defaults; only Discord needs a token."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,  # `NAME=` in a `.env` means "leave it as it is", the way people use such files
        env_prefix="EPOCH_",
        extra="ignore",
        frozen=True,
        populate_by_name=True,
    )

    discord_token: SecretStr | None = Field(None, validation_alias=_name("DISCORD_TOKEN"))
    discord_api_url: str | None = Field(None, validation_alias=_name("DISCORD_API_URL"), pattern=r"^https?://\S+/v\d+$")
    discord_gateway_url: str | None = Field(
        None, validation_alias=_name("DISCORD_GATEWAY_URL"), pattern=r"^wss?://\S+$"
    )
    data_dir: Path = Field(default_factory=lambda: user_data_path("epoch"), validate_default=True)
    database_url: str = Field(default_factory=_database_in, min_length=1, repr=False)  # it may hold a password
    shards: Annotated[Shards, NoDecode, BeforeValidator(Shards.read)] = ALL
    model: str = Field(PACKAGED_MODEL, min_length=1)
    banks: Annotated[tuple[str, ...], NoDecode] = ()
    runner: str = Field("local", pattern=r"^(local|ray://\S+:\d+)$")
    wall: WallChoice = AUTO
    lang: Literal["auto", Lang] = "auto"
    cache_dir: Path = Field(default_factory=lambda: user_cache_path("epoch"))
    run_dir: Path = Field(default_factory=_runs_in)
    run_seconds: float = Field(120.0, ge=1, le=600)
    run_cpu_seconds: float = Field(60.0, ge=1, le=1200)
    run_memory_mb: int = Field(2048, ge=256, le=65536)
    run_parallel: int = Field(2, ge=1, le=64)
    asks_per_member: int = Field(60, ge=1, le=100_000)
    asks_per_server: int = Field(1200, ge=1, le=100_000)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"
    metrics: str | None = None

    @field_validator("banks", mode="before")
    @classmethod
    def _one_by_one(cls, given: Any) -> Any:  # noqa: ANN401 - whatever it is made with
        """Divide the names of banks at commas, and where `PATH` is divided."""
        if not isinstance(given, str):
            return given
        return tuple(filter(None, map(str.strip, given.replace(os.pathsep, ",").split(","))))

    @field_validator("data_dir", "cache_dir", "run_dir")
    @classmethod
    def _as_a_shell_reads_it(cls, folder: Path) -> Path:
        """Expand `~` in a path of a `.env`, where no shell does, and make it absolute, so that no chdir changes it."""
        return folder.expanduser().absolute()

    @field_validator("metrics")
    @classmethod
    def _an_address(cls, written: str | None) -> str | None:
        """Refuse what names no host and port; port 0 is any that is free."""
        if written is not None and not ((found := _ADDRESS.fullmatch(written)) and int(found[1]) <= _LAST_PORT):
            raise PydanticCustomError("address", "expected HOST:PORT, such as 127.0.0.1:9090 or [::1]:9090")
        return written

    @property
    def default_database(self) -> Path | None:
        """The database's file in the data folder; None where the host has chosen another."""
        return self.data_dir / DATABASE_FILE if self.database_url == _database_in({"data_dir": self.data_dir}) else None

    @property
    def metrics_address(self) -> tuple[str, int] | None:
        """Host and port where health and figures are served; None where they are not."""
        if self.metrics is None:
            return None
        host, _, port = self.metrics.rpartition(":")
        return host.strip("[]"), int(port)
