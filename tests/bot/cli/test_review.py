from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

ENV = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HF_HUB_OFFLINE": "1"}


def review(tmp_path: Path, typed: str, *options: str) -> subprocess.CompletedProcess[str]:
    env = {**ENV, "EPOCH_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'epoch.db'}", "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "bot", "review", *options]
    return subprocess.run(command, input=typed, env=env, capture_output=True, text=True, timeout=120, check=False)


def test_piped_answers_are_reviews_that_are_kept(tmp_path: Path) -> None:
    # A letter answers a choice and is asked for again by a grade; Enter shows an open item and takes the likely grade.
    done = review(tmp_path, "A\n\n" * 6 + "/quit\n", "--lang", "en")
    assert done.returncode == 0, done.stderr
    assert "Noted as" in done.stdout
    with sqlite3.connect(tmp_path / "epoch.db") as database:
        kept = database.execute("SELECT count(*) FROM reviews WHERE member_id = 0").fetchone()[0]
    assert kept == done.stdout.count("Noted as")
    assert f"{kept} answered.\nStrongest: " in done.stdout
    again = review(tmp_path, "", "--lang", "zh")
    assert again.returncode == 0
    assert "连续 1 天" in again.stdout
    assert "答了 0 题。" in again.stdout
    assert "掌握最好：" in again.stdout


def test_who_has_answered_nothing_is_told_of_no_progress(tmp_path: Path) -> None:
    done = review(tmp_path, "/quit\n", "--lang", "en")
    assert done.returncode == 0, done.stderr
    assert "0 answered." in done.stdout
    assert "Strongest" not in done.stdout
