"""Says in plain English what pydantic found wrong in a TOML file, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails


def explain(error: ValidationError, data: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return a (problem, fix) for each thing wrong, in the order of the model's fields.

    Args:
        error: what `model_validate(data)` raised.
        data: what was validated, to name quiz items by their id.
    """
    return [_one(details, data) for details in error.errors(include_url=False)]


#: pydantic's error type → problem and fix; fields are `key`, `shown` and pydantic's own context.
_SAID = {
    "missing": ("{key} is missing", "add it"),
    "extra_forbidden": ("{key} is not a key of the format", "remove it or correct its spelling"),
    "string_too_short": ("{key} is empty", "write it"),
    "string_too_long": ("{key} is longer than {max_length} characters", "shorten it"),
    "too_short": ("{key} has {actual_length} entries", "give it at least {min_length}"),
    "too_long": ("{key} has {actual_length} entries", "give it at most {max_length}"),
    "literal_error": ("{key} is {shown}", "use {expected}"),
    "union_tag_invalid": ("{key} has kind {tag!r}", "use {expected_tags}"),
    "union_tag_not_found": ("{key} has no kind", "add kind = {expected_tags}"),
    "greater_than_equal": ("{key} is {shown}", "use {ge} or more"),
    "less_than_equal": ("{key} is {shown}", "use {le} or less"),
    "value_error": ("{error}", "make them different"),
}


def _one(details: ErrorDetails, data: Mapping[str, object]) -> tuple[str, str]:
    key, kind = _key(details["loc"], data), details["type"]
    shown, context = _shown(details["input"]), details.get("ctx", {})
    if kind in _SAID:
        problem, fix = _SAID[kind]
        fields = {**context, "key": key, "shown": shown}
        return problem.format(**fields), fix.format(**fields)
    if kind == "string_pattern_mismatch":
        pattern = str(context.get("pattern"))
        return (f"{key} is blank", "write it") if pattern == r"\S" else (f"{key} is {shown}", _pattern(pattern))
    return f"{key} is {shown}", _wanted(kind, details["msg"])


def _key(loc: Sequence[int | str], data: Mapping[str, object]) -> str:
    """Return `item 'trains-in-turn': options[2].zh` for `('item', 3, 'options', 2, 'zh')`."""
    parts, prefix = list(loc), ""
    if len(parts) >= 2 and parts[0] == "item" and isinstance(parts[1], int):
        prefix = f"item {_item_name(parts[1], data)}"
        parts = parts[2:]
    path = ""
    for part in parts:
        if part == "[key]":
            continue
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return f"{prefix}: {path}" if prefix and path else prefix or path or "the file"


def _item_name(index: int, data: Mapping[str, object]) -> str:
    items = data.get("item")
    item = items[index] if isinstance(items, list) and index < len(items) else None
    name = item.get("id") if isinstance(item, dict) else None
    return repr(name) if isinstance(name, str) else f"number {index + 1}"


def _pattern(pattern: str) -> str:
    if "=" in pattern:
        return "write it as 'NAME=VALUE', NAME in upper case"
    if pattern.startswith("^(https?"):
        return "write an address that begins with https://"
    if pattern.startswith("^[1-9]"):
        return "use a question's number"
    joint = "underscores" if "_" in pattern else "hyphens"
    return f"use lower-case words joined by {joint}"


def _wanted(kind: str, message: str) -> str:
    for beginning, wanted in {
        "string": "write a text in quotes",
        "int": "write a whole number",
        "tuple": "write a list in square brackets",
        "dict": "write a table",
        "model": "write a table, as { zh = '…', en = '…' }",
    }.items():
        if kind.startswith(beginning):
            return wanted
    return message[:1].lower() + message[1:]


def _shown(value: object, limit: int = 40) -> str:
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
