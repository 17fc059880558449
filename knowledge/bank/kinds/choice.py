"""Four options in both languages, one of them right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field

from knowledge.bank.models import LANGS, ByLetter, Kind, Lang, Text, Topic
from knowledge.bank.programs import Wrong
from knowledge.bank.rules import different, key, of_like_length
from knowledge.bank.sheet import Sheet

_DRAFT = """\
id = "first-choice"
kind = "choice"
prompt = { zh = "TODO 问题？", en = "TODO a question?" }
options = [
  { zh = "TODO 甲", en = "TODO a" },
  { zh = "TODO 乙", en = "TODO b" },
  { zh = "TODO 丙", en = "TODO c" },
  { zh = "TODO 丁", en = "TODO d" },
]
answer = 0
why = { zh = "TODO 为什么。", en = "TODO why." }
"""


class Choice(ByLetter):
    """Four bilingual options, one of them right."""

    about: ClassVar[Kind] = Kind(
        name=Text(zh="选择", en="Choice"), card=Text(zh="选择", en="Choose"), least=3, draft=_DRAFT
    )
    kind: Literal["choice"]
    options: Annotated[tuple[Text, ...], Field(min_length=4, max_length=4)]
    answer: Annotated[int, Field(ge=0, le=3)]
    why: Text

    def sheet(self, topic: Topic, lang: Lang) -> Sheet:
        """Return the item as it stands on paper."""
        options = tuple(option[lang] for option in self.options)
        return Sheet(self.prompt[lang], options=options, right=self.answer, why=self.why[lang])

    def problems(self, topic: Topic) -> Iterator[Wrong]:
        """Want options that differ, and of like length."""
        for lang in LANGS:
            options = [option[lang] for option in self.options]
            yield from different([key(option) or option for option in options], f"options.{lang}")
            yield from of_like_length(options, self.answer, f"options.{lang}")

    @classmethod
    def problems_together(cls, items: Sequence[Self]) -> Iterator[Wrong]:
        """Want the right options spread: who always takes the same place must not be right most of the time."""
        answers = [item.answer for item in items]
        position, times = Counter(answers).most_common(1)[0] if answers else (0, 0)
        if len(answers) >= 4 and times > len(answers) / 2:
            fix = "spread the right options over 0 to 3"
            yield f"{times} of {len(answers)} choice items have answer = {position}", fix
