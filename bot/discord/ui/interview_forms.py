"""What the forms of interviews share: the question above its field, and the field for an answer."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.discord.ui.text import clip, neutralise
from bot.wording import say
from knowledge.bank.models import Lang
from knowledge.grading.grades import MAX_CHARS

#: Characters of a form's title, which Discord limits, and of the question that is repeated in it.
_TITLE, _PROMPT = 45, 1_500


def form_title(text: str) -> str:
    """Return a text as the title of a form."""
    return clip(text, _TITLE)


def prompt_item(prompt: str) -> ui.TextDisplay[Any]:
    """Return a question as it stands above its field."""
    return ui.TextDisplay[Any](f"**{clip(neutralise(prompt), _PROMPT)}**")


def answer_item(lang: Lang) -> ui.Label[Any]:
    """Return the field for an answer, whose custom id is `answer`."""
    typed: ui.TextInput[Any] = ui.TextInput(
        custom_id="answer", style=discord.TextStyle.paragraph, max_length=MAX_CHARS,
        placeholder=say("member.interview.placeholder", lang),
    )  # fmt: skip
    return ui.Label[Any](text=say("member.interview.label", lang), component=typed)
