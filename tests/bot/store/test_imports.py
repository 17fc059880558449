from __future__ import annotations

import subprocess
import sys

import pytest


def modules_after(statement: str) -> set[str]:
    program = f"{statement}; import sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["bot.__main__", "bot.cli", "bot.factory", "bot.terminal.chat", "bot.study.tutor"])
def test_a_plain_question_loads_no_database(module: str) -> None:
    assert not {"sqlalchemy", "alembic"} & modules_after(f"import {module}")


def test_the_store_does_load_it_and_migrations_only_where_there_is_something_to_migrate() -> None:
    loaded = modules_after("import bot.store.store, bot.discord.client")
    assert "sqlalchemy" in loaded
    assert "alembic" not in loaded, "a third of a second of every start"


def test_a_start_loads_nothing_of_the_database_that_it_does_not_use() -> None:
    assert "sqlalchemy.dialects.postgresql" not in modules_after("import bot.discord.client")


def test_serving_loads_nothing_of_a_terminal() -> None:
    serving = "import sys; sys.argv = ['epoch', 'serve']; import bot.cli._entry, bot.discord.client"
    assert not {"rich", "prompt_toolkit"} & modules_after(serving)
    assert "rich" in modules_after("import bot.cli._entry"), "the test can fail"


def test_serving_loads_the_grader_with_the_first_answer_that_is_graded() -> None:
    serving = "import sys; sys.argv = ['epoch', 'serve']; import bot.cli._entry, bot.discord.client"
    grading = {"knowledge.grading.grader", "knowledge.grading.evidence", "knowledge.grading.contrast"}
    assert not grading & modules_after(serving)
    assert grading <= modules_after("import knowledge.grading.grader"), "the test can fail"
