"""`epoch chat` as a person meets it: over a pipe, and on a real terminal."""

from __future__ import annotations

import os
import pty
import select
import signal
import sqlite3
import subprocess
import sys
import termios
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from knowledge.bank.loader import load_bank
from knowledge.bank.models import LANGS

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
    assert "看完整讲解" in chinese
    assert "for the full explanation" in english
    assert "discriminator" in english.lower()


def test_a_latin_term_alone_is_answered_in_the_language_of_the_chat(tmp_path: Path) -> None:
    result = piped("GAN\n/lang en\nGAN\nshenme shi guonihe\n", tmp_path, EPOCH_LANG="zh")
    assert result.returncode == 0, result.stderr
    chinese, rest = result.stdout.split("Generative adversarial", 1)
    assert "生成对抗网络" in chinese
    assert "过拟合" in rest


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
    both = ("A GAN is two networks: the generator turns random noise z into samples and never sees real data.",
            "The discriminator gives the probability that a sample is real; G learns only from the gradient through D.",
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


def test_a_question_outside_the_bank_is_declined_and_topics_are_offered_only_where_near(tmp_path: Path) -> None:
    result = piped("番茄炒蛋先放番茄还是先放蛋\n什么是 HMM\n", tmp_path)
    assert result.returncode == 0
    assert "抱歉" in result.stdout
    assert "题库里还没有讲“HMM”的主题。" in result.stdout
    assert "1." not in result.stdout[: result.stdout.index("“HMM”")], "nothing is near to how an egg is fried"
    assert "最接近的主题" in result.stdout[result.stdout.index("“HMM”") :]


def test_a_comparison_is_answered_and_the_talk_goes_on_from_it(tmp_path: Path) -> None:
    result = piped("GAN 和 VAE 的区别\nResNet vs dropout\nGAN vs HMM\ngo on\n", tmp_path)
    assert result.returncode == 0, result.stderr
    compared, both, half = (
        result.stdout.index(part) for part in ("GAN 和 VAE 的区别：", "does not compare them", "“HMM” yet")
    )
    assert compared < both < half
    assert "Residual networks" in result.stdout[compared:both]
    assert "What is dropout?" in result.stdout[compared:both]
    assert "Generator and discriminator" in result.stdout[half:], "goes on from the side that was shown"


def test_the_interface_speaks_chinese_where_the_locale_does(tmp_path: Path) -> None:
    result = piped("/nope\n", tmp_path, LC_ALL="zh_CN.UTF-8", PYTHONUTF8="1")
    assert "没有命令" in result.stdout


def test_a_lone_slash_and_its_like_get_a_line_and_the_chat_goes_on(tmp_path: Path) -> None:
    result = piped('/\n//\n / \n \n/"\n/ lang\n／help\n/topics\n', tmp_path)
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stdout + result.stderr
    assert result.stdout.count("A command follows the slash") == 3
    assert "Type /lang zh or /lang en" in result.stdout
    assert "/break TOPIC" in result.stdout
    assert "vanishing-exploding-gradients" in result.stdout


def test_commands_work_in_the_middle_of_an_interview_and_are_no_part_of_the_answer(tmp_path: Path) -> None:
    lines = ["/interview gan", "/help", "the generator turns noise into samples", "/code lstm", "/hepl", "/quiz",
             "/ stands for division, too", "", "/quit", "/topics"]  # fmt: skip
    result = piped("\n".join(lines), tmp_path, EPOCH_DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path / 'epoch.db'}")
    assert result.returncode == 0, result.stderr
    told = ["Mock interview", "/break TOPIC", "FORGET_BIAS = 3.0", "There is no command /hepl",
            "The interview is still on", "points\n", "That was the interview",
            "vanishing-exploding-gradients"]  # fmt: skip
    place = 0
    for text in told:
        assert text in result.stdout[place:], text
        place = result.stdout.index(text, place)
    assert result.stdout.count("Model answer") == 1, "one answer was given"


def test_small_talk_is_answered_in_its_language_and_not_looked_up(tmp_path: Path) -> None:
    result = piped("hi\n谢谢！\nhelp\n在吗\n1\n", tmp_path, EPOCH_MODEL="no/such-model")
    assert "Hello! Just ask" in result.stdout, result.stderr
    assert "不客气" in result.stdout
    assert "/break TOPIC" in result.stdout
    assert "你好！" in result.stdout


def test_few_latin_words_are_answered_in_the_language_of_the_interface(tmp_path: Path) -> None:
    lines = "hi\nhelp\ngo on\nthanks\nwho are you?\n"
    result = piped(lines, tmp_path, EPOCH_MODEL="no/such-model", EPOCH_LANG="zh")
    assert result.returncode == 0, result.stderr
    place = 0
    for text in ("你好！", "/break 主题", "先问一个问题", "不客气", "I'm Epoch"):
        assert text in result.stdout[place:], text
        place = result.stdout.index(text, place)


def test_the_address_of_a_place_opens_just_that(tmp_path: Path) -> None:
    """As *Link to this* writes it on Discord."""
    unit = next(unit for unit in load_bank()["gan"].units["en"] if unit.id == "wasserstein")
    result = piped("GAN#how\ngan#wasserstein\ngan#no-such-part\n", tmp_path)
    assert result.returncode == 0, result.stderr
    first, second, gone = result.stdout.split("(GAN) · ")[1:]
    assert first.startswith("How it works")
    assert second.startswith("In the interview")
    assert str(unit.lead).strip("*") in second
    assert result.stdout.count("This topic has no part called “no-such-part”; here is its short answer.") == 1
    assert gone.startswith("Answer")
    assert "The forger and the detective" not in gone, "its beginning, not all of the section"


def test_with_nothing_under_discussion_one_line_says_what_to_ask_first(tmp_path: Path) -> None:
    lines = ["go on", "继续", "没懂", "code", "跑一下", "quiz me", "in English please", "quit", "no/such/line"]
    result = piped("\n".join(lines), tmp_path, EPOCH_MODEL="no/such-model")
    assert result.returncode == 0, result.stderr
    first = [line[:4] for line in result.stdout.strip().splitlines()]
    assert first == ["Ask ", "先问一个", "先问一个", "Ask ", "先问一个", "Ask ", "Ask "]


def test_what_is_said_of_an_answer_goes_on_from_it_and_is_not_looked_up(tmp_path: Path) -> None:
    gan = load_bank()["gan"]
    units = {lang: [unit.lead.strip("*") for unit in gan.units[lang] if unit.lead] for lang in LANGS}
    steps = [
        ("what is a GAN?", "A GAN (generative adversarial network)"), ("go on", units["en"][0]),
        ("ok, why?", units["en"][1]), ("I don't get it", "which prints"), ("用中文再说一遍", units["zh"][1]),
        ("继续", units["zh"][2]), ("show me the code", "TRAIN_D = True"), ("考考我", "第 1/1 题"),
        ("/skip", "共 0 分"),
        ("展开讲讲", units["zh"][3]), ("in English please", units["en"][3]), ("/more", units["en"][-1]),
        ("tell me more", "the last part of this page"), ("again", units["en"][-1]),
    ]  # fmt: skip
    lines = [line for line, _ in steps]
    result = piped("\n".join([*lines, "quit", "/help"]), tmp_path)
    assert result.returncode == 0, result.stderr
    shown, place = " ".join(result.stdout.split()), 0
    for line, text in steps:
        assert text in shown[place:], line
        place = shown.index(text, place) + len(text)
    assert "/break" not in result.stdout, "quit leaves"
    assert "Did you mean" not in result.stdout
    assert "Sorry" not in result.stdout
    assert "抱歉" not in result.stdout


def test_sources_come_as_addresses_when_asked_for_and_at_the_end_of_the_page(tmp_path: Path) -> None:
    address, title = "https://arxiv.org/abs/1406.2661", "1. Goodfellow et al. 2014, Generative adversarial nets\n"
    result = piped("/sources\n/sources gan\n", tmp_path, EPOCH_MODEL="no/such-model")
    assert result.returncode == 0, result.stderr
    assert "name the topic behind the command" in result.stdout
    assert "Sources · checked 20" in result.stdout
    assert f"{title}   {address}\n" in result.stdout
    whole = piped("/more gan\n继续\n/lang zh\n/来源\n", tmp_path, EPOCH_MODEL="no/such-model")
    assert whole.returncode == 0, whole.stderr
    assert whole.stdout.count(address) == 3, "below the page, where it ends, and when asked for"
    assert "参考来源 · 20" in whole.stdout


def test_run_it_runs_the_example_under_discussion(tmp_path: Path) -> None:
    result = piped("什么是池化层\n运行一下\n", tmp_path)
    assert result.returncode == 0, result.stderr
    printed = load_bank()["pooling-layer"].example().transcript
    assert printed is not None
    assert printed.text.splitlines()[0] in result.stdout


def test_a_question_behind_thanks_and_one_that_begins_with_why_are_looked_up(tmp_path: Path) -> None:
    result = piped("thanks, what is dropout?\nwhy does dropout work\n", tmp_path)
    assert result.stdout.count("for the full explanation") == 2, result.stdout


def test_code_is_that_of_the_answer_and_after_a_run_that_of_the_run(tmp_path: Path, wall_works: bool) -> None:
    lines = ["/code", "什么是过拟合", "/code", "/code gan collapse", "/run cross-validation groups COPIES=4", "/code"]
    result = piped("\n".join(lines), tmp_path)
    assert result.returncode == 0, result.stderr
    assert "The code of which topic?" in result.stdout
    assert "MIN_LEAF = 1  # fewest patients a leaf may hold, 1..60" in result.stdout
    assert "GREEDY_STEPS = 100" in result.stdout
    if wall_works:
        assert "COPIES = 4" in result.stdout


def test_a_question_mark_lists_what_may_be_changed_in_the_language_of_the_interface(tmp_path: Path) -> None:
    result = piped("/run gan ?\n/lang zh\n/run gan optimum?\n", tmp_path)
    assert "STEPS = 1000" in result.stdout
    assert "a whole number from 300 to 3000 · training steps" in result.stdout
    chinese = result.stdout.partition("界面语言")[2]
    assert "REAL_LABEL = 1.0  0.5 到 1 之间的数 · D 对真样本的目标；小于 1 就是标签平滑" in chinese
    assert "STEPS" not in chinese, "of one example alone"
    asked = piped("/break gan optimum ?\n", tmp_path)
    assert "REAL_LABEL = 1.0" in asked.stdout
    assert "Broken on purpose" not in asked.stdout, "a question breaks nothing"
    assert piped("/break gan optimum --list\n", tmp_path).stdout == asked.stdout, "as the command line has it"


def test_a_quiz_a_review_and_progress_go_on_within_the_chat(tmp_path: Path) -> None:
    lines = ["/quiz gan 2", "/help", "A", "B", "/review", "/help", "/quit", "/progress", "/quiz nowhere", "/topics"]
    result = piped("\n".join(lines), tmp_path, EPOCH_DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path / 'epoch.db'}")
    assert result.returncode == 0, result.stderr
    told = ["Question 1 of 2", "During a round there are only", "Question 2 of 2", "of 2 right", "1-day streak",
            "During a review there is only", "0 answered", "Strongest", "No topic is called",
            "vanishing-exploding-gradients"]  # fmt: skip
    place = 0
    for text in told:
        assert text in result.stdout[place:], text
        place = result.stdout.index(text, place)


@pytest.mark.usefixtures("needs_wall")
def test_a_broken_example_leaves_the_picture_of_the_tested_one(tmp_path: Path, data_dir: Path) -> None:
    result = piped("/run overfitting early_stopping\n/break overfitting early_stopping\n", tmp_path)
    runs = data_dir / "runs"
    kept, broken = runs / "overfitting-early_stopping", runs / "overfitting-early_stopping-broken"
    assert [file.name for file in kept.iterdir()] == [file.name for file in broken.iterdir()]
    (one,), (other,) = kept.iterdir(), broken.iterdir()
    assert one.read_bytes() != other.read_bytes()
    assert "Broken on purpose: " in result.stdout
    assert " (was " in result.stdout
    assert "The claim fails, as it should" in result.stderr


class Terminal:
    """A program on a pseudo-terminal."""

    def __init__(self, cwd: Path, *command: str, **env: str) -> None:
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.chdir(cwd)
            home = {"XDG_DATA_HOME": str(cwd / "data")}
            words = [sys.executable, "-m", "bot", *(command or ("chat",))]
            os.execve(sys.executable, words, {**os.environ, **ENV, **home, **env})
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

    def reads_lines(self) -> bool:
        """Whether the terminal is as a shell leaves it."""
        return bool(termios.tcgetattr(self._fd)[3] & termios.ICANON and termios.tcgetattr(self._fd)[3] & termios.ECHO)

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


def test_who_has_begun_is_greeted_with_what_is_due_the_streak_and_the_day(tmp_path: Path) -> None:
    begun = [sys.executable, "-m", "bot", "review", "--lang", "en"]
    database = {"EPOCH_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'epoch.db'}"}
    env = {**os.environ, **ENV, "XDG_DATA_HOME": str(tmp_path / "data")}
    strange = Terminal(tmp_path)
    strange.until("epoch>")
    assert "streak" not in strange.seen, "no database is opened, or made, for who has not begun"
    assert not list((tmp_path / "data").rglob("epoch.db"))
    strange.type("/quit\r")
    assert strange.wait() == 0
    for command, typed in ((begun, "A\n4\n/quit\n"), ([sys.executable, "-m", "bot", "plan", "9d"], "")):
        subprocess.run(command, input=typed, env={**env, **database}, cwd=tmp_path, check=True, text=True, timeout=300)
    terminal = Terminal(tmp_path, **database)
    terminal.until("0 due, streak 1. /review begins.")
    terminal.until(" days to ")
    terminal.until("epoch>")
    terminal.type("/plan 7d 5\r")
    terminal.until("7 days to ")
    terminal.until("/review chooses in the same way")
    terminal.until("epoch>")
    terminal.type("/plan someday\r")
    terminal.until("“someday” is no day that can be planned for")
    terminal.until("epoch>")
    terminal.type("/plan 0\r")
    terminal.until("“0” is no number of minutes")
    terminal.until("epoch>")
    terminal.type("/plan forget\r")
    terminal.until("No date was given")
    terminal.until("epoch>")
    terminal.type("/review everything\r")
    terminal.until("After /review there is only mine")
    terminal.until("epoch>")
    terminal.type("/review mine\r")
    terminal.until("You have no mistakes to go through")
    terminal.until("epoch>")
    terminal.type("/quit\r")
    assert terminal.wait() == 0


def test_ctrl_c_at_a_half_typed_line_clears_it_and_only_the_next_one_leaves(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.until("epoch>")
    terminal.type("/nope half a thought")
    terminal.until("thought")
    terminal.type("\x03/lang zh\r")  # had the line not been cleared, it would be one of both
    terminal.until("界面语言：中文")
    terminal.type("\x03")
    assert terminal.wait() == 130
    assert "没有命令" not in terminal.seen
    assert "Traceback" not in terminal.seen


def test_in_an_interview_ctrl_c_clears_line_and_answer_and_the_prompt_says_what_is_awaited(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, EPOCH_DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path / 'epoch.db'}")
    terminal.until("epoch>")
    terminal.type("/interview gan\r")
    terminal.until("your answer>")
    terminal.type("half a line\x03")
    terminal.type("a whole line\r")
    terminal.until("go on, an empty line ends it>")
    terminal.type("\x03")
    terminal.until("That answer is cleared")
    terminal.until("your answer>")
    terminal.type("/progress\r")
    terminal.until("0-day streak")
    terminal.until("your answer>")
    terminal.type("\x03")
    assert terminal.wait() == 130
    assert "Model answer" not in terminal.seen


def test_what_was_typed_comes_back_in_the_next_chat(tmp_path: Path) -> None:
    for keys in ("/nope 你好\r", "\x1b[A\r"):
        terminal = Terminal(tmp_path)
        terminal.until("epoch>")
        terminal.type(keys)
        terminal.until("There is no command /nope")
        terminal.until("epoch>")
        terminal.type("\x04")
        assert terminal.wait() == 0


def test_tab_completes_a_topic(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.until("epoch>")
    terminal.type("/code g")
    terminal.until("Generative")  # the menu, which comes while one types
    terminal.type("\t\r")
    terminal.until("A small GAN learns to draw digits")
    terminal.until("epoch>")
    terminal.type("\x04")
    assert terminal.wait() == 0


def test_the_terminal_quiz_shows_how_much_time_is_left(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.until("epoch>")
    terminal.type("/quiz gan 1\r")
    terminal.until("⏳ ")
    terminal.until(" s · A/B/C/D>")
    terminal.type("/quit\r")
    terminal.until("0 of 0 right")
    terminal.until("epoch>")
    terminal.type("/quit\r")
    assert terminal.wait() == 0


def test_more_is_shown_in_the_readers_own_pager_which_gets_no_token(tmp_path: Path) -> None:
    pager = tmp_path / "pager.sh"
    pager.write_text('#!/bin/sh\nenv > "$(dirname "$0")/env"\ncat > "$(dirname "$0")/text"\necho PAGED\n')
    pager.chmod(0o755)
    terminal = Terminal(tmp_path, PAGER=str(pager), DISCORD_TOKEN="secret", PATH="/usr/bin:/bin")
    terminal.until("epoch>")
    terminal.type("/more gan\r")
    terminal.until("PAGED")
    terminal.until("epoch>")
    terminal.type("/quit\r")
    assert terminal.wait() == 0
    assert "discriminator" in (tmp_path / "text").read_text(encoding="utf-8")
    assert "secret" not in (tmp_path / "env").read_text(encoding="utf-8")


def test_a_follow_up_stays_with_the_topic_and_a_new_question_leaves_it(tmp_path: Path) -> None:
    result = piped("什么是过拟合\n那怎么解决呢\nwhat is a GAN?\nand its drawbacks?\n", tmp_path)
    assert result.returncode == 0, result.stderr
    heads = [line.split(" · ")[0] for line in result.stdout.splitlines() if " · " in line and line[0] != "/"]
    assert heads == ["过拟合与欠拟合"] * 2 + ["Generative adversarial networks (GAN)"] * 2
    assert "Generative adversarial networks (GAN) · Pitfalls" in result.stdout


def test_who_learned_here_before_is_greeted_and_a_quiz_in_the_chat_counts(tmp_path: Path) -> None:
    database = f"sqlite+aiosqlite:///{tmp_path / 'epoch.db'}"
    first = Terminal(tmp_path, EPOCH_DATABASE_URL=database)
    first.until("epoch>")
    assert "streak" not in first.seen
    first.type("/quiz gan 1\r")
    first.until("Question 1 of 1")
    first.until("A/B/C/D>")
    first.type("A\r")
    first.until("epoch>")
    first.type("/quit\r")
    assert first.wait() == 0
    with closing(sqlite3.connect(tmp_path / "epoch.db")) as opened:
        assert opened.execute("SELECT count(*) FROM reviews WHERE member_id = 0").fetchone() == (1,)
    again = Terminal(tmp_path, EPOCH_DATABASE_URL=database)
    again.until("streak 1. /review begins.")
    again.until("epoch>")
    again.type("/quit\r")
    assert again.wait() == 0
