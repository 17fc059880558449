"""What does this code print? The right option is proven by running it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from knowledge.bank.models import ByLetter, Kind, Lang, NonEmpty, Text, Topic
from knowledge.bank.programs import Outcome, Program, Wrong
from knowledge.bank.rules import different, program
from knowledge.bank.sheet import Sheet

MAX_LINES = 15

_DRAFT = """\
id = "first-predict"
kind = "predict"
prompt = { zh = "TODO 这段代码打印什么？", en = "TODO what does this print?" }
code = '''
print(1 + 1)
'''
options = ["1", "2", "11", "TODO"]
answer = 1  # TODO the option equal to what the code prints
why = { zh = "TODO 为什么。", en = "TODO why." }
"""


class Predict(ByLetter):
    """What does this code print? The right option is proven by running it."""

    about: ClassVar[Kind] = Kind(
        name=Text(zh="猜输出", en="Predict the output"),
        card=Text(zh="预测输出", en="Predict the output"),
        least=2,
        code_options=True,
        runs=True,
        draft=_DRAFT,
    )
    kind: Literal["predict"]
    code: NonEmpty
    options: Annotated[tuple[NonEmpty, ...], Field(min_length=4, max_length=4)]
    answer: Annotated[int, Field(ge=0, le=3)]
    why: Text

    def sheet(self, topic: Topic, lang: Lang) -> Sheet:
        """Return the item as it stands on paper."""
        return Sheet(self.prompt[lang], self.code, self.options, self.answer, why=self.why[lang])

    def posed(self, topic: Topic, lang: Lang, chance: Random) -> Sheet:
        """Return the item without the blank lines around code and outputs."""
        options = tuple(option.strip() for option in self.options)
        return replace(self.sheet(topic, lang), code=self.code.strip("\n"), options=options)

    def problems(self, topic: Topic) -> Iterator[Wrong]:
        """Want outputs that differ, and a short program."""
        yield from different([option.strip() for option in self.options], "options")
        yield from program(self.code, "code", MAX_LINES)

    def programs(self) -> Iterator[Program]:
        """Yield the code, which prints the right option and no other."""
        yield Program(self.code, "predict.py", self._prints_the_right_option)

    def _prints_the_right_option(self, ended: Outcome) -> Iterator[Wrong]:
        printed = _stripped(ended.stdout)
        matching = [index for index, option in enumerate(self.options) if _stripped(option) == printed]
        if not ended.ok:
            yield f"its code fails: {ended.reason}", "make it run"
        elif matching != [self.answer]:
            fix = f"make exactly one option equal to it and set answer (now {self.answer}) to its index"
            yield f"its code prints {printed[:80]!r}, which is option {matching or 'none'}", fix


def _stripped(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
