"""Answers, offers of topics, and the controls under them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, get_args

import discord
from discord import ui

from bot.discord.ask.covered import CoveredButton
from bot.discord.ask.earlier import ExtraSelect, MoreSelect
from bot.discord.ask.followups import AskMoreButton
from bot.discord.ask.keeping import LinkButton, SaveButton, ShareButton
from bot.discord.ask.parts import (
    CodeButton,
    LanguageButton,
    NotebookButton,
    OnwardButton,
    PartButton,
    SourcesButton,
)
from bot.discord.ask.suggesting import SuggestButton
from bot.discord.ask.text import Page, compared_pages, declined, hint, lead, leads, offer, section_pages
from bot.discord.ask.votes import HelperButton, JudgeButton
from bot.discord.services import Explained, ServedClient
from bot.discord.ui.base import OPTIONS, Control, layout, picked, rows
from bot.discord.ui.colours import AMBER, BLURPLE
from bot.discord.ui.errors import Gone
from bot.discord.ui.items import QuizMeButton, mark_of
from bot.discord.ui.rest import RestSelect, option, values_in
from bot.discord.ui.text import OPTION_LABEL, clip
from bot.discord.ui.topic_controls import RunButton, TopicButton
from bot.study.shown import PagePlace, onward
from bot.wording import say
from bot.wording.languages import other_language
from bot.wording.phrases.replies import near
from knowledge.bank.formerly import find_topic
from knowledge.bank.models import MAIN_EXAMPLE, SECTIONS, Bank, ByLetter, Lang, SectionId, Topic
from knowledge.search.retriever import Reply

#: Topics offered: as buttons, and as options with a hint each.
_OFFERED, _MEANT = 3, 5


class MeantSelect(Control[ui.Select[Any]], prefix="epoch:meant"):
    """*Did you mean*: posts the short answer of the topic that was picked."""

    lang: Lang

    def __init__(self, lang: Lang, options: Iterable[discord.SelectOption] = (), placeholder: str = "…") -> None:
        self.lang = lang
        shown = [*options] or [discord.SelectOption(label="?")]
        super().__init__(ui.Select(custom_id=self.encode(), placeholder=placeholder, options=shown))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Post the answer section, for all to see."""
        await _open_topic(interaction, picked(self.item), self.lang)


#: Controls that say which topic a message is about.
_About = RunButton | TopicButton | OnwardButton | LanguageButton | MoreSelect | ExtraSelect | AskMoreButton
_ABOUT: tuple[type[_About], ...] = get_args(_About)


def answer_views(
    topic: Topic,
    section: SectionId,
    lang: Lang,
    ui_lang: Lang,
    *,
    question: str | None = None,
    private: bool = False,
    bank: Bank | None = None,
    unit: str | None = None,
    reply: Reply | None = None,
    above: str = "",
    shares: bool = False,
) -> list[ui.LayoutView]:
    """Return the messages of one section, or of the unit of it that answers, the controls under the last of them.

    Args:
        topic: the topic.
        section: which section of it.
        lang: language of the content.
        ui_lang: language of the controls.
        question: what was asked, where the member's client does not show it.
        private: whether only one member sees it; then there is nothing to vote on, and nothing to ask for all to see.
        bank: where the titles of related topics are found; without it they are not offered.
        unit: the unit of the section that answers, which is then all that is shown of it.
        reply: what it belongs to, where it is to a comparison that needs more than this.
        above: a line above the first of them.
        shares: whether a private one can be shared with a channel.
    """
    if section not in topic.sections[lang]:
        raise Gone("section")
    pages = section_pages(topic, section, lang, unit=unit, question=question)
    if reply is not None and reply.below and bank is not None:
        pages = compared_pages(pages, reply, bank)
    if above:
        pages = (replace(pages[0], blocks=(above, *pages[0].blocks)), *pages[1:])
    controls = _controls(topic, section, lang, ui_lang, private, bank, unit, shares)
    views = [_page(page) for page in pages[:-1]]
    return [*views, _page(pages[-1], *rows(*controls))]


def _page(page: Page, *below: ui.Item[Any], colour: int = BLURPLE) -> ui.LayoutView:
    return layout(*page.blocks, *below, colour=colour)


def _controls(
    topic: Topic,
    section: SectionId,
    lang: Lang,
    ui_lang: Lang,
    private: bool,
    bank: Bank | None,
    unit: str | None,
    shares: bool,
) -> list[ui.Item[Any]]:
    """Return one row of buttons, what is wanted most, and one select, which holds everything else."""
    row: list[ui.Item[Any]] = []
    if any(example.name == MAIN_EXAMPLE for example in topic.examples):
        row.append(RunButton(topic.slug, MAIN_EXAMPLE, say("discord.row.run", ui_lang), None))
    if any(isinstance(item, ByLetter) for item in topic.quiz):
        row.append(QuizMeButton(topic.slug, lang, say("discord.row.quiz", ui_lang), emoji=None))
    if onward(topic, PagePlace(topic.slug, lang, section, unit)) is not None:
        row.append(OnwardButton(topic.slug, section, lang, _mark(unit), say("discord.row.onward", ui_lang)))
    if not private:
        row.append(JudgeButton(topic.slug, section, lang))
    others = [
        *_further(topic, section, unit, lang, ui_lang, private, shares),
        *_elsewhere(topic, lang, ui_lang, private, bank),
    ]
    reading = _parts(topic, section, unit, lang, ui_lang, OPTIONS - len(others))
    key = "placeholder" if not private else "placeholder_share" if shares else "placeholder_private"
    other = say("discord.answer.other_language", other_language(lang))
    return [*row, RestSelect([*reading, *others], say(f"discord.rest.{key}", ui_lang, other=other))]


def _mark(unit: str | None) -> str | None:
    return None if unit is None else mark_of(unit)


def _parts(
    topic: Topic, section: SectionId, unit: str | None, lang: Lang, ui_lang: Lang, room: int
) -> list[discord.SelectOption]:
    """Return the parts of the page to read on: the units nearest, as many as there is room for, then all sections.

    A page has more units than a select takes. The section's own come first, those behind the one shown before those
    above it; where all of the section is shown, those of the next one. The rest of them are in their sections.
    """
    there = [each for each in SECTIONS if topic.sections[lang].get(each)]
    units = {each: [found for found in topic.units[lang] if found.section == each] for each in there}
    ids = [each.id for each in units[section]]
    at = ids.index(unit) if unit in ids else None
    sections = [each for each in there if each != section or (at is not None and len(ids) > 1)]
    near = [] if at is None else [*units[section][at + 1 :], *units[section][:at]]
    if not near:
        near = next((units[each] for each in there[there.index(section) + 1 :]), [])
    found = [
        option(PartButton(topic.slug, each.section, lang, mark_of(each.id)), lead(each), "📄")
        for each in near[: max(0, room - len(sections))]
    ]
    for each in sections:
        title = say("discord.rest.section", ui_lang, title=SECTIONS[each][ui_lang])
        found.append(option(PartButton(topic.slug, each, lang), title, "📖", leads(topic, each, lang)))
    return found


def _further(
    topic: Topic, section: SectionId, unit: str | None, lang: Lang, ui_lang: Lang, private: bool, shares: bool
) -> list[discord.SelectOption]:
    """Return what else there is of this topic: a question about it, the other language, its code, files, sources."""
    found = []
    if not private:
        found.append(option(AskMoreButton(topic.slug, ui_lang), say("discord.rest.ask", ui_lang), "💬"))
    elif shares:
        share = ShareButton(topic.slug, section, lang, _mark(unit))
        found.append(option(share, say("onward.share.option", ui_lang), "📣"))
    save, link = (kind(topic.slug, section, lang, _mark(unit)) for kind in (SaveButton, LinkButton))
    found.append(option(save, say("onward.save.option", ui_lang), "⭐"))
    other = say("discord.answer.other_language", other_language(lang))
    found.append(option(LanguageButton(topic.slug, section, lang, _mark(unit)), other, "🌐"))
    if any(example.name == MAIN_EXAMPLE for example in topic.examples):
        code = CodeButton(topic.slug, MAIN_EXAMPLE, lang)
        found.append(option(code, say("discord.rest.code", ui_lang), "📝"))
    found.append(option(NotebookButton(topic.slug, lang), say("discord.rest.notebook", ui_lang), "📓"))
    if topic.meta.sources:
        found.append(option(SourcesButton(topic.slug, lang), say("talk.sources", ui_lang), "📚"))
    found.append(option(link, say("onward.link.option", ui_lang), "🔗"))
    return found


def _elsewhere(topic: Topic, lang: Lang, ui_lang: Lang, private: bool, bank: Bank | None) -> list[discord.SelectOption]:
    """Return where to go from here: other examples, and related topics, which under a private page turn it."""
    found = []
    for example in topic.examples:
        if example.name != MAIN_EXAMPLE:
            title = say("discord.answer.example", ui_lang, title=example.meta.title[ui_lang])
            found.append(option(RunButton(topic.slug, example.name), title, "▶️"))
    for slug in topic.meta.related:
        if bank is not None and slug in bank.topics:
            title = say("discord.answer.related", ui_lang, title=bank[slug].title[ui_lang])
            button = PartButton(slug, "answer", lang) if private else TopicButton(slug, lang)
            found.append(option(button, title, "🔗"))
    return found


def reply_views(
    reply: Reply, bank: Bank, ui_lang: Lang, *, question: str | None = None, helper: bool = False,
    missing: str | None = None,
) -> list[ui.LayoutView]:  # fmt: skip
    """Return the messages of a reply of any outcome.

    Args:
        reply: what was found.
        bank: where it was looked for.
        ui_lang: language of the controls.
        question: what was asked, where the member's client does not show it.
        helper: whether a question without an answer offers to call a person.
        missing: the mark of such a question among the gaps, where it can be suggested to the host.
    """
    if reply.topic is not None:
        section = reply.section or "answer"
        return answer_views(
            bank[reply.topic], section, reply.lang, ui_lang, question=question, bank=bank, unit=reply.unit, reply=reply
        )
    if reply.outcome == "clarify":
        page = offer(reply.outcome, reply.lang, question=question)
        nearest = [candidate.topic for candidate in reply.candidates]
        options = _meant(bank, nearest[:_MEANT], reply.lang)
        picking = MeantSelect(reply.lang, options, say("discord.clarify.pick", ui_lang))
        return [_page(page, *rows(picking), colour=AMBER)]
    offered = [*dict.fromkeys([*(place.topic for place in reply.below), *near(reply)])][:_OFFERED]
    below = rows(*topic_buttons(bank, offered, reply.lang))
    ways: list[ui.Item[Any]] = [HelperButton(say("discord.helper.button", ui_lang))] if helper else []
    ways.append(CoveredButton(say("onward.covered.button", ui_lang)))
    if missing is not None:
        ways.append(SuggestButton(reply.lang, missing, say("onward.tell.button", ui_lang)))
    below += rows(*ways)
    *pages, last = declined(reply, bank, question=question)
    return [*(_page(page, colour=AMBER) for page in pages), _page(last, *below, colour=AMBER)]


def _meant(bank: Bank, slugs: Iterable[str], lang: Lang) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(
            label=clip(bank[slug].title[lang], OPTION_LABEL), value=slug, description=hint(bank[slug], lang)
        )
        for slug in slugs
    ]


def topic_buttons(bank: Bank, slugs: Iterable[str], lang: Lang) -> list[TopicButton]:
    """Return a button for each of the topics."""
    return [TopicButton(slug, lang, bank[slug].title[lang]) for slug in slugs]


async def _open_topic(interaction: discord.Interaction[ServedClient], slug: str, lang: Lang) -> None:
    """Answer with a topic's short answer."""
    services = interaction.client.services
    await services.answers.open_section(
        interaction, services.tutor_in(interaction.guild_id).topic(slug), "answer", lang
    )


def explained_view(explained: Explained, bank: Bank, ui_lang: Lang, *below: ui.Item[Any]) -> ui.LayoutView:
    """Return what to tell a member whose request could not be done, with topics and other ways to go on."""
    buttons = topic_buttons(bank, explained.nearest[:_OFFERED], ui_lang)
    return layout(explained.text, *rows(*buttons, *below), colour=AMBER)


async def show(interaction: discord.Interaction[Any], views: Sequence[ui.LayoutView], *, private: bool = False) -> None:
    """Put messages into the answer that `interaction` awaits, and below it."""
    first, *others = views
    await interaction.edit_original_response(view=first)
    for view in others:
        await interaction.followup.send(view=view, ephemeral=private)


def topic_of(message: discord.Message) -> str | None:
    """Return the one topic that a message of the bot's is about, by the controls under it; None for several."""
    own = (each for each in values_in(message.components) if LanguageButton.decode(each) or RunButton.decode(each))
    ids = [*_custom_ids(message.components), *own]  # not the related topics, which stand among the options, too
    slugs = {found.slug for control in _ABOUT for custom_id in ids if (found := control.decode(custom_id))}
    return slugs.pop() if len(slugs) == 1 else None


def shown_in(message: discord.Message, bank: Bank, lang: Lang) -> PagePlace | None:
    """Return the part of a page that a message of the bot's shows; None where it is about no topic of the bank.

    A message about a topic that shows no part of its page (a run, code) is in `lang`.
    """
    topic = find_topic(bank, topic_of(message) or "")
    if topic is None:
        return None
    for custom_id in (*values_in(message.components), *_custom_ids(message.components)):
        if found := LanguageButton.decode(custom_id):
            place = found.place(topic)
            return place if found.unit else replace(place, unit=_unit_in(message, topic, place))
    return PagePlace(topic.slug, lang)


def _unit_in(message: discord.Message, topic: Topic, shown: PagePlace) -> str | None:
    """Return the unit whose text stands in a message; None where that is all of a section."""
    texts = {text.strip() for text in _texts(message.components)}
    for unit in topic.units[shown.lang]:
        if topic.passage(unit.section, shown.lang, unit.id).strip() in texts:
            return unit.id
    return None


def _texts(components: Iterable[Any]) -> Iterator[str]:
    for component in components:
        yield from _texts(getattr(component, "children", ()))
        if isinstance(text := getattr(component, "content", None), str):
            yield text


def _custom_ids(components: Iterable[Any]) -> Iterator[str]:
    for component in components:
        yield from _custom_ids(getattr(component, "children", ()))
        if custom_id := getattr(component, "custom_id", None):
            yield custom_id
