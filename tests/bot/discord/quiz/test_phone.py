"""What of a round's question a phone shows, how many have answered, and the question in another language."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from bot.discord.quiz.text import private_page, question_page, reveal_page
from bot.discord.ui.item_text import folded
from bot.study.rounds.machine import Leave, RoundCommand
from bot.study.rounds.questions import in_language, present, present_trivia
from bot.study.rounds.state import Rules
from knowledge.bank.loader import load_bank
from knowledge.bank.models import LANGS, ByLetter, Lang
from tests.bot.study.rounds.worlds import ALICE, BEGIN, BOB, OWNER, after, asking, closed, press

BANK = load_bank()
ITEMS = [(topic, item) for topic in BANK.topics.values() for item in topic.quiz if isinstance(item, ByLetter)]


def rows(code: str, columns: int = 36) -> int:
    return sum(max(1, -(-len(line) // columns)) for line in code.splitlines())


@pytest.mark.parametrize("lang", LANGS)
def test_no_program_of_the_bank_pushes_the_options_off_the_screen(lang: Lang) -> None:
    cut = 0
    for topic, item in ITEMS:
        question = present(topic, item, lang, Random(0))
        if question.code is None:
            continue
        shown, hidden = folded(question.code)
        assert rows(shown) <= 14, f"{topic.slug}/{item.id}"
        assert question.code.splitlines()[: len(shown.splitlines())] == shown.splitlines()
        assert len(shown.splitlines()) + hidden == len(question.code.splitlines())
        cut += bool(hidden)
    assert cut, "the bank has longer ones, so something was tested"


def test_a_program_that_fits_is_shown_whole() -> None:
    code = "\n".join(f"x = {n}" for n in range(14))
    assert folded(code) == (code, 0)
    assert folded(f"{code}\ny = 1") == ("\n".join(code.splitlines()[:10]), 5)


@pytest.mark.parametrize(("lang", "into"), [("en", "zh"), ("zh", "en"), ("en", "en")])
def test_every_question_of_the_bank_has_the_same_letters_in_the_other_language(lang: Lang, into: Lang) -> None:
    for number, (topic, item) in enumerate(ITEMS):
        asked = present(topic, item, lang, Random(number))
        there = in_language(asked, topic, item, lang, into)
        assert there is not None, f"{topic.slug}/{item.id}"
        assert there.prompt == item.sheet(topic, into).prompt
        sheet, other = item.sheet(topic, lang), item.sheet(topic, into)
        if not asked.about.code_options:
            assert [sheet.options.index(each) for each in asked.options] == [
                other.options.index(each) for each in there.options
            ]
        assert (there.right, there.code) == (asked.right, asked.code)
        moved = in_language(asked.turned(1), topic, item, lang, into)
        assert moved == there.turned(1), "also of one that was asked before"


def test_a_question_that_has_changed_in_the_bank_has_no_other_language() -> None:
    topic, item = next(pair for pair in ITEMS if pair[1].kind == "choice")
    asked = present(topic, item, "en", Random(1))
    assert in_language(replace(asked, prompt="What was asked before?"), topic, item, "en", "zh") is None
    changed = replace(asked, options=("an option that is gone", *asked.options[1:]))
    assert in_language(changed, topic, item, "en", "zh") is None


def test_how_many_have_answered_counts_those_who_take_part() -> None:
    state = after(asking(), press(ALICE, "A", 3), press(BOB, "B", 4))
    assert "2 of 3 answered" in "\n".join(question_page(state, BANK, "en").blocks)
    assert "已答 2/3" in "\n".join(question_page(state, BANK, "zh").blocks)
    left = after(state, Leave(OWNER))
    assert "2 of 2 answered" in "\n".join(question_page(left, BANK, "en").blocks)
    gone = after(state, Leave(ALICE))
    assert "2 of 3 answered" in "\n".join(question_page(gone, BANK, "en").blocks), "who answered and left has answered"
    assert "answered" not in "\n".join(private_page(state, state.question, BANK, "en").blocks)


def test_an_answer_says_what_comes_next_only_until_it_has_come() -> None:
    told = closed(after(asking(), press(ALICE, "A", 3)))
    by_hand = closed(after(asking(Rules(pace="host")), press(ALICE, "A", 3)))
    again = closed(after(asking(Rules(until_right=True), asking().questions[:1]), press(ALICE, "A", 3)))
    for state, says in ((told, "Next question <t:"), (by_hand, "goes on with Next"), (again, "comes again <t:")):
        assert says in "\n".join(reveal_page(state, BANK, "en").blocks)
        assert says not in "\n".join(reveal_page(state, BANK, "en", over=True).blocks)
    paused = after(told, RoundCommand("pause", OWNER), now=BEGIN + 40)
    assert "⏸️ Paused" in "\n".join(reveal_page(paused, BANK, "en").blocks)


def test_a_question_of_a_pack_is_asked_in_its_own_language_alone() -> None:
    state = asking(questions=(present_trivia("p", 1, "Who?", ["x"]),))
    assert "Who?" in "\n".join(private_page(state, state.question, BANK, "zh").blocks)
