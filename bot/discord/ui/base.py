"""What every button and select shares: it works after a restart, and every press gets an answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Literal, Self, TypeVar

import discord
from discord import ui

from bot.discord.services import ServedClient
from bot.discord.ui.errors import Gone
from bot.discord.ui.text import OPTION_LABEL, clip
from knowledge.bank.models import SECTIONS, SLUG_PATTERN

#: Everything a control needs is in its custom id, which Discord caps at 100 characters.
SLUG = f"(?P<slug>{SLUG_PATTERN.strip('^$')})"
LANG = "(?P<lang>zh|en)"
SALT = r"(?P<salt>[0-9a-f]{1,16})"
SECTION = f"(?P<section>{'|'.join(SECTIONS)})"
#: Options of a select.
OPTIONS = 25
#: How long a modal may lie open; Discord says nothing when one is dismissed.
_FORM_S = 900.0

ItemT = TypeVar("ItemT", bound="ui.Button[Any] | ui.Select[Any] | ui.ChannelSelect[Any] | ui.RoleSelect[Any]")
ReplyStyle = Literal["message", "private", "quiet"]


class Control(ui.DynamicItem[ItemT], template=r"(?!)"):
    """A button or select whose custom id says all it needs, so that it works under the oldest message.

    Attributes:
        replies: how a press is acknowledged, before anything else happens: by a `message` to come, by one that only
            the member sees (`private`), or by nothing to see (`quiet`).
    """

    replies: ReplyStyle = "message"

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Rebuild the control of an old message: what its custom id names are its arguments."""
        return cls(**match.groupdict())  # type: ignore[arg-type]  # each control has parameters of its own

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Acknowledge, work, and answer whatever goes wrong: discord.py would only log it."""
        try:
            await self.acknowledge(interaction)
            await self.press(interaction)
        except Exception as error:  # the outermost edge: reported with an id, and the member is told
            await interaction.client.report(interaction, error)

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Tell Discord that the press was heard."""
        if self.replies == "quiet":
            await interaction.response.defer()
        else:
            await interaction.response.defer(thinking=True, ephemeral=self.replies == "private")

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Do what the control is for; the interaction is acknowledged already."""
        raise NotImplementedError

    @classmethod
    def template_of(cls) -> re.Pattern[str]:
        """The pattern of the custom ids this control answers to."""
        return cls.__discord_ui_compiled_template__


class Form(ui.Modal):
    """A modal whose custom id says all it needs, so that what was filled in over a restart still arrives.

    discord.py's own `on_submit` stays empty: it would not be called for a modal that an earlier process opened.
    `ServedClient.on_interaction` calls `receive` for all of them.

    Attributes:
        template: the custom ids this form answers to.
        replies: as for `Control`.
    """

    template: ClassVar[re.Pattern[str]]
    replies: ClassVar[ReplyStyle] = "message"

    def __init__(self, custom_id: str, title: str) -> None:
        super().__init__(title=title, custom_id=custom_id, timeout=_FORM_S)

    @classmethod
    async def blank(
        cls, interaction: discord.Interaction[ServedClient], match: re.Match[str], typed: Mapping[str, str]
    ) -> Form:
        """Return the form that `match` names, with the fields for what was `typed`; they are filled in afterwards."""
        raise NotImplementedError

    @classmethod
    async def receive(cls, interaction: discord.Interaction[Any], match: re.Match[str]) -> None:
        """Acknowledge what was filled in, work, and answer whatever goes wrong; what was typed is not lost by it."""
        data: Any = interaction.data or {}
        filled = dict(_filled(data.get("components", ())))
        try:
            await cls.take(interaction, match, filled)
        except Exception as error:  # the outermost edge: reported with an id, and the member is told
            again = await interaction.client.services.filled.keep(interaction, filled, error)
            await interaction.client.report(interaction, error, *filter(None, [again]))

    @classmethod
    async def take(
        cls, interaction: discord.Interaction[Any], match: re.Match[str], filled: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Acknowledge, then do what the form is for."""
        if cls.replies == "quiet":
            await interaction.response.defer()
        else:
            await interaction.response.defer(thinking=True, ephemeral=cls.replies == "private")
        await cls.submitted(interaction, match, filled)

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[ServedClient], match: re.Match[str], filled: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Do what the form is for: `filled` has what was typed or picked, by the fields' custom ids."""
        raise NotImplementedError


def _filled(components: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for component in components:
        yield from _filled(component.get("components", ()))
        if "component" in component:
            yield from _filled((component["component"],))
        if "value" in component:
            yield component["custom_id"], (str(component["value"]),)
        elif "values" in component:
            yield component["custom_id"], tuple(map(str, component["values"]))


def picked(select: ui.Select[Any]) -> str:
    """Return what was picked from a select; `Gone` where nothing was."""
    if not select.values:
        raise Gone("choice")
    return str(select.values[0])


def typed_in(filled: Mapping[str, tuple[str, ...]], name: str) -> str:
    """Return what was typed into a field; `Gone` where the form had no such field."""
    if name not in filled:
        raise Gone("field")
    return "".join(filled[name])


def select(custom_id: str, options: Iterable[tuple[str, str]], placeholder: str) -> ui.Select[Any]:
    """Return a select of (value, label) pairs, as many as Discord takes."""
    shown = [discord.SelectOption(label=clip(label, OPTION_LABEL), value=value) for value, label in options]
    return ui.Select(custom_id=custom_id, placeholder=placeholder, options=shown[:OPTIONS])


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
