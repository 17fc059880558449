"""The message of `/progress`."""

from __future__ import annotations

import discord
from discord import ui

from bot.discord.progress.text import alt_text, progress_blocks
from bot.discord.ui.base import layout
from bot.discord.ui.colours import BLURPLE
from bot.study.learning import Progress
from knowledge.bank.models import Lang


def progress_view(progress: Progress, lang: Lang, *pictures: discord.File) -> ui.LayoutView:
    """Return the text with its picture, where there is one."""
    lead, *rest = progress_blocks(progress, lang)
    items = [discord.MediaGalleryItem(each.uri, description=alt_text(progress, lang)) for each in pictures]
    return layout(lead, *([ui.MediaGallery(*items)] if items else []), *rest, colour=BLURPLE)
