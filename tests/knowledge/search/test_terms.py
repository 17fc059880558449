"""Terms: what defines them, what the bank does not cover, and that the search goes by it."""

import pytest

from knowledge.bank.interviews import follow_ups
from knowledge.bank.loader import load_bank
from knowledge.bank.models import LANGS, InWords
from knowledge.bank.questions import numbered
from knowledge.search import terms
from knowledge.search.glossary import Glossary
from knowledge.search.index import packaged_negatives
from knowledge.search.retriever import Retriever
from knowledge.search.terms import DEFINES, Terms, UnitRef, asked_for, fold

BANK = load_bank()
TERMS = Terms(BANK, Glossary.packaged(), packaged_negatives())
#: Topic, the unit (or units, of which one) that defines it, and the question in both languages.
SUB_CONCEPTS = [
    ("model-evaluation", "precision", "什么是精确率", "what is precision?"),
    ("model-evaluation", "recall", "召回率是什么", "what does recall mean"),
    ("model-evaluation", "f1", "什么是 F1 分数", "what is the F1 score"),
    ("model-evaluation", "confusion-matrix", "混淆矩阵是什么", "what is a confusion matrix"),
    ("model-evaluation", "roc|auc", "什么是 AUC", "what is ROC AUC"),
    ("activation-functions", "leaky-relu", "PReLU 是什么", "PReLU"),
    ("activation-functions", "gelu", "GELU 是什么", "what is GELU"),
    ("activation-functions", "dying-relu", "什么是死亡 ReLU", "what is dying ReLU"),
    ("activation-functions", "softmax", "softmax 是什么", "explain softmax"),
    ("learning-rate", "warm-up", "什么是学习率预热", "what is warm-up"),
    ("learning-rate", "cosine|cosine-annealing", "余弦退火是什么", "cosine annealing"),
    ("learning-rate", "range-test", "什么是 LR range test", "what is an lr range test"),
    ("gan", "mode-collapse", "什么是模式崩溃", "what is mode collapse"),
    ("gan", "wasserstein|vs-wgan", "WGAN 是什么", "what is WGAN"),
    ("gan", "fid", "FID 是什么", "what is FID"),
    ("gan", "roles", "判别器是什么", "what is the discriminator"),
    ("vae", "reparameterization", "重参数化技巧是什么", "what is the reparameterization trick"),
    ("vae", "elbo", "什么是 ELBO", "what is the ELBO"),
    ("vae", "posterior-collapse", "后验坍塌是什么", "what is posterior collapse"),
    ("vae", "beta-vae", "β-VAE 是什么", "what is a beta-VAE"),
    ("autoencoder", "denoising", "去噪自编码器是什么", "denoising autoencoder"),
    ("autoencoder", "sparse", "什么是稀疏自编码器", "what is a sparse autoencoder"),
    ("lstm", "gates|forget-gate", "遗忘门是什么", "what is the forget gate"),
    ("lstm", "gru", "GRU 是什么", "what is a GRU"),
    ("lstm", "bidirectional", "双向 LSTM 是什么", "what is a bidirectional LSTM"),
    ("rnn", "bptt", "BPTT 是什么", "what is backpropagation through time"),
    ("rnn", "teacher-forcing", "什么是 teacher forcing", "what is teacher forcing"),
    ("resnet", "residual-block", "残差块是什么", "what is a residual block"),
    ("resnet", "bottleneck", "什么是瓶颈块", "what is a bottleneck block"),
    ("batch-normalization", "layer-norm", "什么是层归一化", "what is layer normalization"),
    ("batch-normalization", "group-norm|vs-group-instance-norm", "组归一化是什么", "what is group norm"),
    ("batch-normalization", "rms-norm", "RMSNorm 是什么", "what is RMSNorm"),
    ("regularization", "dropout", "什么是 dropout", "what is dropout"),
    ("loss-functions", "label-smoothing", "标签平滑是什么", "what is label smoothing"),
    ("regularization", "l1|lasso", "L1 正则化是什么", "what is L1 regularization"),
    ("regularization", "elastic-net", "什么是弹性网络", "what is elastic net"),
    ("regularization", "vs-weight-decay", "权重衰减是什么", "what is weight decay"),
    ("overfitting", "early-stopping", "什么是早停", "what is early stopping"),
    ("overfitting", "underfitting", "欠拟合是什么", "what is underfitting"),
    ("overfitting", "double-descent", "双下降是什么", "what is double descent"),
    ("optimizers", "momentum", "动量是什么", "what is momentum"),
    ("optimizers", "adam", "Adam 是什么", "what is Adam"),
    ("optimizers", "rmsprop", "RMSProp 是什么", "RMSprop"),
    ("optimizers", "nesterov", "Nesterov 动量是什么", "what is Nesterov momentum"),
    ("gradient-descent", "saddle-points", "鞍点是什么", "what is a saddle point"),
    ("gradient-descent", "mini-batch", "什么是小批量", "what is a mini-batch"),
    ("loss-functions", "focal", "focal loss 是什么", "what is focal loss"),
    ("loss-functions", "hinge", "合页损失是什么", "what is hinge loss"),
    ("loss-functions", "huber", "Huber 损失是什么", "what is Huber loss"),
    ("vae", "kl-term", "KL 散度是什么", "what is KL divergence"),
    ("backpropagation", "chain-rule", "链式法则是什么", "what is the chain rule"),
    ("vanishing-exploding-gradients", "clipping", "梯度裁剪是什么", "what is gradient clipping"),
    ("vanishing-exploding-gradients", "he-init", "He 初始化是什么", "what is He initialization"),
    ("cross-validation", "leave-one-out", "留一法是什么", "what is leave-one-out"),
    ("cross-validation", "stratified", "分层 k 折是什么", "what is stratified k-fold"),
    ("cross-validation", "nested", "嵌套交叉验证是什么", "what is nested cross-validation"),
    ("convolutional-layer", "depthwise-separable", "深度可分离卷积是什么", "what is a depthwise separable convolution"),
    ("convolutional-layer", "one-by-one", "1x1 卷积是什么", "what is a 1x1 convolution"),
    ("conv-layer-hyperparameters", "dilation", "什么是空洞卷积", "what is a dilated convolution"),
    ("conv-layer-hyperparameters", "padding", "padding 是什么", "what is padding"),
    ("pooling-layer", "global-average-pooling", "什么是全局平均池化", "what is global average pooling"),
    ("dense-layer", "perceptron", "感知机是什么", "what is a perceptron"),
    ("lora-peft", "answer", "LoRA 是什么", "what is LoRA"),
    ("transfer-learning", "catastrophic-forgetting", "灾难性遗忘是什么", "what is catastrophic forgetting"),
    ("cnn", "receptive-field", "什么是感受野", "what is the receptive field"),
]  # fmt: skip
#: What the bank does not cover, as the question names it.
NOT_COVERED = [
    ("什么是 YOLO", "YOLO"), ("explain U-Net", "U-Net"), ("what is a Kalman filter?", "Kalman filter"),
    ("HMM 是什么", "HMM"),
    ("What is NeRF?", "NeRF"), ("什么是图神经网络", "图神经网络"), ("什么是条件随机场", "条件随机场"),
]  # fmt: skip
#: The units that answer the source questions, chosen by reading them.
QUESTIONS = {
    1: "protocol", 2: "answer", 3: "answer", 4: "answer", 5: "answer", 6: "answer", 7: "answer", 8: "answer",
    9: "l1-vs-l2 vs-l1-l2", 10: "answer", 11: "answer", 12: "answer", 13: "answer",
    14: "what-it-does",
    15: "pipeline", 16: "answer tuning-order", 17: "answer", 18: "answer first-choice", 19: "weight-sharing",
    20: "choosing update-rules", 21: "dropconnect-vs-dropout vs-dropconnect", 22: "fresh-model", 23: "formulas",
    24: "formulas", 25: "answer", 26: "answer", 27: "answer", 28: "two-layer-numpy", 29: "dying-relu", 30: "which-loss",
    31: "feature-hierarchy receptive-field", 32: "answer", 33: "answer", 34: "training-step", 35: "equivariance",
    36: "answer", 37: "gates", 38: "build-one", 39: "objective", 40: "answer",
}  # fmt: skip


@pytest.fixture(scope="module")
def found(whole: Retriever) -> Retriever:
    """The search over the bank, with the encoder."""
    return whole


def test_a_question_on_a_part_of_a_topic_opens_the_unit_that_defines_it(found: Retriever) -> None:
    asked = [(topic, unit.split("|"), text) for topic, unit, *texts in SUB_CONCEPTS for text in texts]
    wrong = [
        (text, reply.topic, reply.unit)
        for (topic, units, text), reply in zip(asked, found.ask_many([text for *_, text in asked]), strict=True)
        if reply.topic != topic or reply.unit not in units
    ]
    assert len(asked) >= 120
    assert len(wrong) <= len(asked) * 0.03, wrong


def test_a_decline_names_what_the_bank_does_not_cover(found: Retriever) -> None:
    for (question, name), reply in zip(NOT_COVERED, found.ask_many([each for each, _ in NOT_COVERED]), strict=True):
        assert (reply.outcome, reply.topic, reply.missing) == ("decline", None, (name,)), question
    known, chat = found.ask_many(["what is dropout", "今天天气怎么样"])
    assert (known.outcome, known.missing) == ("answer", ())
    assert (chat.outcome, chat.missing) == ("decline", ()), "what names no term is declined without a name"


def test_each_source_question_has_the_unit_that_answers_it(found: Retriever) -> None:
    questions = numbered(BANK)
    assert sorted(questions) == sorted(QUESTIONS) == list(range(1, 41))
    for number, asked in questions.items():
        chosen = found.unit_within([asked.title[lang] for lang in LANGS], asked.topic.slug)
        assert chosen is not None
        assert chosen.topic == asked.topic.slug
        assert (asked.unit or chosen.unit) in QUESTIONS[number].split(), number


def test_a_follow_up_question_of_the_page_finds_its_own_unit_among_those_of_its_topic(found: Retriever) -> None:
    topic = BANK["gan"]
    for asked in follow_ups(topic, "en"):
        place = found.unit_within([asked.question], "gan")
        assert place is not None
        assert asked.answer[:40] in topic.passage(place.section, "en", place.unit)


def test_every_key_point_that_an_item_asks_for_has_a_unit_of_its_page(found: Retriever) -> None:
    for topic in BANK.topics.values():
        units = {unit.id for unit in topic.units["zh"]}
        for index in sorted({index for item in topic.quiz if isinstance(item, InWords) for index in item.points}):
            place = found.unit_within([topic.meta.key_points[index][lang] for lang in LANGS], topic.slug)
            assert place is not None
            assert place.unit in units


def test_a_page_without_units_has_none_to_give(small: Retriever) -> None:
    assert small.unit_within(["why does it fail"], "gan") is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("批归一化", "BN"), ("batch norm", "Batch-Normalisation"), ("均方误差", "MSE"), ("GANs", "生成对抗网络"),
        ("L2 正则化", "ridge regression"), ("leaky relu", "LeakyReLU"), ("Adam optimizer", "adam"),
        ("mini-batch", "minibatch"),
    ],
)  # fmt: skip
def test_a_term_is_the_same_however_it_is_written(one: str, other: str) -> None:
    assert TERMS.key(one.lower()) == TERMS.key(other.lower())


@pytest.mark.parametrize(
    ("one", "other"), [("adam", "adamw"), ("l1", "l2"), ("lstm", "rnn"), ("dropout", "dropconnect")]
)
def test_another_term_is_another(one: str, other: str) -> None:
    assert TERMS.key(one) != TERMS.key(other)


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("what is dropout?", "dropout"), ("什么是早停", "早停"),
        ("explain the vanishing gradient", "vanishing gradient"),
        ("动量是什么意思？", "动量"), ("why does dropout work", None), ("dropout", None), ("怎么防止过拟合", None),
    ],
)  # fmt: skip
def test_what_a_question_asks_to_define(question: str, term: str | None) -> None:
    assert asked_for(question) == term


def test_what_is_spoken_of_in_passing_is_not_defined() -> None:
    for term in ("yolo", "crf", "u-net", "kalman filter"):
        said = TERMS.define(term)
        assert said is None or said[1] < DEFINES, said
        assert TERMS.is_term(term), term
    clear = TERMS.define("dropout")
    assert clear is not None
    assert clear[0] == UnitRef("regularization", "how", "dropout")
    assert clear[1] >= DEFINES


def test_typos_and_everyday_words_are_no_terms_that_the_bank_lacks() -> None:
    for text in ("normalizaton", "activaton functons", "how are you", "explain", "two stacked", "cross-attn 底子都"):
        assert not TERMS.lacks(text), text
    assert TERMS.lacks("yolo")


def test_a_term_is_found_whatever_the_hyphens_the_spelling_and_the_spaces() -> None:
    assert fold("L2 正则化") == fold("l2正则化")
    assert fold("Regularisation") == "regularization"
    assert TERMS.mentioned("fine-tuning", fold("Fine tuning a net"))
    assert not TERMS.mentioned("gan", fold("organ"))


def test_what_people_type_is_not_remembered_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "_REMEMBERED", 10)
    of_the_bank = Terms(BANK, Glossary.packaged(), ())
    for number in range(50):
        of_the_bank.key(f"word{number}")
        of_the_bank.forms(f"word{number}")
    assert of_the_bank.key.cache_info().currsize == of_the_bank.forms.cache_info().currsize == 10  # type: ignore[attr-defined]
