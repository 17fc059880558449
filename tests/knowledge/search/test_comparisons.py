"""What is read as a comparison, and what answers it: over the bank itself, in both languages."""

import re

import pytest

from knowledge.bank.loader import load_bank
from knowledge.search.comparisons import Comparisons, Settled, sides
from knowledge.search.glossary import Glossary
from knowledge.search.index import packaged_negatives
from knowledge.search.reading import clean
from knowledge.search.retriever import Retriever
from knowledge.search.terms import Terms, UnitRef

BANK = load_bank()
COMPARISONS = Comparisons(Terms(BANK, Glossary.packaged(), packaged_negatives()))

#: A question, and the unit that compares: its topic and a pattern of its id.
COMPARED = [
    ("GAN 跟 VAE 到底差在哪", "gan", "vs-vae"),
    ("how does a VAE differ from a GAN?", "gan", "vs-vae"),
    ("请问生成对抗网络和变分自编码器有什么不同？", "gan", "vs-vae"),
    ("compare GANs with diffusion models", "gan", "vs-diffusion"),
    ("GAN 和扩散模型怎么选", "gan", "vs-diffusion"),
    ("difference between an autoencoder and PCA", "autoencoder", "vs-pca"),
    ("自编码器和 PCA 的联系与区别", "autoencoder", "vs-pca"),
    ("VAE vs. plain autoencoder", "vae", "vs-autoencoder"),
    ("CNN 与 MLP 的区别和联系", "cnn", ".*mlp"),
    ("LSTM or GRU, which one should I pick?", "lstm", ".*gru"),
    ("LSTM 比普通 RNN 好在哪里", "lstm", ".*rnn"),
    ("what is the difference between batch norm and layer norm", "batch-normalization", "bn-vs-ln|vs-layer-norm"),
    ("batch vs layer normalization", "batch-normalization", "bn-vs-ln|vs-layer-norm"),
    ("批归一化和层归一化有什么区别", "batch-normalization", "bn-vs-ln|vs-layer-norm"),
    ("L1 正则与 L2 正则有何异同", "regularization", ".*l1.*l2"),
    ("lasso versus ridge regression", "regularization", ".*(l1|lasso).*"),
    ("在深度学习中，SGD 和 Adam 的区别是什么", "optimizers", ".*sgd.*adam"),
    ("is Adam better than SGD?", "optimizers", ".*sgd.*adam"),
    ("relu versus leaky relu: which is better", "activation-functions", ".*relu.*leaky.*"),
    ("Sigmoid 和 Softmax 怎么区分？", "activation-functions", ".*sigmoid.*softmax"),
    ("tanh compared to sigmoid", "activation-functions", ".*sigmoid.*tanh"),
    ("最大与平均池化的区别", "pooling-layer", ".*max.*average"),
    ("when should I use max pooling over average pooling", "pooling-layer", ".*max.*average"),
    ("MSE vs cross-entropy", "loss-functions", ".*(mse|cross-entropy).*"),
    ("MAE、MSE 的区别", "loss-functions", ".*(mse|mae).*"),
    ("precision/recall, what's the difference?", "model-evaluation", ".*precision.*recall"),
    ("精确率和召回率怎么取舍", "model-evaluation", ".*precision.*recall"),
    ("ROC 和 PR 曲线的差别", "model-evaluation", ".*roc.*pr"),
    ("how are overfitting and underfitting different", "overfitting", ".*underfitting"),
    ("bias versus variance", "overfitting", ".*bias.*variance"),
    ("bagging 同 boosting 比较", "overfitting", ".*bagging.*boosting"),
    ("请比较特征提取和微调", "transfer-learning", ".*fine-tuning.*"),
    ("卷积层和全连接层是一回事吗", "dense-layer", ".*conv.*"),
    ("gradient vanishing and exploding, the difference", "vanishing-exploding-gradients", ".*vanishing.*exploding"),
    ("K-fold cross-validation vs a hold-out set", "cross-validation", "vs-hold-out"),
    ("batch、mini-batch 和随机梯度下降有哪些区别", "gradient-descent", ".*batch.*"),
    ("presicion vs recal", "model-evaluation", ".*precision.*recall"),
    ("what is the difference between dropout and batch norm", "batch-normalization", "vs-dropout"),
    ("backpropagation versus gradient descent", "backpropagation", "vs-gradient-descent"),
    ("反向传播和梯度下降有什么关系", "backpropagation", "vs-gradient-descent"),
    ("随机森林和 GBDT 哪个好", "random-forest", "vs-gbdt"),
    ("compare LoRA with AdaLoRA", "lora-peft", "adalora"),
    ("LoRA 和全量微调的区别", "lora-peft", "vs-full"),
    ("RoPE vs ALiBi", "positional-encoding-rope", "vs-rope-alibi"),
    ("self-attention 和 RNN 的区别", "self-attention", "vs-rnn"),
    ("MHA、MQA、GQA 的区别", "kv-cache-gqa", "vs-mha-mqa-gqa"),
    ("RAG 和微调怎么选", "rag-pipeline-chunking", "vs-fine-tuning"),
    ("Transformer vs LSTM", "transformer", "vs-lstm"),
    ("DDP 和 FSDP 的区别", "data-tensor-pipeline-parallel", "vs-ddp-fsdp"),
    ("LR 和 SVM 的区别", "svm|logistic-regression", "vs-.*"),
    ("difference between linear and logistic regression", "logistic-regression|linear-regression", "vs-.*"),
    ("XGBoost vs LightGBM", "gradient-boosting-xgboost", "vs-.*"),
    ("GBDT 和 XGBoost 的区别", "gradient-boosting-xgboost", "vs-.*"),
    ("ID3、C4.5 和 CART 的区别", "decision-tree", "vs-.*"),
    ("gini impurity vs entropy", "decision-tree", "vs-.*"),
    ("k-means 和 GMM 有什么不同", "k-means", "vs-.*"),
    ("PCA vs LDA", "pca", "vs-.*"),
    ("PCA 和 t-SNE 的区别", "pca", "vs-.*"),
    ("on-policy 与 off-policy 的区别", "rl-basics-mdp", "vs-.*"),
    ("z-test or t-test, what is the difference", "hypothesis-testing", "vs-.*"),
    ("过采样和欠采样怎么选", "imbalanced-data", "vs-.*"),
    ("generative vs discriminative models", "logistic-regression", "vs-.*"),
]
#: A question that no unit answers, and the units that define its sides.
DEFINED = [
    ("GAN 和 LSTM 有什么区别", "gan#answer lstm#answer"),
    ("ResNet vs dropout", "resnet#answer regularization#dropout"),
    ("早停和 dropout 的区别", "overfitting#early-stopping regularization#dropout"),
    ("ResNet 和 VAE 有何不同", "resnet#answer vae#answer"),
    ("LoRA versus dropout", "lora-peft#answer regularization#dropout"),
    ("模式崩溃和后验坍塌的区别", "gan#mode-collapse vae#posterior-collapse"),
]  # fmt: skip
#: A question, what of it the bank does not cover, and what it has on the rest.
LACKING = [
    ("YOLO vs Faster R-CNN", "yolo faster r-cnn", ""),
    ("HMM 和 CRF 有什么区别", "hmm crf", ""),
    ("进程和线程的区别", "进程 线程", ""),
    ("docker versus kubernetes", "docker kubernetes", ""),
    ("difference between a mutex and a semaphore", "mutex semaphore", ""),
    ("GAN vs YOLO", "yolo", "gan#answer"),
    ("U-Net 和 YOLO 哪个好", "u-net yolo", ""),
    ("dropout 和 YOLO 的区别", "yolo", "regularization#dropout"),
]
NOT_COMPARED = [
    "GAN 和 VAE 都是什么", "what are GANs and VAEs", "卷积和池化怎么实现", "学习率太大会怎样",
    "训练和推理时 dropout 做什么",
    "explain forward and backward pass", "how do generator and discriminator train", "和过拟合有关的技巧",
    "why does dropout work",
    "what is the same padding", "与门是什么", "pros of batch norm", "和", "vs", "or", "区别", "what is the difference",
    "它和这个有什么区别", "difference between them", "how to train and deploy", "梯度消失怎么办", "trade or die",
]  # fmt: skip


def settled(question: str) -> Settled | None:
    asked = sides(clean(question))
    return COMPARISONS.settle(asked, None) if asked is not None else None


def places(found: Settled) -> str:
    return " ".join(f"{place.topic}#{place.unit}" for place in found.places)


@pytest.mark.parametrize(("question", "topic", "unit"), COMPARED)
def test_the_unit_that_compares_answers(question: str, topic: str, unit: str) -> None:
    found = settled(question)
    assert found is not None
    assert (found.compares, found.missing, len(found.places)) == (True, (), 1)
    assert re.fullmatch(topic, found.places[0].topic), found.places[0]
    assert re.fullmatch(unit, found.places[0].unit), found.places[0].unit


@pytest.mark.parametrize(("question", "wanted"), DEFINED)
def test_without_one_both_definitions_are_given_in_the_order_asked(question: str, wanted: str) -> None:
    found = settled(question)
    assert found is not None
    assert (places(found), found.compares, found.missing) == (wanted, False, ())
    assert set(found.also) == {place.topic for place in found.places[1:]} - {found.places[0].topic}


@pytest.mark.parametrize(("question", "missing", "known"), LACKING)
def test_what_the_bank_does_not_cover_is_named(question: str, missing: str, known: str) -> None:
    found = settled(question)
    assert found is not None
    assert (" ".join(found.missing), places(found), found.compares) == (missing, known, False)


@pytest.mark.parametrize("question", NOT_COMPARED)
def test_what_compares_nothing_is_left_to_the_search(question: str) -> None:
    assert settled(question) is None


def test_the_other_topic_is_named_beside_the_one_that_compares() -> None:
    found = settled("VAE vs GAN")
    assert found is not None
    assert (found.places[0].topic, found.also) == ("gan", ("vae",))


def test_what_the_search_finds_stands_where_it_speaks_of_both() -> None:
    asked = sides("早停和 dropout 有什么区别")
    assert asked is not None
    place = {unit.id: UnitRef("overfitting", unit.section, unit.id) for unit in BANK["overfitting"].units["zh"]}
    assert COMPARISONS.settle(asked, place["how-to-fix"]) is None
    assert COMPARISONS.settle(asked, place["double-descent"]) is not None, "a unit that speaks of neither is no answer"


def test_a_clause_that_the_bank_lacks_is_not_called_uncovered() -> None:
    for question in ("two stacked 3x3s or a single 5x5, which should i use", "model too simple vs model too flexible"):
        assert settled(question) is None


def test_a_bare_or_is_a_comparison_only_where_a_unit_has_the_very_two() -> None:
    assert sides("gan or diffusion") is not None
    assert not sides("gan or diffusion").sure  # type: ignore[union-attr]
    found = settled("gan or diffusion")
    assert found is not None
    assert found.places[0].unit == "vs-diffusion"
    assert settled("gan or yolo") is None


def test_the_search_replies_with_it(whole: Retriever) -> None:
    compared, both, half, outside = whole.ask_many(
        ["GAN 和 VAE 的区别", "ResNet vs dropout", "GAN vs YOLO", "HMM 和 CRF 有什么区别"]
    )
    assert (compared.outcome, compared.topic, compared.unit, compared.also) == ("answer", "gan", "vs-vae", ("vae",))
    assert compared.below == ()
    assert (both.outcome, both.topic, both.also, [p.unit for p in both.below]) == (
        "answer", "resnet", ("regularization",), ["dropout"],
    )  # fmt: skip
    assert both.candidates[0].topic == "resnet"
    assert (half.outcome, half.topic, half.missing, [p.topic for p in half.below]) == (
        "decline",
        None,
        ("YOLO",),
        ["gan"],
    )
    assert (outside.outcome, outside.missing, outside.below) == ("decline", ("HMM", "CRF"), ())
    for reply in (half, outside):
        assert reply.confidence < whole.fitted.clarify_threshold
