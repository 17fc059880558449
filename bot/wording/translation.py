"""Texts that are English where they are made: errors of folders that know no interface, help of the command line.

As gettext does it, the English text is the key. Here it may have parts that vary, `{name}` in the entry, so a message
is found by its fixed words; the parts are looked up in turn, for an error often ends with the fix of another. What has
no entry stays English: a test holds every message to one.
"""

from __future__ import annotations

import re
from functools import cache
from string import Formatter

from bot.wording import entries
from knowledge.bank.models import Lang

_AREAS = ("errors.", "usage.")


def in_lang(text: str, lang: Lang) -> str:
    """Return an English text of the program in `lang`, what varies in it as it stood; itself without an entry."""
    if lang == "en" or not text:
        return text
    known = _exact().get(text)
    if known is not None:
        return known
    for pattern, translated in _patterns():
        if found := pattern.fullmatch(text):
            return translated.format(**{name: in_lang(part, lang) for name, part in found.groupdict().items()})
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


@cache
def _exact() -> dict[str, str]:
    found = (texts for key, texts in entries().items() if key.startswith(_AREAS))
    return {texts["en"].format(): texts["zh"].format() for texts in found if not _fields(texts["en"])}


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Return the entries with parts that vary, those with the most fixed words first."""
    found = [texts for key, texts in entries().items() if key.startswith(_AREAS) and _fields(texts["en"])]
    found.sort(key=lambda texts: -sum(len(fixed) for fixed, *_ in Formatter().parse(texts["en"])))
    return [(_pattern(texts["en"]), texts["zh"]) for texts in found]


def _fields(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name]


def _pattern(text: str) -> re.Pattern[str]:
    parts: list[str] = []
    seen: set[str] = set()
    for fixed, name, _, _ in Formatter().parse(text):
        parts.append(re.escape(fixed))
        if name:
            parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>.*?)")
            seen.add(name)
    return re.compile("".join(parts), re.DOTALL)
