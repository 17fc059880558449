"""The map of the repository names files and folders that are there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: Under one of these each path begins; a `topic.toml` by itself lies in many folders.
TOPS = "bot|knowledge|runners|tests|docs"
MAPS = ("docs/architecture.md", "CONTRIBUTING.md")


def paths_named(text: str) -> Iterator[str]:
    """Yield what looks like a path of the repository, without what stands for many (`*`, `<name>`)."""
    for path in re.findall(rf"(?<![\w./-])(?:{TOPS})/[\w./*<>-]*", text):
        if not re.search(r"[*<>]|my-topic", path):
            yield path.rstrip(".")


@pytest.mark.parametrize("name", MAPS)
def test_each_path_that_a_map_names_is_there(name: str) -> None:
    named = set(paths_named((ROOT / name).read_text(encoding="utf-8")))
    assert len(named) > 20
    assert {path for path in named if not (ROOT / path).exists()} == set()


def test_a_path_that_has_moved_is_found() -> None:
    text = "| `bot/wording/*.toml`, `bot/gone/`, `runners/walls/table.py` |\nbot/study/missing.py   what it does."
    assert [path for path in paths_named(text) if not (ROOT / path).exists()] == ["bot/gone/", "bot/study/missing.py"]
