"""Compares what an example prints now with its transcript, blind to what varies from machine to machine.

What is not compared:

- **Timings**: a number with a unit of time, and how many times faster something was, may be anything.
- **Last digits**: a decimal number may differ by two units of its last printed digit; results below 1e-6 are rounding
  noise and all count as one. Whole numbers must be equal.
- **Training with TensorFlow**: kernels and thread counts differ between processors, and training amplifies that. There
  a number may differ by a tenth of itself or ten units of its last digit; its assertions hold the claim itself.
- **Layout**: runs of spaces count as one, and so do rules and bars of one repeated sign, as columns follow numbers.

All else, every word and sign and the order of lines, must be equal.
"""

from __future__ import annotations

import re
from itertools import zip_longest

_NUMBER = re.compile(r"(?<![\w.])[-+−]?(?:[0-9][0-9,]*(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_TIMING = re.compile(
    r"[0-9][0-9,.]*(?:e-?[0-9]+)?\s*(?:(?:[nuµμm]?s|sec|seconds?|min|minutes?)\b|(?:x|×|times)\s+(?:faster|slower))"
)
_REPEATED = re.compile(r"([^\w\s])\1{2,}|([█▇▆▅▄▃▂▁▓▒░■])\2+")
#: Below this, a result that should be zero is a matter of rounding.
_NOISE = 1e-6
_TRAINS = re.compile(r"^\s*(?:import|from)\s+(?:tensorflow|keras)\b", re.MULTILINE)


def trains(source: str) -> bool:
    """Tell whether a script's figures may differ between processors by more than rounding."""
    return _TRAINS.search(source) is not None


def difference(accepted: str, printed: str, *, loose: bool = False) -> str | None:
    """Return the first line that differs, in words; None if the two say the same.

    Args:
        accepted: the transcript's text.
        printed: what the program printed this time.
        loose: compare numbers as for training with TensorFlow.
    """
    pairs = zip_longest(_lines(accepted), _lines(printed))
    for number, (before, now) in enumerate(pairs, 1):
        if before is None or now is None or not _alike(before, now, loose):
            return f"line {number} was '{_shown(before)}' and is now '{_shown(now)}'"
    return None


def tidy(printed: str) -> str:
    """Return a program's output as a transcript keeps it: no trailing spaces, one line end at its end."""
    return "\n".join(line.rstrip() for line in printed.rstrip().split("\n")) + "\n"


def _lines(text: str) -> list[str]:
    return [_mask(line) for line in tidy(text).splitlines()]


def _mask(line: str) -> str:
    line = _TIMING.sub("<time>", line)
    line = _REPEATED.sub(lambda match: match[0][:1] * 3, line)
    return " ".join(line.split())


def _alike(before: str, now: str, loose: bool) -> bool:
    if _NUMBER.sub("#", before) != _NUMBER.sub("#", now):
        return False
    pairs = zip(_NUMBER.findall(before), _NUMBER.findall(now), strict=True)
    return all(_close(old, new, loose) for old, new in pairs)


def _close(old: str, new: str, loose: bool) -> bool:
    if old == new:
        return True
    (a, unit_a, whole_a), (b, unit_b, whole_b) = _value(old), _value(new)
    if whole_a and whole_b and not loose:
        return a == b
    if abs(a) < _NOISE and abs(b) < _NOISE:
        return True
    unit = (max if whole_a == whole_b else min)(unit_a, unit_b)
    # Half a unit more, for numbers that binary fractions do not hit exactly.
    at_least = 1 if whole_a and whole_b else 10
    allowed = max(0.1 * max(abs(a), abs(b)), at_least * unit) if loose else 2 * unit
    return abs(a - b) <= allowed + unit / 2


def _value(text: str) -> tuple[float, float, bool]:
    """Return a number, the unit of its last printed digit, and whether it is whole."""
    plain = text.replace(",", "").replace("−", "-").lower()
    mantissa, _, exponent = plain.partition("e")
    decimals = len(mantissa.partition(".")[2])
    return float(plain), 10.0 ** (int(exponent or 0) - decimals), not decimals and not exponent


def _shown(line: str | None, limit: int = 60) -> str:
    if line is None:
        return "(nothing)"
    return line if len(line) <= limit else f"{line[:limit]}…"
