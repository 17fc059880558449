"""Taking the answer out of a short sentence around it: `I think it is dropout`, 「应该是过拟合吧」.

Only words that say nothing by themselves are taken away, from both ends: `not dropout`, `L1 or L2` and `the opposite of
overfitting` stay what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_BEFORE = frozenset(
    """
    the a an i im id ive say said go we you he she they it its is was be are am would should must might may could can
    will shall think thinks thought believe guess guessing suppose assume reckon feel know sure pretty quite maybe
    perhaps probably possibly likely presumably definitely certainly surely obviously clearly of course that
    thats this these those there theres here thing ones what whats called call named name known as term word
    answer answers ans right correct solution result my mine our your so then well hmm hm um uh er oh ah ok okay
    yes yeah yep please just simply basically actually really use uses used using do does did because due to in
    for me by with imo imho afaik iirc opinion says means refers
    """.split()  # noqa: SIM905 - prose reads better as prose
)
_AFTER = frozenset(
    """
    i im think guess believe suppose is it its would be right correct answer the for sure of course maybe
    perhaps probably definitely obviously please lol haha hehe thanks me imo imho afaik iirc my then though here
    there function method algorithm technique activation operator symbol sign concept approach
    """.split()  # noqa: SIM905 - prose reads better as prose
)
_HAN_BEFORE = re.compile(
    "[这那](?:种|个|类)?(?:现象|情况|方法|做法|技术|算法|函数|操作|过程)"
    "|我们|我|你|咱|个人|本人|觉得|认为|感觉|猜测|猜想|猜|想|记得|以为|应该|应当|可能|大概|也许|或许|估计|好像|似乎|貌似|肯定|一定|绝对|必须"
    "|当然|就|是|叫做|叫作|叫|称为|称作|被|指的|指|选择|选|答案|答|正确|这个|那个|这道|那道|这里|这|那|题目|题|它|他|她|会|要|用|使用|难道"
    "|因为|由于|所谓|嗯|呃|额|哦|噢|啊|对|的|了|为"
)
_HAN_AFTER = re.compile(
    "(?:吧|呢|啊|呀|哦|噢|哈|啦|嘛|吗|么|了|的|对吧|对吗|对不对|没错|应该|可能|我猜|我觉得|符号|运算符|算子|函数|方法|算法|现象|法|哈哈)$"
)
_SIGNS = frozenset(("=", "->"))
_MOST = 12


def bare(found: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield what is left of tokens when words that say nothing are taken from both ends, more and more of them."""
    for start in _starts(found):
        yield from (end for end in _ends(start) if end != found)


def _starts(found: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    whole = found
    for _ in range(2 * _MOST):
        if not found:
            return
        yield found
        first, rest = found[0], found[1:]
        if (match := _HAN_BEFORE.match(first)) is not None:
            left = first[match.end() :]
            found = (left, *rest) if left else rest
        elif rest and (first in _BEFORE or (first in _SIGNS and found != whole)):  # ans = dropout
            found = rest
        else:
            return


def _ends(found: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for _ in range(_MOST):
        if not found:
            return
        yield found
        *rest, last = found
        if (match := _HAN_AFTER.search(last)) is not None:
            left = last[: match.start()]
            found = (*rest, left) if left else tuple(rest)
        elif last in _AFTER and rest:
            found = tuple(rest)
        else:
            return
