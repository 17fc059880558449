"""`epoch import` as a program: what it says, what it leaves behind, and with which status it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from knowledge.counting import counted
from tests.bot.cli.test_cli import epoch, one_line
from tests.knowledge.interviews import EN, ZH

NO_WALL = {"EPOCH_WALL": "trusted"}


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """The small Chinese document as a file."""
    file = tmp_path / "zh.md"
    file.write_text(ZH, encoding="utf-8")
    return file


@pytest.mark.usefixtures("needs_wall")
def test_json_is_a_line_a_question_and_failing_snippets_are_no_failure(document: Path, tmp_path: Path) -> None:
    result = epoch("import", document, "--to", "drafts", "--json", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    draft = str(Path("drafts/overfitting"))
    assert lines == [
        {"number": 1, "title": "什么是过拟合？", "draft": draft, "verdict": "ok", "error": None},
        {
            "number": 2,
            "title": "什么是神经网络中的过拟合？有哪些办法？",
            "draft": draft,
            "verdict": "error",
            "error": "NameError: name 'missing' is not defined",
        },
    ]
    assert ": " not in result.stdout.splitlines()[0].replace("Error: ", "")
    assert (tmp_path / draft / "example_q2.py").is_file()


def test_without_a_wall_drafts_are_written_and_the_table_says_why_nothing_ran(document: Path, tmp_path: Path) -> None:
    result = epoch("import", document, "--to", "drafts", cwd=tmp_path, env={**NO_WALL, "COLUMNS": "160"})
    assert result.returncode == 0
    assert "no wall works on this machine" in result.stdout
    assert "2 questions; 1 draft written" in result.stderr
    assert (tmp_path / "drafts" / "overfitting" / "topic.toml").is_file()
    assert "Traceback" not in result.stderr


def test_a_second_import_says_what_it_left_as_it_was(document: Path, tmp_path: Path) -> None:
    assert epoch("import", document, "--to", "drafts", cwd=tmp_path, env=NO_WALL).returncode == 0
    (tmp_path / "drafts" / "overfitting" / "zh.md").write_text("mine")
    (tmp_path / "en.md").write_text(EN)
    for file, new, kept in ((document, 0, 1), (tmp_path / "en.md", 2, 0)):
        result = epoch("import", file, "--to", "drafts", cwd=tmp_path, env=NO_WALL)
        assert result.returncode == 0
        assert f"{counted(new, 'draft')} written" in result.stderr
        assert ("stay as they are: overfitting" in result.stderr) == bool(kept)
    assert (tmp_path / "drafts" / "overfitting" / "zh.md").read_text() == "mine"


def test_drafts_can_be_checked_where_they_lie(document: Path, tmp_path: Path) -> None:
    assert epoch("import", document, "--to", "drafts", cwd=tmp_path, env=NO_WALL).returncode == 0
    checked = epoch("check", "--no-run", "--root", "drafts", cwd=tmp_path)
    assert checked.returncode == 1
    assert "overfitting/topic.toml: asks.zh has 3 paraphrases; write at least 10" in checked.stdout
    assert "Traceback" not in checked.stderr


def test_a_number_that_stands_twice_is_said(tmp_path: Path) -> None:
    (tmp_path / "twice.md").write_text("### 3. A？\n**答案：** a\n### 3. B？\n**答案：** b\n", encoding="utf-8")
    result = epoch("import", "twice.md", "--to", "drafts", cwd=tmp_path, env=NO_WALL)
    assert "number 3 stands 2 times (lines 1, 3)" in result.stderr
    assert sorted(folder.name for folder in (tmp_path / "drafts").iterdir()) == ["a", "b"]


@pytest.mark.parametrize(
    ("content", "status", "says"),
    [
        (None, 2, "cannot read doc.md"),
        (b"hello", 1, "doc.md: no questions found"),
        (b"### 1. a\n**Answer:** b\n```python\n", 1, "doc.md: the code fence opened in line 3"),
    ],
)
def test_a_bad_document_is_one_line_and_leaves_nothing(
    content: bytes | None, status: int, says: str, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "doc.md").write_bytes(content)
    result = epoch("import", "doc.md", "--to", "drafts", "--json", cwd=tmp_path)
    assert result.returncode == status
    assert says in one_line(result)
    assert result.stdout == ""
    assert not (tmp_path / "drafts").exists()


def test_an_empty_folder_is_no_document_and_a_file_no_place_for_drafts(document: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    folder = epoch("import", "empty", "--to", "drafts", cwd=tmp_path)
    assert (folder.returncode, "no document in the folder empty" in one_line(folder)) == (2, True)
    file = epoch("import", document, "--to", document, cwd=tmp_path)
    assert (file.returncode, "is a file; give a folder" in one_line(file)) == (2, True)


def test_a_folder_and_a_file_are_imported_at_once_and_what_is_none_is_said(document: Path, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    (folder / "more").mkdir(parents=True)
    (folder / "more" / "en.txt").write_text(EN)
    (folder / "readme.md").write_text("# Papers\n\nNothing to ask.\n")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    (folder / ".hidden.md").write_text("1. What is hidden?\n")
    result = epoch("import", "papers", document, "--to", "drafts", "--json", cwd=tmp_path, env=NO_WALL)
    assert result.returncode == 0, result.stderr
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(line["number"], Path(line["file"]).name) for line in lines] == [
        (1, "zh.md"), (2, "zh.md"), (1, "en.txt"), (2, "en.txt"),
    ]  # fmt: skip
    assert {"number", "title", "draft", "verdict", "error"} < set(lines[0])
    assert "readme.md: no questions found" in result.stderr
    assert sorted(draft.name for draft in (tmp_path / "drafts").iterdir()) == ["dropout", "optimizer", "overfitting"]


def test_a_named_document_that_cannot_be_read_fails_after_the_others_were_taken(document: Path, tmp_path: Path) -> None:
    (tmp_path / "none.md").write_text("hello")
    result = epoch("import", "none.md", document, "--to", "drafts", cwd=tmp_path, env=NO_WALL)
    assert result.returncode == 1
    assert "none.md: no questions found" in result.stderr
    assert (tmp_path / "drafts" / "overfitting").is_dir()
    nothing = epoch("import", "none.md", "none.md", tmp_path / "none.md", "--to", "again", cwd=tmp_path, env=NO_WALL)
    assert (nothing.returncode, "none of the 2 documents" in nothing.stderr) == (1, True)
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize(
    ("lang", "says"),
    [
        ("en", ["the bank has this already: overfitting (question 1, 2)", "characters in", "was read as GB18030"]),
        ("zh", ["题库里已有：overfitting（第 1、2 题）", "个字符", "按 GB18030 编码读取", "下一步"]),
    ],
)
def test_the_report_says_what_the_bank_has_and_counts_characters(lang: str, says: list[str], tmp_path: Path) -> None:
    (tmp_path / "zh.md").write_bytes(ZH.encode("gbk"))
    result = epoch("import", "zh.md", "--to", "drafts", cwd=tmp_path, env={**NO_WALL, "EPOCH_LANG": lang})
    assert result.returncode == 0
    assert [text for text in says if text not in result.stderr] == []


def test_hostile_titles_do_not_reach_the_terminal(tmp_path: Path) -> None:
    text = "### 1. \x1b[31mred\u202e\x07 [bold]x[/bold]\n**答案：** a\n"
    (tmp_path / "hostile.md").write_text(text, encoding="utf-8")
    result = epoch("import", "hostile.md", "--to", "drafts", cwd=tmp_path, env={**NO_WALL, "COLUMNS": "160"})
    assert result.returncode == 0
    assert "red [bold]x[/bold]" in result.stdout
    assert not {"\x1b", "\u202e", "\x07"} & set(result.stdout + result.stderr)


@pytest.mark.usefixtures("needs_wall")
def test_ctrl_c_while_snippets_run_exits_130_and_leaves_whole_drafts(tmp_path: Path) -> None:
    text = "### 1. A？\n**答案：** a\n```python\nimport time\ntime.sleep(60)\n```\n"
    (tmp_path / "slow.md").write_text(text, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "import", "slow.md", "--to", "drafts", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert "1 draft written" in process.stderr.readline()
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stdout.read() == ""
        assert "Traceback" not in process.stderr.read()
    assert [entry.name for entry in (tmp_path / "drafts").iterdir()] == ["a"]
    assert len(list((tmp_path / "drafts" / "a").iterdir())) == 5
