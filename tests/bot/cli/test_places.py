"""Places that cannot be written are found out before the work is done, and end with a status that says so."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
import typer

from bot.cli import _places
from bot.cli._base import UsageProblem
from tests.bot.cli.test_cli import ROOT, epoch, one_line

NOBODY = 65534
SAVES = "open('note.txt', 'w').write('kept'); print('ran')\n"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "saves.py"
    path.write_text(SAVES)
    return path


@pytest.fixture
def blocked(tmp_path: Path) -> Path:
    """A folder that nobody can make, root neither: what it would lie in is a file."""
    (tmp_path / "file").write_text("in the way")
    return tmp_path / "file" / "below"


def test_a_run_whose_folder_cannot_be_made_is_not_started(script: Path, blocked: Path) -> None:
    result = epoch("run", "--file", script, "--out", blocked, cwd=script.parent)
    assert (result.returncode, result.stdout) == (1, "")
    assert "--out" in one_line(result)


def test_a_run_into_a_file_is_wrong_usage(script: Path, blocked: Path) -> None:
    result = epoch("run", "--file", script, "--out", blocked.parent, cwd=script.parent)
    assert (result.returncode, result.stdout) == (2, "")
    assert "is a file" in one_line(result)


def test_the_default_folder_is_looked_at_too(script: Path, blocked: Path) -> None:
    result = epoch("run", "--file", script, cwd=script.parent, env={"EPOCH_RUN_DIR": str(blocked)})
    assert (result.returncode, result.stdout) == (1, "")
    assert str(blocked) in one_line(result)


@pytest.mark.usefixtures("needs_wall")
def test_a_file_that_cannot_be_saved_in_the_end_is_no_success_and_not_called_saved(script: Path) -> None:
    """The disk fills up meanwhile; here something else takes the file's place."""
    out = script.parent / "out"
    (out / "note.txt").mkdir(parents=True)
    result = epoch("run", "--file", script, "--out", out, cwd=script.parent)
    assert (result.returncode, result.stdout) == (1, "ran\n")
    assert "cannot save note.txt" in result.stderr
    assert "saved " not in result.stderr


def test_drafts_figures_and_predictions_are_refused_before_anything_is_read_or_computed(blocked: Path) -> None:
    """The documents and questions named are not even there."""
    here = blocked.parent.parent
    drafts = epoch("import", here / "none.md", "--to", blocked, cwd=here)
    assert (drafts.returncode, "--to" in one_line(drafts)) == (1, True)
    scores = epoch("eval", here / "none.jsonl", "--no-encoder", "--predictions", blocked, cwd=here)
    assert (scores.returncode, scores.stdout, "--predictions" in one_line(scores)) == (1, "", True)
    figures = epoch("calibrate", "--no-encoder", cwd=here, env={"EPOCH_CACHE_DIR": str(blocked)})
    assert (figures.returncode, figures.stdout, "EPOCH_CACHE_DIR" in one_line(figures)) == (1, "", True)


def test_places_of_the_wrong_kind_are_wrong_usage(blocked: Path) -> None:
    here = blocked.parent.parent
    drafts = epoch("import", here / "none.md", "--to", blocked.parent, cwd=here)
    assert (drafts.returncode, "is a file" in one_line(drafts)) == (2, True)
    scores = epoch("eval", here / "none.jsonl", "--no-encoder", "--predictions", here, cwd=here)
    assert (scores.returncode, "is a folder" in one_line(scores)) == (2, True)


def test_no_folder_is_left_behind_by_documents_that_cannot_be_read(tmp_path: Path) -> None:
    drafts = epoch("import", tmp_path / "none.md", "--to", tmp_path / "a" / "drafts", cwd=tmp_path)
    assert (drafts.returncode, "none.md" in one_line(drafts)) == (2, True)
    assert list(tmp_path.iterdir()) == []


def refusal(place: Callable[[], None]) -> int | None:
    """Return the status that a command would end with, None where the place will do."""
    try:
        place()
    except UsageProblem:
        return 2
    except typer.Exit as end:
        return end.exit_code
    return None


def test_a_file_is_tried_and_left_as_it_is(tmp_path: Path, blocked: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("old")
    before = kept.stat()
    for whole in (True, False):
        assert refusal(partial(_places.file, kept, "-o", whole=whole)) is None
        assert refusal(partial(_places.file, tmp_path / "new", "-o", whole=whole)) is None
        assert refusal(partial(_places.file, blocked, "-o", whole=whole)) == 1
        assert refusal(partial(_places.file, tmp_path / ("n" * 300), "-o", whole=whole)) == 1
        assert refusal(partial(_places.file, tmp_path, "-o", whole=whole)) == 2
        assert refusal(partial(_places.file, Path("/dev/null"), "-o", whole=whole)) is None
    assert refusal(partial(_places.file, tmp_path / "no" / "new", "-o", whole=True)) is None
    assert refusal(partial(_places.file, tmp_path / "no" / "new", "-o")) == 1
    assert (kept.read_text(), kept.stat().st_mtime_ns) == ("old", before.st_mtime_ns)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "kept"]


@contextmanager
def ordinary_user(folder: Path) -> Iterator[None]:
    """Be a user to whom things are refused, and own `folder`: root becomes nobody for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.chown(folder, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_what_may_not_be_written_is_refused() -> None:
    with tempfile.TemporaryDirectory(prefix="epoch-test-") as name, ordinary_user(here := Path(name)):
        kept = here / "kept"
        kept.write_text("old")
        kept.chmod(0o444)
        assert refusal(partial(_places.file, kept, "-o")) == 1
        assert refusal(partial(_places.file, kept, "-o", whole=True)) is None  # it is replaced, which its folder allows
        here.chmod(0o555)
        try:
            assert refusal(partial(_places.file, kept, "-o", whole=True)) == 1
            assert refusal(partial(_places.file, here / "new", "-o")) == 1
            assert refusal(partial(_places.folder, here / "new", "--to", make=False)) == 1
        finally:
            here.chmod(0o755)
        assert refusal(partial(_places.file, here / "new", "-o")) is None


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device that is full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_output_that_finds_no_room_is_one_line_and_a_failure(unbuffered: str) -> None:
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "bot", "topics"]
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environment, timeout=120
        )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "No space left" in done.stderr
