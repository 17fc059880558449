"""*What it covers*: the topics of the bank by level, under a question that it has no answer to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import discord
from discord import ui

from bot.discord.ask.text import hint
from bot.discord.services import ServedClient
from bot.discord.ui.base import OPTIONS, Control, layout, picked, rows
from bot.discord.ui.colours import BLURPLE, GREY
from bot.discord.ui.ids import Spelling
from bot.discord.ui.language import lang_of
from bot.discord.ui.text import OPTION_LABEL, clip, fitting
from bot.study.drills.choosing import LEVELS
from bot.wording import say
from bot.wording.phrases.progress import short_title
from knowledge.bank.models import Bank, Lang, Level, Topic

#: Selects of one message, of which each takes so many components; topics of more are named, and found by asking.
_SELECTS = 8


class CoveredButton(Control[ui.Button[Any]], prefix="epoch:covered"):
    """Shows what the bank covers."""

    replies = "private"

    def __init__(self, label: str = "?") -> None:
        super().__init__(ui.Button(label=label, emoji="🗺️", custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Show it."""
        bank = interaction.client.services.tutor_in(interaction.guild_id).bank
        await interaction.edit_original_response(view=covered_view(bank, lang_of(interaction)))


class CoveredSelect(Control[ui.Select[Any]], prefix="epoch:coveredin"):
    """Opens the topic that was picked, in place of the list; a level with many topics has several of these."""

    level: Level
    part: Annotated[int, Spelling.digits(2)]
    lang: Lang
    replies = "page"

    def __init__(
        self,
        level: Level,
        part: int,
        lang: Lang,
        options: Iterable[discord.SelectOption] = (),
        placeholder: str = "…",
    ) -> None:
        self.level, self.part, self.lang = level, part, lang
        shown = [*options] or [discord.SelectOption(label="?")]
        super().__init__(ui.Select(custom_id=self.encode(), placeholder=placeholder, options=shown))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Open it."""
        services = interaction.client.services
        topic = services.tutor_in(interaction.guild_id).topic(picked(self.item))
        await services.answers.open_section(interaction, topic, "answer", self.lang, private=True)


def covered_view(bank: Bank, lang: Lang) -> ui.LayoutView:
    """Return the topics of a bank, the easy ones first, with selects that open them."""
    if not bank.topics:
        return layout(say("onward.covered.none", lang), colour=GREY)
    blocks = [f"### {say('onward.covered.title', lang, count=len(bank.topics))}"]
    selects: list[ui.Item[Any]] = []
    for level in LEVELS:
        topics = sorted((each for each in bank.topics.values() if each.meta.level == level), key=lambda t: t.slug)
        if topics:
            names = say("onward.covered.between", lang).join(short_title(each.title[lang]) for each in topics)
            called = say(f"drilling.level.{level}", lang)
            blocks.append(say("onward.covered.level", lang, level=called, count=len(topics), topics=names))
            selects += _selects(level, topics, lang)
    return layout(*fitting(blocks), *rows(*selects[:_SELECTS]), colour=BLURPLE)


def _selects(level: Level, topics: Sequence[Topic], lang: Lang) -> list[CoveredSelect]:
    parts = [topics[at : at + OPTIONS] for at in range(0, len(topics), OPTIONS)]
    key = "onward.covered.pick_part" if len(parts) > 1 else "onward.covered.pick"
    called = say(f"drilling.level.{level}", lang)
    return [
        CoveredSelect(
            level, number, lang, [_option(each, lang) for each in part],
            say(key, lang, level=called, number=f"{number + 1}/{len(parts)}"),
        )
        for number, part in enumerate(parts)
    ]  # fmt: skip


def _option(topic: Topic, lang: Lang) -> discord.SelectOption:
    return discord.SelectOption(
        label=clip(topic.title[lang], OPTION_LABEL), value=topic.slug, description=hint(topic, lang)
    )
