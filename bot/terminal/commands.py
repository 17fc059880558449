"""What a line that begins with a slash asks for, by every name it goes by."""

from __future__ import annotations

import re
import shlex

#: The commands of the chat, in the order in which they are offered.
COMMANDS = (
    "run", "break", "code", "more", "interview", "quiz", "review", "progress", "topics", "lang", "help", "quit",
)  # fmt: skip
#: Other names; the Chinese ones are those on Discord, where there is one.
ALIASES = {
    "exit": "quit", "q": "quit", "?": "help", "h": "help",
    "运行": "run", "改坏": "break", "代码": "code", "讲解": "more", "面试": "interview", "测验": "quiz",
    "复习": "review", "进度": "progress", "主题": "topics", "语言": "lang", "帮助": "help", "退出": "quit",
}  # fmt: skip
#: Chinese input methods type the second one.
_SLASHES = "/／"
_IN_TEXT = re.compile(rf"[{_SLASHES}](?:[^\W\d_]+(?:\s.*)?)?", re.DOTALL)


def read_command(line: str) -> tuple[str, list[str]] | None:
    """Return the name of a command and its words; an empty name for a lone slash, None for a line that is no command.

    Spaces around `=`, and a question mark that clings to the last word, are read as they are meant.
    """
    line = line.strip()
    if not line or line[0] not in _SLASHES:
        return None
    rest = re.sub(r"\s", " ", line.lstrip(f"{_SLASHES} \t\u3000"))  # shlex knows no full-width space
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
