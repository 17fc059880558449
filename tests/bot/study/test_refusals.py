from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import bot
from bot.discord.ui.error_text import explain
from bot.study.refusals import Refusal
from bot.wording.languages import LANGS

SOURCES = [path.read_text(encoding="utf-8") for path in Path(bot.__file__).parent.rglob("*.py")]
#: What the texts name, whichever of them it is.
VALUES = {
    "count": 2,
    "at": 1_700_000_000,
    "name": "pack",
    "kb": 64,
    "minutes": 8,
    "slug": "my-topic",
    "reason": "disk full",
    "until": 1_700_000_000,
    "folder": "drafts",
    "typed": "someday",
    "days": 730,
    "most": 600,
    "roles": "cv, llm",
    "channels": "#interviews",
}


def raised(sources: Sequence[str]) -> Iterator[tuple[str, set[str]]]:
    """The key and the names of the values of each refusal that the sources raise."""
    for node in (node for source in sources for node in ast.walk(ast.parse(source))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refusal":
            (key,) = node.args
            assert isinstance(key, ast.Constant), f"{ast.unparse(node)}: the key stands there in full, to be checked"
            yield str(key.value), {str(each.arg) for each in node.keywords}


REFUSALS = sorted({key: names for key, names in raised(SOURCES)}.items())


def test_there_are_refusals_of_runs_of_rounds_and_of_questions() -> None:
    drafting = {f"drafting.{part}" for part in ("check", "console", "refused", "upload")}
    assert {key.rpartition(".")[0] for key, _ in REFUSALS} == {
        "run.refused",
        "agenda.refused",
        "quiz.error",
        "discord.refused",
        "drilling.refused",
        "drilling.duel",
        "loop.refused",
        "onward.save",
        "onward.share",
        "packs.refused",
        "pair.refused",
        "studying.score",
    } | drafting


@pytest.mark.parametrize(("key", "names"), REFUSALS, ids=[key for key, _ in REFUSALS])
def test_every_refusal_is_said_in_words(key: str, names: set[str]) -> None:
    for lang in LANGS:
        explained = explain(Refusal(key, **{name: VALUES[name] for name in names}), lang)
        assert explained is not None
        assert explained.text
        assert "{" not in explained.text


def test_a_refusal_without_a_text_is_noticed() -> None:
    with pytest.raises(KeyError):
        explain(Refusal("run.refused.never_written"), "en")


def test_a_name_in_a_refusal_stays_on_one_line() -> None:
    explained = explain(Refusal("quiz.error.no_pack", name="a\nb" * 90), "en")
    assert explained is not None
    assert "\n" not in explained.text
    assert len(explained.text) < 250
