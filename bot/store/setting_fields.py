"""How a field of a server's settings is set: an annotation of the field, from which a front makes its control.

    class GuildSettings(BaseModel):
        greeting: Annotated[bool, Toggle()] = True

That line is the whole setting: its stored value, its control, and what a choice changes. Its texts are entries
`<name>`, `<name>_<value>` or `<name>_value`, `<name>_none`, `<name>_title` of the wording; `texts` says which.

Setting              base: a field, by name
├── Pick             one of a few values in a select
│   ├── OneOf        of the field's `Literal`
│   ├── Toggle       on or off
│   └── Number       of those offered, within the field's bounds
├── Channels         channels of the server
├── Banks            banks that are loaded
├── OneRole          a role of the server
├── Mentionable      a role or a member of the server
└── Schedule         a channel, an hour and a zone
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

#: Values of a select that stand for None, False and True.
AUTO, OFF, ON = "auto", "off", "on"


@dataclass(frozen=True, slots=True)
class Setting:
    """How one field is set.

    Attributes:
        name: in custom ids and keys of the wording; the field's own where it is empty.
        heading: whether it has a text of its own above its control, or stands under the one before.
    """

    name: str = ""
    heading: bool = True

    @property
    def owns(self) -> tuple[str, ...]:
        """Fields that change with this one and have no control of their own."""
        return ()


class Pick(Setting):
    """One of a few values, which are texts in the select."""

    __slots__ = ()

    def offered(self, info: FieldInfo) -> list[str]:
        """Return the values, whatever is set."""
        raise NotImplementedError

    def values(self, info: FieldInfo, now: Any) -> list[str]:  # noqa: ANN401 - whatever the field holds
        """Return the values, one that was set by other means among them."""
        return self.offered(info)

    def value(self, field: str, settings: BaseModel) -> str:
        """Return the value that is set."""
        raise NotImplementedError

    def changes(self, field: str, value: str) -> dict[str, Any]:
        """Return the fields to change; `ValueError` for a value that there is not, at the latest from pydantic."""
        raise NotImplementedError


class OneOf(Pick):
    """One of the values of a field that is a `Literal`, or None."""

    __slots__ = ()

    def offered(self, info: FieldInfo) -> list[str]:
        """Return None first, where the field may be that."""
        return [*_none(info), *_literals(info.annotation)]

    def value(self, field: str, settings: BaseModel) -> str:
        """Return the literal."""
        return getattr(settings, field) or AUTO

    def changes(self, field: str, value: str) -> dict[str, Any]:
        """Return the literal, or None; pydantic knows which there are."""
        return {field: None if value == AUTO else value}


class Toggle(Pick):
    """On or off, of a field that is a bool."""

    __slots__ = ()

    def offered(self, info: FieldInfo) -> list[str]:
        """Return both."""
        return [ON, OFF]

    def value(self, field: str, settings: BaseModel) -> str:
        """Return one of both."""
        return ON if getattr(settings, field) else OFF

    def changes(self, field: str, value: str) -> dict[str, Any]:
        """Return a bool."""
        if value not in (ON, OFF):
            raise ValueError(f"{value!r} is neither on nor off")
        return {field: value == ON}


@dataclass(frozen=True, slots=True)
class OneNumber(Pick):
    """A number of those offered; pydantic's bounds of the field hold for every other, too.

    Attributes:
        some: the numbers; without them, every whole one from `ge` to `le` of the field.
        switch: a field that is a bool, which one more value, *off*, makes false and every number makes true.
    """

    some: tuple[float, ...] = ()
    switch: str = ""

    @property
    def owns(self) -> tuple[str, ...]:
        """The switch."""
        return (self.switch,) if self.switch else ()

    def offered(self, info: FieldInfo) -> list[str]:
        """Return off and None first, where there are such."""
        lowest, highest = (_bound(info, name) for name in ("ge", "le"))
        numbers = self.some or range(int(lowest), int(highest) + 1)
        return [*([OFF] if self.switch else []), *_none(info), *(f"{number:g}" for number in numbers)]

    def values(self, info: FieldInfo, now: Any) -> list[str]:  # noqa: ANN401 - whatever the field holds
        """Return the numbers in order, one that was set by other means among them."""
        offered = self.offered(info)
        words = [value for value in offered if value in (OFF, AUTO)]
        numbers = {*offered, *([] if now is None else [f"{now:g}"])}.difference(words)
        return words + sorted(numbers, key=float)

    def value(self, field: str, settings: BaseModel) -> str:
        """Return the number, which is off while the switch is."""
        number = getattr(settings, field)
        if self.switch and not getattr(settings, self.switch):
            return OFF
        return AUTO if number is None else f"{number:g}"

    def changes(self, field: str, value: str) -> dict[str, Any]:
        """Return the number; where it is switched off, it stays for when it is switched on again."""
        if self.switch and value == OFF:
            return {self.switch: False}
        changed = {self.switch: True} if self.switch else {}
        return {**changed, field: None if value == AUTO else float(value)}


@dataclass(frozen=True, slots=True)
class Channels(Setting):
    """Channels of the server: a tuple of at most so many ids, or one id or None.

    Attributes:
        most: how many; 1 for a field that is one id.
        posts: whether the bot posts there unasked, which not every kind of channel allows.
    """

    most: int = 25
    posts: bool = False


class Banks(Setting):
    """Some of the banks that are loaded: a tuple of their names, or None for all. Of one bank there is no choice."""

    __slots__ = ()


class OneRole(Setting):
    """A role of the server, as an id or None."""

    __slots__ = ()


class Mentionable(Setting):
    """A role or a member of the server: a `Mentioned` or None."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Schedule(Setting):
    """When and where something comes: a `DailyTime`, or None for never.

    Attributes:
        blocked: a field that is a bool, which a change of the channel makes false.
    """

    blocked: str = ""

    @property
    def owns(self) -> tuple[str, ...]:
        """What was blocked."""
        return (self.blocked,) if self.blocked else ()


@dataclass(frozen=True, slots=True)
class SettingField:
    """A field of the settings, with how it is set."""

    name: str
    field: str
    info: FieldInfo
    kind: Setting

    def texts(self) -> list[tuple[str, ...]]:
        """Return the keys of the wording that it needs, each with the one to take in its place."""
        needed: list[tuple[str, ...]] = [(self.name,)] if self.kind.heading else []
        match self.kind:
            case Pick():
                needed += [self.label(value) for value in self.kind.offered(self.info)]
            case Schedule():
                needed += [(f"{self.name}_none",), (f"{self.name}_title",)]
            case _:
                needed.append((f"{self.name}_none",))
        return needed

    def label(self, value: str) -> tuple[str, ...]:
        """Return the keys of the text of a value: of this one, or else, of a number, of any, which is its {value}."""
        own = f"{self.name}_{value}"
        return (own, f"{self.name}_value") if isinstance(self.kind, OneNumber) and value not in (OFF, AUTO) else (own,)


@cache
def fields_of(model: type[BaseModel]) -> Mapping[str, SettingField]:
    """Return the settings of a model by name, in the order of its fields; what has no `Setting` is not shown."""
    found = {}
    for field, info in model.model_fields.items():
        for kind in info.metadata:
            if isinstance(kind, Setting):
                name = kind.name or field
                found[name] = SettingField(name, field, info, kind)
    return found


def _none(info: FieldInfo) -> list[str]:
    return [AUTO] if type(None) in get_args(info.annotation) else []


def _literals(annotation: Any) -> list[str]:  # noqa: ANN401 - whatever a field is annotated with
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return [value for part in get_args(annotation) for value in _literals(part)]


def _bound(info: FieldInfo, name: str) -> float:
    return float(next((value for part in info.metadata if (value := getattr(part, name, None)) is not None), 0))
