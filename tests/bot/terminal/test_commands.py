from __future__ import annotations

import pytest

from bot.terminal.chat import Chat
from bot.terminal.commands import ALIASES, COMMANDS, is_command, read_command
from bot.wording import entries


@pytest.mark.parametrize(
    ("line", "name", "words"),
    [
        ("/", "", []), ("//", "", []), ("/ ", "", []), (" / ", "", []), ("／", "", []), ('/""', "", []),
        ("/ run", "run", []), ("/RUN gan", "run", ["gan"]), ("／run　gan", "run", ["gan"]),
        ("/运行 gan", "run", ["gan"]),
        ("/run gan SEED = 5", "run", ["gan", "SEED=5"]), ("/run gan SEED＝5", "run", ["gan", "SEED=5"]),
        ("/run gan ?", "run", ["gan", "?"]), ("/run gan?", "run", ["gan", "?"]),
        ("/run gan？", "run", ["gan", "?"]),
        ('/run "batch normalization"', "run", ["batch normalization"]), ("/run gan's", "run", ["gan's"]),
        ("/exit", "quit", []), ("/q", "quit", []), ("/?", "help", []),
    ],
)  # fmt: skip
def test_a_line_with_a_slash_is_a_command(line: str, name: str, words: list[str]) -> None:
    assert read_command(line) == (name, words)


@pytest.mark.parametrize("line", ["", " ", "what is 1/2?", "run gan"])
def test_a_line_without_is_none(line: str) -> None:
    assert read_command(line) is None


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("/help", True), ("/run gan", True), ("/", True), ("／帮助", True), (" /hepl ", True), ("/run gan\nmore", True),
        ("/ means division", False), ("/usr/bin is a folder", False), ("// a comment", False), ("/2 of it", False),
        ("a / b", False), ("", False),
    ],
)  # fmt: skip
def test_an_answer_that_happens_to_begin_with_a_slash_is_an_answer(line: str, known: bool) -> None:
    assert is_command(line) is known


def test_each_command_has_a_hint_and_every_other_name_is_one_of_a_command() -> None:
    assert {f"console.chat.hint.{name}" for name in COMMANDS} <= entries().keys()
    assert set(ALIASES.values()) <= set(COMMANDS)
    for lang in ("zh", "en"):
        assert all(f"/{name} " in entries()["console.chat.help"][lang] for name in COMMANDS if name != "help"), lang
    assert Chat.__doc__
