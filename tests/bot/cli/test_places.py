"""Places that cannot be written are found out before the work is done, and end with a status that says so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bot.cli.test_cli import ROOT, epoch, one_line

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


def test_a_file_that_cannot_be_saved_in_the_end_is_no_success_and_not_called_saved(script: Path) -> None:
    """The disk fills up meanwhile; here something else takes the file's place."""
    out = script.parent / "out"
    (out / "note.txt").mkdir(parents=True)
    result = epoch("run", "--file", script, "--out", out, cwd=script.parent)
    if "no wall works" in result.stderr:
        pytest.skip("no wall works on this machine")
    assert (result.returncode, result.stdout) == (1, "ran\n")
    assert "cannot save note.txt" in result.stderr
    assert "saved " not in result.stderr


def test_drafts_figures_and_predictions_are_refused_before_anything_is_computed(blocked: Path) -> None:
    here = blocked.parent.parent
    (here / "q.jsonl").write_text('{"id": "1", "lang": "en", "query": "gan", "topics": ["gan"]}\n')
    (here / "d.md").write_text("## 1. What is dropout?\nZeroing.\n")
    drafts = epoch("import", here / "d.md", "--to", blocked, cwd=here)
    assert (drafts.returncode, "--to" in one_line(drafts)) == (1, True)
    scores = epoch("eval", here / "q.jsonl", "--no-encoder", "--predictions", blocked, cwd=here)
    assert (scores.returncode, scores.stdout, "--predictions" in one_line(scores)) == (2, "", True)
    figures = epoch("calibrate", "--no-encoder", cwd=here, env={"EPOCH_CACHE_DIR": str(blocked)})
    assert (figures.returncode, figures.stdout, "EPOCH_CACHE_DIR" in one_line(figures)) == (1, "", True)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device that is full")
def test_output_that_finds_no_room_is_one_line_and_a_failure(tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "bot", "topics"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT, timeout=120)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "No space left" in done.stderr
