from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.ui.split import pieces
from bot.discord.ui.text import width

LIMITS = st.integers(130, 700)
MARKDOWN = st.lists(
    st.one_of(
        st.sampled_from(["", "```", "```python", "````", "~~~", "- item", "**bold** " * 20, "中文" * 90, "😀" * 100]),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=90),
    ),
    max_size=40,
).map("\n".join)


@given(MARKDOWN, LIMITS)
def test_pieces_fit_and_rejoin(text: str, limit: int) -> None:
    cut = pieces(text, limit)
    assert "".join(piece.text for piece in cut) == text
    assert all(width(piece.shown) <= limit for piece in cut)
    assert all(piece.text for piece in cut) or not text


@given(st.lists(st.sampled_from(["code()", "x = 1", "", "print(x)"]), min_size=60, max_size=120), LIMITS)
def test_every_piece_of_a_cut_fence_is_a_fence_by_itself(code: list[str], limit: int) -> None:
    text = "before\n\n```python\n" + "\n".join(code) + "\n```\nafter"
    for piece in pieces(text, limit):
        marks = [line for line in piece.shown.split("\n") if line.startswith("```")]
        assert len(marks) % 2 == 0
        assert all(mark == "```python" for mark in marks[::2])
        assert all(mark == "```" for mark in marks[1::2])


def test_a_cut_is_made_between_paragraphs_where_it_can_be() -> None:
    paragraphs = [f"{name} " * 30 for name in ("one", "two", "three", "four")]
    cut = pieces("\n\n".join(paragraphs), 300)
    assert [piece.shown.strip() for piece in cut] == [
        f"{paragraphs[0]}\n\n{paragraphs[1]}".strip(), paragraphs[2].strip(), paragraphs[3].strip(),
    ]  # fmt: skip


def test_what_fits_is_one_piece_as_it_is() -> None:
    (piece,) = pieces("```\nopen", 200)
    assert piece.shown == "```\nopen"


def test_a_piece_does_not_end_in_an_empty_fence() -> None:
    text = "x " * 70 + "\n```python\n" + "y = 1\n" * 40 + "```"
    assert not any(piece.shown.endswith("```python\n```") for piece in pieces(text, 170))


def test_a_limit_that_fence_marks_could_fill_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        pieces("text", 100)
