"""A page is made of units, each the size of an answer: a paragraph, a bullet, or a question with its answer.

    **Why Wasserstein?** {#wasserstein} If the two distributions hardly overlap, …

A unit's lead, the bold words it begins with, ends with its id. What stands before a section's first lead is the unit
that is named like the section. The same ids stand in the same order in both languages.

    zh.md / en.md → markdown.split() → parse() → units;  shown() → the text without ids
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.bank import markdown
from knowledge.bank.models import SectionId, Unit

#: A lead with its id, at the beginning of a line, behind a bullet or a number or not.
_LEAD = re.compile(
    r"^(?P<bullet>[ \t]*(?:[-*+]|\d+[.)])[ \t]+)?\*\*(?P<lead>(?:(?!\*\*).)+)\*\*[ \t]*\{#(?P<id>[^}\s]*)\}[ \t]*"
)
#: An id anywhere: what is left of it after `_LEAD` is misplaced.
_ANCHOR = re.compile(r"[ \t]*\{#[^}\n]*\}")


def parse(section: SectionId, text: str) -> tuple[Unit, ...]:
    """Return the units of a section in their order; of a text in which no lead has an id, the one.

    Args:
        section: which section it is; the unit before the first lead has its name.
        text: the section as it stands in the file, without its heading.
    """
    return tuple(_units(section, text))


def _units(section: SectionId, text: str) -> Iterator[Unit]:
    ident, lead, body = str(section), "", list[str]()
    for line in markdown.lines(text):
        match = None if line.code else _LEAD.match(line.text)
        if match is None:
            body.append(line.text)
            continue
        if lead or "".join(body).strip():
            yield Unit(id=ident, section=section, lead=lead, text=_joined(body))
        ident, lead = match["id"], match["lead"].strip()
        body = [f"{match['bullet'] or ''}**{lead}** {line.text[match.end() :]}".rstrip()]
    if lead or "".join(body).strip():
        yield Unit(id=ident, section=section, lead=lead, text=_joined(body))


def _joined(body: list[str]) -> str:
    return shown("\n".join(body)).strip("\n").rstrip()


def shown(text: str) -> str:
    """Return a section as people read it: without the ids of its units."""
    return "\n".join(line.text if line.code else _ANCHOR.sub("", line.text) for line in markdown.lines(text))


def misplaced(text: str) -> list[int]:
    """Return the numbers of the lines whose id does not stand behind the bold lead that begins the line."""
    return [
        line.number
        for line in markdown.lines(text)
        if not line.code and _ANCHOR.search(_LEAD.sub("", line.text, count=1))
    ]
