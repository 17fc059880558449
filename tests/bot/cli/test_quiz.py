"""`epoch quiz` as a program: a whole round over a pipe, and trivia packs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.bot.cli.test_cli import epoch, one_line

PACK = "Who wrote the first perceptron?:\n- Rosenblatt\n- Frank Rosenblatt\n"


def test_a_round_is_played_over_a_pipe(tmp_path: Path) -> None:
    arguments = ("quiz", "--topics", "gan", "--rounds", "3", "--seed", "5", "--lang", "en", "--kinds", "choice")
    first = epoch(*arguments, cwd=tmp_path, stdin="a\nA\nA\n")
    assert first.returncode == 0, first.stderr
    assert re.findall(r"Question (\d) of 3", first.stdout) == ["1", "2", "3"]
    right = re.findall(r"❌ The answer: ([A-D])|(✅) Right", first.stdout)
    letters = "".join(f"{letter or 'A'}\n" for letter, _ in right)
    again = epoch(*arguments, cwd=tmp_path, stdin=letters)
    assert "3 of 3 right" in again.stdout, again.stdout
    assert "❌" not in again.stdout


def test_a_program_in_a_question_is_really_run(tmp_path: Path) -> None:
    played = epoch("quiz", "--kinds", "predict", "--topics", "gan", "--rounds", "1", "--seed", "1", "--lang", "zh",
                   cwd=tmp_path, stdin="Z\nA\n")  # fmt: skip
    assert "请输入 A B C D 之一" in played.stdout
    assert "刚刚真正运行的输出：" in played.stdout
    right = re.search(r"[❌✅].*", played.stdout)
    assert right is not None


def test_the_end_of_input_ends_the_round(tmp_path: Path) -> None:
    played = epoch("quiz", "--lang", "en", "--rounds", "5", cwd=tmp_path, stdin="")
    assert played.returncode == 0
    assert "0 points, 0 of 0 right" in played.stdout


def test_a_pack_is_imported_and_played(tmp_path: Path) -> None:
    (tmp_path / "ml.yaml").write_text(PACK, encoding="utf-8")
    imported = epoch("quiz", "import", "ml.yaml", cwd=tmp_path)
    assert "imported ml: 1 question;" in imported.stdout, imported.stderr
    played = epoch("quiz", "--topics", "pack:ml", "--lang", "en", cwd=tmp_path, stdin="rosenblat\n")
    assert "✅ Right" in played.stdout, played.stderr
    assert "1 of 1 right" in played.stdout


@pytest.mark.parametrize(
    ("arguments", "says", "status"),
    [
        (["import", "ml.yaml"], "ml.yaml, line 1: 'q?' has no list of answers", 1),
        (["import", "none.yaml"], "No such file", 1),
        (["--topics", "pack:nope"], "no pack is called 'nope'", 1),
        (["--topics", "gann"], "nearest:", 1),
        (["--rounds", "0"], "", 2),
    ],
)
def test_what_cannot_be_played_is_told_in_one_line(
    tmp_path: Path, arguments: list[str], says: str, status: int
) -> None:
    (tmp_path / "ml.yaml").write_text("q?: nothing\n", encoding="utf-8")
    result = epoch("quiz", *arguments, cwd=tmp_path)
    assert result.returncode == status
    assert says in (one_line(result) if status == 1 else result.stderr)
