"""What all commands share: their texts in both languages, and where they are offered."""

from __future__ import annotations

from typing import TypeVar

import discord
from discord import app_commands

from bot.discord.ui.language import lang_of
from bot.wording import entries

CommandT = TypeVar("CommandT")


def in_servers_only(command: CommandT) -> CommandT:
    """Mark a command as one of the servers that invited the bot.

    All three contexts are named: those that `guild_only` leaves out would be filled in from the bot's defaults.
    """
    contexts = app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    return contexts(app_commands.allowed_installs(guilds=True, users=False)(command))


def wording(key: str) -> app_commands.locale_str:
    """Return a text of a command for Discord: English, with its key, by which `WordingTranslator` finds the Chinese."""
    return app_commands.locale_str(entries()[key]["en"], key=key)


class WordingTranslator(app_commands.Translator):
    """Gives Discord the Chinese names and descriptions of commands from the wording files."""

    async def translate(
        self, string: app_commands.locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        """Return the Chinese text for Chinese locales; None leaves the English one."""
        key = string.extras.get("key")
        return entries()[key]["zh"] if key is not None and lang_of(locale) == "zh" else None
