"""The whole interview as who has it in a terminal meets it: over a pipe, on a terminal, with a role of one's own."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from knowledge.bank.drills import Drill
from knowledge.bank.loader import load_bank
from knowledge.bank.models import Lang
from tests.bot.terminal.test_chat import ENV, Terminal

TOPIC = load_bank()["activation-functions"]
DRILL: Drill = TOPIC.drill("stable-softmax")
SOLUTION = DRILL.variants["numpy"].solution
ROLE = 'title = { zh = "激活专家", en = "Activation expert" }\n[topics]\nactivation-functions = 1\n'


@pytest.fixture(autouse=True)
def _role(data_dir: Path) -> None:
    (data_dir / "roles").mkdir(parents=True)
    (data_dir / "roles" / "activations.toml").write_text(ROLE, encoding="utf-8")


def loop(typed: str, *words: str, command: str = "loop") -> subprocess.CompletedProcess[str]:
    given = {**os.environ, **ENV}
    line = [sys.executable, "-m", "bot", command, *words]
    return subprocess.run(line, input=typed, capture_output=True, text=True, env=given, timeout=600)


def reviewed(data_dir: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(data_dir / "epoch.db")) as database:
        return database.execute("SELECT topic, item FROM reviews ORDER BY id").fetchall()


@pytest.mark.timeout(900)
@pytest.mark.usefixtures("needs_wall")
@pytest.mark.parametrize(
    ("lang", "paused", "back", "passed", "report", "first"),
    [
        ("zh", "已暂停", "接着上次的面试：激活专家", "✅", "面试报告：激活专家", "第一次面这个岗位"),
        ("en", "Paused with", "Back in your interview: Activation expert", "✅", "What came of it: Activation expert",
         "your first for this role"),
    ],
)  # fmt: skip
def test_an_interview_over_a_pipe_is_left_and_taken_up_and_ends_with_a_report(
    data_dir: Path, lang: Lang, paused: str, back: str, passed: str, report: str, first: str
) -> None:
    point = TOPIC.meta.key_points[0][lang]
    begun = loop(f"{point}\n\n", "activations", "--minutes", "30", "--lang", lang)
    assert begun.returncode == 0, begun.stderr
    assert paused in begun.stdout
    assert report not in begun.stdout
    assert len(reviewed(data_dir)) == 1
    rest = f"/topics\n/skip\n/skip\nZ\nA\n```python\n{SOLUTION}```\n/done\n"
    done = loop(rest, "--lang", lang)
    assert done.returncode == 0, done.stderr
    assert back in done.stdout
    assert report in done.stdout, done.stdout
    assert first in done.stdout
    assert passed in done.stdout.split(report)[1], "the drill passed"
    items = [item for _, item in reviewed(data_dir)]
    assert items[-1] == DRILL.item
    assert len(items) == 3, "an open question, the bug, the drill"
    again = loop("/finish\n", "激活专家", "--lang", lang)
    assert report in again.stdout
    assert first not in again.stdout


def test_roles_are_listed_and_a_wrong_one_is_told_in_one_line(data_dir: Path) -> None:
    listed = loop("", "--lang", "en")
    assert listed.returncode == 0
    assert "activations  Activation expert" in listed.stdout
    assert "cv           Computer vision" in listed.stdout
    unknown = loop("", "astronaut", "--lang", "en")
    assert unknown.returncode == 1
    assert unknown.stderr.splitlines() == [
        "epoch: no role is called 'astronaut'; there are cv, ds, llm, mle, activations"
    ]
    (data_dir / "roles" / "activations.toml").write_text(ROLE.replace("activation-functions", "cooking"))
    wrong = loop("", "cv")
    assert wrong.returncode == 1
    assert "activations.toml names cooking" in wrong.stderr


@pytest.mark.usefixtures("data_dir")
@pytest.mark.parametrize(("typed", "has"), [("3", 15), ("999", 180), ("20", 20)])
def test_the_chat_says_what_is_coming_and_how_long_an_interview_can_be(typed: str, has: int) -> None:
    begun = loop(f"/loop activations {typed}\n/quit\n/quit\n", command="chat").stdout
    assert ("An interview takes 15 to 180 minutes" in begun) == (int(typed) != has)
    assert f"a function to write: {has} minutes. Nothing is marked before the end" in " ".join(begun.split())
    assert begun.index("Nothing is marked") < begun.index("part 1 of")


@pytest.mark.timeout(600)
def test_ctrl_c_on_a_terminal_stops_the_clock_and_the_chat_takes_it_up(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "loop", "activations", EPOCH_LANG="en")
    terminal.until("answer>")
    terminal.type("\x03")
    terminal.until("Paused with")
    assert terminal.wait(120) == 130
    assert "Traceback" not in terminal.seen
    chat = Terminal(tmp_path, EPOCH_LANG="en")
    chat.until("epoch>")
    chat.type("/loop\r")
    chat.until("Back in your interview")
    chat.until("answer>")
    chat.type("/finish\r")
    chat.until("Nothing was answered this time.")
    chat.until("epoch>")
    chat.type("/quit\r")
    assert chat.wait(120) == 0
