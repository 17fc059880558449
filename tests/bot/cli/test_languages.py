"""What the terminal says comes in both languages: help, usage, every error that is raised anywhere, the doctor."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from bot.cli import app
from bot.cli._language import in_interface_lang
from bot.cli._probes import probes
from bot.settings import Settings
from bot.wording import entries, filled
from bot.wording.translation import in_lang
from knowledge.bank.models import Lang
from knowledge.search.evaluation import QueryFileError, load_queries
from tests.bot.cli.test_cli import ROOT, epoch, one_line

HAN = re.compile(r"[\u4e00-\u9fff]")
#: Four English words in a row, which no name, option or file has.
SENTENCE = re.compile(r"\b[A-Za-z]{2,}(?: [a-z]{2,}){3,}")
ERRORS = re.compile(r"\w+(Error|Unavailable|Required|Problem|Database)|Unknown\w+|RoundExists|fail|complain")
#: Never shown: they end a cache, an export or a request between processes, and are answered by doing without; an id
#: that cannot be written is a programmer's mistake; what pydantic finds is told in words of `knowledge.bank.explain`.
INTERNAL = {"IndexCacheError", "ExportError", "OrdersError", "UnicodeDecodeError", "IdError", "PydanticCustomError"}
COMMAND = re.compile("(apt|pip|chmod|sysctl) ")
BUILT_IN = {"ValueError", "TypeError", "KeyError", "RuntimeError", "OSError", "AssertionError", "TimeoutError"}


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:  # noqa: ANN401
    yield path
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*path, name))


@pytest.mark.parametrize("path", list(commands(typer.main.get_command(app))), ids=" ".join)
def test_the_help_of_each_command_is_chinese_under_zh(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    shown = help_of(path, "zh", capsys)
    assert HAN.search(shown)
    assert not SENTENCE.search(" ".join(shown.split())), shown
    for english in ("Usage:", "Options:", "Commands:", "Arguments:", "default:", "required"):
        assert english not in shown


def test_english_help_is_as_it_stands_in_the_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Run an example and show its real output as it comes." in help_of(("run",), "en", capsys)


def help_of(path: tuple[str, ...], lang: Lang, capsys: pytest.CaptureFixture[str]) -> str:
    command = in_interface_lang(typer.main.get_command(app), lang)
    assert command.main([*path, "--help"], prog_name="epoch", standalone_mode=False) == 0
    return capsys.readouterr().out


def raised() -> Iterator[tuple[str, str, str]]:
    """Yield where, what and with which text errors are raised, what varies in the text replaced by X1, X2, …."""
    for folder in ("bot", "knowledge", "runners"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            if "topics" in file.parts:
                continue
            module = ast.parse(file.read_text(encoding="utf-8"))
            named = constants(module)
            for node in ast.walk(module):
                if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                    continue
                name = node.func.id
                if not ERRORS.fullmatch(name) or name in INTERNAL | BUILT_IN:
                    continue
                for argument in node.args:
                    text = sample(named.get(argument.id, argument) if isinstance(argument, ast.Name) else argument)
                    if text is not None and " " in text and not COMMAND.match(text) and re.search("[a-z]", text):
                        yield f"{file.relative_to(ROOT)}:{node.lineno}", name, text


def constants(module: ast.Module) -> dict[str, ast.expr]:
    """Return what the names of a module stand for: an error's text may be one of them."""
    return {
        target.id: node.value
        for node in module.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def sample(node: ast.expr) -> str | None:
    match node:
        case ast.Constant(str(text)):
            return text
        case ast.JoinedStr(parts):
            texts = [p.value if isinstance(p, ast.Constant) else f"X{n}" for n, p in enumerate(parts)]
            return "".join(map(str, texts))
    return None


@pytest.mark.parametrize(("where", "name", "text"), list(raised()), ids=lambda value: value[:60])
def test_each_error_has_a_chinese_text_that_keeps_what_varies(where: str, name: str, text: str) -> None:
    chinese = in_lang(text, "zh")
    assert HAN.search(chinese), f"{where}: {name}({text!r}) needs an entry in bot/wording/errors.toml"
    assert not SENTENCE.search(chinese), chinese
    missing = set(re.findall(r"X\d+", text)) - set(re.findall(r"X\d+", chinese))
    assert not missing, f"{chinese} lost {missing}"


def warned() -> Iterator[tuple[str, str]]:
    """Yield where and what is logged as a warning or worse by what a command calls, what varies replaced as above."""
    for folder in ("bot", "knowledge", "runners"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            if {"topics", "discord"} & set(file.parts) or file.name == "service_manager.py":
                continue  # what only `epoch serve` logs, in English
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                match node:
                    case ast.Call(
                        ast.Attribute(ast.Name("log"), "warning" | "error" | "exception"), [ast.Constant(str(text)), *_]
                    ) if re.search("[a-z]{2}", text):
                        first, *others = re.split("%[srd]", text)
                        said = first + "".join(f"X{n}{part}" for n, part in enumerate(others, 1))
                        yield f"{file.relative_to(ROOT)}:{node.lineno}", said


@pytest.mark.parametrize(("where", "text"), list(warned()), ids=lambda value: value[:60])
def test_each_warning_that_a_terminal_shows_has_a_chinese_text_that_keeps_what_varies(where: str, text: str) -> None:
    chinese = in_lang(text, "zh")
    assert HAN.search(chinese), f"{where}: {text!r} needs an entry in bot/wording/errors.toml"
    assert not SENTENCE.search(chinese), chinese
    missing = set(re.findall(r"X\d+", text)) - set(re.findall(r"X\d+", chinese))
    assert not missing, f"{chinese} lost {missing}"


def test_warnings_are_found_at_all() -> None:
    assert any(text.startswith("the model X1 cannot be loaded") for _, text in warned())


def test_a_text_that_has_a_name_is_among_them() -> None:
    assert any(text.startswith("no questions found; ") for _, _, text in raised())


def test_every_class_of_errors_that_is_shown_is_among_them() -> None:
    """Those that carry what was meant are raised with values; the texts they make are looked at here."""
    from bot.study.tutor import UnknownExample
    from knowledge.bank.errors import UnknownTopic
    from knowledge.bank.loader import load_bank
    from knowledge.bank.questions import UnknownQuestion

    gan = load_bank()["gan"]
    made = [UnknownTopic("x", ("gan",)), UnknownTopic("x", ()), UnknownQuestion("x", (1,)), UnknownExample(gan, "x")]
    assert all(HAN.search(in_lang(str(error), "zh")) for error in made)


@pytest.mark.parametrize("key", [k for k in entries() if k.startswith(("errors.", "usage."))])
def test_an_entry_is_found_by_its_own_english_text(key: str) -> None:
    """None is shadowed by another that fits the same text."""
    texts = entries()[key]
    fields = {name: f"<{name}值>" for name in re.findall(r"(?<!\{)\{(\w+)(?::[^}]*)?\}", texts["en"])}
    assert in_lang(filled(texts["en"], fields), "zh") == filled(texts["zh"], fields)


def test_a_text_without_an_entry_stays_as_it_is() -> None:
    for text in ("a brand new sentence of no one", "Cannot reach the hub: offline mode is on"):
        assert in_lang(text, "zh") == text


@pytest.mark.parametrize("arguments", [["nope"], ["run", "--sett"], ["ask"], ["quiz", "--rounds", "0"], ["run", "x"]])
def test_a_mistake_is_one_line_in_the_language_of_the_interface(arguments: list[str], tmp_path: Path) -> None:
    chinese = one_line(epoch(*arguments, cwd=tmp_path, env={"EPOCH_LANG": "zh"}))
    english = one_line(epoch(*arguments, cwd=tmp_path, env={"EPOCH_LANG": "en"}))
    assert HAN.search(chinese)
    assert not HAN.search(english)
    assert chinese.startswith("epoch: ")


BAD_LINES = [
    "{", '{"a', '{"a":', "[1", "[1 2]", '{"a" 1}', '{"a":1 "b":2}', "{1:2}",
    '{"a":1,}', '{"a":"\\q"}', '{"a":"\\ud800"}',
    '{"a":01}', "nulx", "x", "{} x", '{"a":"\x01"}', "[" * 500, "1", "{}", '{"id":1}',
    '{"id":"a","lang":"zh","query":"q","topics":"gan"}',
    '{"id":"","lang":"zh","query":"","topics":[]}', '{"id":"a","lang":"zh","query":"q","topics":[1]}',
]  # fmt: skip


@pytest.mark.parametrize("line", BAD_LINES, ids=lambda line: line[:40])
def test_what_is_wrong_with_a_line_of_json_is_told_in_chinese(tmp_path: Path, line: str) -> None:
    (tmp_path / "queries.jsonl").write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(QueryFileError) as caught:
        load_queries(tmp_path / "queries.jsonl")
    _, what = in_lang(str(caught.value), "zh").split("queries.jsonl:1：")
    problem = what.partition("；需要")[0]
    assert HAN.search(problem)
    assert not re.search(r"\b[A-Za-z]{2,} [a-z]{2,}\b|Invalid|required", problem), problem


@pytest.mark.parametrize("command", ["quiz", "review"])
def test_the_language_of_a_round_is_not_that_of_an_answer_to_a_question(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    english = " ".join(help_of((command,), "en", capsys).split())
    assert "Language of the questions" in english
    assert "question's own" not in english
    assert "题目的语言" in help_of((command,), "zh", capsys)


@pytest.mark.parametrize(("name", "said"), [("missing", "no folder"), ("a.md", "no folder")])
def test_a_root_that_is_no_folder_is_told_before_anything_is_warmed_up(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "a.md").write_text("text")
    result = epoch("check", "--root", name, cwd=tmp_path, env={"EPOCH_LANG": "en"})
    assert said in one_line(result)
    assert result.returncode == 2
    assert result.stdout == ""
    assert not (tmp_path / "cache").exists()


def test_the_doctor_speaks_chinese(tmp_path: Path) -> None:
    read = Settings(_env_file=None, cache_dir=tmp_path, wall="trusted")  # type: ignore[call-arg]
    for probe in probes(read, "zh"):
        assert not SENTENCE.search(f"{probe.detail} {probe.fix or ''}"), probe
