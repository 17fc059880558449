import pytest

from knowledge.search.glossary import Glossary
from knowledge.search.spelling import Repairer, english_words, words_of

FIELD = {"exploding", "gradient", "gradients", "overfitting", "convolution", "regularization", "autoencoder", "dropout"}


@pytest.fixture(scope="module")
def mend() -> Repairer:
    return Repairer(Glossary.packaged().terms, FIELD, {*english_words(), *Glossary.packaged().words})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("explodng gradients", "exploding gradients"),
        ("what is overfiting", "what is overfitting"),
        ("convoluton layer", "convolution layer"),
        ("regulariztion", "regularization"),
        ("迁移雪习是什么", "迁移学习是什么"),
        ("卷积神精网络讲解", "卷积神经网络讲解"),
        ("卷机神经网络是什么", "卷积神经网络是什么"),  # though the rest of it is a term, too
        ("k折交叉验正步骤", "k折交叉验证步骤"),
        ("损失含数", "损失函数"),
        ("梯度小失", "梯度消失"),
    ],
)
def test_a_typo_of_the_field_is_mended(mend: Repairer, typed: str, meant: str) -> None:
    assert mend(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "what is overfitting",
        "the garden gate is exploded",  # a real word, one edit from another
        "dropouts of college",
        "gradually",
        "a conventional recipe",
        "过拟合",
        "今天天气怎么样",
        "学习绿色植物",  # 学习绿 sounds like 学习率
        "卷积和池化的区别",  # 卷积和 sounds like 卷积核
        "混淆矩阵",  # 淆矩阵 sounds like 小矩阵
        "火车票怎么退",
        "gats",  # too short to guess
        "zxqwvbn",  # near nothing
        "",
    ],
)
def test_what_is_right_or_unknown_is_left_alone(mend: Repairer, text: str) -> None:
    assert mend(text) == text


def test_no_real_english_word_is_ever_edited(mend: Repairer) -> None:
    words = sorted(english_words())
    assert len(words) > 15_000
    assert [word for word in words[::7] if mend(word) != word] == []


def test_without_vocabulary_real_words_would_be_edited() -> None:
    assert Repairer([], FIELD, [])("dropped explode convolutions gradiens") != "dropped explode convolutions gradiens"


def test_two_equally_near_words_are_no_guess() -> None:
    assert Repairer([], {"learner", "yearner"}, [])("zearner") == "zearner"


def test_words_are_taken_from_mixed_text() -> None:
    assert words_of(["gan 训练 2 epochs", "relu"]) == {"gan", "epochs", "relu"}
