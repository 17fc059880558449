"""From what somebody types to a topic: exact names, nearest names, and completion while typing.

    name → find → Topic
    half a name → complete → topics, best first

Letters' case and width, spaces, hyphens and punctuation never matter; a Chinese name is also known by its pinyin and
by the initials of it.
"""

from __future__ import annotations

import re
import unicodedata
import weakref
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.bank.errors import UnknownTopic
from knowledge.bank.formerly import renamed
from knowledge.bank.models import LANGS, Bank, Lang, Topic

_BRACKETS = re.compile(r"[(\[（【].*?[)\]）】]")
_LEVELS = ("basic", "intermediate", "advanced")
#: From here on, two names look alike enough to be offered while somebody types (0..100).
_ALIKE = 72
_NEAREST = 3


def find(bank: Bank, name: str) -> Topic:
    """Return the topic whose slug, title (either language) or alias is `name`, or else whose slug it once was.

    Raises:
        knowledge.bank.errors.UnknownTopic: there is none; carries the up to three that look most like it.
    """
    topic = named(bank, name)
    if topic is None:
        raise UnknownTopic(name[:80], tuple(_index(bank).nearest(name)[:_NEAREST]))
    return topic


def named(bank: Bank, name: str) -> Topic | None:
    """Return the topic whose slug, title (either language) or alias is `name`; None if there is none."""
    slug = _index(bank).exact.get(_key(name))
    return None if slug is None else bank[slug]


def complete(bank: Bank, text: str, lang: Lang, limit: int = 25) -> list[Topic]:
    """Return the topics that the half-typed `text` may mean, best first; all of them, in reading order, for none.

    A name that begins with the text goes before one with a word that does, that before names that only look or sound
    alike; titles in `lang` before other names.
    """
    index = _index(bank)
    typed = _key(text)
    if not typed:
        return [bank[slug] for slug in index.order[:limit]]
    ranked = sorted((rank, slug) for slug in index.order if (rank := index.rank(slug, typed, lang)) is not None)
    return [bank[slug] for _, slug in ranked[:limit]]


@dataclass(frozen=True, slots=True)
class _Name:
    """One name of a topic: as one key, as words, and as it sounds (empty for a name with no Chinese in it)."""

    key: str
    words: tuple[str, ...]
    lang: Lang | None
    pinyin: str
    initials: str


class _Index:
    """All names of a bank, ready to be compared."""

    def __init__(self, bank: Bank) -> None:
        banks = {name: place for place, name in enumerate(bank.names)}
        # An earlier bank's topics come first, and a name that two banks have is theirs.
        self.order = sorted(bank.topics, key=lambda slug: (banks[bank[slug].bank], *_reading_order(bank[slug])))
        self.names = {slug: tuple(_name(text, lang) for text, lang in _names(bank[slug])) for slug in self.order}
        self.exact: dict[str, str] = {}
        places = {slug: place for place, slug in enumerate(self.order)}
        self._places = places
        for slug in self.order:
            self.exact.setdefault(_key(slug), slug)
        for slug in self.order:
            for name in self.names[slug]:
                self.exact.setdefault(name.key, slug)
        for old, slug in renamed(bank).topics.items():
            self.exact.setdefault(_key(old), slug)

    def rank(self, slug: str, typed: str, lang: Lang) -> tuple[int, int, int] | None:
        """Return how well the topic fits (less is better: kind of match, then likeness, then reading order)."""
        tiers = [_tier(name, typed, lang) for name in self.names[slug]]
        best = min((tier for tier in tiers if tier is not None), default=None)
        return None if best is None else (*best, self._places[slug])

    def nearest(self, name: str) -> list[str]:
        """Return all slugs, those that look or sound most like `name` first."""
        from rapidfuzz import fuzz

        typed = _key(name)
        if not typed:
            return self.order
        sound = _pinyin(name)[0] or typed
        # Some part of a long name looks like almost any three or four letters.
        part = 0.9 if len(typed) > 4 else 0.6

        def likeness(slug: str) -> tuple[float, float]:
            whole = max(
                max(fuzz.ratio(typed, known.key), fuzz.partial_ratio(typed, known.key) * part, sounds(known))
                for known in self.names[slug]
            )
            return whole, fuzz.ratio(typed, _key(slug))

        def sounds(known: _Name) -> float:
            return fuzz.ratio(sound, known.pinyin) * 0.9 if known.pinyin else 0.0

        return sorted(self.order, key=likeness, reverse=True)


def _tier(name: _Name, typed: str, lang: Lang) -> tuple[int, int] | None:
    """Return kind of match (0 best) and unlikeness within it; None if the name does not fit at all."""
    foreign = name.lang not in (lang, None)
    if name.key == typed:
        return 0, 0
    if name.key.startswith(typed):
        return 1, foreign
    if any(word.startswith(typed) for word in name.words) or (not typed.isascii() and typed in name.key):
        return 2, foreign
    if len(typed) > 2 and typed in name.key:
        return 3, foreign
    if len(typed) > 1 and name.pinyin and (name.initials.startswith(typed) or name.pinyin.startswith(typed)):
        return 5, 0
    likeness = _likeness(typed, name.key)
    return (4, round(100 - likeness)) if likeness >= _ALIKE else None


def _likeness(typed: str, key: str) -> float:
    """Return how much `typed` looks like the beginning of `key` (0..100): a typo early on still finds its topic."""
    from rapidfuzz import fuzz

    # One letter of two or three says nothing; Chinese says more in each.
    if len(typed) < (4 if typed.isascii() else 2):
        return 0.0
    return max(fuzz.ratio(typed, key), fuzz.ratio(typed, key[: len(typed)]))


def _name(text: str, lang: Lang | None) -> _Name:
    words = re.split(r"[\W_]+", unicodedata.normalize("NFKC", text).casefold())
    pinyin, initials = _pinyin(text)
    return _Name(_key(text), tuple(word for word in words if word), lang, pinyin, initials)


def _names(topic: Topic) -> Iterator[tuple[str, Lang | None]]:
    """Yield every name of a topic with its language (None: of neither)."""
    yield topic.slug, None
    for lang in LANGS:
        title = topic.title[lang]
        yield title, lang
        # "Generative adversarial networks (GAN)" is also known without its brackets.
        if (bare := _BRACKETS.sub(" ", title).strip()) and bare != title:
            yield bare, lang
    for alias in topic.meta.aliases:
        yield alias, None


def _pinyin(text: str) -> tuple[str, str]:
    """Return a text's pinyin without tones and the initials of it; empty if there is no Chinese in it."""
    if not re.search(r"[\u4e00-\u9fff]", text):
        return "", ""
    from pypinyin import lazy_pinyin

    syllables = [_key(syllable) for syllable in lazy_pinyin(_BRACKETS.sub(" ", text))]
    return "".join(syllables), "".join(syllable[:1] for syllable in syllables)


def _key(text: str) -> str:
    """Return `text` with everything dropped that people type differently."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text[:400]).casefold())


def _reading_order(topic: Topic) -> tuple[int, int, str]:
    return _LEVELS.index(topic.meta.level), min(topic.meta.questions, default=10**6), topic.slug


_indexes: dict[int, _Index] = {}


def _index(bank: Bank) -> _Index:
    """Return the bank's index, made at its first use and dropped with the bank."""
    index = _indexes.get(id(bank))
    if index is None:
        index = _indexes[id(bank)] = _Index(bank)
        weakref.finalize(bank, _indexes.pop, id(bank), None)
    return index
