"""The message of `/progress`."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.discord.progress.text import alt_text, progress_blocks
from bot.discord.ui.base import layout, rows
from bot.discord.ui.colours import BLURPLE
from bot.discord.ui.practice_controls import OneItemButton, practise, ways
from bot.discord.ui.review_controls import ReviewButton
from bot.study.learning import Progress
from bot.wording import say
from bot.wording.phrases.progress import weakest
from knowledge.bank.models import ByLetter, Lang

#: Of the topics known least: so many have a button.
_PRACTISED = 2


def progress_view(progress: Progress, lang: Lang, *pictures: discord.File) -> ui.LayoutView:
    """Return the text with its picture, where there is one, and the ways to go on: with what is weakest, or due."""
    lead, *rest = progress_blocks(progress, lang)
    items = [discord.MediaGalleryItem(each.uri, description=alt_text(progress, lang)) for each in pictures]
    below = _below(progress, lang)
    return layout(lead, *([ui.MediaGallery(*items)] if items else []), *rest, *below, colour=BLURPLE)


def _below(progress: Progress, lang: Lang) -> list[ui.ActionRow[Any]]:
    if not progress.begun:
        return ways(OneItemButton(say("onward.one_item", lang)), lang)
    least = [each.topic for each in weakest(progress) or progress.begun[::-1]]
    asked = [topic for topic in least if any(isinstance(item, ByLetter) for item in topic.quiz)]
    buttons = [practise(topic, lang) for topic in asked[:_PRACTISED]]
    return rows(*buttons, ReviewButton("all", lang, say("onward.review", lang), main=False))
