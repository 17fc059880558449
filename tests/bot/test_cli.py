"""The command line as a program: exit statuses, one plain line on stderr, JSON and nothing else on stdout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TIMEOUT_S = 180


def epoch(
    *arguments: str | Path, cwd: Path, stdin: str = "", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "HF_HUB_OFFLINE": "1", **(env or {})},
        timeout=TIMEOUT_S,
    )


def one_line(result: subprocess.CompletedProcess[str]) -> str:
    """The only line on stderr, which is no traceback."""
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    assert "Traceback" not in result.stderr
    return lines[0]


def test_topics_json_is_one_array_of_slug_title_questions(tmp_path: Path) -> None:
    result = epoch("topics", "--json", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    topics = json.loads(result.stdout)
    assert {"gan", "cnn", "model-evaluation"} <= {topic["slug"] for topic in topics}
    for topic in topics:
        assert set(topic) == {"slug", "title", "questions"}
        assert set(topic["title"]) == {"zh", "en"}
        assert all(isinstance(number, int) for number in topic["questions"])


def test_a_learning_path_ends_at_its_goal(tmp_path: Path) -> None:
    result = epoch("topics", "--path", "gan", "--json", cwd=tmp_path)
    assert [topic["slug"] for topic in json.loads(result.stdout)][-1] == "gan"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run"], "give a topic or --file"),
        (["run", "gan", "--file", "x.py"], "give a topic or --file"),
        (["run", "gan", "--set", "EPOCHS"], "expected NAME=VALUE"),
        (["run", "--file", "missing.py"], "cannot read missing.py"),
        (["run", "gan", "--stdin", "x"], "--stdin belongs to --file"),
    ],
)
def test_wrong_usage_exits_2_with_one_line(arguments: list[str], says: str, tmp_path: Path) -> None:
    result = epoch(*arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert says in one_line(result)
    assert result.stdout == ""


def test_an_unknown_topic_exits_1_and_names_the_nearest(tmp_path: Path) -> None:
    result = epoch("run", "gann", cwd=tmp_path)
    assert result.returncode == 1
    assert "gan" in one_line(result).split("nearest:")[1]


def test_an_unknown_example_exits_1_and_names_those_there_are(tmp_path: Path) -> None:
    result = epoch("run", "gan", "--example", "nope", cwd=tmp_path)
    assert result.returncode == 1
    assert "main" in one_line(result)


def test_a_value_out_of_range_is_refused_with_its_range(tmp_path: Path) -> None:
    result = epoch("run", "gan", "--set", "SEED=-5", cwd=tmp_path)
    assert result.returncode == 1
    assert "SEED" in one_line(result)
    assert "9999" in one_line(result)


def test_a_script_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_bytes(b"\xff\xfe\x00print")
    result = epoch("run", "--file", "bad.py", cwd=tmp_path)
    assert result.returncode == 2
    assert "UTF-8" in one_line(result)


def test_a_bad_setting_exits_2_and_names_the_variable(tmp_path: Path) -> None:
    result = epoch("topics", cwd=tmp_path, env={"EPOCH_WALL": "paper"})
    assert result.returncode == 2
    assert "wall" in one_line(result).lower()


def test_serve_without_a_token_exits_1_and_says_where_it_goes(tmp_path: Path) -> None:
    result = epoch("serve", cwd=tmp_path, env={"DISCORD_TOKEN": ""})
    assert result.returncode == 1
    assert "DISCORD_TOKEN" in one_line(result)


@pytest.mark.parametrize("question", ["", "   ", "😀😀", "？？！"])
def test_a_question_with_no_words_exits_1_with_one_line(question: str, tmp_path: Path) -> None:
    result = epoch("ask", question, "--json", cwd=tmp_path)
    assert result.returncode == 1
    assert one_line(result).startswith("epoch: ")
    assert result.stdout == ""


def test_run_json_is_events_and_nothing_else(tmp_path: Path) -> None:
    script = tmp_path / "hello.py"
    program = "import sys\nprint('你好', sys.stdin.read())\nopen('note.txt', 'w').write('kept')\n"
    script.write_text(program, encoding="utf-8")
    (tmp_path / "in.txt").write_text("from stdin", encoding="utf-8")
    result = epoch("run", "--file", script, "--stdin", "in.txt", "--json", "--out", tmp_path / "o", cwd=tmp_path)
    if result.returncode == 1 and "wall" in result.stderr:
        pytest.skip("no wall works on this machine")
    assert result.returncode == 0, result.stderr
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert events[0]["event"] == "started"
    assert "".join(e["text"] for e in events if e["event"] == "stdout") == "你好 from stdin\n"
    assert [e for e in events if e["event"] == "artifact"] == [
        {"event": "artifact", "name": "note.txt", "media_type": "text/plain", "bytes": 4}
    ]
    assert (tmp_path / "o" / "note.txt").read_text() == "kept"
    assert events[-1]["event"] == "finished"
    assert events[-1]["outcome"] == "ok"


def test_without_a_wall_a_script_is_refused_and_never_run(tmp_path: Path) -> None:
    script = tmp_path / "touch.py"
    script.write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    result = epoch("run", "--file", script, cwd=tmp_path, env={"EPOCH_WALL": "trusted"})
    assert result.returncode == 1
    assert "wall" in one_line(result)
    assert not (tmp_path / "ran").exists()
