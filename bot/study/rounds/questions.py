"""An item of the bank or of a trivia pack as a round shows it: in one language, with its options shuffled."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from random import Random
from typing import Any, Literal

from knowledge.bank.models import Choice, FindBug, Lang, Open, Predict, Topic

LETTERS = "ABCD"
#: A picture's address: of a public host, without a password, of a kind that Discord shows.
_PICTURE = re.compile(
    r"https://[a-z0-9.-]+\.[a-z]{2,}(?::\d{1,5})?/[^\s<>()\[\]@\"']+\.(?:png|jpe?g|gif|webp)(?:\?[^\s<>()\[\]@\"']*)?",
    re.IGNORECASE,
)
Kind = Literal["choice", "predict", "find_bug", "trivia"]
KINDS: tuple[Kind, ...] = ("choice", "predict", "find_bug")
#: Marks the topic of a question that comes from a pack.
PACK = "pack:"
#: Characters a second that nobody reads faster; a Chinese one says as much as two and a half Latin ones.
_READING = 60.0
_HAN = 2.5
_READ_S = (0.7, 4.0)
_LINE = 64


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
        kind: what kind of item it is.
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
    kind: Kind
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
    def letters(self) -> str:
        """The letters that can be pressed."""
        return LETTERS[: len(self.options)]

    @property
    def read_s(self) -> float:
        """The least time in seconds that a fast reader needs to read the question."""
        return min(max(_amount(f"{self.prompt}{self.code or ''}") / _READING, _READ_S[0]), _READ_S[1])

    @property
    def reveal_s(self) -> float:
        """Seconds that the answer stays before the next question comes: enough to read why."""
        return min(8.0 + _amount(f"{self.why or ''}") / 25, 25.0)

    def as_json(self) -> dict[str, Any]:
        """Return the question as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Question:
        """Return the question that `as_json` made into `content`."""
        tuples = {name: tuple(content.get(name, ())) for name in ("right", "options", "lines", "rivals")}
        return cls(**{**content, **tuples})


def present(topic: Topic, item: Choice | Predict | FindBug | Open, lang: Lang, rng: Random) -> Question:
    """Return an item of the bank as a question, its options shuffled by `rng`.

    Raises:
        ValueError: an open item, which no button can answer.
    """
    match item:
        case Choice():
            options, right = _shuffled([option[lang] for option in item.options], item.answer, rng)
            return Question(topic.slug, item.id, "choice", item.prompt[lang], right, options, why=item.why[lang])
        case Predict():
            options, right = _shuffled([option.strip() for option in item.options], item.answer, rng)
            code = item.code.strip("\n")
            return Question(topic.slug, item.id, "predict", item.prompt[lang], right, options, code, item.why[lang])
        case FindBug():
            return _find_bug(topic.slug, item, lang, rng)
    raise ValueError(f"{topic.slug}/{item.id} is answered in words")


def present_trivia(pack: str, number: int, question: str, answers: Sequence[str]) -> Question:
    """Return a question of a pack, whose answer is typed; the address of a picture in it becomes `picture`."""
    found = _PICTURE.search(question)
    prompt = " ".join(question.replace(found.group(), " ").split()) if found else question
    picture = found.group() if found else None
    return Question(f"{PACK}{pack}", f"q{number}", "trivia", prompt or question, tuple(answers), picture=picture)


def _shuffled(options: Sequence[str], answer: int, rng: Random) -> tuple[tuple[str, ...], tuple[str, ...]]:
    order = list(range(len(options)))
    rng.shuffle(order)
    return tuple(options[index] for index in order), (LETTERS[order.index(answer)],)


def _find_bug(slug: str, item: FindBug, lang: Lang, rng: Random) -> Question:
    """Offer as many lines as are wrong, four times: the wrong ones, and others that could be."""
    lines = item.broken.rstrip().splitlines()
    wrong = tuple(sorted(item.answer_lines))
    likely = [number for number, line in enumerate(lines, 1) if _could_be_wrong(line)]
    if len(likely) < len(wrong) + 3:
        likely = [number for number, line in enumerate(lines, 1) if line.strip()]
    span = wrong[-1] - wrong[0]
    groups = [g for g in combinations(sorted({*likely, *wrong}), len(wrong)) if g != wrong and g[-1] - g[0] <= span]
    if len(groups) < 3:
        groups = [g for g in combinations(sorted({*likely, *wrong}), len(wrong)) if g != wrong]
    texts = {tuple(lines[n - 1].strip() for n in wrong)}
    others: list[tuple[int, ...]] = []
    for group in rng.sample(groups, len(groups)):
        text = tuple(lines[n - 1].strip() for n in group)
        if text not in texts and len(others) < 3:  # two lines that read alike would both be right
            texts.add(text)
            others.append(group)
    options, right = _shuffled([_line_option(lines, group) for group in [wrong, *others]], 0, rng)
    code = "\n".join(f"{number:>2}  {line}".rstrip() for number, line in enumerate(lines, 1))
    fixed = item.fixed.splitlines()
    mended = "\n".join(f"{n:>2}  {fixed[n - 1]}" for n in wrong)
    return Question(slug, item.id, "find_bug", item.prompt[lang], right, options, code, item.why[lang], mended, wrong)


def _could_be_wrong(line: str) -> bool:
    stripped = line.strip()
    return bool(stripped) and not stripped.startswith(("import ", "from ", "assert", "print(", "#", "def ", "class "))


def _line_option(lines: Sequence[str], numbers: tuple[int, ...]) -> str:
    def shown(number: int) -> str:
        text = lines[number - 1].strip()
        return f"{number:>2}  {text if len(text) <= _LINE else text[: _LINE - 1] + '…'}"

    return "\n".join(map(shown, numbers))


def _amount(text: str) -> float:
    """Return how much there is to read, in Latin characters."""
    return sum(_HAN if unicodedata.east_asian_width(character) in "WF" else 1.0 for character in text)
