"""Translates texts that the code has in English: errors of folders without an interface, help of commands.

As gettext does it, the English text is the key. Here it may have parts that vary, `{name}` in the entry, so a message
is found by its fixed words; the parts are looked up in turn, for an error often ends with the fix of another. What has
no entry stays English: a test holds every message to one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from string import Formatter

from bot.wording import entries
from knowledge.bank.models import Lang, Problem
from knowledge.search.reading import HAN

_AREAS = ("errors.", "usage.")
#: Parts of what `epoch check` says that may be an error of any folder.
_ERRORS = frozenset({"reason", "error", "allowed"})


def in_lang(text: str, lang: Lang) -> str:
    """Return an English text of the program in `lang`, what varies in it as it stood; itself without an entry."""
    if lang == "en" or not text:
        return text
    found = _errors().find(text, lambda _, part: in_lang(part, lang))
    # Of a text of somebody else's that looks like "{file}: {problem}" only the colon would be Chinese.
    return text if found is None or not HAN.search(found) else found


def problem_in_lang(problem: Problem, lang: Lang) -> str:
    """Return what is wrong in the bank as one line in `lang`; what a contributor wrote stays as it stands."""
    if lang == "en":
        return str(problem)
    place, what, fix = (of_check(part, getattr(problem, part)) for part in ("path", "problem", "fix"))
    return f"{place}：{what}；{fix}"


def of_check(name: str, text: str) -> str:
    """Return a part of a problem in Chinese by the table of its name; itself without such a table or an entry there."""
    for said in (text, text[:1].upper() + text[1:]):  # the loader puts errors of others into the middle of a sentence
        if (found := _table(name).find(said, of_check)) is not None:
            return found
        if name in _ERRORS and (known := in_lang(said, "zh")) != said:
            return known
    return text


class _Spoken:
    lang: Lang = "en"


_spoken = _Spoken()


def speak(lang: Lang) -> None:
    """Say errors and the log of this process in `lang`, which have no settings at hand; called once, at the start."""
    _spoken.lang = lang


def spoken(text: str) -> str:
    """Return an English text of the program in the language that `speak` chose."""
    return in_lang(text, _spoken.lang)


def spoken_problem(problem: Problem) -> str:
    """Return what is wrong in the bank as one line in the language that `speak` chose."""
    return problem_in_lang(problem, _spoken.lang)


class _Texts:
    """Chinese texts by their English ones.

    Args:
        texts: the entries, in both languages.
        rank: the order in which those with parts that vary are tried, the least first.
    """

    def __init__(self, texts: list[dict[Lang, str]], rank: Callable[[str], tuple[int, ...]]) -> None:
        self._exact = {each["en"].format(): each["zh"].format() for each in texts if not _fields(each["en"])}
        varying = sorted((each for each in texts if _fields(each["en"])), key=lambda each: rank(each["en"]))
        self._patterns = [(_pattern(each["en"]), each["zh"]) for each in varying]

    def find(self, text: str, translate: Callable[[str, str], str]) -> str | None:
        """Return `text` in Chinese, each part that varies as `translate(name, part)` has it; None without an entry."""
        if (known := self._exact.get(text)) is not None:
            return known
        for pattern, translated in self._patterns:
            if found := pattern.fullmatch(text):
                return translated.format(**{name: translate(name, part) for name, part in found.groupdict().items()})
        return None


@cache
def _errors() -> _Texts:
    found = [texts for key, texts in entries().items() if key.startswith(_AREAS)]
    return _Texts(found, lambda text: (-_fixed(text),))


@cache
def _table(name: str) -> _Texts:
    found = [texts for key, texts in entries().items() if key.startswith(f"check.{name}.")]
    # What begins with words of its own is told from what a contributor's text may begin with, and end like another.
    return _Texts(found, lambda text: (-text.replace("{{", "").find("{"), -_fixed(text)))


def _fixed(text: str) -> int:
    """Return how many characters of a text do not vary."""
    return sum(len(fixed) for fixed, *_ in Formatter().parse(text))


def _fields(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name]


def _pattern(text: str) -> re.Pattern[str]:
    parts: list[str] = []
    seen: set[str] = set()
    for fixed, name, spec, _ in Formatter().parse(text):
        parts.append(re.escape(fixed))
        if name:
            parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>.*?)")
            seen.add(name)
        if spec and "|" in spec:
            parts.append(f" (?:{'|'.join(map(re.escape, spec.split('|')))})")
    return re.compile("".join(parts), re.DOTALL)
