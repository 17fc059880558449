from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wording.foreign import printable


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("plain 中文 \t\n", "plain 中文 \t\n"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;new title\x07shown", "shown"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("10%\r20%\r\n", "10%\n20%\n"),
        ("abc\u202edef", "abcdef"),
        ("bell\x07 null\x00 c1\x9b31m", "bell null c131m"),
    ],
)
def test_terminal_tricks_are_taken_out(raw: str, clean: str) -> None:
    assert printable(raw) == clean


@given(st.text())
def test_nothing_that_moves_a_cursor_survives(text: str) -> None:
    assert all(c in "\n\t" or unicodedata.category(c) != "Cc" for c in printable(text))
