"""What all values of the bank are made of: two languages, names, levels."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = ("zh", "en")
Level = Literal["basic", "intermediate", "advanced"]

SLUG_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
NAME_PATTERN = r"^[a-z][a-z0-9_]*$"

Slug = Annotated[str, Field(pattern=SLUG_PATTERN)]
NonEmpty = Annotated[str, Field(min_length=1, pattern=r"\S")]


class Frozen(BaseModel):
    """Base of all bank values: immutable, and strict about unknown keys, so that a typo is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Frozen):
    """One text in both languages."""

    zh: NonEmpty
    en: NonEmpty

    def __getitem__(self, lang: Lang) -> str:
        return self.zh if lang == "zh" else self.en
