"""Translates the command line: help, usage errors, and the messages of the libraries that print both.

The texts of help stand in English beside what they are about, in the commands; `wording/usage.toml` has the others.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import typer
from typer.exceptions import TyperException

from bot.wording import say
from bot.wording.languages import BASE, LANGUAGES
from bot.wording.translation import in_lang
from knowledge.bank.models import Lang

#: What the library prints around the texts of help, and the text of it in `console.help`.
_AROUND = (
    (r"^Usage: ", "usage"),
    (r"^Options:", "options"),
    (r"^Arguments:", "arguments"),
    (r"^Commands:", "commands"),
    (r"\[OPTIONS\]", "any_options"),
    (r"COMMAND \[ARGS\]\.\.\.", "any_command"),
    (r"\brequired\]", "required"),
    (r"\[default:\s+", "default"),
    (r"Show\s+this\s+message\s+and\s+exit\.", "help"),
)


def in_interface_lang(command: Any, lang: Lang) -> Any:  # noqa: ANN401 - the library's own classes have moved before
    """Turn a command with all below it into the language of the interface, and return it."""
    if lang == BASE:
        return command
    command.help = "\n\n".join(in_lang(" ".join(part.split()), lang) for part in _paragraphs(command.help))
    command.short_help = command.help.split("\n\n")[0]
    width = LANGUAGES[lang].help_columns
    command.context_settings = {**command.context_settings, "max_content_width": width, "terminal_width": width}
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = in_lang(" ".join(parameter.help.split()), lang)
    command.get_help = _translated(command.get_help, lang)
    for below in getattr(command, "commands", {}).values():
        in_interface_lang(below, lang)
    return command


def usage_problem(error: TyperException, lang: Lang) -> str:
    """Return in one line what is wrong with a command as it was typed, and where its help is."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "epoch"
    problem = in_lang(error.format_message(), lang).rstrip(".。")
    return in_lang(f"{problem}; `{path} --help` shows how", lang)


def is_help(error: TyperException) -> bool:
    """Tell whether what was raised is no error: a group of commands without one of them, which shows its help."""
    return type(error).__name__ == "NoArgsIsHelpError"


def _paragraphs(text: str | None) -> list[str]:
    return [part for part in inspect.cleandoc(text or "").split("\n\n") if part]


def _translated(get_help: Callable[[typer.Context], str], lang: Lang) -> Callable[[typer.Context], str]:
    def shown(context: typer.Context) -> str:
        text = get_help(context)
        for english, key in _AROUND:
            text = re.sub(english, say(f"console.help.{key}", lang), text, flags=re.MULTILINE)
        return text

    return shown
