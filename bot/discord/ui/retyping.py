"""What a member typed into a form is kept when an error comes up: a button opens the form again, filled in."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from bot.discord.services import FormType, ServedClient
from bot.discord.ui.base import Control, layout, rows
from bot.discord.ui.errors import Gone
from bot.discord.ui.ids import KeptKey
from bot.discord.ui.language import lang_of
from bot.store.errors import StoreError
from bot.store.runs import FilledForm
from bot.store.store import Store
from bot.study.refusals import Refusal
from bot.wording import say

log = logging.getLogger(__name__)

#: How many filled forms are kept in memory, for when it is the database that failed; the oldest goes first.
MOST = 500


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as a member filled it in.

    Attributes:
        member_id: who.
        form: its custom id.
        typed: what stood in its fields, by their custom ids.
    """

    member_id: int
    form: str
    typed: Mapping[str, str]


class FilledForms:
    """What was typed into forms that failed: in the database, and in memory if that cannot be written.

    Args:
        store: has what was kept by `keep`.
        new_id: makes ids.
        keep: keeps something for the answer to an interaction, and returns the id to find it by.
        form_of: returns the form of a custom id, and the id's fields; None for a form that is gone.
    """

    def __init__(
        self,
        store: Store,
        new_id: Callable[[], str],
        keep: Callable[[discord.Interaction[ServedClient], FilledForm], Awaitable[str]],
        form_of: Callable[[str], tuple[type[FormType], Any] | None],
    ) -> None:
        self._store = store
        self._new_id = new_id
        self._keep = keep
        self._form_of = form_of
        self._kept: OrderedDict[str, Filled] = OrderedDict()

    async def keep(
        self, interaction: discord.Interaction[ServedClient], typed: Mapping[str, tuple[str, ...]], error: BaseException
    ) -> RetypeButton | None:
        """Keep what was typed and return the button that brings it back; None where nothing was."""
        filled = {name: "".join(values) for name, values in typed.items()}
        if not any(text.strip() for text in filled.values()):
            return None
        data: Any = interaction.data or {}
        form = str(data.get("custom_id", ""))
        kept = await self._kept_as(interaction, Filled(interaction.user.id, form, filled), error)
        return RetypeButton(kept, say("discord.retype.button", lang_of(interaction)))

    async def view(
        self,
        interaction: discord.Interaction[ServedClient],
        typed: Mapping[str, tuple[str, ...]],
        error: BaseException,
        text: str,
    ) -> ui.LayoutView:
        """Keep what was typed and return the message that says what is wrong, with the button that brings it back."""
        again = await self.keep(interaction, typed, error)
        return layout(text, *rows(*filter(None, [again])))

    async def _kept_as(
        self, interaction: discord.Interaction[ServedClient], filled: Filled, error: BaseException
    ) -> str:
        if not isinstance(error, StoreError) and interaction.channel_id is not None:
            try:
                return await self._keep(interaction, FilledForm(filled.form, dict(filled.typed)))
            except StoreError as failure:
                log.warning("a filled form is kept in memory only: %s", failure)
        kept = self._new_id()
        self._kept[kept] = filled
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return kept

    async def reopen(self, interaction: discord.Interaction[ServedClient], kept: str) -> None:
        """Open the form with what was typed, for who filled it in.

        Raises:
            Refusal: what was typed was forgotten.
            Gone: there is no such form any more.
        """
        filled = await self._find(kept)
        if filled.member_id != interaction.user.id:
            text = say("discord.retype.not_yours", lang_of(interaction))
            await interaction.response.send_message(text, ephemeral=True)
            return
        form = self._form_of(filled.form)
        if form is None:
            raise Gone("field")
        kind, named = form
        await interaction.response.send_modal(await opened(kind, interaction, named, filled.typed))

    async def _find(self, kept: str) -> Filled:
        """Return what was typed; `Refusal` where it was forgotten."""
        if (found := self._kept.get(kept)) is not None:
            return found
        row = await self._store.runs.get(kept)
        if row is None or row.form is None:
            raise Refusal("run.refused.typed_forgotten")
        return Filled(row.member_id, row.form.custom_id, row.form.typed)

    def forget(self, member_id: int) -> None:
        """Let go of all that a member typed."""
        for key in [key for key, filled in self._kept.items() if filled.member_id == member_id]:
            del self._kept[key]


class RetypeButton(Control[ui.Button[Any]], prefix="epoch:retype"):
    """Opens a form with what was typed into it before."""

    kept: KeptKey

    def __init__(self, kept: str, label: str = "✎") -> None:
        self.kept = kept
        style = discord.ButtonStyle.primary
        super().__init__(ui.Button(label=label, emoji="✏️", style=style, custom_id=self.encode()))

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Open the form, for who filled it in."""
        await interaction.client.services.filled.reopen(interaction, self.kept)

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Wait for the form."""


async def opened(
    kind: type[FormType],
    interaction: discord.Interaction[ServedClient],
    named: Any,  # noqa: ANN401 - of the form's id type
    typed: Mapping[str, str],
) -> ui.Modal:
    """Return a form with what was typed in its fields; of what has no field any more nothing can be shown."""
    form = await kind.blank(interaction, named, typed)
    for field in form.walk_children():
        if isinstance(field, ui.TextInput) and (text := typed.get(field.custom_id)):
            field.default = text[: field.max_length]
    return form
