"""Which topics passed as they stand, so that a check of the whole bank runs no more than what has changed.

`passed.txt` beside the topics has a line for each: slug, then a digest of everything that its runs depend on: its
scripts and those of its quiz, what they must print, its drills, the packages they import, and the code that judges
them. A digest that differs, for whatever reason, means that the topic is run.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from knowledge.bank.loader import PASSED_FILE
from knowledge.bank.models import Topic
from knowledge.check.proofs import proofs

#: What the programs of the bank import.
PACKAGES = ("matplotlib", "numpy", "pandas", "pillow", "scikit-learn", "scipy", "tensorflow", "tensorflow-cpu", "torch")
_JUDGES = ("check", "bank", "grading/drills")


def digest(topic: Topic) -> str:
    """Return the digest of what the topic's runs depend on, with a single seed each (64 hexadecimal digits)."""
    parts = {
        "scripts": [(proof.label, proof.job.script) for proof in proofs(topic, seeds=1)],
        "printed": [example.transcript.text if example.transcript else None for example in topic.examples],
        "items": [
            item.model_dump_json() for item in topic.quiz if any(item.programs())
        ],  # of the others nothing is run
        **({"drills": [drill.sha256 for drill in topic.drills]} if topic.drills else {}),
        "on": _surroundings(),
    }
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def read(root: Path) -> dict[str, str]:
    """Return the digest under which each topic passed; nothing where none was written down."""
    try:
        lines = (root / PASSED_FILE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    return dict(line.split(maxsplit=1) for line in lines if len(line.split()) == 2)


def write(root: Path, found: Mapping[str, str]) -> None:
    """Write down under which digest each topic passed."""
    lines = [f"{slug} {found[slug]}\n" for slug in sorted(found)]
    (root / PASSED_FILE).write_text("".join(lines), encoding="utf-8", newline="\n")


def changed(root: Path, topics: Iterable[Topic]) -> list[Topic]:
    """Return those topics that have not passed as they stand."""
    known = read(root)
    return [topic for topic in topics if known.get(topic.slug) != digest(topic)]


def keep(root: Path, good: Iterable[Topic], bad: Iterable[str], present: Iterable[str]) -> None:
    """Write down which topics passed, strike those that did not, and those that are no more."""
    before, there, failed = read(root), set(present), set(bad)
    found = {**before, **{topic.slug: digest(topic) for topic in good}}
    found = {slug: each for slug, each in found.items() if slug in there and slug not in failed}
    if found != before:
        write(root, found)


def judges() -> list[Path]:
    """Return the modules that judge what a program did, in a fixed order."""
    folder = Path(__file__).parents[1]
    return [file for name in _JUDGES for file in sorted((folder / name).rglob("*.py"))]


@cache
def _surroundings() -> list[str]:
    code = [file.read_bytes() for file in judges()]
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return [python, *map(_version, PACKAGES), hashlib.sha256(b"\0".join(code)).hexdigest()]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
