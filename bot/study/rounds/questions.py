"""An item of the bank or of a trivia pack as a round shows it: in one language, with its options shuffled."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from random import Random
from typing import Any

from knowledge.bank.formerly import find_item
from knowledge.bank.kinds import KINDS
from knowledge.bank.models import Bank, ByLetter, Item, Kind, Lang, Text, Topic

LETTERS = "ABCD"
#: A picture's address: of a public host, without a password, of a kind that Discord shows.
_PICTURE = re.compile(
    r"https://[a-z0-9.-]+\.[a-z]{2,}(?::\d{1,5})?/[^\s<>()\[\]@\"']+\.(?:png|jpe?g|gif|webp)(?:\?[^\s<>()\[\]@\"']*)?",
    re.IGNORECASE,
)
#: What `kind` says of a question of a pack.
TRIVIA = "trivia"
TRIVIA_KIND = Kind(name=Text(zh="问答", en="Trivia"))
#: Marks the topic of a question that comes from a pack.
PACK = "pack:"
#: Characters a second that nobody reads faster; a Chinese one says as much as two and a half Latin ones.
_READING = 60.0
_HAN = 2.5
_READ_S = (0.7, 4.0)
#: How much longer than a choice a question of a kind is open, for a program has to be followed first; others as long.
TIMES = {"predict": 1.5, "find_bug": 2.0}
#: As much more again for a program of more lines than these.
_LONG, _LONGER = 12, 0.5


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack of questions, each with every answer that counts as right."""

    name: str
    author: str | None
    sha256: str
    questions: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One question, whole; only `prompt`, `code` and `options` may be shown before it is closed.

    Attributes:
        topic: slug, or `pack:NAME`.
        item: id within it.
        kind: what kind of item it is, by its name in the bank, or `TRIVIA`.
        prompt: the question.
        code: the program it is about.
        options: four, in the order they are shown; none where the answer is typed.
        right: the letter, or every answer that counts.
        why: the explanation.
        fixed: the program without its bug.
        lines: numbers of the wrong lines.
        rivals: answers to other questions of its pack that look alike, and so are no typos of `right`.
        picture: address of a picture that belongs to the prompt.
    """

    topic: str
    item: str
    kind: str
    prompt: str
    right: tuple[str, ...]
    options: tuple[str, ...] = ()
    code: str | None = None
    why: str | None = None
    fixed: str | None = None
    lines: tuple[int, ...] = ()
    rivals: tuple[str, ...] = ()
    picture: str | None = None

    @property
    def about(self) -> Kind:
        """What is true of all questions of its kind; `KeyError` where no kind of that name is left."""
        return TRIVIA_KIND if self.kind == TRIVIA else KINDS[self.kind].about

    @property
    def runs(self) -> bool:
        """Whether what its program prints is the answer, so that it is run when the answer is shown."""
        return self.about.runs and self.code is not None

    @property
    def letters(self) -> str:
        """The letters that can be pressed."""
        return LETTERS[: len(self.options)]

    @property
    def read_s(self) -> float:
        """The least time in seconds that a fast reader needs to read the question."""
        return min(max(_amount(f"{self.prompt}{self.code or ''}") / _READING, _READ_S[0]), _READ_S[1])

    @property
    def time(self) -> float:
        """How much longer it is open than a question of the plainest kind."""
        lines = len(self.code.splitlines()) if self.code else 0
        return TIMES.get(self.kind, 1.0) + (_LONGER if lines > _LONG else 0.0)

    @property
    def reveal_s(self) -> float:
        """Seconds that the answer stays before the next question comes: enough to read why."""
        return min(8.0 + _amount(f"{self.why or ''}") / 25, 25.0)

    def turned(self, by: int) -> Question:
        """Return the same question with its options moved on by so many places: nobody is to learn a letter."""
        if not self.options:
            return self
        by %= len(self.options)
        options = (*self.options[by:], *self.options[:by])
        right = tuple(self.letters[(self.letters.index(letter) - by) % len(options)] for letter in self.right)
        return replace(self, options=options, right=right)

    def as_json(self) -> dict[str, Any]:
        """Return the question as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Question:
        """Return the question that `as_json` made into `content`."""
        tuples = {name: tuple(content.get(name, ())) for name in ("right", "options", "lines", "rivals")}
        return cls(**{**content, **tuples})


def present(topic: Topic, item: Item, lang: Lang, rng: Random) -> Question:
    """Return an item of the bank as a question, its options shuffled by `rng`.

    Raises:
        ValueError: an item that is answered in words, which no button can take, or one without its two to four options.
    """
    if not isinstance(item, ByLetter):
        raise ValueError(f"{topic.slug}/{item.id} is answered in words")
    sheet = item.posed(topic, lang, rng)
    if sheet.right is None or not 2 <= len(sheet.options) <= len(LETTERS):
        raise ValueError(f"{topic.slug}/{item.id} has {len(sheet.options)} options, of which {sheet.right} is right")
    options, right = _shuffled(sheet.options, sheet.right, rng)
    return Question(
        topic.slug, item.id, item.kind, sheet.prompt, right, options, sheet.code, sheet.why, sheet.fixed, sheet.lines
    )


def in_language(question: Question, topic: Topic, item: Item, lang: Lang, into: Lang) -> Question | None:
    """Return a question of the bank, asked in `lang`, with its prompt and options in another language.

    Options keep their letters. None where the item is no longer the one that was asked, so that nobody knows which
    option is which.
    """
    if lang == into:
        return question
    there, here = item.sheet(topic, lang), item.sheet(topic, into)
    if there.prompt != question.prompt:
        return None
    options = question.options
    if not question.about.code_options:
        if not {*options} <= {*there.options} or len(here.options) != len(there.options):
            return None
        options = tuple(here.options[there.options.index(option)] for option in options)
    return replace(question, prompt=here.prompt, options=options, why=here.why)


def read_in(question: Question, bank: Bank, lang: Lang, into: Lang) -> Question | None:
    """Return a question of the bank, asked in `lang`, in another language; None where it has changed or is gone."""
    if lang == into:
        return question
    found = find_item(bank, question.topic, question.item)
    return None if found is None else in_language(question, *found, lang, into)


def present_trivia(pack: str, number: int, question: str, answers: Sequence[str]) -> Question:
    """Return a question of a pack, whose answer is typed; the address of a picture in it becomes `picture`."""
    found = _PICTURE.search(question)
    prompt = " ".join(question.replace(found.group(), " ").split()) if found else question
    picture = found.group() if found else None
    return Question(f"{PACK}{pack}", f"q{number}", TRIVIA, prompt or question, tuple(answers), picture=picture)


def _shuffled(options: Sequence[str], answer: int, rng: Random) -> tuple[tuple[str, ...], tuple[str, ...]]:
    order = list(range(len(options)))
    rng.shuffle(order)
    return tuple(options[index] for index in order), (LETTERS[order.index(answer)],)


def _amount(text: str) -> float:
    """Return how much there is to read, in Latin characters."""
    return sum(_HAN if unicodedata.east_asian_width(character) in "WF" else 1.0 for character in text)
