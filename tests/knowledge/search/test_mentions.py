import numpy as np
import pytest

from knowledge.search.mentions import Mentions

NAMES = [
    (0, "gan"),
    (0, "生成对抗网络(gan)"),
    (1, "cnn"),
    (1, "convolutional neural network"),
    (2, "学习率"),
    (2, "lr"),
]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("what is a gan?", {0}),
        ("gans are hard", {0}),
        ("生成对抗网络是什么", {0}),
        ("gan和cnn区别", {0, 1}),
        ("convolutional neural networks", {1}),
        ("学习率太大", {2}),
        ("organ donation", set()),
        ("elegant", set()),
        ("学习效率", set()),
        ("", set()),
    ],
)
def test_whole_names_are_found_and_parts_of_words_are_not(text: str, named: set[int]) -> None:
    found = Mentions(NAMES, 3).signals(text)
    assert found.shape == (4, Mentions.SIGNALS)
    assert set(np.flatnonzero(found[:, 0])) == named


def test_the_longest_name_counts_by_its_share_of_the_question() -> None:
    found = Mentions(NAMES, 3).signals("lr 学习率")
    np.testing.assert_allclose(found[2], (1, 3 / 5))


def test_a_name_asked_as_a_question_does_not_count_itself() -> None:
    mentions = Mentions(NAMES, 3)
    assert mentions.signals("cnn", itself="cnn").sum() == 0
    assert mentions.signals("cnn").sum() > 0
