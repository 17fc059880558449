"""Traditional Chinese is read as it is typed on the mainland, and Simplified Chinese is left alone."""

import json
from pathlib import Path

import pytest
from opencc import OpenCC

from knowledge.search.glossary import Glossary
from knowledge.search.traditional import _TERMS, mainland, simplified

QUERIES = Path(__file__).parents[2] / "data" / "queries.jsonl"
#: Terms of the glossary that name in Taiwan what has another name on the mainland.
RENAMED = {"医学影像": "医学图像", "查询改写": "查找改写"}


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("什麼是過擬合", "什么是过拟合"),
        ("卷積層與池化層", "卷积层与池化层"),
        ("類神經網路", "神经网络"),
        ("資料增強的程式", "数据增强的程序"),
        ("最佳化", "优化"),
        ("程式碼怎麼寫", "代码怎么写"),
        ("解方程式", "解方程式"),
        ("損失函數裡的交叉熵", "损失函数里的交叉熵"),
        ("批次正規化", "批量归一化"),
        ("L2 正規化", "L2 正则化"),
        ("時間序列的指標", "时间序列的指标"),
        ("支援向量機", "支持向量机"),
        ("倒傳遞演算法", "反向传播算法"),
        ("gan 的鑑別器", "gan 的判别器"),
        ("what is a GAN?", "what is a GAN?"),
    ],
)
def test_terms_of_taiwan_are_read_as_those_of_the_mainland(typed: str, read: str) -> None:
    assert mainland(typed) == read


def test_simplified_chinese_is_never_touched() -> None:
    glossary = Glossary.packaged()
    questions = [json.loads(line)["query"] for line in QUERIES.read_text(encoding="utf-8").splitlines()]
    changed = {
        text: mainland(text) for text in (*glossary.terms, *glossary.words, *questions) if mainland(text) != text
    }
    assert changed == {}


def test_every_term_of_the_glossary_comes_back_from_traditional_characters() -> None:
    written = OpenCC("s2t")
    terms = Glossary.packaged().terms
    same = [term for term in terms if not any(name in written.convert(term) for name in _TERMS)]
    assert len(same) > 0.95 * len(terms)
    changed = {term: mainland(written.convert(term)) for term in same if mainland(written.convert(term)) != term}
    assert changed == RENAMED
    # The control: without the words that are kept, OpenCC's phrases turn sequences into serial ports.
    assert OpenCC("tw2sp").convert("時間序列") == "时间串行"


def test_characters_alone_are_folded_without_their_words() -> None:
    assert simplified("類神經網路") == "类神经网路"
