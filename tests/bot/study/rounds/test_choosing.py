from __future__ import annotations

from random import Random

from bot.study.rounds.choosing import again, choose
from bot.study.rounds.questions import Pack
from knowledge.bank.loader import load_bank

BANK = load_bank()
PACK = Pack("ml", None, "0" * 64, (("Who?", ("Hinton",)), ("What?", ("ReLU",))))


def test_only_the_wished_topics_and_kinds_are_asked_each_once() -> None:
    chosen = choose(BANK, "en", Random(0), count=30, topics=["gan", "cnn"], kinds=["predict", "find_bug"])
    assert {question.topic for question in chosen} == {"gan", "cnn"}
    assert {question.kind for question in chosen} == {"predict", "find_bug"}
    assert len({(question.topic, question.item) for question in chosen}) == len(chosen)


def test_what_was_asked_lately_comes_only_when_nothing_else_is_left() -> None:
    every = choose(BANK, "en", Random(0), count=100, topics=["gan"])
    lately = [(question.topic, question.item) for question in every[:-2]]
    chosen = choose(BANK, "en", Random(1), count=2, topics=["gan"], lately=lately)
    assert {question.item for question in chosen} == {question.item for question in every[-2:]}
    third = choose(BANK, "en", Random(1), count=3, topics=["gan"], lately=lately)
    assert lately[-1][1] in {question.item for question in third}, "the one asked longest ago"


def test_two_rounds_differ_and_one_seed_makes_one_round() -> None:
    rounds = [choose(BANK, "zh", Random(seed), count=10) for seed in (1, 1, 2)]
    assert rounds[0] == rounds[1] != rounds[2]


def test_a_pack_alone_brings_no_items_of_the_bank() -> None:
    assert {question.topic for question in choose(BANK, "en", Random(0), count=9, packs=[PACK])} == {"pack:ml"}
    both = choose(BANK, "en", Random(0), count=50, packs=[PACK], topics=["gan"])
    assert {question.topic for question in both} == {"pack:ml", "gan"}


def test_again_asks_what_is_still_there() -> None:
    item = next(item for item in BANK["gan"].quiz if item.kind == "choice")
    missed = [("gan", item.id), ("gan", "gone-since"), ("gone-too", "x"), ("pack:ml", "q2"), ("pack:ml", "q9")]
    found = again(BANK, "en", Random(0), missed, [PACK])
    assert [(question.topic, question.item) for question in found] == [("gan", item.id), ("pack:ml", "q2")]


def test_a_question_of_a_pack_knows_which_answers_of_others_look_like_its_own() -> None:
    pack = Pack("p", None, "0" * 64, (("A?", ("zorblat",)), ("B?", ("Zorblap", "other")), ("C?", ("far away",))))
    first = next(q for q in choose(BANK, "en", Random(0), count=9, packs=[pack]) if q.item == "q1")
    assert "Zorblap" in first.rivals
    assert "far away" not in first.rivals
    assert again(BANK, "en", Random(0), [("pack:p", "q1")], [pack]) == (first,)
