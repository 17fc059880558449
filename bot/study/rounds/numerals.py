"""Numbers written in Chinese characters: 五十 is 50, 百分之五十 is 50%, 四分之一 is 1/4."""

from __future__ import annotations

import re
from functools import cache

_DIGITS = "零一二三四五六七八九"
_UNITS = ((1000, "千"), (100, "百"), (10, "十"), (1, ""))
_PART = re.compile(
    r"(?P<whole>[零一二三四五六七八九十百千万两]+)分之\s?(?P<part>[零一二三四五六七八九十百千两点]+|\d+(?:\.\d+)?)"
)


def number(text: str) -> str | None:
    """Return a number in characters in digits, up to 9999 and with decimal places; None for what is none.

    Only what is written out in full counts: 三百五 may be 350 or 305.
    """
    whole, point, decimals = text.replace("两百", "二百").replace("两千", "二千").partition("点")
    value = _values().get(whole)
    if value is None or (point and not decimals) or any(digit not in _DIGITS for digit in decimals):
        return None
    return f"{value}{'.' * bool(point)}{''.join(str(_DIGITS.index(digit)) for digit in decimals)}"


def fractions_in_digits(text: str) -> str:
    """Return a text with its 百分之 as per cent and its 分之 as fractions."""
    return _PART.sub(_in_digits, text) if "分之" in text else text


def _in_digits(found: re.Match[str]) -> str:
    part = found["part"] if found["part"][0].isdigit() else number(found["part"])
    if found["whole"] == "百":
        part = "100" if found["part"] == "百" else part
        return f" {part}% " if part is not None else found[0]
    whole = {"千": "1000", "万": "10000"}.get(found["whole"]) or number(found["whole"])
    return f" {part}/{whole} " if part is not None and whole is not None else found[0]


@cache
def _values() -> dict[str, int]:
    """Every number up to 9999 as it is written."""
    return {_written(value): value for value in range(10_000)}


def _written(value: int) -> str:
    text, gap = "", False
    for unit, name in _UNITS:
        digit = value // unit % 10
        if digit:
            text += "零" * (gap and bool(text)) + _DIGITS[digit] + name
        gap = not digit
    return re.sub("^一十", "十", text) or "零"
