"""What the bank has already is named, and what it has not is not."""

from __future__ import annotations

import pytest

from knowledge.bank.loader import load_bank
from knowledge.importer import group, known, parse


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("什么是过拟合？", "overfitting"),
        ("What is overfitting?", "overfitting"),
        ("Explain generative adversarial networks (GAN)", "gan"),
        ("什么是生成对抗网络（GAN）？它如何工作？", "gan"),
        ("什么是鸳鸯锅？", None),
        ("What is a monad?", None),
    ],
)
def test_a_question_is_known_by_its_subject(title: str, slug: str | None) -> None:
    groups = group(parse(f"## 1. {title}\n\n答。\n"))
    assert known(load_bank(), groups).get(0) == slug


def test_a_question_is_known_by_a_way_it_is_asked_in_a_topic() -> None:
    bank = load_bank()
    slug, topic = next((slug, topic) for slug, topic in bank.topics.items() if topic.meta.asks.en)
    asked = topic.meta.asks.en[0].upper()
    assert known(bank, group(parse(f"## 1. {asked}\n\nSo.\n"))) == {0: slug}
