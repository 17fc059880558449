"""The buttons by which a round is led, under its questions and answers: for who opened it, and moderators."""

from __future__ import annotations

from typing import Annotated, Any

import discord
from discord import ui

from bot.discord.quiz.text import reply_text
from bot.discord.services import ServedClient
from bot.discord.ui.base import Control, layout, rows
from bot.discord.ui.colours import GREY, RED
from bot.discord.ui.ids import Spelling
from bot.discord.ui.language import lang_of
from bot.study.rounds.machine import Command, RoundCommand, RoundReply
from bot.wording import say

RoundId = Annotated[int, Spelling.digits(18)]
#: Of a question in its round.
QuestionNumber = Annotated[int, Spelling.digits(3)]
_STYLES: dict[Command, discord.ButtonStyle] = {
    "next": discord.ButtonStyle.primary, "resume": discord.ButtonStyle.success,
}  # fmt: skip
#: What the round's own message shows, so that nobody has to be told.
_SHOWN: frozenset[RoundReply] = frozenset(("paused", "resumed", "skipped", "next"))


class LeadButton(Control[ui.Button[Any]], prefix="epoch:lead"):
    """Skips the question, pauses, goes on, or asks whether the round shall end; for who opened it, and moderators.

    What comes of it is shown in the round's own message; only who may not, or came too late, gets a message.
    """

    round_id: RoundId
    number: QuestionNumber
    what: Command

    def __init__(self, round_id: int, number: int, what: Command, label: str = "…") -> None:
        self.round_id, self.number, self.what = round_id, number, what
        style = _STYLES.get(what, discord.ButtonStyle.secondary)
        super().__init__(ui.Button(label=label, style=style, custom_id=self.encode()))

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Only the question whether the round shall end is a message of its own."""
        if self.what == "stop":
            await interaction.response.defer(thinking=True, ephemeral=True)
        else:
            await interaction.response.defer()

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Tell the round, or ask first."""
        rounds, lang = interaction.client.services.rounds, lang_of(interaction)
        member, moderator = interaction.user.id, moderates(interaction)
        if self.what == "stop":
            refused = rounds.refusal(self.round_id, member, moderator=moderator)
            if refused is not None:
                view = layout(reply_text(refused, lang), colour=GREY)
            else:
                sure = StopRoundButton(self.round_id, say("quiz.lead.stop_sure", lang))
                view = layout(say("quiz.lead.stop_ask", lang), *rows(sure), colour=RED)
            await interaction.edit_original_response(view=view)
            return
        at = interaction.created_at.timestamp()
        reply = await rounds.tell(self.round_id, RoundCommand(self.what, member, moderator, at, self.number))
        if reply not in _SHOWN:
            await interaction.followup.send(reply_text(reply, lang), ephemeral=True)


class StopRoundButton(Control[ui.Button[Any]], prefix="epoch:endround"):
    """Ends a round, when its leader was asked whether they mean it."""

    round_id: RoundId
    replies = "quiet"

    def __init__(self, round_id: int, label: str = "⏹") -> None:
        self.round_id = round_id
        super().__init__(ui.Button(label=label, style=discord.ButtonStyle.danger, custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """End it, and say so where it was asked."""
        command = RoundCommand("stop", interaction.user.id, moderates(interaction), interaction.created_at.timestamp())
        reply = await interaction.client.services.rounds.tell(self.round_id, command)
        await interaction.edit_original_response(view=layout(reply_text(reply, lang_of(interaction)), colour=GREY))


def moderates(interaction: discord.Interaction[Any]) -> bool:
    """Whether who did this may control a round that another started."""
    rights = interaction.permissions
    return interaction.guild_id is not None and (rights.manage_messages or rights.manage_guild or rights.administrator)
