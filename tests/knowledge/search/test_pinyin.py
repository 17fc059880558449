"""Pinyin is read back as Chinese, and nothing else is."""

import json
from pathlib import Path

import pytest

from knowledge.search.reading import HAN, clean
from knowledge.search.retriever import Retriever
from knowledge.search.spelling import english_words

DATA = Path(__file__).parents[2] / "data"


def read(retriever: Retriever, question: str) -> str:
    return retriever.reader.as_chinese(clean(question))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("shenme shi guonihe?", "什么是过拟合?"),
        ("shenmeshiguonihe", "什么是过拟合"),
        ("guo ni he", "过拟合"),
        ("guo4ni3he2", "过拟合"),
        ("guò nǐ hé", "过拟合"),
        ("xuexilü", "学习率"),
        ("xué xí lǜ", "学习率"),
        ("xuexilv", "学习率"),
        ("xuexilu", "学习率"),
        ("juanji shenjing wangluo", "卷积神经网络"),
        ("zenme jiejue tidu xiaoshi", "怎么解决梯度消失"),
        ("tidu xia'jiang", "梯度下降"),
        ("gan he vae de qubie", "gan 和 vae 的区别"),
        ("weishenme yao yong dropout", "为什么要用 dropout"),
        ("L2 zhengzehua", "l2 正则化"),
    ],
)
def test_pinyin_is_read_with_spaces_or_without_and_with_tones_or_without(
    whole_lexical: Retriever, typed: str, meant: str
) -> None:
    assert read(whole_lexical, typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "can men she rang", "gan", "gan!", "GAN", "can", "pan", "an", "you", "rang", "mean", "median", "machine",
        "manage", "sunshine", "like", "china", "can she mean gan", "he can", "tuning", "dense", "what is a gan",
        "gan loss nan", "can you explain gan", "batch norm", "nan", "die", "taiwan", "panda", "Wei Zhang", "!?1", "l2",
    ],
)  # fmt: skip
def test_english_that_is_spelt_like_pinyin_stays_english(whole_lexical: Retriever, typed: str) -> None:
    assert read(whole_lexical, typed) == clean(typed)


def test_no_english_question_of_the_labelled_sets_is_read_as_pinyin(whole_lexical: Retriever) -> None:
    rows = [
        json.loads(line)["query"]
        for name in ("queries.jsonl", "sections.jsonl")
        for line in (DATA / name).read_text(encoding="utf-8").splitlines()
    ]
    english = [row for row in rows if not HAN.search(row)]
    assert len(english) > 200
    assert [row for row in english if read(whole_lexical, row) != clean(row)] == []


def test_no_word_of_english_is_read_as_pinyin(whole_lexical: Retriever) -> None:
    assert [word for word in sorted(english_words()) if read(whole_lexical, word) != word] == []


def test_a_long_text_of_syllables_is_left_alone_and_takes_no_time(whole_lexical: Retriever) -> None:
    for hostile in ("xiang" + "ang" * 600 + "t", "an " * 600, "guonihe " * 60, "xiangangang" * 27):
        assert not HAN.search(read(whole_lexical, hostile))
    assert HAN.search(read(whole_lexical, "guonihe " * 5))
