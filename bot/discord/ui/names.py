"""Names of members in a message, with Markdown and mentions escaped, and their places."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from bot.discord.ui.text import one_line
from bot.wording import languages, say
from knowledge.bank.models import Lang

_MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}
#: Before who has the place of the row above, as in tables of sports.
_TIED = "`=`"
#: Characters of a name.
NAME = 32


#: Strong characters of scripts that run from right to left, and the digits that go with them.
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
#: First-strong isolate, and its end.
_ISOLATE, _END = "\u2068", "\u2069"


def member_name(name: str) -> str:
    """Return a member's name made harmless, or a question mark where nothing is left of it.

    A name in a script that runs from right to left is isolated (Unicode TR 9): else it would turn around the points
    and the places that stand beside it in the line.
    """
    shown = one_line(name, NAME) or "?"
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in shown):
        return f"{_ISOLATE}{shown}{_END}"
    return shown


def listed(names: Iterable[str], lang: Lang, limit: int) -> str:
    """Return names one after the other, of many only the first and how many more there are."""
    all_ = [member_name(name) for name in names]
    shown = languages.listed(all_[:limit], lang)
    return shown if len(all_) <= limit else f"{shown} {say('quiz.reveal.more', lang, count=len(all_) - limit)}"


def place_mark(place: int) -> str:
    """Return a place as it stands before a name: not `4.`, which Discord counts anew past places that are shared."""
    return _MEDALS.get(place, f"`{place}`")


def place_marks(places: Sequence[int]) -> list[str]:
    """Return what stands before the names of a table; of those who share a place, the first alone bears it.

    Args:
        places: from the first row to the last; equal ones beside each other are shared.
    """
    before = [None, *places[:-1]] if places else []
    return [_TIED if place == last else place_mark(place) for last, place in zip(before, places, strict=True)]


def called(member_id: int, names: Mapping[int, str]) -> str:
    """Return a member's name made harmless, or a mention, which no message of the bot's makes a ping of."""
    name = one_line(names.get(member_id, ""), NAME)
    return member_name(names[member_id]) if name else f"<@{member_id}>"
