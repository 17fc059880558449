"""What every button and select shares: it works after a restart, and every press gets an answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import discord
from discord import ui

from knowledge.models import SLUG_PATTERN, Lang

if TYPE_CHECKING:
    from bot.app import EpochBot

#: Everything a control needs is in its custom id, which Discord caps at 100 characters.
SLUG = f"(?P<slug>{SLUG_PATTERN.strip('^$')})"
LANG = "(?P<lang>zh|en)"

ItemT = TypeVar("ItemT", bound="ui.Button[Any] | ui.Select[Any]")
Reply = Literal["message", "private", "quiet"]


def lang_of(locale: discord.Locale | str | None) -> Lang:
    """Return the language of the interface for a Discord locale: Chinese for every `zh-*`, English for all others."""
    return "zh" if str(locale or "").lower().startswith("zh") else "en"


class Control(ui.DynamicItem[ItemT], template=r"(?!)"):
    """A button or select whose custom id says all it needs, so that it works under the oldest message.

    Attributes:
        replies: how a press is acknowledged, before anything else happens: by a `message` to come, by one that only
            the member sees (`private`), or by nothing to see (`quiet`).
    """

    replies: Reply = "message"

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Acknowledge, work, and answer whatever goes wrong: discord.py would only log it."""
        try:
            await self.acknowledge(interaction)
            await self.press(interaction)
        except Exception as error:  # the outermost edge: reported with an id, and the member is told
            await interaction.client.report(interaction, error)

    async def acknowledge(self, interaction: discord.Interaction[EpochBot]) -> None:
        """Tell Discord that the press was heard."""
        if self.replies == "quiet":
            await interaction.response.defer()
        else:
            await interaction.response.defer(thinking=True, ephemeral=self.replies == "private")

    async def press(self, interaction: discord.Interaction[EpochBot]) -> None:
        """Do what the control is for; the interaction is acknowledged already."""
        raise NotImplementedError

    @classmethod
    def template_of(cls) -> re.Pattern[str]:
        """The pattern of the custom ids this control answers to."""
        return cls.__discord_ui_compiled_template__


def rows(*controls: ui.Item[Any]) -> list[ui.ActionRow[Any]]:
    """Put buttons into rows of five, and each select into a row of its own."""
    found: list[ui.ActionRow[Any]] = []
    filled = 5
    for control in controls:
        if control.type is discord.ComponentType.button:
            if filled >= 5:
                found.append(ui.ActionRow())
                filled = 0
            found[-1].add_item(control)
            filled += 1
        else:
            found.append(ui.ActionRow(control))
            filled = 5
    return found


def layout(*blocks: str | ui.Item[Any], colour: int | None = None) -> ui.LayoutView:
    """Return a message: texts and components below each other in one box.

    Every message is built anew: discord.py forgets a control's pattern when a layout that had it is edited in place.
    """
    children = [ui.TextDisplay[Any](block) if isinstance(block, str) else block for block in blocks]
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(*children, accent_colour=colour))
    return view
