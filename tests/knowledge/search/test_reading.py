import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.bank.errors import QueryError
from knowledge.search.reading import MAX_CHARS, clean, detect_lang, lang_under, normalise


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("", "empty"),
        (" \t\n\u3000 ", "empty"),
        ("\x00\x07\u200b\u202e", "empty"),
        ("?!…", "symbols"),
        ("😀🎉👍🏽", "symbols"),
        ("？？？", "symbols"),
        ("x" * (MAX_CHARS + 1), "too_long"),
        ("过" * 10_000, "too_long"),
    ],
)
def test_what_cannot_be_looked_up_says_why_in_one_line(question: str, reason: str) -> None:
    with pytest.raises(QueryError) as caught:
        clean(question)
    assert caught.value.reason == reason
    assert "\n" not in str(caught.value)


def test_the_longest_question_allowed_is_looked_up() -> None:
    assert len(clean("x" * MAX_CHARS)) == MAX_CHARS


def test_control_characters_and_widths_are_folded_away() -> None:
    assert clean("what\x00 is\x1b[31m \uff27\uff21\uff2e？\r\n") == "what is[31m gan?"


@given(st.text(max_size=200))
def test_normalising_twice_changes_nothing_and_leaves_no_control_character(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert all(ch.isprintable() or ch == " " for ch in once if ord(ch) < 0x80)


@pytest.mark.parametrize(
    ("question", "lang"),
    [
        ("what is a GAN?", "en"),
        ("GAN", "en"),
        ("CNN 是干嘛的", "zh"),
        ("batch size 等于 1 算什么更新方式", "zh"),
        ("MSE 和 MAE", "zh"),
        ("dropout 原理", "zh"),
        ("过拟合", "zh"),
        ("what is 过拟合", "en"),
        ("how does 反向传播 work", "en"),
        ("explain 梯度消失 please", "en"),
        ("为什么 the loss 不降", "zh"),
        ("qu'est-ce que c'est", "en"),
    ],
)
def test_the_answer_comes_in_the_language_of_the_sentence(question: str, lang: str) -> None:
    assert detect_lang(question) == lang


@given(st.text())
def test_normal_text_has_no_character_that_cannot_be_seen_and_single_spaces(text: str) -> None:
    found = normalise(text)
    folded = unicodedata.normalize("NFKC", text).lower()
    seen = ["" if unicodedata.category(ch)[0] == "C" and not ch.isspace() else ch for ch in folded]
    assert found.split(" ") == "".join(seen).split() or not found
    assert found.isprintable()


@pytest.mark.parametrize(
    "question", ["GAN", "dropout", "BatchNorm", "gan?", "batch norm", "L2", "GAN vs VAE", "ReLU / GELU"]
)
def test_a_latin_term_alone_is_answered_in_the_language_of_the_interface(question: str) -> None:
    assert lang_under(question, "zh") == "zh"
    assert lang_under(question, "en") is None


@pytest.mark.parametrize(
    "question",
    ["what is GAN", "explain dropout", "GAN 是什么", "my loss is nan", "dropout and batch norm", "过拟合",
     "learning rate too big", "mode collapse still happens every epoch", "？"],
)  # fmt: skip
def test_a_question_with_a_language_of_its_own_keeps_it(question: str) -> None:
    assert lang_under(question, "zh") is None
