"""A draft and its state.

open ⇄ checking → accepted
  ⇅
dropped → gone after a while
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from knowledge.bank.models import Lang

#: `checking` is a check that goes on; one that a restart cut off is `open` again.
DraftState = Literal["open", "checking", "accepted", "dropped"]
STATES: tuple[DraftState, ...] = get_args(DraftState)

#: Characters of a question, and of what a member adds to it.
QUESTION, NOTE = 300, 1_500
#: Suggestions of one member within so many seconds.
MEMBER_MOST, MEMBER_S = 3, 3_600.0
#: Suggestions of members that wait in one server, and drafts that wait anywhere: each is a folder on the disk.
SERVER_MOST, ALL_MOST = 50, 1_000
#: How long a draft that was dropped can be taken up again.
DROPPED_S = 30 * 86_400.0


@dataclass(frozen=True, slots=True)
class Draft:
    """A topic that is still to be written.

    Attributes:
        slug: the folder's name.
        guild_id: the server whose reviewers see to it; None for drafts of the terminal.
        owner_id: who suggested it; None where it came of a gap, and of a member who was forgotten.
        lang: of the first question.
        asks: what was asked, by its language, the first one first.
        note: what the member added: an answer in their words, or where one stands.
        state: how it stands.
        made: when it was opened, Unix time.
        channel_id: of the message that shows it; None while there is none.
        message_id: that message.
        patch: the patch, once it is accepted.
    """

    slug: str
    guild_id: int | None
    owner_id: int | None
    lang: Lang
    asks: Mapping[Lang, tuple[str, ...]]
    note: str
    state: DraftState
    made: float
    channel_id: int | None = None
    message_id: int | None = None
    patch: str | None = None

    @property
    def question(self) -> str:
        """The first wording."""
        return next(iter(self.asks.get(self.lang) or next(iter(self.asks.values()), ())), self.slug)
