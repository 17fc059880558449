from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.study.plan import pieces
from knowledge.bank.loader import load_bank

ENV = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HF_HUB_OFFLINE": "1"}


def epoch(tmp_path: Path, *words: str, typed: str = "", lang: str = "en") -> subprocess.CompletedProcess[str]:
    database = f"sqlite+aiosqlite:///{tmp_path / 'epoch.db'}"
    env = {**ENV, "EPOCH_DATABASE_URL": database, "HOME": str(tmp_path), "EPOCH_LANG": lang}
    command = [sys.executable, "-m", "bot", *words]
    return subprocess.run(command, input=typed, env=env, capture_output=True, text=True, timeout=120, check=False)


def test_a_plan_as_json_names_items_of_the_bank(tmp_path: Path) -> None:
    done = epoch(tmp_path, "plan", "+20", "--minutes", "30", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    (line,) = done.stdout.splitlines()
    found = json.loads(line)
    assert list(found) == ["date", "days", "today", "expected"]
    assert found["days"] == 20
    assert date.fromisoformat(found["date"]) - date.today() in (timedelta(days=20), timedelta(days=19))  # midnight
    assert 0 < found["expected"] < 1
    assert all(list(each) == ["topic", "item", "why", "done"] for each in found["today"])
    # How many items that are hangs on chance, for one drill takes the time of ten letters.
    minutes = {piece.key: piece.minutes for piece in pieces(load_bank())}
    named = [(each["topic"], each["item"]) for each in found["today"]]
    assert len(set(named)) == len(named)
    assert 27 < sum(minutes[key] for key in named) <= 30


def test_the_plan_knows_what_was_reviewed_here(tmp_path: Path) -> None:
    before = json.loads(epoch(tmp_path, "plan", "--json").stdout)
    # A letter answers a choice and is asked for again by a grade; 1 says that it was forgotten.
    epoch(tmp_path, "review", "--lang", "en", typed="A\n1\n" * 6 + "/quit\n")
    after = json.loads(epoch(tmp_path, "plan", "--json").stdout)
    assert before["expected"] == pytest.approx(0.5, abs=0.02)
    assert after["expected"] < before["expected"], "what is forgotten tells of the rest"


def test_the_list_of_a_day_stays_and_what_is_answered_is_ticked(tmp_path: Path) -> None:
    before = json.loads(epoch(tmp_path, "plan", "+20", "--minutes", "9", "--json").stdout)["today"]
    assert before
    assert not any(each["done"] for each in before)
    epoch(tmp_path, "review", "--lang", "en", typed="A\n3\n" * 4 + "/quit\n")
    with closing(sqlite3.connect(tmp_path / "epoch.db")) as database:
        at, made = database.execute("SELECT max(at), (SELECT made FROM goals) FROM reviews").fetchone()
        assert at > made
        first = before[0]
        database.execute("UPDATE reviews SET topic = ?, item = ? WHERE at = ?", (first["topic"], first["item"], at))
        database.commit()
    after = json.loads(epoch(tmp_path, "plan", "--json").stdout)["today"]
    assert [(each["topic"], each["item"]) for each in after] == [(each["topic"], each["item"]) for each in before]
    assert after[0]["done"]
    shown = epoch(tmp_path, "plan").stdout
    assert "1. ✅ " in shown
    other = json.loads(epoch(tmp_path, "plan", "+20", "--minutes", "12", "--json").stdout)["today"]
    assert other != after, "other minutes make another list"


@pytest.mark.parametrize(
    ("typed", "en", "zh"),
    [
        ("someday", "someday is no day that can be planned for", "someday 不是能安排的日期"),
        ("2026-02-30", "2026-02-30 is no day", "2026-02-30 不是能安排的日期"),
        ("2020-01-01", "2020-01-01 is over", "2020-01-01 已经过去了"),
        ("+9999", "+9999 is too far ahead", "+9999 太远了"),
    ],
)
def test_what_is_no_day_to_come_is_one_plain_line(tmp_path: Path, typed: str, en: str, zh: str) -> None:
    for lang, said in (("en", en), ("zh", zh)):
        done = epoch(tmp_path, "plan", typed, lang=lang)
        assert done.returncode == 2
        assert done.stdout == ""
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "epoch.db").exists(), "refused before anything is opened"


def test_a_list_says_why_each_item_is_in_it(tmp_path: Path) -> None:
    done = epoch(tmp_path, "plan", "+1", "--lang", "en")
    assert done.returncode == 0, done.stderr
    assert "1 day to " in done.stdout
    assert "new to you" in done.stdout
    assert "Today: " in done.stdout
    assert "0 done" in done.stdout
    zh = epoch(tmp_path, "plan", "--forget", lang="zh")
    assert "没有给日期" in zh.stdout
    assert "还没做过" in zh.stdout
    assert "new to you" not in zh.stdout


def test_the_day_and_the_minutes_are_kept_until_they_are_forgotten(tmp_path: Path) -> None:
    def kept() -> tuple[str | None, int]:
        with closing(sqlite3.connect(tmp_path / "epoch.db")) as database:
            found: tuple[str | None, int] = database.execute("SELECT day, minutes FROM goals").fetchone()
            return found

    first = json.loads(epoch(tmp_path, "plan", "9d", "--minutes", "5", "--json").stdout)
    again = json.loads(epoch(tmp_path, "plan", "--json").stdout)
    assert (first["days"], again["date"]) == (9, first["date"])
    assert len(first["today"]) <= 5
    assert len(again["today"]) <= 5
    assert kept() == (first["date"], 5)
    other = json.loads(epoch(tmp_path, "plan", "--minutes", "30", "--json").stdout)
    assert (other["date"], kept()) == (first["date"], (first["date"], 30))
    assert json.loads(epoch(tmp_path, "plan", "--forget", "--json").stdout)["days"] == 30
    assert kept() == (None, 30), "the minutes stay"
    both = epoch(tmp_path, "plan", "9d", "--forget")
    assert (both.returncode, both.stdout) == (2, "")
    assert "leave one out" in both.stderr
