"""Right claims and the same ones turned round: what tells them apart, word by word and by which stands before which."""

from __future__ import annotations

import pytest

from knowledge.grading import pairs
from knowledge.grading.contrast import CONTRASTS, Contrast, Rarity, Terms
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


def read(text: str) -> Terms:
    return Terms.read(normalise(text))


@pytest.fixture(scope="module")
def contrast() -> Contrast:
    right, wrong = ([read(both[side]) for both in CLAIMS] for side in (0, 1))
    return Contrast(right, wrong, len(CLAIMS), Rarity([*right, *wrong]))


def signals(contrast: Contrast, text: str) -> dict[str, float]:
    return dict(zip(CONTRASTS, contrast.signals(read(text)), strict=True))


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
    says, turned = signals(contrast, right), signals(contrast, wrong)
    assert says["votes"] > turned["votes"]
    assert says["nearer"] > turned["nearer"]
    assert says["term_odds"] + says["bond_odds"] > turned["term_odds"] + turned["bond_odds"]


def test_a_claim_itself_speaks_for_its_side_alone(contrast: Contrast) -> None:
    for right, wrong in CLAIMS:
        for text, sign in ((right, 1), (wrong, -1)):
            found = signals(contrast, text)
            assert sign * found["nearer"] > 0, text
            assert sign * found["votes"] > 0, text
            assert found["known"] == pytest.approx(1.0)


def test_what_nobody_said_speaks_for_neither(contrast: Contrast) -> None:
    found = signals(contrast, "pizza tonight")
    assert [found[name] for name in CONTRASTS] == [0.0] * len(CONTRASTS)


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
