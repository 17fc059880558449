"""`epoch progress` as a program."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.bot.cli.test_plan import epoch


def test_who_has_answered_nothing_is_told_so(tmp_path: Path) -> None:
    done = epoch(tmp_path, "progress")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Nothing to show yet" in done.stdout
    assert "If asked today" not in done.stdout


def test_topics_come_with_their_intervals_and_the_day_with_its_forecast(tmp_path: Path) -> None:
    epoch(tmp_path, "review", "--lang", "en", typed="A\n\n" * 3 + "/quit\n")
    done = epoch(tmp_path, "progress", "+20")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"If asked today: about \d+% of the bank \(\d+–\d+%\)", done.stdout)
    assert re.search(r"\(20 days\): \d+% \(\d+–\d+%\) if you study nothing more", done.stdout)
    assert re.search(r"^- .+ \d+% \(\d+–\d+%\) · 1/\d+", done.stdout, re.MULTILINE)
    assert "现在考你" in epoch(tmp_path, "progress", lang="zh").stdout
    found = json.loads(epoch(tmp_path, "progress", "+20", "--json").stdout)
    assert list(found) == ["today", "days", "on_day", "begun"]
    assert 0 < found["today"]["low"] < found["today"]["mean"] < found["today"]["high"] < 1
    assert sum(each["seen"] for each in found["begun"]) >= 1


@pytest.mark.parametrize(("lang", "said"), [("en", "is no day to come"), ("zh", "不是以后的日期")])
def test_what_is_no_day_to_come_is_one_plain_line(tmp_path: Path, lang: str, said: str) -> None:
    done = epoch(tmp_path, "progress", "2020-01-01", lang=lang)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
