"""Recognises messages that consist of known phrases and nothing else.

text → plain → Phrases.make_up → what each phrase stands for, or nothing where any other word is in it
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from knowledge.bank.models import Lang
from knowledge.search.reading import HAN

_APOSTROPHES = re.compile("['’`´＇]")
_NO_WORD = re.compile(r"[\W_]+")
#: A space beside a Chinese character means nothing.
_BESIDE_HAN = re.compile(rf"(?<={HAN.pattern}) | (?={HAN.pattern})")
#: "hiiii" and "soooo": of three or more of a letter one is meant.
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")

RoleT = TypeVar("RoleT")


def plain(text: str) -> str:
    """Return the words of a text alone, in lower case, with one space between those that need one."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    spaced = _NO_WORD.sub(" ", _APOSTROPHES.sub("", folded)).strip()
    return _DRAWN_OUT.sub(r"\1", _BESIDE_HAN.sub("", spaced))


def spoken_in(words: str) -> Lang | None:
    """Return the language of plain words; None for digits, of which 886, said aloud, is a goodbye in Chinese."""
    if HAN.search(words):
        return "zh"
    return None if words.isdecimal() else "en"


class Phrases(Generic[RoleT]):
    """Phrases and what each of them stands for.

    Args:
        listed: phrases by role, divided by `|` and the ends of lines; of several roles the first that fits counts.
        follows: tells whether a phrase of one role may stand behind one of another, None before the first; any may
            stand anywhere without it.
    """

    def __init__(
        self, listed: Mapping[RoleT, str], follows: Callable[[RoleT | None, RoleT], bool] = lambda before, role: True
    ) -> None:
        self._follows = follows
        self._roles: dict[str, list[RoleT]] = {}
        for role, phrases in listed.items():
            for phrase in re.split(r"[|\n]", phrases):
                if words := plain(phrase):
                    self._roles.setdefault(words, []).append(role)
        self._longest = max(map(len, self._roles))

    def make_up(self, words: str) -> list[RoleT]:
        """Return the roles of the phrases that plain words are made of, longest first; nothing if they are not."""
        dead: set[tuple[int, RoleT | None]] = set()  # from here no phrases lead to the end, however the way here was

        def onward(place: int, before: RoleT | None) -> list[RoleT] | None:
            if place == len(words):
                return []
            if (place, before) in dead:
                return None
            for end in range(min(len(words), place + self._longest), place, -1):
                if _torn(words, end):
                    continue
                for role in self._roles.get(words[place:end], ()):
                    after = end + (words[end : end + 1] == " ")
                    if self._follows(before, role) and (rest := onward(after, role)) is not None:
                        return [role, *rest]
            dead.add((place, before))
            return None

        return onward(0, None) or []


def _torn(words: str, place: int) -> bool:
    """Tell whether a word of letters or a number goes on at `place`; Chinese words have no such ends."""
    around = words[place - 1 : place + 1]
    return len(around) == 2 and around.isascii() and around.isalnum()
