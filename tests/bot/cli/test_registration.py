"""A command is a function in a module of `bot/cli`: nothing else has to name it, and none can be forgotten."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import bot.cli
from bot.cli import app
from bot.cli._base import plain_errors

ROOT = Path(__file__).parents[3]
#: Commands hang on the app when their module is imported; the others help them.
MODULES = [module.name for module in pkgutil.iter_modules(bot.cli.__path__) if not module.name.startswith("_")]


def callbacks(of: typer.Typer) -> Iterator[Callable[..., Any]]:
    for command in of.registered_commands:
        assert command.callback is not None
        yield command.callback
    for group in of.registered_groups:
        assert group.typer_instance is not None
        yield from callbacks(group.typer_instance)
        if group.typer_instance.registered_callback is not None:
            assert group.typer_instance.registered_callback.callback is not None
            yield group.typer_instance.registered_callback.callback


@pytest.mark.parametrize("module", MODULES)
def test_each_module_brings_a_command(module: str) -> None:
    brought = [each for each in callbacks(app) if each.__module__ == f"bot.cli.{module}"]
    assert brought, f"bot/cli/{module}.py has no command; what only helps others begins with an underscore"


@pytest.mark.parametrize("callback", list(callbacks(app)), ids=lambda each: f"{each.__module__}.{each.__name__}")
def test_the_errors_of_each_command_are_one_line(callback: Callable[..., Any]) -> None:
    assert wrapped(callback), f"put @plain_errors below the decorator of {callback.__name__}"


def wrapped(callback: Callable[..., Any]) -> bool:
    return callback.__code__ is plain_errors(print).__code__


def test_a_command_whose_errors_are_tracebacks_is_found() -> None:
    def bare() -> None: ...

    assert not wrapped(bare)
    assert wrapped(plain_errors(bare))


def test_each_command_stands_in_the_documents() -> None:
    group = typer.main.get_command(app)
    documents = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    text = "\n".join(document.read_text(encoding="utf-8") for document in documents)
    missing = {name for name in group.commands if not re.search(rf"\bepoch {name}\b", text)}  # type: ignore[attr-defined]
    assert not missing, "say what they are for, in README or docs"
