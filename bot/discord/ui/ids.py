"""Custom ids of buttons, selects and forms: their fields are declared once, written as text and read back with types.

A class declares a prefix and fields; the pattern of its ids, their writing and their reading follow from these:

    class TopicButton(Control[ui.Button[Any]], prefix="epoch:topic"):
        slug: Slug
        lang: Lang

writes and reads `epoch:topic:gan:en`. Messages keep their ids for years. Names of fields may change; another prefix,
order or spelling breaks the controls of old messages. A test keeps every id.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Literal, Self, Union, get_args, get_origin

from bot.discord.ui.errors import IdError
from knowledge.bank.models import NAME_PATTERN, SLUG_PATTERN

#: Discord's limit for a custom id, in characters.
LONGEST = 100
#: One word after `epoch`, so that no prefix begins another one's ids.
_PREFIX = re.compile("epoch:[a-z]+")


@dataclass(frozen=True, slots=True)
class Spelling:
    """How the values of a field are spelt in an id.

    Attributes:
        pattern: regular expression for the whole text of a value.
        write: returns the text of a value.
        read: returns the value of a text that the pattern matches.
    """

    pattern: str
    write: Callable[[Any], str] = str
    read: Callable[[str], Any] = str

    @classmethod
    def digits(cls, most: int) -> Spelling:
        """Whole numbers from 0 with up to `most` decimal digits."""
        return cls(f"0|[1-9][0-9]{{0,{most - 1}}}", str, int)

    @classmethod
    def words(cls, values: Iterable[Any]) -> Spelling:
        """A few values, each spelt as `str` gives it."""
        by_text = {str(value): value for value in values}
        return cls("|".join(map(re.escape, by_text)), str, by_text.__getitem__)


SLUG, NAME = (pattern.strip("^$") for pattern in (SLUG_PATTERN, NAME_PATTERN))
TopicSlug = Annotated[str, Spelling(SLUG)]
#: Name of an example within its topic.
ExampleName = Annotated[str, Spelling(NAME)]
#: Stands for an item of a topic, whose own id may be long; see `items.mark_of`.
ItemMark = Annotated[str, Spelling("[0-9a-f]{8}")]
#: Tells one showing of an item from the next.
Salt = Annotated[str, Spelling("[0-9a-f]{1,16}")]
#: An option of a question.
Letter = Annotated[str, Spelling("[A-D]")]
#: Key of what is kept for the buttons under a message.
KeptKey = Annotated[str, Spelling("[0-9a-f]{1,40}")]
#: An id that Discord gave.
Snowflake = Annotated[int, Spelling.digits(20)]


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    spelling: Spelling
    optional: bool


class Codec:
    """The ids of one prefix: their pattern, values to text, and text to values.

    Args:
        prefix: `epoch:` and one word.
        fields: types of the values, by name, in the order of the id: a `Literal`, or an `Annotated` with a `Spelling`;
            the last one may be optional, and is left out where it is None.

    Raises:
        TypeError: no id can be made of this.
    """

    def __init__(self, prefix: str, fields: Mapping[str, Any]) -> None:
        if not _PREFIX.fullmatch(prefix):
            raise TypeError(f"the prefix {prefix!r} is not of the form {_PREFIX.pattern}")
        self.prefix = prefix
        self._fields = [_field(name, declared) for name, declared in fields.items()]
        if any(field.optional for field in self._fields[:-1]):
            raise TypeError(f"{prefix}: a field that may be missing comes last")
        self.pattern = re.compile(prefix + "".join(map(_part, self._fields)))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fields, in their order."""
        return tuple(field.name for field in self._fields)

    def encode(self, values: Mapping[str, Any]) -> str:
        """Return the id that says these values.

        Raises:
            IdError: a value does not fit its field, or the id is too long for Discord.
        """
        parts = [self.prefix]
        for field in self._fields:
            value, spelling = values[field.name], field.spelling
            if value is None and field.optional:
                continue
            text = spelling.write(value)
            if not re.fullmatch(spelling.pattern, text):
                raise IdError(self.prefix, f"{field.name} is {text!r}, which does not match {spelling.pattern}")
            parts.append(text)
        custom_id = ":".join(parts)
        if len(custom_id) > LONGEST:
            raise IdError(self.prefix, f"{custom_id!r} has {len(custom_id)} characters; Discord takes {LONGEST}")
        return custom_id

    def decode(self, custom_id: str) -> dict[str, Any] | None:
        """Return the values that an id says; None for an id of another kind."""
        match = self.pattern.fullmatch(custom_id)
        return self.read(match) if match else None

    def read(self, match: re.Match[str]) -> dict[str, Any]:
        """Return the values of a match of the pattern."""
        texts = {field: match[field.name] for field in self._fields}
        return {f.name: None if text is None else f.spelling.read(text) for f, text in texts.items()}


def _field(name: str, declared: object) -> _Field:
    of = get_args(declared) if get_origin(declared) in (Union, UnionType) else (declared,)
    types = [each for each in of if each is not NoneType]
    if len(types) == 1 and get_origin(types[0]) is Literal:
        return _Field(name, Spelling.words(get_args(types[0])), NoneType in of)
    spellings = [each for each in getattr(types[0], "__metadata__", ()) if isinstance(each, Spelling)]
    if len(types) != 1 or len(spellings) != 1:
        raise TypeError(f"the field {name} is a {declared}, which has no spelling in an id")
    return _Field(name, spellings[0], NoneType in of)


def _part(field: _Field) -> str:
    part = f":(?P<{field.name}>{field.spelling.pattern})"
    return f"(?:{part})?" if field.optional else part


class Identified:
    """An object that is made from its custom id: the fields are its attributes, and the arguments of its class."""

    codec: ClassVar[Codec]

    def encode(self) -> str:
        """Return the id that says what the fields hold.

        Raises:
            IdError: a value does not fit its field, or the id is too long for Discord.
        """
        return self.codec.encode({name: getattr(self, name) for name in self.codec.names})

    @classmethod
    def decode(cls, custom_id: str) -> Self | None:
        """Return what an id means; None for an id of another kind."""
        values = cls.codec.decode(custom_id)
        return None if values is None else cls(**values)


class Id(Identified):
    """A custom id by itself, as a frozen dataclass of its fields."""

    def __init_subclass__(cls, *, prefix: str) -> None:
        super().__init_subclass__()
        cls.codec = Codec(prefix, fields_of(cls))


def fields_of(cls: type[Identified]) -> dict[str, Any]:
    """Return the types of the fields that a class and its bases declare: public annotations but for `ClassVar`."""
    declared: dict[str, Any] = {}
    for each in reversed(cls.__mro__):
        if issubclass(each, Identified):
            declared |= inspect.get_annotations(each, eval_str=True)
    return {name: of for name, of in declared.items() if not name.startswith("_") and not _of_class(of)}


def _of_class(declared: object) -> bool:
    return declared is ClassVar or get_origin(declared) is ClassVar
