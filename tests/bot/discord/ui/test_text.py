from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.discord.ui.split import pieces
from bot.discord.ui.text import clip, code_block, neutralise, one_line, tail, width

NASTY = st.text(
    st.one_of(
        st.sampled_from("`@<>#&!*_~|:\\/ \n\r\t\x1b[]m\u202e\u2066\u200b\u200d\ufe0f\u0301\u0489\x00\x07\x9b😀中eé"),
        st.characters(),
    )
)
PINGS = ["@everyone", "@here", "<@1>", "<@&2>", "<#3>", "```", "`", "</a:1>", "<:x:1>", "<t:1>", "\x1b[31m", "x"]
WORDS = st.lists(st.sampled_from(PINGS)).map("".join)
MENTION = re.compile(r"@(everyone|here)|<(@[!&]?|#|a?:\w+:|t:|/\S+:)\d")
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@given(st.one_of(NASTY, WORDS))
@example("``\u0301`")
@example("@\u00adeveryone")
@example("<\u200b@1>")
@example("`\x1b[0m``")
@example("@\reveryone")
def test_neutral_text_neither_pings_nor_ends_a_code_block_nor_reorders_its_line(text: str) -> None:
    neutral = neutralise(text)
    assert "```" not in neutral
    assert not MENTION.search(neutral)
    assert not BIDI.search(neutral)
    assert "\x1b" not in neutral
    assert all(c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs") for c in neutral)
    neutral.encode()
    assert neutralise(neutral) == neutral


@given(st.text(st.characters(categories=["L", "N"]), max_size=60))
def test_letters_and_digits_of_any_script_pass_as_they_are(text: str) -> None:
    assert neutralise(text) == text


@pytest.mark.parametrize("text", ["a < b > c", "x: `y`", "``", "<class 'int'>", "👩‍🚀 1️⃣ 中文 é\u0301", "if a@b: pass"])
def test_harmless_text_passes_as_it_is(text: str) -> None:
    assert neutralise(text) == text


def test_a_pile_of_marks_is_cut_down() -> None:
    assert neutralise("z" + "\u0301" * 200) == "z\u0301\u0301"


def test_a_progress_bar_is_its_last_state() -> None:
    assert neutralise("10%\r50%\r100%\r\ndone") == "100%\ndone"
    assert neutralise("epoch 1\r\nepoch 2\r\n") == "epoch 1\nepoch 2\n"


@given(NASTY, st.integers(1, 60))
def test_a_clipped_text_fits(text: str, limit: int) -> None:
    assert width(clip(text, limit)) <= limit


@given(st.one_of(NASTY, WORDS, st.text("*_`[](#)>- ")), st.integers(10, 80))
def test_a_quoted_line_is_one_line_that_fits(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert width(line) <= limit
    assert "\n" not in line
    assert not MENTION.search(line)
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_~|`\[]", line)
    assert not line.startswith((">", "#", "-"))


def test_not_only_the_first_link_of_a_line_is_taken_apart() -> None:
    assert one_line("[a](http://b) **c** [d](http://e)", 99) == r"\[a](http://b) \*\*c\*\* \[d](http://e)"


@given(NASTY, st.integers(20, 400), st.integers(1, 12))
def test_the_tail_fits_and_is_the_end(text: str, limit: int, lines: int) -> None:
    neutral = neutralise(text)
    shown, hidden = tail(neutral, limit, lines)
    assert width(shown) <= limit
    assert shown.count("\n") < lines
    assert neutral.endswith(shown.removeprefix("…"))
    assert hidden == neutral.count("\n") - shown.count("\n")


def test_a_tail_of_one_endless_line_is_its_end() -> None:
    shown, hidden = tail("a" * 500 + "end", 20, 5)
    assert shown.endswith("aaend")
    assert shown.startswith("…")
    assert hidden == 0


def test_a_code_block_holds_what_tries_to_leave_it() -> None:
    assert code_block(neutralise("```\n```")).count("```") == 2


def test_an_astral_character_counts_twice() -> None:
    assert width("a😀") == 3


@pytest.mark.parametrize(
    "character",
    ["👨‍👩‍👧‍👦", "🇨🇳", "👍🏽", "e\u0301", "한", "𠮷", "❤️", "नि", "1️⃣", "\r\n"],
)
def test_no_cut_goes_through_what_a_reader_sees_as_one_character(character: str) -> None:
    text = character * 20
    for limit in range(2, width(text)):
        clipped, (end, _) = clip(text, limit).removesuffix("…"), tail(text.replace("\r\n", character), limit, 5)
        assert clipped == character * (len(clipped) // len(character))
        shown = end.removeprefix("…")
        assert shown == character * (len(shown) // len(character)) or "\n" in shown
    for part in pieces(f"{character * 400}", 200):
        assert part.text == character * (len(part.text) // len(character))
