"""`epoch export` as a command: what it writes, and where it refuses."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.settings import Settings
from knowledge.bank.loader import load_bank


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def export(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["export", *arguments], obj=Settings(_env_file=None))  # type: ignore[call-arg]


def test_a_notebook_is_written_by_its_topics_name_in_the_language_asked_for(here: Path) -> None:
    done = export("notebook", "梯度下降", "--lang", "zh")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("wrote gradient-descent.ipynb (")
    cells = json.loads((here / "gradient-descent.ipynb").read_bytes())["cells"]
    assert cells[0]["source"][0] == "# 梯度下降\n"


def test_a_notebook_one_may_have_written_in_is_not_overwritten_unless_it_is_named(here: Path) -> None:
    (here / "gan.ipynb").write_text("my notes")
    refused = export("notebook", "gan")
    assert refused.exit_code == 2
    assert "gan.ipynb is there already" in refused.stderr
    assert (here / "gan.ipynb").read_text() == "my notes"
    assert export("notebook", "gan", "-o", "gan.ipynb").exit_code == 0
    assert (here / "gan.ipynb").read_text().startswith("{")


def test_an_unknown_topic_is_refused_with_the_nearest_one(here: Path) -> None:
    refused = export("notebook", "gradiant-decent")
    assert refused.exit_code == 1
    assert "nearest: gradient-descent" in refused.stderr
    assert list(here.iterdir()) == []


def test_folders_are_made_and_what_cannot_be_written_is_told_in_one_line(here: Path) -> None:
    assert export("notebook", "gan", "-o", "a/b/c.ipynb").exit_code == 0
    assert (here / "a" / "b" / "c.ipynb").is_file()
    for target, status in (("a/b/c.ipynb/d.ipynb", 1), ("a", 2)):
        for what in (["notebook", "no-such-topic"], ["anki", "no-such-topic"]):  # said before the bank is looked at
            refused = export(*what, "-o", target)
            assert refused.exit_code == status
            assert refused.stderr.startswith("epoch: ")
            assert refused.stderr.count("\n") == 1
            assert "-o" in refused.stderr
    assert sorted(each.name for each in (here / "a" / "b").iterdir()) == ["c.ipynb"]


def test_a_place_that_goes_while_the_work_is_done_is_a_failure_told_in_one_line(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    refused = export("notebook", "gan")
    assert refused.exit_code == 1
    assert refused.stderr == "epoch: cannot write gan.ipynb: No space left on device; give another file with -o\n"
    assert list(here.iterdir()) == []


def decks_of(package: Path) -> set[str]:
    with ZipFile(package) as archive:
        archive.extract("collection.anki2", package.parent)
    with closing(sqlite3.connect(package.parent / "collection.anki2")) as database:
        decks = json.loads(database.execute("SELECT decks FROM col").fetchone()[0]).values()
    return {deck["name"].partition("::")[2] for deck in decks} - {""}


def test_a_package_has_the_topics_asked_for_or_all_of_them(here: Path) -> None:
    done = export("anki", "梯度下降", "gd", "gan", "--lang", "en", "-o", "out/two.apkg")
    assert done.exit_code == 0, done.output
    assert decks_of(here / "out" / "two.apkg") == {"Gradient descent", "Generative adversarial networks (GAN)"}
    for _ in range(2):  # the second one takes the place of the first
        assert export("anki", "--language", "zh").exit_code == 0
    assert decks_of(here / "epoch-zh.apkg") == {topic.title.zh for topic in load_bank().topics.values()}


def test_one_unknown_topic_of_several_is_named_and_nothing_is_written(here: Path) -> None:
    refused = export("anki", "gan", "gradiant-decent")
    assert refused.exit_code == 1
    assert "'gradiant-decent'" in refused.stderr
    assert "nearest: gradient-descent" in refused.stderr
    assert list(here.iterdir()) == []
