"""Rules about units: each answers by itself, is the same in both languages, and is what its asks ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz import fuzz, process

from knowledge.bank.models import LANGS, SLUG_PATTERN, Lang, Problem, Topic, Unit
from knowledge.check.texts import problem
from knowledge.search.glossary import Glossary
from knowledge.search.spelling import english_words

#: A phone shows so much of an answer without much scrolling: words, and Chinese characters.
MOST_WORDS, MOST_HAN = 170, 340
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_CODE = re.compile(r"```.*?```", re.DOTALL)
#: Terms that any page of the field may be asked about, and so tell nothing of a unit.
_GENERAL = frozenset(
    ["模型", "大模型", "训练", "推理", "显存", "优化", "参数", "解码", "复杂度", "维度", "验证", "微调"]
    + ["分类", "任务", "数据", "序列", "网络"]
)
_GENERAL_LATIN = frozenset(
    {"llm", "llms", "gpu", "gpus", "flops", "pytorch", "numpy", "oom", "decoding", "drawbacks", "quantisation", "reuse"}
)
_ENDINGS = (("ies", "y"), ("es", ""), ("s", ""), ("ing", ""), ("ing", "e"), ("ed", ""), ("d", ""), ("ly", ""))
#: Names of things in words that any dictionary has, and so would not be taken for words of the field. An ask that has
#: one asks for that thing and no other.
_NAMED = """
    teacher forcing|scheduled sampling|beam search|steepest direction|steepest descent|line search|conjugate gradient
    natural gradient|gradient clipping|gradient checking|gradient checkpointing|gradient accumulation|gradient penalty
    mixed precision|label smoothing|weight decay|weight tying|weight standardization|early stopping|data augmentation
    max-norm|max norm|stochastic depth|elastic net|spatial dropout|linear probe|linear probing|fine-tuning
    feature extraction|domain adaptation|negative transfer|catastrophic forgetting|mode collapse|progressive growing
    cycle consistency|posterior collapse|importance weighted|masked autoencoder|option a|option b|skip connection
    highway network|squeeze and excitation|warm-up|warmup|cosine annealing|one-cycle|one cycle|warm restart|range test
    cyclical|momentum|lion|shampoo|lookahead|forget gate|cell state|focal loss|hinge loss|triplet loss
    contrastive loss|dice loss|log loss|cross entropy|confusion matrix|average precision|calibration|leave-one-out
    leave one out|nested cross-validation|bootstrap|jackknife|receptive field|transposed convolution|dilated
    grouped convolution|checkerboard|adaptive pooling|stochastic pooling|global average pooling|spatial pyramid
    perceptron|universal approximation|random search|grid search|double descent|pruning|distillation|quantization
"""
NAMED = tuple(name.strip() for line in _NAMED.strip().splitlines() for name in line.split("|"))
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
#: A letter and a digit are a name, too: L0, W1.
_LETTER_AND_DIGIT = re.compile(r"(?<![a-z0-9])[a-z][0-9](?![a-z0-9])")
#: What most people call it.
_ALSO = {"l2": ("decay", "衰减")}
#: How alike a word of an ask and one of its unit must be to be the same with a typo or an ending.
_ALIKE = 80


def units(topic: Topic) -> Iterator[Problem]:
    """Check the units of a topic; nothing for a topic whose page has none yet."""
    if not any(topic.units[lang] for lang in LANGS):
        return
    yield from _same_ids(topic)
    for lang in LANGS:
        for unit in topic.units[lang]:
            yield from _size(topic.slug, unit, lang)
    yield from _asks(topic)


def _same_ids(topic: Topic) -> Iterator[Problem]:
    zh, en = ([(unit.section, unit.id) for unit in topic.units[lang]] for lang in LANGS)
    if zh != en:
        at = next((n for n, pair in enumerate(zip(zh, en, strict=False)) if pair[0] != pair[1]), min(len(zh), len(en)))
        told = [f"'{ids[at][1]}' of {ids[at][0]}" if at < len(ids) else "none" for ids in (zh, en)]
        what = f"unit {at + 1} is {told[1]}, in zh.md it is {told[0]}"
        yield problem(f"{topic.slug}/en.md", what, "give both languages the same units in the same order")
    for ident in sorted({ident for _, ident in zh}):
        if not re.fullmatch(SLUG_PATTERN, ident):
            yield problem(f"{topic.slug}/zh.md", f"unit id '{ident}'", "use lower-case words joined by hyphens")
        if sum(ident == other for _, other in zh) > 1:
            yield problem(f"{topic.slug}/zh.md", f"unit id '{ident}' stands twice", "name one of them anew")


def _size(slug: str, unit: Unit, lang: Lang) -> Iterator[Problem]:
    prose = _CODE.sub(" ", unit.text)
    length, most, what = len(_WORD.findall(prose)), MOST_WORDS, "words"
    if lang == "zh":
        length, most, what = len(_HAN.findall(prose)), MOST_HAN, "Chinese characters"
    if length > most:
        yield problem(f"{slug}/{lang}.md", f"unit '{unit.id}' has {length} {what}", f"cut or divide it: {most} at most")


def _asks(topic: Topic) -> Iterator[Problem]:
    path, known = f"{topic.slug}/topic.toml", {unit.id for unit in topic.units["zh"]}
    for ident in topic.meta.unit_asks:
        if ident not in known:
            yield problem(path, f"[asks.{ident}] has no unit", "name it like a unit of the page, or move its asks")
    for ident in (unit.id for unit in topic.units["zh"]):
        for lang in LANGS:
            asks = topic.meta.unit_asks.get(ident)
            if asks is None or not asks[lang]:
                fix = f"add [asks.{ident}] with what people type"
                yield problem(path, f"unit '{ident}' has no asks in {lang}", fix)
    texts = {ident: _text_of(topic, ident) for ident in known}
    for ident, asks in topic.meta.unit_asks.items():
        for lang in LANGS:
            for ask in asks[lang] if ident in texts else ():
                if missing := _missing(ask, texts[ident]):
                    what = f"asks.{ident}: '{ask}' asks for {', '.join(missing)}, which the unit does not have"
                    yield problem(path, what, "say it in the unit, or move the ask to the unit that does")


def _text_of(topic: Topic, ident: str) -> str:
    """Return all that may answer an ask of a unit: its text in both languages, and the names of the topic."""
    texts = [unit.text for lang in LANGS for unit in topic.units[lang] if unit.id == ident]
    return "\n".join([*texts, topic.title.zh, topic.title.en, topic.slug, *topic.meta.aliases]).casefold()


def _missing(ask: str, text: str) -> list[str]:
    """Return the telling terms of an ask that a text has in no language and no near spelling.

    Telling are words of the field: Latin ones that no dictionary has, Chinese ones that the glossary translates.
    """
    glossary, words = Glossary.packaged(), set(_WORD.findall(text))
    missing = [*_missing_names(ask.casefold(), text, glossary)]
    missing += [
        word
        for word in dict.fromkeys(_WORD.findall(ask.casefold()))
        if len(word) > 2 and not _ordinary(word) and word not in text
        and process.extractOne(word, words, scorer=fuzz.ratio, score_cutoff=_ALIKE) is None
    ]  # fmt: skip
    for run in re.findall(r"[\u3400-\u9fff]+", ask):
        start = 0
        while start < len(run):
            ends = range(len(run), start + 1, -1)
            term = next((run[start:end] for end in ends if run[start:end] in glossary.terms), None)
            if term is None:
                start += 1
                continue
            start += len(term)
            if term not in _GENERAL and term not in text and not _said_in_english(glossary.terms[term], text):
                missing.append(term)
    return missing


def _ordinary(word: str) -> bool:
    """Tell whether a dictionary has a Latin word, as it stands or without its ending."""
    stems = {word} | {word.removesuffix(end) + whole for end, whole in _ENDINGS if word.endswith(end)}
    return word in _GENERAL_LATIN or not stems.isdisjoint(english_words())


def _missing_names(ask: str, text: str, glossary: Glossary) -> Iterator[str]:
    for name in NAMED:
        if re.search(rf"(?<![a-z]){name}(?![a-z])", ask) and not _said_in_english(name, text):
            chinese = (zh for zh, en in glossary.terms.items() if en.casefold() == name)
            if not any(zh in text for zh in chinese):
                yield name
    plain = text.translate(_SUBSCRIPTS)
    for name in _LETTER_AND_DIGIT.findall(ask):
        if name not in plain and not any(other in text for other in _ALSO.get(name, ())):
            yield name


def _said_in_english(english: str, text: str) -> bool:
    return all(word[:5] in text for word in _WORD.findall(english.casefold()))
