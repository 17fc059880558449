"""The messages of `/packs`, which only the host sees: upload, look at, take back, correct and delete packs.

file or text → check_pack → saved, or all that is wrong by line and the form with the text in it
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Self

import discord
from discord import ui

from bot.discord.packs.text import listing, pack_blocks, problem_blocks
from bot.discord.services import ServedClient
from bot.discord.ui.base import OPTIONS, Control, Form, layout, picked, rows, select
from bot.discord.ui.colours import AMBER, BLURPLE
from bot.discord.ui.direct_messages import UNSENT
from bot.discord.ui.errors import Gone
from bot.discord.ui.ids import Id, Spelling
from bot.discord.ui.language import lang_of
from bot.discord.ui.text import width
from bot.store.packs import MOST_OF_ONE, GuildPack
from bot.study.refusals import Refusal
from bot.study.rounds.errors import PackError
from bot.wording import say
from knowledge.bank.models import Lang

#: What a field of a form takes.
_TEXT, _NAME = 4_000, 60
_PackName = Annotated[str, Spelling("[a-z0-9]+(?:[-_][a-z0-9]+)*")]
#: Packs that have a place in the select; the names of all stand above it.
_SUFFIXES = (".yaml", ".yml")


def server_of(interaction: discord.Interaction[Any]) -> int:
    """Return the server whose packs are changed.

    Raises:
        Refusal: by somebody who does not manage it.
    """
    if interaction.guild_id is None or not interaction.permissions.manage_guild:
        raise Refusal("packs.refused.not_host")
    return interaction.guild_id


class PackSelect(Control[ui.Select[Any]], prefix="epoch:pack"):
    """Shows the pack that was picked, in place of the list."""

    replies = "quiet"

    def __init__(self, names: Sequence[str] = ("?",), placeholder: str = "…") -> None:
        super().__init__(select(self.encode(), [(name, f"📦 {name}") for name in names[:OPTIONS]], placeholder))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Show it."""
        found = await _own(interaction, picked(self.item))
        await interaction.edit_original_response(view=pack_view(found, lang_of(interaction)))


class PacksButton(Control[ui.Button[Any]], prefix="epoch:packs"):
    """Shows the list again."""

    replies = "quiet"

    def __init__(self, label: str = "?") -> None:
        super().__init__(ui.Button(label=label, emoji="📋", custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Show it."""
        await interaction.edit_original_response(view=await list_view(interaction), attachments=[])


class PackUploadButton(Control[ui.Button[Any]], prefix="epoch:packup"):
    """Opens the form for a pack; filled with one of the server's, where it is named and short enough."""

    name: _PackName | None

    def __init__(self, name: str | None = None, label: str = "?", emoji: str = "📤") -> None:
        self.name = name
        super().__init__(ui.Button(label=label, emoji=emoji, custom_id=self.encode()))

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Open the form, which is the acknowledgement."""
        server_of(interaction)
        form = PackForm(PackId(), lang_of(interaction))
        if self.name is not None:
            found = await _own(interaction, self.name)
            form = PackForm(PackId(), lang_of(interaction), found.pack.name, found.source)
        await interaction.response.send_modal(form)

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Wait for the form."""


class PackFileButton(Control[ui.Button[Any]], prefix="epoch:packfile"):
    """Hands out the file of a pack."""

    name: _PackName
    replies = "private"

    def __init__(self, name: str, label: str = "?") -> None:
        self.name = name
        super().__init__(ui.Button(label=label, emoji="📥", custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Hand it out."""
        found = await _own(interaction, self.name)
        file = discord.File(io.BytesIO(found.source.encode()), filename=f"{found.pack.name}.yaml")
        await interaction.edit_original_response(view=layout(ui.File[Any](file.uri)), attachments=[file])


class PackRemoveButton(Control[ui.Button[Any]], prefix="epoch:packdrop"):
    """Deletes a pack of the server, and hands out its file, so that nothing is lost by a slip."""

    name: _PackName
    replies = "quiet"

    def __init__(self, name: str, label: str = "?") -> None:
        self.name = name
        style = discord.ButtonStyle.danger
        super().__init__(ui.Button(label=label, style=style, custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Delete it, then show the list with the file of what was deleted."""
        found, lang = await _own(interaction, self.name), lang_of(interaction)
        await interaction.client.services.store.packs.remove_of_server(server_of(interaction), self.name)
        file = discord.File(io.BytesIO(found.source.encode()), filename=f"{found.pack.name}.yaml")
        view = await list_view(interaction, say("packs.removed", lang, name=self.name), file)
        await interaction.edit_original_response(view=view, attachments=[file])


@dataclass(frozen=True)
class PackId(Id, prefix="epoch:packform"):
    """The custom id of the form."""


class PackForm(Form[PackId]):
    """The form for a pack: a file, or its text."""

    replies = "private"

    def __init__(self, named: PackId, lang: Lang, name: str = "", source: str = "") -> None:
        super().__init__(named, say("packs.form.title", lang))
        if width(source) > _TEXT:  # it would be saved without its end
            source = ""
        called: ui.TextInput[Any] = ui.TextInput(
            custom_id="name", default=name or None, required=False, max_length=_NAME
        )
        text: ui.TextInput[Any] = ui.TextInput(
            custom_id="text", default=source or None, required=False, max_length=_TEXT,
            style=discord.TextStyle.paragraph,
        )  # fmt: skip
        file: ui.FileUpload[Any] = ui.FileUpload(custom_id="file", required=False, min_values=0, max_values=1)
        for key, field in (("name", called), ("text", text), ("file", file)):
            hint = say(f"packs.form.{key}_hint", lang)
            self.add_item(ui.Label[Any](text=say(f"packs.form.{key}", lang), description=hint, component=field))

    @classmethod
    async def blank(
        cls, interaction: discord.Interaction[ServedClient], named: PackId, typed: Mapping[str, str]
    ) -> Self:
        """Return the form with nothing in it."""
        return cls(named, lang_of(interaction))

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[ServedClient], named: PackId, filled: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Check the pack and save it, or say all that is wrong with it."""
        from bot.study.rounds.packs import check_pack, pack_name  # with YAML, for which every start would wait

        guild_id, lang = server_of(interaction), lang_of(interaction)
        typed, text = ("".join(filled.get(field, ())).strip() for field in ("name", "text"))
        file, data = f"{typed}.yaml", f"{text}\n".encode()
        if uploads := filled.get("file", ()):
            file, data = await _uploaded(interaction, uploads[0])
        elif not text:
            raise Refusal("packs.refused.empty")
        name = pack_name(f"{typed}.yaml") if typed else pack_name(file)
        if name is None:
            raise Refusal("packs.refused.no_name", name=typed or file)
        pack, problems = check_pack(file, name, data)
        services = interaction.client.services
        if pack is None:
            view = await _wrong_view(interaction, file, name, data, problems)
            await interaction.edit_original_response(view=view)
            return
        source = data.decode("utf-8-sig")
        if not await services.store.packs.put_of_server(guild_id, pack, source, services.clock()):
            raise Refusal("packs.refused.many", count=MOST_OF_ONE)
        said = say("packs.saved", lang, name=pack.name, count=len(pack.questions))
        await interaction.edit_original_response(view=await list_view(interaction, said))


async def _uploaded(interaction: discord.Interaction[ServedClient], upload: str) -> tuple[str, bytes]:
    """Return the name and the content of a file that came with the form.

    Raises:
        Refusal: it is no YAML file, too large, or Discord has it no more.
    """
    from bot.study.rounds.packs import MAX_BYTES

    data: Any = interaction.data or {}
    attachment = (data.get("resolved") or {}).get("attachments", {}).get(upload)
    if attachment is None:
        raise Gone("field")
    name = str(attachment["filename"])
    if not name.lower().endswith(_SUFFIXES):
        raise Refusal("packs.refused.no_yaml", name=name)
    if int(attachment["size"]) > MAX_BYTES:  # refused before it is fetched
        raise Refusal("packs.refused.large", name=name)
    try:
        return name, await interaction.client.http.get_from_cdn(attachment["url"])
    except UNSENT:
        raise Refusal("packs.refused.lost") from None


async def _wrong_view(
    interaction: discord.Interaction[ServedClient], file: str, name: str, data: bytes, problems: Sequence[str]
) -> ui.LayoutView:
    """Return what is wrong with a file, and the form with its text, where that fits."""
    lang, blocks = lang_of(interaction), problem_blocks(file, problems, lang_of(interaction))
    source = data.decode("utf-8-sig", errors="replace")
    again = None
    if width(source) <= _TEXT and "\0" not in source:
        kept = {"name": (name,), "text": (source,)}
        again = await interaction.client.services.filled.keep(interaction, kept, PackError(problems[0]))
    if again is None:
        return layout(*blocks, say("packs.upload_again", lang), colour=AMBER)
    return layout(*blocks, say("packs.correct_here", lang), *rows(again), colour=AMBER)


async def _own(interaction: discord.Interaction[ServedClient], name: str) -> GuildPack:
    found = await interaction.client.services.store.packs.of_server(server_of(interaction), name)
    if found is None:
        raise Refusal("packs.refused.gone", name=name)
    return found


async def list_view(
    interaction: discord.Interaction[ServedClient], said: str = "", file: discord.File | None = None
) -> ui.LayoutView:
    """Return the packs of the interaction's server; `said` stands above them, with a `file` that goes with it."""
    packs, guild_id = interaction.client.services.store.packs, server_of(interaction)
    own = await packs.counts_of_server(guild_id)
    shared = [name for name in await packs.names() if name not in own]
    return packs_view(own, shared, lang_of(interaction), said, file)


def packs_view(
    own: Mapping[str, int], shared: Sequence[str], lang: Lang, said: str = "", file: discord.File | None = None
) -> ui.LayoutView:
    """Return the list of packs with what can be done."""
    controls: list[ui.Item[Any]] = [PackSelect(tuple(own), say("packs.pick", lang))] if own else []
    controls.append(PackUploadButton(None, say("packs.button.upload", lang)))
    attached = [ui.File[Any](file.uri)] if file is not None else []
    return layout(*listing(own, shared, lang, said), *attached, *rows(*controls), colour=BLURPLE)


def pack_view(found: GuildPack, lang: Lang) -> ui.LayoutView:
    """Return one pack with what can be done with it."""
    name, words = found.pack.name, {key: say(f"packs.button.{key}", lang) for key in _BUTTONS}
    controls: list[ui.Item[Any]] = [PackFileButton(name, words["file"])]
    if width(found.source) <= _TEXT:
        controls.append(PackUploadButton(name, words["correct"], "✏️"))
    controls += [PackRemoveButton(name, words["remove"]), PacksButton(words["back"])]
    return layout(*pack_blocks(found, lang), *rows(*controls), colour=BLURPLE)


_BUTTONS = ("file", "correct", "remove", "back")
