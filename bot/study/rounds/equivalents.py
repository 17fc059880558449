"""Names that mean the same with and without their generic noun: `F1` and `F1 score`.

Such a word says nothing beside these names alone: `attention score` is not attention, and `hidden layer` answers more
than `hidden`. So each is listed with the names that it may stand beside; nothing follows from the word itself.
"""

from __future__ import annotations

from bot.study.rounds.folding import key, tokens
from knowledge.search.glossary import Glossary

#: The words, and the names beside which they say nothing; each as it is written without spaces.
_KINDS = (
    (
        "score scores measure value metric 分数 得分 值 指标 度量",
        "f1 auc auroc rocauc bleu rouge iou accuracy precision recall",
    ),
    (
        "optimizer optimiser 优化器 优化算法",
        "adam adamw nadam radam adamax adagrad adadelta rmsprop sgd lamb lion",
    ),
    (
        "loss cost lossfunction costfunction 损失 损失函数 代价函数",
        "crossentropy binarycrossentropy categoricalcrossentropy mse mae bce 交叉熵 二元交叉熵 均方误差",
    ),
    ("clustering 聚类 聚类算法", "kmeans kmeans++ kmedoids dbscan hdbscan"),
    ("layer 层", "softmax dropout batchnorm batchnormalization layernorm layernormalization"),
    (
        "classifier model 分类器 模型",
        "naivebayes svm knn logisticregression randomforest decisiontree xgboost lightgbm catboost adaboost "
        "朴素贝叶斯 逻辑回归 逻辑斯蒂回归 随机森林 决策树 支持向量机",
    ),
    ("network net networks 网络", "cnn rnn lstm gru gan resnet unet"),
    (
        "problem issue phenomenon 问题 现象",
        "vanishinggradient vanishinggradients explodinggradient explodinggradients overfitting underfitting coldstart "
        "catastrophicforgetting modecollapse 梯度消失 梯度爆炸 过拟合 欠拟合 冷启动 灾难性遗忘 模式崩溃",
    ),
    ("learning 学习", "supervised unsupervised semisupervised selfsupervised 有监督 无监督 半监督 自监督 弱监督"),
)  # fmt: skip
#: Other spellings of one name.
_ALSO = {"监督学习": "有监督", "l1正则": "l1正则化", "l2正则": "l2正则化"}
_NAMES = {name + word: name for words, names in _KINDS for word in words.split() for name in names.split()} | _ALSO


def name(found: tuple[str, ...]) -> str:
    """Return tokens in one piece, without a word that says nothing beside this name."""
    whole = key(found)
    return _NAMES.get(whole, whole)


def same_thing(one: str, other: str) -> bool:
    """Whether a Chinese name and an English one, in full or as an abbreviation, are one term of the field."""
    english = _english(one)
    if english is None:
        return False
    return key(tokens(english)) == key(tokens(other)) or _initials(english) == other.strip().casefold()


def _english(text: str) -> str | None:
    return Glossary.packaged().terms.get(key(tokens(text)))


def _initials(text: str) -> str:
    words = text.casefold().replace("-", " ").split()
    return "".join(word[0] for word in words) if len(words) > 1 else ""
