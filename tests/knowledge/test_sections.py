import pytest

from knowledge.query import normalise
from knowledge.sections import route


@pytest.mark.parametrize(
    ("question", "section"),
    [
        ("ResNet 容易在哪里出错", "pitfalls"),
        ("用 dropout 有哪些坑", "pitfalls"),
        ("VAE 的缺点", "pitfalls"),
        ("common mistakes with batch norm", "pitfalls"),
        ("what are the drawbacks of ReLU", "pitfalls"),
        ("batch norm in practice", "practice"),
        ("Adam 怎么调", "practice"),
        ("dropout 代码怎么写", "practice"),
        ("when should I use huber loss", "practice"),
        ("LSTM 的公式", "how"),
        ("反向传播推导", "how"),
        ("derivation of the KL term", "how"),
        ("GAN 面试会问什么", "interview"),
        ("interview follow-up questions on CNN", "interview"),
        ("什么是卷积神经网络？它如何工作？", "answer"),
        ("过拟合", "answer"),
        ("what is a GAN?", "answer"),
        ("encoder-decoder", "answer"),
        ("decode a code-named project", "answer"),
        ("", "answer"),
    ],
)
def test_a_question_opens_at_the_section_it_asks_for(question: str, section: str) -> None:
    assert route(normalise(question)) == section


def test_the_first_cue_decides() -> None:
    assert route("缺点和公式") == "pitfalls"
    assert route("公式和缺点") == "how"
