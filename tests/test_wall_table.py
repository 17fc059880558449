"""A wall is a row of one table: whatever else knows the walls has all of them, and nothing names one by itself."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic import ValidationError

from bot.settings import Settings
from bot.wording import entries
from knowledge.bank.models import LANGS
from runners.launch import Launch
from runners.models import Job
from runners.walls.table import AUTO, NO_WALL, WALLS, Wall, WallChoice, strength

ROOT = Path(__file__).parents[1]
TABLE = "runners/walls/table.py"
#: The same word for something else, and how often.
ALLOWED = {("runners/launch.py", "full"): 1}  # /dev/full, a device


def walls_named(source: str) -> Iterator[str]:
    """Yield each literal that is the name of a wall."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and node.value in WALLS:
            yield node.value


def test_nothing_but_the_table_names_a_wall() -> None:
    found: Counter[tuple[str, str]] = Counter()
    for folder in ("bot", "knowledge", "runners"):
        for file in (ROOT / folder).rglob("*.py"):
            path = file.relative_to(ROOT).as_posix()
            if path != TABLE and not path.startswith("knowledge/topics/"):
                found.update((path, wall) for wall in walls_named(file.read_text(encoding="utf-8")))
    assert found == ALLOWED, f"ask {TABLE} what the wall is made of"


@pytest.mark.parametrize(
    "source", ['if wall == "fallback": pass', 'Wall = Literal["full", "x"]', '{"trusted": 0}[wall]']
)
def test_a_wall_that_is_named_is_found(source: str) -> None:
    assert list(walls_named(source))


def test_every_name_has_its_row_and_they_go_from_the_strongest_to_none() -> None:
    assert tuple(WALLS) == get_args(Wall)
    assert set(get_args(WallChoice)) == {AUTO, *WALLS}
    assert [strength(wall) for wall in WALLS] == sorted(range(len(WALLS)), reverse=True)
    assert [wall for wall, spec in WALLS.items() if not spec.any_script] == [NO_WALL]
    assert strength(NO_WALL) == 0


@pytest.mark.parametrize(
    ("wall", "parts"),
    [
        ("full", "bubblewrap, namespaces, Landlock, seccomp"),
        ("bubblewrap", "bubblewrap, namespaces, seccomp"),
        ("fallback", "Landlock, seccomp"),
        ("trusted", ""),
    ],
)
def test_the_doctor_tells_what_a_wall_is_made_of(wall: Wall, parts: str) -> None:
    assert WALLS[wall].parts == parts


@pytest.mark.parametrize("wall", WALLS)
def test_the_orders_of_a_job_promise_what_the_row_says(wall: Wall) -> None:
    spec = WALLS[wall]
    landlock = ("r/usr",) if spec.landlock else ()
    words = Launch(("x",), {}, "/", wall, "/job", landlock=landlock).orders(Job("1"), b"1", b"", "/job")
    orders = dict(word.split("=", 1) for word in words)
    assert orders["seccomp"] == str(int(spec.seccomp))
    assert orders["own_pids"] == str(int(spec.bubblewrap))
    assert orders["nproc"] == str(spec.nproc)
    assert bool(orders["landlock"]) == spec.landlock


@pytest.mark.parametrize("wall", [AUTO, *WALLS])
def test_a_host_may_ask_for_each_wall(wall: WallChoice) -> None:
    assert Settings(_env_file=None, wall=wall).wall == wall  # type: ignore[call-arg]


def test_a_host_may_ask_for_no_other_wall() -> None:
    *names, last = map(repr, get_args(WallChoice))
    with pytest.raises(ValidationError, match=f"{', '.join(names)} or {last}"):
        Settings(_env_file=None, wall="none")  # type: ignore[call-arg, arg-type]


def test_every_wall_has_its_words_and_its_place_in_the_documents() -> None:
    said = {key.removeprefix("run.wall.") for key in entries() if key.startswith("run.wall.")}
    assert said == set(WALLS)
    assert all(entries()[f"run.wall.{wall}"][lang] for wall in WALLS for lang in LANGS)
    runner, security, env = (ROOT / name for name in ("docs/runner.md", "SECURITY.md", ".env.example"))
    rows = re.findall(r"^\| `(\w+)` \|", runner.read_text(encoding="utf-8").partition("## Walls")[2], re.MULTILINE)
    assert rows[1 : 1 + len(WALLS)] == list(WALLS), "under the head of the table"
    columns = re.search(r"^\| \|((?: `\w+` \|)+)$", security.read_text(encoding="utf-8"), re.MULTILINE)
    assert columns is not None
    assert re.findall(r"\w+", columns[1]) == list(WALLS)
    comment = env.read_text(encoding="utf-8").partition("# The wall")[2].partition("EPOCH_WALL=")[0]
    assert re.findall(rf"\b({'|'.join(WALLS)}) \(", comment) == list(WALLS)
