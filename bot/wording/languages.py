"""The languages of the interface, a row each: all that varies with a language and is no text of `wording/*.toml`.

A new language is a row here, a name in `knowledge.bank.values.Lang`, its text in each entry of `wording/*.toml`, and
the texts of the bank. A test holds every other place in `bot` to this table; docs/architecture.md names the places in
`knowledge`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.bank.models import LANGS, Lang

#: The language of a text that has no other: of commands on Discord, of errors where they are made, of JSON.
BASE: Lang = "en"


@dataclass(frozen=True, slots=True)
class Language:
    """How a language is written, and what is likely of who speaks it.

    Attributes:
        comma: between the names of a list.
        locale: how the names of its locales begin, in small letters.
        sample: characters that a terminal has to be able to show.
        own_script: whether its letters tell it from all other languages.
        zone: the time zone that is offered first.
        help_columns: width of the help of commands; None for that of the terminal.
    """

    comma: str
    locale: str
    sample: str
    own_script: bool
    zone: str
    help_columns: int | None


LANGUAGES: dict[Lang, Language] = {
    # A Chinese character takes two columns, and the library that prints the help counts it as one.
    "zh": Language("、", "zh", "中文", own_script=True, zone="Asia/Shanghai", help_columns=56),
    "en": Language(", ", "en", "", own_script=False, zone="UTC", help_columns=None),
}


def listed(names: Iterable[object], lang: Lang) -> str:
    """Return names one after the other, as the language separates them."""
    return LANGUAGES[lang].comma.join(map(str, names))


def of_locale(name: str) -> Lang:
    """Return the language of a locale such as `zh-TW` or `en_GB.UTF-8`; `BASE` for one of no language here."""
    return next((lang for lang in LANGS if name.lower().startswith(LANGUAGES[lang].locale)), BASE)


def other_language(lang: Lang) -> Lang:
    """Return the language in which the same can be read besides: the next row of the table."""
    return LANGS[(LANGS.index(lang) + 1) % len(LANGS)]
