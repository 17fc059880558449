"""What is taken for a wish to write code, and what is a question all the same."""

from __future__ import annotations

import time

import pytest

from bot.study.drills.asking import DrillWish, drill_wish, nearest_drills, said_of_drill
from bot.study.drills.choosing import find
from knowledge.bank.models import Bank
from tests.bot.study.drills.samples import DRILL
from tests.bot.world import bank


@pytest.fixture(scope="module")
def drilled() -> Bank:
    return bank()


def wish(text: str, of: Bank) -> DrillWish | None:
    return drill_wish(text, lambda name: find(of, name))


@pytest.mark.parametrize(
    "text",
    [
        "手撕 softmax", "手撕softmax吧", "那来手撕一下 softmax", "手写 softmax", "自己写一个 softmax",
        "从零实现 softmax",
        "softmax from scratch", "implement softmax", "Can you give me a coding drill on softmax?", "drill softmax",
        "drill me on softmax", "code softmax from scratch please", "a coding exercise on stable softmax",
        "手撕 SOFTMAX 的代码",
    ],
)  # fmt: skip
def test_a_drill_is_asked_for_by_name(drilled: Bank, text: str) -> None:
    found = wish(text, drilled)
    assert found is not None
    assert found.drills == (DRILL,)


@pytest.mark.parametrize(
    "text",
    [
        "手撕", "来道手撕题", "给我来一道手撕", "出道编程题", "我想做代码题", "考我手撕", "手撕代码",
        "give me a coding drill",
        "drill me", "drill", "another coding drill please", "a coding exercise please", "practice coding",
    ],
)  # fmt: skip
def test_any_drill_is_asked_for(drilled: Bank, text: str) -> None:
    found = wish(text, drilled)
    assert found is not None
    assert (found.drills, found.name) == ((), "")


@pytest.mark.parametrize("text", ["手撕 transformer", "give me a coding drill on beam search"])
def test_a_drill_that_there_is_not_is_still_a_wish(drilled: Bank, text: str) -> None:
    found = wish(text, drilled)
    assert found is not None
    assert not found.drills
    assert found.name


@pytest.mark.parametrize(
    "text",
    [
        "softmax", "什么是 softmax", "怎么手写 softmax", "手撕 softmax 怎么写", "手撕一般考什么", "手撕代码是什么意思",
        "手写数字识别用什么网络", "手写数字识别", "how do I implement softmax", "implement it in production", "写代码",
        "drill down into attention", "train a resnet from scratch", "code", "show me the code", "what is a drill",
        "实现它要多久", "practice question", "softmax " * 30,
    ],
)  # fmt: skip
def test_a_question_stays_a_question(drilled: Bank, text: str) -> None:
    assert wish(text, drilled) is None


@pytest.mark.parametrize("text", ["我想要" * 26, "ok " * 26, "手撕" + "的代码" * 25 + "x", "give me " * 10])
def test_no_message_takes_long_to_read(drilled: Bank, text: str) -> None:
    began = time.process_time()
    wish(text[:80], drilled)
    assert time.process_time() - began < 1, "a pattern tries every way to divide it"


def test_the_language_is_that_of_the_words(drilled: Bank) -> None:
    asked = [wish(text, drilled) for text in ("手撕 softmax", "softmax from scratch")]
    assert [each.lang for each in asked if each is not None] == ["zh", "en"]


def test_of_the_open_drill_a_hint_or_its_solution_is_asked_for() -> None:
    assert [said_of_drill(text) for text in ("给点提示", "Another hint!", "放弃", "I give up.")] == [
        "hint", "hint", "solution", "solution",
    ]  # fmt: skip
    assert said_of_drill("what is a hint loss") is None


def test_the_nearest_drills_are_those_that_look_alike(drilled: Bank) -> None:
    assert nearest_drills(drilled, "sofmtax", "en") == [DRILL]
