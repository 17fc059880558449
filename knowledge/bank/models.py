"""What the bank is made of: frozen, validated, bilingual values.

Everything here is data. `knowledge.bank.loader` builds it from a topic's folder; nothing else but tests should
construct a `Topic`.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = ("zh", "en")

SectionId = Literal["answer", "how", "practice", "pitfalls", "interview"]
#: Section ids in reading order, with the heading each language file must carry.
SECTIONS: dict[SectionId, dict[Lang, str]] = {
    "answer": {"zh": "回答", "en": "Answer"},
    "how": {"zh": "原理", "en": "How it works"},
    "practice": {"zh": "实践", "en": "In practice"},
    "pitfalls": {"zh": "常见误区", "en": "Pitfalls"},
    "interview": {"zh": "面试追问", "en": "In the interview"},
}

Level = Literal["basic", "intermediate", "advanced"]
#: The name of a topic's first example; further ones live in `example_<name>.py`.
MAIN_EXAMPLE = "main"
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


class Asks(Frozen):
    """Paraphrases of a topic's question as learners type them."""

    zh: tuple[NonEmpty, ...]
    en: tuple[NonEmpty, ...]

    def __getitem__(self, lang: Lang) -> tuple[str, ...]:
        return self.zh if lang == "zh" else self.en


class Unit(Frozen):
    """A part of a page that is an answer by itself, in one language.

    Attributes:
        id: the same in both languages; what stands before a section's first lead is named like the section.
        section: where it stands.
        lead: the bold words it begins with, empty before a section's first.
        text: all of it, its lead included, as people read it.
    """

    id: str
    section: SectionId
    lead: str
    text: str


class ExampleMeta(Frozen):
    """An example's entry in `topic.toml`; `parameters` is what its values mean in Chinese, by name."""

    title: Text
    counter: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*=.+$")]
    counter_why: Text
    parameters: dict[Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")], NonEmpty] = {}


class TopicMeta(Frozen):
    """The content of `topic.toml`, validated.

    `unit_asks` are the asks by the unit that answers them, `asks` all of them together; in the file a table
    `[asks.<unit>]` has those of one unit, and a topic whose page has no units yet has them all in `[asks]`.
    """

    title: Text
    level: Level
    aliases: tuple[NonEmpty, ...]
    questions: tuple[Annotated[int, Field(ge=1)], ...] = ()
    question_titles: dict[Annotated[str, Field(pattern=r"^[1-9][0-9]*$")], Text] = {}
    related: tuple[Slug, ...] = ()
    requires: tuple[Slug, ...] = ()
    asks: Asks
    unit_asks: dict[Slug, Asks] = {}
    checked: Annotated[str, Field(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")] | None = None
    sources: tuple[NonEmpty, ...] = ()
    key_points: tuple[Text, ...]
    examples: dict[Annotated[str, Field(pattern=NAME_PATTERN)], ExampleMeta]

    @model_validator(mode="before")
    @classmethod
    def _gather_asks(cls, data: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        """Put the asks of all units together, too: a topic is found by any of them."""
        asks = data.get("asks") if isinstance(data, dict) else None
        if not isinstance(asks, dict) or not asks or not all(isinstance(each, dict) for each in asks.values()):
            return data
        all_ = {
            lang: [ask for each in asks.values() for ask in each.get(lang) or () if isinstance(ask, str)]
            for lang in LANGS
        }
        return {**data, "asks": all_, "unit_asks": asks}


class Transcript(Frozen):
    """An example's last accepted run: what `output.txt` holds."""

    sha256: str
    text: str


class Example(Frozen):
    """One runnable example of a topic."""

    name: str
    file: str
    source: str
    meta: ExampleMeta
    transcript: Transcript | None = None

    @property
    def sha256(self) -> str:
        """SHA-256 of the source as it lies on disk, in hex."""
        return hashlib.sha256(self.source.encode()).hexdigest()


ItemId = Annotated[str, Field(pattern=SLUG_PATTERN)]


class _Item(Frozen):
    id: ItemId
    prompt: Text


class Choice(_Item):
    """Four bilingual options, one of them right."""

    kind: Literal["choice"]
    options: Annotated[tuple[Text, ...], Field(min_length=4, max_length=4)]
    answer: Annotated[int, Field(ge=0, le=3)]
    why: Text


class Predict(_Item):
    """What does this code print? The right option is proven by running it."""

    kind: Literal["predict"]
    code: NonEmpty
    options: Annotated[tuple[NonEmpty, ...], Field(min_length=4, max_length=4)]
    answer: Annotated[int, Field(ge=0, le=3)]
    why: Text


class FindBug(_Item):
    """Which lines are wrong? `broken` fails its own assertion, `fixed` passes; they differ in `answer_lines`."""

    kind: Literal["find_bug"]
    broken: NonEmpty
    fixed: NonEmpty
    answer_lines: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(min_length=1)]
    why: Text


class Open(_Item):
    """Answered in words; graded by which of the topic's key points it covers."""

    kind: Literal["open"]
    points: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(min_length=1)]
    why: Text | None = None


Item = Annotated[Choice | Predict | FindBug | Open, Field(discriminator="kind")]


class QuizFile(Frozen):
    """The content of `quiz.toml`."""

    item: tuple[Item, ...] = ()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> QuizFile:
        ids = [item.id for item in self.item]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise ValueError(f"item ids used twice: {', '.join(twice)}")
        return self


class Wordings(Frozen):
    """One key point in the words of people who answer, in either language, and what sounds like it and is wrong."""

    said: tuple[NonEmpty, ...] = ()
    wrong: tuple[NonEmpty, ...] = ()


class PointsFile(Frozen):
    """The content of `points.toml`: wordings of the key points, in the order of `topic.toml`."""

    point: tuple[Wordings, ...] = ()


class Topic(Frozen):
    """One topic of the bank, whole.

    `sections` are as people read them. `units` are what they are made of, empty where a page has none yet.
    `wordings` has one entry a key point, or none at all.
    """

    slug: Slug
    meta: TopicMeta
    sections: dict[Lang, dict[SectionId, str]]
    units: dict[Lang, tuple[Unit, ...]] = {"zh": (), "en": ()}
    examples: tuple[Example, ...]
    quiz: tuple[Item, ...]
    wordings: tuple[Wordings, ...] = ()

    @property
    def title(self) -> Text:
        """The topic's name in both languages."""
        return self.meta.title

    def passage(self, section: SectionId, lang: Lang, unit: str | None = None) -> str:
        """Return what answers: one unit of a section, without the bullet before it, or all of the section."""
        for each in self.units[lang]:
            if each.id == unit:
                return each.text.removeprefix("- ")
        return self.sections[lang][section]

    def example(self, name: str = MAIN_EXAMPLE) -> Example:
        """Return the example called `name`; `KeyError` if the topic has none by that name."""
        for example in self.examples:
            if example.name == name:
                return example
        raise KeyError(name)


class Problem(Frozen):
    """One thing wrong in the bank: where, what, and how to mend it. Printed as `path: problem; fix`."""

    path: str
    problem: str
    fix: str

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}; {self.fix}"


class Bank(Frozen):
    """All topics that loaded, by slug, and what kept the others out."""

    topics: dict[str, Topic]
    problems: tuple[Problem, ...] = ()

    def __getitem__(self, slug: str) -> Topic:
        return self.topics[slug]

    def __len__(self) -> int:
        return len(self.topics)
