"""Which lines are wrong? The broken program fails its own assertion, the fixed one passes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from random import Random
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from knowledge.bank import mends
from knowledge.bank.models import ByLetter, Kind, Lang, NonEmpty, Text, Topic
from knowledge.bank.programs import Outcome, Program, Wrong
from knowledge.bank.rules import program
from knowledge.bank.sheet import Sheet
from knowledge.counting import counted

MAX_LINES = 25
#: Characters of a line that an option shows.
_LINE = 64

_DRAFT = """\
id = "first-bug"
kind = "find_bug"
prompt = { zh = "TODO 哪一行错了？", en = "TODO which line is wrong?" }
broken = '''
total = 1 - 1  # TODO the mistake people make
assert total == 2, total
'''
fixed = '''
total = 1 + 1  # TODO the line as it should be
assert total == 2, total
'''
answer_lines = [1]
why = { zh = "TODO 为什么。", en = "TODO why." }
"""


class FindBug(ByLetter):
    """Which lines are wrong? `broken` fails its own assertion, `fixed` passes; they differ in `answer_lines`."""

    about: ClassVar[Kind] = Kind(name=Text(zh="找错", en="Find the bug"), least=2, code_options=True, draft=_DRAFT)
    kind: Literal["find_bug"]
    broken: NonEmpty
    fixed: NonEmpty
    answer_lines: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(min_length=1)]
    why: Text

    def sheet(self, topic: Topic, lang: Lang) -> Sheet:
        """Return the item as it stands on paper, where the lines need no options."""
        return Sheet(self.prompt[lang], self.broken, lines=self.answer_lines, fixed=self.fixed, why=self.why[lang])

    def posed(self, topic: Topic, lang: Lang, chance: Random) -> Sheet:
        """Offer as many lines as are wrong, four times: the wrong ones, and others that could be."""
        lines = self.broken.rstrip().splitlines()
        wrong = tuple(sorted(self.answer_lines))
        options = tuple(_option(lines, group) for group in [wrong, *_others(lines, wrong, chance)])
        code = "\n".join(f"{number:>2}  {line}".rstrip() for number, line in enumerate(lines, 1))
        fixed = self.fixed.splitlines()
        mended = "\n".join(f"{n:>2}  {fixed[n - 1]}" for n in wrong)
        return Sheet(self.prompt[lang], code, options, 0, wrong, mended, why=self.why[lang])

    def problems(self, topic: Topic) -> Iterator[Wrong]:
        """Want two short programs that assert something and differ in the lines that are named."""
        yield from program(self.broken, "broken", MAX_LINES, asserts=True)
        yield from program(self.fixed, "fixed", MAX_LINES, asserts=True)
        yield from self._difference()

    def programs(self) -> Iterator[Program]:
        """Yield the broken program, which fails its assertion, and the fixed one, which passes."""
        yield Program(self.broken, "broken.py", _fails_its_assertion, "broken")
        yield Program(self.fixed, "fixed.py", _passes, "fixed")

    def searches(self, seconds: float) -> Iterator[Program]:
        """Yield the program that tries one-line mends on the other lines that are offered."""
        numbered = enumerate(self.broken.splitlines(), 1)
        offered = [number for number, line in numbered if _could_be_wrong(line)]
        if source := mends.program(self.broken, self.fixed, self.answer_lines, offered, seconds):
            yield Program(source, "mends.py", self._mended_elsewhere, "mends")

    def _mended_elsewhere(self, ended: Outcome) -> Iterator[Wrong]:
        if not ended.ok:
            yield f"other mends could not be tried: {ended.reason}", "make fixed run to its end when it is executed"
            return
        of_line: dict[int, str] = {}
        for number, text in mends.passed(ended.stdout):
            of_line.setdefault(number, text.strip())
        for number, text in of_line.items():
            what = f"line {number} mends it, too, as '{text}'"
            yield what, "assert more, so that only the wrong line can be meant, or say in the prompt what must stay"

    def _difference(self) -> Iterator[Wrong]:
        broken, fixed = self.broken.splitlines(), self.fixed.splitlines()
        if len(broken) != len(fixed):
            yield (
                f"broken has {counted(len(broken), 'line')}, fixed has {len(fixed)}",
                "give both the same number of lines",
            )
            return
        differing = [number for number, pair in enumerate(zip(broken, fixed, strict=True), 1) if pair[0] != pair[1]]
        named = sorted(self.answer_lines)
        if differing != named:
            yield f"broken and fixed differ in lines {differing}, answer_lines names {named}", "make them agree"


def _fails_its_assertion(ended: Outcome) -> Iterator[Wrong]:
    if ended.ok:
        yield "broken passes", "make its assertion fail on the bug"
    elif not ended.failed_assertion:
        yield f"broken ends otherwise: {ended.reason}", "make its assertion fail first"


def _passes(ended: Outcome) -> Iterator[Wrong]:
    if not ended.ok:
        yield f"fixed fails: {ended.reason}", "make it pass"


def _others(lines: Sequence[str], wrong: tuple[int, ...], chance: Random) -> list[tuple[int, ...]]:
    """Return up to three groups of lines that could be the wrong ones."""
    likely = [number for number, line in enumerate(lines, 1) if _could_be_wrong(line)]
    if len(likely) < len(wrong) + 3:
        likely = [number for number, line in enumerate(lines, 1) if line.strip()]
    span = wrong[-1] - wrong[0]
    groups = [g for g in combinations(sorted({*likely, *wrong}), len(wrong)) if g != wrong and g[-1] - g[0] <= span]
    if len(groups) < 3:
        groups = [g for g in combinations(sorted({*likely, *wrong}), len(wrong)) if g != wrong]
    texts = {tuple(lines[n - 1].strip() for n in wrong)}
    others: list[tuple[int, ...]] = []
    for group in chance.sample(groups, len(groups)):
        text = tuple(lines[n - 1].strip() for n in group)
        if text not in texts and len(others) < 3:  # two lines that read alike would both be right
            texts.add(text)
            others.append(group)
    return others


def _could_be_wrong(line: str) -> bool:
    stripped = line.strip()
    return bool(stripped) and not stripped.startswith(("import ", "from ", "assert", "print(", "#", "def ", "class "))


def _option(lines: Sequence[str], numbers: tuple[int, ...]) -> str:
    def shown(number: int) -> str:
        text = lines[number - 1].strip()
        return f"{number:>2}  {text if len(text) <= _LINE else text[: _LINE - 1] + '…'}"

    return "\n".join(map(shown, numbers))
