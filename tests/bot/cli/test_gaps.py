"""`epoch gaps`: what the store noted, put together, and in the form that `epoch eval` reads."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from bot.store.store import Store
from bot.study.gaps import Gap, labelled_lines
from knowledge.search.evaluation import evaluate, load_queries
from tests.bot.cli.test_cli import epoch, one_line
from tests.bot.world import make_retriever

QUESTIONS = [("how to prune a decision tree", "en", 2), ("决策树怎么剪枝", "zh", 1), ("红烧肉怎么做", "zh", 1)]


def noted(folder: Path) -> dict[str, str]:
    url = f"sqlite+aiosqlite:///{folder / 'epoch.db'}"

    async def note() -> None:
        async with await Store.open(url) as store:
            for question, lang, times in QUESTIONS:
                for _ in range(times):
                    await store.gaps.note(question, lang, ["overfitting", "cnn"], 1.0)  # type: ignore[arg-type]

    asyncio.run(note())
    return {"EPOCH_DATABASE_URL": url}


def test_like_questions_are_one_line_of_json(tmp_path: Path) -> None:
    result = epoch("gaps", "--json", cwd=tmp_path, env=noted(tmp_path))
    assert result.returncode == 0, result.stderr
    trees, meat = map(json.loads, result.stdout.splitlines())
    assert trees == {
        "question": "how to prune a decision tree", "count": 3, "langs": {"en": 2, "zh": 1},
        "nearest": ["overfitting", "cnn"], "examples": ["决策树怎么剪枝"],
    }  # fmt: skip
    assert meat["question"] == "红烧肉怎么做"


def test_without_any_question_there_is_nothing_on_stdout(tmp_path: Path) -> None:
    result = epoch("gaps", "--json", cwd=tmp_path, env={"EPOCH_DATABASE_URL": "sqlite+aiosqlite:///epoch.db"})
    assert (result.returncode, result.stdout) == (0, "")
    assert one_line(result) == "no question without an answer so far"


def test_the_export_is_what_eval_reads(tmp_path: Path) -> None:
    file = tmp_path / "gaps.jsonl"
    result = epoch("gaps", "--export", file, cwd=tmp_path, env=noted(tmp_path))
    assert result.returncode == 0, result.stderr
    queries = load_queries(file)
    assert {(query.query, query.lang) for query in queries} == {(question, lang) for question, lang, _ in QUESTIONS}
    assert not any(query.topics for query in queries)
    assert evaluate(make_retriever(), queries).far == 0


def test_an_export_that_cannot_be_written_is_said_before_the_database_is_opened(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    env = {"EPOCH_DATABASE_URL": "sqlite+aiosqlite:////dev/null/epoch.db"}
    result = epoch("gaps", "--export", tmp_path / "file" / "gaps.jsonl", cwd=tmp_path, env=env)
    assert (result.returncode, result.stdout) == (1, "")
    assert one_line(result).endswith("gaps.jsonl: Not a directory; give another file with --export")
    folder = epoch("gaps", "--export", tmp_path, cwd=tmp_path, env=env)
    assert (folder.returncode, "is a folder" in one_line(folder)) == (2, True)
    database = epoch("gaps", "--export", tmp_path / "new" / "gaps.jsonl", cwd=tmp_path, env=env)
    assert (database.returncode, "/dev/null" in one_line(database)) == (1, True)
    assert not (tmp_path / "new").exists()


def test_an_export_makes_the_folders_it_lies_in_and_may_go_to_a_pipe(tmp_path: Path) -> None:
    env = noted(tmp_path)
    assert epoch("gaps", "--export", tmp_path / "new" / "gaps.jsonl", cwd=tmp_path, env=env).returncode == 0
    piped = epoch("gaps", "--export", "/dev/stdout", cwd=tmp_path, env=env)
    assert (piped.returncode, piped.stdout) == (0, (tmp_path / "new" / "gaps.jsonl").read_text())


def test_quotes_and_line_breaks_stay_one_line_each() -> None:
    lines = labelled_lines([Gap('a "b"\n{c}', "en", (), 1, 0.0, 0.0)])
    assert [json.loads(line)["query"] for line in lines] == ['a "b"\n{c}']
    assert "\n" not in lines[0]
