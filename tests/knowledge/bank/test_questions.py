from __future__ import annotations

import pytest

from knowledge.bank.loader import load_bank
from knowledge.bank.models import LANGS
from knowledge.bank.questions import UnknownQuestion, complete, find, numbered


def test_every_source_question_has_a_number_a_topic_and_a_title_of_its_own() -> None:
    found = numbered(load_bank())
    assert list(found) == list(range(1, 41))
    for lang in LANGS:
        assert len({question.line(lang) for question in found.values()}) == 40


@pytest.mark.parametrize("typed", ["31", " 31 ", "#31", "Q31", "第31题", "第 31 题", "no. 31"])
def test_a_number_is_found_however_it_is_written(typed: str) -> None:
    assert find(load_bank(), typed, "zh").topic.slug == "cnn"


def test_digits_offer_the_numbers_that_begin_so() -> None:
    assert [question.number for question in complete(load_bank(), "3", "en")] == [3, *range(30, 40)]


@pytest.mark.parametrize("typed", ["感受野", "receptive", "RECEPTIVE field"])
def test_words_of_a_title_find_it_in_either_language_whatever_the_interface_speaks(typed: str) -> None:
    for lang in LANGS:
        assert 31 in [question.number for question in complete(load_bank(), typed, lang)]


def test_a_typo_still_finds_the_topics_questions() -> None:
    assert {question.topic.slug for question in complete(load_bank(), "overfiting", "en")} >= {"overfitting"}


@pytest.mark.parametrize("typed", ["0", "41", "9999", "", "  "])
def test_what_there_is_not_is_an_error_that_knows_what_there_is(typed: str) -> None:
    with pytest.raises(UnknownQuestion) as raised:
        find(load_bank(), typed, "en")
    assert raised.value.numbers == tuple(range(1, 41))
