"""An interview answer and a key point as texts that can be compared: spans, word stems, Chinese pairs, polarity."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from knowledge.search.glossary import Glossary
from knowledge.search.reading import HAN, normalise

#: How a symbol is read aloud: people write it or say it.
_SPOKEN = {
    "γ": "gamma", "β": "beta", "μ": "mean", "σ²": "variance", "σ": "sigma", "λ": "lambda", "η": "learning rate",
    "ε": "epsilon", "∇": "gradient", "∂": "derivative", "√": "square root", "δ": "delta", "α": "alpha", "θ": "theta",
    "φ": "phi", "∑": "sum", "²": "squared", "·": "", "×": "x", "⊙": "times", "→": "", "∞": "infinity", "≠": "is not",
}  # fmt: skip
#: Abbreviations and contractions as they are said in full.
FULL_FORMS = {
    "lr": "learning rate", "std": "standard deviation", "bn": "batch normalization", "fc": "dense layer",
    "batchnorm": "batch normalization", "cv": "cross validation", "params": "parameters", "param": "parameter",
    "conv": "convolution", "convs": "convolutions", "relus": "relu", "grad": "gradient", "grads": "gradients",
    "init": "initialisation", "nn": "neural network", "backprop": "backpropagation", "avg": "average",
    "nonlinearity": "non linearity", "nonlinear": "non linear", "hyperparams": "hyperparameters",
    "can't": "can not", "cannot": "can not", "won't": "will not", "doesn't": "does not", "don't": "do not",
    "isn't": "is not", "aren't": "are not", "didn't": "did not", "wasn't": "was not", "shouldn't": "should not",
    "couldn't": "could not", "wouldn't": "would not", "hasn't": "has not", "haven't": "have not",
}  # fmt: skip
_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)*|\d+(?:\.\d+)?(?:/\d+)?")
_SENTENCE_END = re.compile(r"(?<=[.!?;:])\s+|(?<=[。!?;:])|\n+")
_CLAUSE_END = re.compile(
    r"(?<=[,，、。；])\s*|\s+[-–—]\s+|\s+\((?=\w{3})|\)\s+"
    r"|\b(?=(?:but|because|while|whereas|although|so that|since|which|and then|unlike|instead of)\b)"
)
#: Where what is said of one thing ends and what is said of another begins.
_BOND_END = re.compile(r"[,;:.!?()]|\b(?:but|while|whereas|although|and|unlike|instead)\b")
#: Words that carry no content: any two texts share them.
_FUNCTION_WORDS = frozenset(
    """
    a an the of in on at to for from by with and or as is are was be been being it its this that these those there so
    then than which what who whose when where how why if but not no nor do does did can could will would should may
    might must one i you we they he she my your our their me us them just also only very each every all any some more
    most much many few own same other another such into over out up down about between both have has had get got make
    makes made use used uses using say says said mean let well even still too here now because since while
    """.split()  # noqa: SIM905 - a page of quotation marks reads worse
)
_ENDING = re.compile(r"(?:isation|ization|ations?|ings?|edly|ness|i[sz]e[sdr]?|ers?|ors?|ed|es|s|e|ly|al|ive|y)$")
_STEM_CHARS = 7
_NEGATIONS = frozenset(("not", "no", "never", "without", "nothing", "none", "neither", "nor", "hardly"))
#: A negation reaches this many words of content, up to the next comma or full stop.
_REACH = 4
#: Words that turn a claim round when one side stands where the other should.
_OPPOSITES = tuple(
    (frozenset(one.split()), frozenset(other.split()))
    for one, other in (
        (
            "large larger big bigger high higher increase increases grow grows more up",
            "small smaller little low lower decrease decreases shrink shrinks fewer less fall falls down",
        ),
        ("always", "never"),
        ("wide wider", "narrow narrower"),
        ("independent regardless whatever", "depends depend"),
        ("shared share same", "different separate own"),
        ("biased", "unbiased"),
        ("training train", "inference test"),
        ("before", "after"),
        ("constant fixed", "changing shrink decay"),
        ("faster fast cheap cheaper", "slower slow expensive"),
        ("learned", "hand manually"),
        ("good better best", "bad worse worst"),
    )
)


def stem(word: str) -> str:
    """Return a crude stem of a lower-case English word: the same for its endings and for both spellings."""
    if len(word) <= 3 or word[0].isdigit():
        return word
    cut = _ENDING.sub("", word)
    return (cut if len(cut) >= 3 else word)[:_STEM_CHARS]


@dataclass(frozen=True)
class ClaimText:
    """A span of an answer, or one form of a key point.

    Attributes:
        text: as it was written, normalised.
        english: the same with symbols and abbreviations spelled out, and Chinese replaced where the glossary knows it.
    """

    text: str
    english: str

    @classmethod
    def read(cls, text: str, glossary: Glossary) -> ClaimText:
        """Read normalised text."""
        spoken = text
        for symbol, words in _SPOKEN.items():
            spoken = spoken.replace(symbol, f" {words} ")
        english = glossary.translate(spoken).replaced or spoken
        full = _WORD.sub(lambda match: FULL_FORMS.get(match.group().replace("’", "'"), match.group()), english)
        return cls(text, " ".join(full.split()))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """English words and numbers, in order."""
        return tuple(_WORD.findall(self.english))

    @cached_property
    def stems(self) -> frozenset[str]:
        """Stems of the words that carry content."""
        return frozenset(stem(word) for word in self.words if word not in _FUNCTION_WORDS)

    @cached_property
    def bonds(self) -> frozenset[tuple[str, str]]:
        """Pairs of stems of the same clause, which tell what is said of what (too large: diverges; too small: slow)."""
        said = ({root for _, root in content_words(clause)} for clause in _BOND_END.split(self.english))
        return frozenset(pair for roots in said for pair in combinations(sorted(roots), 2))

    @cached_property
    def pairs(self) -> frozenset[str]:
        """Pairs of neighbouring Chinese characters."""
        neighbours = zip(self.text, self.text[1:], strict=False)
        return frozenset(a + b for a, b in neighbours if HAN.match(a) and HAN.match(b))

    @cached_property
    def denied(self) -> frozenset[str]:
        """Stems within the scope of a negation: the next `_REACH` content words of its clause."""
        found: set[str] = set()
        left = 0
        for word in re.findall(r"[a-z]+|[.,;]", self.english):
            if word in _NEGATIONS:
                left = _REACH
            elif word in ".,;":
                left = 0
            elif left and word not in _FUNCTION_WORDS:
                found.add(stem(word))
                left -= 1
        return frozenset(found)

    @property
    def length(self) -> float:
        """Length in English words; a pair of Chinese characters counts as 0.6 of a word."""
        return len(self.words) + 0.6 * len(self.pairs)


def opposed(claim: ClaimText, other: ClaimText) -> int:
    """Count the pairs of opposites (large, small) of which each text has one word, and not the other's word too."""
    mine, theirs = set(claim.words), set(other.words)
    sides = [pair for a, b in _OPPOSITES for pair in ((a, b), (b, a))]
    return sum(1 for a, b in sides if mine & a and theirs & b and not mine & b and not theirs & a)


def sentences(text: str) -> list[str]:
    """Split normalised text into sentences."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip(" .;:。")]


def clauses(sentence: str) -> list[str]:
    """Split a sentence at commas and conjunctions; a scrap goes with the clause before it."""
    parts: list[str] = []
    for piece in _CLAUSE_END.split(sentence):
        part = piece.strip(" ,，、()")
        if parts and part and len(HAN.findall(part)) < 5 and len(_WORD.findall(part)) < 3:
            parts[-1] = f"{parts[-1]}, {part}"
        elif part:
            parts.append(part)
    return parts


def parts(text: str) -> list[str]:
    """Return the sentences of a text and their clauses."""
    rows = sentences(normalise(text))
    return rows + [clause for row in rows if len(clauses(row)) > 1 for clause in clauses(row)]


def spans(text: str) -> list[str]:
    """Return the stretches of an answer that may make a point: sentences, clauses, and neighbours of either."""
    whole = normalise(text)
    rows = sentences(whole)
    found = list(rows)
    for row in rows:
        pieces = clauses(row)
        if len(pieces) > 1:
            found += pieces + [f"{a}, {b}" for a, b in zip(pieces, pieces[1:], strict=False)]
    found += [f"{a} {b}" for a, b in zip(rows, rows[1:], strict=False)]
    return list(dict.fromkeys(found or [whole]))


def content_words(text: str) -> list[tuple[str, str]]:
    """Return the English words of normalised text that carry content, each with its stem."""
    return [(word, stem(word)) for word in _WORD.findall(text) if word not in _FUNCTION_WORDS]
