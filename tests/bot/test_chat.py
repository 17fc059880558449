"""`epoch chat` as a person meets it: over a pipe, and on a real terminal."""

from __future__ import annotations

import os
import pty
import select
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest

TIMEOUT_S = 600
ENV = {"LC_ALL": "C.UTF-8", "HF_HUB_OFFLINE": "1", "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40"}


def piped(lines: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "chat"],
        input=lines,
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, **ENV, **env},
        timeout=TIMEOUT_S,
    )


def test_answers_come_in_the_language_of_the_question(tmp_path: Path) -> None:
    result = piped("什么是梯度消失？\nwhat is a GAN?\n", tmp_path)
    assert result.returncode == 0, result.stderr
    chinese, english = result.stdout.split("Generative adversarial", 1)
    assert "梯度消失" in chinese
    assert "回答" in chinese
    assert "Answer" in english
    assert "discriminator" in english.lower()


def test_a_run_streams_its_output_and_shows_where_the_picture_lies(tmp_path: Path, data_dir: Path) -> None:
    result = piped("/run gan\n", tmp_path)
    assert result.returncode == 0, result.stderr
    pictures = list((data_dir / "runs").rglob("*.png"))
    assert pictures
    shown = result.stderr.replace("\n", "")
    assert all(str(picture) in shown for picture in pictures)


def test_commands_and_bad_lines_each_get_one_clear_line(tmp_path: Path) -> None:
    lines = ["/help", "/topics", "/run nothing-like-it", "/nope", "/run gan SEED=x", "😀", "a" * 10_000, "/quit", "x"]
    result = piped("\n".join(lines), tmp_path)
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stdout + result.stderr
    assert "/break" in result.stdout
    assert "vanishing-exploding-gradients" in result.stdout
    assert "No topic is called" in result.stdout
    assert "There is no command /nope" in result.stdout
    assert "SEED" in result.stdout
    assert "only symbols" in result.stdout
    assert "2,000 characters" in result.stdout


def test_an_interview_is_judged_saved_and_followed_up_and_then_the_chat_goes_on(tmp_path: Path) -> None:
    both = ("The Generator turns noise into samples, the discriminator gives the probability that a sample is real.",
            "\x1b[31mMode collapse: G covers only a few modes, different z give nearly the same sample.")  # fmt: skip
    lines = ["/interview blockchain", "/interview gan", "?!", "", *both, "", "I think so", "", "/again", "again", "",
             "/another", "/quit", "/topics", "/interview lstm"]  # fmt: skip
    result = piped("\n".join(lines), tmp_path, EPOCH_DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path / 'epoch.db'}")
    assert result.returncode == 0, result.stderr
    shown = result.stdout
    assert "\x1b[31m" not in shown
    told = [
        'No topic is called "blockchain"', "· Mock interview\n", "only symbols", "points\nNoted as", "\n✓ ", "    > ",
        "Model answer", "· Mock interview · follow-up", "Model answer", "That was the interview",
        "vanishing-exploding-gradients", "(LSTM) · Mock interview", "That was the interview",
    ]  # fmt: skip
    place = 0
    for text in told:
        assert text in shown[place:], text
        place = shown.index(text, place) + len(text)
    quote = next(line for line in shown.splitlines() if line.startswith("    > "))
    assert any(quote.removeprefix("    > ") in line for line in both), "as it was typed"
    with closing(sqlite3.connect(tmp_path / "epoch.db")) as database:
        kept = database.execute("SELECT member_id, topic, item, source FROM reviews").fetchall()
    ((member, topic, _, source),) = kept  # the answer to the follow-up has no points to count by
    assert (member, topic) == (0, "gan")
    assert source.startswith("interview:")


def test_an_interview_whose_database_cannot_be_opened_says_so_and_the_chat_goes_on(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/no/such/folder/epoch.db"
    result = piped("/interview gan\n/topics\n", tmp_path, EPOCH_DATABASE_URL=url)
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stdout + result.stderr
    assert "database" in result.stdout
    assert "vanishing-exploding-gradients" in result.stdout


def test_a_question_outside_the_bank_is_declined_with_the_nearest_topics(tmp_path: Path) -> None:
    result = piped("番茄炒蛋先放番茄还是先放蛋\n", tmp_path)
    assert result.returncode == 0
    assert "抱歉" in result.stdout
    assert "1." in result.stdout


def test_the_interface_speaks_chinese_where_the_locale_does(tmp_path: Path) -> None:
    result = piped("/nope\n", tmp_path, LC_ALL="zh_CN.UTF-8", PYTHONUTF8="1")
    assert "没有命令" in result.stdout


class Terminal:
    """A program on a pseudo-terminal."""

    def __init__(self, cwd: Path) -> None:
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.chdir(cwd)
            os.execve(sys.executable, [sys.executable, "-m", "bot", "chat"], {**os.environ, **ENV})
        self.seen = ""
        self._read = 0  # up to here, by earlier calls of `until`

    def until(self, text: str, timeout_s: float = 300) -> None:
        end = time.monotonic() + timeout_s
        while text not in self.seen[self._read :]:
            assert time.monotonic() < end, f"never saw {text!r}: …{self.seen[-2000:]}"
            ready, _, _ = select.select([self._fd], [], [], 0.2)
            if ready:
                chunk = os.read(self._fd, 65536).decode(errors="replace")
                self.seen += chunk
                if "\x1b[6n" in chunk:  # the program asks where the cursor is, and waits for the answer
                    os.write(self._fd, b"\x1b[1;1R")
        self._read = self.seen.index(text, self._read) + len(text)

    def type(self, text: str) -> None:
        os.write(self._fd, text.encode())

    def wait(self, timeout_s: float = 30) -> int:
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                os.close(self._fd)
                return os.waitstatus_to_exitcode(status)
            if select.select([self._fd], [], [], 0.1)[0]:
                try:
                    self.seen += os.read(self._fd, 65536).decode(errors="replace")
                except OSError:  # the terminal closes with its last process
                    time.sleep(0.05)
        os.kill(self.pid, signal.SIGKILL)
        pytest.fail(f"still running after {timeout_s} s: …{self.seen[-2000:]}")


def test_ctrl_c_stops_a_run_but_not_the_chat_and_leaves_no_child(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.until("epoch>")
    terminal.type("/run gan\r")
    terminal.until("Running")
    time.sleep(1)
    assert psutil.Process(terminal.pid).children(recursive=True)
    terminal.type("\x03")
    terminal.until("Stopped")
    terminal.until("epoch>")
    assert not psutil.Process(terminal.pid).children(recursive=True)
    terminal.type("/quit\r")
    assert terminal.wait() == 0


def test_ctrl_c_at_the_prompt_leaves_with_130(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.until("epoch>")
    terminal.type("\x03")
    assert terminal.wait() == 130
    assert "Traceback" not in terminal.seen


def test_a_follow_up_stays_with_the_topic_and_a_new_question_leaves_it(tmp_path: Path) -> None:
    result = piped("什么是过拟合\n那怎么解决呢\nwhat is a GAN?\nand its drawbacks?\n", tmp_path)
    assert result.returncode == 0, result.stderr
    heads = [line.split(" · ")[0] for line in result.stdout.splitlines() if " · " in line and line[0] != "/"]
    assert heads == ["过拟合与欠拟合"] * 2 + ["Generative adversarial networks (GAN)"] * 2
    assert "Generative adversarial networks (GAN) · Pitfalls" in result.stdout
