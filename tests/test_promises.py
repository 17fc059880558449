"""What README and the documents tell people to type is what the program takes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from bot.cli import app
from knowledge.bank import names, parameters
from knowledge.bank.loader import load_bank

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md"))]
#: What stands for something the reader puts in its place: `TOPIC`, `FILE.md`, `[TOPIC…]`, `my-topic`.
PLACEHOLDER = re.compile(r"\[?[A-Z][A-Z_.]*(?:\.[a-z]+)?…?\]?|my-topic")
EXAMPLES = {"N": "2", "TOPIC": "gan"}


def said() -> Iterator[tuple[str, str]]:
    """Yield every command line of `epoch` in the documents, with where it stands."""
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        found = re.findall(r"`(?:\.venv/bin/)?epoch( [^`\n]*)`", text)
        found += re.findall(r"^ *(?:ExecStart=\S*/|\.venv/bin/)?epoch( .*)$", text, flags=re.MULTILINE)
        for line in found:
            command = re.split(r"\s+#|\s&&", line)[0].strip()
            if command and command != "…":
                yield document.name, command


def parts(command: str) -> list[str]:
    words = [word for word in shlex.split(command) if not word.startswith("[")]
    return [EXAMPLES.get(word, word.replace("…", "x")) for word in words]


@pytest.mark.parametrize(("document", "command"), sorted(set(said())))
def test_a_command_line_of_the_documents_is_one_the_program_takes(document: str, command: str) -> None:
    """Parsed as it stands, with whatever it names; nothing is run. A command alone, as in `epoch run`, names itself."""
    group = typer.main.get_command(app)
    name, *rest = parts(command)
    assert name in group.commands, f"{document} names `epoch {command}`"  # type: ignore[attr-defined]
    chosen = group.commands[name]  # type: ignore[attr-defined]
    if rest and rest[0] in getattr(chosen, "commands", {}):
        chosen, rest = chosen.commands[rest[0]], rest[1:]
    options = {option for parameter in chosen.params for option in (*parameter.opts, *parameter.secondary_opts)}
    unknown = {word for word in rest if word.startswith("-")} - options
    assert not unknown, f"{document} names `epoch {command}`"
    if any(not PLACEHOLDER.fullmatch(word) and not word.startswith("-") for word in rest):
        chosen.make_context(name, rest, resilient_parsing=False)


def test_a_value_that_the_documents_change_is_one_of_that_example() -> None:
    bank = load_bank()
    changes = 0
    for document, command in said():
        words = parts(command)
        for option, change in zip(words, words[1:], strict=False):
            if option != "--set":
                continue
            changes += 1
            assert words[0] == "run", document
            topic = names.find(bank, words[1])
            parameters.apply(topic.example().source, dict([parameters.split(change)]))
    assert changes, "README shows how to change a value"


def test_a_value_that_the_program_itself_gives_as_an_example_is_one_of_each_topics_first_example() -> None:
    offered = [{p.name for p in parameters.parse(topic.example().source)} for topic in load_bank().topics.values()]
    told = set()
    for file in (ROOT / "bot" / "cli" / "run.py", ROOT / "knowledge" / "bank" / "parameters.py"):
        told |= set(re.findall(r"(?:--set|as) ([A-Z_]+)=\d", file.read_text(encoding="utf-8")))
    assert told == {"SEED"}
    assert sum("SEED" in each for each in offered) > len(offered) / 2
