"""The command line in the language of the interface: help, usage errors and what the libraries of both say.

The texts of help stand in English beside what they are about, in the commands; `wording/usage.toml` has their Chinese.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import typer
from typer.exceptions import TyperException

from bot.wording.translation import in_lang
from knowledge.bank.models import Lang

#: What the library prints around the texts of help.
_AROUND = (
    (r"^Usage: ", "用法："),
    (r"^Options:", "选项："),
    (r"^Arguments:", "参数："),
    (r"^Commands:", "命令："),
    (r"\[OPTIONS\]", "[选项]"),
    (r"COMMAND \[ARGS\]\.\.\.", "命令 [参数]..."),
    (r"\brequired\]", "必填]"),
    (r"\[default:\s+", "[默认："),
    (r"Show\s+this\s+message\s+and\s+exit\.", "显示这些说明并退出。"),
)
#: Chinese characters take two columns, and the library counts them as one.
_WIDTH = 56


def in_interface_lang(command: Any, lang: Lang) -> Any:  # noqa: ANN401 - the library's own classes have moved before
    """Turn a command with all below it into the language of the interface, and return it."""
    if lang == "en":
        return command
    command.help = "\n\n".join(in_lang(" ".join(part.split()), lang) for part in _paragraphs(command.help))
    command.short_help = command.help.split("\n\n")[0]
    command.context_settings = {**command.context_settings, "max_content_width": _WIDTH, "terminal_width": _WIDTH}
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = in_lang(" ".join(parameter.help.split()), lang)
    command.get_help = _translated(command.get_help)
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


def _translated(get_help: Callable[[typer.Context], str]) -> Callable[[typer.Context], str]:
    def shown(context: typer.Context) -> str:
        text = get_help(context)
        for english, chinese in _AROUND:
            text = re.sub(english, chinese, text, flags=re.MULTILINE)
        return text

    return shown
