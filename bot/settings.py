"""One frozen settings object, built once in `bot.__main__` from the environment and `.env`.

Nothing reads settings at import, so a missing token can break no test. `.env.example` lists every field; a test holds
the two together.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path
from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

PACKAGED_MODEL = "all-MiniLM-L6-v2"


def _name(variable: str) -> AliasChoices:
    return AliasChoices(variable)


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
    database_url: str = Field("sqlite+aiosqlite:///epoch.db", min_length=1, repr=False)  # it may hold a password
    model: str = Field(PACKAGED_MODEL, min_length=1)
    runner: str = Field("local", pattern=r"^(local|ray://\S+:\d+)$")
    wall: Literal["auto", "full", "bubblewrap", "fallback", "trusted"] = "auto"
    lang: Literal["auto", "zh", "en"] = "auto"
    cache_dir: Path = Field(default_factory=lambda: user_cache_path("epoch"))
    run_dir: Path = Path("epoch-runs")
    run_seconds: float = Field(120.0, ge=1, le=600)
    run_cpu_seconds: float = Field(60.0, ge=1, le=1200)
    run_memory_mb: int = Field(2048, ge=256, le=65536)
    run_parallel: int = Field(2, ge=1, le=64)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
