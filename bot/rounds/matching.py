"""What was typed against what counts as right: case, width, punctuation and small typos do not matter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from rapidfuzz.distance import OSA

_ARTICLE = re.compile(r"^(?:the|an|a) (?=\S)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
#: From this length on one typo is forgiven, from the second on two. In shorter words a letter makes another word.
_ONE_TYPO, _TWO_TYPOS = 5, 12


def fold(text: str) -> str:
    """Return what of a text matters: its letters and digits, in one case and width, words apart by one space."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    kept = "".join(_kept(folded, index) for index in range(len(folded)))
    return _ARTICLE.sub("", " ".join(kept.split()))


def _kept(text: str, index: int) -> str:
    character = text[index]
    if unicodedata.category(character)[0] in "LNM" or character in "+#%":
        return character  # C++, C# and 5 % are not C and 5
    between_digits = text[index - 1 : index].isdigit() and text[index + 1 : index + 2].isdigit()
    if character in ".-" and (between_digits if character == "." else text[index + 1 : index + 2].isdigit()):
        return character  # 0.5, -1
    return "" if character == "'" else " "


def matches(typed: str, accepted: Iterable[str]) -> bool:
    """Whether what was typed is one of the accepted answers, or one of them with a small typo.

    Numbers must be the very same: 1998 is no typo for 1989.
    """
    given = fold(typed)
    return bool(given) and any(_alike(given, fold(answer)) for answer in accepted)


def _alike(given: str, right: str) -> bool:
    if given.replace(" ", "") == right.replace(" ", ""):
        return True
    if _NUMBER.findall(given) != _NUMBER.findall(right) or not right:
        return False
    typos = (len(right) >= _ONE_TYPO) + (len(right) >= _TWO_TYPOS)
    return OSA.distance(given, right, score_cutoff=typos) <= typos
