"""What works on this machine, probed by trying it, and the one thing to do where something does not."""

from __future__ import annotations

import asyncio
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from bot.settings import PACKAGED_MODEL, Settings
from bot.store.location import left_behind
from bot.study import fitting
from bot.study.banks import within_reach
from bot.terminal.lines import one_line
from bot.wording import say
from bot.wording.foreign import printable
from bot.wording.languages import BASE, listed
from bot.wording.translation import in_lang, problem_in_lang
from knowledge.bank.banks import joined
from knowledge.bank.errors import ModelError
from knowledge.bank.loader import load_bank
from knowledge.bank.models import Lang
from knowledge.search.encoder import packaged_folder, verify
from knowledge.search.onnx_encoder import OnnxEncoder, writers
from runners.cluster import ClusterRunner
from runners.errors import RunnerError, WallUnavailable
from runners.groups import NoGroups, delegated
from runners.probe import choose_wall
from runners.walls.table import WALLS

#: Problems of foreign banks that are told; the log has them all.
_TOLD = 5


@dataclass(frozen=True, slots=True)
class DoctorProbe:
    """One check of `epoch doctor`.

    Attributes:
        name: what was checked.
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


def probes(settings: Settings, lang: Lang = BASE) -> Iterator[DoctorProbe]:
    """Look at everything Epoch needs, cheapest first; what cannot be tried is told, and the rest still looked at."""
    looks: dict[str, Callable[[Settings, Lang], DoctorProbe]] = {
        "python": _python, "bank": _bank, "banks": probe_banks, "wall": _wall, "limits": _limits,
        "runner": probe_runner, "model": _model, "cache": _cache, "database": probe_database, "fit": _fit,
        "token": _token,
    }  # fmt: skip
    if not settings.banks:
        del looks["banks"]
    for name, look in looks.items():
        try:
            yield look(settings, lang)
        except OSError as error:
            reason = in_lang(error.strerror or str(error), lang)
            yield DoctorProbe(name, "failed", _found("untried", lang, reason=reason), _fix("system", lang))


def _found(key: str, lang: Lang, **values: object) -> str:
    return say(f"doctor.found.{key}", lang, **values)


def _fix(key: str, lang: Lang) -> str:
    return say(f"doctor.fix.{key}", lang)


def _python(_: Settings, lang: Lang) -> DoctorProbe:
    return DoctorProbe("python", "ok", _found("python", lang, version=platform.python_version(), system=sys.platform))


def _bank(_: Settings, lang: Lang) -> DoctorProbe:
    bank = load_bank()
    if bank.problems:
        names = ", ".join(sorted({problem.path.split("/")[0] for problem in bank.problems}))
        return DoctorProbe("bank", "failed", _found("left_out", lang, count=len(bank), names=names), _fix("bank", lang))
    return DoctorProbe("bank", "ok", _found("bank", lang, count=len(bank)))


def probe_banks(settings: Settings, lang: Lang = BASE) -> DoctorProbe:
    """Look at the banks that the host names, and tell what of them is left out, and why."""
    packaged = load_bank()
    whole = within_reach(joined(packaged, settings.banks))
    count = len(whole) - len(packaged)
    titles = listed((f"{one_line(origin.title[lang])} ({origin.name})" for origin in whole.origins), lang)
    found = _found("banks" if titles else "no_banks", lang, count=count, titles=titles)
    problems = whole.problems[len(packaged.problems) :]
    if not problems:
        return DoctorProbe("banks", "ok", found)
    told = "\n".join(f"  {printable(problem_in_lang(problem, lang))}" for problem in problems[:_TOLD])
    left = _found("banks_left_out", lang, found=found, count=len(problems), told=told)
    return DoctorProbe("banks", "warning", left, _fix("banks", lang))


def _wall(settings: Settings, lang: Lang) -> DoctorProbe:
    try:
        report = choose_wall(settings.wall)
    except WallUnavailable as error:
        return DoctorProbe("wall", "failed", in_lang(str(error), lang), _fix("wall", lang))
    why, fix = in_lang(report.why_not_better or "", lang), in_lang(report.fix or "", lang) or None
    if not WALLS[report.wall].any_script:
        return DoctorProbe("wall", "warning", _found("no_wall", lang, why=why), fix)
    if why:
        return DoctorProbe("wall", "warning", _found("weaker_wall", lang, wall=report.wall, why=why), fix)
    return DoctorProbe("wall", "ok", _found("wall", lang, wall=report.wall, parts=WALLS[report.wall].parts))


def _limits(_: Settings, lang: Lang) -> DoctorProbe:
    try:
        home = delegated()
    except NoGroups as why:
        return DoctorProbe("limits", "ok", _found("by_the_guard", lang, why=in_lang(str(why), lang)))
    return DoctorProbe("limits", "ok", _found("by_groups", lang, home=home))


def probe_runner(settings: Settings, lang: Lang = BASE) -> DoctorProbe:
    """Look for what runs scripts: this machine, or the machines of a cluster."""
    if settings.runner == "local":
        return DoctorProbe("runner", "ok", _found("this_machine", lang))

    async def look() -> str:
        cluster = ClusterRunner(settings.runner, settings.wall, warm=False)
        try:
            await cluster.open()
            hosts = cluster.hosts
            values = {"count": len(hosts), "hosts": ", ".join(hosts), "wall": cluster.wall}
            return _found("cluster", lang, address=settings.runner, **values)
        finally:
            await cluster.close()

    try:
        return DoctorProbe("runner", "ok", asyncio.run(look()))
    except RunnerError as error:
        return DoctorProbe("runner", "failed", in_lang(str(error), lang), _fix("runner", lang))


def _model(settings: Settings, lang: Lang) -> DoctorProbe:
    if settings.model != PACKAGED_MODEL:
        return DoctorProbe("model", "ok", _found("other_model", lang, model=settings.model))
    if _only_exported(settings):
        return DoctorProbe("model", "ok", _found("exported_model", lang, model=PACKAGED_MODEL))
    try:
        verify(packaged_folder())
    except ModelError as error:
        return DoctorProbe("model", "failed", in_lang(str(error), lang), _fix("model", lang))
    return DoctorProbe("model", "ok", _found("model", lang, model=PACKAGED_MODEL))


def _only_exported(settings: Settings) -> bool:
    """Tell whether the model is there as it was exported, and without what exports it, as in an image."""
    return not writers() and OnnxEncoder.read(PACKAGED_MODEL, settings.cache_dir) is not None


def _cache(settings: Settings, lang: Lang) -> DoctorProbe:
    try:
        settings.cache_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.cache_dir) as file:
            file.write(b"epoch")
    except OSError as error:
        reason = in_lang(error.strerror or str(error), lang)
        found = _found("no_cache", lang, folder=settings.cache_dir, reason=reason)
        return DoctorProbe("cache", "warning", found, _fix("cache", lang))
    return DoctorProbe("cache", "ok", str(settings.cache_dir))


def probe_database(settings: Settings, lang: Lang = BASE) -> DoctorProbe:
    """Look at the database, and change nothing."""
    from bot.store.database import Database, read_url
    from bot.store.errors import DamagedDatabase, StoreError
    from bot.store.migrate import revision, scripts

    async def look(database: Database) -> str | None:
        try:
            await database.look_through(within_s=None)
            return await revision(database)
        finally:
            await database.close()

    fix = _fix("database", lang)
    try:
        database = Database(read_url(settings.database_url))
        folder = database.file and database.file.absolute().parent
        if folder is not None and not _can_be_written(folder, settings):
            own = folder == settings.data_dir
            return DoctorProbe("database", "failed", _found("unwritable", lang, folder=folder),
                         _fix("data", lang) if own else fix)  # fmt: skip
        found = asyncio.run(look(database))
    except DamagedDatabase:
        return DoctorProbe("database", "failed", _found("damaged_database", lang, url=database.shown),
                     in_lang(database.way_back(), lang))  # fmt: skip
    except StoreError as error:
        return DoctorProbe("database", "failed", in_lang(str(error), lang), fix)
    if found is None:
        old = settings.default_database and left_behind(settings.default_database)
        key = "old_database" if old else "new_database"
        return DoctorProbe("database", "ok", _found(key, lang, url=database.shown, old=old))
    known = [script.revision for script in scripts().walk_revisions()]
    if found not in known:
        return DoctorProbe(
            "database", "failed", _found("newer_database", lang, url=database.shown, revision=found), fix
        )
    if found == known[0]:
        return DoctorProbe("database", "ok", database.shown)
    return DoctorProbe("database", "ok", _found("behind", lang, url=database.shown, revision=found))


def _can_be_written(folder: Path, settings: Settings) -> bool:
    """Tell whether a file can be made in `folder`, which may itself be made where it is Epoch's own."""
    if folder == settings.data_dir:
        folder = next(parent for parent in (folder, *folder.parents) if parent.exists())
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def _fit(_: Settings, lang: Lang) -> DoctorProbe:
    missing = fitting.missing()
    if missing:
        return DoctorProbe("fit", "warning", _found("no_fit", lang, names=", ".join(missing)), _fix("fit", lang))
    return DoctorProbe("fit", "ok", _found("fit", lang))


def _token(settings: Settings, lang: Lang) -> DoctorProbe:
    if settings.discord_token is None:
        return DoctorProbe("token", "warning", _found("no_token", lang), _fix("token", lang))
    return DoctorProbe("token", "ok", _found("token", lang))
