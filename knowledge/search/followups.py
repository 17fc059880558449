"""Whether a question is a follow-up: all of its words are words without a subject (`why?`, `那怎么解决呢`).

A follow-up is answered from the topic under discussion. A question with any other word is looked up by itself.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

#: Longer questions say what they are about.
_MAX_CHARS = 40
_WORD = re.compile(r"[a-z0-9]+(?:['’-][a-z]+)*")
_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")


@cache
def _words() -> tuple[re.Pattern[str], frozenset[str]]:
    """Return a pattern over the Chinese words without a subject, longest first, and the set of the English ones."""
    data = tomllib.loads(files("knowledge.search").joinpath("sections.toml").read_text(encoding="utf-8"))["follow_up"]
    chinese = sorted(data["zh"].split(), key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, chinese))), frozenset(data["en"].split())


def leans(text: str) -> bool:
    """Tell whether normalised `text` has no subject of its own."""
    if len(text) > _MAX_CHARS:
        return False
    chinese, english = _words()
    rest = _HAN_RUN.sub(lambda run: chinese.sub("", run.group()), text)
    return not _HAN_RUN.search(rest) and all(word in english for word in _WORD.findall(rest))
