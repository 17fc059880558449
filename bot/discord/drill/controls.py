"""The controls of a drill and its forms. All of them work after a restart: an id has the drill, the store the code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import discord
from discord import ui

from bot.discord.services import ServedClient
from bot.discord.ui.base import OPTIONS, Control, Form, ReplyStyle, picked, select, typed_in
from bot.discord.ui.drill_controls import marked
from bot.discord.ui.errors import Gone
from bot.discord.ui.ids import Id, ItemMark, KeptKey, TopicSlug
from bot.discord.ui.language import lang_of
from bot.discord.ui.sharing import check_may_share
from bot.discord.ui.text import clip
from bot.study.refusals import Refusal
from bot.wording import say
from knowledge.bank.drills import Drill, Variant
from knowledge.bank.models import Lang, Level

#: What a form on Discord takes: characters of a field, of its title and of what stands under a label.
CODE, _TITLE, _HINT = 4_000, 45, 100
#: Of the statement, over the field for the code.
_STATEMENT = 1_200


class _OfDrill(Control[ui.Button[Any]]):
    """A button under a drill, for whoever presses it; what comes of it only they see."""

    slug: TopicSlug
    mark: ItemMark
    variant: Variant
    replies: ClassVar[ReplyStyle] = "private"

    def __init__(self, slug: str, mark: str, variant: Variant, **look: Any) -> None:  # noqa: ANN401 - of the button
        self.slug, self.mark, self.variant = slug, mark, variant
        super().__init__(ui.Button(custom_id=self.encode(), **{"label": "?", **look}))

    def drill(self, interaction: discord.Interaction[ServedClient]) -> Drill:
        """Return the drill; `Gone` where it has left the bank."""
        return interaction.client.services.drills.find(interaction, self.slug, self.mark)


class UploadButton(_OfDrill, prefix="epoch:drillup"):
    """Opens the form that takes a file."""

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Open the form, which is the acknowledgement."""
        drill = self.drill(interaction)
        await interaction.response.send_modal(UploadForm.made(drill, self.variant, lang_of(interaction)))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Wait for the form."""


class HintButton(_OfDrill, prefix="epoch:drillhint"):
    """Tells the next hint."""

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Tell it."""
        await interaction.client.services.drills.hint(interaction, self.drill(interaction), self.variant)


class TestsButton(_OfDrill, prefix="epoch:drilltest"):
    """Has the last try judged once more."""

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Judge it."""
        await interaction.client.services.drills.again(interaction, self.drill(interaction), self.variant)


class GiveUpButton(_OfDrill, prefix="epoch:drillgive"):
    """Asks whether to give up; where this was done before, or the drill was passed, it shows the solution."""

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Ask, or show it."""
        await interaction.client.services.drills.give_up(interaction, self.drill(interaction), self.variant, sure=False)


class SolutionButton(_OfDrill, prefix="epoch:drillend"):
    """Gives up, and shows the solution where it was asked whether to."""

    replies = "page"

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Give up."""
        await interaction.client.services.drills.give_up(interaction, self.drill(interaction), self.variant, sure=True)


class VariantButton(_OfDrill, prefix="epoch:drillwith"):
    """Shows the drill to be solved with something else, in the same message."""

    replies = "page"

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Show it."""
        drill = self.drill(interaction)
        if self.variant not in drill.variants:
            raise Gone("drill")
        await interaction.client.services.drills.show(interaction, drill, self.variant)


class DrillShareButton(Control[ui.Button[Any]], prefix="epoch:drillshare"):
    """Tells the channel that the member has passed."""

    slug: TopicSlug
    mark: ItemMark

    def __init__(self, slug: str, mark: str, label: str = "?") -> None:
        self.slug, self.mark = slug, mark
        super().__init__(ui.Button(label=label, emoji="📣", custom_id=self.encode()))

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Tell the member alone that they may not; else begin a message that all see."""
        check_may_share(interaction)
        await super().acknowledge(interaction)

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Tell it."""
        drills = interaction.client.services.drills
        await drills.share(interaction, drills.find(interaction, self.slug, self.mark))


class DrillSelect(Control[ui.Select[Any]], prefix="epoch:drillpick"):
    """Opens the drill that was picked, in place of the list; a list has one for each level."""

    level: Level
    replies = "page"

    def __init__(self, level: Level, drills: Iterable[discord.SelectOption] = (), placeholder: str = "…") -> None:
        self.level = level
        shown = [*drills][:OPTIONS] or [discord.SelectOption(label="?")]
        super().__init__(ui.Select(custom_id=self.encode(), placeholder=placeholder, options=shown))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Open it."""
        drill = _named(interaction, picked(self.item))
        await interaction.client.services.drills.show(interaction, drill)


class CheckSelect(Control[ui.Select[Any]], prefix="epoch:drillcheck"):
    """Judges one piece of code from a message as an answer to the drill that was picked."""

    run: KeptKey
    replies = "page"

    def __init__(self, run: str, options: Sequence[tuple[str, str]] = (("?", "?"),), placeholder: str = "…") -> None:
        self.run = run
        super().__init__(select(self.encode(), options, placeholder))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Judge it."""
        number, _, name = picked(self.item).partition(":")
        drill = _named(interaction, name)
        services = interaction.client.services
        code, _ = await services.runs.piece(self.run, number)
        await services.drills.hand_in(interaction, drill, variant_of(drill, code), code)


def option_of(drill: Drill) -> str:
    """Return what names a drill in the options of a select."""
    return ":".join(marked(drill))


def _named(interaction: discord.Interaction[ServedClient], value: str) -> Drill:
    slug, _, mark = value.partition(":")
    return interaction.client.services.drills.find(interaction, slug, mark)


def variant_of(drill: Drill, code: str) -> Variant:
    """Return with what some code solves a drill: with PyTorch where the drill has that and the code speaks of torch."""
    return "torch" if "torch" in drill.variants and "torch" in code else "numpy"


@dataclass(frozen=True)
class AnswerOf(Id, prefix="epoch:drillcode"):
    """The custom id of the form: the drill, and with what it is solved."""

    slug: TopicSlug
    mark: ItemMark
    variant: Variant


class CodeForm(Form[AnswerOf]):
    """The form for an answer."""

    replies = "private"

    @classmethod
    def made(cls, drill: Drill, variant: Variant, code: str, lang: Lang) -> Self:
        """Return the form with some code in it."""
        form = cls(AnswerOf(*marked(drill), variant), clip(drill.meta.title[lang], _TITLE))
        field: ui.TextInput[Any] = ui.TextInput(
            custom_id="code", default=code or None, max_length=CODE, style=discord.TextStyle.paragraph
        )
        hint = clip(say("drilling.form.code_hint", lang, function=drill.meta.function), _HINT)
        form.add_item(ui.TextDisplay[Any](clip(drill.meta.statement[lang].strip(), _STATEMENT)))
        form.add_item(ui.Label[Any](text=say("drilling.form.code", lang), description=hint, component=field))
        return form

    @classmethod
    async def blank(
        cls, interaction: discord.Interaction[ServedClient], named: AnswerOf, typed: Mapping[str, str]
    ) -> Self:
        """Return the form without any code; the drill may be gone by now."""
        drill = interaction.client.services.drills.find(interaction, named.slug, named.mark)
        return cls.made(drill, named.variant, "", lang_of(interaction))

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[ServedClient], named: AnswerOf, filled: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Judge what was typed."""
        drill = interaction.client.services.drills.find(interaction, named.slug, named.mark)
        code = typed_in(filled, "code")
        await interaction.client.services.drills.hand_in(interaction, drill, named.variant, code)


@dataclass(frozen=True)
class FileOf(Id, prefix="epoch:drillfile"):
    """The custom id of the form: the drill, and with what it is solved."""

    slug: TopicSlug
    mark: ItemMark
    variant: Variant


class UploadForm(Form[FileOf]):
    """The form for an answer in a file."""

    replies = "private"

    @classmethod
    def made(cls, drill: Drill, variant: Variant, lang: Lang) -> Self:
        """Return the form."""
        form = cls(FileOf(*marked(drill), variant), clip(drill.meta.title[lang], _TITLE))
        file: ui.FileUpload[Any] = ui.FileUpload(custom_id="file", required=True, min_values=1, max_values=1)
        hint = clip(say("drilling.form.file_hint", lang, function=drill.meta.function), _HINT)
        form.add_item(ui.Label[Any](text=say("drilling.form.file", lang), description=hint, component=file))
        return form

    @classmethod
    async def blank(
        cls, interaction: discord.Interaction[ServedClient], named: FileOf, typed: Mapping[str, str]
    ) -> Self:
        """Return the form; a file has to be picked anew."""
        drill = interaction.client.services.drills.find(interaction, named.slug, named.mark)
        return cls.made(drill, named.variant, lang_of(interaction))

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[ServedClient], named: FileOf, filled: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Judge what is in the file."""
        drills = interaction.client.services.drills
        drill = drills.find(interaction, named.slug, named.mark)
        uploads = filled.get("file", ())
        if not uploads:
            raise Refusal("drilling.refused.empty")
        await drills.upload(interaction, drill, named.variant, uploads[0])
