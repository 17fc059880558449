"""Code in a message: fenced blocks in its text, Python files attached to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.running import RunRefused

#: A script longer than this is no snippet to be shown and tried in a chat.
MOST_BYTES = 64 * 1024
_BLOCK = re.compile(r"```(?:(?P<language>[\w+#-]*)[ \t]*\n)?(?P<code>.*?)```", re.DOTALL)
#: What a block of Python may call itself.
_PYTHON = ("", "py", "python", "python3", "py3")


@dataclass(frozen=True, slots=True)
class Snippet:
    """One piece of code and what to call it."""

    name: str
    code: str


def blocks(texts: Iterable[str]) -> Iterator[Snippet]:
    """Yield the fenced blocks that are Python, or say nothing else of themselves; each is named by its first line."""
    for text in texts:
        for match in _BLOCK.finditer(text):
            code = match["code"].strip("\n")
            if (match["language"] or "").lower() in _PYTHON and code.strip():
                yield Snippet(next(line for line in code.splitlines() if line.strip()).strip(), f"{code}\n")


def script(name: str, content: bytes) -> Snippet:
    """Return the script in an attached file.

    Raises:
        RunRefused: it is too long, or not text in UTF-8.
    """
    if len(content) > MOST_BYTES:
        raise RunRefused("too_long")
    try:
        code = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RunRefused("not_utf8") from None
    if not code.strip() or "\x00" in code:
        raise RunRefused("no_code")
    return Snippet(name, code)
