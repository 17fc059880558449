"""Which messages ask nothing, and which only begin as if they did."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.study.smalltalk import small_talk
from bot.wording import entries
from knowledge.bank.loader import load_bank

DATA = Path(__file__).parents[2] / "data"


@pytest.mark.parametrize(
    ("text", "kind", "lang"),
    [
        ("hi", "greeting", "en"), ("Hi!!", "greeting", "en"), ("ＨＩ", "greeting", "en"),
        ("hellooooo", "greeting", "en"),
        ("Hi Epoch", "greeting", "en"), ("What's up?", "greeting", "en"),
        ("good morning, everyone", "greeting", "en"),
        ("你好", "greeting", "zh"), ("你好呀～", "greeting", "zh"), ("在吗？", "greeting", "zh"),
        ("在 吗", "greeting", "zh"),
        ("您好，老师", "greeting", "zh"), ("哈喽！", "greeting", "zh"), ("早上好☀️", "greeting", "zh"),
        ("在嗎", "greeting", "zh"),
        ("thanks", "thanks", "en"), ("Thanks 🙏", "thanks", "en"),
        ("thank you so much for your help!", "thanks", "en"),
        ("ok, got it, thx", "thanks", "en"), ("谢谢", "thanks", "zh"), ("多谢！", "thanks", "zh"),
        ("好的，谢谢老师", "thanks", "zh"),
        ("非常感谢您的解答", "thanks", "zh"), ("謝謝", "thanks", "zh"), ("thanks 谢谢", "thanks", "zh"),
        ("help", "help", "en"), ("HELP!", "help", "en"), ("can you help me?", "help", "en"),
        ("hi, help please", "help", "en"),
        ("What can you do", "help", "en"), ("帮助", "help", "zh"), ("你会什么？", "help", "zh"),
        ("who are you?", "who", "en"), ("你是谁", "who", "zh"), ("你是 AI 吗？", "who", "zh"),
        ("你叫什麼名字", "who", "zh"),
        ("bye", "bye", "en"), ("See you later!", "bye", "en"), ("再见", "bye", "zh"), ("拜拜啦", "bye", "zh"),
        ("886", "bye", None),
        ("ok", "ok", "en"), ("OK。", "ok", "en"), ("I see", "ok", "en"), ("好的", "ok", "zh"),
        ("明白了", "ok", "zh"), ("嗯嗯", "ok", "zh"),
        ("👋", "greeting", None), ("👍🏽", "ok", None), ("🙏🙏", "thanks", None),
    ],
)  # fmt: skip
def test_what_asks_nothing_is_known_for_what_it_is(text: str, kind: str, lang: str | None) -> None:
    said = small_talk(text)
    assert said is not None
    assert (said.kind, said.lang) == (kind, lang)


@pytest.mark.parametrize(
    "text",
    [
        "help me understand GAN", "thanks, what is dropout?", "hi, what is a GAN?", "hi gan", "ok so why relu",
        "can you help me with relu", "how do GANs work", "good learning rate?", "who invented relu",
        "hello dropout",
        "你好，什么是过拟合", "谢谢，那怎么解决呢", "帮我讲讲 LSTM", "好的激活函数有哪些", "怎么用", "为什么",
        "那怎么解决呢", "还有呢",
        "again", "please", "man", "k-means", "mode", "the", "老师", "", "   ", "?", "😀", "🤖🤖🔥", ":)",
        "thanks " * 20,
    ],
)  # fmt: skip
def test_what_asks_anything_or_says_nothing_is_not(text: str) -> None:
    assert small_talk(text) is None


def test_no_name_and_no_question_of_the_bank_is_taken_for_small_talk() -> None:
    for topic in load_bank().topics.values():
        for name in (topic.slug, topic.title.zh, topic.title.en, *topic.meta.aliases):
            assert small_talk(name) is None, name
        for ask in (*topic.meta.asks.zh, *topic.meta.asks.en):
            assert small_talk(ask) is None, ask


def test_no_labelled_question_is_taken_for_small_talk() -> None:
    lines = (DATA / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    taken = [line["query"] for line in map(json.loads, lines) if line["topics"] and small_talk(line["query"])]
    assert taken == []


def test_every_kind_has_its_answer() -> None:
    texts = entries()
    assert {f"small.{kind}" for kind in ("greeting", "thanks", "bye", "ok", "who")} <= texts.keys()
    assert {"console.chat.help", "discord.hello.text", "small.help_once"} <= texts.keys()


@given(st.lists(st.sampled_from(["谢", "谢谢", "你", "好", "的", "hi", " ", "so", "much", "嗯", "x"]), max_size=80))
def test_any_pile_of_such_words_is_read_in_no_time(words: list[str]) -> None:
    before = time.process_time()
    small_talk("".join(words))
    assert time.process_time() - before < 1.0
