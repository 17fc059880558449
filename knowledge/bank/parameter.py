"""One value that an example offers for change, and the values it may take."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.bank.models import Lang
from knowledge.counting import counted

Number = int | float
Value = bool | int | float | str | tuple[Number, ...]

TEXT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value that an example offers for change.

    Attributes:
        name: as in the source.
        value: the literal's value; its type is the only one a change may have.
        text: what the comment says about it, without range and choices; empty if there is no comment.
        low: least value allowed (of each element of a tuple), or None if the comment names no range.
        high: greatest value allowed, or None.
        choices: the only values allowed; empty if the comment names none.
        line: line of the source, from 1.
        zh: what it means in Chinese; empty where the bank does not say.
    """

    name: str
    value: Value
    text: str
    low: Number | None
    high: Number | None
    choices: tuple[Value, ...]
    line: int
    zh: str = ""

    def meaning(self, lang: Lang) -> str:
        """What it is, in one line; the English of the comment where there is no Chinese."""
        return self.zh or self.text if lang == "zh" else self.text

    @property
    def allowed(self) -> str:
        """What it may be set to, in words: `a whole number in 1..20`, `one of sgd, adam`."""
        if self.choices:
            return f"one of {', '.join(map(str, self.choices))}"
        inside = "" if self.low is None else f" in {self.low}..{self.high}"
        match self.value:
            case bool():
                return "True or False"
            case int():
                return f"a whole number{inside}"
            case float():
                return f"a number{inside}"
            case tuple():
                kind = "number" if any(isinstance(part, float) for part in self.value) else "whole number"
                return f"{counted(len(self.value), kind)}{' each' if inside else ''}{inside}, separated by commas"
        return f"a text of at most {TEXT_LENGTH} characters"

    def admits(self, value: Value) -> bool:
        """Tell whether `value`, of the right type, is among the choices or within the range."""
        if self.choices:
            return value in self.choices
        if isinstance(value, str):
            return len(value) <= TEXT_LENGTH
        if self.low is None or self.high is None or isinstance(value, bool):
            return True
        parts = value if isinstance(value, tuple) else (value,)
        return all(self.low <= part <= self.high for part in parts)
