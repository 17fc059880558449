"""Comparisons: "A vs B", "A 和 B 有什么区别", "how does A differ from B", over two topics or two terms of one.

clean text → sides() → the terms compared → Comparisons.settle → the unit that compares them, or a unit that defines
each of them, or what of them the bank does not cover

A unit compares two terms if its lead or one of its asks does, or if its id says so (`vs-…`) and it is about both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache as once
from functools import cached_property, lru_cache

from knowledge.search.reading import HAN
from knowledge.search.terms import DEFINES, KnownUnit, Terms, UnitRef, fold

#: Longest term that is compared: more is a clause.
_MAX_WORDS, _MAX_HAN = 7, 14
#: Sides of one comparison, at most.
_MAX_SIDES = 4

_AND_EN = r"(?:vs\b\.?|versus|and|&|/|,\s*and|,)"
_WHAT_DIFFERS = (
    r"(?:(?:key|main|core|exact|real|practical|basic|big|biggest|conceptual|fundamental)\s+)*"
    r"(?:differences?|diffs?|distinctions?|relations?|relationship|connection|link|similarit(?:y|ies)|"
    r"comparison|contrast|"
    r"trade-?\s?of+s?|pros and cons)"
)
_BEFORE_EN = (
    r"(?:(?:so|and|but|ok|well|hi|hey|please|pls|can you|could you|would you|help me(?: to)?|i want to|"
    r"how (?:do|would) you|"
    r"explain|describe|tell me(?: about)?|give me|discuss|briefly|get|understand|understanding|state|name|"
    r"list|show|what(?:'s|s| is| are| were)?|the|a|"
    r"question|interviewer(?: asked)?|simple|quick|short)[\s:,]+)*"
)
#: What stands behind the last term: a question of its own, or where it is asked.
_BEHIND_EN = re.compile(
    r"\s*(?:[?!.;:,(\-–—]+\s.*|[?!.;:,]+|\s(?:in terms of|in the context|in (?:deep|machine|neural|ml|dl|"
    r"practice|general|pytorch|keras|"
    r"tensorflow|a nutshell|plain|simple|detail|one|two|short|an? |your)|for (?:a|an|the|my|your|training|"
    r"classification|regression|image|"
    r"deep|neural|tabular)|"
    r"when|where|with (?:respect|regard|an? example|examples)|as (?:a|an|in)|on (?:a|an|the|small|large|imbalanced)|"
    r"which|what|how|why|is there|are there|and (?:when|which|how|why|what)|please|pls|explained|explain|comparison|"
    r"(?<!finite )differences?|trade-?\s?of+s?|pros and cons|work|mean|if|because|at inference|during|by example)\b.*)$"
)
_ARTICLE = re.compile(
    r"^(?:(?:the|a|an|using|use|plain|regular|standard|simple|ordinary|vanilla|classic(?:al)?|normal|"
    r"so[- ]called|both|between)\s+)+"
)

#: Forms of English comparisons; "and" divides only where something before says that two things are compared.
_STRICT_EN = (
    rf"^{_BEFORE_EN}{_WHAT_DIFFERS}(?: is there| are there)?\s+(?:between|of|among|btw|b/w|bw|in)\s+(?P<sides>.+)$",
    rf"^{_BEFORE_EN}(?:compare|comparing|contrast|compare and contrast|differentiate|distinguish|"
    rf"differentiating|distinguishing)"
    r"\s+(?:between\s+)?(?P<a>.+?)\s+(?:with|to|against|from|vs\.?|versus|and|&)\s+(?P<b>.+)$",
    rf"^{_BEFORE_EN}(?P<a>.+?)\s+(?:compared|in comparison|as opposed|opposed)\s+(?:to|with)\s+(?P<b>.+)$",
    r"^(?:in what ways?|how|where)\s+(?:exactly\s+)?(?:does|do|is|are|did|"
    r"would)\s+(?P<a>.+?)\s+(?:differ|differs|different|"
    r"differing|distinct)\s+(?:from|to|than)\s+(?P<b>.+)$",
    r"^(?:in what ways?|how|where)\s+(?:exactly\s+)?(?:do|does|are|is)\s+(?P<sides>.+?)\s+(?:differ|"
    r"different|compare|related|relate)\b.*$",
    r"^(?:how|where)\s+(?:does|do)\s+(?P<a>.+?)\s+compare\s+(?:to|with)\s+(?P<b>.+)$",
    r"^(?:is|are)\s+(?P<a>.+?)\s+(?:the same(?: thing)?|identical|equivalent)\s+(?:as|to|with)\s+(?P<b>.+)$",
    r"^(?:is|are)\s+(?P<sides>.+?)\s+(?:the same(?: thing)?|equivalent|identical|interchangeable)\b.*$",
    r"^what\s+do\s+(?P<sides>.+?)\s+have in common\b.*$",
    rf"^{_BEFORE_EN}(?P<sides>[^,]+?)\s*[,:;-]?\s+(?:the\s+)?(?:{_WHAT_DIFFERS}|compared|comparison|"
    rf"what(?:'s|s| is) the (?:difference|diff)).*$",
    rf"^{_BEFORE_EN}(?P<versus>.+\b(?:vs|versus)\b.+)$",
    r"^which\s+(?:\w+\s+)?(?:is|are|works?|one is|converges?|performs?|should i \w+|do you \w+|"
    r"to \w+)\b[^:,?]*[:,?]\s*"
    r"(?P<either>.+)$",
    r"^(?P<either>[^?,:]+?\sor\s[^?,:]+?)\s*[?,:;-]+\s*(?:which|when|what|how|pros|and when|and which)\b.*$",
    r"^(?:when|why|how)?\s*(?:do|does|should|would|to|shall|can)?\s*(?:i|you|we|one)?\s*(?:use|pick|"
    r"choose|prefer|take|go (?:for|with))\s+"
    r"(?P<either>.+?\sor\s.+)$",
    r"^(?:is|are)\s+(?P<a>.+?)\s+(?:better|worse|faster|slower|more \w+|less \w+)\s+than\s+(?P<b>.+)$",
    r"^when\s+(?:to|do|does|should|would)\s*(?:i|you|we|one)?\s*(?:use|pick|choose|prefer|"
    r"take)\s+(?P<a>.+?)\s+(?:over|instead of|rather than|"
    r"and not)\s+(?P<b>.+)$",
)
#: "A or B" alone asks to choose, but not always between terms.
_LOOSE_EN = re.compile(
    r"^(?:should (?:i|we) (?:use|pick|take)\s+)?(?P<either>[^?,:;]{2,50}?\sor\s[^?,:;]{2,50}?)[\s?!.]*$"
)

_AND_ZH = r"(?:和|与|跟|同|及|以及|、|/|\bvs\b\.?|对比|相比于?|较之)"
_DIFFERS_ZH = (
    r"(?:区别|差别|差异|不同(?:点|之处)?|异同(?:点)?|联系|关系|关联|对比|比较|优劣|优缺点|相同(?:点|之处)?|共同点|相似(?:点|之处)?|"
    r"权衡)"
)
_BEFORE_ZH = (
    r"(?:(?:请问|请教|请|面试官?(?:问)?|面试题|帮我|帮忙|麻烦|给我|能不能|可以|想问(?:一下)?|我想知道|"
    r"你知道|谁能|说说|说一说|说一下|说明|讲讲|讲一讲|讲一下|讲讲看|"
    r"聊聊|谈谈|谈一谈|解释一?下?|介绍一?下?|简述|简要|概述|阐述|描述|分析一?下?|总结|归纳|回答|什么是|问|"
    r"关于|一下|下|到底|究竟|那|那么)[:,，：\s]*)*"
)
_WHERE_ZH = re.compile(
    r"^(?:在)?(?:深度学习|机器学习|神经网络|模型训练|训练|实际|实践|工程|面试|图像分类|分类|回归|pytorch|"
    r"keras|tensorflow)(?:任务|问题|应用|领域|项目)?(?:中|里|里面|上|时)的?[,，:：\s]*"
)
_TAIL_ZH = r"(?:\s*(?:之间|这?[两俩二三四]者(?:之间)?|这[两俩三]个?(?:东西|概念)?|它们(?:之间)?))?\s*(?:的|在|上)?\s*"
_HAS_ZH = (
    r"(?:到底|究竟|主要|本质(?:上)?(?:的)?|核心|具体|根本)?\s*(?:(?:有|是|都有|存在|体现在|在于)?(?:什么|"
    r"啥|何|哪些|哪里|怎样|哪几点|没有|着)?"
    r"(?:样的|主要的?|本质的?|本质上的?|核心|根本)?)?\s*"
)
_STRICT_ZH = (
    rf"^{_BEFORE_ZH}(?:比较|对比|区分|辨析)(?:一下|"
    rf"下)?\s*(?P<sides>.+?{_AND_ZH}.+?)(?:{_TAIL_ZH}{_HAS_ZH}{_DIFFERS_ZH}.*)?$",
    rf"^{_BEFORE_ZH}(?P<a>.+?)\s*(?:相比于?|相较于?|比起|对比)\s*(?P<b>[^,，]+?)\s*[,，]?\s*(?:有|好在|"
    rf"强在|的|优势|改进|差在|区别|不同|多了|少了).*$",
    rf"^{_BEFORE_ZH}(?P<sides>.+?{_AND_ZH}.+?){_TAIL_ZH}{_HAS_ZH}(?:{_DIFFERS_ZH}).*$",
    rf"^{_BEFORE_ZH}(?P<sides>.+?{_AND_ZH}.+?){_TAIL_ZH}(?:是不是|是否|是|算)?(?:一回事|一样|"
    rf"同一个(?:东西|概念)?|等价|等同|相同)(?:的|吗|么|嘛|不).*$",
    rf"^{_BEFORE_ZH}(?P<sides>.+?{_AND_ZH}.+?){_TAIL_ZH}[,，:：]?\s*(?:分别)?(?:怎么|如何|该|应该|应|"
    rf"要|到底)*(?:选|挑|选择|取舍|区分)(?:择|哪|谁|用|取|$|[?？]).*$",
    rf"^{_BEFORE_ZH}(?P<sides>.+?{_AND_ZH}.+?){_TAIL_ZH}[,，:：]?\s*(?:哪个|哪种|哪一个|谁)(?:更|比较|"
    rf"好|效果|适合|用|快|强|稳|常用).*$",
    rf"^{_BEFORE_ZH}(?P<sides>.+?{_AND_ZH}.+?){_TAIL_ZH}(?:差在哪|不同在哪|区别在哪|哪里不同|"
    rf"哪里不一样|有什么不一样|有何不一样|哪不一样|有啥不一样|不一样在哪).*$",
    rf"^{_BEFORE_ZH}(?:怎么|如何)(?:区分|区别|辨别|选择|分辨)\s*(?P<sides>.+?{_AND_ZH}.+?)$",
    rf"^{_BEFORE_ZH}(?P<versus>.+?\s*\b(?:vs|versus|pk)\b\.?\s*.+?)$",
    rf"^{_BEFORE_ZH}(?:该|应该|到底|究竟)?(?:选|用|选择|挑|"
    rf"采用)\s*(?P<either>[^,，?？]+?还是[^,，?？]+?)(?:好|呢|更好|合适|更合适|比较好)?[?？]?$",
    rf"^{_BEFORE_ZH}(?P<either>[^,，?？]+?还是[^,，?？]+?)\s*[,，?？]\s*(?:怎么选|如何选|哪个|选哪|"
    rf"用哪|该选|谁).*$",
    rf"^{_BEFORE_ZH}(?P<either>[^,，?？]+?(?:或者?|还是)[^,，?？]+?)\s*[,，:：]?\s*(?:怎么选|如何选择?|"
    rf"哪个(?:更?好|好用|更).*|选哪个?|该选哪.*)[?？]?$",
    rf"^{_BEFORE_ZH}(?P<a>[^,，]+?)比(?P<b>[^,，]+?)(?:好|强|快|稳|优|差|多|少)(?:在哪|在什么|了什么|"
    rf"在哪里|哪里).*$",
    rf"^{_BEFORE_ZH}(?P<a>[^,，]+?)(?:不就是|就是|等于|是不是)(?P<b>[^,，]+?)(?:吗|嘛|么).*(?:区别|不同).*$",
)
_LOOSE_ZH = re.compile(r"^(?P<either>[^,，?？、]{1,24}?还是[^,，?？、]{1,24}?)(?:好|呢|更好)?[?？]?$")
_SPLIT = {
    "sides": re.compile(
        r"\s+(?:vs\b\.?|versus|and|&)\s+|\s*(?:\bvs\b\.?|和|与|跟|以及|及|、|/|&|对比|,\s*and\s|[,，](?:和|与))\s*"
        r"|,\s*(?=[a-z0-9 -]+(?:,| and ))|(?<=\w)\s*同\s*(?=[a-z])"
    ),
    "versus": re.compile(r"\s*(?:\bvs\b\.?|\bversus\b|\bpk\b)\s*"),
    "either": re.compile(r"\s+or\s+(?:to\s+)?|\s*(?:还是|或者|或)\s*"),
}
_EDGES = " \t,.;:?!，。；：？！、\"'“”‘’「」()（）`*-–—"
_BEHIND_ZH = re.compile(
    r"(?:[,，?？。;；:：].*|\s*(?:之间|两者|二者|三者|它们|这两个|这俩|分别)(?:的)?.*|"
    r"\s*这[两俩三四几]?(?:种|个|者|类|样).*|\s*(?:相比|各自|各).*|(?:的)?(?:区别|差别|差异|不同|异同|"
    r"联系|关系|对比|比较)"
    r"(?:[和与及、](?:区别|差别|差异|不同|异同|联系|关系))*.*|\s*(?:到底|究竟|主要|本质上?|具体|各|都|有|"
    r"是|在).{0,3}$)$"
)
_ASIDE = re.compile(r"(?<=\w)\s*\([^()]*\)?")
_WORDS_ZH = re.compile(r"^(?:用|选|选择|使用|采用|做|普通的?|传统的?|一般的?|标准的?|单纯的?|所谓的?)(?=.{2})")
_NO_TERM = re.compile(
    r"^(?:it|them|these|those|this|that|they|both|two|the two|others?|each other|one|ones|which|what|when|"
    r"not|no|so|my|your|more|less|"
    r"它|它们|他们|这|这个|那|两者|二者|别的|其他|什么|哪个|怎么|我|你|不|是|有)$"
)


@dataclass(frozen=True, slots=True)
class Sides:
    """What a question compares.

    Attributes:
        terms: two to four of them, as they stand in the clean text.
        sure: whether its form says that it compares; "A or B" alone may ask anything.
    """

    terms: tuple[str, ...]
    sure: bool


@lru_cache(512)
def sides(text: str) -> Sides | None:
    """Return what clean `text` compares; None where it is no comparison."""
    text = text.strip(" ?!.？！。\"'")
    if not _MAYBE.search(text):
        return None
    chinese = HAN.search(text) is not None
    for pattern in _strict(chinese):
        match = pattern.match(text)
        if match and (terms := _terms(match)):
            return Sides(terms, sure=True)
    match = (_LOOSE_ZH if chinese else _LOOSE_EN).match(text)
    return Sides(terms, sure=False) if match and (terms := _terms(match)) else None


@once
def _strict(chinese: bool) -> tuple[re.Pattern[str], ...]:
    # Compiled at the first comparison: all together they are a fiftieth of a start.
    return tuple(map(re.compile, (*_STRICT_ZH, *_STRICT_EN) if chinese else _STRICT_EN))


#: Without one of these nothing is compared: most questions are done with here.
_MAYBE = re.compile(
    r"\b(?:vs|versus|differ\w*|diffs?|distin\w+|compar\w+|contrast|relat\w+|connection|link|similarit\w+|"
    r"trade-?\s?of+s?|pros and cons|same|identical|"
    r"equivalent|interchangeable|in common|or|pk|over|instead|rather|opposed|than)\b"
    r"|区别|差别|差异|不同|异同|联系|关系|关联|对比|比较|相比|相较|比起|优劣|优缺点|相同|共同点|相似|权衡|"
    r"一回事|一样|同一|等价|等同|怎么选|如何选|"
    r"选|挑|哪个|哪种|哪一个|谁|还是|或|差在哪|区分|辨|取舍|在哪|在什么"
)


def _terms(match: re.Match[str]) -> tuple[str, ...]:
    groups = {name: value for name, value in match.groupdict().items() if value}
    if "a" in groups:
        parts = [groups["a"], groups["b"]]
    else:
        ((how, value),) = groups.items()
        if how == "sides" and re.search(r"\bvs\b|\bversus\b", value):
            how = "versus"
        *before, last = _SPLIT[how].split(_WHERE_ZH.sub("", value))
        parts = [*before, last]
    found = tuple(dict.fromkeys(filter(None, map(_term, parts))))
    return (
        found
        if len(found) == len([part for part in parts if part.strip(_EDGES)]) and 2 <= len(found) <= _MAX_SIDES
        else ()
    )


def _term(part: str) -> str:
    """Return the term in one side of a comparison; nothing where it is a clause or names nothing."""
    term = _BEHIND_EN.sub("", f"{_ASIDE.sub('', part)} ").strip(_EDGES)
    if HAN.search(term):
        term = _WORDS_ZH.sub("", _BEHIND_ZH.sub("", _WHERE_ZH.sub("", re.sub(rf"^{_BEFORE_ZH}", "", term)))).strip(
            _EDGES
        )
    term = _ARTICLE.sub("", re.sub(rf"^{_BEFORE_EN}", "", f"{term} ").strip()).strip(_EDGES)
    if not term or _NO_TERM.match(term) or not any(map(str.isalnum, term)):
        return ""
    return term if len(term.split()) <= _MAX_WORDS and len(HAN.findall(term)) <= _MAX_HAN else ""


@dataclass(frozen=True, slots=True)
class Settled:
    """What is shown of a comparison.

    Attributes:
        places: the unit that compares, or a unit for each term that the bank defines, in the order asked.
        compares: whether the first of them compares the terms.
        missing: the terms that the bank does not cover.
        also: the other topics that the answer is about.
    """

    places: tuple[UnitRef, ...]
    compares: bool
    missing: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


class Comparisons:
    """What the bank compares.

    Args:
        terms: what it says of single terms.
    """

    def __init__(self, terms: Terms) -> None:
        self._terms = terms

    @cached_property
    def _compared(self) -> dict[frozenset[str], list[KnownUnit]]:
        """The units by the terms that a lead, an ask or the id of theirs compares."""
        found: dict[frozenset[str], list[KnownUnit]] = {}
        for unit in self._terms.units:
            for text in (*unit.asks, fold(unit.place.unit)):
                if (asked := sides(text)) is not None:
                    found.setdefault(frozenset(map(self._terms.key, asked.terms)), []).append(unit)
        return found

    @cached_property
    def _versus(self) -> list[KnownUnit]:
        return [unit for unit in self._terms.units if unit.place.unit.startswith("vs-")]

    def settle(self, asked: Sides, found: UnitRef | None) -> Settled | None:
        """Return what answers a comparison; None where what the search found answers it, or it is not known to be one.

        Args:
            asked: what is compared.
            found: the unit that the search would answer with; None where it would not.
        """
        variants = list(dict.fromkeys(self._variants(asked.terms)))
        for terms in variants:
            if unit := self._comparing(terms, found, sure=asked.sure):
                return Settled((unit.place,), compares=True, also=self._others(unit.place, terms))
        if not asked.sure:
            return None
        searched = next((unit for unit in self._terms.units if unit.place == found), None)
        if searched is not None and all(self._terms.mentioned(term, searched.text) for term in asked.terms):
            return None
        best: dict[str, UnitRef] = {}
        for terms in variants:
            clear = {
                typed: said[0]
                for typed, term in zip(asked.terms, terms, strict=True)
                if (said := self._terms.define(term)) is not None and said[1] >= DEFINES
            }
            best = clear if len(clear) > len(best) else best
        places = tuple(dict.fromkeys(best.values()))
        if len(best) == len(asked.terms):
            also = tuple(dict.fromkeys(place.topic for place in places if place.topic != places[0].topic))
            return Settled(places, compares=len(places) == 1, also=also)
        missing = tuple(term for term in asked.terms if term not in best)
        return Settled(places, compares=False, missing=missing) if all(map(self._terms.lacks, missing)) else None

    def _variants(self, terms: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """Yield the terms as typed, then with the word that they share: "batch and layer normalization"."""
        yield tuple(terms)
        if (mended := tuple(map(self._terms.mended, terms))) != tuple(map(fold, terms)):
            yield mended
            terms = mended
        first, *others = terms
        *before, last = terms
        words, joint = self._parts(last)
        for size in range(1, len(words)):
            tail = joint.join(words[-size:])
            yield (*(f"{each}{joint}{tail}" for each in before), last)
        words, joint = self._parts(first)
        for size in range(1, len(words)):
            head = joint.join(words[:size])
            yield (first, *(f"{head}{joint}{each}" for each in others))

    def _parts(self, term: str) -> tuple[list[str], str]:
        if not HAN.search(term):
            return term.split(), " "
        words = self._terms.words(fold(term))
        # Most heads are two characters: 平均池化 is one word of the glossary, and shares 池化 with 最大.
        return (words if len(words) > 1 else [fold(term)[:-2], fold(term)[-2:]]), ""

    def _comparing(self, terms: Sequence[str], found: UnitRef | None, *, sure: bool) -> KnownUnit | None:
        """Return the unit whose lead or asks compare these terms, or whose id says so and that is about them."""
        keys = frozenset(map(self._terms.key, terms))
        if len(keys) < len(terms):
            return None
        ways: list[Callable[[], list[KnownUnit]]] = [lambda: self._compared.get(keys, [])]
        if sure:
            ways += [
                lambda: [unit for unit in self._versus if self._about(unit, terms)],
                lambda: [unit for pair, units in self._compared.items() if keys < pair for unit in units],
            ]
        for way in ways:
            if units := way():
                searched = next((unit for unit in units if unit.place == found), None)
                return searched or max(units, key=lambda unit: (unit.place.versus, units.count(unit)))
        return None

    def _about(self, unit: KnownUnit, terms: Sequence[str]) -> bool:
        """Tell whether a `vs-` unit is about these terms: by its lead, or as its topic and what its id has."""
        other = unit.place.unit.removeprefix("vs-")
        said = " \n".join((*unit.leads, fold(other)))
        if all(self._terms.mentioned(term, said) for term in terms):
            return True
        named = [term for term in terms if self._terms.topic(term) == unit.place.topic]
        others = [term for term in terms if term not in named]
        return bool(named) and [self._terms.key(term) for term in others] == [self._terms.key(other)]

    def _others(self, place: UnitRef, terms: Sequence[str]) -> tuple[str, ...]:
        topics = map(self._terms.topic, terms)
        return tuple(dict.fromkeys(topic for topic in topics if topic is not None and topic != place.topic))
