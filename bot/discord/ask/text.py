"""The text of messages with topics and replies."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.discord.ui.split import pieces
from bot.discord.ui.text import MESSAGE_TEXT, OPTION_LABEL, clip, one_line, width
from bot.wording import say
from bot.wording.languages import listed
from knowledge.bank.models import SECTIONS, Lang, SectionId, Topic

#: How much of a question is repeated above its answer: a slash command does not show what was typed.
_ECHO = 240
_TITLE = 200
#: Text under the last piece of a section: its numbers.
_NOTES = 200
#: Left free for a line above a message that has to be sent directly.
_SPARE = 100
#: What no option of a select renders, and where the first sentence of an answer ends.
_MARKUP = re.compile(r"\*\*|__|`")
_SENTENCE = re.compile(r"[。！？]|[.!?](?=\s)")


@dataclass(frozen=True, slots=True)
class Page:
    """The text of one message: blocks that stand below each other."""

    blocks: tuple[str, ...]


def section_pages(
    topic: Topic, section: SectionId, lang: Lang, *, unit: str | None = None, question: str | None = None
) -> tuple[Page, ...]:
    """Return one section of a topic, or a unit of it, as the texts of the messages it needs, nearly always one.

    Args:
        topic: the topic.
        section: which section of it.
        lang: language of the content.
        unit: which unit of the section alone.
        question: what was asked, when the member's client does not show it.
    """
    title = f"### {clip(topic.title[lang], _TITLE)}"
    head = f"{title}\n-# {SECTIONS[section][lang]}"
    if question is not None:
        head = f"{echo(question)}\n{head}"
    cut = pieces(topic.passage(section, lang, unit).strip(), MESSAGE_TEXT - width(head) - _NOTES - _SPARE)
    bodies = [piece.shown.strip("\n") for piece in cut if piece.text.strip()]
    pages = []
    for number, body in enumerate(bodies, 1):
        blocks = [head] if number == 1 else [f"-# {say('discord.answer.part', lang, number=number, count=len(bodies))}"]
        blocks.append(body)
        if number == len(bodies) and (notes := _notes(topic, lang)):
            blocks.append(notes)
        pages.append(Page(tuple(blocks)))
    return tuple(pages)


def _notes(topic: Topic, lang: Lang) -> str:
    if not topic.meta.questions:
        return ""
    numbers = listed(topic.meta.questions, lang)
    return "-# " + clip(say("discord.answer.questions", lang, numbers=numbers), _NOTES - 3)


def offer(outcome: str, lang: Lang, *, question: str | None = None) -> Page:
    """Return what stands above the topics offered by a reply that is `clarify` or `decline`."""
    lead = f"**{say(f'discord.{outcome}.lead', lang)}**\n{say(f'discord.{outcome}.hint', lang)}"
    return Page((f"{echo(question)}\n{lead}" if question is not None else lead,))


def echo(question: str) -> str:
    """Return the question as a quoted line that does nothing but stand there."""
    return f"> {one_line(question, _ECHO)}"


def hint(topic: Topic, lang: Lang) -> str:
    """Return in one plain line what a topic is about, the first sentence of its answer, for an option of a select."""
    text = " ".join(_MARKUP.sub("", topic.sections[lang]["answer"]).split())
    end = _SENTENCE.search(text)
    return clip(text[: end.end()] if end else text, OPTION_LABEL)


def section_options(topic: Topic, current: SectionId | None, lang: Lang) -> list[tuple[SectionId, str]]:
    """Return the sections one may go on to from `current`, with their labels; from a unit, to all."""
    return [
        (section, titles[lang])
        for section, titles in SECTIONS.items()
        if section != current and topic.sections[lang].get(section)
    ]
