"""Right claims and the same ones turned round: what tells them apart, word by word and by which stands before which."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from knowledge.bank.loader import load_topic, topics_root
from knowledge.grading import pairs
from knowledge.grading.claims import ClaimText
from knowledge.grading.contrast import ClaimTerms, Contrast, Reading
from knowledge.search.glossary import Glossary
from knowledge.search.reading import normalise

#: A key point's claims, each with its reversal.
CLAIMS = (
    ("the forget gate erases, the input gate writes", "the input gate erases, the forget gate writes"),
    ("a large step diverges", "a small step diverges"),
    ("it needs no labels", "it needs labels"),
    ("遗忘门决定丢什么，输入门决定写什么", "输入门决定丢什么，遗忘门决定写什么"),
    ("学习率太大会发散", "学习率太小会发散"),
    ("不需要标签", "需要标签"),
)


def read(text: str) -> ClaimTerms:
    return ClaimTerms.read(normalise(text))


def claim(text: str) -> ClaimText:
    return ClaimText.read(normalise(text), Glossary.packaged())


@pytest.fixture(scope="module")
def contrast() -> Contrast:
    right, wrong = ([claim(both[side]) for both in CLAIMS] for side in (0, 1))
    return Contrast(right, wrong)


def side(contrast: Contrast, text: str) -> float:
    return contrast.side(Reading.of(claim(text)))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("with a bigger step it diverges", "with a tiny step it diverges"),
        ("the forget gate erases and the input gate writes", "the input gate erases and the forget gate writes"),
        ("no labels needed", "labels needed"),
        ("学习率过大就发散", "学习率过小就发散"),
        ("遗忘门管丢，输入门管写", "输入门管丢，遗忘门管写"),
        ("没有标签也行，不需要", "标签是需要的"),
    ],
)
def test_other_words_for_a_claim_stand_on_its_side(contrast: Contrast, right: str, wrong: str) -> None:
    assert side(contrast, right) > side(contrast, wrong)


def test_a_claim_itself_stands_on_its_side(contrast: Contrast) -> None:
    for right, wrong in CLAIMS:
        assert side(contrast, right) > 0.4, right
        assert side(contrast, wrong) < -0.4, wrong


def test_what_nobody_said_stands_on_neither(contrast: Contrast) -> None:
    assert side(contrast, "pizza tonight") == pytest.approx(0.0, abs=0.02)
    assert side(contrast, "!") == 0.0


def test_what_was_said_in_one_language_tells_in_the_other() -> None:
    chinese = Contrast([claim("梯度消失")], [claim("梯度爆炸")])
    assert side(chinese, "the gradient vanishes") > side(chinese, "the gradient explodes")


def test_the_regression_is_that_of_scikit_learn(contrast: Contrast) -> None:
    right, wrong = ([Reading.of(claim(both[which])) for both in CLAIMS] for which in (0, 1))
    rows = np.zeros((len(right) + len(wrong), 1 << 16))
    for row, reading in zip(rows, (*right, *wrong), strict=True):
        row[reading.columns] = reading.weights
    sides = np.repeat([1.0, -1.0], [len(right), len(wrong)])
    ridge = Ridge(alpha=0.1, fit_intercept=False).fit(rows, sides - sides.mean())
    for text in ("a bigger step diverges", "不需要标签", "the input gate erases"):
        reading = Reading.of(claim(text))
        assert contrast.side(reading) == pytest.approx(ridge.coef_[reading.columns] @ reading.weights, abs=1e-5)


def test_without_order_the_swapped_roles_would_be_the_same(contrast: Contrast) -> None:
    """The negative control of bonds: both texts have the same words."""
    right, wrong = map(read, CLAIMS[0])
    assert right.single == wrong.single
    assert right.bonds != wrong.bonds


def test_words_of_direction_and_denial_are_kept_and_are_the_same_in_both_languages() -> None:
    assert read("larger").single == read("increases").single == read("大").single
    assert read("never").single == read("不").single
    assert read("larger").single != read("smaller").single
    assert read("the of it").single == frozenset()
    assert read("grads vanish").single == read("gradients vanish").single


def test_bonds_are_ordered_weaken_with_distance_and_end_at_the_second_stop() -> None:
    bonds = read("alpha beta gamma, delta. omega").bonds
    assert bonds["alpha", "beta"] == 1.0
    assert ("beta", "alpha") not in bonds
    assert bonds["alpha", "beta"] > bonds["alpha", "gamma"] > bonds["alpha", "delta"] > 0
    assert not any("omega" in bond and "alpha" in bond for bond in bonds)


def test_lines_that_are_no_pair_are_named() -> None:
    found, strange = pairs.read("0\tit adds\tit removes\nx\ta\tb\n1\tonly one\n\n2\t\tb\n3\tc\td\n")
    assert [(pair.line, pair.point, pair.right, pair.wrong) for pair in found] == [
        (1, 0, "it adds", "it removes"), (6, 3, "c", "d"),
    ]  # fmt: skip
    assert strange == [2, 3, 4, 5]


def test_where_the_pairs_lie_is_kept_with_the_topic_and_read_when_an_answer_is_graded(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copytree(topics_root() / "gan", tmp_path / "gan")
    topic, problems = load_topic(tmp_path / "gan")
    assert topic is not None, problems
    assert len(pairs.of(topic)[0]) > 100
    (tmp_path / "gan" / "pairs.tsv").unlink()
    assert pairs.of(topic) == ([], [])
    assert "pairs.tsv cannot be read" in caplog.text
    assert pairs.of(topic.model_copy(update={"pairs": None})) == ([], [])
