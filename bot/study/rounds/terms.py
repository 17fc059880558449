"""Real words: terms of the field and words of a dictionary. A real word is never taken for a typo of another."""

from __future__ import annotations

import re
from functools import cache

from bot.study.rounds.folding import fold, tokens
from knowledge.search.glossary import Glossary
from knowledge.search.spelling import english_words

#: Names and terms of the field beside the glossary's: those above all that are a letter or two from another.
_NAMES = """
    adadelta adagrad adam adamax adamw nadam radam rprop rmsprop lamb lion muon adaboost adabelief bagging boosting
    stacking catboost lightgbm xgboost alexnet densenet googlenet efficientnet inception xception mobilenet resnet
    resnext squeezenet shufflenet lenet unet vgg vggnet segnet senet bert albert roberta distilbert electra elmo gpt
    bart deberta llama alpaca vicuna mistral mixtral dbscan hdbscan optics kmeans kmedoids kmedians kmodes birch
    lasso ridge elasticnet sigmoid softmax softplus softsign hardmax sparsemax argmax argmin tanh relu prelu gelu
    celu selu elu silu swish mish maxout dropout dropconnect dropblock droppath cutout cutmix mixup precision recall
    specificity sensitivity accuracy bias variance covariance correlation autocorrelation mean median mode
    supervised unsupervised semisupervised autoencoder encoder decoder generator discriminator generative
    discriminative inductive deductive abductive transductive convex concave parametric nonparametric deterministic
    stochastic overfitting underfitting ascent descent forward backward upsampling downsampling oversampling
    undersampling multiclass multilabel multitask micro macro local focal global batch patch epoch kernel stride
    pooling padding perceptron transformer conformer reformer performer longformer informer sarsa lora dora qlora
    adapter retriever reranker bleu rouge meteor word2vec fasttext glove unigram bigram trigram stemming
    lemmatization tokenization normalization regularization standardization quantization pruning distillation hinge
    huber triplet contrastive isomap tsne umap
"""
_IN_ENDINGS = (
    (re.compile(r"(?<=[a-z]{2}i)s(?=(?:e|ed|er|ers|es|ing|ation|ations)$)"), "z"),  # normalisation
    (re.compile(r"(?<=[a-z]{2}y)s(?=(?:e|ed|er|es|ing)$)"), "z"),  # analyse
    (re.compile(r"(?<=[a-z]{3}o)u(?=r(?:s|ed|ing|al|hood|hoods)?$)"), ""),  # neighbour, behaviour
    (re.compile(r"(?<=[a-z]{2}[aeo]l)l(?=(?:ing|ed|er|ers)$)"), ""),  # modelling
    (re.compile(r"(?<=[a-z]{3}t)re(?=s?$)"), "er"),  # centre
    (re.compile(r"(?<=[a-z]{3})ies$"), "y"),
    (re.compile(r"(?<=[a-z]{2}(?:ss|sh|ch|.x))es$"), ""),
    (re.compile(r"(?<=[a-z]{2}[^sui])s$"), ""),
)


@cache
def same_word(word: str) -> str:
    """Return the one spelling of a lower-case word in singular and plural, British and American English."""
    if not word.isascii():
        return word
    for ending, instead in _IN_ENDINGS:
        word = ending.sub(instead, word)
    return word


@cache
def _field() -> frozenset[str]:
    """The terms of the field, folded, and each word of them."""
    terms = {fold(term) for term in (*_NAMES.split(), *Glossary.packaged().terms.values())}
    words = {token for term in terms for token in tokens(term) if token.isalpha()}
    return frozenset(map(_one_spelling, terms | words))


def _one_spelling(term: str) -> str:
    return " ".join(map(same_word, term.split(" ")))


def prepare() -> None:
    """Read the vocabularies, which takes a moment: not at the first answer, while others wait."""
    _field()
    english_words()


def is_field_term(text: str) -> bool:
    """Whether a folded text is a term of the field, or a word of one."""
    return _one_spelling(text) in _field()


def is_real_word(word: str) -> bool:
    """Whether a folded word stands in a dictionary, or in a term of the field."""
    return word in english_words() or same_word(word) in english_words() or is_field_term(word)
