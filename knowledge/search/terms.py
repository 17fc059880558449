"""Terms of the field: which unit of the bank defines one, and which of them the bank does not cover.

term as typed → key, the one form of all ways to write it → the units that speak of it → the one that defines it

A unit defines a term by its lead, by an ask that is nothing but "what is …?", in bold, in its first sentence. Where
none does, the term is either spoken of in passing or not covered at all.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, lru_cache
from importlib.resources import files
from itertools import accumulate

from knowledge.bank.models import LANGS, SECTIONS, Bank, SectionId, Topic, Unit
from knowledge.search import spelling
from knowledge.search.glossary import Glossary
from knowledge.search.reading import HAN, normalise

_DATA = tomllib.loads(files("knowledge.search").joinpath("terms.toml").read_text(encoding="utf-8"))
#: The normal form of each other name of a term.
_SAME: dict[str, str] = {name: term for term, names in _DATA["same"].items() for name in names}
#: What a term may be followed by and stays the term.
_GENERIC: tuple[str, ...] = tuple(_DATA["generic"]["words"])
_SPELT = re.compile(r"(?<=[a-z])is(?=(?:ation|ations|er|ers|ing|ed|e|es)\b)")
_HYPHENS = str.maketrans(dict.fromkeys("-–_‐", " "))
_BESIDE_HAN = re.compile(rf"(?<={HAN.pattern}) (?=\S)|(?<=\S) (?={HAN.pattern})")
_ASKED_BEFORE = (
    r"what(?:'s|s| is| are| does)|explain|define|definition of|meaning of|describe|tell me about|introduce|"
    r"请?问?(?:什么是|什么叫|何为|何谓|啥是|啥叫)|(?:请|给我|帮我)?(?:解释一?下?|介绍一?下?|讲一?下|讲讲|"
    r"说说|讲解一?下?)"
)
_ASKED_BEHIND = (
    r"mean|means|explained|definition|是什么(?:意思|东西)?|是啥(?:意思|东西)?|是个啥|的?定义(?:是什么)?|"
    r"的概念|指什么|指的是什么|"
    r"的含义|什么意思|怎么理解|了解吗|的?原理(?:是什么)?"
)
_DEFINED = re.compile(
    rf"^(?:(?P<before>{_ASKED_BEFORE})\s*)?(?:the |"
    rf"an? )?(?P<term>.+?)(?:\s*(?P<behind>{_ASKED_BEHIND}))?(?:呢|啊|呀)?[\s?？.。:：!！]*$"
)
#: Letters of a word whose spelling is mended, and how alike the right one is.
_SPELLABLE, _ALIKE = 6, 0.77
_LATIN_WORD = re.compile(r"(?<![a-z0-9])[a-z][a-z0-9.+]*")
_BOLD = re.compile(r"\*\*([^*\n]{2,60})\*\*")
_SENTENCE_END = re.compile(r"[。！？]|[.!?:](?=\s)")
#: Characters of an opening that has no lead, which are looked at for what it defines.
_OPENING = 160
#: Clearness from which a unit surely defines a term; below which it mentions the term in passing at most; and below
#: which it does not even do that.
DEFINES, _IN_PASSING, UNKNOWN = 7.0, 6.0, 2.0
#: … and from this on clearly enough within a topic that the search has found.
DEFINES_THERE = 4.0
#: From this on a unit that sets a term beside another one is about it.
BESIDE = 3.0
#: How many terms the cache of normal forms holds; the bank has some thousand of its own.
_REMEMBERED = 2_048
#: A term has no more words and Chinese characters than these …
_WORDS, _CHARACTERS = 3, 8
#: … and none of these: a clause that the bank lacks says nothing.
_CLAUSE = re.compile(
    r"\b(?:to|into|after|before|each|every|per|how|why|what|when|where|if|my|your|i|is|are|be|it|with|"
    r"without|from|than|that|this|"
    r"not|of|in|on|explain|define|describe|compare|difference|test|train|training|testing|validation|"
    r"behaviou?r|inference)\b|'s\b|[这那的了吗呢吧是有把被在里后前让给怎么]"
)


@lru_cache(4096)
def fold(text: str) -> str:
    """Return text normalised for finding terms: hyphens, British spelling, spaces beside Chinese."""
    text = " ".join(normalise(text).translate(_HYPHENS).split())
    if "is" in text:
        text = _SPELT.sub("iz", text)
    return text if text.isascii() else _BESIDE_HAN.sub("", text)


def asked_for(text: str) -> str | None:
    """Return the term that a question asks to define and nothing else ("what is dropout?"); None for others."""
    match = _DEFINED.match(text)
    return match["term"].strip() if match is not None and (match["before"] or match["behind"]) else None


@dataclass(frozen=True, slots=True)
class UnitRef:
    """A unit: the slug of its topic, its section, its id."""

    topic: str
    section: SectionId
    unit: str

    @property
    def versus(self) -> bool:
        """Whether its id says that it compares."""
        return self.unit.startswith("vs-") or "-vs-" in self.unit


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A unit of the bank as a term is looked for in it, both languages together.

    Attributes:
        place: which it is.
        leads: its leads, folded.
        opening: its first sentences, folded.
        text: all of it, folded.
        bold: what is printed bold in it.
        asks: its asks and leads, normalised.
    """

    place: UnitRef
    leads: tuple[str, ...]
    opening: str
    text: str
    bold: tuple[str, ...]
    asks: tuple[str, ...]


class Terms:
    """What the bank says of terms.

    Args:
        bank: the topics; they are read when the first term is looked for.
        glossary: what Chinese terms are called in English.
        outside: questions that the bank does not answer; what they ask for is a term, too.
    """

    def __init__(self, bank: Bank, glossary: Glossary, outside: Sequence[str]) -> None:
        self._bank = bank
        self._glossary = glossary
        self._questions = outside
        # Of what people type there is no end.
        self.key: Callable[[str], str] = lru_cache(_REMEMBERED)(self._key)
        self.forms: Callable[[str], tuple[str, ...]] = lru_cache(_REMEMBERED)(self._forms)
        self._spelt: Callable[[str], str | None] = lru_cache(_REMEMBERED)(self._bank_spells)

    def within(self, bank: Bank) -> Terms:
        """Return what the topics of a smaller bank say, and no others."""
        return Terms(bank, self._glossary, self._questions)

    @cached_property
    def units(self) -> tuple[KnownUnit, ...]:
        """All units of all pages."""
        return tuple(self._known())

    @cached_property
    def _outside(self) -> str:
        return "\n".join(map(fold, self._questions))

    @cached_property
    def _titles(self) -> dict[str, str]:
        """The slug of each topic by its names; its other aliases name parts of it."""
        found: dict[str, str] = {}
        for slug in sorted(self._bank.topics):
            title = self._bank[slug].title
            for lang in LANGS:
                for name in (*_names(title[lang]), slug.replace("-", " ")):
                    if len(name.strip()) > 1:
                        found.setdefault(self.key(name), slug)
        return found

    def has_units(self, topic: str) -> bool:
        """Tell whether a topic's page consists of units; nothing is known here of a page that does not."""
        return bool(self._bank[topic].units[LANGS[0]])

    def words(self, text: str) -> list[str]:
        """Return the words of the glossary in a normalised text, and what stands between them."""
        return self._glossary.words_of(text)

    def topic(self, term: str) -> str | None:
        """Return the slug of the topic that is called so; None where none is."""
        return self._titles.get(self.key(term))

    def _known(self) -> Iterator[KnownUnit]:
        for slug in sorted(self._bank.topics):
            topic = self._bank[slug]
            zh, en = ({unit.id: unit for unit in topic.units[lang]} for lang in LANGS)
            for ident, unit in zh.items():
                yield _read(topic, ident, [unit, *([en[ident]] if ident in en else [])])

    def _key(self, term: str) -> str:
        """Return the one form of all ways to write a term."""
        folded = _singular(self._in_english(fold(term)))
        folded = _SAME.get(folded, folded)
        for generic in _GENERIC:
            if folded.endswith(f" {generic}"):
                short = folded.removesuffix(f" {generic}")
                folded = _SAME.get(short, short).removesuffix(f" {generic}")
                break
        return folded.replace(" ", "")

    def _in_english(self, folded: str) -> str:
        """Return a Chinese term in English where the glossary has all of it."""
        if not HAN.search(folded):
            return folded
        read = self._glossary.translate(folded)
        return fold(read.replaced) if read.replaced and not read.unknown else folded

    def _forms(self, term: str) -> tuple[str, ...]:
        """Return the ways in which a term stands in a text, folded."""
        folded = fold(term)
        found = {folded, _singular(folded), self._in_english(folded), _singular(self._in_english(folded))}
        found |= {_SAME[form] for form in [*found] if form in _SAME}
        found |= {short for short, full in _SAME.items() if full in found}
        found |= {
            form.removesuffix(f" {generic}")
            for form in [*found]
            for generic in _GENERIC
            if form.endswith(f" {generic}") and len(form) - len(generic) > 2
        }
        return tuple(sorted(filter(None, found)))

    def mentioned(self, term: str, text: str) -> bool:
        """Tell whether a folded text has the term, in any of its forms."""
        return any(form in text and _pattern(form).search(text) is not None for form in self.forms(term))

    @cached_property
    def _joined(self) -> tuple[str, list[int]]:
        """The texts of all units, a line each, and where each begins."""
        texts = [unit.text for unit in self.units]
        return "\n".join(texts), [0, *accumulate(len(text) + 1 for text in texts)]

    def speaking_of(self, term: str) -> Iterator[int]:
        """Yield the place of each unit whose text has the term, in any of its forms; a place may come twice.

        All texts are one string here: to look through them one by one takes ten times as long.
        """
        text, starts = self._joined
        for form in self.forms(term):
            pattern, place = _pattern(form), text.find(form)
            while place >= 0:
                unit = bisect_right(starts, place) - 1
                if pattern.match(text, place) is not None:
                    yield unit
                    place = text.find(form, starts[unit + 1])
                else:
                    place = text.find(form, place + 1)

    def define(self, term: str, topic: str | None = None) -> tuple[UnitRef, float] | None:
        """Return the unit that says most of what a term means, and how clearly; None where none speaks of it.

        Args:
            term: as typed.
            topic: the slug of the only topic that is looked at.
        """
        speaking = (self.units[place] for place in sorted(set(self.speaking_of(term))))
        about = [unit for unit in speaking if topic in (None, unit.place.topic)]
        share = Counter(unit.place.topic for unit in about)
        best: tuple[UnitRef, float] | None = None
        for unit in about:
            # A topic that speaks of it all over its page is the one that it belongs to.
            said = self._defines(unit, term) + min(share[unit.place.topic], 10) * 0.15
            if best is None or said > best[1]:
                best = unit.place, said
        return best

    def _defines(self, unit: KnownUnit, term: str) -> float:
        key, topic = self.key(term), self.topic(term)
        said = 1.0 * self.mentioned(term, unit.opening)
        if unit.place.unit in SECTIONS:  # it opens the page: it defines the topic, and names much else
            said += 6.0 if topic == unit.place.topic and unit.place.unit == "answer" else -2.0
        said += 2.5 * (self.key(unit.place.unit) == key)
        named = [lead for lead in unit.leads if self.mentioned(term, lead)]
        if named:
            said += 3.0 if any(len(lead) < len(fold(term)) + 12 for lead in named) else 2.0
        asked = [ask for ask in unit.asks if self.mentioned(term, fold(ask))]
        whole = (match["term"] for ask in asked if (match := _DEFINED.match(ask)))
        said += 3.0 * any(self.key(each) == key for each in whole)
        said += 2.0 * any(self.key(bold) == key for bold in unit.bold)
        return said + min(len(asked), 6) * 0.25 - 1.0 * unit.place.versus

    def lacks(self, term: str) -> bool:
        """Tell whether this is a term of some field, and no unit of the bank says what it means."""
        if not self.is_term(term):
            return False
        found = self.define(term)
        return found is None or found[1] < _IN_PASSING

    def mended(self, term: str) -> str:
        """Return a term in which words that are nearly the bank's own, and no others, are spelt as the bank does."""
        return _LATIN_WORD.sub(lambda word: self._spelt(word[0]) or word[0], fold(term))

    def _bank_spells(self, word: str) -> str | None:
        """Return the bank's word that a misspelt word is close to; None for a known word, and where none is close."""
        known = len(word) < _SPELLABLE - 1 or word in spelling.english_words() or self._is_said(word)
        near = [] if known else get_close_matches(word, self._vocabulary, 3, _ALIKE)
        # Letters that changed places are the likelier slip: presicion is precision, not prediction.
        swapped = [each for each in near if sorted(each) == sorted(word)]
        return next(iter((*swapped, *near)), None)

    @cached_property
    def _vocabulary(self) -> list[str]:
        """The bank's words that are long enough to correct typos to; short ones differ by a letter (Adam, Nadam)."""
        said = " ".join(text for unit in self.units for text in (*unit.leads, *map(fold, unit.asks)))
        words = Counter(word for word in _LATIN_WORD.findall(said) if len(word) >= _SPELLABLE)
        return [word for word, times in words.items() if times > 1 or word in spelling.english_words()]

    def is_term(self, term: str) -> bool:
        """Tell whether this is a term: of the glossary, of a question outside, or a word that is no English."""
        folded = fold(term)
        words = [word for word in _LATIN_WORD.findall(folded) if len(word) > 1]
        if _CLAUSE.search(folded) or len(words) > _WORDS or len(HAN.findall(folded)) > _CHARACTERS or len(folded) < 2:
            return False
        if words and self._glossary.translate(folded).unknown:
            return False  # "cross-attn 底子都": more than the term
        if folded in self._glossary.terms or any(map(self._is_foreign, words)):
            return True
        return any(form in self._outside and _pattern(form).search(self._outside) for form in self.forms(term))

    def _is_foreign(self, word: str) -> bool:
        """Tell whether a Latin word is neither an English word nor one of the bank, nor close to one."""
        return word not in spelling.english_words() and not self._is_said(word) and self._spelt(word) is None

    def _is_said(self, word: str) -> bool:
        return next(self.speaking_of(word), None) is not None


def _read(topic: Topic, ident: str, units: Sequence[Unit]) -> KnownUnit:
    asks = topic.meta.unit_asks.get(ident)
    titles = [normalise(unit.lead) for unit in units if unit.lead]
    first = [unit.text[:_OPENING] if not unit.lead else _SENTENCE_END.split(unit.text, maxsplit=1)[0] for unit in units]
    return KnownUnit(
        place=UnitRef(topic.slug, units[0].section, ident),
        leads=tuple(map(fold, titles)),
        opening=fold(" ".join(first).replace("**", "")),
        text=fold(" ".join(unit.text for unit in units).replace("**", "").replace("`", "")),
        bold=tuple(bold for unit in units for bold in _BOLD.findall(unit.text[len(unit.lead) + 4 :])),
        asks=(*titles, *(normalise(ask) for lang in LANGS for ask in (asks[lang] if asks is not None else ()))),
    )


def _names(title: str) -> Iterator[str]:
    """Yield the names in `生成对抗网络（GAN）` and `LoRA, QLoRA and …`; what a bracket lists names parts."""
    yield title
    if re.search("[,，、]", title):
        yield from re.split(r"[,，、:：]\s*|\s+and\s+|\s*与\s*", title)
    yield from (part for part in re.split(r"[()（）]", title) if not re.search("[,，、/]", part))


def _singular(text: str) -> str:
    return re.sub(r"(?<=[a-z]{2}[^su])s\b", "", text)


@lru_cache(1024)
def _pattern(form: str) -> re.Pattern[str]:
    start = "" if HAN.match(form) else r"(?<![a-z0-9])"
    end = "" if HAN.match(form[-1]) else r"(?:s|es)?(?![a-z0-9])"
    return re.compile(f"{start}{re.escape(form)}{end}")
