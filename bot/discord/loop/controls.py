"""`/loop`: one private message that asks part after part, then shows the report.

A custom id has the interview's number and the part's, no more: what is asked lies in the database, and so does every
answer before it is judged. A press that is meant for an earlier part changes nothing but what is shown.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

import discord
from discord import ui

from bot.discord.loop import text
from bot.discord.loop.picture import report_png
from bot.discord.services import Interaction
from bot.discord.ui.base import OPTIONS, Control, Form, layout, picked, rows, select, typed_in
from bot.discord.ui.colours import AMBER, BLURPLE, GREEN, GREY
from bot.discord.ui.drill_controls import DrillButton, WriteButton, marked
from bot.discord.ui.ids import SLUG, Id, Letter, Spelling
from bot.discord.ui.interview_forms import answer_item, form_title, prompt_item
from bot.discord.ui.language import lang_of
from bot.discord.ui.text import OPTION_LABEL, clip
from bot.study.loops import machine
from bot.study.loops.conduct import Conduct
from bot.study.loops.machine import Loop
from bot.study.loops.report import Report
from bot.study.loops.report import shown as shown_in_report
from bot.study.refusals import Refusal
from bot.study.rounds.questions import Question
from bot.wording import say
from bot.wording.phrases.loops import minutes as in_minutes
from bot.wording.phrases.loops import row
from knowledge.bank.errors import QueryError
from knowledge.bank.models import Lang

PICTURE = "interview.png"

#: Number of an interview, and of one of its parts.
LoopNumber = Annotated[int, Spelling.digits(18)]
At = Annotated[int, Spelling.digits(2)]
Minutes = Annotated[int, Spelling.digits(3)]
RoleName = Annotated[str, Spelling(SLUG)]
LoopMove = Literal["skip", "pause", "resume", "finish", "done", "report"]
_EMOJI: dict[LoopMove, str] = {
    "skip": "⏭️", "pause": "⏸️", "resume": "▶️", "finish": "🏁", "done": "✅", "report": "📊"
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LoopMessage:
    """A message: its view, and the picture that it refers to."""

    view: ui.LayoutView
    files: tuple[discord.File, ...] = ()


class SpeakButton(Control[ui.Button[Any]], prefix="epoch:loopanswer"):
    """Opens the form in which a question is answered."""

    loop: LoopNumber
    at: At

    def __init__(self, loop: int, at: int, label: str = "…") -> None:
        self.loop, self.at = loop, at
        style = discord.ButtonStyle.primary
        super().__init__(ui.Button(label=label, emoji="✍️", style=style, custom_id=self.encode()))

    async def acknowledge(self, interaction: Interaction) -> None:
        """Open the form, which is the acknowledgement; where another part is asked by now, show that."""
        loop = await _mine(interaction, self.loop)
        form = SpeechForm.of(interaction, loop, self.at)
        if form is not None:
            await interaction.response.send_modal(form)
            return
        await interaction.response.defer()
        await show(interaction, await _back(interaction, loop))

    async def press(self, interaction: Interaction) -> None:
        """There is nothing left to do."""


@dataclass(frozen=True)
class Speech(Id, prefix="epoch:loopsaid"):
    """The custom id of the form: the interview and its part."""

    loop: LoopNumber
    at: At


class SpeechForm(Form[Speech]):
    """The form for an answer; the message then asks the next part."""

    replies = "quiet"

    def __init__(self, named: Speech, title: str, prompt: str, lang: Lang) -> None:
        super().__init__(named, form_title(title))
        self.add_item(prompt_item(prompt))
        self.add_item(answer_item(lang))

    @classmethod
    def of(cls, interaction: Interaction, loop: Loop, at: int) -> Self | None:
        """Return the form of a part; None where that part is not asked now, or takes no words."""
        part = loop.part
        if part is None or loop.at != at or part.answer is not None or part.kind in ("bug", "drill"):
            return None
        question = interaction.client.services.loops.question(part, loop.lang)
        if question is None:
            return None
        return cls(Speech(loop.id, at), question.topic.title[loop.lang], question.prompt, loop.lang)

    @classmethod
    async def blank(cls, interaction: Interaction, named: Speech, typed: Mapping[str, str]) -> Self:
        """Return the form without an answer; one that was answered meanwhile is asked no more."""
        form = cls.of(interaction, await _mine(interaction, named.loop), named.at)
        if form is None:
            raise Refusal("loop.refused.gone")
        return form

    @classmethod
    async def submitted(cls, interaction: Interaction, named: Speech, filled: Mapping[str, tuple[str, ...]]) -> None:
        """Keep the answer, judge it, then ask what comes next."""
        services = interaction.client.services
        loop, answer = await _mine(interaction, named.loop), typed_in(filled, "answer")
        try:
            after = await services.loops.answer(loop, named.at, answer, interaction.guild_id)
        except QueryError as error:
            said = say(f"member.interview.{error.reason}", loop.lang)
            view = await services.filled.view(interaction, filled, error, said)
            await interaction.followup.send(view=view, ephemeral=True)
            return
        await show(interaction, after)


class ChoiceButton(Control[ui.Button[Any]], prefix="epoch:loopguess"):
    """One option of the bug to find."""

    loop: LoopNumber
    at: At
    letter: Letter
    replies = "quiet"

    def __init__(self, loop: int, at: int, letter: str) -> None:
        self.loop, self.at, self.letter = loop, at, letter
        super().__init__(ui.Button(label=letter, style=discord.ButtonStyle.primary, custom_id=self.encode()))

    async def press(self, interaction: Interaction) -> None:
        """Keep it, then ask what comes next."""
        loop = await _mine(interaction, self.loop)
        services = interaction.client.services
        await show(interaction, await services.loops.answer(loop, self.at, self.letter, interaction.guild_id))


class MoveButton(Control[ui.Button[Any]], prefix="epoch:loopmove"):
    """Leaves a part out, stops the clock or goes on, ends the interview, shows its report."""

    loop: LoopNumber
    at: At
    move: LoopMove
    replies = "quiet"

    def __init__(self, loop: int, at: int, move: LoopMove, label: str = "…", *, first: bool = False) -> None:
        self.loop, self.at, self.move = loop, at, move
        style = discord.ButtonStyle.primary if first else discord.ButtonStyle.secondary
        super().__init__(ui.Button(label=label, emoji=_EMOJI[move], style=style, custom_id=self.encode()))

    async def press(self, interaction: Interaction) -> None:
        """Take the step that the button stands for, then show where the interview stands."""
        loop, conduct = await _mine(interaction, self.loop), interaction.client.services.loops
        match self.move:
            case "skip":
                after = await conduct.skip(loop, self.at)
            case "pause":
                after = await conduct.pause(loop, self.at)
            case "finish":
                after = await conduct.finish(loop)
            case "done":
                after = await conduct.drill_done(loop, self.at)
            case "resume" | "report":
                after = await _back(interaction, loop)
        await show(interaction, after)


class LoopRoleSelect(Control[ui.Select[Any]], prefix="epoch:looprole"):
    """Begins an interview of the role that is picked."""

    minutes: Minutes
    replies = "quiet"

    def __init__(
        self, minutes: int, options: Sequence[tuple[str, str]] = (("?", "?"),), placeholder: str = "…"
    ) -> None:
        self.minutes = minutes
        super().__init__(select(self.encode(), options, placeholder))

    async def press(self, interaction: Interaction) -> None:
        """Begin."""
        await show(interaction, await begin(interaction, picked(self.item), self.minutes))


class AnewButton(Control[ui.Button[Any]], prefix="epoch:loopanew"):
    """Ends the interview that goes on and begins another."""

    loop: LoopNumber
    minutes: Minutes
    role: RoleName
    replies = "quiet"

    def __init__(self, loop: int, minutes: int, role: str, label: str = "…") -> None:
        self.loop, self.minutes, self.role = loop, minutes, role
        super().__init__(ui.Button(label=label, emoji="🆕", custom_id=self.encode()))

    async def press(self, interaction: Interaction) -> None:
        """End the interview and begin the new one."""
        await interaction.client.services.loops.finish(await _mine(interaction, self.loop))
        await show(interaction, await begin(interaction, self.role, self.minutes))


class PartSelect(Control[ui.Select[Any]], prefix="epoch:looppart"):
    """Shows one part of an interview that is over."""

    loop: LoopNumber
    replies = "private"

    def __init__(self, loop: int, options: Sequence[tuple[str, str]] = (("0", "?"),), placeholder: str = "…") -> None:
        self.loop = loop
        super().__init__(select(self.encode(), options, placeholder))

    async def press(self, interaction: Interaction) -> None:
        """Show it in a message of its own."""
        loop, services = await _mine(interaction, self.loop), interaction.client.services
        chosen = picked(self.item)
        if not chosen.isdecimal() or int(chosen) >= len(loop.parts) or loop.ended is None:
            raise Refusal("loop.refused.gone")
        part, lang = loop.parts[int(chosen)], loop.lang
        words = part.kind in ("open", "follow_up") and bool(part.item or part.unit)
        question = services.loops.question(part, lang) if words else None
        blocks: list[str | ui.Item[Any]] = [*text.part_blocks(part, int(chosen), question, services.tutor.bank, lang)]
        drill = services.loops.drill(part) if part.kind == "drill" else None
        if drill is not None:
            blocks += rows(DrillButton(*marked(drill), say("drilling.button.open", lang)))
        await interaction.edit_original_response(view=layout(*blocks, colour=BLURPLE))


async def begin(interaction: Interaction, role: str, minutes: int) -> Loop:
    """Begin an interview of a role in the member's language, or return the one that goes on.

    Raises:
        Refusal: there is no such role, or nothing to ask of it here.
    """
    services, lang = interaction.client.services, lang_of(interaction)
    known = services.loops.roles.get(role)
    if known is None:
        raise Refusal("loop.refused.role", name=role, roles=", ".join(services.loops.roles))
    bank = services.tutor_in(interaction.guild_id).bank
    return await services.loops.begin(interaction.user.id, known, minutes, lang, bank)


async def show(interaction: Interaction, loop: Loop | None) -> None:
    """Show where an interview stands in the answer that is awaited.

    Raises:
        Refusal: it is not there any more.
    """
    if loop is None:
        raise Refusal("loop.refused.gone")
    shown = await over(interaction, loop) if loop.ended is not None else LoopMessage(asked_view(interaction, loop))
    await interaction.edit_original_response(view=shown.view, attachments=list(shown.files))


def asked_view(interaction: Interaction, loop: Loop) -> ui.LayoutView:
    """Return the part that is asked, or that the clock stands still."""
    services, lang, part = interaction.client.services, loop.lang, loop.part
    assert part is not None
    conduct, bank, now = services.loops, services.tutor.bank, services.clock()
    title = text.head(loop, text.role_title(conduct.roles, loop.role, lang))
    if loop.shown is None:
        paused = say("loop.part.paused", lang, minutes=in_minutes(machine.left(loop, now)))
        return layout(title, paused, *rows(_move(loop, "resume", first=True), _move(loop, "finish")), colour=GREY)
    own: list[ui.Item[Any]]
    if part.kind == "bug":
        question = Question.from_json(dict(part.question or {}))
        blocks = text.bug_blocks(part, question, bank, lang)
        own = [ChoiceButton(loop.id, loop.at, letter) for letter in question.letters]
    elif part.kind == "drill":
        drill = conduct.drill(part)
        blocks = text.drill_blocks(drill, bank, lang) if drill is not None else [say("discord.gone.drill", lang)]
        own = [_move(loop, "done", first=drill is None)]
        if drill is not None:
            write = WriteButton(*marked(drill), None, say("drilling.button.write", lang))
            own = [write, DrillButton(*marked(drill), say("drilling.button.open", lang)), *own]
    else:
        asked = conduct.question(part, lang)
        blocks = text.words_blocks(part, asked, lang) if asked is not None else [say("discord.gone.item", lang)]
        own = [SpeakButton(loop.id, loop.at, say("loop.part.answer", lang))] if asked is not None else []
    ways: list[ui.Item[Any]] = [_move(loop, "skip"), _move(loop, "pause"), _move(loop, "finish")]
    return layout(title, *blocks, text.clock(loop, now), *rows(*own), *rows(*ways), colour=BLURPLE)


def _move(loop: Loop, move: LoopMove, *, first: bool = False) -> MoveButton:
    label = say(f"loop.{'choose' if move == 'resume' else 'part'}.{move}", loop.lang)
    return MoveButton(loop.id, loop.at, move, label, first=first)


async def over(interaction: Interaction, loop: Loop) -> LoopMessage:
    """Return the report of an interview, with its picture."""
    services, lang = interaction.client.services, loop.lang
    report = await services.loops.report(loop)
    role = text.role_title(services.loops.roles, loop.role, lang)
    png = await asyncio.to_thread(report_png, report, services.tutor.bank, role, lang)
    file = discord.File(io.BytesIO(png), PICTURE)
    return LoopMessage(report_view(interaction, report, role, file), (file,))


def report_view(interaction: Interaction, report: Report, role: str, picture: discord.File) -> ui.LayoutView:
    """Return the report: its figures, its picture, what was missed, what changed, what to study."""
    bank, lang = interaction.client.services.tutor.bank, report.loop.lang
    above, below = text.report_blocks(report, bank, role, lang)
    gallery: ui.MediaGallery[Any] = ui.MediaGallery(
        discord.MediaGalleryItem(picture.uri, description=text.alt_text(report, bank, lang))
    )
    options = [
        (str(number), clip(f"{number + 1} · {row(part, bank, lang)}", OPTION_LABEL))
        for number, part in enumerate(report.loop.parts)
        if shown_in_report(part)
    ]
    looking = PartSelect(report.loop.id, options, say("loop.report.look", lang))
    return layout(*above, gallery, *below, *rows(looking), colour=GREEN)


async def choosing_view(interaction: Interaction, minutes: int) -> ui.LayoutView:
    """Return the roles to choose from, and the way to the last report."""
    conduct, lang = interaction.client.services.loops, lang_of(interaction)
    title = f"### {say('loop.choose.title', lang)}"
    options = [(role.name, role.title[lang]) for role in conduct.roles.values()]
    controls: list[ui.Item[Any]] = [LoopRoleSelect(minutes, options[:OPTIONS], say("loop.choose.pick", lang))]
    last = await conduct.last(interaction.user.id)
    if last is not None:
        controls.append(MoveButton(last.id, last.at, "report", say("loop.choose.report", lang)))
    return layout(title, say("loop.choose.how", lang, minutes=minutes), *rows(*controls), colour=BLURPLE)


def going_view(interaction: Interaction, loop: Loop, role: str, minutes: int) -> ui.LayoutView:
    """Return that one is going on: go on with it, or end it and begin one of another role."""
    services, lang = interaction.client.services, lang_of(interaction)
    named = text.role_title(services.loops.roles, loop.role, lang)
    left = in_minutes(machine.left(loop, services.clock()))
    going = say("loop.choose.going", lang, role=named, minutes=left)
    resume = MoveButton(loop.id, loop.at, "resume", say("loop.choose.resume", lang), first=True)
    anew = AnewButton(loop.id, minutes, role, say("loop.choose.anew", lang))
    return layout(going, *rows(resume, anew), colour=AMBER)


async def _mine(interaction: Interaction, number: int) -> Loop:
    """Return an interview of the member who presses.

    Raises:
        Refusal: they have none of that number.
    """
    conduct: Conduct = interaction.client.services.loops
    loop = await conduct.get(number, interaction.user.id)
    if loop is None:
        raise Refusal("loop.refused.gone")
    return loop


async def _back(interaction: Interaction, loop: Loop) -> Loop | None:
    return await interaction.client.services.loops.back(loop, interaction.guild_id)
