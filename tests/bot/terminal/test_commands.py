from __future__ import annotations

import pytest

from bot.terminal.chat import Chat
from bot.terminal.commands import ALIASES, COMMANDS, QUIT, bound, is_command, read_command, typed_command
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


def test_only_what_is_a_command_is_read_as_one_where_a_text_is_awaited() -> None:
    assert typed_command("/run gan") == ("run", ["gan"])
    assert typed_command("/usr/bin is a folder") is None


@pytest.mark.parametrize(
    ("handlers", "names"),
    [
        (COMMANDS.keys(), "quit"),
        (COMMANDS.keys() - {QUIT, "more"}, "more"),
        (COMMANDS.keys() - {QUIT} | {"foo"}, "foo"),
    ],
    ids=["quit", "more", "foo"],
)
def test_a_chat_with_a_command_that_does_nothing_does_not_start(handlers: set[str], names: str) -> None:
    assert bound(dict.fromkeys(COMMANDS.keys() - {QUIT}, print))
    with pytest.raises(ValueError, match=f"differ in: {names}$"):
        bound(dict.fromkeys(handlers, print))


def test_no_two_commands_share_a_name() -> None:
    names = [name for name, command in COMMANDS.items() for name in (name, *command.aliases)]
    assert len(names) == len(set(names))


def test_each_command_has_a_hint_and_every_other_name_is_one_of_a_command() -> None:
    assert {f"console.chat.hint.{name}" for name in COMMANDS} <= entries().keys()
    assert set(ALIASES.values()) <= set(COMMANDS)
    for lang in ("zh", "en"):
        assert all(f"/{name} " in entries()["console.chat.help"][lang] for name in COMMANDS if name != "help"), lang
    assert Chat.__doc__
