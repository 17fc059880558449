from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from bot.wording import entries, say

BOT = Path(__file__).parents[3] / "bot"


def fields(text: str) -> set[str]:
    return {name.split(".")[0] for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("key", sorted(entries()))
def test_both_languages_say_the_same_thing(key: str) -> None:
    texts = entries()[key]
    assert texts["zh"].strip(), key
    assert texts["en"].strip(), key
    assert fields(texts["zh"]) == fields(texts["en"])
    quoted = re.findall(r"[\u4e00-\u9fff]+", texts["en"])  # labels of a document, which stay as they are
    assert all(label in texts["zh"] for label in quoted), f"{key}: Chinese in the English text"


def test_every_literal_key_in_the_code_exists() -> None:
    areas = {key.split(".")[0] for key in entries()}
    literal = re.compile(rf"({'|'.join(areas)})\.[a-z_]+(\.[a-z_]*[a-z])*")
    used = set()
    for file in set(BOT.rglob("*.py")) - set((BOT / "store").rglob("*.py")):  # columns have dots in their names, too
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and literal.fullmatch(text):
                used.add((text, file.name))
    missing = {
        (key, file)
        for key, file in used
        if key not in entries() and not any(k.startswith(f"{key}.") for k in entries())
    }
    assert not missing


def test_placeholders_are_filled_and_unknown_keys_raise() -> None:
    assert say("console.run.exit_code", "en", code=7) == "exit status 7"
    with pytest.raises(KeyError):
        say("console.no_such_text", "en")
