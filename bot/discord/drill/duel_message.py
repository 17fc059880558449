"""The message of a duel, for all to see, and its controls."""

from __future__ import annotations

from typing import Annotated, Any

import discord
from discord import ui

from bot.discord.services import ServedClient
from bot.discord.ui.base import Control, layout, rows
from bot.discord.ui.colours import AMBER, BLURPLE, GREEN, GREY
from bot.discord.ui.drill_controls import DrillButton, WriteButton, marked
from bot.discord.ui.ids import Spelling
from bot.discord.ui.names import member_name
from bot.discord.ui.text import clip
from bot.store.duels import StoredDuel
from bot.study.drills.duels import Duel, Duellist
from bot.wording import say
from knowledge.bank.drills import Drill
from knowledge.bank.models import Lang

DuelNumber = Annotated[int, Spelling.digits(18)]
_TITLE = 200


class AcceptButton(Control[ui.Button[Any]], prefix="epoch:duelyes"):
    """Accepts a duel, for the member who was asked."""

    duel: DuelNumber
    replies = "quiet"

    def __init__(self, duel: int, label: str = "✓") -> None:
        self.duel = duel
        style = discord.ButtonStyle.success
        super().__init__(ui.Button(label=label, emoji="⚔️", style=style, custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Accept it."""
        await interaction.client.services.drills.answer_duel(interaction, self.duel, accepted=True)


class DeclineButton(Control[ui.Button[Any]], prefix="epoch:duelno"):
    """Declines a duel, for the member who was asked; who asked takes it back by it."""

    duel: DuelNumber
    replies = "quiet"

    def __init__(self, duel: int, label: str = "✗") -> None:
        self.duel = duel
        super().__init__(ui.Button(label=label, custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Decline it."""
        await interaction.client.services.drills.answer_duel(interaction, self.duel, accepted=False)


def duel_view(stored: StoredDuel, drill: Drill | None) -> ui.LayoutView:
    """Return a duel as it stands; `drill` is None where it has left the bank."""
    duel, lang = stored.duel, stored.lang
    names = [member_name(each.name) for each in duel.players]
    title = clip(drill.meta.title[lang], _TITLE) if drill is not None else duel.topic
    head = f"### ⚔️ {say('drilling.duel.title', lang, title=title)}"
    until = int(duel.until or 0)
    if duel.phase == "asked":
        minutes = round(duel.limit_s / 60)
        text = say("drilling.duel.asked", lang, first=names[0], second=names[-1], minutes=minutes)
        accept = AcceptButton(stored.id, say("drilling.duel.accept", lang))
        decline = DeclineButton(stored.id, say("drilling.duel.decline", lang))
        open_until = "-# " + say("drilling.duel.open", lang, until=until)
        return layout(head, text, open_until, *rows(accept, decline), colour=AMBER)
    scores = "\n".join(_score(each, name, duel, lang) for each, name in zip(duel.players, names, strict=True))
    if duel.phase == "going":
        controls: list[ui.Item[Any]] = []
        if drill is not None:
            controls = [
                WriteButton(*marked(drill), None, say("drilling.button.write", lang)),
                DrillButton(*marked(drill), say("drilling.button.open", lang)),
            ]
        ends = say("drilling.duel.ends", lang, until=until)
        return layout(head, scores, f"-# {ends}", *rows(*controls), colour=BLURPLE)
    return layout(head, _ending(duel, lang), scores, colour=GREEN if duel.winner is not None else GREY)


def _score(player: Duellist, name: str, duel: Duel, lang: Lang) -> str:
    mark = "✅" if player.passed is not None else "🏳️" if player.gave_up else "⏳" if player.handed is not None else "✍️"
    key = "score" if player.tries else "none"
    said = say(f"drilling.duel.{key}", lang, name=name, right=player.best, all=duel.checks, count=player.tries)
    return f"{mark} {said}"


def _ending(duel: Duel, lang: Lang) -> str:
    winner = duel.winner
    name = member_name(winner.name) if winner is not None else ""
    seconds = (winner.passed or 0) - (duel.began or 0) if winner is not None else 0.0
    time = f"{int(seconds) // 60}:{int(seconds) % 60:02}"
    return say(f"drilling.duel.end_{duel.end}", lang, name=name, time=time)
