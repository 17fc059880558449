"""Traditional Chinese → Simplified, and the terms of Taiwan → those of the mainland, by OpenCC's tables.

    過擬合 → 过拟合      類神經網路 → 神经网络      資料 → 数据      最佳化 → 优化

OpenCC's phrases are made for software at large: a table of the field's own terms goes before them.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
#: Terms of the field that OpenCC leaves as they are, or turns into another one's: its 正規化 is a database's 范式.
_TERMS = {
    "類神經": "神经", "批次正規化": "批量归一化", "批次標準化": "批量归一化", "批量正規化": "批量归一化",
    "層正規化": "层归一化", "資料正規化": "数据归一化", "特徵正規化": "特征归一化", "正規化層": "归一化层",
    "正規化": "正则化", "常規化": "正则化", "支援向量": "支持向量", "過度擬合": "过拟合", "過度配適": "过拟合",
    "低度擬合": "欠拟合", "擬合不足": "欠拟合", "學習速率": "学习率", "啟動函數": "激活函数", "啟動函式": "激活函数",
    "激勵函數": "激活函数", "激勵函式": "激活函数", "活化函數": "激活函数", "活化函式": "激活函数",
    "倒傳遞": "反向传播", "反向傳遞": "反向传播", "後向傳播": "反向传播", "前向傳遞": "前向传播",
    "遞迴神經": "循环神经", "遞迴式神經": "循环神经", "閘門": "门", "遺忘閘": "遗忘门", "輸入閘": "输入门",
    "輸出閘": "输出门", "生成式對抗": "生成对抗", "對抗式生成": "生成对抗", "鑑別器": "判别器",
    "鑑別網路": "判别网络", "自動編碼器": "自编码器", "轉移學習": "迁移学习", "遷移式學習": "迁移学习",
    "監督式": "监督", "非監督": "无监督", "資料擴增": "数据增强", "資料擴充": "数据增强", "資料外洩": "数据泄漏",
    "變異數": "方差", "雜訊": "噪声", "物件偵測": "目标检测", "偵測": "检测", "精準度": "精确率", "準確度": "准确率",
    "召回度": "召回率", "提早停止": "早停", "提前終止": "早停", "跳接": "跳跃连接", "零填補": "零填充",
    "填補": "填充", "座標": "坐标", "辨識": "识别", "最佳解": "最优解", "步進": "步长", "權值": "权重",
    "隱藏變數": "隐变量",
}  # fmt: skip
#: Words of Taiwan in characters that both sides share; an equation is 方程式 on both.
_TAIWAN = re.compile("最佳化|(?<!方)程式(?!化)")
#: Words that both sides share and OpenCC's phrases do not: its 序列 is 串行, its 指標 指针, its 線上 在线.
_KEPT = (
    "批次", "向量", "序列", "指標", "堆疊", "傳送", "坐標", "核心", "離線", "線上", "啟用", "想像", "執行",
    "複製", "縮圖", "截圖", "列舉", "高階", "變換", "設定", "載入", "文件",
)  # fmt: skip
_OWN = re.compile("|".join(sorted(map(re.escape, (*_TERMS, *_KEPT)), key=len, reverse=True)))


@cache
def _converter(tables: str) -> OpenCC:
    from opencc import OpenCC

    return OpenCC(tables)


def simplified(text: str) -> str:
    """Return `text` with Traditional Chinese characters as Simplified ones; its words stay as they are."""
    return _converter("t2s").convert(text) if _HAN.search(text) else text


def mainland(text: str) -> str:
    """Return `text` as it is typed on the mainland: characters and terms; Simplified text is returned as it is.

    Where neither a character nor one of the words that tell is Taiwan's, no other word is taken for one.
    """
    if simplified(text) == text and not _TAIWAN.search(text):
        return text
    places = [0, *(place for match in _OWN.finditer(text) for place in match.span()), len(text)]
    parts = [text[start:end] for start, end in zip(places, places[1:], strict=False)]
    return "".join(_of_mainland(part) for part in parts if part)


def _of_mainland(part: str) -> str:
    if part in _TERMS:
        return _TERMS[part]
    return simplified(part) if part in _KEPT else _converter("tw2sp").convert(part)
