import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import knowledge.search
from knowledge.search.glossary import Glossary
from knowledge.search.index import packaged_negatives
from knowledge.search.reading import HAN, normalise

FOLDER = Path(knowledge.search.__file__).parent


def test_the_longest_term_wins() -> None:
    glossary = Glossary({"卷积": "convolution", "卷积神经网络": "cnn"}, {"网络": "network"})
    assert glossary.translate("卷积神经网络的卷积").replaced == "cnn convolution"


def test_shares_tell_what_the_translation_left_out() -> None:
    glossary = Glossary({"损失": "loss"}, {"什么": "what"})
    found = glossary.translate("损失厌恶是什么心理")
    assert (found.field, found.everyday, found.unknown) == pytest.approx((2 / 9, 2 / 9, 5 / 9))
    assert found.terms == ("loss",)


def test_english_passes_unchanged_and_has_no_unknown_chinese() -> None:
    found = Glossary.packaged().translate("what is a gan")
    assert (found.replaced, found.field, found.unknown) == ("what is a gan", 0.0, 0.0)


def test_an_empty_glossary_matches_nothing() -> None:
    assert Glossary({}, {}).translate("过拟合").unknown == 1.0


def test_the_packaged_glossary_is_large_lower_case_and_english() -> None:
    glossary = Glossary.packaged()
    assert len(glossary.terms) >= 270
    assert not set(glossary.terms) & set(glossary.words)
    for chinese, english in {**glossary.terms, **glossary.words}.items():
        assert HAN.search(chinese), chinese
        assert chinese == normalise(chinese)
        assert english == normalise(english)
        assert not HAN.search(english), english


def test_every_word_of_the_field_has_everyday_senses_in_both_languages() -> None:
    data = tomllib.loads((FOLDER / "negatives.toml").read_text(encoding="utf-8"))
    assert len(data["everyday"]) >= 40
    for word, senses in data["everyday"].items():
        assert len(set(senses["zh"])) >= 4, word
        assert len(set(senses["en"])) >= 4, word
    for group in ("chat", "computing", "machine_learning"):
        assert min(len(data[group]["zh"]), len(data[group]["en"])) >= 40


def test_there_are_negatives_enough_and_each_is_there_once() -> None:
    negatives = packaged_negatives()
    assert len(negatives) >= 300
    assert len(set(negatives)) == len(negatives)


def test_what_a_loaded_topic_answers_is_no_negative() -> None:
    data = tomllib.loads((FOLDER / "negatives.toml").read_text(encoding="utf-8"))
    groups = {slug: {normalise(text) for lang in ("zh", "en") for text in group[lang]}
              for slug, group in data["topic"].items()}  # fmt: skip
    everything, without = (set(packaged_negatives(loaded=loaded)) for loaded in (frozenset(), frozenset({"lora-peft"})))
    elsewhere = set.union(*(texts for slug, texts in groups.items() if slug != "lora-peft"))
    assert groups["lora-peft"] - elsewhere <= everything - without
    assert everything - without <= groups["lora-peft"]
    assert set(packaged_negatives(loaded=frozenset({"gan"}))) == everything


def test_no_question_is_a_negative_of_two_groups() -> None:
    data = tomllib.loads((FOLDER / "negatives.toml").read_text(encoding="utf-8"))
    topics = data.pop("topic")
    others = {normalise(text) for name, group in data.items() if name != "everyday" for lang in ("zh", "en")
              for text in group[lang]}  # fmt: skip
    met: dict[str, str] = {}
    for slug, group in topics.items():
        for text in (normalise(text) for lang in ("zh", "en") for text in group[lang]):
            assert text not in others, f"{text!r} stays, whoever drops [topic.{slug}]"
            assert met.setdefault(text, slug) == slug


@given(
    st.dictionaries(st.text("深度学习ab", min_size=1, max_size=4), st.just("x"), max_size=8),
    st.text("深度学习ab ", max_size=30),
)
def test_replacement_is_that_of_a_pattern_with_the_longest_entries_first(terms: dict[str, str], text: str) -> None:
    pattern = re.compile("|".join(map(re.escape, sorted(terms, key=len, reverse=True))) or r"(?!)")
    wanted = HAN.sub(" ", pattern.sub(" x ", text)).split()
    found = Glossary(terms, {}).translate(text)
    assert found.replaced.split() == wanted
    assert found.terms == ("x",) * len(pattern.findall(text))
