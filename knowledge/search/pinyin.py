"""Questions typed in pinyin, read back as Chinese by the sounds of the glossary.

    "shenme shi guonihe?" → 什么是过拟合?    "guo4 nǐhé" → 过拟合    "gan he vae de qubie" → gan 和 vae 的区别

All words that the letters spell make a lattice, and the cheapest path through it is read: a word costs the less the
more often the bank has it. English words such as `can`, `men` and `rang` are spelt like pinyin. So a text is left as it
is unless most of it are words of the glossary of two syllables and more, and all its English words are terms.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, chain, product
from math import inf, log, prod

from knowledge.search.glossary import Glossary
from knowledge.search.lexical import is_han, tokens
from knowledge.search.reading import EN_FRAME, HAN

#: Characters of grammar, which have no English and so are not in the glossary.
_GRAMMAR = (
    "的了吗呢吧么是怎为何啥哪谁和与或跟在有没不会能要让把被给对从用说讲做算我你他它这那个"
    "几也都就还很到上下中里来去又太以"
)
#: Characters read in more than one way, where what they are read as alone is often wrong in a term: 步长 is no buzhang.
_READINGS = {
    "长": ("chang", "zhang"), "调": ("tiao", "diao"), "重": ("zhong", "chong"), "行": ("xing", "hang"), "率": ("lv",),
    "参": ("can",), "差": ("cha",), "降": ("jiang",), "传": ("chuan",), "还": ("hai",), "地": ("di", "de"),
    "得": ("de",), "校": ("jiao", "xiao"), "模": ("mo", "mu"), "谁": ("shei", "shui"), "似": ("si",),
    "削": ("xue", "xiao"), "数": ("shu",), "层": ("ceng",), "卷": ("juan",), "熵": ("shang",), "核": ("he",),
    "载": ("zai",), "弹": ("tan", "dan"), "着": ("zhe",),
}  # fmt: skip
#: What many type for a syllable with ü.
_OF_U = {"lve": ("lue",), "nve": ("nue",), "lv": ("lu",), "nv": ("nu",)}
_MOST_SPELLINGS = 64
#: Share of a text's letters that has to be pinyin; the others are Latin terms.
_PINYIN = 0.5
#: Share of the pinyin that known words have to spell, and the share that those of two syllables have to. One of three
#: counts twice, one of four three times: by accident nothing spells 梯度下降.
_KNOWN, _TELLING = 0.75, 0.4
#: Shorter texts spell something in any language.
_MIN_LETTERS = 4
#: What each word of a path costs beside its rareness: long words before short ones.
_A_WORD = 4.0
#: What a character costs beside that which is no word of the glossary.
_UNKNOWN = 4.0
#: What a Latin term costs that is spelt like pinyin: GAN before 干, 和 before He's initialisation.
_LATIN = 6.0
#: Longer texts are left as they are: a pasted page is not typed in pinyin.
_MAX_LETTERS = 300
_FINALS = """
    iang iong uang ang eng ing ong iao ian uai uan van ai an ao ei en er ia ie in iu ou ua ue ui un uo ve vn a e i o u v
"""
_ALONE = "ang ai an ao ei en er ou a e o"
#: What an initial and a final make; some of it no character is read as, which does no harm.
_SYLLABLES = frozenset(
    [first + final for first in [*"bpmfdtnlgkhjqxrzcsyw", "zh", "ch", "sh"] for final in _FINALS.split()]
    + _ALONE.split()
)
_LONGEST_SYLLABLE = max(map(len, _SYLLABLES))
_ALL_HAN = re.compile(f"(?:{HAN.pattern})+")
#: What stands between two words of the glossary: characters of grammar, and words that it lacks.
_BETWEEN = re.compile(rf"[{_GRAMMAR}]|(?:(?![{_GRAMMAR}]){HAN.pattern})+")
_TONE_MARKS = re.compile("[\u0300\u0301\u0304\u030c]")
#: A tone as a digit; it ends a syllable: guo4ni3he2. The 1 of l1 and f1 is none: they spell nothing.
_TONE_DIGIT = re.compile(r"(?<=[aeiouvngr])[1-5](?![0-9])")
_TOKEN = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*|[^a-z0-9\s]+")


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the lattice.

    Attributes:
        text: as it is read.
        inner: the places among its letters at which a syllable ends and another begins.
        cost: the less, the more often the bank has it.
        known: whether it is a word of the glossary, of grammar or of the bank, no single character.
        telling: whether it is evidence that a text is pinyin.
        whole: whether it is Latin, and stands where somebody typed it between spaces.
    """

    text: str
    inner: frozenset[int]
    cost: float
    known: bool = True
    telling: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class _Path:
    """The cheapest reading of the letters so far: its words, its cost, and how much it tells."""

    cost: float = inf
    words: tuple[str, ...] = ()
    pinyin: int = 0
    known: int = 0
    telling: int = 0


class PinyinReader:
    """Reads pinyin back; the lattice's words are made when the first text comes that is spelt like pinyin.

    Args:
        glossary: terms and words that are known by their sounds.
        names: Latin names of topics, which stay as they are even where they are spelt like pinyin (gan).
        field: texts with Latin words of the field, which may stand among pinyin.
        is_english: tells a word of English.
        texts: what the bank says in Chinese, by which homophones are told apart.

    `field` and `texts` are gone through once, when they are first needed: few questions are pinyin.
    """

    def __init__(
        self, glossary: Glossary, names: Collection[str], field: Iterable[str], is_english: Callable[[str], bool],
        texts: Iterable[str],
    ) -> None:  # fmt: skip
        self._glossary = glossary
        self._names = frozenset(names)
        self._field_texts = field
        self._is_english = is_english
        self._texts = texts

    def __call__(self, text: str) -> str:
        """Return the Chinese that clean `text` spells, or `text` itself where it is no pinyin."""
        if len(text) > _MAX_LETTERS or HAN.search(text) or text in self._names:
            return text
        typed = self._typed(text)
        letters = sum(len(token) for token in typed if token[0].isalpha())
        spelt = sum(map(len, filter(_is_spelt, typed)))
        if spelt < max(_MIN_LETTERS, _PINYIN * letters) or any(map(self._is_foreign, typed)):
            return text
        parts = [self._best(run) for run in _runs(typed)]
        pinyin, known, telling = (sum(getattr(part, name) for part in parts) for name in ("pinyin", "known", "telling"))
        if pinyin < max(_MIN_LETTERS, _PINYIN * letters) or known < _KNOWN * pinyin or telling < _TELLING * pinyin:
            return text
        return _joined([word for part in parts for word in part.words])

    def _typed(self, text: str) -> list[str]:
        plain = text if text.isascii() else _without_tones(text)
        found: list[str] = []
        for token in _TOKEN.findall(plain.replace("'", " ").replace("’", " ")):
            toneless = _TONE_DIGIT.sub(" ", token)
            syllables = toneless.split()
            found += [token] if token in self._names or not all(map(_is_spelt, syllables)) else syllables
        return found

    def _is_foreign(self, token: str) -> bool:
        """Tell whether a token says that the text is no pinyin: a word of English, and no term, that spells nothing."""
        if _is_spelt(token) or token in self._names or token in self._field or not token.isalpha():
            return False
        return EN_FRAME.fullmatch(token) is not None or self._is_english(token)

    def _best(self, run: Sequence[str]) -> _Path:
        """Return the cheapest reading of neighbouring tokens that are spelt like pinyin, or of one that is not."""
        if not _is_spelt(run[0]):
            return _Path(0, tuple(run))
        letters = "".join(run)
        ends = list(accumulate(map(len, run)))
        breaks = frozenset((0, *ends))
        # Where the word of English ends that a letter is in; what it spells in pinyin tells nothing (manage, sunshine).
        english_to = list(chain.from_iterable(
            [end if self._is_english(token) else 0] * len(token) for token, end in zip(run, ends, strict=True)
        ))  # fmt: skip
        best = [_Path(0), *(_Path() for _ in letters)]
        for start in range(len(letters)):
            if best[start].cost == inf:
                continue
            for end in range(start + 1, min(start + self._longest, len(letters)) + 1):
                words = self._words.get(letters[start:end])
                if words is None:
                    continue
                inside = {place - start for place in breaks if start < place < end}
                for word in words:
                    if inside <= word.inner and (not word.whole or {start, end} <= breaks):
                        best[end] = min(
                            best[end], _and(best[start], word, end - start, end <= english_to[start]),
                            key=lambda path: path.cost,
                        )  # fmt: skip
        # Letters that spell syllables of which no character is known: one piece that nothing is known of.
        return best[-1] if best[-1].cost < inf else _Path(0, tuple(run), pinyin=len(letters))

    @cached_property
    def _field(self) -> frozenset[str]:
        return frozenset(_latin_words(self._field_texts))

    @cached_property
    def _words(self) -> dict[str, list[_Word]]:
        """The words of the lattice by their letters."""
        from pypinyin import lazy_pinyin

        entries = {*self._glossary.terms, *self._glossary.words, *_GRAMMAR}
        counts: Counter[str] = Counter()
        for part in chain.from_iterable(map(self._glossary.words_of, self._texts)):
            counts.update([part] if part in entries else _BETWEEN.findall(part))
        counts = Counter(
            {part: count for part, count in counts.items() if len(part) == 1 or part in entries or count > 1}
        )
        total = counts.total() + len(entries)
        found: dict[str, list[_Word]] = {}
        characters = set().union(*entries, *counts)
        for text in filter(_ALL_HAN.fullmatch, {*entries, *counts, *characters}):
            known = text in entries or len(text) > 1
            cost = _A_WORD - log((counts[text] + 0.5) / total) + (0 if known else _UNKNOWN)
            for syllables in _spellings(text, lazy_pinyin(text)):
                ends = list(accumulate(map(len, syllables)))
                word = _Word(text, frozenset(ends[:-1]), cost, known, telling=text in entries and len(text) > 1)
                found.setdefault("".join(syllables), []).append(word)
        for text in filter(_is_spelt, self._names):
            found.setdefault(text, []).append(_Word(text, frozenset(), _A_WORD + _LATIN, whole=True))
        return found

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self._words))


def _latin_words(texts: Iterable[str]) -> set[str]:
    """Return the Latin words in normalised `texts`, those left out that English questions are made of."""
    return {token for text in texts for token in tokens(text) if not is_han(token) and not EN_FRAME.fullmatch(token)}


def _spellings(text: str, usual: Sequence[str]) -> set[tuple[str, ...]]:
    """Return the ways to spell Chinese text, among them as it is read by `usual` syllables."""
    each = [{said, *_READINGS.get(char, ()), *_OF_U.get(said, ())} for char, said in zip(text, usual, strict=True)]
    return set(product(*each)) if prod(map(len, each)) <= _MOST_SPELLINGS else {tuple(usual)}


def _and(path: _Path, word: _Word, letters: int, english: bool) -> _Path:
    """Return the path with one more word."""
    pinyin = 0 if word.whole else letters
    telling = pinyin * (len(word.text) - 1) if word.telling and not english else 0
    return _Path(
        path.cost + word.cost, (*path.words, word.text), path.pinyin + pinyin,
        path.known + (pinyin if word.known else 0), path.telling + telling,
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _is_spelt(token: str) -> bool:
    """Tell whether some way of cutting the letters gives syllables; as a pattern it would try all ways."""
    reached = {0}
    for start in range(len(token)):
        if start in reached:
            ends = range(start + 1, min(start + _LONGEST_SYLLABLE, len(token)) + 1)
            reached.update(end for end in ends if token[start:end] in _SYLLABLES)
    return len(token) in reached


def _runs(typed: Sequence[str]) -> list[list[str]]:
    """Put neighbouring tokens together that are spelt like pinyin."""
    runs: list[list[str]] = []
    before = False
    for token in typed:
        spelt = _is_spelt(token)
        if spelt and before:
            runs[-1].append(token)
        else:
            runs.append([token])
        before = spelt
    return runs


def _without_tones(text: str) -> str:
    """Return text without the marks of tones, `ü` as `v`."""
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", _TONE_MARKS.sub("", apart)).replace("ü", "v").replace("ê", "e")


def _joined(words: Sequence[str]) -> str:
    """Return words in one text: Latin ones apart by spaces, Chinese ones together."""
    text = ""
    for word in words:
        apart = text[-1:].isalnum() and word[0].isalnum() and (text[-1].isascii() or word[0].isascii())
        text += f" {word}" if apart else word
    return text
