"""What README and the documents tell people to type is what the program takes."""

from __future__ import annotations

import ast
import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
import typer

from bot.cli import app
from bot.wording import entries
from knowledge.bank import names, parameters
from knowledge.bank.loader import load_bank
from knowledge.check.relations import MIN_ASKS
from knowledge.grading.evidence import SIGNALS
from knowledge.grading.grades import UNSURE
from runners.models import Limits

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").rglob("*.md"))]
#: What stands for something the reader puts in its place: `TOPIC`, `FILE.md`, `[TOPIC…]`, `my-topic`.
PLACEHOLDER = re.compile(r"\[?[A-Z][A-Z_.]*(?:\.[a-z]+)?…?\]?|my-topic")
EXAMPLES = {"N": "2", "TOPIC": "gan", "ID": "5"}


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


#: A file or folder of the repository, as the documents write it.
PATH = re.compile(r"`((?:bot|knowledge|runners|tests|docs|\.ci)/[^`\s]*)`")
#: The same in a picture drawn with characters.
PICTURE = re.compile(r"^```text$(.+?)^```$", re.MULTILINE | re.DOTALL)
DRAWN = re.compile(r"(?<![\w/])(?:bot|knowledge|runners)/[\w/.]*")
#: A class of the repository, with what is called of it.
CLASS = re.compile(r"\b([A-Z][a-z]+[A-Za-z]*)(?:\.([a-z_]+))?\b")


def named_paths(text: str) -> set[str]:
    """Return the paths that stand for one file or folder: none with a `*`, a `<name>`, or a topic still to be made."""
    return {path for path in PATH.findall(text) if not re.search(r"[*<…]|my-topic", path)}


def is_there(path: str) -> bool:
    """Tell whether the repository has a path; a module may be named without its ending."""
    return (ROOT / path).exists() or (ROOT / f"{path}.py").exists()


def test_a_file_that_the_documents_name_is_there() -> None:
    texts = {document.name: document.read_text(encoding="utf-8") for document in DOCUMENTS}
    missing = [f"{name}: {path}" for name, text in texts.items() for path in named_paths(text) if not is_there(path)]
    assert not missing
    assert sum(len(named_paths(text)) for text in texts.values()) > 40


def test_a_file_that_is_not_there_would_be_noticed() -> None:
    (gone,) = named_paths("`knowledge/no_such.py`, `knowledge/topics/my-topic/`, `runners/inside/*.py`")
    assert not is_there(gone)


def defined() -> set[str]:
    """Return the classes of the repository, and `Class.name` for what each of them defines."""
    found: set[str] = set()
    for path in (file for package in ("bot", "knowledge", "runners") for file in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                functions = (each for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
                found |= {node.name, *(f"{node.name}.{each.name}" for each in functions)}
    return found


def test_what_the_pictures_of_the_map_name_is_there() -> None:
    pictures = PICTURE.findall((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"))
    assert len(pictures) == 2
    files = {path for picture in pictures for path in DRAWN.findall(picture)}
    assert len(files) > 30
    assert not {path for path in files if not is_there(path)}
    search = ROOT / "knowledge" / "search"
    steps = re.findall(r"^ +\d (\w+\.py)", pictures[0], re.MULTILINE)
    assert len(steps) > 4
    assert all((search / step).is_file() for step in steps)
    classes = {".".join(filter(None, each)) for picture in pictures for each in CLASS.findall(picture)}
    assert {"Tutor.ask", "FairQueue", "Reply"} <= classes
    assert classes - defined() <= {"Chinese", "Discord", "English", "Ray"}


def test_a_picture_that_names_what_is_not_there_would_be_noticed() -> None:
    (picture,) = PICTURE.findall("```text\nbot/no_such.py   Tutor.no_such\n```\n")
    assert [is_there(path) for path in DRAWN.findall(picture)] == [False]
    assert [".".join(each) in defined() for each in CLASS.findall(picture)] == [False]


def test_a_discord_command_stands_beside_its_own_chinese_name() -> None:
    text = " ".join((ROOT / "docs" / "discord.md").read_text(encoding="utf-8").split())
    beside = re.findall(r"`/([a-z -]+)[^`]*` \(中文：`/([^`]+)`\)", text)
    named = [entry for key, entry in entries().items() if re.search(r"command\S*\.name$", key)]
    chinese = {entry["en"]: entry["zh"] for entry in named}
    assert len(beside) >= 12
    for english, said in beside:
        command = english.split()[: len(said.split())]  # what follows are its options
        assert " ".join(chinese[word] for word in command) == said, english


def test_the_limits_of_a_run_are_those_of_its_table() -> None:
    table = (ROOT / "docs" / "runner.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| ([\d, ]+) \|", table, flags=re.MULTILINE)
    told: dict[str, float] = {}
    for limits, values in rows:
        each = limits.replace("`", "").split(", ")
        numbers = values.split(", ") if len(each) > 1 else [values]
        told |= {name: float(number.replace(",", "")) for name, number in zip(each, numbers, strict=True)}
    assert told == {field.name: getattr(Limits(), field.name) for field in fields(Limits)}


def test_when_a_point_counts_as_made_is_what_the_documents_say() -> None:
    text = " ".join((ROOT / "docs" / "grading.md").read_text(encoding="utf-8").split())
    threshold = json.loads((ROOT / "knowledge" / "grading" / "trees.json").read_text(encoding="utf-8"))["threshold"]
    low, high = UNSURE
    assert f"these {len(SIGNALS)} signals" in text
    assert f"from {threshold:.2f} on a point counts as made".replace("0.", ".") in text
    assert f"between {low} and {high} the member".replace("0.", ".") in text


def test_every_unit_has_asks_in_each_language_and_every_topic_the_least() -> None:
    """As docs/retrieval.md says to whom adds one."""
    assert MIN_ASKS == 10
    for topic in load_bank().topics.values():
        assert min(len(topic.meta.asks.zh), len(topic.meta.asks.en)) >= MIN_ASKS, topic.slug
        assert {unit.id for unit in topic.units["en"]} == set(topic.meta.unit_asks), topic.slug
        assert all(asks.zh and asks.en for asks in topic.meta.unit_asks.values()), topic.slug
