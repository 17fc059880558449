"""What a page rests on: when it was checked, and the sources a reader can go on to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from knowledge.bank.models import Problem, Topic
from knowledge.check.texts import problem

MIN_SOURCES = 2
#: What leads a reader to the very text: an identifier, an address, or a place in a book.
_FOUND_BY = re.compile(
    r"arXiv:(?:\d{4}\.\d{4,5}|[a-z-]+/\d{7})|doi:10\.\d{4,9}/\S+|https?://\S+\.\S+|ISBN[ :-]*[\d-]{9,16}[\dX]"
    r"|\b(?:chapters?|sections?|ch\.) ?\d+",
    re.IGNORECASE,
)


def sources(topic: Topic, today: date) -> Iterator[Problem]:
    """Check a topic's `checked` and `sources`.

    Args:
        topic: the topic.
        today: the day on which nothing can have been checked later than.
    """
    path, meta = f"{topic.slug}/topic.toml", topic.meta
    if meta.checked is None:
        yield problem(path, "checked is missing", 'say when an expert last read the page, as checked = "2026-11"')
    elif meta.checked > f"{today:%Y-%m}":
        yield problem(path, f"checked is {meta.checked}, which is still to come", "give the month of the last reading")
    if len(meta.sources) < MIN_SOURCES:
        fix = f"give at least {MIN_SOURCES}: papers, book chapters, a library's own documentation"
        yield problem(path, f"sources has {len(meta.sources)} entries", fix)
    for source in meta.sources:
        if not _FOUND_BY.search(source):
            fix = "add its arXiv id, DOI, ISBN, chapter of the book, or URL"
            yield problem(path, f"source '{source}' cannot be found by what it says", fix)
