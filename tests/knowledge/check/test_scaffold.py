from pathlib import Path

import pytest

from knowledge.bank.errors import ScaffoldError
from knowledge.bank.kinds import KINDS
from knowledge.bank.loader import load_bank, load_topic, undone
from knowledge.check import drill_proofs
from knowledge.check.drills import drills
from knowledge.check.running import run
from knowledge.check.scaffold import new, new_drill
from knowledge.check.units import units
from runners.local import LocalRunner


def test_a_new_topic_has_every_file_and_loads(tmp_path: Path) -> None:
    folder = new("batch-norm", tmp_path / "topics")
    assert folder == tmp_path / "topics" / "batch-norm"
    assert sorted(file.name for file in folder.iterdir()) == ["en.md", "example.py", "quiz.toml", "topic.toml", "zh.md"]
    topic, problems = load_topic(folder)
    assert problems == []
    assert topic is not None
    assert [item.kind for item in topic.quiz] == [name for name, kind in KINDS.items() if kind.about.draft]


def test_every_file_of_a_new_topic_says_what_to_write(tmp_path: Path) -> None:
    for file in new("batch-norm", tmp_path).iterdir():
        assert "TODO" in file.read_text(encoding="utf-8"), file.name


def test_a_new_topic_has_units_and_the_check_names_those_that_nothing_asks_for(tmp_path: Path) -> None:
    topic, _ = load_topic(new("batch-norm", tmp_path))
    assert topic is not None
    ids = [unit.id for unit in topic.units["en"]]
    assert ids == [unit.id for unit in topic.units["zh"]] == ["answer", "how", "practice", "pitfalls", "follow-up"]
    told = [problem.problem for problem in units(topic)]
    assert told == [f"unit '{ident}' has no asks in {lang}" for ident in ids[1:] for lang in ("zh", "en")]


@pytest.mark.parametrize(
    "slug",
    ["", " ", "Batch", "batch norm", "batch_norm", "-a", "a-", "a--b", "1a", "过拟合", "../x", "a/b", "a\n", "x" * 61],
)
def test_a_bad_slug_makes_nothing(tmp_path: Path, slug: str) -> None:
    with pytest.raises(ScaffoldError, match="is no slug; use lower-case words"):
        new(slug, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_folder_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "gan").mkdir()
    (tmp_path / "gan" / "topic.toml").write_text("mine", encoding="utf-8")
    with pytest.raises(ScaffoldError, match="is there already; choose another slug"):
        new("gan", tmp_path)
    assert [file.name for file in (tmp_path / "gan").iterdir()] == ["topic.toml"]
    assert (tmp_path / "gan" / "topic.toml").read_text(encoding="utf-8") == "mine"


def test_a_file_of_that_name_is_in_the_way_too(tmp_path: Path) -> None:
    (tmp_path / "gan").write_text("", encoding="utf-8")
    with pytest.raises(ScaffoldError, match="is there already"):
        new("gan", tmp_path)
    with pytest.raises(ScaffoldError, match="cannot make"):
        new("vae", tmp_path / "gan")


def test_a_new_drill_loads_breaks_no_rule_and_says_what_to_write(tmp_path: Path) -> None:
    topic = new("batch-norm", tmp_path)
    folder = new_drill("batch-norm", "forward", tmp_path)
    assert folder == topic / "drills" / "forward"
    found, problems = load_topic(topic)
    assert problems == []
    assert found is not None
    assert [drill.id for drill in found.drills] == ["batch-norm/forward"]
    assert list(drills(found)) == []
    assert [each.path for each in undone(topic) if "/drills/" in each.path] == [
        "batch-norm/drills/forward/drill.toml"
    ] * 2


async def test_the_drill_that_a_new_one_is_made_of_is_proven(tmp_path: Path, needs_wall: None) -> None:
    runner = LocalRunner(wall="auto")
    new("batch-norm", tmp_path)
    new_drill("batch-norm", "forward", tmp_path)
    drill = load_bank(tmp_path, drafts=True)["batch-norm"].drills[0]
    try:
        result = await run(runner, drill_proofs.job(drill, "numpy", 3))
    finally:
        await runner.close()
    assert list(drill_proofs.judged(drill, "numpy", result)) == []


@pytest.mark.parametrize(
    ("slug", "name", "said"),
    [
        ("batch-norm", "For ward", "is no slug"),
        ("vae", "forward", "is no topic; start it first with `epoch new vae`"),
        ("..", "forward", "is no topic"),
        ("batch-norm", "there", "is there already; choose another name"),
    ],
)
def test_a_drill_is_made_in_a_topic_only_and_overwrites_nothing(
    tmp_path: Path, slug: str, name: str, said: str
) -> None:
    new_drill(new("batch-norm", tmp_path).name, "there", tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ScaffoldError, match=said):
        new_drill(slug, name, tmp_path)
    assert sorted(tmp_path.rglob("*")) == before
