"""The text of messages with topics and replies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.discord.ui.split import pieces
from bot.discord.ui.text import MESSAGE_TEXT, OPTION_LABEL, clip, neutralise, one_line, width
from bot.wording import say
from bot.wording.languages import listed
from bot.wording.phrases.replies import near, not_compared, not_covered, provenance
from knowledge.bank import sources
from knowledge.bank.models import SECTIONS, Bank, Example, Lang, SectionId, Topic, Unit
from knowledge.search.retriever import Reply

#: How much of a question is repeated above its answer: a slash command does not show what was typed.
_ECHO = 240
_TITLE = 200
#: Of a source: so much of what it is called.
_SOURCE = 300
#: Of a name that was typed.
_NAMED = 60
#: Text under the last piece of a section: its numbers.
_NOTES = 200
#: Of what a foreign bank says of itself: its title, its author, its licence.
_BANK = 80
#: Left free for a line above a message that has to be sent directly.
_SPARE = 100
#: What a unit's first words may end with, and no option of a select does.
_END = ".。:："
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
    notes = _notes(topic, lang)
    room = MESSAGE_TEXT - width(head) - max(_NOTES, width(notes)) - _SPARE
    cut = pieces(topic.passage(section, lang, unit).strip(), room)
    bodies = [piece.shown.strip("\n") for piece in cut if piece.text.strip()]
    pages = []
    for number, body in enumerate(bodies, 1):
        blocks = [head] if number == 1 else [f"-# {say('discord.answer.part', lang, number=number, count=len(bodies))}"]
        blocks.append(body)
        if number == len(bodies) and notes:
            blocks.append(notes)
        pages.append(Page(tuple(blocks)))
    return tuple(pages)


def compared_pages(pages: Sequence[Page], reply: Reply, bank: Bank) -> tuple[Page, ...]:
    """Return the pages of what answers first, with what else a comparison needs below, in as few messages as do."""
    found = [*pages]
    for place in reply.below:
        found += section_pages(bank[place.topic], place.section, reply.lang, unit=place.unit)
    if (said := not_compared(reply)) is not None:
        found.append(Page((f"-# {said}",)))
    packed = found[:1]
    for page in found[1:]:
        blocks = (*packed[-1].blocks, *page.blocks)
        if sum(map(width, blocks)) <= MESSAGE_TEXT - _SPARE:
            packed[-1] = Page(blocks)
        else:
            packed.append(page)
    return tuple(packed)


def _notes(topic: Topic, lang: Lang) -> str:
    numbers = listed(topic.meta.questions, lang)
    told = [clip(say("discord.answer.questions", lang, numbers=numbers), _NOTES - 3)] if topic.meta.questions else []
    if (bank := provenance(topic, lang, lambda text: one_line(text, _BANK))) is not None:
        told.append(bank)
    return "\n".join(f"-# {line}" for line in told)


def offer(outcome: str, lang: Lang, *, question: str | None = None) -> Page:
    """Return what stands above the topics offered by a reply that is `clarify` or `decline`."""
    lead = f"**{say(f'discord.{outcome}.lead', lang)}**\n{say(f'discord.{outcome}.hint', lang)}"
    return Page((f"{echo(question)}\n{lead}" if question is not None else lead,))


def declined(reply: Reply, bank: Bank, *, question: str | None = None) -> tuple[Page, ...]:
    """Return what is said to a question without an answer: what is not covered, what is known of the rest of it."""
    lead = not_covered(reply, lambda name: one_line(name, _NAMED)) or say("discord.decline.lead", reply.lang)
    hint = say(f"discord.decline.{'hint' if near(reply) else 'alone'}", reply.lang)
    first = f"**{lead}**" if reply.below and not near(reply) else f"**{lead}**\n{hint}"
    if question is not None:
        first = f"{echo(question)}\n{first}"
    return compared_pages([Page((first,))], reply, bank)


def echo(question: str) -> str:
    """Return the question as a quoted line that does nothing but stand there."""
    return f"> {one_line(question, _ECHO)}"


def hint(topic: Topic, lang: Lang) -> str:
    """Return in one plain line what a topic is about, the first sentence of its answer, for an option of a select."""
    return _first_sentence(topic.sections[lang]["answer"])


def _first_sentence(text: str) -> str:
    plain = " ".join(_MARKUP.sub("", text).split())
    end = _SENTENCE.search(plain)
    return clip(plain[: end.end()] if end else plain, OPTION_LABEL)


def lead(unit: Unit) -> str:
    """Return in one plain line what a unit is about: the words it begins with, for an option of a select."""
    words = " ".join(_MARKUP.sub("", unit.lead).split()).rstrip(_END)
    return clip(words, OPTION_LABEL) or _first_sentence(unit.text)


def leads(topic: Topic, section: SectionId, lang: Lang) -> str:
    """Return in one line what a section holds: what its units begin with; nothing where it has none."""
    named = (lead(unit) for unit in topic.units[lang] if unit.section == section and unit.lead)
    return clip(" · ".join(named), OPTION_LABEL)


def example_title(topic: Topic, example: Example, lang: Lang) -> str:
    """Return what stands above the code of an example."""
    return f"### {clip(topic.title[lang], _TITLE)}\n-# {example.meta.title[lang]} · {example.file}"


def code_blocks(topic: Topic, example: Example, lang: Lang, above: str = "") -> list[list[str]]:
    """Return the source, in more than one message only where it is longer than one may be."""
    title = f"{above}{example_title(topic, example, lang)}"
    source = f"```py\n{neutralise(example.source).rstrip()}\n```"
    first, *others = [piece.shown.strip("\n") for piece in pieces(source, MESSAGE_TEXT - width(title) - _SPARE)]
    return [[title, first], *([each] for each in others)]


def sources_text(topic: Topic, lang: Lang) -> str:
    """Return what a topic's page was checked against, a line each, those with an address as links."""
    text = f"### {clip(topic.title[lang], _TITLE)}\n-# {say('talk.sources', lang)}"
    if topic.meta.checked:
        text += f" · {say('talk.checked', lang, month=topic.meta.checked)}"
    for number, source in enumerate(map(sources.parse, topic.meta.sources), start=1):
        label = one_line(source.label, _SOURCE).replace("]", "\\]")
        line = f"\n{number}. " + (f"[{label}]({source.url})" if source.url else label)
        if width(text) + width(line) > MESSAGE_TEXT - _SPARE:
            return f"{text}\n…"
        text += line
    return text
