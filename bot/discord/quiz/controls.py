"""The controls of a quiz round and the messages they stand in. No custom id tells the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Self

import discord
from discord import ui

from bot.discord.quiz.lead_controls import LeadButton, QuestionNumber, RoundId, moderates
from bot.discord.quiz.text import (
    RoundPage,
    lobby_page,
    podium_page,
    private_page,
    private_told_page,
    question_page,
    reply_text,
    reveal_page,
)
from bot.discord.services import ServedClient
from bot.discord.ui.after_controls import after_buttons
from bot.discord.ui.base import Control, Form, layout, rows, typed_in
from bot.discord.ui.confirmed import Confirmed, replied_soon, reply_late
from bot.discord.ui.ids import Id, Letter, Spelling
from bot.discord.ui.item_text import folded
from bot.discord.ui.language import lang_of
from bot.study.item_runs import ItemOutput
from bot.study.rounds.machine import MAX_TYPED, Command, Join, Leave, RoundReply, Start
from bot.study.rounds.questions import PACK, TRIVIA_KIND, Question
from bot.study.rounds.state import State
from bot.wording import say
from bot.wording.languages import other_language
from knowledge.bank.models import Bank, Lang

#: 0 for none in particular.
_Team = Annotated[int, Spelling("[0-4]", read=int)]


class OptionButton(Confirmed, prefix="epoch:answer"):
    """One option of an open question."""

    round_id: RoundId
    number: QuestionNumber
    letter: Letter

    def __init__(self, round_id: int, number: int, letter: str) -> None:
        self.round_id, self.number, self.letter = round_id, number, letter
        super().__init__(ui.Button(label=letter, custom_id=self.encode()))

    async def done(self, interaction: discord.Interaction[ServedClient]) -> str:
        """Save the answer."""
        return await interaction.client.services.rounds.answer(interaction, self.round_id, self.number, self.letter)


class TypeButton(Control[ui.Button[Any]], prefix="epoch:type"):
    """Opens the form in which an answer is typed."""

    round_id: RoundId
    number: QuestionNumber

    def __init__(self, round_id: int, number: int, label: str = "…") -> None:
        self.round_id, self.number = round_id, number
        style = discord.ButtonStyle.primary
        super().__init__(ui.Button(label=label, emoji="✏️", style=style, custom_id=self.encode()))

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Open the form, which is the acknowledgement."""
        await interaction.response.send_modal(TypeForm(self.round_id, self.number, lang_of(interaction)))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """There is nothing left to do."""


@dataclass(frozen=True)
class Typed(Id, prefix="epoch:typed"):
    """The custom id of the form: the question that a typed answer is for."""

    round_id: RoundId
    number: QuestionNumber


class TypeForm(Form[Typed]):
    """The form for a typed answer."""

    def __init__(self, round_id: int, number: int, lang: Lang) -> None:
        super().__init__(Typed(round_id, number), TRIVIA_KIND.name[lang])
        field: ui.TextInput[Any] = ui.TextInput(
            custom_id="answer", max_length=MAX_TYPED, placeholder=say("quiz.question.typed_hint", lang)
        )
        self.add_item(ui.Label[Any](text=say("quiz.question.typed", lang), component=field))

    @classmethod
    async def blank(
        cls, interaction: discord.Interaction[ServedClient], named: Typed, typed: Mapping[str, str]
    ) -> Self:
        """Return the form without an answer."""
        return cls(named.round_id, named.number, lang_of(interaction))

    @classmethod
    async def take(
        cls, interaction: discord.Interaction[Any], named: Typed, filled: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Save the answer and reply at once, if that is done soon."""
        text = typed_in(filled, "answer")
        answering = interaction.client.services.rounds.answer(interaction, named.round_id, named.number, text)
        doing = asyncio.create_task(answering)
        if not await replied_soon(interaction, doing):
            await interaction.response.defer(thinking=True, ephemeral=True)
            await reply_late(interaction, doing)


class AloneButton(Control[ui.Button[Any]], prefix="epoch:alone"):
    """Shows a question to one member alone, whole and in a language: long code, or in a mixed group.

    While it is open, it can be answered there; afterwards its answer stands there, too.
    """

    round_id: RoundId
    number: QuestionNumber
    lang: Lang
    replies = "private"

    def __init__(self, round_id: int, number: int, lang: Lang, label: str = "…") -> None:
        self.round_id, self.number, self.lang = round_id, number, lang
        super().__init__(ui.Button(label=label, custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Show it."""
        rounds, bank = interaction.client.services.rounds, interaction.client.services.tutor.bank
        asked = rounds.asked(self.round_id, self.number, self.lang)
        if asked is not None:
            view = alone_view(self.round_id, *asked, bank, self.lang)
        else:
            told = await rounds.told(self.round_id, self.number, self.lang)
            view = alone_told_view(self.number, *told, bank, self.lang)
        await interaction.edit_original_response(view=view)


class JoinButton(Confirmed, prefix="epoch:join"):
    """Joins a round; in a round with teams, the team of that number (0 for any)."""

    round_id: RoundId
    team: _Team

    def __init__(self, round_id: int, team: int, label: str = "+") -> None:
        self.round_id, self.team = round_id, team
        super().__init__(ui.Button(label=label, style=discord.ButtonStyle.primary, custom_id=self.encode()))

    async def done(self, interaction: discord.Interaction[ServedClient]) -> str:
        """Join."""
        event = Join(interaction.user.id, interaction.user.display_name, self.team or None)
        return await _told(interaction, self.round_id, event)


class LeaveButton(Confirmed, prefix="epoch:leave"):
    """Leaves a round. Whoever opened it may leave, too, and can still start it."""

    round_id: RoundId

    def __init__(self, round_id: int, label: str = "−") -> None:
        self.round_id = round_id
        super().__init__(ui.Button(label=label, custom_id=self.encode()))

    async def done(self, interaction: discord.Interaction[ServedClient]) -> str:
        """Leave."""
        return await _told(interaction, self.round_id, Leave(interaction.user.id))


class StartButton(Confirmed, prefix="epoch:start"):
    """Starts a round; for whoever opened it, and moderators."""

    round_id: RoundId

    def __init__(self, round_id: int, label: str = "▶") -> None:
        self.round_id = round_id
        super().__init__(ui.Button(label=label, style=discord.ButtonStyle.success, custom_id=self.encode()))

    async def done(self, interaction: discord.Interaction[ServedClient]) -> str:
        """Start."""
        return await _told(interaction, self.round_id, Start(interaction.user.id, moderates(interaction)))


class RoundAgainButton(Control[ui.Button[Any]], prefix="epoch:again"):
    """Opens a new round with the questions that were missed in an old one."""

    round_id: RoundId

    def __init__(self, round_id: int, label: str = "↻") -> None:
        self.round_id = round_id
        style = discord.ButtonStyle.primary
        super().__init__(ui.Button(label=label, emoji="🔁", style=style, custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Open the lobby of the new round."""
        await interaction.client.services.rounds.again(interaction, self.round_id)


class AnotherRoundButton(Control[ui.Button[Any]], prefix="epoch:newround"):
    """Opens a new round like an old one, with other questions."""

    round_id: RoundId

    def __init__(self, round_id: int, label: str = "▶", *, first: bool = False) -> None:
        self.round_id = round_id
        style = discord.ButtonStyle.primary if first else discord.ButtonStyle.secondary
        super().__init__(ui.Button(label=label, emoji="🎓", style=style, custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Open the lobby of the new round."""
        await interaction.client.services.rounds.another(interaction, self.round_id)


async def _told(interaction: discord.Interaction[ServedClient], round_id: int, event: Join | Leave | Start) -> str:
    reply: RoundReply = await interaction.client.services.rounds.tell(round_id, event)
    return reply_text(reply, lang_of(interaction))


def _view(page: RoundPage, *below: ui.Item[Any]) -> ui.LayoutView:
    if page.picture is None:
        return layout(*page.blocks, *below, colour=page.colour)
    title, prompt, *rest = page.blocks
    gallery: ui.MediaGallery[Any] = ui.MediaGallery(discord.MediaGalleryItem(page.picture))
    return layout(title, prompt, gallery, *rest, *below, colour=page.colour)


def lobby_view(
    round_id: int, state: State, bank: Bank, lang: Lang, thread: int | None = None, *, ready: bool = True
) -> ui.LayoutView:
    """Return the lobby with *Join*, *Leave* and *Start*, where it is `ready`; `thread` is where the round goes on."""
    page = lobby_page(state, bank, lang, thread)
    if state.phase != "lobby" or not ready:
        return _view(page)
    joins = [JoinButton(round_id, 0, say("quiz.lobby.join", lang))]
    if state.rules.teams:
        joins = [
            JoinButton(round_id, team, say("quiz.lobby.join_team", lang, team=team))
            for team in range(1, state.rules.teams + 1)
        ]
    leave = LeaveButton(round_id, say("quiz.lobby.leave", lang))
    return _view(page, *rows(*joins, leave, StartButton(round_id, say("quiz.lobby.start", lang))))


def question_view(round_id: int, state: State, bank: Bank, lang: Lang) -> ui.LayoutView:
    """Return the open question with its buttons."""
    question, number = state.question, state.number
    buttons = _answers(round_id, number, question, lang)
    going_on: list[Command] = ["pause"] if state.paused_at is None else ["resume"]
    leads = _leads(round_id, state, ["skip", *going_on, "stop"], lang)
    alone: list[ui.Item[Any]] = []
    if question.code and folded(question.code)[1]:
        alone.append(AloneButton(round_id, number, lang, say("quiz.question.whole", lang)))
    if not question.topic.startswith(PACK):
        alone.append(_translation(round_id, number, lang))
    return _view(question_page(state, bank, lang), *rows(*buttons), *rows(*leads, *alone))


def alone_view(round_id: int, state: State, question: Question, bank: Bank, lang: Lang) -> ui.LayoutView:
    """Return the open question for one member alone, whole and in their language, with the buttons to answer it."""
    buttons = _answers(round_id, state.number, question, lang)
    return _view(private_page(state, question, bank, lang), *rows(*buttons))


def alone_told_view(number: int, count: int, question: Question, bank: Bank, lang: Lang) -> ui.LayoutView:
    """Return a question of the bank with its answer, for one member alone and in their language."""
    page = private_told_page(question, number, count, bank, lang)
    return _view(page, *rows(*after_buttons(question, lang)))


def _translation(round_id: int, number: int, lang: Lang) -> AloneButton:
    other = other_language(lang)
    return AloneButton(round_id, number, other, say("discord.answer.other_language", other))


def _answers(round_id: int, number: int, question: Question, lang: Lang) -> list[ui.Item[Any]]:
    if not question.options:
        return [TypeButton(round_id, number, say("quiz.question.type", lang))]
    return [OptionButton(round_id, number, letter) for letter in question.letters]


def reveal_view(
    round_id: int, state: State, bank: Bank, lang: Lang, printed: ItemOutput | None, *, over: bool = False
) -> ui.LayoutView:
    """Return the question with its answer; once it is `over`, without the buttons that lead the round."""
    question = state.question
    below: list[ui.Item[Any]] = []
    if not question.topic.startswith(PACK):
        below += rows(*after_buttons(question, lang), _translation(round_id, state.number, lang))
    if not over and state.phase == "reveal":
        below += rows(*_leads(round_id, state, ["next", *_waits(state), "stop"], lang))
    return _view(reveal_page(state, bank, lang, printed, over=over), *below)


def _waits(state: State) -> list[Command]:
    """Return what holds an answer or lets it go; a host who goes on by hand needs neither."""
    if state.paused_at is not None:
        return ["resume"]
    return [] if state.rules.pace == "host" else ["pause"]


def _leads(round_id: int, state: State, commands: Sequence[Command], lang: Lang) -> list[LeadButton]:
    return [LeadButton(round_id, state.number, what, _lead_label(what, state, lang)) for what in commands]


def _lead_label(what: Command, state: State, lang: Lang) -> str:
    if what == "next" and state.last:
        return say("quiz.lead.results", lang)
    return say("quiz.lead.discuss" if what == "pause" and state.phase == "reveal" else f"quiz.lead.{what}", lang)


def podium_view(
    round_id: int, state: State, lang: Lang, picture: discord.File | None, *, missed: bool
) -> ui.LayoutView:
    """Return the end of the round and the ways on: *Again with what we missed* where anything was, and a new one."""
    page = podium_page(state, lang)
    lead, *rest = page.blocks
    shown: list[str | ui.Item[Any]] = [lead]
    if picture is not None:
        item = discord.MediaGalleryItem(picture.uri, description=say("quiz.podium.picture", lang))
        shown.append(ui.MediaGallery(item))
    ways: list[ui.Item[Any]] = [AnotherRoundButton(round_id, say("quiz.podium.another", lang), first=not missed)]
    if missed:
        ways.insert(0, RoundAgainButton(round_id, say("quiz.podium.again", lang)))
    return layout(*shown, *rest, *rows(*ways), colour=page.colour)
