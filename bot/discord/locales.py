"""The language of each member's Discord client, in memory only: interactions carry it, messages do not."""

from __future__ import annotations

import discord

from bot.study.newest import Newest
from bot.wording.languages import of_locale
from knowledge.bank.models import Lang

#: How many members are remembered; who was away the longest goes first.
MOST = 10_000


class Locales:
    """The language of each member's last interaction."""

    def __init__(self) -> None:
        self._langs: Newest[int, Lang] = Newest(MOST)

    def note(self, member_id: int, locale: discord.Locale) -> None:
        """Remember what an interaction said."""
        self._langs[member_id] = of_locale(str(locale))

    def of(self, member_id: int) -> Lang | None:
        """Return a member's language, None for one who only wrote messages so far."""
        return self._langs.get(member_id)

    def forget(self, member_id: int) -> None:
        """Let go of a member."""
        self._langs.pop(member_id, None)
