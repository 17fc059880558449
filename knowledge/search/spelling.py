"""Spelling correction of Chinese homophones of terms and of misspelt English terms; real words are never changed.

A Chinese window of three or more characters that sounds exactly like a term, tones aside, is that term typed with the
wrong characters. An English word that no vocabulary knows, one or two edits (Damerau 1964) from a word of the field,
is that word. Whatever any vocabulary knows stays as it is: mending real words costs more than it gains.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, cached_property

from knowledge.bank.errors import ModelError
from knowledge.search.lexical import is_han, syllables, tokens

_MIN_WINDOW = 3
#: Shorter English words have too many neighbours: `gats` may be `gates`, `gans` or `cats`.
_MIN_WORD = 5
_TWO_EDITS_FROM = 8
#: Characters that hold a sentence together are typed on purpose: 卷积和池化 is no 卷积核池化.
_GRAMMAR = frozenset("的了和与及或是在有不也都就还把被让给对从用跟比这那")
_ENDINGS = ("s", "es", "ed", "d", "ing", "ly", "er", "ers", "or", "able", "less", "ness", "al", "ise", "ize", "ised")


class Repairer:
    """Mends one question at a time; built once from the field's terms and all words that are right as they are."""

    def __init__(self, han_terms: Iterable[str], field_words: Iterable[str], known_words: Iterable[str]) -> None:
        self._terms_given, self._field_given = tuple(han_terms), frozenset(field_words)
        self._known = self._field_given.union(known_words)
        self._by_sound: dict[tuple[str, ...], str] | None = None

    def __call__(self, text: str) -> str:
        """Return normalised `text` with its typos mended."""
        parts: list[str] = []
        last = 0
        for match in re.finditer(r"[\u3400-\u9fff]{3,}|[a-z]{5,}", text):
            token = match.group()
            parts += [text[last : match.start()], self._han(token) if is_han(token) else self._word(token)]
            last = match.end()
        return "".join([*parts, text[last:]])

    @cached_property
    def _han_terms(self) -> list[str]:
        return sorted({t for t in self._terms_given if len(t) >= _MIN_WINDOW and all(map(is_han, t))})

    @cached_property
    def _field(self) -> list[str]:
        return sorted(w for w in self._field_given if len(w) >= _MIN_WORD and w.isascii() and w.isalpha())

    @cached_property
    def _terms(self) -> re.Pattern[str]:
        longest_first = sorted(self._han_terms, key=lambda term: (-len(term), term))
        return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def _han(self, run: str) -> str:
        sounds = self._sounds()
        read = syllables(run)
        right = self._spelt_right(run)
        start = 0
        while start <= len(run) - _MIN_WINDOW:
            for size in range(min(8, len(run) - start), _MIN_WINDOW - 1, -1):
                window = run[start : start + size]
                term = sounds.get(tuple(read[start : start + size]))
                if term is None or term == window or right.intersection(_differing(window, term, start)):
                    continue
                if not self._is_right(run, start, term):
                    run = run[:start] + term + run[start + size :]
                    start += size - 1
                    break
            start += 1
        return run

    def _spelt_right(self, run: str) -> set[int]:
        """Return the places of characters of terms typed right: 淆矩阵 in 混淆矩阵 is no 小矩阵."""
        return {place for match in self._terms.finditer(run) for place in range(*match.span())}

    def _is_right(self, run: str, start: int, term: str) -> bool:
        """Tell whether what sounds like `term` is a word, or ends within one that goes on beside it (学习绿色)."""
        end = start + len(term)
        swapped = {typed for typed, meant in zip(run[start:end], term, strict=True) if typed != meant}
        if swapped & _GRAMMAR or self._is_chinese_word(run[start:end]):
            return True
        if len(term) > _MIN_WINDOW:
            return False  # four syllables alike are no accident
        before = start > 0 and run[start] != term[0] and self._is_chinese_word(run[start - 1 : start + 1])
        after = end < len(run) and run[end - 1] != term[-1] and self._is_chinese_word(run[end - 1 : end + 1])
        return before or after

    def _is_chinese_word(self, word: str) -> bool:
        return word in self._known or word in _chinese_words()

    def _sounds(self) -> dict[tuple[str, ...], str]:
        if self._by_sound is None:  # pypinyin takes a fifth of a second to load: only Chinese questions pay it
            self._by_sound = {tuple(syllables(term)): term for term in self._han_terms}
        return self._by_sound

    def _word(self, word: str) -> str:
        if self._is_known(word):
            return word
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        most = 2 if len(word) >= _TWO_EDITS_FROM else 1
        best = process.extract(word, self._field, scorer=OSA.distance, score_cutoff=most, limit=2)
        if not best or (len(best) > 1 and best[0][1] == best[1][1] and not _same_stem(best[0][0], best[1][0])):
            return word  # two words are equally near: guessing would be editing
        return str(best[0][0])

    def _is_known(self, word: str) -> bool:
        if word in self._known:
            return True
        stems = (word.removesuffix(end) for end in _ENDINGS if word.endswith(end))
        return any(len(stem) >= 3 and (stem in self._known or f"{stem}e" in self._known) for stem in stems)


def _differing(typed: str, meant: str, start: int) -> set[int]:
    """Return the places of characters that differ, where `typed` begins at `start`."""
    return {start + place for place, (one, other) in enumerate(zip(typed, meant, strict=True)) if one != other}


def _same_stem(one: str, other: str) -> bool:
    return one[:-2] == other[: len(one) - 2] or other[:-2] == one[: len(other) - 2]


@cache
def _chinese_words() -> frozenset[str]:
    from pypinyin.phrases_dict import phrases_dict

    return frozenset(phrases_dict)


@cache
def english_words() -> frozenset[str]:
    """Return the common English words: the whole words of the packaged tokenizer, or none where it is not installed."""
    from knowledge.search.encoder import packaged_folder

    try:
        lines = (packaged_folder() / "vocab.txt").read_text(encoding="utf-8").splitlines()
    except (ModelError, OSError):
        return frozenset()
    return frozenset(line for line in lines if line.isascii() and line.isalpha())


def words_of(texts: Iterable[str]) -> set[str]:
    """Return the Latin words in `texts`, which must be normalised."""
    return {token for text in texts for token in tokens(text) if not is_han(token) and token.isalpha()}
