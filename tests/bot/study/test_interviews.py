from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.interview.text import bold
from bot.study.interviews import as_typed, follow_up, grade_of, of_item, questions
from bot.study.schedule import AGAIN, EASY, GOOD, HARD
from knowledge.bank.interviews import follow_ups
from knowledge.bank.kinds import Open
from knowledge.bank.loader import load_bank
from knowledge.bank.models import LANGS, Lang
from knowledge.grading.grades import PointGrade
from knowledge.search.reading import normalise
from tests.bot.world import bank

BANK = load_bank()
YES, NO, PERHAPS, PERHAPS_NOT = 0.95, 0.05, 0.5, 0.25


def points(*scores: float) -> list[PointGrade]:
    return [PointGrade(index, score >= 0.3, score, "", ()) for index, score in enumerate(scores)]


@pytest.mark.parametrize(
    ("scores", "grade"),
    [
        ([YES, YES, YES, YES], EASY), ([YES, YES, YES, NO], GOOD), ([YES, YES, NO, NO], HARD),
        ([YES, NO, NO, NO], AGAIN), ([NO], AGAIN), ([YES], EASY), ([YES, YES, NO], GOOD), ([YES, NO, NO], HARD),
        ([YES, YES, YES, PERHAPS], GOOD), ([PERHAPS], HARD), ([PERHAPS_NOT], HARD), ([PERHAPS, NO], AGAIN),
    ],
)  # fmt: skip
def test_a_grade_is_the_share_of_points_where_one_that_is_unsure_counts_half(scores: list[float], grade: int) -> None:
    assert grade_of(points(*scores)) == grade


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.data())
def test_one_point_more_never_makes_the_grade_worse(scores: list[float], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(scores) - 1))
    better = [*scores[:place], max(scores[place], YES), *scores[place + 1 :]]
    assert grade_of(points(*better)) >= grade_of(points(*scores))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("slug", ["gan", "pooling-layer"])
def test_follow_ups_lead_through_all_there_is_to_ask_about_a_topic(slug: str, lang: Lang) -> None:
    everything = questions(BANK[slug], lang)
    items = sum(item.kind == "open" for item in BANK[slug].quiz)
    assert len(everything) == items + len(follow_ups(BANK[slug], lang)) >= 6
    question, seen = everything[0], []
    for _ in everything:
        following = follow_up(question, lang)
        assert following is not None
        seen.append(following.key)
        question = following
    assert sorted(seen) == sorted(each.key for each in everything)


def test_an_item_is_followed_by_the_interview_section_and_only_then_by_another_item() -> None:
    are_items = [each.item is not None for each in questions(BANK["gan"], "en")]
    section = len(follow_ups(BANK["gan"], "en"))
    first, second = section // 2, section - section // 2
    assert are_items == [True, *[False] * first, True, *[False] * second]


@given(st.integers(1, 4), st.integers(0, 5))
def test_no_question_is_lost_however_many_there_are(items: int, section: int) -> None:
    gan = bank()["gan"]
    item = next(item for item in gan.quiz if isinstance(item, Open))
    quiz = tuple(item.model_copy(update={"id": f"item-{n}"}) for n in range(items))
    text = {**gan.sections["en"], "interview": "\n\n".join(f"**Why {n}?** Because." for n in range(section))}
    topic = gan.model_copy(update={"quiz": quiz, "sections": {"zh": text, "en": text}})
    keys = [each.key for each in questions(topic, "en")]
    assert sorted(keys) == sorted([*(each.id for each in quiz), *(f"Why {n}?" for n in range(section))])
    assert keys[0] == "item-0"


def test_after_the_only_question_nothing_follows() -> None:
    gan = bank()["gan"]
    item = next(item for item in gan.quiz if isinstance(item, Open))
    assert follow_up(of_item(gan, item, "en"), "en") is None


@pytest.mark.parametrize(
    ("span", "answer", "typed"),
    [
        ("the generator makes samples", "Well: The Generator\n makes  SAMPLES. Then", "The Generator\n makes  SAMPLES"),
        ("生成器,判别器", "首先，生成器，判别器。其次", "生成器，判别器"),
        ("relu = max(0, z", "so ReLU = max(0, z) is cheap", "ReLU = max(0, z)"),
        ("a fixed, b moves", "A fixed but; B moves!", "a fixed, b moves"),
        ("!?", "hm !?", "!?"),
    ],
)
def test_a_span_is_quoted_as_it_was_typed(span: str, answer: str, typed: str) -> None:
    assert as_typed(span, answer) == typed


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_whatever_was_typed_a_quotation_says_what_the_span_says(before: str, said: str, after: str) -> None:
    quoted = as_typed(normalise(said), before + said + after)
    assert quoted in before + said + after or quoted == normalise(said)
    letters = [char for char in normalise(quoted) if char.isalnum()]
    assert [char for char in normalise(said) if char.isalnum()] == letters


def test_only_whole_words_are_set_in_bold() -> None:
    assert bold("A Generator regenerates D, dd", ("generator", "d")) == "A **Generator** regenerates **D**, dd"
    assert bold("先固定判别器", ("固定", "判别器")) == "先**固定判别器**"
    assert bold("nothing", ()) == "nothing"
