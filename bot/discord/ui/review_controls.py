"""Review sessions: what an item's controls carry of their session, and the button that begins one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import discord
from discord import ui

from bot.discord.services import ServedClient
from bot.discord.ui.base import Control
from bot.discord.ui.ids import Spelling
from bot.study.decks import DECKS, Deck, ReviewSession
from knowledge.bank.models import Lang

_LETTERS: dict[str, Deck] = {"l": "all", "m": "mine", "p": "plan"}
_AGAIN = "r"


@dataclass(frozen=True, slots=True)
class SessionItem:
    """An item as it is shown in a session; `again`: it was missed in that session, so that it is no review now."""

    session: ReviewSession
    again: bool = False

    def __str__(self) -> str:
        """Return it as a custom id carries it: the deck's letter, `r` for again, and when the session began."""
        letter = next(letter for letter, deck in _LETTERS.items() if deck == self.session.deck)
        return f"{letter}{_AGAIN if self.again else ''}{self.session.since:x}"

    @classmethod
    def read(cls, text: str) -> SessionItem:
        """Return what a custom id carries."""
        again = text[1] == _AGAIN
        return cls(ReviewSession(_LETTERS[text[0]], int(text[2 if again else 1 :], 16)), again)


#: The field of a custom id; controls of messages from before sessions have none.
Showing = Annotated[
    SessionItem, Spelling(f"[{''.join(_LETTERS)}]{_AGAIN}?(?:0|[1-9a-f][0-9a-f]{{0,8}})", str, SessionItem.read)
]


class ReviewButton(Control[ui.Button[Any]], prefix="epoch:reviewbegin"):
    """Begins to review out of a deck, in a message for the member alone."""

    deck: Annotated[Deck, Spelling.words(DECKS)]
    lang: Lang
    replies = "private"

    def __init__(self, deck: Deck, lang: Lang, label: str = "▶", *, main: bool = True) -> None:
        self.deck, self.lang = deck, lang
        style = discord.ButtonStyle.primary if main else discord.ButtonStyle.secondary
        super().__init__(ui.Button(label=label, emoji="▶️", style=style, custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Show the first item."""
        await interaction.client.services.reviews.begin(interaction, self.deck, self.lang)
