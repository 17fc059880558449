import json
from pathlib import Path

import numpy as np
import pytest

from knowledge.bank.errors import IndexCacheError
from knowledge.bank.models import SECTIONS, SectionId
from knowledge.search import sections
from knowledge.search.glossary import Glossary
from knowledge.search.mentions import Mentions
from knowledge.search.reading import normalise
from knowledge.search.sections import Router, SectionExample, examples
from tests.knowledge.conftest import WordEncoder

NAMES = ["gan", "gans", "resnet", "dropout", "batch norm", "relu", "过拟合", "卷积神经网络", "学习率", "反向传播"]
MENTIONS = Mentions([(place, name) for place, name in enumerate(NAMES)], len(NAMES))
LABELLED = Path(__file__).parents[2] / "data" / "sections.jsonl"


@pytest.fixture(scope="module")
def router() -> Router:
    return Router.fit(examples(NAMES), Glossary.packaged(), MENTIONS, None)


def opened_at(router: Router, *questions: str) -> list[SectionId]:
    return router.route([normalise(question) for question in questions], None)


@pytest.mark.parametrize(
    ("question", "section"),
    [
        ("ResNet 容易在哪里出错", "pitfalls"),
        ("用 dropout 有哪些坑", "pitfalls"),
        ("common mistakes with batch norm", "pitfalls"),
        ("what are the drawbacks of ReLU", "pitfalls"),
        ("batch norm in practice", "practice"),
        ("学习率怎么调", "practice"),
        ("dropout 代码怎么写", "practice"),
        ("卷积神经网络的公式", "how"),
        ("反向传播推导", "how"),
        ("derivation of the KL term", "how"),
        ("GAN 面试会问什么", "interview"),
        ("interview follow-up questions on resnet", "interview"),
        ("过拟合", "answer"),
        ("what is a GAN?", "answer"),
    ],
)
def test_a_question_opens_at_the_section_it_asks_for(router: Router, question: str, section: str) -> None:
    assert opened_at(router, question) == [section]


def test_the_name_of_the_topic_does_not_move_the_section(router: Router) -> None:
    questions = [f"{name} 的缺点" for name in NAMES]
    assert set(opened_at(router, *questions)) == {"pitfalls"}


def test_every_section_has_many_patterns_and_they_are_filled_with_names() -> None:
    found = examples(NAMES)
    for place in range(len(SECTIONS)):
        assert sum(example.section == place for example in found) >= 100
    assert not any("{}" in example.text for example in found)
    assert examples(NAMES) == found
    assert examples([])[0].text


def test_no_example_is_a_labelled_question() -> None:
    asked = {normalise(json.loads(line)["query"]) for line in LABELLED.read_text(encoding="utf-8").splitlines()}
    patterns = {normalise(text) for text, _, _ in sections.patterns()}
    assert asked.isdisjoint(patterns)


@pytest.mark.parametrize("dense", [True, False])
def test_a_router_survives_its_arrays(dense: bool) -> None:
    encoder = WordEncoder() if dense else None
    learned = [SectionExample("what is xx", 0), SectionExample("xx pitfalls", 3), SectionExample("xx 的公式", 1)]
    router = Router.fit(learned, Glossary.packaged(), MENTIONS, encoder)
    again = Router.restore(router.arrays(), Glossary.packaged(), MENTIONS, dense=dense)
    vectors = encoder.queries(["gan pitfalls"]) if encoder else None
    assert again.route(["gan pitfalls"], vectors) == router.route(["gan pitfalls"], vectors) == ["pitfalls"]


def test_arrays_that_do_not_fit_are_damage() -> None:
    router = Router.fit(
        [SectionExample("what is xx", 0), SectionExample("xx pitfalls", 3)], Glossary.packaged(), MENTIONS, None
    )
    arrays = router.arrays()
    dual = arrays["sections.dual"]
    for wrong in (dual[:-1], dual[:, :-1], np.full_like(dual, np.nan)):
        with pytest.raises(IndexCacheError):
            Router.restore({**arrays, "sections.dual": wrong}, Glossary.packaged(), MENTIONS, dense=False)
    with pytest.raises(IndexCacheError):
        Router.restore(arrays, Glossary.packaged(), MENTIONS, dense=True)


def test_shuffled_sections_teach_nothing() -> None:
    found = examples(NAMES)
    dealt = np.random.default_rng(0).permutation([example.section for example in found])
    nonsense = Router.fit(
        [SectionExample(e.text, int(s)) for e, s in zip(found, dealt, strict=True)], Glossary.packaged(), MENTIONS, None
    )
    rows = [json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines()]
    opened = opened_at(nonsense, *(row["query"] for row in rows))
    assert np.mean([one == row["section"] for one, row in zip(opened, rows, strict=True)]) < 0.4
