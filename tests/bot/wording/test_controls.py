"""Pages name the interface's controls by its own words: what the bank knows of them is what the wording says."""

from __future__ import annotations

import pytest

from bot.wording import entries
from knowledge.bank.controls import CONTROLS
from knowledge.bank.loader import load_bank
from knowledge.bank.models import LANGS


@pytest.mark.parametrize("key", sorted(CONTROLS))
def test_a_control_is_called_what_the_interface_calls_it(key: str) -> None:
    assert entries()[key] == CONTROLS[key].model_dump()


@pytest.mark.parametrize("lang", LANGS)
def test_some_page_names_each_control(lang: str) -> None:
    """Else the rule of `epoch check` would hold of nothing."""
    pages = [text for topic in load_bank().topics.values() for text in topic.sections[lang].values()]
    for control in CONTROLS.values():
        assert any(control[lang] in text for text in pages)
