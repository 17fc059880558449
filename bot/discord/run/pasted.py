"""Running code that members write in messages, by the message's menu or by the button under Epoch's reply."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import discord
from discord import ui

from bot.discord.run.edit_controls import pieces_view
from bot.discord.services import ServedClient
from bot.discord.ui.base import Control
from bot.discord.ui.ids import Snowflake
from bot.discord.ui.language import lang_of
from bot.study.runs import RunRefused, RunRequest
from bot.study.snippets import MOST_BYTES, Snippet, blocks, script


class RunCodeButton(Control[ui.Button[Any]], prefix="epoch:pasted"):
    """Runs the code in a message that was written to the bot."""

    channel: Snowflake
    message: Snowflake

    def __init__(self, channel: int, message: int, label: str = "▶") -> None:
        self.channel, self.message = channel, message
        style = discord.ButtonStyle.primary
        super().__init__(ui.Button(label=label, emoji="▶️", style=style, custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Run it, or offer its pieces."""
        channel = interaction.client.get_partial_messageable(self.channel, guild_id=interaction.guild_id)
        try:
            message = await channel.fetch_message(self.message)
        except (discord.NotFound, discord.Forbidden):
            raise RunRefused("code_gone") from None
        await run_message(interaction, message)


async def run_message(interaction: discord.Interaction[ServedClient], message: discord.Message) -> None:
    """Run the one piece of code in a message, or offer all there are; the interaction is deferred already.

    Raises:
        RunRefused: there is none, or it is no script.
    """
    found = [*pieces(message), *[await _read(file) for file in _files(message)]]
    runs = interaction.client.services.runs
    if not found:
        raise RunRefused("no_code")
    if len(found) == 1:
        await runs.begin(interaction, RunRequest(code=found[0].code, origin=message.jump_url))
        return
    run = await runs.keep_pieces(interaction, found, message.jump_url)
    await interaction.edit_original_response(view=pieces_view(run, found, lang_of(interaction)))


def is_one_piece(message: discord.Message) -> bool:
    """Whether there is nothing to choose from."""
    return len(pieces(message)) + len(_files(message)) == 1


def pieces(message: discord.Message) -> list[Snippet]:
    """Return the code in what a message says, without what is attached."""
    return list(blocks(_texts(message)))


def _files(message: discord.Message) -> list[discord.Attachment]:
    return [file for file in message.attachments if file.filename.lower().endswith((".py", ".ipynb"))]


def _texts(message: discord.Message) -> Iterator[str]:
    """Yield what a message says: its text, that of a message forwarded with it, and that of its components."""
    yield re.sub(r"<@!?\d+>", "", message.content)  # a mention of the bot before the code is no part of it
    for snapshot in message.message_snapshots:
        yield snapshot.content
    waiting: list[Any] = list(message.components)
    while waiting:
        component = waiting.pop(0)
        waiting = [*getattr(component, "children", ()), *waiting]
        if isinstance(component, discord.TextDisplay):
            yield component.content


async def _read(file: discord.Attachment) -> Snippet:
    if file.size > MOST_BYTES:  # refused before it is fetched
        raise RunRefused("too_long")
    return script(file.filename, await file.read())
