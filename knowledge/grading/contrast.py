"""On which side of a key point a claim stands: how right claims of it are worded, and how the same ones turned round.

    right and wrong claims → terms and bonds of each → ridge regression → side of a span: above zero right, below wrong

A claim and its reversal share nearly all their words ("diverges with a large step", "diverges with a small step"), so
what likeness calls the same is told apart by what differs: the words of direction, quantity and denial, which others
call function words, and which word stands before which.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from knowledge.grading.claims import FULL_FORMS, ClaimText, stem
from knowledge.search.arrays import F32
from knowledge.search.reading import HAN

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
#: Terms and bonds are hashed to so many columns (Weinberger et al. 2009): those of a key point take some 8,000 of them.
_COLUMNS = 1 << 16
#: A term weighs so much beside a bond of neighbours: order tells more than words, which both sides have.
_TERM = 0.5
#: The penalty of the regression. .03 to .3 do equally well on topics left out.
_PENALTY = 0.1

Bond = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ClaimTerms:
    """A claim as what tells: its words as stems or senses and its Chinese pairs; and which stands before which.

    Attributes:
        single: the terms.
        bonds: ordered pairs of terms up to `_REACH` apart, with their weight: 1/√distance, half across one comma.
    """

    single: frozenset[str]
    bonds: Mapping[Bond, float]

    @classmethod
    def read(cls, text: str) -> ClaimTerms:
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


@dataclass(frozen=True, slots=True)
class Reading:
    """A claim as a sparse vector of length 1: its terms and bonds as it was said, and those of its English.

    Attributes:
        columns: where it is not zero, ascending, without repeats.
        weights: the values there.
    """

    columns: NDArray[np.intp]
    weights: F32

    @classmethod
    def of(cls, claim: ClaimText) -> Reading:
        """Read a claim. Through its English, what was said in one language tells of what is said in the other."""
        weights: dict[str, float] = {}
        for text in dict.fromkeys((claim.text, claim.english.lower())):
            terms = ClaimTerms.read(text)
            weights |= dict.fromkeys(terms.single, _TERM)
            weights |= {"\t".join(bond): weight for bond, weight in terms.bonds.items()}
        hashed: dict[int, float] = {}
        for name, weight in weights.items():
            column = zlib.crc32(name.encode()) % _COLUMNS
            hashed[column] = hashed.get(column, 0.0) + weight
        columns = np.array(sorted(hashed), np.intp)
        values = np.array([hashed[column] for column in columns.tolist()], np.float32)
        return cls(columns, values / max(float(np.linalg.norm(values)), 1e-9))


class Contrast:
    """The right and wrong claims about one key point: a ridge regression of 1 for the right, −1 for the wrong ones.

    Its weights come from the claims' inner products (Saunders et al. 1998): there are fewer claims than terms.
    """

    def __init__(self, right: Sequence[ClaimText], wrong: Sequence[ClaimText]) -> None:
        claims = [Reading.of(claim) for claim in (*right, *wrong)]
        used = np.unique(np.concatenate([claim.columns for claim in claims]))
        rows = np.zeros((len(claims), len(used)), np.float32)
        for row, claim in zip(rows, claims, strict=True):
            row[np.searchsorted(used, claim.columns)] = claim.weights
        sides = np.repeat([1.0, -1.0], [len(right), len(wrong)])
        gram = (rows @ rows.T).astype(np.float64) + _PENALTY * np.eye(len(rows))
        self._weights = np.zeros(_COLUMNS, np.float32)
        self._weights[used] = np.linalg.solve(gram, sides - sides.mean()).astype(np.float32) @ rows

    def side(self, span: Reading) -> float:
        """Return where a span stands: near 1 like right claims, near −1 like wrong ones, near 0 like neither."""
        return float(self._weights[span.columns] @ span.weights)
