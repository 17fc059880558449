"""The commands of the chat, a row each, and what a line that begins with a slash asks for.

A new command has a row here, its hint and its line of help in `bot/wording/console.toml`, and a method, which
`bot/terminal/chat.py` binds to the name. The chat does not start while a row has no method.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

#: What may follow a command: nothing, the deck of one's own mistakes, one of the languages, a topic, its example too,
#: the values of that as well, a drill, a role, a day, or a text, which is taken as it stands.
Takes = Literal["nothing", "deck", "language", "topic", "example", "values", "drill", "role", "day", "text"]
Handler = TypeVar("Handler")
QUIT = "quit"
#: What names the deck of one's own mistakes after `/review`.
MINE = ("mine", "错题", "我的错题")


@dataclass(frozen=True, slots=True)
class ChatCommand:
    """One command of the chat.

    Attributes:
        aliases: its other names; the Chinese one is that on Discord, where there is one.
        takes: what may follow, which is what Tab completes.
        lesson: whether it asks the learner something, so that it cannot begin in the middle of an interview.
    """

    aliases: tuple[str, ...]
    takes: Takes = "nothing"
    lesson: bool = False


#: In the order in which they are offered.
COMMANDS = {
    "run": ChatCommand(("运行",), "values"),
    "break": ChatCommand(("改坏",), "example"),
    "code": ChatCommand(("代码",), "example"),
    "more": ChatCommand(("讲解",), "topic"),
    "sources": ChatCommand(("来源",), "topic"),
    "interview": ChatCommand(("面试",), "topic", lesson=True),
    "loop": ChatCommand(("全程面试",), "role", lesson=True),
    "quiz": ChatCommand(("测验",), "topic", lesson=True),
    "drill": ChatCommand(("手写", "手撕"), "drill", lesson=True),
    "hint": ChatCommand(("提示",)),
    "solution": ChatCommand(("参考解",)),
    "review": ChatCommand(("复习",), "deck", lesson=True),
    "plan": ChatCommand(("计划",), "day"),
    "progress": ChatCommand(("进度",)),
    "topics": ChatCommand(("主题",)),
    "suggest": ChatCommand(("建议",), "text", lesson=True),
    "lang": ChatCommand(("语言",), "language"),
    "help": ChatCommand(("?", "h", "帮助")),
    QUIT: ChatCommand(("exit", "q", "退出")),
}
ALIASES = {alias: name for name, command in COMMANDS.items() for alias in command.aliases}
#: Chinese input methods type the second one.
_SLASHES = "/／"
_IN_TEXT = re.compile(rf"[{_SLASHES}](?:[^\W\d_]+(?:\s.*)?)?", re.DOTALL)


def bound(handlers: Mapping[str, Handler]) -> dict[str, Handler]:
    """Return what does each command; `QUIT` is whose line it is that is read.

    Raises:
        ValueError: a command is bound to nothing, or something to no command.
    """
    if handlers.keys() != COMMANDS.keys() - {QUIT}:
        unbound = ", ".join(sorted((COMMANDS.keys() - {QUIT}) ^ handlers.keys()))
        raise ValueError(f"commands of the chat and what does them differ in: {unbound}")
    return dict(handlers)


def typed_command(line: str) -> tuple[str, list[str]] | None:
    """Return the command that a line asks for where a text is awaited; None for a text that begins with a slash."""
    return read_command(line) if is_command(line) else None


def read_command(line: str) -> tuple[str, list[str]] | None:
    """Return the name of a command and its words; an empty name for a lone slash, None for a line that is no command.

    Spaces around `=`, and a question mark that clings to the last word, are read as they are meant.
    """
    line = line.strip()
    if not line or line[0] not in _SLASHES:
        return None
    rest = re.sub(r"\s", " ", line.lstrip(f"{_SLASHES} \t\u3000"))  # shlex knows no full-width space
    first, _, text = rest.partition(" ")
    if (name := ALIASES.get(first.lower(), first.lower())) in COMMANDS and COMMANDS[name].takes == "text":
        return name, [text.strip()] if text.strip() else []
    rest = re.sub(r" *[=＝] *", "=", rest)
    rest = re.sub(r"(?<=\S)[?？]$", " ?", rest).replace("？", "?")
    try:
        words = shlex.split(rest)
    except ValueError:  # an open quote
        words = rest.split()
    name, *others = words or [""]
    return ALIASES.get(name.lower(), name.lower()), others


def is_command(line: str) -> bool:
    """Tell whether a line typed where a text is awaited is a command: `/help` is, `/ means division` is not."""
    return _IN_TEXT.fullmatch(line.strip()) is not None
