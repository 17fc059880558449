from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
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
    assert "Noted as" in done.stdout or "Never mind" in done.stdout
    with sqlite3.connect(tmp_path / "epoch.db") as database:
        kept = database.execute("SELECT count(*) FROM reviews WHERE member_id = 0").fetchone()[0]
    assert kept == done.stdout.count("Noted as") + done.stdout.count("Never mind")
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


def test_what_was_missed_comes_again_until_it_is_right_and_is_one_review(tmp_path: Path) -> None:
    others = "A\n4\n" * 3
    done = review(tmp_path, f"A\n1\n{others}A\n1\nA\n4\n" + "A\n3\n/quit\n", "--lang", "en")
    assert done.returncode == 0, done.stderr
    assert "Never mind: it comes again after a few others" in done.stdout
    assert done.stdout.index("Once more: you missed this one") > done.stdout.index("Noted as Easy")
    assert "1 again · 3 good" in done.stdout
    assert "Not yet: it comes again" in done.stdout
    with closing(sqlite3.connect(tmp_path / "epoch.db")) as database:
        rows = database.execute("SELECT topic, item, rating FROM reviews WHERE member_id = 0 ORDER BY id").fetchall()
    assert len({row[:2] for row in rows}) == len(rows), "an answer given again is no review"
    assert [row[2] for row in rows].count(1) == 1
    mine = review(tmp_path, "A\n3\n/quit\n", "--mine", "--lang", "zh")
    assert mine.returncode == 0, mine.stderr
    assert "答了 1 题。" in mine.stdout
    assert "错题都过了一遍" in mine.stdout
    (tmp_path / "other").mkdir()
    nothing = review(tmp_path / "other", "", "--mine", "--lang", "en")
    assert "You have no mistakes to go through" in nothing.stdout


def test_too_few_answers_to_fit_to_are_told_in_words(tmp_path: Path) -> None:
    for lang, said in (("en", "There are 0; it takes 640."), ("zh", "现在有 0 次，需要 640 次")):
        done = review(tmp_path, "", "--fit", "--lang", lang)
        assert (done.returncode, done.stderr) == (0, "")
        assert said in done.stdout


def test_a_zone_is_kept_and_its_days_count(tmp_path: Path) -> None:
    typed = "A\n\n/quit\n"
    # Whatever the hour, it is another day in one of these than in the other.
    east = review(tmp_path, typed, "--lang", "en", "--zone", "Pacific/Kiritimati")
    assert east.returncode == 0, east.stderr
    assert "Your time zone is Pacific/Kiritimati now" in east.stdout
    review(tmp_path, typed, "--lang", "en")
    west = review(tmp_path, typed, "--lang", "en", "--zone", "Pacific/Pago_Pago")
    assert west.returncode == 0, west.stderr
    with sqlite3.connect(tmp_path / "epoch.db") as database:
        days = database.execute("SELECT day, answers FROM activity ORDER BY day").fetchall()
        zone = database.execute("SELECT zone FROM members WHERE member_id = 0").fetchone()[0]
    assert [answers for _, answers in days] == [1, 2]
    assert zone == "Pacific/Pago_Pago"


def test_a_zone_that_is_none_is_one_plain_line(tmp_path: Path) -> None:
    done = review(tmp_path, "", "--zone", "Mars/Olympus")
    assert done.returncode == 2
    assert done.stderr == "epoch: there is no time zone Mars/Olympus; write it as Europe/Berlin\n"
    assert not (tmp_path / "epoch.db").exists()
