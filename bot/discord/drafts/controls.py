"""The message of a draft and its controls: for the reviewers that the host of the server named."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import discord
from discord import ui

from bot.discord.drafts import text
from bot.discord.services import ServedClient
from bot.discord.ui.base import Control, Form, layout, picked, rows, typed_in
from bot.discord.ui.colours import AMBER, BLURPLE, GREEN, GREY, RED
from bot.discord.ui.ids import Id, TopicSlug
from bot.discord.ui.language import lang_of
from bot.discord.ui.text import OPTION_LABEL, clip, one_line, width
from bot.study.drafts.models import Draft, DraftState
from bot.study.drafts.uploads import UPLOAD_BYTES
from bot.wording import say
from knowledge.bank.models import LANGS, Lang, Problem

#: Characters of a field of a form.
_FIELD = 4_000
_FILES = 10
_BUTTONS = ("edit", "accept", "drop", "back", "part")
_COLOURS: Mapping[DraftState, int] = {"open": BLURPLE, "checking": AMBER, "accepted": GREEN, "dropped": GREY}


class DraftEditButton(Control[ui.Button[Any]], prefix="epoch:draftedit"):
    """Opens the form with the texts of a draft."""

    slug: TopicSlug

    def __init__(self, slug: str, label: str = "?") -> None:
        self.slug = slug
        super().__init__(ui.Button(label=label, emoji="✏️", custom_id=self.encode()))

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Open the form, which is the acknowledgement."""
        pages = await interaction.client.services.drafts.pages(interaction, self.slug)
        await interaction.response.send_modal(DraftForm(DraftId(self.slug), lang_of(interaction), pages))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Do nothing: what was filled in arrives with the form."""


@dataclass(frozen=True)
class DraftId(Id, prefix="epoch:draftform"):
    """The custom id of the form: the draft."""

    slug: TopicSlug


class DraftForm(Form[DraftId]):
    """The form for the answer of a draft in both languages, or for files of it."""

    replies = "quiet"

    def __init__(self, named: DraftId, lang: Lang, pages: Mapping[Lang, str] | None = None) -> None:
        super().__init__(named, say("drafting.form.title", lang))
        for each in LANGS:
            now = (pages or {}).get(each, "")
            hint = say("drafting.form.answer_hint", lang)
            if width(now) > _FIELD:  # it would be saved without its end
                now, hint = "", say("drafting.form.long", lang)
            field: ui.TextInput[Any] = ui.TextInput(
                custom_id=each, style=discord.TextStyle.paragraph, required=False, default=now or None,
                max_length=_FIELD,
            )  # fmt: skip
            self.add_item(ui.Label[Any](text=say(f"drafting.form.{each}", lang), description=hint, component=field))
        files: ui.FileUpload[Any] = ui.FileUpload(custom_id="files", required=False, min_values=0, max_values=_FILES)
        hint = say("drafting.form.files_hint", lang, mb=UPLOAD_BYTES // 1_000_000)
        self.add_item(ui.Label[Any](text=say("drafting.form.files", lang), description=hint, component=files))

    @classmethod
    async def blank(
        cls, interaction: discord.Interaction[ServedClient], named: DraftId, typed: Mapping[str, str]
    ) -> Self:
        """Return the form with the texts as they are."""
        pages = await interaction.client.services.drafts.pages(interaction, named.slug)
        return cls(named, lang_of(interaction), pages)

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[ServedClient], named: DraftId, filled: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Save the texts and the files, and show the draft anew."""
        pages = {lang: typed_in(filled, lang) for lang in LANGS}
        await interaction.client.services.drafts.edit(interaction, named.slug, pages, filled.get("files", ()))


class DraftAcceptButton(Control[ui.Button[Any]], prefix="epoch:draftok"):
    """Has a draft checked; one that passes is accepted, and its patch is posted."""

    slug: TopicSlug
    replies = "quiet"

    def __init__(self, slug: str, label: str = "?") -> None:
        self.slug = slug
        style = discord.ButtonStyle.success
        super().__init__(ui.Button(label=label, style=style, custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Check it."""
        await interaction.client.services.drafts.accept(interaction, self.slug)


class DraftDropButton(Control[ui.Button[Any]], prefix="epoch:draftdrop"):
    """Drops a draft, which can be taken up again for a month."""

    slug: TopicSlug
    replies = "quiet"

    def __init__(self, slug: str, label: str = "?") -> None:
        self.slug = slug
        super().__init__(ui.Button(label=label, style=discord.ButtonStyle.danger, custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Drop it."""
        await interaction.client.services.drafts.drop(interaction, self.slug)


class DraftBackButton(Control[ui.Button[Any]], prefix="epoch:draftback"):
    """Takes a draft up again that was dropped."""

    slug: TopicSlug
    replies = "quiet"

    def __init__(self, slug: str, label: str = "?") -> None:
        self.slug = slug
        super().__init__(ui.Button(label=label, custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Open it."""
        await interaction.client.services.drafts.take_back(interaction, self.slug)


class DraftPartSelect(Control[ui.Select[Any]], prefix="epoch:draftpart"):
    """Shows one file of a draft, to the reviewer alone: what is not reviewed is no answer."""

    slug: TopicSlug
    replies = "private"

    def __init__(self, slug: str, names: Iterable[str] = (), placeholder: str = "…") -> None:
        self.slug = slug
        options = [discord.SelectOption(label=name, value=name) for name in names][:25]
        shown = options or [discord.SelectOption(label="?")]
        super().__init__(ui.Select(custom_id=self.encode(), placeholder=placeholder, options=shown))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Show it in parts, and as the file it is."""
        name = picked(self.item)
        content = await interaction.client.services.drafts.file(interaction, self.slug, name)
        first, *others = text.part(self.slug, name, content)
        file = discord.File(io.BytesIO(content.encode()), filename=name)
        await interaction.edit_original_response(view=layout(first, ui.File[Any](file.uri)), attachments=[file])
        for other in others:
            await interaction.followup.send(view=layout(other), ephemeral=True)


class DraftOpenSelect(Control[ui.Select[Any]], prefix="epoch:drafts"):
    """Posts a draft of the list, for reviewers to see to."""

    def __init__(self, drafts: Iterable[Draft] = (), placeholder: str = "…") -> None:
        options = [
            discord.SelectOption(label=each.slug, value=each.slug, description=clip(plain(each), OPTION_LABEL))
            for each in drafts
        ]
        shown = options or [discord.SelectOption(label="?")]
        super().__init__(ui.Select(custom_id=self.encode(), placeholder=placeholder, options=shown))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Post it."""
        await interaction.client.services.drafts.show(interaction, picked(self.item))


def plain(draft: Draft) -> str:
    """Return what was asked as one line for an option, which renders no Markdown."""
    return one_line(draft.question, OPTION_LABEL).replace("\\", "")


def draft_view(
    draft: Draft,
    names: Sequence[str],
    lang: Lang,
    *,
    said: str = "",
    problems: Sequence[Problem] = (),
    until: float | None = None,
    files: Sequence[discord.File] = (),
) -> ui.LayoutView:
    """Return the message of a draft: what it is, how it stands, and what can be done.

    Args:
        draft: as it is now.
        names: its files.
        lang: of the texts.
        said: what came of the last press.
        problems: what the last check found.
        until: when a check that goes on ends at the latest, Unix time.
        files: what is attached.
    """
    blocks: list[str | ui.Item[Any]] = [text.heading(draft, lang)]
    if draft.state == "checking" and until is not None:
        blocks.append(say("drafting.check.going", lang, until=int(until)))
    elif draft.state == "accepted":
        blocks.append(say("drafting.accepted", lang, file=f"{draft.slug}.patch"))
    if problems:
        blocks.append(text.problems(problems, lang))
    if said:
        blocks.append(said)
    blocks += [ui.File[Any](file.uri) for file in files]
    if draft.state == "open":
        blocks.append(f"-# {say('drafting.panel.hint', lang)}")
    blocks += rows(*_controls(draft, names, lang))
    return layout(*blocks, colour=RED if problems else _COLOURS[draft.state])


def _controls(draft: Draft, names: Sequence[str], lang: Lang) -> list[ui.Item[Any]]:
    slug, words = draft.slug, {name: say(f"drafting.button.{name}", lang) for name in _BUTTONS}
    if draft.state == "dropped":
        return [DraftBackButton(slug, words["back"])]
    found: list[ui.Item[Any]] = [DraftPartSelect(slug, names, words["part"])] if names else []
    if draft.state == "open":
        found += [DraftEditButton(slug, words["edit"]), DraftAcceptButton(slug, words["accept"])]
    if draft.state != "checking":
        found.append(DraftDropButton(slug, words["drop"]))
    return found


def list_view(drafts: Sequence[Draft], lang: Lang) -> ui.LayoutView:
    """Return the list of a server's drafts, with a select that posts one."""
    blocks: list[str | ui.Item[Any]] = [text.listing(drafts, lang)]
    if drafts:
        blocks += rows(DraftOpenSelect(drafts[: text.LISTED], say("drafting.list.pick", lang)))
    return layout(*blocks, colour=BLURPLE)
