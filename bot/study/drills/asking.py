"""What people say when they want to write code themselves: "手撕 softmax", "give me a coding drill on attention".

A message counts when it says that and nothing else. Some words only ask for code where what follows is the name of a
drill: "implement softmax" is one, "implement it in production" is a question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from bot.study.drills import choosing
from bot.study.phrasing import plain, spoken_in
from knowledge.bank.drills import Drill
from knowledge.bank.models import LANGS, Bank, Lang

#: No longer message is nothing but that.
_LONGEST = 80
#: Drills that are named where what was typed names none.
_NEAREST = 3
_LEAD_ZH = "(?:好的?|那|就|请|麻烦|你|帮我|给我|我想要?|我要|想|来|再|能不能|可以|打开|看){0,4}"
_TRAIL_ZH = "(?:吧|呗|一下|看看|试试|给我|好吗|可以吗|谢谢|的?代码|的?代码实现){0,3}"
_LEAD_EN = (
    "(?:(?:ok|okay|please|pls|can you|could you|can i|may i|let me|lets|let us|i want to|i want|i would like to|"
    "i would like|id like to|id like|give me|show me|start|do|try|open|have) ){0,4}"
)
_TRAIL_EN = "(?: (?:please|pls|now|thanks|for me)){0,3}"
_KIND_EN = (
    r"(?:coding (?:drill|exercise|question|problem|practice|task|challenge)s?|code drills?|drills?|"
    r"programming (?:exercise|question|problem)s?)"
)
#: Nothing else is meant by these, whatever is named; or nothing is named, and any drill will do.
_SURE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_LEAD_ZH}(?:一?[道个])?(?:手撕|手搓)(?:一?[道个下])?(?P<name>.*?){_TRAIL_ZH}",
        rf"{_LEAD_EN}(?:(?:a|an|another|one|the|some|one more) )?{_KIND_EN}"
        rf"(?: (?:on|about|for|of|in) (?P<name>.+?))?{_TRAIL_EN}",
        rf"{_LEAD_EN}drill me(?: on (?P<name>.+?))?{_TRAIL_EN}",
        rf"{_LEAD_EN}practi[cs]e (?:coding|writing code)(?: (?P<name>.+?))?{_TRAIL_EN}",
    )
)
#: Asked for without a name.
_ANY = re.compile(
    rf"{_LEAD_ZH}(?:做|写|练|练练|练习|出|刷|考我?|考考我?)?(?:一?[道个])?"
    rf"(?:手撕题?|手撕代码题?|手写题|手写代码题?|编程题|编程练习|代码题|代码练习|写代码题|写代码的题目?|coding题?){_TRAIL_ZH}"
)
#: These ask for a drill where what is named is one.
_PERHAPS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_LEAD_ZH}(?:手写|手敲|手动实现|自己写|自己实现|从零实现|从头实现|从零写|实现|写)"
        rf"(?:一?[个下道])?(?P<name>.+?){_TRAIL_ZH}",
        rf"{_LEAD_EN}drill (?P<name>.+?){_TRAIL_EN}",
        rf"{_LEAD_EN}(?:implement|code|code up|write|hand write|build) (?P<name>.+?)"
        rf"(?: (?:from scratch|by hand|myself))?{_TRAIL_EN}",
        rf"{_LEAD_EN}(?P<name>.+?) (?:from scratch|by hand|drill|coding drill|coding exercise){_TRAIL_EN}",
    )
)
#: What stands for a name and is none.
_QUESTION = re.compile("什么|怎么|怎样|为什么|如何|哪|吗$|多少|几|是不是|how |what |why |which ")
_NO_NAME = frozenset(
    {"", "题", "题目", "代码", "代码题", "练习", "me", "something", "anything", "any", "one", "it", "code"}
)

#: What is said of the drill that is open, where one is.
_OF_IT: dict[Literal["hint", "solution"], str] = {
    "hint": """
        hint | a hint | hint please | give me a hint | another hint | one more hint | next hint | help me with a hint
        提示 | 给点提示 | 给个提示 | 来个提示 | 来点提示 | 再给个提示 | 再来个提示 | 再给点提示 | 下一个提示 | 提示一下
    """,
    "solution": """
        i give up | give up | solution | the solution | show me the solution | show the solution | the answer please
        放弃 | 我放弃 | 放弃了 | 我放弃了 | 看参考解 | 参考解 | 看答案 | 看参考答案 | 给我看答案 | 不会写 | 写不出来
    """,
}


@dataclass(frozen=True, slots=True)
class DrillWish:
    """A drill that was asked for.

    Attributes:
        drills: those that the name means; empty where none was named, or none is called so.
        name: what was named; empty where nothing was.
        lang: language it was said in; None where there are no letters.
    """

    drills: tuple[Drill, ...]
    name: str
    lang: Lang | None


def drill_wish(text: str, named: Callable[[str], Sequence[Drill]]) -> DrillWish | None:
    """Return what a message asks for if it asks for a drill, None for every other.

    Args:
        text: as it was typed.
        named: returns the drills that have exactly that name.
    """
    if len(text) > _LONGEST:
        return None
    words = plain(text)
    if _ANY.fullmatch(words):
        return DrillWish((), "", spoken_in(words))
    for pattern in _SURE:
        if (found := pattern.fullmatch(words)) is not None:
            name = (found["name"] or "").strip()
            if name in _NO_NAME:
                return DrillWish((), "", spoken_in(words))
            drills = tuple(named(name) or named(words))
            if drills or not _QUESTION.search(name):  # "手撕一般考什么" asks about drills, not for one
                return DrillWish(drills, name, spoken_in(words))
    for pattern in _PERHAPS:
        if (found := pattern.fullmatch(words)) is not None:
            drills = tuple(named(found["name"].strip()) or named(words))
            if drills:
                return DrillWish(drills, found["name"].strip(), spoken_in(words))
    return None


def nearest_drills(bank: Bank, name: str, lang: Lang) -> list[Drill]:
    """Return the three drills whose names look most like one that is none."""
    from rapidfuzz import fuzz

    typed = plain(name)

    def likeness(drill: Drill) -> float:
        called = (
            drill.id,
            drill.name,
            drill.meta.function,
            *drill.meta.aliases,
            *(drill.meta.title[at] for at in LANGS),
        )
        return max(fuzz.ratio(typed, plain(each)) for each in called)

    meant = choosing.complete(bank, name, lang, _NEAREST)
    others = sorted(choosing.every(bank), key=likeness, reverse=True)
    return [*meant, *(drill for drill in others if drill not in meant)][:_NEAREST]


def said_of_drill(text: str) -> Literal["hint", "solution"] | None:
    """Return what a message asks of the drill that is open; None for every other."""
    words = plain(text) if len(text) <= _LONGEST else ""
    return _said().get(words)


@cache
def _said() -> dict[str, Literal["hint", "solution"]]:
    listed = ((plain(each), kind) for kind, phrases in _OF_IT.items() for each in re.split(r"[|\n]", phrases))
    return {words: kind for words, kind in listed if words}
