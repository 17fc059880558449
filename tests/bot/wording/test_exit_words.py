"""An exit status in words: a crash is called by its name, in both languages, wherever a program's end is told."""

from __future__ import annotations

import pytest

from bot.wording.phrases.runs import exit_words, reason_words
from knowledge.bank.models import LANGS


def test_a_crash_is_called_by_its_name() -> None:
    assert exit_words(-11, "en") == "crashed: segmentation fault"
    assert exit_words(-11, "zh").startswith("崩溃：段错误")
    assert exit_words(-31, "en") == "crashed: signal 31"


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("code", range(-64, 0))
def test_no_negative_number_is_shown(code: int, lang: str) -> None:
    assert "-" not in exit_words(code, lang)  # type: ignore[arg-type]


def test_a_status_of_the_programs_own_stays_a_number() -> None:
    assert exit_words(1, "en") == "exit status 1"
    assert exit_words(139, "en") == "exit status 139", "the control: no signal ended it"


def test_why_a_drill_gave_no_result_is_told_the_same_way() -> None:
    assert reason_words("exit status -11", "en") == "crashed: segmentation fault"
    assert reason_words("NameError: exit status -11 is", "en") == "NameError: exit status -11 is"
