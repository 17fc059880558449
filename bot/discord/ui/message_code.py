"""The Python code in a message on Discord: in what it says, and in the files attached to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import discord

from bot.study.refusals import Refusal
from bot.study.snippets import MOST_BYTES, Snippet, blocks, script


async def code_in(message: discord.Message) -> list[Snippet]:
    """Return all pieces of code in a message; files are fetched.

    Raises:
        Refusal: a file is too long, or no text.
    """
    return [*pieces(message), *[await _read(file) for file in _files(message)]]


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
        raise Refusal("run.refused.too_long")
    return script(file.filename, await file.read())
