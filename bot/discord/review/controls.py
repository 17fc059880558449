"""`/review`: one private message that shows an item, then its answer, takes a grade, and shows the next item.

A custom id has the item, and a salt that is new each time an item is shown. So a grade counts once, also when it is
pressed twice or after a restart. It is saved before the next item is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import discord
from discord import ui

from bot.discord.review.text import blocks_in_words, drill_blocks, leech_line
from bot.discord.services import ServedClient, Services
from bot.discord.ui.base import Control, layout, rows
from bot.discord.ui.colours import BLURPLE, GREEN, RED
from bot.discord.ui.drill_controls import DrillButton, WriteButton, marked
from bot.discord.ui.ids import ItemMark, Salt, Spelling, TopicSlug
from bot.discord.ui.item_text import item_blocks
from bot.discord.ui.items import found_by, mark_of, shuffled
from bot.discord.ui.practice_controls import ways_on
from bot.discord.ui.review_controls import ReviewButton, SessionItem, Showing
from bot.discord.ui.review_text import standing_line
from bot.discord.ui.topic_controls import TopicButton
from bot.study.decks import Deck, ReviewSession
from bot.study.learning import GivenAnswer
from bot.study.schedule import AGAIN, GOOD, GRADES, Grade
from bot.wording import say
from bot.wording.phrases.reviews import span
from knowledge.bank.drills import Drill
from knowledge.bank.formerly import find_topic
from knowledge.bank.models import ByLetter, Item, Lang, Topic

#: Pressed instead of a letter: the answer was said aloud.
SHOW = "S"


class ShowButton(Control[ui.Button[Any]], prefix="epoch:recall"):
    """One option of the item, or *Show the answer*; the message then shows the answer and four grades."""

    slug: TopicSlug
    mark: ItemMark
    lang: Lang
    salt: Salt
    letter: Annotated[str, Spelling(f"[A-D{SHOW}]")]
    showing: Showing | None
    replies = "quiet"

    def __init__(
        self, slug: str, mark: str, lang: Lang, salt: str, letter: str, showing: SessionItem | None = None,
        label: str | None = None,
    ) -> None:  # fmt: skip
        self.slug, self.mark, self.lang, self.salt, self.letter = slug, mark, lang, salt, letter
        self.showing = showing
        super().__init__(ui.Button(label=label or letter, style=discord.ButtonStyle.primary, custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Show the answer."""
        services = interaction.client.services
        found = found_by(services.tutor_in(interaction.guild_id).bank, self.slug, self.mark)
        if found is None:
            await _go_on(interaction, self.lang, say("member.review.gone", self.lang), self.showing)
            return
        topic, item = found.topic, found.item
        if isinstance(item, ByLetter):
            letters = shuffled(topic, item, self.lang, self.salt, services.secret, found.name).letters
            if self.letter not in letters:  # another item stands under that name now
                await _go_on(interaction, self.lang, say("member.review.gone", self.lang), self.showing)
                return
        if self.showing is not None and self.showing.again:
            dues = {GOOD: await services.learning.due_when_right(interaction.user.id, topic.slug, item.id)}
        else:
            dues = await services.learning.dues(interaction.user.id, topic.slug, item.id)
        view = told_view(
            topic, item, self.lang, self.salt, services.secret, self.letter, dues, found.name, self.showing
        )  # fmt: skip
        await interaction.edit_original_response(view=view)


class GradeButton(Control[ui.Button[Any]], prefix="epoch:grade"):
    """Saves a grade and shows the next item; the grade that is suggested has another colour."""

    slug: TopicSlug
    mark: ItemMark
    lang: Lang
    salt: Salt
    grade: Grade
    showing: Showing | None
    replies = "quiet"

    def __init__(
        self, slug: str, mark: str, lang: Lang, salt: str, grade: Grade, showing: SessionItem | None = None,
        when: str = "", likely: bool = False,
    ) -> None:  # fmt: skip
        self.slug, self.mark, self.lang, self.salt, self.grade = slug, mark, lang, salt, grade
        self.showing = showing
        style = discord.ButtonStyle.primary if likely else discord.ButtonStyle.secondary
        label = f"{say(f'member.grade.{GRADES[grade]}', lang)} · {when}"
        super().__init__(ui.Button(label=label, style=style, custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Save, then go on."""
        services = interaction.client.services
        found = found_by(services.tutor_in(interaction.guild_id).bank, self.slug, self.mark)
        if found is None:
            await _go_on(interaction, self.lang, say("member.review.gone", self.lang), self.showing)
            return
        topic, item = found.topic, found.item
        below: list[ui.Item[Any]] = []
        if self.showing is not None and self.showing.again:
            said = await self._again(services, interaction.user.id, topic, item)
        else:
            said, below = await self._record(services, interaction, topic, item)
        await _go_on(interaction, self.lang, said, self.showing, (topic.slug, item.id), below=below)

    async def _record(
        self, services: Services, interaction: discord.Interaction[ServedClient], topic: Topic, item: Item
    ) -> tuple[str, list[ui.Item[Any]]]:
        """Record the review; return what to say of it, and what leads to the explanation of a leech."""
        below: list[ui.Item[Any]] = []
        source, guild_id = f"review:{self.salt}", interaction.guild_id
        given = GivenAnswer(interaction.user.id, topic.slug, item.id, self.grade, source, guild_id=guild_id)
        moved = await services.learning.record([given])
        said = say("member.review.saved_before", self.lang)
        for card in moved:
            grade = say(f"member.grade.{GRADES[self.grade]}", self.lang)
            said = say("member.review.saved", self.lang, grade=grade, when=span(card.due - services.clock(), self.lang))
            if self.grade == AGAIN and self.showing is not None:
                said = say("agenda.again.missed", self.lang)
            if self.grade == AGAIN:
                count = await services.learning.leech(interaction.user.id, topic.slug, item.id)
                if count is not None:
                    said += "\n" + leech_line(topic, count, self.lang)
                    below = [TopicButton(topic.slug, self.lang, say("studying.leech.button", self.lang))]
        return said, below

    async def _again(self, services: Services, member_id: int, topic: Topic, item: Item) -> str:
        """Take the answer to what was missed in this session."""
        card = await services.learning.again(member_id, topic.slug, item.id, right=self.grade != AGAIN)
        if card is None:
            return say("member.review.saved_before", self.lang)
        if self.grade == AGAIN:
            return say("agenda.again.still", self.lang)
        return say("agenda.again.right", self.lang, when=span(card.due - services.clock(), self.lang))


class NextButton(Control[ui.Button[Any]], prefix="epoch:reviewnext"):
    """Goes on from a drill, written or not: it comes again later where it is still due."""

    slug: TopicSlug
    mark: ItemMark
    lang: Lang
    showing: Showing | None
    replies = "quiet"

    def __init__(self, slug: str, mark: str, lang: Lang, showing: SessionItem | None = None, label: str = "→") -> None:
        self.slug, self.mark, self.lang, self.showing = slug, mark, lang, showing
        super().__init__(ui.Button(label=label, emoji="➡️", custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Go on."""
        bank = interaction.client.services.tutor_in(interaction.guild_id).bank
        topic = find_topic(bank, self.slug)
        drill = next((each for each in topic.drills if mark_of(each.name) == self.mark), None) if topic else None
        not_now = (drill.topic, drill.item) if drill is not None else None
        await _go_on(interaction, self.lang, "", self.showing, not_now, drill.id if drill is not None else None)


async def _go_on(
    interaction: discord.Interaction[ServedClient], lang: Lang, said: str, showing: SessionItem | None,
    not_now: tuple[str, str] | None = None, put_off: str | None = None, below: Sequence[ui.Item[Any]] = (),
) -> None:  # fmt: skip
    now = interaction.client.services.clock()
    session = showing.session if showing is not None else ReviewSession.begin("all", now)
    view = await next_view(interaction, lang, session, said, not_now, put_off)
    for row in rows(*below) if below else ():
        view.add_item(row)
    await interaction.edit_original_response(view=view)


async def next_view(
    interaction: discord.Interaction[ServedClient], lang: Lang, session: ReviewSession, said: str = "",
    not_now: tuple[str, str] | None = None, put_off: str | None = None,
) -> ui.LayoutView:  # fmt: skip
    """Return what comes next in a session, or that there is nothing left; `said` stands above it.

    Args:
        interaction: whose.
        lang: of the items and the interface.
        session: which deck, and since when.
        said: what came of the last answer.
        not_now: what was just answered.
        put_off: the id of a drill that was just left for later.
    """
    services, member = interaction.client.services, interaction.user.id
    learning = services.learning_in(interaction.guild_id)
    standing = standing_line(await learning.standing(member, interaction.guild_id), lang)
    deck = "" if session.deck == "all" else "-# " + say(f"agenda.deck.{session.deck}", lang)
    found = await learning.next_in(
        member, session, not_now=not_now, put_off=() if put_off is None else (put_off,), guild_id=interaction.guild_id
    )
    if found is None:
        head = "\n".join(filter(None, [said, standing]))
        below = await ways_on(interaction, lang) if session.deck == "all" else ()
        soonest, missed = await services.learning.soonest(member), await services.learning.mistakes(member)
        return nothing_view(lang, head, soonest, session.deck, *below, missed=missed > 0)
    if isinstance(found, Drill):
        topic = services.tutor_in(interaction.guild_id).topic(found.topic)
        head = "\n".join(filter(None, [said, deck, standing]))
        return drill_view(found, topic, lang, head, SessionItem(session))
    again = say("agenda.again.asked", lang) if found.again else ""
    head = "\n".join(filter(None, [said, again, deck, standing]))
    salt, shown = f"{interaction.id:x}", SessionItem(session, found.again)
    return asked_view(found.topic, found.item, lang, salt, services.secret, head, shown)


def drill_view(drill: Drill, topic: Topic, lang: Lang, head: str, showing: SessionItem | None = None) -> ui.LayoutView:
    """Return a drill that is due: it is written, judged and counted in messages of its own; then reviewing goes on."""
    slug, mark = marked(drill)
    write = WriteButton(slug, mark, None, say("drilling.button.write", lang))
    opening = DrillButton(slug, mark, say("drilling.button.open", lang))
    skip = NextButton(slug, mark, lang, showing, say("drilling.review.skip", lang))
    return layout(head, *drill_blocks(drill, topic, lang), *rows(write, opening, skip), colour=BLURPLE)


def asked_view(
    topic: Topic, item: Item, lang: Lang, salt: str, secret: bytes, head: str, showing: SessionItem | None = None
) -> ui.LayoutView:
    """Return an item to be recalled."""
    mark = mark_of(item.id)
    if isinstance(item, ByLetter):
        question = shuffled(topic, item, lang, salt, secret)
        blocks = item_blocks(question, topic, lang)
        buttons = [ShowButton(topic.slug, mark, lang, salt, letter, showing) for letter in question.letters]
    else:
        blocks = blocks_in_words(topic, item, lang, told=False)
        buttons = [ShowButton(topic.slug, mark, lang, salt, SHOW, showing, say("member.review.show", lang))]
    return layout(head, *blocks, *rows(*buttons), colour=BLURPLE)


def told_view(
    topic: Topic,
    item: Item,
    lang: Lang,
    salt: str,
    secret: bytes,
    letter: str,
    dues: Mapping[Grade, float],
    name: str | None = None,
    showing: SessionItem | None = None,
) -> ui.LayoutView:
    """Return an item with its answer and the four grades; where it was missed in this session, *Again* and *Good*.

    Args:
        topic: of the item.
        item: that was shown.
        lang: of item and interface.
        salt: of this showing.
        secret: of the database.
        letter: what was chosen, or `SHOW`.
        dues: in how many seconds it comes back after each grade.
        name: what it was called when it was asked; None for as now.
        showing: of which session, and whether it was missed in it.
    """
    if isinstance(item, ByLetter):
        question = shuffled(topic, item, lang, salt, secret, name)
        blocks, right = item_blocks(question, topic, lang, letter), letter in question.right
    else:
        blocks, right = blocks_in_words(topic, item, lang, told=True), True
    likely = GOOD if right else AGAIN
    again = showing is not None and showing.again
    whens = {grade: span(dues[grade], lang) for grade in dues} | (
        {AGAIN: say("agenda.again.soon", lang)} if again else {}
    )
    marks = (topic.slug, mark_of(item.id), lang, salt)
    grades = [GradeButton(*marks, grade, showing, whens[grade], grade == likely) for grade in GRADES if grade in whens]
    hint = "-# " + say("agenda.again.hint" if again else "member.review.how_well", lang)
    return layout(*blocks, hint, *rows(*grades), colour=GREEN if right else RED)


def nothing_view(
    lang: Lang, head: str, soonest: float | None, deck: Deck = "all", *below: ui.Item[Any], missed: bool = True
) -> ui.LayoutView:
    """Return that nothing is left in a deck.

    Args:
        lang: of the interface.
        head: what stands above it.
        soonest: when the next card is due, in Unix time.
        deck: which.
        below: ways to go on from the deck of everything; the others lead to that one.
        missed: whether there is any mistake for the deck of mistakes.
    """
    if deck == "all":
        text = say("member.review.nothing", lang)
        if soonest is not None:
            text += "\n" + say("member.review.next_due", lang, at=int(soonest))
        return layout(*filter(None, [head]), text, *below, colour=GREEN)
    on = ReviewButton("all", lang, say("agenda.button.on", lang))
    key = "none_missed" if deck == "mine" and not missed else deck
    return layout(head, say(f"agenda.nothing.{key}", lang), *rows(on), colour=GREEN)
