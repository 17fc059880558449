"""The normal form of a typed answer: tokens for words, numbers with their signs, and operators.

    "The ReLU."  → relu            "½"      → 1 / 2            "x≥−1" → x >= -1
    "GPT-4"      → gpt 4           "1,000"  → 1000             "過擬合" → 过拟合
    "type II"    → type ii         ".50"    → 0.5              "Pelé" → pele
    "百分之五十" → 50 %            "四分之一" → 1 / 4          "n的阶乘" → n!

Case, character width, punctuation, accents on words and the variant of a Chinese character are dropped. Signs,
operators, decimal places and accents on single letters (ŷ is not y) are kept. A text of nothing but punctuation keeps
all of it.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import cache

from bot.study.rounds.numerals import fractions_in_digits
from knowledge.search.traditional import simplified

_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿⁱ", "0123456789+-ni")
_RAISED_RUN = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿⁱ]+")
_SIGNS = {
    **dict.fromkeys("−–‐‑‒﹣", "-"), **dict.fromkeys("—―", " "),
    **dict.fromkeys("⁄∕÷", "/"), **dict.fromkeys("×✕∗⋅∙", "*"),
    "≤": "<=", "⩽": "<=", "≥": ">=", "⩾": ">=", "≠": "!=", "→": "->", "⇒": "->",
    "∞": " infinity ", "√": " sqrt ", **dict.fromkeys("’‘′´ʹ", "'"), "。": ".", "、": ",",
    **dict.fromkeys("“”„«»「」『』《》", '"'),
}  # fmt: skip
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho",
    "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_COUNTED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_SPELT_OUT = (
    (r"(?:is )?(?:greater|larger|bigger|more) than or equal(?: to)?|大于(?:或)?等于|不小于", " >= "),
    (r"(?:is )?(?:less|smaller) than or equal(?: to)?|小于(?:或)?等于|不大于|不超过", " <= "),
    (r"(?:is )?not equal to|不等于", " != "),
    (r"(?:is )?(?:greater|larger|bigger) than\b|大于", " > "),
    (r"(?:is )?(?:less|smaller) than\b|小于", " < "),
    (r"\bequal to\b|\bequals\b|等于", " = "),
    (r"\bper ?cent\b", "%"),
    (r"\bplus\b", "+"),
    (r"\b(?:minus|negative) (?=[\d.])|负(?=[\d.])", " -"),
    *(
        (rf"\b(?:minus|negative) {word}\b|负{han}(?![{_HAN}])", f" -{value}")
        for value, (word, han) in enumerate(zip(_COUNTED, "一二三四五六七八九十", strict=True), 1)
    ),
    (r"\b([a-z]|chi)[ -]?squared?\b", r"\1^2"),
    (r"(?<=[\w)])\*\*(?=[\w(])", "^"),
    (r"(?<=\d) ?(?:x|\*|by) ?(?=\d)", "*"),
    (r"(?<=\w) ?& ?(?=\w)", " and "),
    (r"\\([a-z]{2,})", r" \1 "),
    (r"\b([a-z]|\d+)(?: ?factorial\b| ?的? ?阶乘)", r"\1!"),
    (r"(?<=s)'s\b", ""),
    (r"(?<=[^\W\d_])'(?=[^\W\d_])", ""),
    (r"(?<=[^\W\d_][^\W\d_])'", ""),
)
#: A word with its marks; a mark on a letter that stands alone makes another symbol of it.
_WORD = re.compile(r"(?:[^\W\d_]\u0300?[\u0300-\u036f]*)+")
_HATS = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "bar", "\u0307": "dot"}
_MARK = re.compile("[\u0300-\u036f]")
_LETTER = rf"[^\W\d_{_HAN}]"
#: After a word of several letters a hyphen joins (GPT-4, top-p); after a single one it takes away (n-1, a-b).
_MINUS = (
    rf"-+>|(?<![^\W\d_]{{2}})(?<=[^\W\d_])-(?=\d|{_LETTER}(?!{_LETTER}))"
    rf"|(?<=\d)-(?=[acm-z](?!{_LETTER}|\d))|(?<=[\d)\s])-(?=[\s\d(])|(?<=[^\w\s(){{}}\[\].,;:?!'\"`_-])-|-(?=[^\w\s(){{}}\[\].,;:?!'\"`_-])"
)
_TOKEN = (
    r"(?P<exact>\d+(?:\.\d+){2,}|\d+(?:\.\d+)?(?::\d+(?:\.\d+)?)+)"
    r"|(?P<number>(?:(?<=[\s<>=!*/^(\[,+:|])-|(?<!\S)-|^\+)?"
    r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*\.\d+|\d+)(?:e[+-]?\d+(?![\w.]))?)"
    rf"|(?P<han>[{_HAN}]+)"
    rf"|(?P<word>(?<!\S)[-!]{_LETTER}(?!{_LETTER}|\d)|(?<!'){_LETTER}'(?!\w)|{_LETTER}(?:[\u0300-\u036f]|{_LETTER})*)"
    r"|(?P<factorial>(?<![^\W\d_]{2})(?<=[\w)])!{1,2}(?![\w=!]))"
    rf"|(?P<sign>__|!=|{_MINUS}|(?<![^\W\d_]{{2}})/|/(?![^\W\d_]{{2}})|[^\w\s.,;:?!'\"`()\[\]{{}}_/-]+)"
)
_SOFTWARE = frozenset(
    ("python", "py", "numpy", "torch", "pytorch", "tensorflow", "keras", "cuda", "pandas", "java", "version", "v")
)
_ARTICLES = ("the", "an", "a")
#: Numbers of this many digits and more are written as they came: nobody answers a quiz with them.
_DIGITS = 30
_PASSES = 4


@cache
def _patterns() -> tuple[list[tuple[re.Pattern[str], str]], re.Pattern[str]]:
    # Compiled at the first answer that is read: they are a fiftieth of a start.
    return [(re.compile(pattern), sign) for pattern, sign in _SPELT_OUT], re.compile(_TOKEN)


def tokens(text: str) -> tuple[str, ...]:
    """Return what of `text` carries meaning, in order: words, numbers, runs of Han characters, signs.

    Empty for a text that holds nothing but white space and invisible characters.
    """
    found = _once(text)
    for _ in range(_PASSES):  # what was dropped may have kept others apart: `0)&0`
        found, before = _once(" ".join(found)), found
        if found == before:
            break
    return found


def _once(text: str) -> tuple[str, ...]:
    plain = _plain(text)
    found = tuple(_read(plain))
    if any(token[0].isalnum() or token[-1].isdigit() for token in found):
        return _without_articles(found)
    visible = "".join(c for c in plain if not c.isspace() and unicodedata.category(c)[0] != "C")
    return (visible,) if visible else ()


def fold(text: str) -> str:
    """Return the tokens of a text, apart by one space."""
    return " ".join(tokens(text))


def _plain(text: str) -> str:
    text = _RAISED_RUN.sub(lambda run: "^" + run.group().translate(_RAISED), text)
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    text = "".join(_SIGNS.get(character, character) for character in text if unicodedata.category(character) != "Cf")
    text = _WORD.sub(_unmarked, unicodedata.normalize("NFD", text))
    text = "".join(_GREEK.get(c, c) for c in text)
    text = fractions_in_digits(simplified(unicodedata.normalize("NFC", _WORD.sub(_unmarked, text))))
    for pattern, sign in _patterns()[0]:
        text = pattern.sub(sign, text)
    return " ".join(text.split())


def _unmarked(word: re.Match[str]) -> str:
    bare = _MARK.sub("", word.group())
    if len(bare) == 1:
        hat = next((_HATS[mark] for mark in word.group() if mark in _HATS), None)
        return f"{bare} {hat} " if hat else word.group()
    return bare if bare.isascii() else word.group()


def _read(text: str) -> list[str]:
    found: list[str] = []
    for match in _patterns()[1].finditer(text):
        token, kind = match.group(), match.lastgroup
        if kind == "number":
            token = _number(token, exact=bool(found) and found[-1] in _SOFTWARE)
        if kind == "factorial" and found:
            found[-1] += token
        elif kind != "sign" or any(unicodedata.category(character) != "So" for character in token):  # emoji say nothing
            found.append(token)
    return found


def _number(text: str, *, exact: bool) -> str:
    text = text.replace(",", "")
    if exact or len(text) > _DIGITS or not all(c.isascii() for c in text):
        return text
    value = Decimal(text)
    if abs(value.adjusted()) > _DIGITS:
        return text
    plain = format(value, "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain == "-0" else plain


def _without_articles(found: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out articles before words: `a` before an operator is a variable."""
    after = (*found[1:], "")
    kept = tuple(
        token
        for token, following in zip(found, after, strict=True)
        if token not in _ARTICLES or following in _HATS.values() or not _is_word(following)
    )
    return kept or found


def _is_word(token: str) -> bool:
    return (len(token) > 1 and token[0].isalpha()) or token >= "\u3400"


def key(found: tuple[str, ...]) -> str:
    """Return tokens in one piece: `back propagation` is `backpropagation`, but 1 4 is not 14."""
    joined = ""
    for token in found:
        apart = joined[-1:].isdigit() and (token[0].isdigit() or (token[0] == "-" and token[-1].isdigit()))
        joined += f" {token}" if apart else token
    return joined
