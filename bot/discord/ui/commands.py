"""What all commands share: their texts in both languages, and where they are offered."""

from __future__ import annotations

from typing import TypeVar

import discord
from discord import app_commands

from bot.discord.ui.language import lang_of
from bot.wording import entries
from bot.wording.languages import BASE
from knowledge.bank.models import LANGS, Text

CommandT = TypeVar("CommandT")


def in_servers_only(command: CommandT) -> CommandT:
    """Mark a command as one of the servers that invited the bot.

    All three contexts are named: those that `guild_only` leaves out would be filled in from the bot's defaults.
    """
    contexts = app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    return contexts(app_commands.allowed_installs(guilds=True, users=False)(command))


def wording(key: str) -> app_commands.locale_str:
    """Return a text of a command for Discord: English, with its key, by which `WordingTranslator` finds the others."""
    return app_commands.locale_str(entries()[key][BASE], key=key)


def in_both(text: Text) -> app_commands.locale_str:
    """Return a text of the bank for Discord: English, with its other languages for `WordingTranslator`."""
    return app_commands.locale_str(text[BASE], **{lang: text[lang] for lang in LANGS if lang != BASE})


class WordingTranslator(app_commands.Translator):
    """Gives Discord the names and descriptions of commands in its other languages."""

    async def translate(
        self, string: app_commands.locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        """Return the text in the language of a locale; None leaves the English one."""
        lang = lang_of(locale)
        if lang == BASE:
            return None
        key = string.extras.get("key")
        return entries()[key][lang] if key is not None else string.extras.get(lang)
