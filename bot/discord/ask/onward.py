"""Answering an intent: "go on", "I don't get it", "show me the code", "quiz me", "in Chinese".

intent + what was shown last → IntentReply: messages, and what is shown from then on
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from discord import ui

from bot.discord.ask.controls import answer_views
from bot.discord.ask.parts import SourcesButton
from bot.discord.ask.text import code_blocks, echo, example_title
from bot.discord.services import SharedServices
from bot.discord.ui.base import layout, rows
from bot.discord.ui.colours import BLURPLE
from bot.discord.ui.items import QuizMeButton, item_view
from bot.discord.ui.text import code_block, neutralise, tail
from bot.discord.ui.topic_controls import RunButton
from bot.study.intents import Intent
from bot.study.shown import PagePlace, onward
from bot.wording import say
from knowledge.bank.formerly import find_topic
from knowledge.bank.models import MAIN_EXAMPLE, Bank, Example, Lang, Topic

#: Of what an example prints: so much, in so many lines.
_PRINTED, _LINES = 1_200, 20


@dataclass(frozen=True, slots=True)
class IntentReply:
    """The answer to an intent.

    Attributes:
        views: its messages.
        shown: what is under discussion after it; None where nothing is.
    """

    views: Sequence[ui.LayoutView]
    shown: PagePlace | None


def follow(
    wish: Intent, shown: PagePlace | None, services: SharedServices, ui_lang: Lang, *, question: str | None = None,
    guild_id: int | None = None,
) -> IntentReply:  # fmt: skip
    """Return the answer to an intent; to "run it", the button that runs the example: runs start by a press only.

    Args:
        wish: what was asked for.
        shown: what was shown last.
        services: has the bank, and picks quiz items.
        ui_lang: language of the controls.
        question: what was typed, where the member's client does not show it.
        guild_id: the server; it goes on in the banks that this one uses.
    """
    bank = services.tutor_in(guild_id).bank
    above = f"{echo(question)}\n" if question is not None else ""
    topic = find_topic(bank, shown.topic) if shown is not None else None
    if wish.kind == "quit":
        return IntentReply([layout(above + say("small.bye", wish.lang or ui_lang))], shown)
    if topic is None or shown is None:
        return IntentReply([layout(above + say("talk.nothing", wish.lang or ui_lang))], None)
    shown = replace(shown, lang=wish.shown_in(shown.lang))
    if wish.kind in ("onward", "again"):
        return _page(wish, topic, shown, bank, ui_lang, question)
    if wish.kind == "quiz":
        view = item_view(topic, shown.lang, services)
        return IntentReply([view or layout(above + say("talk.no_item", shown.lang))], shown)
    example = next((each for each in topic.examples if each.name == MAIN_EXAMPLE), None)
    if example is None:
        return IntentReply([layout(above + say("talk.no_example", shown.lang))], shown)
    show = {"code": code_blocks, "run": _ready, "example": _printed}[wish.kind]
    *before, blocks = show(topic, example, shown.lang, above)
    run = RunButton(topic.slug, example.name, say("discord.answer.run", ui_lang))
    views = [layout(*each, colour=BLURPLE) for each in before]
    return IntentReply([*views, layout(*blocks, *rows(run), colour=BLURPLE)], shown)


def _page(wish: Intent, topic: Topic, shown: PagePlace, bank: Bank, ui_lang: Lang, question: str | None) -> IntentReply:
    """Show the next part of the page, or the last one again."""
    place = shown if wish.kind == "again" and shown.section is not None else onward(topic, shown)
    if place is None or place.section is None:
        below: list[ui.Item[Any]] = [QuizMeButton(topic.slug, shown.lang, say("discord.answer.quiz", ui_lang))]
        if topic.meta.sources:
            below.append(SourcesButton(topic.slug, shown.lang, say("talk.sources", ui_lang)))
        return IntentReply([layout(say("talk.end", shown.lang), *rows(*below))], shown)
    views = answer_views(topic, place.section, place.lang, ui_lang, question=question, bank=bank, unit=place.unit)
    return IntentReply(views, place)


def _ready(topic: Topic, example: Example, lang: Lang, above: str) -> list[list[str]]:
    return [[f"{above}{example_title(topic, example, lang)}", say("talk.press", lang, title=example.meta.title[lang])]]


def _printed(topic: Topic, example: Example, lang: Lang, above: str) -> list[list[str]]:
    blocks = [f"{above}### {topic.title[lang]}", say("talk.prints", lang, title=example.meta.title[lang])]
    if example.transcript is not None and (text := neutralise(example.transcript.text).strip("\n")):
        blocks.append(code_block(tail(text, _PRINTED, _LINES)[0]))
    return [[*blocks, say("talk.run_message", lang)]]
