"""Bases of all controls: they work after a restart, and every press is answered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Generic, Literal, Self, TypeVar, get_args

import discord
from discord import ui

from bot.discord.services import ServedClient
from bot.discord.ui.errors import Gone
from bot.discord.ui.ids import Codec, Id, Identified, fields_of
from bot.discord.ui.language import lang_of
from bot.discord.ui.text import OPTION_LABEL, clip
from bot.wording import say

#: Pattern of the ids of what has none.
_NO_ID = r"(?!)"
#: Options of a select.
OPTIONS = 25
#: How long a modal may lie open; Discord says nothing when one is dismissed.
_FORM_S = 900.0

IdT = TypeVar("IdT", bound=Id)
_Select = ui.Select[Any] | ui.ChannelSelect[Any] | ui.RoleSelect[Any] | ui.MentionableSelect[Any]
ItemT = TypeVar("ItemT", bound=ui.Button[Any] | _Select)
ReplyStyle = Literal["message", "private", "page", "quiet"]


class Control(Identified, ui.DynamicItem[ItemT], template=_NO_ID):
    """A button or select whose custom id has all that it needs, so that it works under the oldest message.

    A subclass with a `prefix` declares the fields of its id as annotations; one without is a base of others.

    Attributes:
        replies: how a press is acknowledged before it is handled: with a `message` to come, with a message that only
            the member sees (`private`), with one of those that turns where it is pressed in one (`page`), or with
            nothing to see (`quiet`).
        for_all: whether it works for those, too, whom the host blocked.
    """

    replies: ClassVar[ReplyStyle] = "message"
    for_all: ClassVar[bool] = False

    def __init_subclass__(cls, *, prefix: str | None = None) -> None:
        if prefix is not None:
            cls.codec = Codec(prefix, fields_of(cls))
        super().__init_subclass__(template=_NO_ID if prefix is None else cls.codec.pattern)

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Rebuild the control of an old message: what its custom id names are its arguments."""
        return cls(**cls.codec.read(match))

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Turn those away whom the host blocked."""
        return self.for_all or await may_enter(interaction)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Acknowledge, work, and answer whatever goes wrong: discord.py would only log it."""
        try:
            await self.acknowledge(interaction)
            await self.press(interaction)
        except Exception as error:  # the outermost edge: reported with an id, and the member is told
            await interaction.client.report(interaction, error)

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Tell Discord that the press was heard."""
        await _acknowledge(interaction, self.replies)

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Do what the control is for; the interaction is acknowledged already."""
        raise NotImplementedError

    @classmethod
    def template_of(cls) -> re.Pattern[str]:
        """The pattern of the custom ids this control answers to."""
        return cls.__discord_ui_compiled_template__


class Form(Generic[IdT], ui.Modal):
    """A modal whose custom id has all that it needs, so that it can be submitted after a restart.

    discord.py's own `on_submit` stays empty: it would not be called for a modal that an earlier process opened.
    `ServedClient.on_interaction` calls `receive` for all of them.

    Attributes:
        id_type: the fields of its custom id.
        template: the custom ids this form answers to.
        replies: as for `Control`.
    """

    id_type: ClassVar[type[Id]]
    template: ClassVar[re.Pattern[str]]
    replies: ClassVar[ReplyStyle] = "message"

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        (cls.id_type,) = get_args(cls.__orig_bases__[0])  # type: ignore[attr-defined]  # of every generic class
        cls.template = cls.id_type.codec.pattern

    def __init__(self, named: IdT, title: str) -> None:
        super().__init__(title=title, custom_id=named.encode(), timeout=_FORM_S)

    @classmethod
    def named(cls, custom_id: str) -> Id | None:
        """Return what a custom id means; None for an id of another form."""
        return cls.id_type.decode(custom_id)

    @classmethod
    async def blank(cls, interaction: discord.Interaction[ServedClient], named: IdT, typed: Mapping[str, str]) -> Self:
        """Return the form that `named` means, with the fields for what was `typed`; they are filled in afterwards."""
        raise NotImplementedError

    @classmethod
    async def receive(cls, interaction: discord.Interaction[Any], named: IdT) -> None:
        """Acknowledge what was filled in, work, and answer whatever goes wrong; what was typed is not lost by it."""
        data: Any = interaction.data or {}
        filled = dict(_filled(data.get("components", ())))
        try:
            await cls.take(interaction, named, filled)
        except Exception as error:  # the outermost edge: reported with an id, and the member is told
            again = await interaction.client.services.filled.keep(interaction, filled, error)
            await interaction.client.report(interaction, error, *filter(None, [again]))

    @classmethod
    async def take(
        cls, interaction: discord.Interaction[Any], named: IdT, filled: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Acknowledge, then do what the form is for."""
        await _acknowledge(interaction, cls.replies)
        await cls.submitted(interaction, named, filled)

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[ServedClient], named: IdT, filled: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Do what the form is for: `filled` has what was typed or picked, by the fields' custom ids."""
        raise NotImplementedError


async def _acknowledge(interaction: discord.Interaction[Any], replies: ReplyStyle) -> None:
    if replies == "quiet" or (replies == "page" and is_private(interaction)):
        await interaction.response.defer()
    else:
        await interaction.response.defer(thinking=True, ephemeral=replies in ("private", "page"))


def _filled(components: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for component in components:
        yield from _filled(component.get("components", ()))
        if "component" in component:
            yield from _filled((component["component"],))
        if "value" in component:
            yield component["custom_id"], (str(component["value"]),)
        elif "values" in component:
            yield component["custom_id"], tuple(map(str, component["values"]))


async def may_enter(interaction: discord.Interaction[Any]) -> bool:
    """Return whether a member is answered at all; one who is not is told so, for their eyes only."""
    refused = interaction.client.services.door.blocks(interaction.user.id, interaction.guild_id)
    if refused is None:
        return True
    if interaction.type is not discord.InteractionType.autocomplete:
        await interaction.response.send_message(say(refused, lang_of(interaction)), ephemeral=True)
    return False


def is_private(interaction: discord.Interaction[Any]) -> bool:
    """Whether what was pressed stands in a message that only the member sees."""
    return interaction.message is not None and interaction.message.flags.ephemeral


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
