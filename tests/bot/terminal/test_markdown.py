from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from bot.terminal.markdown import BankMarkdown, breaks

MIXED = "治消失靠 ReLU 类激活、He/Glorot 初始化、归一化、残差连接和门控单元（LSTM）；治爆炸靠按全局范数裁剪。"


def lines(text: str, width: int) -> list[str]:
    starts = [0, *breaks(text, width), len(text)]
    return [text[a:b] for a, b in zip(starts, starts[1:], strict=False)]


def rendered(markdown: str, width: int) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(BankMarkdown(markdown))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [20, 31, 44, 80])
def test_lines_are_full_and_punctuation_stays_where_it_belongs(width: int) -> None:
    cut = lines(MIXED, width)
    assert all(cell_len(line.rstrip()) <= width for line in cut)
    assert all(line[0] not in "，。、；）" for line in cut)
    assert all(line.rstrip()[-1] != "（" for line in cut)
    # A line ends early only for the sake of a word or of punctuation, never for a whole Chinese sentence.
    assert all(cell_len(line) > width - 14 for line in cut[:-1])


def test_english_words_stay_whole() -> None:
    assert lines("gradients vanish quickly", 12) == ["gradients ", "vanish ", "quickly"]


def test_a_word_longer_than_the_line_is_cut() -> None:
    assert lines("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]


@given(st.text(alphabet="ab 中文，（）。x", max_size=80), st.integers(2, 30))
def test_nothing_is_lost_and_no_line_is_too_wide(text: str, width: int) -> None:
    cut = lines(text, width)
    assert "".join(cut) == text
    assert all(cell_len(line.rstrip()) <= width for line in cut)


def test_lists_bold_and_code_survive() -> None:
    shown = rendered(f"**重点**：\n\n- {MIXED}\n- second\n\n```\nW = 1\n```\n", 40)
    assert "重点" in shown
    assert "**" not in shown
    assert " • 治消失" in shown
    assert "W = 1" in shown
    assert all(cell_len(line.rstrip()) <= 40 for line in shown.splitlines())


def test_code_is_not_filled_up_with_spaces() -> None:
    shown = rendered("Before:\n\n```\nm ~ B(1)\n    h = m\n\nend\n```\nafter\n", 40)
    assert shown.splitlines() == ["Before:", "", " m ~ B(1)", "     h = m", " ", " end", "", "", "after"]
