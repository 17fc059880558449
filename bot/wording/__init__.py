"""The texts of the interface, Chinese and English side by side, one TOML file an area.

    [run]
    stopped = { zh = "已停止", en = "Stopped" }

`say("run.stopped", lang)` looks one up; placeholders are `str.format` fields. `{count:problem|problems}` is a number
with its noun: "1 problem", "1,000 problems". A test holds every entry to both languages and the same fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from string import Formatter

import tomli

from knowledge.bank.models import LANGS, Lang
from knowledge.counting import counted


@cache
def entries() -> dict[str, dict[Lang, str]]:
    """Return all texts by `area.key` (the area is the file's name; nested tables join with dots)."""
    found: dict[str, dict[Lang, str]] = {}
    for file in sorted(files(__package__).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            _collect(file.name.removesuffix(".toml"), tomli.loads(file.read_text(encoding="utf-8")), found)
    return found


def _collect(prefix: str, table: dict[str, object], found: dict[str, dict[Lang, str]]) -> None:
    for key, value in table.items():
        if not isinstance(value, dict):
            each = ", ".join(f"{lang} = …" for lang in LANGS)
            raise ValueError(f"wording {prefix}.{key}: expected {{ {each} }}")
        if set(value) == set(LANGS):
            found[f"{prefix}.{key}"] = {lang: value[lang] for lang in LANGS}
        else:
            _collect(f"{prefix}.{key}", value, found)


def say(key: str, lang: Lang, **values: object) -> str:
    """Return the text `key` in `lang` with its placeholders filled; `KeyError` for an unknown key."""
    return filled(entries()[key][lang], values)


def filled(text: str, values: Mapping[str, object]) -> str:
    """Return `text` with its placeholders filled, a number with its noun where it names both forms of one."""
    return _FORMATTER.vformat(text, (), values)


class _Counting(Formatter):
    def format_field(self, value: object, format_spec: str) -> str:
        one, divided, many = format_spec.partition("|")
        if not divided:
            return str(format(value, format_spec))
        return counted(value, one, many) if isinstance(value, int) else f"{value} {many}"


_FORMATTER = _Counting()
