"""Terminals as they are: other encodings than UTF-8, wrong bytes, streams that are closed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli._base import print_json
from bot.terminal import streams
from tests.bot.cli.test_cli import ROOT, one_line

ENCODINGS = ["gbk", "latin-1", "ascii", "cp1252", "utf-8", "utf-16"]


def epoch(*arguments: str, stdin: bytes = b"", **env: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "bot", *arguments]
    spoken = {"EPOCH_LANG": "zh", "LC_ALL": "C.UTF-8", **env}
    return subprocess.run(
        command, input=stdin, capture_output=True, cwd=ROOT, env={**os.environ, **spoken}, timeout=300, check=False
    )


@pytest.fixture
def gbk(tmp_path: Path) -> dict[str, str]:
    """A Chinese terminal that is not UTF-8."""
    if shutil.which("localedef") is None:
        pytest.skip("localedef is not installed, so no locale can be made")
    made = subprocess.run(["localedef", "-i", "zh_CN", "-f", "GBK", tmp_path / "zh_CN.GBK"], capture_output=True)
    if made.returncode > 1:
        pytest.skip(f"localedef makes no locale: {made.stderr.decode(errors='replace')}")
    return {"LOCPATH": str(tmp_path), "LC_ALL": "zh_CN.GBK", "EPOCH_LANG": "auto"}


def test_a_gbk_terminal_is_spoken_to_in_gbk_and_a_tick_is_a_plus(gbk: dict[str, str]) -> None:
    shown = epoch("doctor", **gbk)
    assert b"Traceback" not in shown.stderr
    assert "+ 题库" in shown.stdout.decode("gbk")


def test_what_is_typed_in_gbk_is_read(gbk: dict[str, str]) -> None:
    shown = epoch("review", stdin="甲\n/quit\n".encode("gbk"), **gbk)
    assert shown.returncode == 0, shown.stderr
    assert "到期 0" in shown.stdout.decode("gbk")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "gbk"])
@pytest.mark.parametrize("arguments", [["doctor"], ["topics"], ["grade", "--help"], ["run", "没有"], ["nope"]])
def test_no_text_ends_in_a_traceback(encoding: str, arguments: list[str]) -> None:
    shown = epoch(*arguments, PYTHONIOENCODING=encoding)
    assert b"Traceback" not in shown.stderr
    assert shown.returncode == {"run": 1, "nope": 2}.get(arguments[0], 0)
    assert shown.stdout + shown.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "gbk", "utf-8"])
def test_json_is_json_whatever_the_terminal(encoding: str) -> None:
    shown = epoch("topics", "--json", PYTHONIOENCODING=encoding)
    titles = {topic["slug"]: topic["title"]["zh"] for topic in json.loads(shown.stdout.decode("utf-8"))}
    assert titles["gan"] == "生成对抗网络（GAN）"


def test_an_argument_of_wrong_bytes_is_one_line() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "bot", "run", b"\xff\xfe \xce\xc4"], capture_output=True, cwd=ROOT, timeout=300
    )
    assert shown.returncode == 1
    assert len(shown.stderr.splitlines()) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_question_is_read_where_the_locale_lacks_its_characters(encoding: str) -> None:
    """Python makes surrogates of bytes that its own encoding lacks, and in plain C it keeps to ASCII when told to."""
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    shown = subprocess.run(
        [sys.executable, "-m", "bot", "ask", "--json", "什么是过拟合".encode(encoding)],
        capture_output=True, cwd=ROOT, timeout=300, env={**os.environ, **ascii_only},
    )  # fmt: skip
    assert shown.returncode == 0, shown.stderr
    found = json.loads(shown.stdout)
    assert (found["topic"], found["lang"]) == ("overfitting", "zh")


@pytest.mark.parametrize("command", ["chat", "review", "quiz"])
def test_without_standard_input_there_is_one_line(command: str) -> None:
    shown = subprocess.run(
        ["sh", "-c", f'exec "{sys.executable}" -m bot {command} <&-'], capture_output=True, text=True, cwd=ROOT,
        timeout=300,
    )  # fmt: skip
    assert (shown.returncode, shown.stdout) == (1, "")
    assert "standard input is closed" in one_line(shown)


def test_without_standard_output_there_is_one_line_and_without_standard_error_it_works() -> None:
    closed = f'exec "{sys.executable}" -m bot topics'
    shown = subprocess.run(["sh", "-c", f"{closed} >&-"], capture_output=True, text=True, cwd=ROOT, timeout=300)
    assert shown.returncode == 1
    assert "standard output is closed" in one_line(shown)
    shown = subprocess.run(["sh", "-c", f"{closed} 2>&-"], capture_output=True, text=True, cwd=ROOT, timeout=300)
    assert shown.returncode == 0
    assert "gan" in shown.stdout


@pytest.mark.parametrize(("text", "ascii_", "gbk_"), [
    ("✓ ok → 1 … “a” ½", '+ ok -> 1 ... "a" 1/2', "+ ok → 1 … “a” 1/2"),
    ("x² café", "x2 cafe", "x2 café"),
    ("┃─╭⠋🙂", "|-+*?", None),
    ("\udcff", "?", "?"),
])  # fmt: skip
def test_what_cannot_be_shown_becomes_the_nearest_that_can(text: str, ascii_: str, gbk_: str | None) -> None:
    streams.mend()
    assert text.encode("ascii", "epoch-nearest").decode("ascii") == ascii_
    if gbk_ is not None:
        assert text.encode("gbk", "epoch-nearest").decode("gbk") == gbk_


@given(st.text(), st.sampled_from(ENCODINGS))
def test_no_text_fails_in_any_encoding(text: str, encoding: str) -> None:
    streams.mend()
    text.encode(encoding, "epoch-nearest")


@given(st.text())
def test_a_line_in_utf8_is_read_as_it_was_typed(text: str) -> None:
    if text.isprintable():
        assert streams.typed(text.encode("utf-8")) == text


@pytest.mark.parametrize("line", ["什么是过拟合？", "联通"])
def test_a_line_in_gbk_is_read_in_a_utf8_terminal(line: str) -> None:
    assert streams.typed(line.encode("gbk")) == line


def test_a_lone_surrogate_in_json_is_still_json(capsys: pytest.CaptureFixture[str]) -> None:
    streams.mend()
    print_json({"text": "好\ud800"})
    assert json.loads(capsys.readouterr().out.encode("utf-8", "replace"))["text"].startswith("好")


def test_topics_piped_are_a_line_each_whatever_the_width() -> None:
    shown = epoch("topics", COLUMNS="20").stdout.decode()
    assert len(shown.splitlines()) == len(json.loads(epoch("topics", "--json").stdout))
    assert all("  " in line for line in shown.splitlines())
