"""*Tell the host*: a question without an answer becomes a suggestion, by one press and one form.

The button names the question by a part of its key in the gaps, so that the form opens with it, after a restart, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self

import discord
from discord import ui

from bot.discord.services import ServedClient
from bot.discord.ui.base import Control, Form, typed_in
from bot.discord.ui.ids import Id, Spelling
from bot.discord.ui.language import lang_of
from bot.store.gaps import question_key
from bot.study.drafts.models import NOTE, QUESTION
from bot.wording import say
from knowledge.bank.models import Lang

#: How much of a key the button has; the same as under a group of `/gaps`.
_MARK = 16


def gap_mark(asked: str) -> str:
    """Return what stands for a question in a custom id."""
    return question_key(asked)[:_MARK]


class SuggestButton(Control[ui.Button[Any]], prefix="epoch:tellhost"):
    """Opens the form with the question that had no answer."""

    lang: Lang
    mark: Annotated[str, Spelling("[0-9a-f]{16}")]

    def __init__(self, lang: Lang, mark: str, label: str = "?") -> None:
        self.lang, self.mark = lang, mark
        super().__init__(ui.Button(label=label, emoji="📮", custom_id=self.encode()))

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Open the form, which is the acknowledgement; empty where nobody knows the question any more."""
        gaps = await interaction.client.services.store.gaps.of(interaction.guild_id or 0)
        asked = (gap.question for gap in gaps if gap.lang == self.lang and gap_mark(gap.question) == self.mark)
        await interaction.response.send_modal(SuggestForm(SuggestId(), lang_of(interaction), next(asked, "")))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Wait for the form."""


@dataclass(frozen=True)
class SuggestId(Id, prefix="epoch:tellform"):
    """The custom id of the form."""


class SuggestForm(Form[SuggestId]):
    """The form for what the bank should answer; it goes the way of `/suggest`."""

    replies = "private"

    def __init__(self, named: SuggestId, lang: Lang, asked: str = "") -> None:
        super().__init__(named, say("onward.tell.title", lang))
        question: ui.TextInput[Any] = ui.TextInput(
            custom_id="question", default=asked[:QUESTION] or None, max_length=QUESTION,
            style=discord.TextStyle.paragraph,
        )  # fmt: skip
        note: ui.TextInput[Any] = ui.TextInput(
            custom_id="note", required=False, max_length=NOTE, style=discord.TextStyle.paragraph
        )
        self.add_item(ui.TextDisplay[Any](say("onward.tell.lead", lang)))
        self.add_item(ui.Label[Any](text=say("onward.tell.question", lang), component=question))
        hint = say("onward.tell.note_hint", lang)
        self.add_item(ui.Label[Any](text=say("onward.tell.note", lang), description=hint, component=note))

    @classmethod
    async def blank(
        cls, interaction: discord.Interaction[ServedClient], named: SuggestId, typed: Mapping[str, str]
    ) -> Self:
        """Return the form without a question."""
        return cls(named, lang_of(interaction))

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[ServedClient], named: SuggestId, filled: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Open a draft for it, and say so."""
        question, note = typed_in(filled, "question"), "".join(filled.get("note", ()))
        await interaction.client.services.drafts.suggest(interaction, question, note)
