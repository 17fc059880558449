"""The answer to "手撕 attention", "write softmax by hand": buttons that open these drills, for each member alone."""

from __future__ import annotations

from typing import Any

from discord import ui

from bot.discord.ask.text import echo
from bot.discord.ui.base import layout, rows
from bot.discord.ui.colours import BLURPLE
from bot.discord.ui.drill_controls import DrillButton, DrillsButton, marked
from bot.discord.ui.text import BUTTON_LABEL, clip, one_line
from bot.study.drills.asking import DrillWish, nearest_drills
from bot.wording import say
from knowledge.bank.models import Bank, Lang

#: Drills that have a button, beside the one that lists all.
_OFFERED = 4
_NAME = 60


def drills_view(wish: DrillWish, bank: Bank, lang: Lang, *, question: str | None = None) -> ui.LayoutView:
    """Return the offer of the drills that were meant, of the nearest where none is called so, of all without a name.

    Args:
        wish: what was asked for.
        bank: has the drills.
        lang: of the texts.
        question: what was typed, where the member's client does not show it.
    """
    drills = wish.drills
    said = say("onward.drill_asked.found" if drills else "onward.drill_asked.any", lang)
    if wish.name and not drills:
        drills = tuple(nearest_drills(bank, wish.name, lang))
        if drills:
            said = say("onward.drill_asked.nearest", lang, name=one_line(wish.name, _NAME))
    buttons: list[ui.Item[Any]] = [
        DrillButton(*marked(each), clip(each.meta.title[lang], BUTTON_LABEL)) for each in drills[:_OFFERED]
    ]
    buttons.append(DrillsButton(say("drilling.button.others" if drills else "onward.drill", lang)))
    above = f"{echo(question)}\n" if question is not None else ""
    return layout(f"{above}{said}", *rows(*buttons), colour=BLURPLE)
