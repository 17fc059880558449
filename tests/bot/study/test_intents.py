"""What people say about the answer before them, and what only looks like it and stays a question."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.study.intents import Intent, intent, said
from bot.study.smalltalk import SmallTalk
from knowledge.bank.loader import load_bank

DATA = Path(__file__).parents[2] / "data"

SAID = {
    "onward": [
        "继续", "继续吧", "继续说", "好的，继续", "请继续",
        "接着讲", "往下讲", "展开讲讲", "展开说说", "能展开讲讲吗？",
        "详细点", "再详细一点", "详细讲解一下", "具体说说", "还有呢？",
        "还有吗", "然后呢", "接下来呢", "多讲一点", "讲讲",
        "解释一下", "下一个", "为什么", "为什么？", "为什么呢", "那为什么", "为啥", "为啥啊？", "为什么会这样", "繼續",
        "為什麼", "展開講講", "請繼續", "jixu", "go on", "Go on.", "continue", "keep going", "tell me more",
        "tell me more please", "ok, tell me more", "thanks, go on", "can you elaborate?",
        "more", "More!", "more details",
        "expand on that", "why", "why?", "Why??", "but why?", "why is that", "how come?", "and then?", "what else?",
        "explain more", "ok next", "why not?", "could you explain that a bit more?", "GO ON", "go  on",
    ],
    "example": [
        "没懂", "没听懂", "不懂", "我不懂", "还是没懂",
        "还是不太懂啊", "看不懂", "不太明白", "太抽象了", "能说简单点吗",
        "说人话", "举个例子", "能举个例子吗？", "有例子吗", "比如呢",
        "什么意思？", "啥？", "沒懂", "聽不懂", "舉個例子",
        "I don't get it", "i dont get it", "I don’t get it :(", "sorry, I don't understand", "I'm lost", "confused",
        "huh?", "what?", "too complicated", "in simple terms please", "eli5", "for example?", "give me an example",
        "can you give me an example", "it makes no sense", "what do you mean?",
    ],
    "code": [
        "给我代码", "代码", "代码呢？", "看看代码", "有代码吗",
        "上代码", "来段代码", "源代码", "能给我看看代码吗", "給我程式碼",
        "给我代码，谢谢", "code", "Code?", "code please",
        "show me the code", "can I see the code?", "give me the code",
        "source code", "where's the code", "any code?", "ok, show me the code", "I don't get it, show me the code",
    ],
    "run": [
        "运行", "运行一下", "跑一下", "跑跑看", "跑一下代码",
        "运行给我看", "执行一下", "试试看", "演示一下", "帮我跑一下",
        "運行一下", "run it", "run", "run the example",
        "can you run it?", "let me try it", "try it out", "demo please",
        "run it again", "execute it",
    ],
    "quiz": [
        "考考我", "考我", "考考我吧", "来一题", "再来一题",
        "出个题", "给我出道题", "测试一下", "问我一个问题", "來一題",
        "quiz me", "Quiz me!", "test me", "ask me a question", "give me a quiz", "another one", "next question",
        "ok quiz me",
    ],
    "again": [
        "再说一遍", "重复一遍", "再講一遍", "say that again", "can you repeat that?", "once more please", "again",
        "用中文再说一遍", "用中文", "中文", "说中文", "请用中文",
        "能用英文讲吗", "换成英文", "in English please", "English please",
        "say it in Chinese", "in Chinese", "translate", "翻译一下", "用 English 说", "can you explain it in English?",
    ],
    "quit": ["quit", "exit", "q", "退出", "Quit."],
}  # fmt: skip
QUESTIONS = [
    "thanks, what is dropout?", "why does dropout work", "why does it work", "为什么要用激活函数", "为什么不行",
    "为什么梯度会消失", "为什么收敛慢", "那怎么解决呢", "怎么用", "有什么缺点", "what are its drawbacks?",
    "how do I code a GAN", "code for dropout", "show me the code of a GAN", "GAN code", "gan 代码", "给我 GAN 的代码",
    "代码怎么写", "这段代码为什么报错", "code smells", "source of overfitting", "run time of an LSTM", "run gan",
    "运行时间", "运行 GAN", "跑一下 GAN", "执行效率高吗", "quiz me on dropout", "考考我 dropout", "测试集是什么",
    "什么是测试集", "test set", "test error", "continue training", "继续训练会过拟合吗", "继续训练",
    "tell me more about dropout", "tell me about GANs", "展开讲讲 LSTM", "explain dropout", "解释一下反向传播",
    "讲讲 LSTM", "详细解释 BN", "an example of overfitting", "举个过拟合的例子", "adversarial example", "对抗样本",
    "I don't get dropout", "没懂反向传播", "不懂什么是卷积", "what is attention", "next token prediction",
    "下一个词预测", "in English what is 过拟合", "用中文讲讲 dropout", "machine translation", "机器翻译", "翻译模型",
    "repeat vector", "more layers", "more data", "更多数据", "why not sigmoid", "为什么用 ReLU 不用 sigmoid",
    "no more", "不继续了", "别运行", "exit criteria", "early stopping", "ask me anything about cnn", "例如 GAN 呢",
    "还有什么激活函数", "and the drawbacks", "autoencoder", "one more layer", "demo of overfitting",
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), [(text, kind) for kind, texts in SAID.items() for text in texts])
def test_what_is_said_of_the_answer_before_is_known_for_what_it_is(text: str, kind: str) -> None:
    wish = said(text)
    assert isinstance(wish, Intent), wish
    assert wish.kind == kind


@pytest.mark.parametrize("text", QUESTIONS)
def test_what_names_anything_else_is_a_question(text: str) -> None:
    assert intent(text) is None


def test_the_tables_are_as_long_as_they_should_be() -> None:
    assert sum(map(len, SAID.values())) >= 60
    assert len(QUESTIONS) >= 40


@pytest.mark.parametrize(
    ("text", "lang", "shown", "to"),
    [
        ("用中文再说一遍", "zh", "en", "zh"), ("in English please", "en", "zh", "en"), ("用英文讲", "zh", "zh", "en"),
        ("in Chinese", "en", "zh", "zh"), ("翻译一下", "zh", "en", "zh"), ("translate it", "en", "zh", "en"),
        ("继续", "zh", "en", "en"), ("why?", "en", "zh", "zh"), ("tell me more in Chinese", "en", "en", "zh"),
    ],
)  # fmt: skip
def test_a_language_that_is_named_is_the_one_to_go_on_in_and_else_it_stays(
    text: str, lang: str, shown: str, to: str
) -> None:
    wish = intent(text)
    assert wish is not None
    assert wish.lang == lang
    assert wish.shown_in(shown) == to  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["hello", "who are you", "help", "thanks", "谢谢讲解", "你是什么", "bye", "ok"])
def test_small_talk_stays_small_talk(text: str) -> None:
    assert isinstance(said(text), SmallTalk)


def test_no_name_and_no_question_of_the_bank_is_taken_for_a_wish() -> None:
    for topic in load_bank().topics.values():
        for name in (topic.slug, topic.title.zh, topic.title.en, *topic.meta.aliases):
            assert intent(name) is None, name
        for ask in (*topic.meta.asks.zh, *topic.meta.asks.en):
            assert intent(ask) is None, ask


def test_no_labelled_question_is_taken_for_a_wish() -> None:
    lines = (DATA / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    assert [line["query"] for line in map(json.loads, lines) if intent(line["query"])] == []


@given(
    st.lists(
        st.sampled_from(["继续", "续", "再", "为什么", "呢", "go", "on", " ", "more", "说", "的", "x"]), max_size=80
    )
)
def test_any_pile_of_such_words_is_read_in_no_time(words: list[str]) -> None:
    intent("".join(words))  # the phrases are put together once
    before = time.process_time()
    intent("".join(words))
    assert time.process_time() - before < 0.5
