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


@pytest.mark.parametrize(
    ("count", "en", "zh"),
    [(0, "0 points", "0 分"), (1, "1 point", "1 分"), (2, "2 points", "2 分"), (1_000, "1,000 points", "1,000 分")],
)
def test_a_number_agrees_with_its_noun_and_is_written_one_way(count: int, en: str, zh: str) -> None:
    for key in ("leaderboard.row", "quiz.podium.row", "quiz.console.end"):
        values = {"place": 1, "name": "a", "you": "", "points": count, "correct": 3, "asked": 4, "right": 3, "count": 4}
        assert en in say(key, "en", **values)
        assert zh in say(key, "zh", **values)


#: Fields that are numbers of things, and nouns that stand after a number of one as well as of many.
COUNTS = re.compile(
    r"\{(count|topics|runs|problems|points|questions|new|drafts|snippets|members|days|groups)\} [a-z]+s\b"
)
NEVER_ONE = {
    "errors.document.none_read",  # of several documents
    "member.progress.how",  # of the topics of a bank
    "member.progress.forecast", "member.progress.picture",  # the days of the forecast
}  # fmt: skip


@pytest.mark.parametrize("key", sorted(entries()))
def test_what_may_be_one_is_not_always_called_many(key: str) -> None:
    text = entries()[key]["en"]
    limit = "more than" in text or "at most" in text or "cut it" in text
    assert key in NEVER_ONE or key.startswith("check.") or limit or not COUNTS.search(text), text


def test_a_number_without_a_word_for_one_is_found() -> None:
    assert COUNTS.search("{count} problems in {seconds} s")
    assert not COUNTS.search("{count:problem|problems} in {seconds} s")


def test_placeholders_are_filled_and_unknown_keys_raise() -> None:
    assert say("run.exit.code", "en", code=7) == "exit status 7"
    with pytest.raises(KeyError):
        say("console.no_such_text", "en")
