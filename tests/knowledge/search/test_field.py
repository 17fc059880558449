"""What of the field the bank lacks, as a decline can name it."""

import pytest

from knowledge.search.field import Lacking, packaged
from knowledge.search.retriever import Retriever
from tests.knowledge.banks import small_bank


@pytest.mark.parametrize(
    ("question", "slug"),
    [
        ("什么是 LoRA", "lora-peft"),
        ("how does LoRA work?", "lora-peft"),
        ("支持向量机的核函数怎么选", "svm"),
        ("why do SVMs need support vectors", "svm"),
        ("讲讲 HMM 和 CRF", "hmm-crf"),
        ("explain flash attention", "flash-attention"),
    ],
)
def test_a_term_of_the_field_is_known_in_either_language(question: str, slug: str) -> None:
    found = Lacking(()).named(question)
    assert found is not None
    assert found.slug == slug
    assert found.name["zh"]
    assert found.name["en"]


@pytest.mark.parametrize("question", ["红烧肉怎么做", "the weather in Florence", "explore the sloth", "", "???"])
def test_what_names_no_term_has_none(question: str) -> None:
    assert Lacking(()).named(question) is None


def test_a_topic_that_is_loaded_is_not_lacking() -> None:
    assert Lacking({"lora-peft"}).named("什么是 LoRA") is None


def test_the_retriever_knows_what_its_bank_lacks(small: Retriever) -> None:
    assert set(small.slugs) == set(small_bank().topics)
    found = small.lacking("what is an SVM")
    assert found is not None
    assert found.slug == "svm"
    assert small.lacking("what is a GAN") is None


def test_a_term_that_a_topic_goes_by_is_not_lacking() -> None:
    lacking = Lacking({"transfer-learning"}, ["lora"])
    assert lacking.named("什么是 LoRA") is None
    assert not lacking.in_it("what is lora")
    assert lacking.in_it("what is qlora"), "of the same topic, which nobody has"


def test_every_term_is_of_one_topic() -> None:
    met: dict[str, str] = {}
    for topic, terms in packaged():
        assert terms
        for term in terms:
            assert met.setdefault(term, topic.slug) == topic.slug
