"""The packaged bank as it was loaded the last time, kept in the cache folder: a start reads it in a sixth of the time.

    files and code unchanged → bank.json → Bank
    anything else            → load_bank → Bank, kept as bank.json

A file is one line of JSON (what it was made from, SHA-256 of the rest) and the rest: the bank as JSON, validated as the
topics' own files are. What it says is run as the bank's own code, so nobody else may have written it: it counts only
where it belongs to this user, and no other can write it.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import stat
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from pydantic import ValidationError

from knowledge.bank.kinds import AnyItem
from knowledge.bank.loader import load_bank, topics_root
from knowledge.bank.models import Bank, Frozen, Problem, Topic
from knowledge.files import write_whole

log = logging.getLogger(__name__)

FILE = "bank.json"
_FORMAT = 1


class _KeptTopic(Topic):
    quiz: tuple[AnyItem, ...]


class _KeptBank(Frozen):
    topics: dict[str, _KeptTopic]
    problems: tuple[Problem, ...]


def packaged_bank(cache_dir: Path | None, root: Path | None = None) -> Bank:
    """Return the bank under `root` as `load_bank` does, from the cache where no file of it has changed since.

    Args:
        cache_dir: where it is kept; None for nowhere.
        root: the folder; None for the package's own topics.
    """
    root = topics_root() if root is None else root
    if cache_dir is None:
        return load_bank(root)
    path, mark = cache_dir / FILE, _mark(root)
    kept = _read(path, mark)
    if kept is not None:
        return kept
    bank = load_bank(root)
    content = bank.model_dump_json().encode()
    header = json.dumps({"mark": mark, "sha256": hashlib.sha256(content).hexdigest()}).encode()
    try:
        write_whole(path, header + b"\n" + content, private=True)
    except OSError as error:
        log.debug("the bank cannot be kept in %s: %s", path, error)  # the index, a hundred times as large, says so
    return bank


def _mark(root: Path) -> str:
    """Return a digest of what a bank is made from: every file of it, and of the code that reads it."""
    parts = [_FORMAT, version("pydantic"), str(root.absolute()), *_stamps(root), *_stamps(Path(__file__).parent)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _stamps(folder: Path) -> Iterator[tuple[str, int, int, int]]:
    """Yield path, size, and times of change of every file below `folder`, in a fixed order."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            path = os.path.join(place, name)
            found = os.stat(path, follow_symlinks=False)
            # A copy that keeps the time of its content has another time of its own.
            yield path, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _read(path: Path, mark: str) -> Bank | None:
    """Return the bank that is kept under `path`; None where there is none that fits."""
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            if found.st_uid != os.geteuid() or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                log.warning("%s may have been written by somebody else, and is not read", path)
                return None
            header, content = json.loads(file.readline()), file.read()
        if header["mark"] != mark or header["sha256"] != hashlib.sha256(content).hexdigest():
            return None
        kept = _KeptBank.model_validate_json(content)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
        log.warning("the bank kept in %s cannot be used (%s), and is read anew", path, str(error).splitlines()[0])
        return None
    topics = {slug: Topic.model_construct(**dict(topic)) for slug, topic in kept.topics.items()}
    return Bank.model_construct(topics=topics, problems=kept.problems)
