import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.search.followups import leans
from knowledge.search.reading import normalise


@pytest.mark.parametrize(
    "question",
    [
        "那怎么解决呢", "为什么？", "它的缺点呢", "举个例子", "代码怎么写", "面试会怎么问", "还有别的办法吗",
        "在实际项目里怎么用它", "什么时候不该用", "详细点", "公式是什么",
        "Why?", "and its drawbacks?", "how do I choose it?", "can you show me an example", "tell me more",
        "What would an interviewer ask?", "how is it computed, step by step", "in practice?",
    ],
)  # fmt: skip
def test_a_question_without_a_subject_leans(question: str) -> None:
    assert leans(normalise(question))


@pytest.mark.parametrize(
    "question",
    [
        "什么是过拟合", "那过拟合呢", "和 LSTM 比呢", "今天天气怎么样", "讲个笑话", "学习率怎么选", "谢谢", "好的",
        "what about overfitting", "what is a GAN", "why is the sky blue", "thanks", "ok",
        "how do I tune the learning rate", "why " * 20,
    ],
)  # fmt: skip
def test_a_question_with_a_subject_or_none_at_all_stands_alone(question: str) -> None:
    assert not leans(normalise(question))


@given(st.sampled_from(["为什么", "why", "and its drawbacks"]), st.sampled_from(["卷积", "gan", "天气", "banana"]))
def test_one_word_of_its_own_is_enough_to_stand_alone(lean: str, subject: str) -> None:
    assert leans(lean)
    assert not leans(f"{lean} {subject}")
