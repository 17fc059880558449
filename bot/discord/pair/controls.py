"""`/pair`: a message that all see, with what each of the two may press; all else is shown to one of them alone.

A custom id has the number of the pair interview, no more: who may do what is looked up in the database, and what is
marked or written is kept there before anything is shown, so that all of it works after a restart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

import discord
from discord import ui

from bot.discord.pair.text import hub_blocks, option_label, points_of, report_blocks, sheet_blocks
from bot.discord.services import Interaction
from bot.discord.ui.base import Control, Form, layout, rows, typed_in
from bot.discord.ui.colours import AMBER, BLURPLE, GREEN, GREY
from bot.discord.ui.ids import Id, Spelling
from bot.discord.ui.interview_forms import form_title, prompt_item
from bot.discord.ui.sharing import check_may_share, shared_by
from bot.discord.ui.text import OPTION_LABEL, clip
from bot.study import pairs
from bot.study.interviews import InterviewQuestion, of_item
from bot.study.pairs import Pair, PairPart, PairStep
from bot.study.refusals import Refusal
from bot.wording import say
from knowledge.bank.errors import QueryError
from knowledge.bank.formerly import find_item
from knowledge.bank.models import InWords, Lang
from knowledge.grading.grades import MAX_CHARS

PairNumber = Annotated[int, Spelling.digits(18)]
PairMove = Literal["accept", "decline", "sheet", "answer", "comment", "end", "report", "share"]
_EMOJI: dict[PairMove, str | None] = {
    "accept": "🤝", "decline": None, "sheet": "📋", "answer": "✍️", "comment": "💬", "end": "🏁", "report": "📊",
    "share": "📣",
}  # fmt: skip
#: Whose each of these is; both may do the others.
_WHOSE: dict[PairMove, PairPart] = {
    "accept": "candidate", "sheet": "interviewer", "comment": "interviewer", "answer": "candidate",
}  # fmt: skip


class PairButton(Control[ui.Button[Any]], prefix="epoch:pair"):
    """What one of the two does; the others are told that it is not theirs."""

    pair: PairNumber
    move: PairMove

    def __init__(self, pair: int, move: PairMove, label: str = "…", *, first: bool = False) -> None:
        self.pair, self.move = pair, move
        style = discord.ButtonStyle.primary if first else discord.ButtonStyle.secondary
        super().__init__(ui.Button(label=label, emoji=_EMOJI[move], style=style, custom_id=self.encode()))

    async def acknowledge(self, interaction: Interaction) -> None:
        """Open the form, which is the acknowledgement, or begin the answer that fits what is pressed."""
        match self.move:
            case "answer" | "comment":
                named = WritingId(self.pair, self.move)
                await interaction.response.send_modal(await SaidForm.blank(interaction, named, {}))
            case "sheet" | "report":
                await interaction.response.defer(thinking=True, ephemeral=True)
            case "share":
                check_may_share(interaction)
                await _of_two(interaction, self.pair, "candidate", Refusal("pair.refused.candidate_only"))
                await interaction.response.defer(thinking=True)
            case _:
                await interaction.response.defer()

    async def press(self, interaction: Interaction) -> None:
        """Take the step that the button stands for, then show its result."""
        if self.move in ("answer", "comment"):
            return
        pair = await _of_two(interaction, self.pair, _WHOSE.get(self.move))
        match self.move:
            case "accept":
                pair = await _moved(interaction, pair, lambda before: pairs.accept(before, interaction.user.id))
                await interaction.edit_original_response(view=hub_view(pair))
            case "decline" | "end":
                now = interaction.client.services.clock()
                pair = await _moved(interaction, pair, lambda before: pairs.close(before, interaction.user.id, now))
                await interaction.edit_original_response(view=hub_view(pair))
            case "sheet":
                if pair.phase != "going":
                    raise Refusal("pair.refused.not_now")
                await interaction.edit_original_response(view=sheet_view(pair, _question(interaction, pair)))
            case "report" | "share":
                if pair.phase != "over" or not pair.begun:
                    raise Refusal("pair.refused.not_now")
                question = _question(interaction, pair)
                pair = await _judged(interaction, pair, question)
                shared = shared_by(interaction, pair.lang) if self.move == "share" else ""
                mine = pair.part(interaction.user.id) == "candidate" and not shared
                view = report_view(pair, question, shared, may_share=mine)
                await interaction.edit_original_response(view=view, allowed_mentions=discord.AllowedMentions.none())


class PointsSelect(Control[ui.Select[Any]], prefix="epoch:pairpoints"):
    """The key points that were made, as the interviewer ticks them; each change is kept at once."""

    pair: PairNumber
    replies = "quiet"

    def __init__(
        self, pair: int, options: Sequence[discord.SelectOption] = (discord.SelectOption(label="?"),),
        placeholder: str = "…",
    ) -> None:  # fmt: skip
        self.pair = pair
        super().__init__(
            ui.Select(
                custom_id=self.encode(), placeholder=placeholder, options=[*options], min_values=0,
                max_values=len(options),
            )
        )  # fmt: skip

    async def press(self, interaction: Interaction) -> None:
        """Keep what is ticked."""
        pair = await _of_two(interaction, self.pair, "interviewer")
        question = _question(interaction, pair)
        ticked = {int(each) for each in self.item.values if each.isascii() and each.isdecimal() and len(each) < 4}
        points = ticked & set(points_of(question))
        pair = await _moved(interaction, pair, lambda before: pairs.mark(before, interaction.user.id, points))
        await interaction.edit_original_response(view=sheet_view(pair, question))


@dataclass(frozen=True)
class WritingId(Id, prefix="epoch:pairsaid"):
    """The custom id of the form: the pair interview, and which of the two writes."""

    pair: PairNumber
    what: Literal["answer", "comment"]


class SaidForm(Form[WritingId]):
    """The form for the candidate's answer, or for the interviewer's comment."""

    replies = "page"

    def __init__(self, named: WritingId, pair: Pair, question: InterviewQuestion) -> None:
        lang = pair.lang
        super().__init__(named, form_title(question.topic.title[lang]))
        side = pair.candidate if named.what == "answer" else pair.interviewer
        longest = MAX_CHARS if named.what == "answer" else pairs.COMMENT
        typed: ui.TextInput[Any] = ui.TextInput(
            custom_id="text", style=discord.TextStyle.paragraph, max_length=longest,
            default=side.text[:longest] if side is not None else "",
        )  # fmt: skip
        self.add_item(prompt_item(question.prompt))
        label, hint = say(f"pair.form.{named.what}", lang), say(f"pair.form.{named.what}_hint", lang)
        self.add_item(ui.Label[Any](text=label, description=hint, component=typed))

    @classmethod
    async def blank(cls, interaction: Interaction, named: WritingId, typed: Mapping[str, str]) -> Self:
        """Return the form with what was written before.

        Raises:
            Refusal: it is not theirs, or not now.
        """
        pair = await _of_two(interaction, named.pair, _WHOSE[named.what])
        if pair.phase != "going":
            raise Refusal("pair.refused.not_now")
        return cls(named, pair, _question(interaction, pair))

    @classmethod
    async def submitted(cls, interaction: Interaction, named: WritingId, filled: Mapping[str, tuple[str, ...]]) -> None:
        """Keep it; an answer is judged at once, and what came of that is told when all is over."""
        pair, text = await _of_two(interaction, named.pair, _WHOSE[named.what]), typed_in(filled, "text")
        if pair.phase != "going":
            raise Refusal("pair.refused.not_now")
        question, member = _question(interaction, pair), interaction.user.id
        if named.what == "comment":
            pair = await _moved(interaction, pair, lambda before: pairs.remark(before, member, text.strip()))
            await interaction.edit_original_response(view=sheet_view(pair, question))
            return
        kept = await _moved(interaction, pair, lambda before: pairs.answer(before, member, text))
        try:
            await _grade(interaction, kept, question)
        except QueryError as error:
            before = pair.candidate.text if pair.candidate is not None else ""
            await _moved(interaction, kept, lambda now: pairs.answer(now, member, before))
            said = say(f"member.interview.{error.reason}", pair.lang)
            view = await interaction.client.services.filled.view(interaction, filled, error, said)
            await interaction.edit_original_response(view=view)
            return
        await interaction.edit_original_response(view=layout(say("pair.said.kept", pair.lang), colour=GREEN))


def hub_view(pair: Pair) -> ui.LayoutView:
    """Return the message that all see, with what the two may press now."""
    buttons: dict[str, list[PairMove]] = {
        "asked": ["accept", "decline"], "going": ["sheet", "answer", "end"], "over": ["report"] if pair.begun else [],
    }  # fmt: skip
    colour = {"asked": AMBER, "going": BLURPLE, "over": GREEN if pair.begun else GREY}[pair.phase]
    return layout(*hub_blocks(pair), *rows(*_buttons(pair, buttons[pair.phase])), colour=colour)


def sheet_view(pair: Pair, question: InterviewQuestion) -> ui.LayoutView:
    """Return what the interviewer has before them."""
    lang, side = pair.lang, pair.interviewer
    ticked = side.points or () if side is not None else ()
    options = [
        discord.SelectOption(
            label=clip(option_label(question, number, point, lang), OPTION_LABEL), value=str(point),
            default=point in ticked,
        )
        for number, point in enumerate(points_of(question), 1)
    ]  # fmt: skip
    select = PointsSelect(pair.id, options, say("pair.sheet.pick", lang))
    controls = rows(select, *_buttons(pair, ["comment"]))
    return layout(*sheet_blocks(pair, question), *controls, colour=BLURPLE)


def report_view(pair: Pair, question: InterviewQuestion, shared: str = "", *, may_share: bool = False) -> ui.LayoutView:
    """Return what came of it; `shared`: the line above it where all see it."""
    blocks = [*filter(None, [shared]), *report_blocks(pair, question)]
    return layout(*blocks, *rows(*_buttons(pair, ["share"] if may_share else [])), colour=GREEN)


def _buttons(pair: Pair, moves: Sequence[PairMove]) -> list[PairButton]:
    return [
        PairButton(pair.id, move, say(f"pair.button.{move}", pair.lang), first=place == 0)
        for place, move in enumerate(moves)
    ]


def question_of(interaction: Interaction, topic: str, item: str, lang: Lang) -> InterviewQuestion | None:
    """Return the question that is asked; None where it has left the bank."""
    found = find_item(interaction.client.services.tutor.bank, topic, item)
    return of_item(found[0], found[1], lang) if found is not None and isinstance(found[1], InWords) else None


def _question(interaction: Interaction, pair: Pair) -> InterviewQuestion:
    question = question_of(interaction, pair.topic, pair.item, pair.lang)
    if question is None:
        raise Refusal("pair.refused.gone")
    return question


async def _of_two(
    interaction: Interaction, number: int, part: PairPart | None, otherwise: Refusal | None = None
) -> Pair:
    """Return a pair interview of the member's own, in which they are the one who is asked for."""
    pair = await interaction.client.services.store.pairs.get(number)
    if pair is None:
        raise Refusal("pair.refused.gone")
    mine = pair.part(interaction.user.id)
    if mine is None:
        raise Refusal("pair.refused.not_yours")
    if part not in (None, mine):
        raise otherwise or Refusal("pair.refused.not_now")
    return pair


async def _moved(interaction: Interaction, pair: Pair, step: PairStep) -> Pair:
    after = await interaction.client.services.store.pairs.move(pair.id, step)
    if after is None:
        raise Refusal("pair.refused.gone")
    return after


async def _grade(interaction: Interaction, pair: Pair, question: InterviewQuestion) -> Pair:
    """Let the grader say what it makes of the written answer."""
    text = pair.candidate.text if pair.candidate is not None else ""
    grades = await interaction.client.services.tutor.grade(question.topic, text)
    asked = [grades[point] for point in points_of(question) if point < len(grades)]
    made = [each.index for each in asked if each.covered and not each.unsure]
    unsure = [each.index for each in asked if each.unsure]
    return await _moved(interaction, pair, lambda before: pairs.judged(before, text, made, unsure))


async def _judged(interaction: Interaction, pair: Pair, question: InterviewQuestion) -> Pair:
    """Return it with the second opinion, which an Epoch that was killed meanwhile has not given yet."""
    side = pair.candidate
    if side is None or not side.text or side.points is not None:
        return pair
    try:
        return await _grade(interaction, pair, question)
    except QueryError:
        return pair
