"""Drills as who writes them meets them: `epoch drill`, chat and reviews, on a real terminal and over a pipe."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.store.location import open_store
from bot.study.learning import TERMINAL, GivenAnswer, Learning
from bot.study.schedule import GOOD
from knowledge.bank.drills import Drill
from knowledge.bank.loader import load_bank
from tests.bot.terminal.test_chat import ENV, Terminal, piped

pytestmark = pytest.mark.usefixtures("needs_wall")

DRILL: Drill = load_bank()["activation-functions"].drill("stable-softmax")
SOLUTION = DRILL.variants["numpy"].solution
WRONG = DRILL.mistakes["no-shift"]
NO_EDITOR = {"VISUAL": "", "EDITOR": ""}


def answer_file(data_dir: Path, name: str = "stable-softmax.py") -> Path:
    return data_dir / "drills" / "activation-functions" / name


def save(file: Path, code: str) -> None:
    time.sleep(0.5)  # the file is watched a moment after it was laid out
    file.write_text(code, encoding="utf-8")


def until_keys_are_read(terminal: Terminal) -> None:
    end = time.monotonic() + 60
    while terminal.reads_lines():
        assert time.monotonic() < end
        time.sleep(0.05)


def drill(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", "drill", *words]
    given = {**os.environ, **ENV, **env}
    return subprocess.run(command, capture_output=True, text=True, env=given, stdin=subprocess.DEVNULL, timeout=300)


def reviewed(data_dir: Path) -> list[tuple[int, str, str, int]]:
    with closing(sqlite3.connect(data_dir / "epoch.db")) as database:
        return database.execute("SELECT member_id, topic, item, rating FROM reviews").fetchall()


@pytest.mark.parametrize(
    ("lang", "failed", "told", "hint", "warned", "passed", "noted"),
    [
        ("zh", "通过 5/7", "你没有先减去最大值", "提示 1/3", "再按一次 s", "✅ 通过！", "已记下“吃力”"),
        (
            "en",
            "5 of 7 passed",
            "You take exp without",
            "Hint 1 of 3",
            "press s once more",
            "✅ Passed",
            "Noted as Hard",
        ),
    ],
)
def test_each_save_is_judged_keys_help_and_passing_is_a_review(
    tmp_path: Path, data_dir: Path, lang: str, failed: str, told: str, hint: str, warned: str, passed: str, noted: str
) -> None:
    terminal = Terminal(tmp_path, "drill", "softmax", EPOCH_LANG=lang, **NO_EDITOR)
    terminal.until("--file")
    terminal.until("q ")
    file = answer_file(data_dir)
    assert file.read_text(encoding="utf-8") == DRILL.variants["numpy"].start
    save(file, WRONG)
    terminal.until(told)
    terminal.until(failed)
    terminal.until("q ")
    terminal.type("h")
    terminal.until(hint)
    terminal.type("s")
    terminal.until(warned)
    save(file, "def softmax(:\n")
    terminal.until("✗ ")
    terminal.until("q ")
    save(file, SOLUTION)
    terminal.until(passed)
    terminal.until(noted)
    terminal.until("q ")
    assert reviewed(data_dir) == [(0, "activation-functions", DRILL.item, 2)]
    save(file, WRONG)  # after it, what is tried counts no more
    terminal.until(failed)
    terminal.until("q ")
    terminal.type("ｑ")
    assert terminal.wait() == 0
    assert len(reviewed(data_dir)) == 1
    assert "Traceback" not in terminal.seen


def test_an_editor_of_the_terminal_has_it_alone_and_the_verdict_comes_after(tmp_path: Path, data_dir: Path) -> None:
    editor = tmp_path / "editor.py"
    editor.write_text(
        "import pathlib, sys, time, tty\n"
        "tty.setraw(0)\n"
        f"pathlib.Path(sys.argv[1]).write_text({SOLUTION!r})\n"
        "print('EDITING', end='', flush=True)\n"
        "sys.stdin.read(1)\n"
        "import subprocess; subprocess.run(['stty', 'sane'])\n"
        "print('CLOSED', flush=True)\n"
    )
    terminal = Terminal(tmp_path, "drill", "softmax", EDITOR=f"{sys.executable} {editor}", VISUAL="")
    terminal.until("Enter opens your editor")
    terminal.type("\r")
    terminal.until("EDITING")
    time.sleep(3)  # longer than a save takes to be seen
    terminal.type("\x03")  # Ctrl-C is a key of the editor's
    terminal.until("CLOSED")
    between = terminal.seen[terminal.seen.index("EDITING") : terminal.seen.index("CLOSED")]
    assert "✓" not in between
    terminal.until("Passed")
    terminal.type("q")
    assert terminal.wait() == 0


def test_an_editor_in_a_window_of_its_own_stays_open_while_saves_are_judged(tmp_path: Path, data_dir: Path) -> None:
    editor = tmp_path / "editor.sh"
    editor.write_text("#!/bin/sh\necho OPENED\nexec sleep 60\n")
    editor.chmod(0o755)
    terminal = Terminal(tmp_path, "drill", "softmax", EDITOR=str(editor), VISUAL="")
    terminal.until("Enter opens your editor")
    terminal.type("\r")
    terminal.until("OPENED")
    terminal.until("q quit")
    save(answer_file(data_dir), SOLUTION)
    terminal.until("Passed")
    terminal.type("e")
    terminal.until("still open")
    terminal.type("q")
    assert terminal.wait() == 0


def test_ctrl_c_while_it_is_judged_leaves_with_130_and_the_next_time_goes_on(tmp_path: Path, data_dir: Path) -> None:
    terminal = Terminal(tmp_path, "drill", "softmax", **NO_EDITOR)
    terminal.until("q quit")
    slow = f"import time\n\ntime.sleep(8)\n{WRONG}"
    save(answer_file(data_dir), slow)
    terminal.until("Judging")
    time.sleep(1)
    terminal.type("\x03")
    assert terminal.wait() == 130
    assert "Traceback" not in terminal.seen
    assert answer_file(data_dir).read_text(encoding="utf-8") == slow
    answer_file(data_dir).unlink()  # what is kept in the database comes back
    again = Terminal(tmp_path, "drill", "softmax", **NO_EDITOR)
    again.until("You go on from your last try")
    again.until("q quit")
    assert answer_file(data_dir).read_text(encoding="utf-8") == slow
    save(answer_file(data_dir), SOLUTION)
    again.until("Passed on try 1")
    again.type("s")
    again.until("to the letter")
    again.type("\x04")
    assert again.wait() == 0
    third = Terminal(tmp_path, "drill", "softmax", **NO_EDITOR)
    third.until("You begin anew")
    third.until("q quit")
    assert answer_file(data_dir).read_text(encoding="utf-8") == DRILL.variants["numpy"].start
    assert answer_file(data_dir, "stable-softmax.before.py").read_text(encoding="utf-8") == SOLUTION
    until_keys_are_read(third)
    os.kill(third.pid, signal.SIGINT)
    assert third.wait() == 130


def test_giving_up_takes_two_presses_in_a_row_and_what_is_pasted_presses_nothing(
    tmp_path: Path, data_dir: Path
) -> None:
    terminal = Terminal(tmp_path, "drill", "softmax", **NO_EDITOR)
    terminal.until("q quit")
    terminal.type("shssq answer")  # a paste: it would give up and quit
    time.sleep(1)
    terminal.type("s")
    terminal.until("press s once more")
    terminal.type("?")
    terminal.until("q quit")
    terminal.type("s")
    terminal.until("press s once more")
    terminal.type("s")
    terminal.until("+     exp = np.exp(")
    terminal.until("Noted as Again")
    terminal.type("q")
    assert terminal.wait() == 0
    assert reviewed(data_dir) == [(0, "activation-functions", DRILL.item, 1)]


def test_in_the_chat_a_drill_is_written_in_an_editor_and_leaves_the_terminal_as_it_was(
    tmp_path: Path, data_dir: Path
) -> None:
    terminal = Terminal(tmp_path, EPOCH_MODEL="no/such-model", **NO_EDITOR)
    terminal.until("epoch>")
    terminal.type("/drill softmax\r")
    terminal.until("q quit")
    save(answer_file(data_dir), SOLUTION)
    terminal.until("Passed")
    terminal.type("\x03")  # ends the drill, not the chat
    terminal.until("epoch>")
    terminal.type("/drill\r")
    terminal.until("✓ activation-functions/stable-softmax")
    terminal.until("epoch>")
    terminal.type("\x1b[200~```python\n" + WRONG + "```\x1b[201~\r")
    terminal.until("5 of 7 passed")
    terminal.until("epoch>")
    terminal.type("/quit\r")
    assert terminal.wait() == 0
    assert "Traceback" not in terminal.seen


def test_t_goes_over_to_pytorch_and_once_it_has_passed_both_begin_anew(tmp_path: Path, data_dir: Path) -> None:
    terminal = Terminal(tmp_path, "drill", "softmax", **NO_EDITOR)
    terminal.until("q quit")
    save(answer_file(data_dir), WRONG)
    terminal.until("5 of 7 passed")
    terminal.until("q quit")
    terminal.type("t")
    terminal.until("You write it in PyTorch now")
    terminal.until("_torch.py")
    save(answer_file(data_dir, "stable-softmax_torch.py"), DRILL.variants["torch"].solution)
    terminal.until("Passed on try 2")
    terminal.type("q")
    assert terminal.wait() == 0
    again = Terminal(tmp_path, "drill", "softmax", **NO_EDITOR)
    again.until("stable-softmax_torch.py")
    again.until("You begin anew")
    again.until("q quit")
    again.type("t")
    again.until("You write it in NumPy now")
    again.until("You begin anew")
    assert answer_file(data_dir).read_text(encoding="utf-8") == DRILL.variants["numpy"].start
    assert answer_file(data_dir, "stable-softmax.before.py").read_text(encoding="utf-8") == WRONG
    again.type("q")
    assert again.wait() == 0


def test_without_a_wall_nothing_is_judged_and_one_line_says_so(tmp_path: Path, data_dir: Path) -> None:
    terminal = Terminal(tmp_path, "drill", "softmax", EPOCH_WALL="trusted", **NO_EDITOR)
    terminal.until("q quit")
    save(answer_file(data_dir), SOLUTION)
    assert terminal.wait(120) == 1
    assert "EPOCH_WALL" in terminal.seen
    assert "✓" not in terminal.seen
    assert "Traceback" not in terminal.seen
    assert answer_file(data_dir).read_text(encoding="utf-8") == SOLUTION


def test_a_gbk_terminal_gets_plus_and_x(tmp_path: Path, data_dir: Path) -> None:
    terminal = Terminal(tmp_path, "drill", "softmax", EPOCH_LANG="zh", PYTHONIOENCODING="gbk", **NO_EDITOR)
    terminal.until("--file")
    time.sleep(1)
    save(answer_file(data_dir), WRONG)
    terminal.until("5/7")
    assert "\n\x1b[31mx logits" in terminal.seen.replace("\r", "")
    time.sleep(1)
    terminal.type("q")
    assert terminal.wait() == 0


def test_without_a_terminal_it_says_what_to_do(tmp_path: Path, data_dir: Path) -> None:
    shown = drill("softmax")
    assert shown.returncode == 0, shown.stderr
    assert "raise NotImplementedError" in shown.stdout
    assert "epoch drill activation-functions/stable-softmax --file FILE" in shown.stdout
    assert not data_dir.exists(), "nothing is made for a look"
    own = tmp_path / "mine.py"
    written = drill("softmax", "--torch", "--to", str(own))
    assert written.returncode == 0, written.stderr
    assert f"--torch --file {own}" in written.stdout
    assert own.read_text(encoding="utf-8") == DRILL.variants["torch"].start
    own.write_text("mine\n")
    assert drill("softmax", "--to", str(own)).returncode == 0
    assert own.read_text() == "mine\n"


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["softmax", "--to", "/proc/none.py"], 1, "cannot write"),
        (["--to", "x.py"], 2, "--to begins one drill"),
        (["softmax", "--to", "x.py", "--file", "x.py"], 2, "--to begins one drill"),
        (["no-such-drill"], 1, "no drill is called"),
    ],
)
def test_what_makes_no_sense_is_one_line(words: list[str], status: int, told: str) -> None:
    shown = drill(*words)
    assert shown.returncode == status
    assert told in shown.stderr
    assert len(shown.stderr.splitlines()) == 1


def test_in_the_chat_a_drill_is_asked_for_in_words_and_answered_by_a_block_of_code(
    tmp_path: Path, data_dir: Path
) -> None:
    lines = [
        "/hint", "```python", "x = 1", "```", "手撕 softmax", "给点提示", "```python", *WRONG.splitlines(), "```",
        "/drill no such drill", "/drill softmax", "```", *SOLUTION.splitlines(), "```", "/solution", "/drill",
    ]  # fmt: skip
    result = piped("\n".join(lines), tmp_path, EPOCH_MODEL="no/such-model")
    assert result.returncode == 0, result.stderr
    told = [
        "No drill is open", "Which drill does this code answer?", "数值稳定的 softmax", "raise NotImplementedError",
        "提示 1/3", "✗ logits 很大时不溢出", "→ 你没有先减去最大值", "通过 5/7", "No drill is called",
        "A stable softmax",
        "All checks passed (7 of 7)", "Noted as Hard", "to the letter", "✓ activation-functions/stable-softmax",
    ]  # fmt: skip
    place = 0
    for text in told:
        assert text in result.stdout[place:], text
        place = result.stdout.index(text, place) + len(text)
    assert reviewed(data_dir) == [(0, "activation-functions", DRILL.item, 2)]


def test_a_block_that_is_never_closed_is_judged_at_the_end_of_the_input(tmp_path: Path) -> None:
    lines = ["/drill softmax", "```python", *SOLUTION.splitlines()]
    result = piped("\n".join(lines), tmp_path, EPOCH_MODEL="no/such-model")
    assert "All checks passed" in result.stdout


async def begin_card(settings: Settings, at: float) -> None:
    bank = load_bank()
    async with await open_store(settings, bank=bank) as store:
        learning = Learning(store, bank, lambda: at)
        await learning.record([GivenAnswer(TERMINAL, DRILL.topic, DRILL.item, GOOD, "drill:test:1")])


def test_a_drill_that_is_due_comes_up_in_a_review(tmp_path: Path, data_dir: Path) -> None:
    asyncio.run(begin_card(Settings(_env_file=None), time.time() - 30 * 86_400))  # type: ignore[call-arg]
    command = [sys.executable, "-m", "bot", "review", "--lang", "en"]
    given = {**os.environ, **ENV}
    told = subprocess.run(command, input="/quit\n", capture_output=True, text=True, env=given, timeout=300)
    assert told.returncode == 0, told.stderr
    assert "1 due" in told.stdout
    assert "epoch drill activation-functions/stable-softmax" in told.stdout
    assert told.stdout.count("A drill: A stable softmax") == 1, "it is left for another time, and comes once"
    assert "0 answered" in told.stdout
    terminal = Terminal(tmp_path, "review", **NO_EDITOR)
    terminal.until("Press Enter to write it")
    terminal.type("\r")
    terminal.until("q quit")
    save(answer_file(data_dir), SOLUTION)
    terminal.until("Passed")
    terminal.until("q quit")
    terminal.type("q")
    terminal.until("0 due")
    terminal.type("/quit\r")
    terminal.until("1 answered")
    assert terminal.wait() == 0
    skipped = Terminal(tmp_path, "review", **NO_EDITOR)
    skipped.until("/quit ends")
    skipped.type("/quit\r")
    assert skipped.wait() == 0
    assert "A drill" not in skipped.seen, "it is not due any more"
