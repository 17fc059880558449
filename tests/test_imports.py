"""The rules of imports: no circle of modules, and each contract of import-linter fails where it is broken."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("bot", "knowledge", "runners")
LINTER = Path(sys.executable).with_name("lint-imports")
CONTRACTS = {
    contract["name"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
}
#: For each contract an import that breaks it: in which module, and what it imports there.
OFFENCES = {
    "Imports go bot -> knowledge -> runners, never back": ("knowledge/bank/names.py", "bot.settings"),
    "In knowledge only check and importer may run anything": ("knowledge/search/spelling.py", "runners.models"),
    "In knowledge each folder knows those below it": ("knowledge/bank/names.py", "knowledge.search.reading"),
    "Only bot knows Discord, the terminal and the database": ("runners/folders.py", "sqlalchemy"),
    "Each front stands by itself, above what both say, above what Epoch does for a person": (
        "bot/terminal/values.py", "bot.discord.ui.text",
    ),
    "Of the commands only serve knows the Discord front": ("bot/cli/grade.py", "bot.discord.ui.text"),
    "Study knows no front, no store and no driver of either": ("bot/study/schedule.py", "bot.store.keys"),
    "The store knows no front": ("bot/store/keys.py", "bot.wording"),
    "The Discord front knows no driver of the terminal": ("bot/discord/ui/text.py", "rich"),
    "The terminal front knows no driver of Discord": ("bot/terminal/values.py", "discord"),
    "Features of Discord know what they share, not each other": ("bot/discord/review/text.py", "bot.discord.quiz.text"),
    "What the features of Discord share knows only what lies below it": (
        "bot/discord/services.py", "bot.discord.ui.text",
    ),
    "Only the command that serves Discord knows its client": ("bot/discord/ui/text.py", "bot.discord.client"),
}  # fmt: skip


def modules(root: Path) -> dict[str, Path]:
    """The modules of all packages, without what a learner copies."""
    found = {}
    for package in PACKAGES:
        for path in (root / package).rglob("*.py"):
            parts = path.relative_to(root).with_suffix("").parts
            if "topics" not in parts and "drills" not in parts:
                found[".".join(part for part in parts if part != "__init__")] = path
    return found


def imports(source: str, known: Mapping[str, object]) -> set[str]:
    """The modules that a source imports anywhere in it: at the top, in functions, for type checkers alone."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in known else node.module for name in names}
    return {name for name in found if name in known}


def circles(graph: Mapping[str, set[str]]) -> set[frozenset[str]]:
    """The sets of modules of which each reaches each: Tarjan's strongly connected components of more than one."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    waiting: list[str] = []
    found: set[frozenset[str]] = set()

    def visit(name: str) -> None:
        order[name] = lowest[name] = len(order)
        waiting.append(name)
        for other in sorted(graph[name]):
            if other not in order:
                visit(other)
                lowest[name] = min(lowest[name], lowest[other])
            elif other in waiting:
                lowest[name] = min(lowest[name], order[other])
        if lowest[name] == order[name]:
            at = waiting.index(name)
            if len(waiting) - at > 1:
                found.add(frozenset(waiting[at:]))
            del waiting[at:]

    for name in graph:
        if name not in order:
            visit(name)
    return found


def graph_of(root: Path) -> dict[str, set[str]]:
    known = modules(root)
    return {name: imports(path.read_text(encoding="utf-8"), known) - {name} for name, path in known.items()}


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = graph_of(ROOT)
    assert len(graph) > 300
    assert circles(graph) == set()


def test_a_circle_that_hides_behind_type_checking_or_in_a_function_is_found() -> None:
    sources = {
        "a": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from b import B\n",
        "b": "def late():\n    import c\n",
        "c": "from a import A\nimport d\n",
        "d": "",
    }
    assert circles({name: imports(source, sources) for name, source in sources.items()}) == {frozenset("abc")}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the modules, to do wrong in."""
    root = tmp_path_factory.mktemp("imports")
    for path in modules(ROOT).values():
        target = root / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


@pytest.fixture
def offence(request: pytest.FixtureRequest, copy: Path) -> Iterator[str]:
    """One import that breaks the contract named, written into the copy for one test."""
    module, imported = OFFENCES[request.param]
    path = copy / module
    right = path.read_text(encoding="utf-8")
    path.write_text(f"{right}\n\ndef _wrong() -> None:\n    import {imported}  # noqa: F401\n", encoding="utf-8")
    yield request.param
    path.write_text(right, encoding="utf-8")


def linted(root: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(root), "COLUMNS": "300"}
    command = [str(LINTER), "--no-logo", "--cache-dir", str(root / ".cache")]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_every_contract_has_an_offence_that_breaks_it() -> None:
    assert OFFENCES.keys() == CONTRACTS.keys()


def test_every_contract_is_kept(copy: Path) -> None:
    result = linted(copy)
    assert result.returncode == 0, result.stdout
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in result.stdout


def test_the_map_of_the_repository_names_every_contract() -> None:
    told = re.findall(r"^- \*(.+)\*$", (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert told == list(CONTRACTS)


@pytest.mark.parametrize("offence", sorted(OFFENCES), indirect=True)
def test_one_wrong_import_breaks_its_contract(copy: Path, offence: str) -> None:
    result = linted(copy)
    module, imported = OFFENCES[offence]
    assert result.returncode != 0
    assert re.search(rf"{re.escape(offence)} BROKEN", result.stdout), result.stdout
    assert f"{module.removesuffix('.py').replace('/', '.')} -> {imported}" in result.stdout


@pytest.mark.parametrize(
    ("module", "imported", "kept"),
    [
        ("unheard/cog.py", "bot.discord.ui.text", True),
        ("unheard/cog.py", "bot.discord.services", True),
        ("unheard/cog.py", "bot.discord.quiz.text", False),
        ("ui/unheard.py", "bot.discord.quiz.text", False),
        ("unheard.py", "bot.discord.quiz.text", False),
    ],
)
def test_what_is_new_in_the_discord_front_falls_under_its_contracts_unnamed(
    copy: Path, module: str, imported: str, *, kept: bool
) -> None:
    new = copy / "bot" / "discord" / module
    new.parent.mkdir(exist_ok=True)
    if new.parent.name == "unheard":
        (new.parent / "__init__.py").write_text("", encoding="utf-8")
    new.write_text(f"import {imported}\n", encoding="utf-8")
    try:
        result = linted(copy)
    finally:
        shutil.rmtree(new.parent) if new.parent.name == "unheard" else new.unlink()
    assert (result.returncode == 0) == kept, result.stdout
    assert ("Features of Discord know what they share, not each other BROKEN" in result.stdout) != kept
