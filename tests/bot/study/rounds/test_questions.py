from __future__ import annotations

import json
from collections import Counter
from random import Random

import pytest

from bot.study.rounds.questions import LETTERS, Question, present, present_trivia
from knowledge.bank.kinds import FindBug
from knowledge.bank.loader import load_bank
from knowledge.bank.models import Item, Lang, Topic

BANK = load_bank()
PICTURE = "https://example.org/plots/roc_curve_1.png"
ITEMS = [(topic, item) for topic in BANK.topics.values() for item in topic.quiz if item.kind != "open"]


def right_option(question: Question) -> str:
    return question.options[LETTERS.index(question.right[0])]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_item_of_the_bank_can_be_asked(lang: Lang) -> None:
    for topic, item in ITEMS:
        question = present(topic, item, lang, Random(0))
        assert len(set(question.options)) == len(question.options), f"{topic.slug}/{item.id}"
        assert len(question.options) == 4 or item.kind not in ("choice", "predict", "find_bug")
        if item.kind == "choice":
            assert right_option(question) == item.options[item.answer][lang]
        elif item.kind == "predict":
            assert right_option(question) == item.options[item.answer].strip()
        elif isinstance(item, FindBug):
            broken = item.broken.splitlines()
            shown = [line.split(maxsplit=1) for line in right_option(question).splitlines()]
            assert [int(number) for number, _ in shown] == sorted(item.answer_lines)
            assert all(broken[int(number) - 1].strip().startswith(text.rstrip("…")) for number, text in shown)


def of_kind(kind: str) -> tuple[Topic, Item]:
    return next((topic, item) for topic, item in ITEMS if item.kind == kind)


@pytest.mark.parametrize("kind", ["choice", "predict", "find_bug"])
def test_the_right_option_is_as_often_at_each_place(kind: str) -> None:
    topic, item = of_kind(kind)
    assert item.kind != "open"
    places = Counter(present(topic, item, "en", Random(seed)).right[0] for seed in range(2_000))
    assert set(places) == set(LETTERS)
    assert all(420 <= times <= 580 for times in places.values()), places


def test_a_question_is_saved_and_read_back() -> None:
    for topic, item in ITEMS:
        question = present(topic, item, "zh", Random(3))
        assert Question.from_json(json.loads(json.dumps(question.as_json()))) == question


def test_an_open_item_is_not_for_a_round() -> None:
    topic, item = next((t, i) for t in BANK.topics.values() for i in t.quiz if i.kind == "open")
    with pytest.raises(ValueError, match="in words"):
        present(topic, item, "en", Random(0))


def test_what_is_longer_takes_longer_to_read_and_chinese_more_a_character() -> None:
    times = [present_trivia("p", 1, text, ["x"]).read_s for text in ("why?", "w" * 120, "为" * 60, "w" * 9_000)]
    assert times == [0.7, 2.0, 2.5, 4.0]


@pytest.mark.parametrize(
    ("question", "prompt", "picture"),
    [
        (f"Which curve is this? {PICTURE}", "Which curve is this?", PICTURE),
        (f"{PICTURE} 这是什么曲线？", "这是什么曲线？", PICTURE),
        (PICTURE, PICTURE, PICTURE),
        (f"Which? {PICTURE}?size=2&x=1", "Which?", f"{PICTURE}?size=2&x=1"),
        ("Which? http://example.org/a.png", "Which? http://example.org/a.png", None),
        ("Which? https://user:secret@example.org/a.png", "Which? https://user:secret@example.org/a.png", None),
        ("Which? https://localhost/a.png", "Which? https://localhost/a.png", None),
        ("Which? https://example.org/a.html", "Which? https://example.org/a.html", None),
    ],
)
def test_the_address_of_a_picture_in_a_question_is_its_picture(question: str, prompt: str, picture: str | None) -> None:
    shown = present_trivia("p", 1, question, ["ROC"])
    assert (shown.prompt, shown.picture) == (prompt, picture)
    assert Question.from_json(shown.as_json()) == shown


def test_a_round_saved_before_questions_had_pictures_can_still_be_read() -> None:
    old = present_trivia("p", 1, "Which?", ["ROC"]).as_json()
    del old["rivals"], old["picture"]
    assert Question.from_json(old) == present_trivia("p", 1, "Which?", ["ROC"])
