"""Answers, offers of topics, and the controls under them."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, cast, get_args

import discord
from discord import ui

from bot.discord.ask.followups import AskMoreButton
from bot.discord.ask.text import Page, hint, offer, section_options, section_pages
from bot.discord.ask.votes import HelperButton, VoteButton
from bot.discord.services import ServedClient
from bot.discord.ui.base import OPTIONS, Control, layout, picked, rows, select
from bot.discord.ui.colours import AMBER, BLURPLE
from bot.discord.ui.error_text import Explained
from bot.discord.ui.errors import Gone
from bot.discord.ui.ids import Slug
from bot.discord.ui.items import QuizMeButton
from bot.discord.ui.language import lang_of
from bot.discord.ui.text import BUTTON_LABEL, OPTION_LABEL, clip
from bot.discord.ui.topic_controls import RunButton, TopicButton
from bot.exports.notebook import notebook
from bot.study.shown import Shown
from bot.wording import say
from bot.wording.languages import other_language
from knowledge.bank.models import MAIN_EXAMPLE, Bank, ByLetter, Lang, SectionId, Topic
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


class MoreSelect(Control[ui.Select[Any]], prefix="epoch:more"):
    """Opens another section of the topic, for the member who chose it."""

    slug: Slug
    lang: Lang
    replies = "private"

    def __init__(
        self, slug: str, lang: Lang, options: Iterable[tuple[str, str]] = (("answer", "?"),), placeholder: str = "…"
    ) -> None:
        self.slug, self.lang = slug, lang
        super().__init__(select(self.encode(), options, placeholder))

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """A page that only the member sees turns to the next section; under a public one a private page opens."""
        if interaction.message is not None and interaction.message.flags.ephemeral:
            await interaction.response.defer()
        else:
            await super().acknowledge(interaction)

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Show the chosen section."""
        topic = interaction.client.services.tutor.topic(self.slug)
        section = cast("SectionId", picked(self.item))
        views = answer_views(topic, section, self.lang, lang_of(interaction), private=True)
        await show(interaction, views, private=True)


class ExtraSelect(Control[ui.Select[Any]], prefix="epoch:extra"):
    """Where to go from here: other examples, related topics."""

    slug: Slug
    lang: Lang

    def __init__(
        self, slug: str, lang: Lang, options: Iterable[discord.SelectOption] = (), placeholder: str = "…"
    ) -> None:
        self.slug, self.lang = slug, lang
        shown = [*options][:OPTIONS] or [discord.SelectOption(label="?")]
        super().__init__(ui.Select(custom_id=self.encode(), placeholder=placeholder, options=shown))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Run the example, or post the topic's short answer, for all to see."""
        what, _, name = picked(self.item).partition(":")
        if what == "example":
            await interaction.client.services.runs.start(interaction, self.slug, name)
        else:
            await _open_topic(interaction, name, self.lang)


class LanguageButton(Control[ui.Button[Any]], prefix="epoch:lang"):
    """Opens the same section in the other language, for the member who wants it."""

    slug: Slug
    section: SectionId
    lang: Lang
    replies = "private"

    def __init__(self, slug: str, section: SectionId, lang: Lang) -> None:
        self.slug, self.section, self.lang = slug, section, lang
        label = say("discord.answer.other_language", other_language(lang))
        super().__init__(ui.Button(label=label, emoji="🌐", custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Show it."""
        topic, other = interaction.client.services.tutor.topic(self.slug), other_language(self.lang)
        await show(
            interaction, answer_views(topic, self.section, other, lang_of(interaction), private=True), private=True
        )


class NotebookButton(Control[ui.Button[Any]], prefix="epoch:notebook"):
    """Hands out the topic as a Jupyter notebook, to the member who wants it."""

    slug: Slug
    lang: Lang
    replies = "private"

    def __init__(self, slug: str, lang: Lang, label: str = "…") -> None:
        self.slug, self.lang = slug, lang
        super().__init__(ui.Button(label=label, emoji="📓", custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Make it."""
        topic = interaction.client.services.tutor.topic(self.slug)
        file = discord.File(io.BytesIO(await asyncio.to_thread(notebook, topic, self.lang)), f"{topic.slug}.ipynb")
        view = notebook_view(topic, self.lang, lang_of(interaction), file)
        await interaction.edit_original_response(view=view, attachments=[file])


#: Controls that say which topic a message is about.
_About = RunButton | TopicButton | MoreSelect | ExtraSelect | AskMoreButton
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
) -> list[ui.LayoutView]:
    """Return the messages of one section, or of the unit of it that answers, the controls under the last of them.

    Args:
        topic: the topic.
        section: which section of it.
        lang: language of the content.
        ui_lang: language of the controls.
        question: what was asked, where the member's client does not show it.
        private: whether only one member sees it; then there is nothing to vote on, and nothing to go on with for all.
        bank: where the titles of related topics are found; without it they are not offered.
        unit: the unit of the section that answers, which is then all that is shown of it.
    """
    if section not in topic.sections[lang]:
        raise Gone("section")
    pages = section_pages(topic, section, lang, unit=unit, question=question)
    controls = _controls(topic, section, lang, ui_lang, private, bank, unit)
    views = [_page(page) for page in pages[:-1]]
    return [*views, _page(pages[-1], *rows(*controls))]


def _page(page: Page, *below: ui.Item[Any], colour: int = BLURPLE) -> ui.LayoutView:
    return layout(*page.blocks, *below, colour=colour)


def _controls(
    topic: Topic, section: SectionId, lang: Lang, ui_lang: Lang, private: bool, bank: Bank | None, unit: str | None
) -> list[ui.Item[Any]]:
    controls: list[ui.Item[Any]] = []
    if any(example.name == MAIN_EXAMPLE for example in topic.examples):
        controls.append(RunButton(topic.slug, MAIN_EXAMPLE, say("discord.answer.run", ui_lang)))
    if any(isinstance(item, ByLetter) for item in topic.quiz):
        controls.append(QuizMeButton(topic.slug, lang, say("discord.answer.quiz", ui_lang)))
    if not private:
        controls.append(AskMoreButton(topic.slug, ui_lang, say("discord.answer.ask", ui_lang)))
        controls += [VoteButton(topic.slug, section, lang, good) for good in (True, False)]
        controls.append(LanguageButton(topic.slug, section, lang))
        controls.append(NotebookButton(topic.slug, lang, say("discord.answer.notebook", ui_lang)))
    if options := section_options(topic, None if unit else section, lang):
        controls.append(MoreSelect(topic.slug, lang, options, say("discord.answer.more", ui_lang)))
    if not private and (extras := _extras(topic, ui_lang, bank)):
        controls.append(ExtraSelect(topic.slug, lang, extras, say("discord.answer.extra", ui_lang)))
    return controls


def _extras(topic: Topic, ui_lang: Lang, bank: Bank | None) -> list[discord.SelectOption]:
    def option(value: str, label: str, emoji: str) -> discord.SelectOption:
        return discord.SelectOption(label=clip(label, OPTION_LABEL), value=value, emoji=emoji)

    found = []
    for example in topic.examples:
        if example.name != MAIN_EXAMPLE:
            title = say("discord.answer.example", ui_lang, title=example.meta.title[ui_lang])
            found.append(option(f"example:{example.name}", title, "▶️"))
    for slug in topic.meta.related:
        if bank is not None and slug in bank.topics:
            title = say("discord.answer.related", ui_lang, title=bank[slug].title[ui_lang])
            found.append(option(f"topic:{slug}", title, "🔗"))
    return found


def notebook_view(topic: Topic, lang: Lang, ui_lang: Lang, file: discord.File) -> ui.LayoutView:
    """Return the message that brings a topic's notebook."""
    text = f"### {clip(topic.title[lang], BUTTON_LABEL)}\n{say('discord.answer.notebook_how', ui_lang)}"
    return layout(text, ui.File[Any](file.uri), colour=BLURPLE)


def reply_views(
    reply: Reply, bank: Bank, ui_lang: Lang, *, question: str | None = None, helper: bool = False
) -> list[ui.LayoutView]:
    """Return the messages of a reply of any outcome; with `helper`, one that was not found offers to call a person."""
    if reply.topic is not None:
        section = reply.section or "answer"
        return answer_views(
            bank[reply.topic], section, reply.lang, ui_lang, question=question, bank=bank, unit=reply.unit
        )
    page = offer(reply.outcome, reply.lang, question=question)
    nearest = [candidate.topic for candidate in reply.candidates]
    if reply.outcome == "clarify":
        options = _meant(bank, nearest[:_MEANT], reply.lang)
        picking = MeantSelect(reply.lang, options, say("discord.clarify.pick", ui_lang))
        return [_page(page, *rows(picking), colour=AMBER)]
    below = rows(*topic_buttons(bank, nearest[:_OFFERED], reply.lang))
    if helper:
        below += rows(HelperButton(say("discord.helper.button", ui_lang)))
    return [_page(page, *below, colour=AMBER)]


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
    await services.answers.open_section(interaction, services.tutor.topic(slug), "answer", lang)


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
    ids = [*_custom_ids(message.components)]
    slugs = {found.slug for control in _ABOUT for custom_id in ids if (found := control.decode(custom_id))}
    return slugs.pop() if len(slugs) == 1 else None


def shown_in(message: discord.Message, bank: Bank, lang: Lang) -> Shown | None:
    """Return the part of a page that a message of the bot's shows; None where it is about no topic of the bank.

    A message about a topic that shows no part of its page (a run, code) is in `lang`.
    """
    topic = bank.topics.get(topic_of(message) or "")
    if topic is None:
        return None
    for custom_id in _custom_ids(message.components):
        if found := LanguageButton.decode(custom_id):
            shown = Shown(topic.slug, found.lang, found.section)
            return replace(shown, unit=_unit_in(message, topic, shown))
    return Shown(topic.slug, lang)


def _unit_in(message: discord.Message, topic: Topic, shown: Shown) -> str | None:
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
