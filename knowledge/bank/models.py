"""What the bank is made of: frozen, validated, bilingual values.

Everything here is data. `knowledge.bank.loader` builds it from a topic's folder; nothing else but tests should
construct a `Topic`.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence
from inspect import isabstract
from pathlib import Path
from random import Random
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, SerializeAsAny, model_validator

from knowledge.bank.drills import Drill
from knowledge.bank.programs import Program, Wrong
from knowledge.bank.sheet import Sheet
from knowledge.bank.values import LANGS as LANGS
from knowledge.bank.values import NAME_PATTERN as NAME_PATTERN
from knowledge.bank.values import SLUG_PATTERN as SLUG_PATTERN
from knowledge.bank.values import Frozen as Frozen
from knowledge.bank.values import Lang as Lang
from knowledge.bank.values import Level as Level
from knowledge.bank.values import NonEmpty as NonEmpty
from knowledge.bank.values import Slug as Slug
from knowledge.bank.values import Text as Text

SectionId = Literal["answer", "how", "practice", "pitfalls", "interview"]
#: Section ids in reading order, with the heading each language file must carry.
SECTIONS: dict[SectionId, dict[Lang, str]] = {
    "answer": {"zh": "回答", "en": "Answer"},
    "how": {"zh": "原理", "en": "How it works"},
    "practice": {"zh": "实践", "en": "In practice"},
    "pitfalls": {"zh": "常见误区", "en": "Pitfalls"},
    "interview": {"zh": "面试追问", "en": "In the interview"},
}

#: The name of a topic's first example; further ones live in `example_<name>.py`.
MAIN_EXAMPLE = "main"


class QuestionTitle(Text):
    """The title of a source question; `unit` answers it, where that is not told by the words."""

    unit: Annotated[str, Field(pattern=SLUG_PATTERN)] | None = None


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
    `formerly` are slugs that it once had: see `knowledge.bank.formerly`.
    """

    title: Text
    level: Level
    aliases: tuple[NonEmpty, ...]
    formerly: tuple[Slug, ...] = ()
    questions: tuple[Annotated[int, Field(ge=1)], ...] = ()
    question_titles: dict[Annotated[str, Field(pattern=r"^[1-9][0-9]*$")], QuestionTitle] = {}
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
#: An id that an item once had in its topic, or, as `slug/id`, in another one.
FormerId = Annotated[str, Field(pattern=rf"{SLUG_PATTERN[:-1]}(/{SLUG_PATTERN[1:-1]})?$")]


class Kind(Frozen):
    """What is true of all quiz items of a kind.

    Attributes:
        name: what people read over an item.
        card: the same over a flash card; `name` without it.
        least: how many of them a topic needs.
        code_options: whether the options are code.
        runs: whether the answer is what the item's program prints, so that a front runs it with the answer.
        draft: an item in TOML that says TODO, to begin with.
    """

    name: Text
    card: Text | None = None
    least: int = 0
    code_options: bool = False
    runs: bool = False
    draft: str = ""


class Item(Frozen, ABC):
    """A quiz item of some kind: what the checks and the fronts need of it. `knowledge.bank.kinds` has the kinds.

    A kind derives from `ByLetter` or `InWords`, which say how its items are answered.
    """

    about: ClassVar[Kind]
    id: ItemId
    prompt: Text
    kind: str
    why: Text | None = None
    formerly: tuple[FormerId, ...] = ()

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        """Refuse a kind that no front could show, where it is defined: it would be missed in silence."""
        if isabstract(cls):
            return
        if not issubclass(cls, ByLetter | InWords):
            raise TypeError(f"{cls.__name__} does not say how it is answered: derive it from ByLetter or InWords")
        if not hasattr(cls, "about"):
            raise TypeError(f"{cls.__name__} says nothing of its kind: give it `about`")

    @abstractmethod
    def sheet(self, topic: Topic, lang: Lang) -> Sheet:
        """Return the item as it stands on paper, its options in the order of the file."""

    @abstractmethod
    def problems(self, topic: Topic) -> Iterator[Wrong]:
        """Yield what is wrong with the item and how to mend it, as far as that shows without a run."""

    @classmethod
    def problems_together(cls, items: Sequence[Self]) -> Iterator[Wrong]:
        """Yield what is wrong with a topic's items of this kind together."""
        yield from ()

    def programs(self) -> Iterator[Program]:
        """Yield what is run to prove the item."""
        yield from ()

    def searches(self, seconds: float) -> Iterator[Program]:
        """Yield programs that look for a second right answer, each for at most so many seconds."""
        yield from ()


class ByLetter(Item):
    """An item that is answered by the letter of an option: in rounds, alone, in reviews."""

    def posed(self, topic: Topic, lang: Lang, chance: Random) -> Sheet:
        """Return the item with two to four options, the right one among them; `chance` may draw the others."""
        return self.sheet(topic, lang)


class InWords(Item):
    """An item that is answered in words: in interviews and reviews, held against `points` of the topic's key points."""

    points: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(min_length=1)]


class Wordings(Frozen):
    """One key point in the words of people who answer, in either language, and what sounds like it and is wrong."""

    said: tuple[NonEmpty, ...] = ()
    wrong: tuple[NonEmpty, ...] = ()


class PointsFile(Frozen):
    """The content of `points.toml`: wordings of the key points, in the order of `topic.toml`."""

    point: tuple[Wordings, ...] = ()


#: What the packaged bank is called where a server chooses among banks. No other may be called so.
PACKAGED_BANK = "epoch"

_Short = Annotated[str, Field(max_length=80)]


class BankTitle(Text):
    """The name of a bank: it stands under every answer from it."""

    zh: Annotated[NonEmpty, Field(max_length=60)]
    en: Annotated[NonEmpty, Field(max_length=60)]


class BankFile(Frozen):
    """The content of `bank.toml`: what a bank says of itself. Foreign text, to be neutralised before it is shown."""

    title: BankTitle
    author: _Short = ""
    licence: _Short = ""
    url: Annotated[str, Field(max_length=200, pattern=r"^(https?://\S+)?$")] = ""


class Origin(BankFile):
    """The bank that a topic is from, where that is not the packaged one.

    Attributes:
        name: by which servers choose it: of its folder, or of the entry point of its package.
    """

    name: str


class Topic(Frozen):
    """One topic of the bank, whole.

    `sections` are as people read them. `units` are what they are made of, empty where a page has none yet.
    `wordings` has one entry a key point, or none at all. `pairs` is where `pairs.tsv` lies, which is read when an
    answer is graded (`knowledge.grading.pairs`); None where there is none. `origin` is the bank it is from; None for
    the packaged one, whose code alone may run without a wall.
    """

    slug: Slug
    meta: TopicMeta
    sections: dict[Lang, dict[SectionId, str]]
    units: dict[Lang, tuple[Unit, ...]] = {"zh": (), "en": ()}
    examples: tuple[Example, ...]
    quiz: tuple[SerializeAsAny[Item], ...]
    drills: tuple[Drill, ...] = ()
    wordings: tuple[Wordings, ...] = ()
    pairs: Path | None = None
    origin: Origin | None = None

    @property
    def bank(self) -> str:
        """The name of the bank it is from."""
        return PACKAGED_BANK if self.origin is None else self.origin.name

    @property
    def title(self) -> Text:
        """The topic's name in both languages."""
        return self.meta.title

    def drill(self, name: str) -> Drill:
        """Return the drill called `name`; `KeyError` if the topic has none by that name."""
        for drill in self.drills:
            if drill.name == name:
                return drill
        raise KeyError(name)

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
    """All topics that loaded, by slug, those of one bank after those of another, and what kept the others out."""

    topics: dict[str, Topic]
    problems: tuple[Problem, ...] = ()

    @property
    def origins(self) -> tuple[Origin, ...]:
        """The foreign banks that topics are from, in order."""
        return tuple({each.origin.name: each.origin for each in self.topics.values() if each.origin}.values())

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all banks that topics are from, in order."""
        return tuple(dict.fromkeys(topic.bank for topic in self.topics.values()))

    def only(self, names: Collection[str]) -> Bank:
        """Return the topics of the banks of these names."""
        return Bank(topics={slug: topic for slug, topic in self.topics.items() if topic.bank in names})

    def __getitem__(self, slug: str) -> Topic:
        return self.topics[slug]

    def __len__(self) -> int:
        return len(self.topics)
