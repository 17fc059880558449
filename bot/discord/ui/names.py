"""Names of members in a message, with Markdown and mentions escaped, and their places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.discord.ui.text import one_line
from bot.wording import languages, say
from knowledge.bank.models import Lang

_MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}
#: Characters of a name.
NAME = 32


def listed(names: Iterable[str], lang: Lang, limit: int) -> str:
    """Return names one after the other, of many only the first and how many more there are."""
    all_ = [one_line(name, NAME) or "?" for name in names]
    shown = languages.listed(all_[:limit], lang)
    return shown if len(all_) <= limit else f"{shown} {say('quiz.reveal.more', lang, count=len(all_) - limit)}"


def place_mark(place: int) -> str:
    """Return a place as it stands before a name: not `4.`, which Discord counts anew past places that are shared."""
    return _MEDALS.get(place, f"`{place}`")


def called(member_id: int, names: Mapping[int, str]) -> str:
    """Return a member's name made harmless, or a mention, which no message of the bot's makes a ping of."""
    return one_line(names.get(member_id, ""), NAME) or f"<@{member_id}>"
