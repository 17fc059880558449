"""The select below a row of buttons: the less frequent actions of a message, in one line.

    buttons → rest_select(…) → options whose values are the buttons' custom ids → a pick does what the button would do

So an option is what a button is: it has all that it needs, and works under the oldest message.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import discord
from discord import ui

from bot.discord.services import ServedClient
from bot.discord.ui.base import OPTIONS, Control, picked
from bot.discord.ui.errors import Gone
from bot.discord.ui.text import OPTION_LABEL, clip


def option(
    control: Control[ui.Button[Any]], label: str, emoji: str | None = None, description: str | None = None
) -> discord.SelectOption:
    """Return an option that does what `control` does when it is pressed."""
    return discord.SelectOption(
        label=clip(label, OPTION_LABEL),
        value=control.encode(),
        emoji=emoji,
        description=clip(description, OPTION_LABEL) if description else None,
    )


class RestSelect(Control[ui.Select[Any]], prefix="epoch:rest"):
    """Does what the button would do that was picked."""

    def __init__(self, options: Iterable[discord.SelectOption] = (), placeholder: str = "…") -> None:
        shown = [*options][:OPTIONS] or [discord.SelectOption(label="?")]
        super().__init__(ui.Select(custom_id=self.encode(), placeholder=placeholder, options=shown))

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Acknowledge the pick as the button does: it may open a form."""
        self._button = self._chosen(interaction)
        await self._button.acknowledge(interaction)

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Do what the button does."""
        await self._button.press(interaction)

    def _chosen(self, interaction: discord.Interaction[ServedClient]) -> Control[Any]:
        """Return the button that was picked; `Gone` for what the message does not offer, or this version has not."""
        value = picked(self.item)
        offered = values_in(interaction.message.components) if interaction.message is not None else ()
        control = interaction.client.button_of(value) if value in offered else None
        if not isinstance(control, Control):
            raise Gone("choice")
        return control


def values_in(components: Iterable[Any]) -> Iterator[str]:
    """Yield the custom ids that stand in the options of the selects of a message."""
    for component in components:
        yield from values_in(getattr(component, "children", ()))
        if RestSelect.decode(getattr(component, "custom_id", None) or ""):
            yield from (each.value for each in component.options)
