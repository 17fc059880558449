"""What a member may do with a run: change its values, edit its code, break it, give it input, repeat it, delete it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Self

import discord
from discord import ui

from bot.discord.services import ServedClient
from bot.discord.ui.base import OPTIONS, Control, Form, layout, picked, rows, select, typed_in
from bot.discord.ui.colours import AMBER
from bot.discord.ui.error_text import refused_value
from bot.discord.ui.errors import Gone
from bot.discord.ui.ids import NAME, SLUG, Id, KeptKey, Snowflake, Spelling
from bot.discord.ui.language import lang_of
from bot.discord.ui.text import OPTION_LABEL, clip, neutralise
from bot.study.runs import RunRequest, plan, source_of, values_of
from bot.study.snippets import Snippet
from bot.wording import say
from bot.wording.changes import allowed
from knowledge.bank import parameters
from knowledge.bank.errors import ParameterError
from knowledge.bank.models import Lang
from knowledge.bank.parameter import Parameter

if TYPE_CHECKING:
    from bot.study.tutor import Tutor

#: What a modal takes: inputs, characters in one of them, and in its title and labels.
INPUTS, CODE = 5, 4_000
_TITLE, _LABEL, _HINT = 45, 45, 100
_VALUE = 200
#: In place of a topic and an example, for a script of a member's own.
_NO_TOPIC = "-:-"


def _spelt(asked: RunRequest) -> str:
    return f"{asked.topic}:{asked.example}" if asked.topic else _NO_TOPIC


def _meant(text: str) -> RunRequest:
    topic, _, example = text.partition(":")
    return RunRequest() if text == _NO_TOPIC else RunRequest(topic, example)


#: What to run, without what was changed in it: a topic's example, or that as well as a script of a member's own.
OfTopic = Annotated[RunRequest, Spelling(f"{SLUG}:{NAME}", _spelt, _meant)]
OfAny = Annotated[RunRequest, Spelling(f"{_NO_TOPIC}|{SLUG}:{NAME}", _spelt, _meant)]


class _Opens(Control[ui.Button[Any]]):
    """A button that opens a form, which is all the acknowledgement there is."""

    asked: OfAny
    run: KeptKey | None

    def __init__(self, asked: RunRequest, run: str | None, label: str, emoji: str | None) -> None:
        self.asked, self.run = asked, run
        super().__init__(ui.Button(label=label, emoji=emoji, custom_id=self.encode()))

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Open the form, filled with what was run here before."""
        if self.run is not None:
            self.asked = await interaction.client.services.runs.asked(self.run)
        await self.open(interaction)

    async def open(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Send the form."""
        raise NotImplementedError

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Wait for the form."""


class ValuesButton(_Opens, prefix="epoch:values"):
    """Opens the form for an example's values; where they do not fit into one form, a select of them comes first."""

    asked: OfTopic

    def __init__(self, asked: RunRequest, run: str | None, label: str = "±", emoji: str | None = "🎛️") -> None:
        super().__init__(asked, run, label, emoji)

    async def open(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Send the form, or the select before it."""
        offered, lang = _parameters(interaction, self.asked), lang_of(interaction)
        values = values_of(interaction.client.services.tutor_in(interaction.guild_id), self.asked)
        if len(offered) > INPUTS and values:  # those that were changed before, or refused
            offered = [each for each in offered if each.name in values][:INPUTS]
        if not offered:
            raise Gone("values")
        if len(offered) <= INPUTS:
            await interaction.response.send_modal(ValuesForm.made(self.asked, offered, lang, values))
            return
        lead = say("run.form.pick_lead", lang, count=len(offered), most=INPUTS)
        placeholder = say("run.form.pick_values", lang, count=INPUTS)
        picking = ValuesSelect(self.asked, [each.name for each in offered], placeholder)
        await interaction.response.send_message(view=layout(lead, *rows(picking)), ephemeral=True)


class ValuesSelect(Control[ui.Select[Any]], prefix="epoch:pick"):
    """The select of values to change, where an example has more than a form holds."""

    asked: OfTopic

    def __init__(self, asked: RunRequest, names: Sequence[str] = ("?",), placeholder: str = "…") -> None:
        self.asked = asked
        picking = select(self.encode(), [(name, name) for name in names], placeholder)
        picking.max_values = min(INPUTS, len(picking.options))
        super().__init__(picking)

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Open the form with the values that were picked."""
        chosen = [each for each in _parameters(interaction, self.asked) if each.name in self.item.values]
        if not chosen:
            raise Gone("values")
        await interaction.response.send_modal(ValuesForm.made(self.asked, chosen[:INPUTS], lang_of(interaction)))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Wait for the form."""


@dataclass(frozen=True)
class ValuesOf(Id, prefix="epoch:set"):
    """The custom id of the form: the example whose values are set."""

    asked: OfTopic


class ValuesForm(Form[ValuesOf]):
    """The form for an example's values, each with its range."""

    @classmethod
    def made(
        cls, asked: RunRequest, offered: Iterable[Parameter], lang: Lang, values: Mapping[str, str] | None = None
    ) -> Self:
        """Return the form with `values` as they ran or were typed before, and all others as they are in the bank."""
        values = asked.changes if values is None else values
        form = cls(ValuesOf(asked), clip(say("run.form.values", lang), _TITLE))
        for each in offered:
            value = values.get(each.name, _written(each))
            field: ui.TextInput[Any] = ui.TextInput(custom_id=each.name, default=value, max_length=_VALUE)
            hint = " · ".join(part for part in (allowed(each, lang).strip(), each.meaning(lang)) if part)
            form.add_item(ui.Label(text=clip(each.name, _LABEL), description=clip(hint, _HINT), component=field))
        return form

    @classmethod
    async def blank(
        cls, interaction: discord.Interaction[ServedClient], named: ValuesOf, typed: Mapping[str, str]
    ) -> Self:
        """Return the form with the fields that were filled in, as far as the example still has them."""
        there = [each for each in _parameters(interaction, named.asked) if each.name in typed]
        if not there:
            raise Gone("values")
        return cls.made(named.asked, there[:INPUTS], lang_of(interaction))

    @classmethod
    async def take(
        cls, interaction: discord.Interaction[Any], named: ValuesOf, filled: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Tell the member alone of a value that cannot be, with a way to correct it; else go on as every form."""
        asked = _typed(interaction.client.services.tutor_in(interaction.guild_id), named.asked, filled)
        try:
            plan(interaction.client.services.tutor_in(interaction.guild_id), asked)
        except ParameterError as error:
            if error.parameter is None:
                raise Gone("values") from error
            await _offer_correction(interaction, asked, error)
        else:
            await super().take(interaction, named, filled)

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[ServedClient], named: ValuesOf, filled: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Run the example with these values."""
        await interaction.client.services.runs.begin(
            interaction, _typed(interaction.client.services.tutor_in(interaction.guild_id), named.asked, filled)
        )


def _typed(tutor: Tutor, asked: RunRequest, filled: Mapping[str, tuple[str, ...]]) -> RunRequest:
    """Return what a form asks for; the counter's own value stays the counter, which may leave a parameter's range."""
    changes = {name: values[0].strip() for name, values in filled.items()}
    name, _, value = tutor.example(asked.topic, asked.example)[1].meta.counter.partition("=")
    counter = changes.get(name) == value
    if counter:
        del changes[name]
    return replace(asked, changes=changes, counter=counter)


async def _offer_correction(
    interaction: discord.Interaction[ServedClient], asked: RunRequest, error: ParameterError
) -> None:
    await interaction.response.defer(ephemeral=True, thinking=True)
    lang = lang_of(interaction)
    run = await interaction.client.services.runs.keep(interaction, asked)
    assert error.parameter is not None
    text = refused_value(error.parameter, error.typed, lang)
    correct = ValuesButton(asked, run, say("run.button.correct", lang), "✏️")
    await interaction.edit_original_response(view=layout(text, *rows(correct), colour=AMBER))


def _parameters(interaction: discord.Interaction[ServedClient], asked: RunRequest) -> list[Parameter]:
    return list(
        parameters.offered(
            interaction.client.services.tutor_in(interaction.guild_id).example(asked.topic, asked.example)[1]
        )
    )


def _written(parameter: Parameter) -> str:
    value = parameter.value
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


class EditButton(_Opens, prefix="epoch:edit"):
    """Opens the form with the code of a run."""

    def __init__(self, asked: RunRequest, run: str | None, label: str = "✎", emoji: str | None = "✏️") -> None:
        super().__init__(asked, run, label, emoji)

    async def open(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Send the form."""
        asked, lang = self.asked, lang_of(interaction)
        code = source_of(interaction.client.services.tutor_in(interaction.guild_id), asked)
        if len(code) > CODE:
            await interaction.response.send_message(say("run.refused.too_long_to_edit", lang), ephemeral=True)
            return
        await interaction.response.send_modal(EditForm.made(asked, code, lang))


@dataclass(frozen=True)
class CodeOf(Id, prefix="epoch:code"):
    """The custom id of the form: the example, or the run, whose code is edited."""

    asked: OfAny


class EditForm(Form[CodeOf]):
    """The form for code, which runs in place of an example or by itself."""

    @classmethod
    def made(cls, asked: RunRequest, code: str, lang: Lang) -> Self:
        """Return the form with some code in it."""
        form = cls(CodeOf(asked), clip(say("run.form.edit", lang), _TITLE))
        field: ui.TextInput[Any] = ui.TextInput(
            custom_id="code", default=code, max_length=CODE, style=discord.TextStyle.paragraph
        )
        text, description = say("run.form.code", lang), say("run.form.code_description", lang)
        form.add_item(ui.Label(text=text, description=description, component=field))
        return form

    @classmethod
    async def blank(
        cls, interaction: discord.Interaction[ServedClient], named: CodeOf, typed: Mapping[str, str]
    ) -> Self:
        """Return the form without any code; the topic may be gone by now."""
        return cls.made(named.asked, "", lang_of(interaction))

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[ServedClient], named: CodeOf, filled: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Run it."""
        code = f"{typed_in(filled, 'code').rstrip()}\n"
        await interaction.client.services.runs.begin(interaction, replace(named.asked, code=code))


class BreakButton(Control[ui.Button[Any]], prefix="epoch:break"):
    """Runs an example's counter: the one change under which its claim fails."""

    asked: OfTopic

    def __init__(self, asked: RunRequest, label: str = "!") -> None:
        self.asked = asked
        super().__init__(ui.Button(label=label, emoji="💥", custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Run it in a message of its own."""
        asked = RunRequest(self.asked.topic, self.asked.example, counter=True)
        if (
            not interaction.client.services.tutor_in(interaction.guild_id)
            .example(asked.topic, asked.example)[1]
            .meta.counter
        ):
            raise Gone("counter")
        await interaction.client.services.runs.begin(interaction, asked)


class InputButton(_Opens, prefix="epoch:input"):
    """Opens the form for the standard input of a member's own program."""

    run: KeptKey

    def __init__(self, asked: RunRequest, run: str | None, label: str = "⌨", emoji: str | None = "⌨️") -> None:
        super().__init__(asked, run, label, emoji)

    async def open(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Send the form."""
        form = InputForm.made(str(self.run), self.asked.stdin, lang_of(interaction))
        await interaction.response.send_modal(form)


@dataclass(frozen=True)
class InputOf(Id, prefix="epoch:stdin"):
    """The custom id of the form: the run that is repeated with other input."""

    run: KeptKey


class InputForm(Form[InputOf]):
    """The form for a program's standard input."""

    @classmethod
    def made(cls, run: str, stdin: str | None, lang: Lang) -> Self:
        """Return the form with what the program read before."""
        form = cls(InputOf(run), clip(say("run.form.input", lang), _TITLE))
        field: ui.TextInput[Any] = ui.TextInput(
            custom_id="stdin", default=stdin or None, max_length=CODE, required=False,
            style=discord.TextStyle.paragraph,
        )  # fmt: skip
        text, description = say("run.form.stdin", lang), say("run.form.stdin_description", lang)
        form.add_item(ui.Label(text=text, description=description, component=field))
        return form

    @classmethod
    async def blank(
        cls, interaction: discord.Interaction[ServedClient], named: InputOf, typed: Mapping[str, str]
    ) -> Self:
        """Return the form without anything in it."""
        return cls.made(named.run, None, lang_of(interaction))

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[ServedClient], named: InputOf, filled: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Run the same program with it."""
        before = await interaction.client.services.runs.asked(named.run)
        typed = filled.get("stdin", ("",))[0]
        asked = RunRequest.from_json({**before.as_json(), "stdin": f"{typed}\n" if typed else ""})
        await interaction.client.services.runs.begin(interaction, asked)


class Owned(Control[ui.Button[Any]]):
    """A button for the member who started the run; everybody else is told so."""

    owner: Snowflake
    run: KeptKey

    def __init__(self, owner: int, run: str, **look: Any) -> None:  # noqa: ANN401 - of the button
        self.owner, self.run = owner, run
        super().__init__(ui.Button(custom_id=self.encode(), **look))

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Tell others at once that it is not theirs."""
        if self.may(interaction):
            await super().acknowledge(interaction)
        else:
            text = say("run.refused.not_yours", lang_of(interaction))
            await interaction.response.send_message(text, ephemeral=True)

    def may(self, interaction: discord.Interaction[ServedClient]) -> bool:
        """Whether this member may press it."""
        return interaction.user.id == self.owner

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Do what the button is for, if the run is this member's."""
        if self.may(interaction):
            await self.do(interaction)

    async def do(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Do what the button is for."""
        raise NotImplementedError


class RunAgainButton(Owned, prefix="epoch:rerun"):
    """Runs a member's own version once more."""

    def __init__(self, owner: int, run: str, label: str = "↻", emoji: str | None = "🔁") -> None:
        super().__init__(owner, run, label=label, emoji=emoji, style=discord.ButtonStyle.primary)

    async def do(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Run it in a message of its own."""
        await interaction.client.services.runs.begin(
            interaction, await interaction.client.services.runs.asked(self.run)
        )


class DeleteButton(Owned, prefix="epoch:delete"):
    """Deletes the message of a run and what is kept for it; moderators may, too."""

    replies = "quiet"

    def __init__(self, owner: int, run: str, label: str | None = None) -> None:
        super().__init__(owner, run, label=label, emoji="🗑️", style=discord.ButtonStyle.secondary)

    def may(self, interaction: discord.Interaction[ServedClient]) -> bool:
        """Who asked, and who may delete any message here."""
        return super().may(interaction) or interaction.permissions.manage_messages

    async def do(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Delete the message, then forget the run; who comes second is told."""
        try:
            await interaction.delete_original_response()
        except discord.NotFound:
            await interaction.followup.send(say("run.delete.already", lang_of(interaction)), ephemeral=True)
        await interaction.client.services.store.runs.end(self.run)


class PieceSelect(Control[ui.Select[Any]], prefix="epoch:piece"):
    """The select of a piece of code to run, where a message has several."""

    run: KeptKey

    def __init__(self, run: str, names: Sequence[str] = ("?",), placeholder: str = "…") -> None:
        self.run = run
        options = [(str(n), clip(name, OPTION_LABEL)) for n, name in enumerate(names[:OPTIONS])]
        super().__init__(select(self.encode(), options, placeholder))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Run the chosen one in a message of its own."""
        code, origin = await interaction.client.services.runs.piece(self.run, picked(self.item))
        await interaction.client.services.runs.begin(interaction, RunRequest(code=code, origin=origin))


def pieces_view(run: str, pieces: Sequence[Snippet], lang: Lang) -> ui.LayoutView:
    """Return the offer of several pieces of code."""
    names = [f"{n}. {' '.join(neutralise(piece.name).split())}" for n, piece in enumerate(pieces, 1)]
    picking = PieceSelect(run, names, say("run.form.pick_code", lang))
    return layout(say("run.form.pick_code_lead", lang, count=len(pieces)), *rows(picking), colour=AMBER)
