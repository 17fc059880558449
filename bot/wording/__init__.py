"""The texts of the interface, Chinese and English side by side, one TOML file an area.

    [run]
    stopped = { zh = "已停止", en = "Stopped" }

`say("run.stopped", lang)` looks one up; placeholders are `str.format` fields. A test holds every entry to both
languages and the same fields.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from knowledge.bank.models import LANGS, Lang


@cache
def entries() -> dict[str, dict[Lang, str]]:
    """Return all texts by `area.key` (the area is the file's name; nested tables join with dots)."""
    found: dict[str, dict[Lang, str]] = {}
    for file in sorted(files(__package__).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            _collect(file.name.removesuffix(".toml"), tomllib.loads(file.read_text(encoding="utf-8")), found)
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
    return entries()[key][lang].format(**values)
