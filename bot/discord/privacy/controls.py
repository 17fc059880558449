"""The button that deletes all that is stored about a member, and the file that holds it."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import discord
from discord import ui

from bot.discord.services import ServedClient
from bot.discord.ui.base import Control, layout, rows
from bot.discord.ui.colours import GREEN, RED
from bot.discord.ui.language import lang_of
from bot.discord.ui.review_controls import ReviewButton
from bot.discord.ui.text import FILE_BYTES
from bot.exports import anki, table
from bot.wording import say
from knowledge.bank.models import Lang, Topic

EXPORT = "epoch-export.json"
#: What `/export cards` hands out: in which format, and of what.
CARDS = ("anki_bank", "csv_bank", "anki_mistakes", "csv_mistakes")
_SUFFIXES = {"anki": "apkg", "csv": "csv"}


class ForgetButton(Control[ui.Button[Any]], prefix="epoch:forget"):
    """Deletes all that is stored about the member who presses it."""

    replies = "quiet"
    for_all = True

    def __init__(self, label: str = "?") -> None:
        super().__init__(ui.Button(label=label, style=discord.ButtonStyle.danger, custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Take the member out of the rounds that are going on, then delete, then say so."""
        bot, member, lang = interaction.client, interaction.user.id, lang_of(interaction)
        gone = await bot.services.forget_member_everywhere(member, interaction.created_at.timestamp())
        said = say("privacy.forget.done", lang, count=gone) if gone else say("privacy.forget.nothing", lang)
        await interaction.edit_original_response(view=layout(said, colour=GREEN))


def forget_view(lang: Lang) -> ui.LayoutView:
    """Return what would be deleted, and the button that does it."""
    button = ForgetButton(say("privacy.forget.button", lang))
    return layout(say("privacy.forget.ask", lang), *rows(button), colour=RED)


def export_file(member_id: int, tables: Mapping[str, Sequence[Mapping[str, Any]]], at: float) -> discord.File:
    """Return all that is kept of a member as a JSON file."""
    document = {"member_id": member_id, "exported": datetime.fromtimestamp(at, UTC).isoformat(), "tables": tables}
    return discord.File(io.BytesIO(json.dumps(document, ensure_ascii=False, indent=1).encode()), filename=EXPORT)


def export_view(count: int, file: discord.File | None, lang: Lang) -> ui.LayoutView:
    """Return the message around that file; None where there is nothing."""
    if file is None:
        return layout(say("privacy.export.nothing", lang))
    return layout(say("privacy.export.lead", lang, count=count), ui.File[Any](file.uri))


def cards_content(wanted: str, topics: Sequence[Topic], lang: Lang, at: float) -> bytes:
    """Return the file with the items of some topics; empty where there is none. It takes a while: not for the loop.

    Args:
        wanted: one of `CARDS`.
        topics: with the items.
        lang: of the cards.
        at: Unix time, by which a later file updates an earlier one.
    """
    if not topics:
        return b""
    return anki.package(topics, lang, at) if wanted.startswith("anki") else table.table(topics, lang)


def cards_message(
    wanted: str, topics: Sequence[Topic], content: bytes, lang: Lang
) -> tuple[ui.LayoutView, list[discord.File]]:
    """Return the message that brings the cards, with its file; without one it says why there is none."""
    kind, _, what = wanted.partition("_")
    if not topics:
        if what != "mistakes":
            return layout(say("privacy.cards.empty", lang)), []
        return layout(say("privacy.cards.none", lang), *rows(ReviewButton("all", lang, say("onward.review", lang)))), []
    if len(content) > FILE_BYTES:
        return layout(say("privacy.cards.large", lang)), []
    file = discord.File(io.BytesIO(content), filename=f"epoch-{what}-{lang}.{_SUFFIXES[kind]}")
    lead = say("privacy.cards.lead", lang, count=sum(len(topic.quiz) for topic in topics))
    return layout(lead, ui.File[Any](file.uri)), [file]
