"""The little Markdown that explanations are written in: headings and code fences.

    zh.md / en.md → split() → one text a section

Only what the format needs is understood; everything else is passed on as it stands, because Discord renders it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.bank.models import SECTIONS, Lang, SectionId

_FENCE = re.compile(r"^\s*(?P<mark>`{3,}|~{3,})(?P<info>[^`]*)$")
_HEADING = re.compile(r"^ {0,3}(?P<level>#{1,6})(?:[ \t]+(?P<title>.*?))?[ \t#]*$")


class Malformed(Exception):
    """An explanation that does not have its five sections; `problem` says where, `fix` how to mend it."""

    def __init__(self, problem: str, fix: str) -> None:
        super().__init__(f"{problem}; {fix}")
        self.problem = problem
        self.fix = fix


@dataclass(frozen=True, slots=True)
class Line:
    """One line of Markdown, its number (from 1) and whether it belongs to a code fence (its marks included)."""

    number: int
    text: str
    code: bool
    opens: bool = False

    @property
    def heading(self) -> tuple[int, str] | None:
        """Level and title if this is a heading."""
        match = None if self.code else _HEADING.match(self.text)
        return (len(match["level"]), match["title"] or "") if match else None


def lines(text: str) -> Iterator[Line]:
    """Yield the lines of `text`.

    Raises:
        Malformed: a code fence is still open at the end.
    """
    fence: str | None = None
    opened = 0
    # Not str.splitlines: that would also break at form feeds and Unicode separators, and Markdown does not.
    for number, line in enumerate(text.split("\n"), 1):
        match = _FENCE.match(line)
        if fence is None:
            if match:
                fence, opened = match["mark"], number
            yield Line(number, line, code=fence is not None, opens=fence is not None)
        else:
            yield Line(number, line, code=True)
            if match and match["mark"].startswith(fence) and not match["info"].strip():
                fence = None
    if fence is not None:
        raise Malformed(f"the code fence opened in line {opened} is never closed", f"add a line {fence} after the code")


def split(text: str, lang: Lang) -> dict[SectionId, str]:
    """Return the text of each section, without its heading.

    Raises:
        Malformed: the sections are not exactly the five, in their order, each with some text.
    """
    wanted = {titles[lang]: section for section, titles in SECTIONS.items()}
    found: dict[SectionId, list[str]] = {}
    current: list[str] | None = None
    for line in lines(text):
        if line.heading and line.heading[0] == 2:
            current = found[_expected(line, wanted, found)] = []
        elif current is not None:
            current.append(line.text)
        elif line.text.strip():
            heading = f"## {SECTIONS['answer'][lang]}"
            raise Malformed(f"line {line.number} stands before the first section", f"begin the file with {heading!r}")
    for title, section in wanted.items():
        if section not in found:
            raise Malformed(f"section '## {title}' is missing", f"add it; the order is {_order(lang)}")
        if not "".join(found[section]).strip():
            raise Malformed(f"section '## {title}' is empty", "write it")
    return {section: "\n".join(body).strip() for section, body in found.items()}


def _expected(line: Line, wanted: dict[str, SectionId], found: dict[SectionId, list[str]]) -> SectionId:
    """Return the section that the heading `line` opens, which must be the next one."""
    title = line.heading[1] if line.heading else ""
    following = next((name for name, section in wanted.items() if section not in found), None)
    if following is not None and title == following:
        return wanted[title]
    lang: Lang = "zh" if "回答" in wanted else "en"
    if following is None or title not in wanted:
        raise Malformed(
            f"line {line.number} has the heading '## {title}'", f"use only these five, in this order: {_order(lang)}"
        )
    raise Malformed(
        f"line {line.number} has '## {title}' where '## {following}' should be", f"the order is {_order(lang)}"
    )


def _order(lang: Lang) -> str:
    return ", ".join(titles[lang] for titles in SECTIONS.values())
