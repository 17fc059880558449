"""On which side of a key point a claim stands: how right claims of it are worded, and how the same ones turned round.

    right and wrong claims → terms and bonds of each → log-odds, likeness and votes for the terms and bonds of a span

A claim and its reversal share nearly all their words ("diverges with a large step", "diverges with a small step"), so
what likeness calls the same is told apart by what differs: the words of direction, quantity and denial, which others
call function words, and which word stands before which.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge.grading.claims import FULL_FORMS, stem
from knowledge.search.reading import HAN

#: What `Contrast.signals` tells of a span, in its order: mean log-odds of its terms and bonds (above zero: right), the
#: part of their sums that speaks against it, how much of it any claim has, how much nearer the nearest right claim is
#: than the nearest wrong one (terms, bonds, both), and how the pairs vote: in all, most against it, most for it.
CONTRASTS = (
    "term_odds", "bond_odds", "terms_against", "bonds_against", "known", "nearer_terms", "nearer_bonds", "nearer",
    "votes", "vote_against", "vote_for",
)  # fmt: skip

#: Words that say the same of a quantity, in both languages: right and wrong claims differ by these.
_SENSES = {
    "+": "large larger largest big bigger biggest high higher highest increase increases increased increasing "
    "grow grows growing more up rise rises raise raises raised amplify amplifies great greater many much longer long "
    "lots 大 增 高 多 升 涨 长",
    "-": "small smaller smallest little low lower lowest decrease decreases decreased decreasing "
    "shrink shrinks shrinking fewer less fall falls falling down drop drops reduce reduces reduced reducing short "
    "shorter tiny few 小 减 低 少 降 短 缩",
    "not": "not no never without nothing none neither nor hardly cannot unnecessary 不 无 没 未 非 别 勿",
    "fast": "fast faster quick quickly quicker cheap cheaper 快 便",
    "slow": "slow slower slowly expensive costly 慢 贵",
    "before": "before first earlier early prior 前 先 早",
    "after": "after later afterwards last late 后 晚",
    "same": "same shared share shares equal equals identical unchanged constant fixed 同 相 共 固",
    "other": "different differ differs separate own distinct vary varies changing varying 异 各",
    "good": "good better best improve improves helps well 好 优",
    "bad": "bad worse worst hurts harms poorly 差 坏 劣",
    "all": "all every always any whole entire global full 全 每 都 总 任",
    "some": "some sometimes part local partial subset 部 局 有",
    "only": "only alone just solely 只 仅 单",
    "train": "training train trained 训",
    "test": "test testing inference 推 测",
    "need": "need needs must require requires required 需 要 必",
}
_SENSE_OF = {word: f"={sense}" for sense, words in _SENSES.items() for word in words.split()}
_EMPTY = frozenset(
    """
    a an the of is are was were be been being it its in on at that this these those and or you i we they he as so then
    there s t re ve ll very just also really quite
    """.split()  # noqa: SIM905 - a page of quotation marks reads worse
)
_STOP = "|"
_STOPS = re.compile(r"[,，、。;；:：.!?()（）]")
_TOKEN = re.compile(rf"[a-z]+(?:['’][a-z]+)*|\d+(?:\.\d+)?|[<>=+*/^√≤≥≠−×·-]|{HAN.pattern}|{_STOPS.pattern}")
#: Words this far apart still belong together.
_REACH = 6
#: Evidence that every log-odds begins with: a word of one claim alone proves little.
_PRIOR = 0.5
#: So many terms or bonds without evidence stand beside those of a span, so that one alone does not speak for all.
_UNHEARD = 3

Bond = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Terms:
    """A claim as what tells: its words as stems or senses and its Chinese pairs; and which stands before which.

    Attributes:
        single: the terms.
        bonds: ordered pairs of terms up to `_REACH` apart, with their weight: 1/√distance, half across one comma.
    """

    single: frozenset[str]
    bonds: Mapping[Bond, float]

    @classmethod
    def read(cls, text: str) -> Terms:
        """Read normalised text."""
        tokens = list(_tokens(text))
        runs = {a + b for a, b in pairwise(text) if HAN.match(a) and HAN.match(b)}
        bonds: dict[Bond, float] = {}
        for place, token in enumerate(tokens):
            if token == _STOP:
                continue
            distance = stops = 0
            for other in tokens[place + 1 :]:
                stops += other == _STOP
                distance += other != _STOP
                if stops > 1 or distance > _REACH:
                    break
                if other not in (_STOP, token):
                    weight = (0.5 if stops else 1.0) / math.sqrt(distance)
                    bonds[token, other] = max(bonds.get((token, other), 0.0), weight)
        return cls(frozenset(tokens) - {_STOP} | runs, bonds)


def _tokens(text: str) -> Iterable[str]:
    for match in _TOKEN.finditer(text):
        word = match.group().replace("’", "'")
        if _STOPS.fullmatch(word):
            yield _STOP
        elif HAN.match(word):
            yield _SENSE_OF.get(word, word)
        else:
            for each in FULL_FORMS.get(word, word).split():
                if each not in _EMPTY:
                    yield _SENSE_OF.get(each) or stem(each)


class Rarity:
    """Weights of terms: high where few of the claims of a topic have them."""

    def __init__(self, claims: Sequence[Terms]) -> None:
        self._count = Counter(term for claim in claims for term in claim.single)
        self._claims = len(claims)

    def of(self, term: str) -> float:
        """Return a smoothed inverse document frequency."""
        return math.log((1 + self._claims) / (1 + self._count[term])) + 0.3

    def sum(self, terms: Iterable[str]) -> float:
        """Return the weight of many."""
        return sum(map(self.of, terms))


class Contrast:
    """The right and wrong claims about one key point.

    Args:
        right: right ones.
        wrong: wrong ones.
        pairs: how many of each, from the first, are a claim and its reversal, in the same order.
        rarity: of the terms within the topic.
    """

    def __init__(self, right: Sequence[Terms], wrong: Sequence[Terms], pairs: int, rarity: Rarity) -> None:
        self._right, self._wrong, self._rarity = right, wrong, rarity
        sides = [Counter(term for claim in claims for term in claim.single) for claims in (right, wrong)]
        self._terms = {term: self._odds(sides[0][term], sides[1][term]) for term in {**sides[0], **sides[1]}}
        bonds = [_summed(claim.bonds for claim in side) for side in (right, wrong)]
        self._bonds = {
            bond: self._odds(bonds[0].get(bond, 0.0), bonds[1].get(bond, 0.0)) for bond in bonds[0] | bonds[1]
        }
        self._pairs = [_Pair.of(*both) for both in zip(right[:pairs], wrong[:pairs], strict=True)]

    def _odds(self, right: float, wrong: float) -> float:
        """Return the log-odds of a right claim where a term is found that so many of each side have."""
        shares = [
            (count + _PRIOR) / (len(claims) + 2 * _PRIOR)
            for count, claims in ((right, self._right), (wrong, self._wrong))
        ]
        return math.log(shares[0] / shares[1])

    def signals(self, span: Terms) -> list[float]:
        """Return `CONTRASTS` for a span."""
        terms = [self._terms[term] for term in span.single if term in self._terms]
        bonds = [(self._bonds[bond], weight) for bond, weight in span.bonds.items() if bond in self._bonds]
        weight = sum(w for _, w in bonds)
        right, wrong = ([self._likeness(span, claim) for claim in claims] for claims in (self._right, self._wrong))
        best = [[max(each) for each in zip(*side, strict=True)] for side in (right, wrong)]
        votes = [0.0, *(pair.vote(span, self._rarity) for pair in self._pairs)]
        return [
            sum(terms) / (len(span.single) + _UNHEARD), sum(o * w for o, w in bonds) / (weight + _UNHEARD),
            sum(min(o, 0.0) for o in terms), sum(min(o, 0.0) * w for o, w in bonds),
            self._rarity.sum(span.single & self._terms.keys()) / (self._rarity.sum(span.single) + 1e-9),
            *(a - b for a, b in zip(*best, strict=True)),
            sum(votes), min(votes), max(votes),
        ]  # fmt: skip

    def _likeness(self, span: Terms, claim: Terms) -> tuple[float, float, float]:
        """Return how like each other two are: by their terms, by their bonds, and by both; Dice's coefficients."""
        shared, whole = (self._rarity.sum(terms) for terms in (span.single & claim.single, span.single))
        terms = 2 * shared / (whole + self._rarity.sum(claim.single) + 1e-9)
        common = sum(min(span.bonds[bond], claim.bonds[bond]) for bond in span.bonds.keys() & claim.bonds.keys())
        bonds = 2 * common / (sum(span.bonds.values()) + sum(claim.bonds.values()) + 1e-9)
        return terms, bonds, terms + bonds


@dataclass(frozen=True, slots=True)
class _Pair:
    """A claim and its reversal: what they share, and what each has alone."""

    shared: frozenset[str]
    right: frozenset[str]
    wrong: frozenset[str]
    right_bonds: Mapping[Bond, float]
    wrong_bonds: Mapping[Bond, float]

    @classmethod
    def of(cls, right: Terms, wrong: Terms) -> _Pair:
        return cls(
            right.single & wrong.single, right.single - wrong.single, wrong.single - right.single,
            {bond: weight for bond, weight in right.bonds.items() if bond not in wrong.bonds},
            {bond: weight for bond, weight in wrong.bonds.items() if bond not in right.bonds},
        )  # fmt: skip

    def vote(self, span: Terms, rarity: Rarity) -> float:
        """Return how much more of what only the right one has is in a span, where it says what both say."""

        def part(terms: frozenset[str], unheard: float = 0.0) -> float:
            return rarity.sum(terms & span.single) / (rarity.sum(terms) + unheard + 1e-9)

        def bonded(bonds: Mapping[Bond, float]) -> float:
            held = sum(min(weight, span.bonds.get(bond, 0.0)) for bond, weight in bonds.items())
            return held / (sum(bonds.values()) + 1)

        right, wrong = part(self.right), part(self.wrong)
        if (
            self.right and not self.wrong
        ):  # as "it needs labels" beside "it needs no labels": to leave the word out is the reversal
            wrong = 1 - right
        elif self.wrong and not self.right:
            right = 1 - wrong
        return part(self.shared, 1.0) * (right - wrong) + bonded(self.right_bonds) - bonded(self.wrong_bonds)


def _summed(rows: Iterable[Mapping[Bond, float]]) -> dict[Bond, float]:
    total: dict[Bond, float] = {}
    for row in rows:
        for bond, weight in row.items():
            total[bond] = total.get(bond, 0.0) + weight
    return total
