"""The daily question's messages and its buttons, which work while the question is open, also after a restart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

import discord
from discord import ui

from bot.discord.daily.text import open_blocks, results_blocks, stand_line, told_day_blocks
from bot.discord.services import ServedClient
from bot.discord.ui.after_controls import after_buttons
from bot.discord.ui.base import Control, layout, rows
from bot.discord.ui.colours import BLUE, GREEN, GREY
from bot.discord.ui.confirmed import Confirmed
from bot.discord.ui.ids import Letter, Spelling
from bot.discord.ui.items import QuizMeButton
from bot.discord.ui.language import lang_of
from bot.store.daily import DailyAnswer
from bot.study.item_runs import ItemOutput
from bot.study.rounds.questions import Question
from bot.wording import say
from bot.wording.languages import other_language
from knowledge.bank.models import Bank, Lang

_DailyId = Annotated[int, Spelling.digits(18)]


class DailyButton(Confirmed, prefix="epoch:daily"):
    """One option of a daily question; its custom id has the question's number and the letter, not the answer."""

    daily_id: _DailyId
    letter: Letter

    def __init__(self, daily_id: int, letter: str) -> None:
        self.daily_id, self.letter = daily_id, letter
        super().__init__(ui.Button(label=letter, custom_id=self.encode()))

    async def done(self, interaction: discord.Interaction[ServedClient]) -> str:
        """Save the answer."""
        return await interaction.client.services.daily.answer(interaction, self.daily_id, self.letter)


class DailyRoleButton(Control[ui.Button[Any]], prefix="epoch:dailyrole"):
    """Gives the member the role that is pinged for the question, or takes it back."""

    replies = "private"

    def __init__(self, label: str = "?") -> None:
        super().__init__(ui.Button(label=label, emoji="🔔", custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Do what the button says, or tell why it cannot be done."""
        key = await _toggle_role(interaction)
        await interaction.edit_original_response(view=layout(say(f"daily.role.{key}", lang_of(interaction))))


async def _toggle_role(interaction: discord.Interaction[ServedClient]) -> str:
    guild, member = interaction.guild, interaction.user
    role_id = interaction.client.services.servers.of(interaction.guild_id).daily_role
    role = guild.get_role(role_id) if guild is not None and role_id is not None else None
    if guild is None or role is None or not isinstance(member, discord.Member):
        return "none"
    try:
        if member.get_role(role.id) is not None:
            await member.remove_roles(role)
            return "off"
        if not grants_nothing(guild, role):
            return "powers"
        await member.add_roles(role)
    except discord.Forbidden:
        return "forbidden"
    return "on"


class DailyAloneButton(Control[ui.Button[Any]], prefix="epoch:dailyin"):
    """Shows a daily question to one member alone, in another language: to be answered, or with its answer."""

    daily_id: _DailyId
    lang: Lang
    replies = "private"

    def __init__(self, daily_id: int, lang: Lang, label: str = "…") -> None:
        self.daily_id, self.lang = daily_id, lang
        super().__init__(ui.Button(label=label, custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Show it."""
        view = await interaction.client.services.daily.alone(interaction, self.daily_id, self.lang)
        await interaction.edit_original_response(view=view)


def _translation(daily_id: int, lang: Lang) -> DailyAloneButton:
    other = other_language(lang)
    return DailyAloneButton(daily_id, other, say("discord.answer.other_language", other))


def grants_nothing(guild: discord.Guild, role: discord.Role) -> bool:
    """Return whether a role gives nobody more than everybody has: neither rights of its own nor in any channel.

    Else whoever may choose the role in the settings could hand themselves what it grants.
    """
    if role.is_default() or role.managed or role.permissions.value & ~guild.default_role.permissions.value:
        return False
    return all(channel.overwrites_for(role).pair()[0].value == 0 for channel in guild.channels)


def daily_view(
    daily_id: int, question: Question, day: date, until: float, bank: Bank, lang: Lang, role: int | None = None
) -> ui.LayoutView:
    """Return the question as it is posted; with a `role`, which it pings, and the button that hands that out."""
    hint = "-# " + say("daily.hint", lang, until=int(until))
    blocks: list[str | ui.Item[Any]] = [*open_blocks(question, day, bank, lang), hint, *_buttons(daily_id, question)]
    below: list[ui.Item[Any]] = [_translation(daily_id, lang)]
    if role is None:
        return layout(*blocks, *rows(*below), colour=BLUE)
    below.insert(0, DailyRoleButton(say("daily.role.button", lang)))
    return layout(*blocks, *rows(*below), f"-# <@&{role}>", colour=BLUE)


def own_view(
    daily_id: int,
    question: Question,
    day: date,
    until: float,
    count: int,
    mine: DailyAnswer | None,
    bank: Bank,
    lang: Lang,
    ui_lang: Lang,
) -> ui.LayoutView:
    """Return the question for one member, with where they stand."""
    stand = f"{stand_line(count, mine, ui_lang)}\n-# {say('daily.until', ui_lang, until=int(until))}"
    return layout(*open_blocks(question, day, bank, lang), stand, *_buttons(daily_id, question), colour=BLUE)


def _buttons(daily_id: int, question: Question) -> list[ui.ActionRow[Any]]:
    return rows(*(DailyButton(daily_id, letter) for letter in question.letters))


def closed_view(question: Question, day: date, results: str, bank: Bank, lang: Lang) -> ui.LayoutView:
    """Return the question after its end, with a link to its results."""
    link: ui.Button[Any] = ui.Button(label=say("daily.to_results", lang), url=results)
    return layout(*open_blocks(question, day, bank, lang), *rows(link), colour=GREY)


def told_view(question: Question, day: date, bank: Bank, lang: Lang) -> ui.LayoutView:
    """Return a question with its answer, for one member alone and in their language."""
    return layout(*told_day_blocks(question, day, bank, lang), *rows(*after_buttons(question, lang)), colour=GREEN)


def results_view(
    daily_id: int,
    question: Question,
    day: date,
    answers: Sequence[DailyAnswer],
    names: Mapping[int, str],
    printed: ItemOutput,
    url: str,
    bank: Bank,
    lang: Lang,
) -> ui.LayoutView:
    """Return what came of the question; `url` is where it was asked."""
    link: ui.Button[Any] = ui.Button(label=say("daily.to_question", lang), url=url)
    more = QuizMeButton(question.topic, lang, say("discord.answer.quiz", lang))
    blocks = results_blocks(question, day, answers, names, printed, bank, lang)
    below = [*after_buttons(question, lang), _translation(daily_id, lang), more, link]
    return layout(*blocks, *rows(*below), colour=GREEN)
