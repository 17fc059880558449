"""`epoch drill --file`: exit statuses, JSON and nothing else, and what a wrong answer is told in either language."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.bank.loader import load_topic
from knowledge.bank.models import Topic
from tests.bot.cli.test_cli import ROOT, epoch, one_line

NAME = "activation-functions/stable-softmax"


@pytest.fixture(scope="module")
def topic() -> Topic:
    loaded = load_topic(ROOT / "knowledge" / "topics" / "activation-functions")
    found = loaded[0] if isinstance(loaded, tuple) else loaded
    assert found is not None
    return found


@pytest.fixture
def files(tmp_path: Path, topic: Topic) -> dict[str, Path]:
    drill = topic.drill("stable-softmax")
    texts = {"solution": drill.variants["numpy"].solution, "start": drill.variants["numpy"].start, **drill.mistakes}
    texts["torch"] = drill.variants["torch"].solution
    texts["os"] = "import os\n"
    for name, text in texts.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    return {name: tmp_path / f"{name}.py" for name in texts}


@pytest.mark.usefixtures("needs_wall")
def test_the_solution_passes_with_zero_and_json_alone(tmp_path: Path, files: dict[str, Path], topic: Topic) -> None:
    result = epoch("drill", NAME, "--file", files["solution"], "--json", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    verdict = json.loads(result.stdout)
    assert set(verdict) == {"passed", "checks", "mistake"}
    assert verdict["passed"] is True
    assert verdict["mistake"] is None
    names = list(topic.drill("stable-softmax").meta.checks)
    assert verdict["checks"] == [{"name": name, "passed": True, "counterexample": None} for name in names]


@pytest.mark.usefixtures("needs_wall")
def test_a_known_mistake_fails_with_one_and_is_named(tmp_path: Path, files: dict[str, Path]) -> None:
    result = epoch("drill", NAME, "--file", files["wrong-axis"], "--json", "--seed", "3", cwd=tmp_path)
    assert result.returncode == 1
    verdict = json.loads(result.stdout)
    assert verdict["passed"] is False
    assert verdict["mistake"] == "wrong-axis"
    failed = [each for each in verdict["checks"] if not each["passed"]]
    assert all(isinstance(each["counterexample"], str) and each["counterexample"] for each in failed)
    again = epoch("drill", NAME, "--file", files["wrong-axis"], "--json", "--seed", "3", cwd=tmp_path)
    assert again.stdout == result.stdout, "a seed gives the same inputs"


@pytest.mark.usefixtures("needs_wall")
@pytest.mark.parametrize(("lang", "interface"), [("zh", "zh"), ("en", "en"), ("zh", "en")])
def test_a_wrong_answer_is_told_in_words(
    tmp_path: Path, files: dict[str, Path], topic: Topic, lang: str, interface: str
) -> None:
    chosen = [] if lang == interface else ["--lang", lang]
    result = epoch("drill", NAME, "--file", files["wrong-axis"], *chosen, cwd=tmp_path, env={"EPOCH_LANG": interface})
    assert result.returncode == 1
    meta = topic.drill("stable-softmax").meta
    told = meta.mistakes["wrong-axis"].zh if lang == "zh" else meta.mistakes["wrong-axis"].en
    assert told in result.stdout
    titles = [title.zh if lang == "zh" else title.en for title in meta.checks.values()]
    assert all(f"✗ {title}" in result.stdout or f"✓ {title}" in result.stdout for title in titles)


@pytest.mark.usefixtures("needs_wall")
def test_the_solution_with_pytorch_passes(tmp_path: Path, files: dict[str, Path]) -> None:
    result = epoch("drill", NAME, "--file", files["torch"], "--torch", "--json", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["passed"] is True


@pytest.mark.usefixtures("needs_wall")
def test_what_is_refused_fails_with_one(tmp_path: Path, files: dict[str, Path]) -> None:
    result = epoch("drill", NAME, "--file", files["os"], "--json", cwd=tmp_path)
    assert result.returncode == 1
    assert json.loads(result.stdout) == {"passed": False, "checks": [], "mistake": None}


def test_without_a_wall_no_answer_runs(tmp_path: Path, files: dict[str, Path]) -> None:
    result = epoch("drill", NAME, "--file", files["solution"], cwd=tmp_path, env={"EPOCH_WALL": "trusted"})
    assert result.returncode == 1
    assert "no wall works here" in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr
    assert not result.stdout


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["no-such-drill"], 1, "no drill is called 'no-such-drill'; nearest: "),
        ([NAME, "--file", "nowhere.py"], 2, "cannot read nowhere.py"),
        (["--file", "start.py"], 2, "--file needs the drill that it answers"),
        (["k-means", "--torch", "--file", "start.py"], 2, "k-means/lloyd has no variant with PyTorch"),
    ],
)
def test_wrong_usage_is_one_line(
    tmp_path: Path, files: dict[str, Path], words: list[str], status: int, said: str
) -> None:
    result = epoch("drill", *words, cwd=tmp_path)
    assert result.returncode == status, result.stdout
    assert said in one_line(result)


def test_the_drills_are_listed_and_found_by_other_names(tmp_path: Path) -> None:
    listed = json.loads(epoch("drill", "--json", cwd=tmp_path).stdout)
    assert NAME in {each["drill"] for each in listed}
    for name in ("手撕 softmax", "stable softmax", "SOFTMAX", NAME):
        shown = json.loads(epoch("drill", *name.split(), "--json", cwd=tmp_path).stdout)
        assert shown["drill"] == NAME
        assert set(shown["statement"]) == {"zh", "en"}
        assert "def softmax" in shown["start"]
        assert "exps.sum" not in json.dumps(shown), "the solution is not shown"
