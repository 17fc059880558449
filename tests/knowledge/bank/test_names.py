from pathlib import Path

import pytest

from knowledge.bank.errors import UnknownTopic
from knowledge.bank.loader import load_bank
from knowledge.bank.models import Bank, Lang
from knowledge.bank.names import complete, find
from tests.knowledge.tiny import edit, write_topic

TOPICS = {
    "gan": ("生成对抗网络（GAN）", "Generative adversarial networks (GAN)", ["造假网络", "g.a.n"], "advanced", 7),
    "vae": ("变分自编码器（VAE）", "Variational autoencoder (VAE)", ["beta-vae"], "advanced", 40),
    "cnn": ("卷积神经网络（CNN）", "Convolutional neural networks (CNN)", ["convnet"], "intermediate", 4),
    "overfitting": ("过拟合", "Overfitting", ["泛化", "variance too high"], "basic", 3),
    "activation-functions": ("激活函数", "Activation functions", ["relu", "sigmoid"], "basic", 10),
    "learning-rate": ("学习率", "Learning rate", ["lr", "步长"], "basic", 25),
}


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    root: Path = tmp_path_factory.mktemp("topics")
    for slug, (zh, en, aliases, level, question) in TOPICS.items():
        file = write_topic(root, slug) / "topic.toml"
        edit(file, 'zh = "均值"', f'zh = "{zh}"')
        edit(file, 'en = "Sample mean"', f'en = "{en}"')
        edit(file, '"mean", "平均值"', ", ".join(f'"{alias}"' for alias in aliases))
        edit(file, 'level = "basic"', f'level = "{level}"')
        edit(file, "questions = [1]", f"questions = [{question}]")
    loaded = load_bank(root)
    assert not loaded.problems
    return loaded


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("gan", "gan"),
        ("GAN", "gan"),
        ("ＧＡＮ", "gan"),
        (" g a n ", "gan"),
        ("生成对抗网络（GAN）", "gan"),
        ("生成对抗网络(gan)", "gan"),
        ("生成对抗网络", "gan"),
        ("generative adversarial networks", "gan"),
        ("造假网络", "gan"),
        ("Activation_Functions", "activation-functions"),
        ("activation functions", "activation-functions"),
        ("ActivationFunctions", "activation-functions"),
        ("激活 函数", "activation-functions"),
        ("ReLU", "activation-functions"),
    ],
)
def test_finds_a_topic_however_its_name_is_typed(bank: Bank, name: str, slug: str) -> None:
    assert find(bank, name).slug == slug


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("overfiting", "overfitting"),
        ("activaton function", "activation-functions"),
        ("生成对抗", "gan"),
        ("guonihe", "overfitting"),
        ("学习率调度", "learning-rate"),
        ("convnets", "cnn"),
    ],
)
def test_names_the_nearest_when_there_is_none(bank: Bank, name: str, nearest: str) -> None:
    with pytest.raises(UnknownTopic) as caught:
        find(bank, name)
    assert caught.value.nearest[0] == nearest
    assert len(caught.value.nearest) == 3


@pytest.mark.parametrize("name", ["", "   ", "🙂", "'; DROP TABLE topics; --", "x" * 10_000, "\x00", "...", "（）"])
def test_hostile_names_are_unknown_topics_and_short(bank: Bank, name: str) -> None:
    with pytest.raises(UnknownTopic) as caught:
        find(bank, name)
    assert len(str(caught.value)) < 400
    assert len(complete(bank, name, "en")) <= 25


def test_an_empty_bank_knows_no_name_and_offers_none() -> None:
    empty = Bank(topics={})
    assert complete(empty, "gan", "en") == []
    with pytest.raises(UnknownTopic, match="nearest: none"):
        find(empty, "gan")


@pytest.mark.parametrize(
    ("text", "lang", "first"),
    [
        ("g", "en", "gan"),
        ("gene", "en", "gan"),
        ("adv", "en", "gan"),
        ("conv", "zh", "cnn"),
        ("生成", "zh", "gan"),
        ("网络", "zh", "cnn"),
        ("函数", "en", "activation-functions"),
        ("ovrefit", "en", "overfitting"),
        ("activaiton", "zh", "activation-functions"),
        ("gnh", "zh", "overfitting"),
        ("jhhs", "zh", "activation-functions"),
        ("xuexi", "zh", "learning-rate"),
        ("scdkwl", "en", "gan"),
        ("lr", "en", "learning-rate"),
        ("Ｌｅａｒｎ", "zh", "learning-rate"),
    ],
)
def test_completes_in_both_languages(bank: Bank, text: str, lang: Lang, first: str) -> None:
    assert complete(bank, text, lang)[0].slug == first


def test_names_that_begin_with_the_text_come_in_reading_order(bank: Bank) -> None:
    assert [topic.slug for topic in complete(bank, "va", "en")] == ["overfitting", "vae"]


def test_what_fits_nothing_completes_to_nothing(bank: Bank) -> None:
    assert complete(bank, "zzzzqqq", "en") == []


def test_no_text_lists_all_in_reading_order(bank: Bank) -> None:
    order = ["overfitting", "activation-functions", "learning-rate", "cnn", "gan", "vae"]
    assert [topic.slug for topic in complete(bank, "", "zh")] == order
    assert [topic.slug for topic in complete(bank, "  ", "en", limit=2)] == order[:2]


def test_each_bank_has_names_of_its_own(bank: Bank) -> None:
    smaller = Bank(topics={"gan": bank["gan"]})
    assert find(smaller, "gan") is bank["gan"]
    with pytest.raises(UnknownTopic):
        find(smaller, "cnn")
    assert find(bank, "cnn") is bank["cnn"]
