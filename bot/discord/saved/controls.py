"""The message of `/saved` and its controls, for the member alone: open a place, take it off the list, turn the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal

import discord
from discord import ui

from bot.discord.saved.text import PAGE, blocks, lead, pages_of
from bot.discord.services import ServedClient
from bot.discord.ui.base import Control, layout, picked, rows
from bot.discord.ui.colours import BLURPLE, GREY
from bot.discord.ui.errors import Gone
from bot.discord.ui.ids import Spelling
from bot.discord.ui.items import mark_of
from bot.discord.ui.language import lang_of
from bot.discord.ui.text import OPTION_LABEL, clip
from bot.store.saved import SavedPlace
from bot.study.shown import PagePlace
from bot.wording import say
from knowledge.bank.formerly import find_topic
from knowledge.bank.models import Bank, Lang

_What = Literal["open", "remove"]
_Page = Annotated[int, Spelling.digits(2)]
_EMOJI = {"open": "📄", "remove": "🗑️"}


class SavedSelect(Control[ui.Select[Any]], prefix="epoch:saved"):
    """Opens a place of the list below it, or takes it off."""

    what: _What
    page: _Page

    def __init__(
        self, what: _What, page: int, options: Iterable[discord.SelectOption] = (), placeholder: str = "…"
    ) -> None:
        self.what, self.page = what, page
        shown = [*options][:PAGE] or [discord.SelectOption(label="?")]
        super().__init__(ui.Select(custom_id=self.encode(), placeholder=placeholder, options=shown))

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Turn the list in place to remove; open a place in a message of its own."""
        if self.what == "remove":
            await interaction.response.defer()
        else:
            await interaction.response.defer(thinking=True, ephemeral=True)

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Open it, or remove it and show the list."""
        services, member = interaction.client.services, interaction.user.id
        value = picked(self.item)
        found = next((each.place for each in await services.store.saved.of(member) if _value(each) == value), None)
        if self.what == "remove":
            if found is not None:
                await services.store.saved.remove(member, found)
            view = await page_view(interaction, self.page, said=say("saved.removed", lang_of(interaction)))
            await interaction.edit_original_response(view=view)
            return
        topic = find_topic(services.tutor_in(interaction.guild_id).bank, found.topic) if found is not None else None
        if found is None or topic is None or found.section is None:
            raise Gone("section")
        unit = found.unit if any(each.id == found.unit for each in topic.units[found.lang]) else None
        await services.answers.open_section(interaction, topic, found.section, found.lang, unit=unit, private=True)


class SavedPageButton(Control[ui.Button[Any]], prefix="epoch:savedpage"):
    """Turns the page of the list."""

    page: _Page
    replies = "quiet"

    def __init__(self, page: int, label: str = "?", emoji: str | None = None) -> None:
        self.page = page
        super().__init__(ui.Button(label=label, emoji=emoji, custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Show it."""
        await interaction.edit_original_response(view=await page_view(interaction, self.page))


async def page_view(interaction: discord.Interaction[ServedClient], page: int, *, said: str = "") -> ui.LayoutView:
    """Return a page of the member's list, the last one where it has fewer by now."""
    services = interaction.client.services
    found = await services.store.saved.of(interaction.user.id)
    bank = services.tutor_in(interaction.guild_id).bank
    return saved_view(found, page, bank, lang_of(interaction), said=said)


def saved_view(found: Sequence[SavedPlace], page: int, bank: Bank, lang: Lang, *, said: str = "") -> ui.LayoutView:
    """Return a page of a list, with a select that opens and one that removes; `said` stands above it."""
    page = min(page, pages_of(len(found)) - 1)
    texts = [*filter(None, [said]), *blocks(found, page, bank, lang)]
    if not found:
        return layout(*texts, colour=GREY)
    shown = found[page * PAGE : (page + 1) * PAGE]
    controls: list[ui.Item[Any]] = []
    there = [each for each in shown if lead(each.place, bank, lang) is not None]
    if there:
        controls.append(SavedSelect("open", page, _options(there, bank, lang, "open"), say("saved.open", lang)))
    controls.append(SavedSelect("remove", page, _options(shown, bank, lang, "remove"), say("saved.remove", lang)))
    if page > 0:
        controls.append(SavedPageButton(page - 1, say("saved.newer", lang), "⬅️"))
    if page + 1 < pages_of(len(found)):
        controls.append(SavedPageButton(page + 1, say("saved.older", lang), "➡️"))
    return layout(*texts, *rows(*controls), colour=BLURPLE)


def _options(shown: Sequence[SavedPlace], bank: Bank, lang: Lang, what: _What) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(
            label=clip(lead(each.place, bank, lang) or each.place.topic, OPTION_LABEL), value=_value(each),
            description=clip(_title(each.place, bank, lang), OPTION_LABEL), emoji=_EMOJI[what],
        )
        for each in shown
    ]  # fmt: skip


def _title(place: PagePlace, bank: Bank, lang: Lang) -> str:
    topic = find_topic(bank, place.topic)
    return topic.title[lang] if topic is not None else place.topic


def _value(kept: SavedPlace) -> str:
    """Return what stands for a place in an option; ids of units may be long."""
    place = kept.place
    return f"{place.topic}:{place.section}:{mark_of(place.unit) if place.unit else '-'}"
