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
from bot.wording import entries
from bot.wording.translation import in_lang
from knowledge.bank.models import Lang
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
    fields = {name: f"<{name}>" for name in re.findall(r"(?<!\{)\{(\w+)\}", texts["en"])}
    assert in_lang(texts["en"].format(**fields), "zh") == texts["zh"].format(**fields)


def test_a_text_without_an_entry_stays_as_it_is() -> None:
    assert in_lang("a brand new sentence of no one", "zh") == "a brand new sentence of no one"


@pytest.mark.parametrize("arguments", [["nope"], ["run", "--sett"], ["ask"], ["quiz", "--rounds", "0"], ["run", "x"]])
def test_a_mistake_is_one_line_in_the_language_of_the_interface(arguments: list[str], tmp_path: Path) -> None:
    chinese = one_line(epoch(*arguments, cwd=tmp_path, env={"EPOCH_LANG": "zh"}))
    english = one_line(epoch(*arguments, cwd=tmp_path, env={"EPOCH_LANG": "en"}))
    assert HAN.search(chinese)
    assert not HAN.search(english)
    assert chinese.startswith("epoch: ")


def test_the_doctor_speaks_chinese(tmp_path: Path) -> None:
    read = Settings(_env_file=None, cache_dir=tmp_path, wall="trusted")  # type: ignore[call-arg]
    for probe in probes(read, "zh"):
        assert not SENTENCE.search(f"{probe.detail} {probe.fix or ''}"), probe
