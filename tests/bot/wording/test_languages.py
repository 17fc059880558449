"""What varies with a language stands in one table, and nowhere else in `bot` without a reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from bot.wording.languages import BASE, LANGUAGES, listed, of_locale, other_language
from knowledge.bank.models import LANGS, Lang

BOT = Path(__file__).parents[3] / "bot"
#: Files that name a language beside the table, and why.
ALLOWED = {
    "wording/languages.py": "the table",
    "wording/translation.py": "English is the key of these texts, as gettext has it",
    "study/intents.py": "the languages by the names that people call them",
    "study/phrasing.py": "tells by the letters of what is said in which language it is",
    "terminal/completion.py": "a name typed in other letters than Latin ones is completed by the Chinese one",
}


def languages_named(source: str) -> Iterator[int]:
    """Yield the lines that name a language; a dictionary that has all of them is a table, and none of these."""
    tree = ast.parse(source)
    tables = [node for node in ast.walk(tree) if isinstance(node, ast.Dict) and _keys(node) == set(LANGS)]
    in_tables = {id(key) for table in tables for key in table.keys}
    for node in ast.walk(tree):
        literal = isinstance(node, ast.Constant) and node.value in LANGS and id(node) not in in_tables
        if literal or (isinstance(node, ast.Attribute) and node.attr in LANGS):
            yield node.lineno


def _keys(node: ast.Dict) -> set[object]:
    return {key.value for key in node.keys if isinstance(key, ast.Constant)}


def test_no_other_place_names_a_language() -> None:
    found = {
        f"{file.relative_to(BOT).as_posix()}:{line}"
        for file in BOT.rglob("*.py")
        for line in languages_named(file.read_text(encoding="utf-8"))
    }
    assert not {place for place in found if place.split(":")[0] not in ALLOWED}, "take it from bot/wording/languages.py"
    assert {place.split(":")[0] for place in found} == set(ALLOWED), "an exception that is none any more"


@pytest.mark.parametrize(
    "source",
    [
        'comma = "、" if lang == "zh" else ", "',
        'if lang != "en": pass',
        'if lang in ("zh", "en"): pass',
        'names = {"zh": 1}',
        'lang: Literal["auto", "zh"] = "auto"',
        'say("x", "en")',
        "topic.title.zh",
    ],
)
def test_a_language_that_is_named_is_found(source: str) -> None:
    assert list(languages_named(source))


def test_a_table_of_all_languages_is_none_of_these() -> None:
    assert not list(languages_named('_MODELS = {"zh": 1, "en": 2}'))


def test_every_language_has_its_row() -> None:
    assert tuple(LANGUAGES) == LANGS == get_args(Lang)
    assert BASE in LANGS


@pytest.mark.parametrize(("lang", "text"), [("zh", "1、gan、x"), ("en", "1, gan, x")])
def test_names_are_separated_as_the_language_does_it(lang: Lang, text: str) -> None:
    assert listed([1, "gan", "x"], lang) == text


@pytest.mark.parametrize(
    ("name", "lang"),
    [
        ("zh-TW", "zh"),
        ("zh_CN.GBK", "zh"),
        ("ZH-cn", "zh"),
        ("en-GB", "en"),
        ("de", "en"),
        ("", "en"),
        ("C.UTF-8", "en"),
    ],
)
def test_a_locale_of_no_language_here_is_english(name: str, lang: Lang) -> None:
    assert of_locale(name) == lang


def test_going_on_to_the_other_language_comes_round_to_the_first() -> None:
    lang, passed = LANGS[0], []
    for _ in LANGS:
        lang = other_language(lang)
        passed.append(lang)
    assert sorted(passed) == sorted(LANGS)
    assert lang == LANGS[0]
