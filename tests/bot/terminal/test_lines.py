from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from bot.terminal.lines import folded, put, put_code

LONG = "Type a command after the slash, for example the one that runs an example of the bank and keeps its pictures."
ZH = "斜杠后面要跟命令，例如运行一个主题的示例（generative adversarial network），输入帮助可以查看所有可用的命令。"


def printed(text: str, *, terminal: bool, width: int = 40) -> str:
    out = io.StringIO()
    put(Console(file=out, force_terminal=terminal, width=width, color_system=None), text)
    return out.getvalue()


def test_words_stay_whole_and_no_row_is_too_wide() -> None:
    rows = printed(LONG, terminal=True).splitlines()
    assert all(cell_len(row) <= 40 for row in rows)
    assert " ".join(rows).split() == LONG.split()


def test_chinese_breaks_beside_any_character_but_not_before_a_comma() -> None:
    rows = printed(ZH, terminal=True).splitlines()
    assert all(30 < cell_len(row) <= 40 for row in rows[:-1])
    assert not any(row[0] in "，。）" for row in rows)
    assert "".join(row.strip() for row in rows).replace(" ", "") == ZH.replace(" ", "")


def test_a_pipe_gets_each_line_whole() -> None:
    assert printed(f"{LONG}\n{ZH}", terminal=False) == f"{LONG}\n{ZH}\n"


@pytest.mark.parametrize(
    ("line", "second"),
    [
        ("  1. ", "     "),
        ("- ", "  "),
        ("  /run TOPIC   ", "               "),
        ("  A  ", "     "),
        ("    > ", "      "),
    ],
)
def test_what_goes_on_stands_under_its_own_text(line: str, second: str) -> None:
    first, *others = folded(line + LONG, 60)
    assert first.startswith(line)
    assert others
    assert all(row.startswith(second) and row[len(second)] != " " for row in others)


def test_a_name_between_colons_is_no_emoji_and_a_bracket_no_markup() -> None:
    assert printed(":brain: [red]x[/red] a[i]", terminal=True) == ":brain: [red]x[/red] a[i]\n"


@given(st.text(alphabet=st.sampled_from("ab 的，。1."), max_size=120), st.integers(20, 50))
def test_nothing_is_lost_and_every_row_fits(text: str, width: int) -> None:
    rows = folded(text, width)
    assert "".join(rows).replace(" ", "") == text.replace(" ", "")
    assert all(cell_len(row.rstrip()) <= width for row in rows)


def test_code_is_neither_cut_nor_folded_nor_filled_up() -> None:
    code = f"x = '{'y' * 100}'\n\nif x:\n    print(x)  # {'z' * 60}\n"
    out = io.StringIO()
    put_code(Console(file=out, force_terminal=True, width=40, color_system=None), code)
    assert out.getvalue() == code
