"""Banks of a host beside the packaged one: what joins it, what is left out, and that it is said."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from knowledge.bank import names
from knowledge.bank.banks import MOST, folders, joined
from knowledge.bank.models import PACKAGED_BANK
from tests.knowledge.banks import small_bank
from tests.knowledge.second_bank import SLUGS, both_banks, write_second_bank
from tests.knowledge.tiny import edit


def told(folder: Path, *more: str) -> list[str]:
    """What is left out of the second bank, and of `more`; all else must have loaded."""
    whole = joined(small_bank(), [str(folder), *more])
    assert set(small_bank().topics) <= set(whole.topics), "a packaged topic has gone"
    return [str(problem) for problem in whole.problems]


@pytest.fixture
def basics(tmp_path: Path) -> Path:
    return write_second_bank(tmp_path / "basics")


def test_its_topics_stand_behind_the_packaged_ones_and_each_knows_its_bank(tmp_path: Path) -> None:
    whole = both_banks(tmp_path / "basics")
    assert whole.problems == ()
    assert whole.names == (PACKAGED_BANK, "basics")
    assert {slug for slug, topic in whole.topics.items() if topic.bank == "basics"} == SLUGS
    assert [(origin.title.zh, origin.licence) for origin in whole.origins] == [("编程基础", "MIT")]
    assert set(whole.only({"basics"}).topics) == SLUGS
    assert set(whole.only({PACKAGED_BANK}).topics) == set(small_bank().topics)


def test_what_lies_in_any_repository_may_lie_beside_the_topics(basics: Path) -> None:
    for name in (".git", ".github", "__pycache__"):
        (basics / name).mkdir()
    for name in ("README.md", "LICENSE", "__init__.py"):
        (basics / name).write_text("TODO", encoding="utf-8")
    assert told(basics) == []


def test_an_installed_bank_is_found_by_its_entry_point_and_nothing_of_it_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    inner = write_second_bank(site / "basics_package" / "inner")
    for folder in (inner, inner.parent):
        (folder / "__init__.py").write_text("raise SystemExit('code of a foreign bank has run')", encoding="utf-8")
    made = site / "basics_package-1.0.dist-info"
    made.mkdir()
    (made / "METADATA").write_text("Metadata-Version: 2.1\nName: basics-package\nVersion: 1.0\n", encoding="utf-8")
    points = "[epoch.banks]\nbasics = basics_package.inner\nlost = nowhere_at_all\nodd = ..:(\n"
    (made / "entry_points.txt").write_text(points, encoding="utf-8")
    monkeypatch.syspath_prepend(site)
    whole = joined(small_bank(), ["basics", "lost", "odd", "other"])
    assert {slug for slug, topic in whole.topics.items() if topic.bank == "basics"} == SLUGS
    assert not any(name.startswith("basics_package") for name in sys.modules)
    assert [str(problem) for problem in whole.problems] == [
        "lost: its package 'nowhere_at_all' is not there; install the package anew",
        "odd: its package '' is not there; install the package anew",
        "other: is no installed bank; install the package that has it, or name a folder with a slash, as ./sql",
    ]


def test_a_bank_of_no_use_is_named_and_all_else_serves(basics: Path, tmp_path: Path) -> None:
    twin, bare, broken = write_second_bank(tmp_path / "other" / "basics"), tmp_path / "bare", tmp_path / "broken"
    bare.mkdir()
    broken.mkdir()
    (broken / "bank.toml").write_text('title = "one language"\nlicense = "MIT"\n', encoding="utf-8")
    own = write_second_bank(tmp_path / PACKAGED_BANK)
    missing = tmp_path / "missing"
    assert told(basics, *map(str, (missing, bare, broken, twin, own))) == [
        f"{missing}: is no folder; correct it, or make it with `epoch new-bank`",
        f"{bare}: has no bank.toml; name the folder that has it, or add one: `epoch new-bank` shows how",
        "broken/bank.toml: title is 'one language'; write a table, as { zh = '…', en = '…' }",
        "broken/bank.toml: license is not a key of the format; remove it or correct its spelling",
        f"{twin}: is a second bank called 'basics'; rename its folder",
        f"{own}: is a second bank called 'epoch'; rename its folder",
    ]
    nobody, too_long = "~nobody-at-all/x", f"/{'x' * 300}/x"
    assert told(basics, nobody, too_long) == [
        f"{nobody}: is no folder; correct it, or make it with `epoch new-bank`",
        f"{too_long}: cannot be read (file name too long); make it readable",
    ]
    assert len(told(basics, *(f"./{n}" for n in range(MOST)))) == MOST, "the last is one more than a select can offer"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('author = "Epoch\'s tests"', "author = ", "bank.toml: is not valid TOML"),
        ('en = "Programming basics"', f'en = "{"x" * 61}"', "title.en is longer than 60 characters; shorten it"),
        ('url = "https://', 'url = "javascript://', "write an address that begins with https://"),
        ("MIT", "TODO", "line 2 says 'TODO'; write it"),
        ("MIT", "M\x1b[2J", "has a control character on line 2"),
        ("MIT", "M\\u001b[2J", "has a control character as an escape"),
    ],
)
def test_a_bank_whose_own_file_is_wrong_is_left_out_whole(basics: Path, old: str, new: str, says: str) -> None:
    edit(basics / "bank.toml", old, new)
    assert says in told(basics)[0]
    assert not SLUGS & set(joined(small_bank(), [str(basics)]).topics)


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("en.md", "Think of", "TODO think of", "basics/sql-joins/en.md: line 5 says 'TODO think of"),
        ("topic.toml", "level", "level = 1\nlevel", "basics/sql-joins/topic.toml: is not valid TOML"),
        ("zh.md", "面试追问", "追问", "basics/sql-joins/zh.md: "),
        ("en.md", "Think of", "\x07Think of", "basics/sql-joins/en.md: has a control character on line 5"),
    ],
)
def test_a_topic_that_is_a_draft_or_broken_is_left_out_alone(
    basics: Path, file: str, old: str, new: str, says: str
) -> None:
    edit(basics / "sql-joins" / file, old, new)
    assert told(basics)[0].startswith(says)
    assert SLUGS & set(joined(small_bank(), [str(basics)]).topics) == SLUGS - {"sql-joins"}


def test_of_two_topics_with_one_slug_the_first_is_kept_and_the_other_named(basics: Path, tmp_path: Path) -> None:
    (basics / "hash-tables").rename(basics / "gan")
    second = write_second_bank(tmp_path / "second")
    whole = joined(small_bank(), [str(basics), str(second)])
    assert whole["gan"] == small_bank()["gan"]
    assert (whole["sql-joins"].bank, whole["hash-tables"].bank) == ("basics", "second")
    assert [str(problem) for problem in whole.problems] == [
        "basics/gan: has the slug of a topic of bank 'epoch'; give its folder another name",
        "second/binary-search: has the slug of a topic of bank 'basics'; give its folder another name",
        "second/sql-joins: has the slug of a topic of bank 'basics'; give its folder another name",
    ]


def test_no_foreign_topic_takes_a_name_or_a_number_from_an_earlier_bank(basics: Path, tmp_path: Path) -> None:
    edit(basics / "sql-joins" / "topic.toml", '"join", ', '"join", "relu", ')
    edit(basics / "sql-joins" / "topic.toml", "questions = []", "questions = [7, 41]")
    write_second_bank(tmp_path / "second").joinpath("sql-joins").rename(tmp_path / "second" / "more-joins")
    edit(tmp_path / "second" / "more-joins" / "topic.toml", "questions = []", "questions = [41, 42]")
    gan = small_bank()["gan"]
    numbered = gan.model_copy(update={"meta": gan.meta.model_copy(update={"questions": (7,)})})
    first = small_bank().model_copy(update={"topics": {**small_bank().topics, "gan": numbered}})
    whole = joined(first, [str(basics), str(tmp_path / "second")])
    assert names.find(whole, "relu").slug == "activation-functions", "and not the easier topic, which reads first"
    assert names.find(whole, "join").slug == "sql-joins"
    asked = {slug: whole[slug].meta.questions for slug in ("gan", "sql-joins", "more-joins")}
    assert asked == {"gan": (7,), "sql-joins": (41,), "more-joins": (42,)}
    said = [str(problem) for problem in whole.problems if "question" in problem.problem]
    assert said == [
        "basics/sql-joins/topic.toml: question 7 belongs to 'gan'; leave the number out",
        "second/more-joins/topic.toml: question 41 belongs to 'sql-joins'; leave the number out",
    ]


def test_the_folders_of_banks_are_known_before_any_is_read(tmp_path: Path) -> None:
    assert folders([f"{tmp_path}/sql", "no-such-installed-bank"]) == [tmp_path / "sql"]
