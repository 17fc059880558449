"""Whether a typed answer matches an accepted one, apart from notation, small typos and a sentence around it.

Typos are forgiven in Latin words only: a changed number, sign, operator or Chinese character is another answer. Another
term of the field or of the pack is not a typo (bagging, boosting), nor is the same word with another prefix
(supervised, unsupervised).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import product

from bot.study.rounds.equivalents import name, same_thing
from bot.study.rounds.folding import fold, key, tokens
from bot.study.rounds.numerals import number
from bot.study.rounds.sentences import bare
from bot.study.rounds.terms import is_field_term, is_real_word, same_word

__all__ = ["fold", "matches"]

#: Minimum lengths in letters: of an answer, and of a word, for one typo; of an answer for two; of a word for two.
_ONE_TYPO, _TWO_TYPOS, _TWO_IN_WORD = 5, 12, 9
#: Shorter words in capitals are abbreviations: RNN is no typo for CNN, nor GLOVE for GLOBE.
_ABBREVIATION = re.compile(r"\b[A-Z]{2,5}\b")
#: Marks that Discord or a writer puts around a text.
_AROUND = re.compile(r"\s*(\*\*|__|\|\||~~|`+|[*_\"'“‘「『$])(?P<text>.*\S.*)(?:\1|[\"'”’」』])\s*", re.DOTALL)
#: `Principal component analysis (PCA)`, `PCA (principal component analysis)`.
_GLOSS = re.compile(r"\s*(?P<name>[^()（）]*[^()（）\s])\s*[(（](?P<gloss>[^()（）]+)[)）][\s.!。！]*")
_AT_THE_END = " .!?…。！？~～"
#: A mark that says something: `n!` and `(n-1)!` are no exclaimed `n` and `(n-1)`.
_FACTORIAL = re.compile(r"(?:(?<![^\W\d_])[A-Za-z]|(?:^|[^\w\s])\([^(),]*[-+*/][^(),]*\))\s*[!！]{1,2}$")
_DECIMAL = re.compile(r"-?\d+\.\d+")
_WHOLE = re.compile(r"-?\d+")
#: What a product may be written before without a sign, and what begins an order of growth, of which all are numbers.
_FUNCTIONS, _ORDERS = frozenset(["log", "ln", "sqrt", "exp"]), frozenset(["o", "theta", "omega"])
_POWER_OF_MORE = re.compile(r"(?:\^|\*\*)\s*[({]")
#: Heads of words by what they mean: inductive is not deductive, but inbalanced is imbalanced.
_HEADS = {
    head: meaning
    for meaning, heads in {
        "not": "un in im ir il non dis a an no", "less": "de", "before": "pre ante", "after": "post", "again": "re",
        "over": "over hyper super", "under": "under hypo sub", "up": "up", "down": "down", "within": "intra intro",
        "between": "inter", "same": "homo", "other": "hetero", "small": "micro mini", "large": "macro",
        "one": "mono uni", "many": "multi poly", "two": "bi di", "half": "semi", "self": "self auto", "into": "en em",
        "out": "ex out", "with": "co con com", "across": "trans cross", "against": "contra counter anti", "most": "max",
        "least": "min", "away": "ab", "to": "ad", "for": "for fore", "back": "back", "on": "on", "off": "off",
        "quasi": "quasi pseudo",
    }.items()
    for head in heads.split()
}  # fmt: skip
_SAME_REST = 4
_INTERVAL = re.compile(r"^\s*([\[(])[^\[\]()]*,[^\[\]()]*([\])])\s*$")


def matches(typed: str, accepted: Iterable[str], others: Iterable[str] = ()) -> bool:
    """Whether what was typed is one of the accepted answers, or one of them with a small typo.

    Args:
        typed: as a member typed it; a short sentence around the answer does not matter (`I think it is dropout`).
        accepted: the answers that count.
        others: answers to other questions, which are no typos.
    """
    readings = list(_readings(typed))
    rivals = {key(tokens(other)) for other in others}
    return any(
        _alike(reading, tokens(answer), answer, rivals)
        for answer in accepted
        if not _other_interval(typed, answer)
        for reading in readings
    )


def _readings(typed: str) -> Iterator[tuple[str, ...]]:
    """Yield the possible readings of a text: as typed, without marks around it, without the sentence around it."""
    texts = dict.fromkeys(each for text in (typed, *_glossed(typed)) for each in _ended(text))
    while (match := _AROUND.fullmatch(typed)) is not None:
        typed = match["text"]
        texts |= dict.fromkeys(_ended(typed))
    for text in texts:
        found = tokens(text)
        if found:
            yield found
            yield from bare(found)
            joined = tokens(re.sub(r"\b([A-Za-z])-(?=\d)", r"\1", text))  # L-2 is L2
            if joined != found:
                yield joined
                yield from bare(joined)


def _glossed(text: str) -> tuple[str, ...]:
    """Return the name before the brackets and the one in them, where one abbreviates the other."""
    found = _GLOSS.fullmatch(text)
    if found is None:
        return ()
    names = found["name"], found["gloss"]
    words = [re.findall(r"[^\W_]+", name.casefold()) for name in names]
    initials = ["".join(word[0] for word in each) for each in words]
    alike = len(words[1]) == 1 and words[1][0] == initials[0], len(words[0]) == 1 and words[0][0] == initials[1]
    return names if any(alike) or same_thing(*names) or same_thing(*names[::-1]) else ()


def _ended(text: str) -> tuple[str, ...]:
    """Return a text as it is, without one mark at its end (`?!` is an exclaimed `?`), and without any."""
    whole = text.rstrip()
    if _FACTORIAL.search(whole):
        return (text,)
    return text, whole[:-1] if whole[-1:] in _AT_THE_END else whole, whole.rstrip(_AT_THE_END)


def _alike(given: tuple[str, ...], right: tuple[str, ...], answer: str, rivals: set[str]) -> bool:
    if not given or not right:
        return False
    if any(key(a) == key(b) for a, b in product(_spellings(given), _spellings(right, answer))):
        return True
    if name(given) == name(right) or _same_value(given, right) or _same_product(given, right, answer):
        return True
    return key(given) not in rivals and _is_typo(given, right, answer)


def _same_value(given: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Whether one is a fraction and the other its decimal: 1/2 and 0.5, but not 1/3 and 0.33."""
    fraction, decimal = (given, right) if len(given) == 3 else (right, given)
    if len(fraction) != 3 or fraction[1] != "/" or len(decimal) != 1 or not _DECIMAL.fullmatch(decimal[0]):
        return False
    over, _, under = fraction
    if not _WHOLE.fullmatch(over) or not _WHOLE.fullmatch(under) or not int(under):
        return False
    return Fraction(int(over), int(under)) == Fraction(decimal[0])


def _same_product(given: tuple[str, ...], right: tuple[str, ...], answer: str) -> bool:
    """Whether both are one product, with and without its signs: `n * log n`, `O(n*d)`, `2*x`."""
    if "/" in right or _POWER_OF_MORE.search(answer):  # 1/2x and x^(2y) would lose what they bracket
        return False
    return key(_without_times(given)) == key(_without_times(right))


def _without_times(found: tuple[str, ...]) -> tuple[str, ...]:
    def unsaid(at: int) -> bool:
        if not 0 < at < len(found) - 1 or found[at] not in ("*", "·") or not found[at + 1].isalpha():
            return False
        after, before = found[at + 1], found[at - 1]
        alone = at == 1 or found[at - 2] in ("=", "+", "-")
        scaled = before.isdigit() and alone and len(after) == 1
        return after in _FUNCTIONS or found[0] in _ORDERS or scaled

    return tuple(token for at, token in enumerate(found) if not unsaid(at))


def _spellings(found: tuple[str, ...], answer: str = "") -> Iterator[tuple[str, ...]]:
    """Yield the spellings of tokens: as typed, normalised (digits, one spelling of a word), and common synonyms."""
    yield found
    yield tuple(map(same_word, _in_digits(found)))
    if found[:3] == ("r", "^", "2"):
        yield ("r", "2", *found[3:])
    if re.search(r"\b[A-Z]-\d", answer):  # a capital before a hyphen begins a name: F-1, L-2
        yield tokens(re.sub(r"\b([A-Z])-(?=\d)", r"\1", answer))
    if len(found) == 3 and found[1] in ("<", "<="):
        yield (found[2], found[1].replace("<", ">"), found[0])
    without = tuple(token.replace("的", "") or token for token in found)
    if without != found:
        yield without


_NUMBERS = {
    word: str(value)
    for words in (
        "zero one two three four five six seven eight nine ten eleven twelve",
        " i ii iii iv v vi vii viii ix x",
        "零 一 二 三 四 五 六 七 八 九 十",
    )
    for value, word in enumerate(words.split(" "))
    if word
}
#: Roman numbers that are letters count after such words alone.
_COUNTED = frozenset(["type", "class", "kind", "level", "part", "phase", "stage", "chapter"])
_NTH = re.compile("第?([零一二三四五六七八九十])(?=[类型])")


def _in_digits(found: tuple[str, ...]) -> tuple[str, ...]:
    def digits(before: str, token: str) -> tuple[str, ...]:
        if len(token) == 1 and token in "ivx" and before not in _COUNTED:
            return (token,)
        if (nth := _NTH.match(token)) is not None:
            return (_NUMBERS[nth[1]], token[nth.end() :])
        if token[0] == "第" and len(token) == 1:
            return ()
        return (_NUMBERS.get(token) or (number(token) if token >= "\u3400" else None) or token,)

    return tuple(each for before, token in zip(("", *found), found, strict=False) for each in digits(before, token))


def _is_typo(given: tuple[str, ...], right: tuple[str, ...], answer: str) -> bool:
    given, right = _in_digits(given), _in_digits(right)
    words, wanted = _latin(given), _latin(right)
    if [t for t in given if t not in words] != [t for t in right if t not in wanted] or not words or not wanted:
        return False
    if len(words) != len(wanted):
        if _more_words(words, wanted):
            return False
        words, wanted = ["".join(words)], ["".join(wanted)]
    elif given != right and is_field_term(" ".join(words)):
        return False
    letters = sum(map(len, wanted))
    fixed = {word.casefold() for word in _ABBREVIATION.findall(answer)}
    changed = [pair for pair in zip(words, wanted, strict=True) if same_word(pair[0]) != same_word(pair[1])]
    edits = sum(_edits(word, meant) for word, meant in changed)
    return edits <= (letters >= _ONE_TYPO) + (letters >= _TWO_TYPOS) and all(
        meant not in fixed and _mistyped(word, meant, alone=len(wanted) == 1) for word, meant in changed
    )


def _edits(word: str, meant: str) -> int:
    from rapidfuzz.distance import OSA  # a start of the bot would wait for it

    return OSA.distance(word, meant)


def _mistyped(word: str, meant: str, *, alone: bool) -> bool:
    """Whether `word` is a misspelling of `meant` and not another real word."""
    if len(meant) < _ONE_TYPO or _edits(word, meant) > 1 + (len(meant) >= _TWO_IN_WORD):
        return False
    if is_field_term(word) or _other_head(word, meant):
        return False
    # `gradient decent` is a slip of the pen; `polling` for `pooling` may be an answer.
    return not is_real_word(word) or (not alone and len(word) > _ONE_TYPO)


def _other_head(word: str, meant: str) -> bool:
    same = 0
    while same < min(len(word), len(meant)) and word[-1 - same] == meant[-1 - same]:
        same += 1
    # What both end with may begin within a head: it is `induction` and `deduction` that end alike, not `in` and `de`.
    for rest in range(same, _SAME_REST - 1, -1):
        one, other = word[: len(word) - rest], meant[: len(meant) - rest]
        if _meaning(one) is not None and _meaning(other) is not None:
            return _meaning(one) != _meaning(other)
    return False


def _meaning(head: str) -> str | None:
    return "" if not head else _HEADS.get(head)


def _latin(found: tuple[str, ...]) -> list[str]:
    return [token for token in found if token.isalpha() and token < "\u3000"]


def _more_words(words: list[str], wanted: list[str]) -> bool:
    """Whether a word was added or left out, rather than written in two or as one."""
    if sorted(word for word in words if len(word) == 1) != sorted(word for word in wanted if len(word) == 1):
        return True  # O(n log n) is not O(log n)
    whole, meant = "".join(words), "".join(wanted)
    more, there = (words, meant) if len(words) > len(wanted) else (wanted, whole)
    return any(is_real_word(word) and word not in there for word in more)


def _other_interval(typed: str, answer: str) -> bool:
    """Whether both are intervals that differ in which ends they include."""
    one, other = _INTERVAL.match(typed), _INTERVAL.match(answer)
    return one is not None and other is not None and one.groups() != other.groups()
