"""What a host installs: pinned versions, a wheel as good as the checkout, a README whose commands exist."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINS = dict(
    line.split("==")
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
)


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements() -> list[str]:
    wanted = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]
    return [each for each in wanted if not each.startswith(PROJECT["name"])]  # its own extras


def test_pins_are_public_versions() -> None:
    assert [pin for pin in PINS.values() if not re.fullmatch(r"[0-9][0-9a-z.]*", pin)] == []


@pytest.mark.parametrize("requirement", requirements())
def test_every_requirement_is_pinned(requirement: str) -> None:
    name = re.match(r"[A-Za-z0-9_.-]+", requirement)
    assert name is not None
    assert canonical(name[0]) in PINS


@pytest.mark.parametrize("name", ["torch", "tensorflow", "discord-py", "sentence-transformers", "faiss-cpu", "numpy"])
def test_what_runs_here_is_what_is_pinned(name: str) -> None:
    assert version(name).split("+")[0] == PINS[name]


def test_the_readme_shows_both_set_up_commands_on_its_first_screen() -> None:
    first_screen = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:32]
    commands = [line for line in first_screen if line.startswith("python3 -m venv")]
    assert [command.rsplit("&& ", 1)[1] for command in commands] == [".venv/bin/epoch chat", ".venv/bin/pytest"]
    assert all("-c constraints.txt" in command for command in commands)


def test_links_of_the_readme_lead_somewhere() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?://)([^)#]+)\)", text)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_the_invite_link_asks_for_what_the_bot_needs_and_no_more() -> None:
    from bot.discord.client import PERMISSIONS

    for page in (ROOT / "README.md", ROOT / "docs" / "host" / "start.md"):
        links = re.findall(r"https://discord\.com/oauth2/authorize\?\S+", page.read_text(encoding="utf-8"))
        assert links, page
        for link in links:
            assert f"permissions={PERMISSIONS.value}" in link
            assert "scope=bot%20applications.commands" in link or "scope=bot+applications.commands" in link


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # From a copy: building in place would leave a build/ folder in the checkout and pick up what lies in an old one.
    source = tmp_path_factory.mktemp("source")
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if files.returncode == 0:
        names = [name for name in files.stdout.decode().split("\0") if name]
    else:
        names = [str(p.relative_to(ROOT)) for p in ROOT.rglob("*") if p.is_file() and ".venv" not in p.parts]
    for name in names:
        if name.startswith(("bot/", "knowledge/", "runners/")) or "/" not in name:
            target = source / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
    out = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(out), str(source)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return next(out.glob("*.whl"))


def test_the_wheel_carries_the_bank_and_nothing_of_the_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    on_disk = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "knowledge" / "topics").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert on_disk - names == set()
    assert {"bot/wording/console.toml", "knowledge/search/glossary.toml", "knowledge/search/negatives.toml"} <= names
    assert "bot/store/migrations/env.py" in names
    assert {name for name in names if name.startswith("bot/store/migrations/versions/0001")}
    assert not [name for name in names if name.startswith("tests")]


def reads_tests(source: str) -> bool:
    return re.search(r"""["']tests["'/]|\btests/|\b(?:from|import) tests\b""", source) is not None


def test_no_module_of_the_wheel_reads_the_tests_but_the_one_that_asks_for_a_checkout(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        modules = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".py")}
    assert {name for name, source in modules.items() if reads_tests(source)} == {"bot/bench/checkout.py"}
    assert reads_tests('Path(__file__).parents[2] / "tests" / "data"')
    assert reads_tests("from tests.discord import bursts")


def test_the_wheel_works_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(target)
    program = "import sys, bot; from bot.__main__ import main; print(bot.__file__, file=sys.stderr); main()"
    result = subprocess.run(
        [sys.executable, "-c", program, "topics", "--json"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(target)},
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert str(target) in result.stderr
    slugs = {topic["slug"] for topic in json.loads(result.stdout)}
    assert slugs == {folder.name for folder in (ROOT / "knowledge" / "topics").iterdir() if folder.is_dir()}
