"""The file a drill is written in: what it begins with, that nothing written is lost, and how saves are seen."""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path

import pytest

from bot.study.refusals import Refusal
from bot.terminal.drill_editor import Editor, EditorFailed, editor_command
from bot.terminal.drill_files import Desk, read_answer
from bot.terminal.drill_watch import Stamp, saves, stamp
from tests.bot.study.drills.samples import DRILL, SOLUTION, START, WRONG_AXIS

LOOK_S = 0.02


def test_a_file_begins_with_the_start_goes_on_from_what_lies_there_and_begins_anew(tmp_path: Path) -> None:
    desk = Desk(tmp_path, DRILL)
    first = desk.lay("numpy", None, anew=False)
    assert (first.begun, first.file.read_text()) == ("start", START)
    assert first.file == tmp_path / "gan" / "stable-softmax.py"
    first.file.write_text(WRONG_AXIS)
    assert desk.lay("numpy", SOLUTION, anew=False).begun == "resumed"
    assert first.file.read_text() == WRONG_AXIS, "what lies there is newer than what is kept elsewhere"
    again = desk.lay("numpy", SOLUTION, anew=True)
    assert (again.begun, again.file.read_text()) == ("anew", START)
    assert again.aside is not None
    assert again.aside.read_text() == WRONG_AXIS


def test_the_last_try_is_brought_back_where_the_file_is_gone(tmp_path: Path) -> None:
    laid = Desk(tmp_path, DRILL).lay("numpy", WRONG_AXIS, anew=False)
    assert (laid.begun, laid.file.read_text()) == ("resumed", WRONG_AXIS)


def test_a_file_of_ones_own_is_never_replaced(tmp_path: Path) -> None:
    own = tmp_path / "mine.py"
    own.write_text("# notes\n")
    desk = Desk(tmp_path / "data", DRILL, own)
    assert desk.lay("numpy", SOLUTION, anew=True).begun == "resumed"
    assert own.read_text() == "# notes\n"
    assert desk.file("torch") == tmp_path / "mine_torch.py"
    assert Desk(tmp_path, DRILL, own, "torch").file("torch") == own
    assert Desk(tmp_path, DRILL, own, "torch").file("numpy") == tmp_path / "mine_numpy.py"
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("content", "key"),
    [(b"x = 1\n" * 20_000, "run.refused.too_long"), (b"\xff\xfe\x00", "run.refused.not_utf8"),
     (b"  \n", "run.refused.no_code"), (b"x = '\x00'", "run.refused.no_code")],
)  # fmt: skip
def test_what_is_no_answer_says_what_it_is(tmp_path: Path, content: bytes, key: str) -> None:
    file = tmp_path / "answer.py"
    file.write_bytes(content)
    with pytest.raises(Refusal, match=key):
        read_answer(file)


async def first_of(file: Path, since: Stamp | None, timeout_s: float = 20) -> Stamp | None:
    watching = saves(file, since, look_s=LOOK_S)
    try:
        return await asyncio.wait_for(anext(watching), timeout_s)
    finally:
        await watching.aclose()  # type: ignore[attr-defined]


@pytest.mark.parametrize("how", ["into it", "in its place"])
async def test_a_save_is_seen_however_an_editor_writes(tmp_path: Path, how: str) -> None:
    file = tmp_path / "a.py"
    file.write_text("x = 1\n")
    seen = asyncio.create_task(first_of(file, stamp(file)))
    await asyncio.sleep(5 * LOOK_S)
    assert not seen.done(), "nothing was saved"
    if how == "into it":
        file.write_text("x = 2\n")
    else:
        (tmp_path / "b.py").write_text("x = 2\n")
        file.unlink()
        os.replace(tmp_path / "b.py", file)
    assert await seen == stamp(file)


async def test_a_file_that_went_is_told_and_so_is_its_coming_back(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("x = 1\n")
    since = stamp(file)
    file.unlink()
    assert await first_of(file, since) is None
    file.write_text("x = 1\n")
    assert await first_of(file, None) == stamp(file)


async def test_a_file_that_is_being_written_is_not_read_before_it_rests(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("")
    seen = asyncio.create_task(first_of(file, stamp(file)))
    for length in range(1, 11):
        file.write_text("x" * length)
        await asyncio.sleep(LOOK_S / 4)
    assert await seen == stamp(file)
    assert file.stat().st_size == 10


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_visual_goes_before_editor_and_what_is_not_installed_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = script(tmp_path / "mine", "true")
    monkeypatch.setenv("EDITOR", f"{mine} -n 'two words'")
    monkeypatch.delenv("VISUAL", raising=False)
    assert editor_command() == [str(mine), "-n", "two words"]
    monkeypatch.setenv("VISUAL", str(tmp_path / "gone"))
    assert editor_command() == [str(mine), "-n", "two words"]
    monkeypatch.setenv("VISUAL", "an open 'quote")
    assert editor_command() == [str(mine), "-n", "two words"]
    monkeypatch.setenv("EDITOR", "")
    assert editor_command() is None


async def test_an_editor_gets_the_file_and_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "hush-7")
    monkeypatch.setenv("EPOCH_DATABASE_URL", "postgresql://me:hush-7@host/db")
    monkeypatch.setenv("DISPLAY_NAME", "kept")
    file = tmp_path / "a.py"
    opened = Editor([str(script(tmp_path / "mine", 'env > "$1"; exit 3'))], file)
    assert await opened.start() == 3
    assert not opened.running
    assert "hush-7" not in file.read_text()
    assert "DISPLAY_NAME=kept" in file.read_text(), "the rest is there"


async def test_an_editor_that_cannot_be_started_says_why(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("no program")
    with pytest.raises(EditorFailed, match="[Pp]ermission"):
        await Editor([str(tmp_path / "mine")], tmp_path / "a.py").start()
