"""Names of members in a line: harmless, isolated where they run from right to left; a shared place is told once."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.ui.names import called, listed, member_name, place_marks

ISOLATED = "\u2068{}\u2069"


@pytest.mark.parametrize("name", ["مريم", "נועה", "Ada مريم", "مريم 7"])
def test_a_name_from_right_to_left_is_isolated_in_every_line(name: str) -> None:
    assert member_name(name) == ISOLATED.format(name)
    assert listed([name, "Bob"], "en", 5) == f"{ISOLATED.format(name)}, Bob"
    assert called(1, {1: name}) == ISOLATED.format(name)


@pytest.mark.parametrize("name", ["Ada", "小林", "R2 D2", "Ångström"])
def test_every_other_name_stands_as_it_is(name: str) -> None:
    assert member_name(name) == name


def test_a_name_cannot_break_out_of_its_isolate() -> None:
    """Else the rest of the line would be turned around all the same."""
    assert member_name("\u2069\u202eمريم\u2069x") == ISOLATED.format("مريمx")


@given(st.text(max_size=60))
def test_isolates_are_balanced_whatever_a_name_holds(name: str) -> None:
    shown = member_name(name)
    marks = [character for character in shown if unicodedata.bidirectional(character) in ("LRI", "RLI", "FSI", "PDI")]
    assert marks in ([], ["\u2068", "\u2069"])
    assert shown


def test_a_place_that_is_shared_is_told_once() -> None:
    assert place_marks([1, 2, 2, 2, 5, 23]) == ["🥇", "🥈", "`=`", "`=`", "`5`", "`23`"]
    assert place_marks([1, 1]) == ["🥇", "`=`"]
    assert place_marks([]) == []
