"""What each line of a document may be, gathered before anything is decided: marks, labels, headings, sizes.

items → marks (could open a question), labels (could open a part), headings (chapters and sections), running sizes
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from knowledge.importer.lines import Fence, Label, Prose, label
from knowledge.importer.marks import Mark, Style, heading_level, mark, summary, tidy

LayoutItem = Prose | Fence

RULE = re.compile(r"\s*(?:-\s?|\*\s?|_\s?){3,}\s*")
_UNDERLINE = re.compile(r" {0,3}(?:={2,}|-{3,}|~{4,})\s*")
_CODE_BESIDE = re.compile(
    r"(?:import \w|from [\w.]+ import |def \w+\(|class \w+[(:]|print\(|return\b|@\w|"
    r"[\w.\[\], ]{1,80}[-+*/]?= ?\S|[\w.]{1,80}\(.*\)\s*$)"
)
_REVEALS = re.compile(r"答案|解答|解析|展开|点击|answer|solution|expand|details|reveal|hint", re.IGNORECASE)
_REVEAL_LENGTH = 40
_OPTION_B = re.compile(r"\s*(?:[-*]\s)?(?:\*\*)?(?:B\s?[:：.、)）]|b\s?[.)）])")
_LETTERS_NEXT = {1: 8, 5: 21, 10: 23}  # what comes before i, v and x, which are numbers as well


class Layout:
    """A document's lines, with all that each may be. Indices are of `items`."""

    def __init__(self, items: Sequence[LayoutItem]) -> None:
        self.items = items
        texts = [item.text if isinstance(item, Prose) and item.role == "text" else None for item in items]
        self.texts = texts
        #: Lines that underline the heading above them: markup alone.
        self.underlines: set[int] = set()
        self.headings: dict[int, int] = {}
        self.labels: dict[int, Label] = {}
        self.marks: dict[int, Mark] = {}
        for n, text in enumerate(texts):
            if text is not None and text.strip() and n not in self.underlines:
                self._look(n, text)
        self._drop_options()
        self._drop_stray_labels()
        self._go_on_in_letters()

    @cached_property
    def sizes(self) -> list[int]:
        """How many characters, spaces aside, stand before each item, and at last in all."""
        total = [0]
        for item in self.items:
            text = item.text if isinstance(item, Prose) else item.code
            total.append(
                total[-1] + len("".join(text.split())) * (not isinstance(item, Prose) or item.role != "hidden")
            )
        return total

    @cached_property
    def rules(self) -> list[int]:
        """Where a line across the page stands."""
        return [n for n, text in enumerate(self.texts) if text and RULE.fullmatch(text) and n not in self.underlines]

    @cached_property
    def answers(self) -> list[int]:
        """Where an answer's label stands."""
        return [n for n, found in self.labels.items() if found.part == "answer"]

    def blank(self, n: int) -> bool:
        """Whether nothing stands in the line that a reader would see."""
        item = self.items[n]
        if not isinstance(item, Prose):
            return False
        return item.role == "hidden" or not item.text.strip() or n in self.underlines or bool(RULE.fullmatch(item.text))

    def next_text(self, n: int) -> int | None:
        """Return the first item after `n` in which something stands."""
        return next((m for m in range(n + 1, len(self.items)) if not self.blank(m)), None)

    def _look(self, n: int, text: str) -> None:
        found = self._label(text)
        if found is not None:
            self.labels[n] = found
            if found.part != "question":
                return
        self._open(n, text, labelled=found is not None)

    def _open(self, n: int, text: str, *, labelled: bool = False) -> None:
        level = heading_level(text)
        if level == 1 and self._comments_code(n):
            return
        underlined = 0 if level or labelled else self._underlined(n, text)
        if (opens := mark(text)) is not None:
            if underlined:
                opens = Mark(
                    Style("hash", underlined), opens.number, opens.title, "", opens.numbered, opens.firm, opens.links
                )
            elif opens.style.kind == "plain" and not self._stands_alone(n, opens):
                opens = None
        if underlined:
            self.underlines.add(n + 1)
        if opens is not None:
            self.marks[n] = opens
        if level or underlined:
            self.headings[n] = level or underlined

    def _label(self, text: str) -> Label | None:
        folded = summary(text)
        if folded is not None:
            title, rest = folded
            plain = tidy(title).strip("* ：:")
            found = label(f"**{plain}**")
            if found is not None and found.part != "question" and not found.rest:
                return Label(found.part, found.word, None, rest)
            if len(plain) <= _REVEAL_LENGTH and _REVEALS.search(plain) and not plain.endswith(("?", "？")):
                return Label("answer", "summary", None, rest)
            return None
        return label(re.sub(r"\s#+\s*$", "", tidy(text)))

    def _underlined(self, n: int, text: str) -> int:
        """Return the level of a heading that the next line underlines; 0 where that is only a rule below a text."""
        below = self.texts[n + 1] if n + 1 < len(self.texts) else None
        if below is None or not _UNDERLINE.fullmatch(below) or (n and not self._free(n - 1)):
            return 0
        if text.startswith((" ", "\t", "|", ">", "-", "*", "+")) or text.rstrip().endswith(tuple("。.;；,，:：")):
            return 0
        return 1 if "=" in below else 2 if "-" in below else 3

    def _free(self, n: int) -> bool:
        """Whether a paragraph may begin below this item."""
        text = self.texts[n]
        return text is None or not text.strip() or n in self.headings or n in self.underlines

    def _stands_alone(self, n: int, opens: Mark) -> bool:
        """Whether an unmarked line is a question and a paragraph's first line."""
        text = self.texts[n] or ""
        return opens.asks_outright and (n == 0 or self._free(n - 1)) and not text.startswith(("    ", "\t"))

    def _comments_code(self, n: int) -> bool:
        """Whether `# …` is a comment in code that nobody fenced: code stands right above or below."""
        beside = (self.texts[m] for m in (n - 1, n + 1) if 0 <= m < len(self.texts))
        return any(text is not None and _CODE_BESIDE.match(text) for text in beside)

    def _drop_options(self) -> None:
        """Forget `A:` where it is an option of a question: a `B:` below it, or anywhere if there is no `Q:`."""
        letters = (
            any(found.word == "q" for found in self.labels.values())
            or any(opens.style.numbering == "word" for opens in self.marks.values())
            or not any(_OPTION_B.match(text) for text in self.texts if text)
        )
        for n in [n for n, found in self.labels.items() if found.word == "a"]:
            below = self.next_text(n)
            option = below is not None and _OPTION_B.match(self.texts[below] or "")
            if option or not letters:
                del self.labels[n]
                self._open(n, self.texts[n] or "")
        self.marks, self.headings = dict(sorted(self.marks.items())), dict(sorted(self.headings.items()))

    def _go_on_in_letters(self) -> None:
        """Read `i)` after `h)` as a letter, though it is a Roman number as well."""
        letter: Mark | None = None
        for n, opens in self.marks.items():
            how = opens.style.numbering.strip("(.)、")
            if how.lower() == "a":
                letter = opens
            elif how == "I" and letter and letter.number and letter.number == _LETTERS_NEXT.get(opens.number or 0):
                self.marks[n] = letter = replace(opens, style=letter.style, number=letter.number + 1)

    def _drop_stray_labels(self) -> None:
        """Forget the words of examples and explanations where they are no label but begin a sentence.

        A label stands alone or is marked up, or else it recurs, or answers are labelled as well.
        """
        if any(found.part == "answer" for found in self.labels.values()):
            return
        times = Counter(found.part for found in self.labels.values())
        for n in [n for n, found in self.labels.items() if found.part in ("example", "explanation")]:
            text = (self.texts[n] or "").lstrip(" >-")
            if self.labels[n].rest and times[self.labels[n].part] < 2 and not text.startswith(("**", "__", "【", "#")):
                del self.labels[n]
