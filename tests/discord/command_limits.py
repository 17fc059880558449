"""Limits on application commands that Discord's API description does not state.

Source: Discord's developer documentation, page "Application Commands". Each function yields a line for each thing
wrong.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from tests.discord.wire import JsonObject

CHAT_INPUT, USER, MESSAGE = 1, 2, 3
SUBCOMMAND, GROUP = 1, 2
#: Global commands an application may have, by type.
MOST: dict[int, int] = {CHAT_INPUT: 100, USER: 15, MESSAGE: 15}
TEXT = 8_000
CHOICE_VALUE = 100

LOCALES = frozenset({
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl", "pt-BR",
    "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja", "zh-TW", "ko", "ar",
    "he",
})  # fmt: skip
# Devanagari and Thai vowels are marks, neither letters nor digits; Discord's pattern names these scripts.
_MARKED_SCRIPTS = ((0x0900, 0x097F), (0xA8E0, 0xA8FF), (0x0E00, 0x0E7F))


def commands(listed: Sequence[JsonObject] | None) -> Iterator[str]:
    """Check a whole set of commands, as a bulk overwrite sends it."""
    listed = listed or ()
    by_type = Counter(command.get("type") or CHAT_INPUT for command in listed)
    for kind, count in by_type.items():
        if count > MOST[kind]:
            yield f"{count} commands of type {kind}, at most {MOST[kind]}"
    names = Counter((command.get("type") or CHAT_INPUT, command["name"]) for command in listed)
    yield from (f"/{name}: {times} commands have this name" for (_, name), times in names.items() if times > 1)
    for item in listed:
        yield from command(item)


def command(item: JsonObject) -> Iterator[str]:
    """Check one command with all its options."""
    if (item.get("type") or CHAT_INPUT) != CHAT_INPUT:
        if item.get("description") or item.get("options"):
            yield f"{item['name']}: a context menu has neither description nor options"
        yield from _locales(item, item["name"])
        return
    path = f"/{item['name']}"
    if not item.get("description"):
        yield f"{path}: no description"
    yield from _named(item, path)
    yield from _options(item.get("options") or (), path)
    if (total := _text(item)) > TEXT:
        yield f"{path}: {total} characters of names, descriptions and values, at most {TEXT}"


def valid_name(name: str) -> bool:
    r"""Return whether `^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$` matches and the name is lower-case."""
    return 1 <= len(name) <= 32 and name == name.lower() and all(map(_allowed, name))


def _allowed(char: str) -> bool:
    if char in "-_'" or unicodedata.category(char)[0] in "LN":
        return True
    return any(first <= ord(char) <= last for first, last in _MARKED_SCRIPTS)


def _named(item: JsonObject, path: str) -> Iterator[str]:
    for name in (item["name"], *(item.get("name_localizations") or {}).values()):
        if not valid_name(name):
            yield f"{path}: name {name!r} is not 1 to 32 lower-case letters, digits, -, _ or '"
    yield from _locales(item, path)


def _locales(item: JsonObject, path: str) -> Iterator[str]:
    for key in ("name_localizations", "description_localizations"):
        for locale in item.get(key) or {}:
            if locale not in LOCALES:
                yield f"{path}: {key} for {locale!r}, which is no locale of Discord's"


def _options(options: Sequence[JsonObject], path: str) -> Iterator[str]:
    names = Counter(option["name"] for option in options)
    yield from (f"{path}: {times} options named {name!r}" for name, times in names.items() if times > 1)
    optional_seen = False
    for option in options:
        inner = f"{path} {option['name']}"
        yield from _named(option, inner)
        if option["type"] in (SUBCOMMAND, GROUP):
            yield from _options(option.get("options") or (), inner)
            continue
        if option.get("required") and optional_seen:
            yield f"{inner}: required, but after an optional one"
        optional_seen = optional_seen or not option.get("required")
        yield from _choices(option, inner)
    if len({option["type"] in (SUBCOMMAND, GROUP) for option in options}) > 1:
        yield f"{path}: subcommands and plain options side by side"


def _choices(option: JsonObject, path: str) -> Iterator[str]:
    choices = option.get("choices") or ()
    if choices and option.get("autocomplete"):
        yield f"{path}: choices and autocomplete exclude each other"
    names = Counter(choice["name"] for choice in choices)
    yield from (f"{path}: {times} choices named {name!r}" for name, times in names.items() if times > 1)
    for choice in choices:
        if isinstance(choice["value"], str) and len(choice["value"]) > CHOICE_VALUE:
            yield f"{path}: choice {choice['name']!r} has a value of {len(choice['value'])} characters"
        yield from _locales(choice, f"{path} {choice['name']}")


def _text(item: JsonObject) -> int:
    """Count names, descriptions and values, of localised texts the longest."""
    count = sum(
        max(map(len, [item.get(key) or "", *(item.get(f"{key}_localizations") or {}).values()]))
        for key in ("name", "description")
    )
    count += len(item["value"]) if isinstance(item.get("value"), str) else 0
    return count + sum(map(_text, [*(item.get("options") or ()), *(item.get("choices") or ())]))
