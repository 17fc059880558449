"""The panel of `/settings`, which only the host sees; each change is saved at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Self

import discord
from discord import ui
from pydantic import ValidationError

from bot.discord.hosting.gaps_text import GapsText
from bot.discord.services import ServedClient
from bot.discord.ui.base import Control, Form, ItemT, layout, picked, rows, typed_in
from bot.discord.ui.colours import BLURPLE
from bot.discord.ui.errors import Gone
from bot.discord.ui.ids import Id, Spelling
from bot.discord.ui.language import lang_of
from bot.discord.ui.text import OPTION_LABEL, clip, neutralise, one_line
from bot.store.gaps import question_key
from bot.store.guilds import DailyTime, GuildSettings, Mentioned
from bot.store.setting_fields import (
    Banks,
    Channels,
    Mentionable,
    OneRole,
    Pick,
    Schedule,
    Setting,
    SettingField,
    fields_of,
)
from bot.study.gaps import Gap
from bot.wording import entries, say
from bot.wording.languages import LANGUAGES
from knowledge.bank.models import Bank, Lang
from knowledge.search.clusters import Cluster

_SettingName = Annotated[str, Spelling("[a-z_]{1,40}")]
_HELPER, _DAILY = "helper", "daily"
#: Groups of `/gaps` with a button, which are three components each, and how much of a key the button has.
_DRAFTABLE, _MARK = 10, 16
#: What Discord takes in one message, of whatever kind and depth, and what the row that leads to other pages has.
_COMPONENTS, _LEADS = 40, 4
_ANSWERS_IN = [
    discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.forum, discord.ChannelType.voice,
]  # fmt: skip
_POSTS_IN = [discord.ChannelType.text, discord.ChannelType.news]


class SettingControl(Control[ItemT]):
    """A control that changes one setting and shows the panel again; for members who manage the server.

    Attributes:
        kinds: the kinds of settings that this class is the control of.
    """

    replies = "quiet"
    kinds: ClassVar[tuple[type[Setting], ...]] = ()

    @property
    def setting(self) -> str:
        """The name of the setting."""
        raise NotImplementedError

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Save, then show."""
        if interaction.guild_id is None or not manages(interaction):
            await interaction.followup.send(say("discord.settings.not_host", lang_of(interaction)), ephemeral=True)
            return
        servers = interaction.client.services.servers
        before = servers.of(interaction.guild_id)
        setting = fields_of(type(before)).get(self.setting)
        if setting is None or not isinstance(setting.kind, self.kinds):
            raise Gone("setting")
        try:
            await servers.change(interaction.guild_id, **self.changes(interaction, setting, before))
        except ValueError as error:  # also what pydantic raises: no panel of this version has such a value
            raise Gone("setting") from error
        await interaction.edit_original_response(view=await panel(interaction, setting.name))

    def changes(
        self, interaction: discord.Interaction[ServedClient], setting: SettingField, before: GuildSettings
    ) -> dict[str, Any]:
        """Return the fields to change, with what was chosen."""
        raise NotImplementedError


class NamedControl(SettingControl[ItemT]):
    """The control of a setting whose name is in the custom id."""

    name: _SettingName

    @property
    def setting(self) -> str:
        """The name of the setting."""
        return self.name


class PickSelect(NamedControl[ui.Select[Any]], prefix="epoch:set"):
    """The select of a setting with a few values."""

    kinds = (Pick,)

    def __init__(self, name: str, options: list[discord.SelectOption] | None = None) -> None:
        self.name = name
        shown = options or [discord.SelectOption(label="?")]
        super().__init__(ui.Select(custom_id=self.encode(), options=shown))

    def changes(
        self, interaction: discord.Interaction[ServedClient], setting: SettingField, before: GuildSettings
    ) -> dict[str, Any]:
        """Return what the value means."""
        assert isinstance(setting.kind, Pick)
        return setting.kind.changes(setting.field, picked(self.item))


class ChannelsSelect(NamedControl[ui.ChannelSelect[Any]], prefix="epoch:setin"):
    """The select of a setting that is one channel or several."""

    kinds = (Channels, Schedule)

    def __init__(
        self, name: str, chosen: tuple[int, ...] = (), placeholder: str = "…", *, most: int = 1, posts: bool = True
    ) -> None:
        self.name = name
        kind = discord.SelectDefaultValueType.channel
        super().__init__(
            ui.ChannelSelect(
                custom_id=self.encode(),
                channel_types=_POSTS_IN if posts else _ANSWERS_IN,
                min_values=0,
                max_values=most,
                placeholder=placeholder,
                default_values=[discord.SelectDefaultValue(id=channel, type=kind) for channel in chosen[:most]],
            )
        )

    def changes(
        self, interaction: discord.Interaction[ServedClient], setting: SettingField, before: GuildSettings
    ) -> dict[str, Any]:
        """Return the channels; what comes in one keeps its time."""
        chosen = [channel.id for channel in self.item.values]
        if isinstance(setting.kind, Channels):
            return {setting.field: chosen if setting.kind.most > 1 else next(iter(chosen), None)}
        assert isinstance(setting.kind, Schedule)
        free = dict.fromkeys(setting.kind.owns, False)
        if not chosen:
            return {setting.field: None, **free}
        zone, now = LANGUAGES[lang_of(interaction)].zone, interaction.client.services.clock()
        time = getattr(before, setting.field) or DailyTime(channel_id=chosen[0], zone=zone, since=now)
        return {setting.field: {**time.model_dump(), "channel_id": chosen[0]}, **free}


class BanksSelect(NamedControl[ui.Select[Any]], prefix="epoch:setbanks"):
    """The select of the banks that a server uses; none chosen is all of them."""

    kinds = (Banks,)

    def __init__(self, name: str, options: list[discord.SelectOption] | None = None, placeholder: str = "…") -> None:
        self.name = name
        shown = options or [discord.SelectOption(label="?")]
        select: ui.Select[Any] = ui.Select(
            custom_id=self.encode(), options=shown, min_values=0, max_values=len(shown), placeholder=placeholder,
        )  # fmt: skip
        super().__init__(select)

    def changes(
        self, interaction: discord.Interaction[ServedClient], setting: SettingField, before: GuildSettings
    ) -> dict[str, Any]:
        """Return the banks that are there, in their order; all of them are no choice, so that new ones join them."""
        loaded = interaction.client.services.tutor.bank.names
        chosen = [name for name in loaded if name in self.item.values]
        if self.item.values and not chosen:
            raise Gone("setting")  # a bank that has left since: nobody asked for all the others
        return {setting.field: chosen if 0 < len(chosen) < len(loaded) else None}


class RoleSelect(SettingControl[ui.RoleSelect[Any]], prefix="epoch:setrole"):
    """The select of a setting that is a role; old custom ids have no name and mean the helpers' role."""

    kinds = (OneRole,)
    name: _SettingName | None

    def __init__(self, name: str | None = None, role: int | None = None, placeholder: str = "…") -> None:
        self.name = name
        kind = discord.SelectDefaultValueType.role
        chosen = [] if role is None else [discord.SelectDefaultValue(id=role, type=kind)]
        select: ui.RoleSelect[Any] = ui.RoleSelect(
            custom_id=self.encode(), min_values=0, placeholder=placeholder,
            default_values=chosen,
        )  # fmt: skip
        super().__init__(select)

    @property
    def setting(self) -> str:
        """The name of the setting."""
        return self.name or _HELPER

    def changes(
        self, interaction: discord.Interaction[ServedClient], setting: SettingField, before: GuildSettings
    ) -> dict[str, Any]:
        """Return the role; everyone is none."""
        chosen = [role.id for role in self.item.values if role.id != interaction.guild_id]
        return {setting.field: chosen[0] if chosen else None}


class WhoSelect(NamedControl[ui.MentionableSelect[Any]], prefix="epoch:setwho"):
    """The select of a setting that is a role or a member."""

    kinds = (Mentionable,)

    def __init__(self, name: str, who: Mentioned | None = None, placeholder: str = "…") -> None:
        self.name = name
        kinds = {"role": discord.SelectDefaultValueType.role, "member": discord.SelectDefaultValueType.user}
        chosen = [] if who is None else [discord.SelectDefaultValue(id=who.id, type=kinds[who.kind])]
        select: ui.MentionableSelect[Any] = ui.MentionableSelect(
            custom_id=self.encode(), min_values=0, placeholder=placeholder, default_values=chosen
        )
        super().__init__(select)

    def changes(
        self, interaction: discord.Interaction[ServedClient], setting: SettingField, before: GuildSettings
    ) -> dict[str, Any]:
        """Return who; everyone is nobody."""
        for chosen in self.item.values:
            if chosen.id != interaction.guild_id:
                kind = "role" if isinstance(chosen, discord.Role) else "member"
                return {setting.field: {"kind": kind, "id": chosen.id}}
        return {setting.field: None}


class TimeButton(Control[ui.Button[Any]], prefix="epoch:settime"):
    """Opens the form for a schedule; old custom ids have no name and mean the daily question."""

    name: _SettingName | None

    def __init__(self, name: str | None = None, label: str = "?") -> None:
        self.name = name
        super().__init__(ui.Button(label=label, emoji="🕘", custom_id=self.encode()))

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Open the form, which is the acknowledgement."""
        await interaction.response.send_modal(TimeForm.of(interaction, self.name or _DAILY))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Do nothing: what was filled in arrives with the form."""


@dataclass(frozen=True)
class TimeId(Id, prefix="epoch:time"):
    """The custom id of the form: the setting, the daily question's where there is no name."""

    name: _SettingName | None = None


class TimeForm(Form[TimeId]):
    """The form for hour and time zone of a schedule."""

    replies = "quiet"

    def __init__(self, now: DailyTime, lang: Lang, name: str = _DAILY) -> None:
        super().__init__(TimeId(_unless(name, _DAILY)), say(f"discord.settings.{name}_title", lang))
        for part, value in (("hour", str(now.hour)), ("zone", now.zone)):
            field: ui.TextInput[Any] = ui.TextInput(custom_id=part, default=value, max_length=64)
            hint = say(f"discord.settings.{part}_hint", lang)
            label = say(f"discord.settings.{part}", lang)
            self.add_item(ui.Label[Any](text=label, description=hint, component=field))

    @classmethod
    def of(cls, interaction: discord.Interaction[ServedClient], name: str) -> Self:
        """Return the form with the time as it is."""
        lang, settings = lang_of(interaction), interaction.client.services.servers.of(interaction.guild_id)
        now: DailyTime | None = getattr(settings, _schedule(settings, name).field)
        return cls(now or DailyTime(channel_id=0, zone=LANGUAGES[lang].zone), lang, name)

    @classmethod
    async def blank(
        cls, interaction: discord.Interaction[ServedClient], named: TimeId, typed: Mapping[str, str]
    ) -> Self:
        """Return the form with the time as it is."""
        return cls.of(interaction, named.name or _DAILY)

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[ServedClient], named: TimeId, filled: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Save, then show; what does not fit changes nothing and is said."""
        lang = lang_of(interaction)
        servers = interaction.client.services.servers
        settings = servers.of(interaction.guild_id)
        setting = _schedule(settings, named.name or _DAILY)
        time: DailyTime | None = getattr(settings, setting.field)
        if interaction.guild_id is None or not manages(interaction) or time is None:
            key = "discord.settings.channel_first" if manages(interaction) else "discord.settings.not_host"
            await interaction.followup.send(say(key, lang), ephemeral=True)
            return
        typed = typed_in(filled, "hour"), typed_in(filled, "zone")
        hour, zone = typed[0].strip().partition(":")[0], typed[1].strip()
        same = (hour, zone) == (str(time.hour), time.zone)
        since = (
            time.since if same else interaction.client.services.clock()
        )  # an hour that has passed waits for tomorrow
        changed = {**time.model_dump(), "hour": hour, "zone": zone, "since": since}
        try:
            await servers.change(interaction.guild_id, **{setting.field: changed})
        except ValidationError as error:
            text = say("discord.settings.bad_time", lang, given=one_line(" ".join(typed), 80))
            view = await interaction.client.services.filled.view(interaction, filled, error, text)
            await interaction.followup.send(view=view, ephemeral=True)
            return
        await interaction.edit_original_response(view=await panel(interaction, setting.name))


class PageButton(Control[ui.Button[Any]], prefix="epoch:setpage"):
    """Shows the page of the panel that a setting stands on, where they are too many for one message."""

    name: _SettingName
    replies = "quiet"

    def __init__(self, name: str, label: str = "?") -> None:
        self.name = name
        super().__init__(ui.Button(label=label, custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Show it."""
        if manages(interaction):
            await interaction.edit_original_response(view=await panel(interaction, self.name))
        else:
            await interaction.followup.send(say("discord.settings.not_host", lang_of(interaction)), ephemeral=True)


class GapDraftButton(Control[ui.Button[Any]], prefix="epoch:gapdraft"):
    """Opens a draft for a group of questions without an answer, for members who manage the server."""

    lang: Lang
    mark: Annotated[str, Spelling("[0-9a-f]{16}")]
    replies = "private"

    def __init__(self, lang: Lang, mark: str, label: str = "?") -> None:
        self.lang, self.mark = lang, mark
        super().__init__(ui.Button(label=label, emoji="📝", custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Open it, and say where it is."""
        if manages(interaction):
            await interaction.client.services.drafts.open_gap(interaction, self.lang, self.mark)
        else:
            text = say("discord.settings.not_host", lang_of(interaction))
            await interaction.edit_original_response(view=layout(text))


def gaps_view(text: GapsText, found: Sequence[Cluster], noted: Sequence[Gap], lang: Lang) -> ui.LayoutView:
    """Return the message of `/gaps`, a button beside each of the first groups.

    Args:
        text: what it says.
        found: the groups.
        noted: the questions, which say what language each was asked in.
        lang: of the interface.
    """
    langs = {gap.question: gap.lang for gap in noted}
    blocks: list[str | ui.Item[Any]] = [text.head]
    for cluster, block in zip(found[:_DRAFTABLE], text.groups, strict=False):
        mark = question_key(cluster.question)[:_MARK]
        button = GapDraftButton(langs[cluster.question], mark, say("discord.gaps.draft", lang))
        blocks.append(ui.Section(ui.TextDisplay[Any](block), accessory=button))
    if rest := text.groups[_DRAFTABLE:]:
        blocks.append("\n".join(rest))  # Discord takes 40 components in one message
    return layout(*blocks, *text.worst)


def _unless(name: str | None, first: str) -> str | None:
    """Return the name that a custom id carries: None for the first setting of its kind, whose old ids have no name."""
    return None if name == first else name


def _schedule(settings: GuildSettings, name: str) -> SettingField:
    setting = fields_of(type(settings)).get(name)
    if setting is None or not isinstance(setting.kind, Schedule):
        raise Gone("setting")
    return setting


def manages(interaction: discord.Interaction[Any]) -> bool:
    """Return whether a member may change what belongs to the server."""
    return interaction.guild_id is not None and interaction.permissions.manage_guild


async def panel(interaction: discord.Interaction[ServedClient], beside: str | None = None) -> ui.LayoutView:
    """Return the panel of the interaction's server; of several pages the one with the setting `beside`."""
    bot, guild, lang = interaction.client, interaction.guild, lang_of(interaction)
    settings = bot.services.servers.of(interaction.guild_id)
    role = guild.get_role(settings.helper_role) if guild and settings.helper_role else None
    reachable = role is None or role.mentionable or interaction.app_permissions.mention_everyone
    banks = bank_titles(bot.services.tutor.bank, lang)
    if guild is None or settings.daily is None:
        return settings_view(settings, lang, helper_reachable=reachable, banks=banks, beside=beside)
    channel, at = guild.get_channel(settings.daily.channel_id), await bot.services.daily.next_at(guild.id)
    rights = channel.permissions_for(guild.me) if channel is not None else discord.Permissions.none()
    postable = rights.view_channel and rights.send_messages
    return settings_view(
        settings, lang, helper_reachable=reachable, daily_at=at, daily_postable=postable,
        daily_lacks=daily_lacks(settings, guild, rights), banks=banks, beside=beside,
    )  # fmt: skip


def daily_lacks(settings: GuildSettings, guild: discord.Guild, rights: discord.Permissions) -> tuple[str, ...]:
    """Return the keys of what the bot may not do of that which is chosen for the daily question.

    Args:
        settings: what is chosen.
        guild: where.
        rights: the bot's, in the channel of the question.
    """
    role = guild.get_role(settings.daily_role) if settings.daily_role is not None else None
    below = role is not None and (role >= guild.me.top_role or not guild.me.guild_permissions.manage_roles)
    threadless = settings.daily_thread and not rights.create_public_threads
    wanted = {"daily_role_shut": below, "daily_thread_shut": threadless}
    return tuple(key for key, lacking in wanted.items() if lacking)


def bank_titles(bank: Bank, lang: Lang) -> dict[str, str]:
    """Return the titles of all banks that are loaded, by their names."""
    # An option's label renders no markdown, so none is escaped.
    labels = {origin.name: " ".join(neutralise(origin.title[lang]).split()) for origin in bank.origins}
    titles = {name: clip(label, OPTION_LABEL) for name, label in labels.items()}
    return {name: titles.get(name) or _text("banks_packaged", lang) for name in bank.names}


def settings_view(
    settings: GuildSettings,
    lang: Lang,
    *,
    helper_reachable: bool = True,
    daily_at: float | None = None,
    daily_postable: bool = True,
    daily_lacks: Sequence[str] = (),
    banks: Mapping[str, str] = MappingProxyType({}),
    beside: str | None = None,
) -> ui.LayoutView:
    """Return what is set, each with its control below.

    Args:
        settings: what is set.
        lang: of the texts.
        helper_reachable: whether the bot may mention the role of the helpers.
        daily_at: when the next daily question comes.
        daily_postable: whether the bot may post it in its channel.
        daily_lacks: keys of what it may not do besides, though it is chosen.
        banks: titles of the banks that are loaded, by their names.
        beside: a setting, whose page is shown where there are several; the first without it.
    """
    notes = {_HELPER: "" if helper_reachable else f"\n⚠️ {say('discord.settings.helper_unreachable', lang)}"}
    if not daily_postable:
        notes[_DAILY] = f"\n⚠️ {say('discord.settings.daily_shut', lang)}"
    elif daily_at is not None:
        notes[_DAILY] = "\n-# " + say("discord.settings.daily_next", lang, at=int(daily_at))
    notes[_DAILY] = notes.get(_DAILY, "") + "".join(f"\n⚠️ {_text(key, lang)}" for key in daily_lacks)
    head = f"### {_text('title', lang)}\n-# {_text('hint', lang)}"
    groups: list[_SettingGroup] = []
    for name, setting in fields_of(type(settings)).items():
        if isinstance(setting.kind, Banks) and len(banks) < 2:
            continue
        if setting.kind.heading or not groups:
            groups.append(_SettingGroup())
        groups[-1].names.append(name)
        blocks = groups[-1].blocks
        if setting.kind.heading:
            blocks.append(_text(name, lang) + notes.get(name, ""))
        for control in _controls(setting, settings, lang, banks):
            blocks += rows(control)
    pages = _pages(groups)
    number = next((n for n, page in enumerate(pages) if any(beside in group.names for group in page)), 0)
    shown = [block for group in pages[number] for block in group.blocks]
    leads = [
        PageButton(page[0].names[0], _text("page", lang, page=n + 1, pages=len(pages)))
        for n, page in enumerate(pages)
        if n != number
    ]
    return layout(head, *shown, *(rows(*leads) if leads else ()), colour=BLURPLE)


@dataclass(frozen=True, slots=True)
class _SettingGroup:
    """Settings that stand under one heading."""

    names: list[str] = field(default_factory=list)
    blocks: list[str | ui.Item[Any]] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many components it takes."""
        return sum(1 + len(each.children) if isinstance(each, ui.ActionRow) else 1 for each in self.blocks)


def _pages(groups: Sequence[_SettingGroup]) -> list[list[_SettingGroup]]:
    """Return groups of blocks by page: one, if it fits into a message, or as few as do."""
    room = _COMPONENTS - 2  # the frame and the head
    if sum(group.size for group in groups) > room:
        room -= _LEADS
    pages: list[list[_SettingGroup]] = [[]]
    left = room
    for group in groups:
        if group.size > left:
            pages.append([])
            left = room
        pages[-1].append(group)
        left -= group.size
    return pages


def _controls(
    setting: SettingField, settings: GuildSettings, lang: Lang, banks: Mapping[str, str]
) -> Iterator[ui.Item[Any]]:
    name, kind, now = setting.name, setting.kind, getattr(settings, setting.field)
    match kind:
        case Pick():
            chosen = kind.value(setting.field, settings)
            yield PickSelect(
                name,
                [
                    discord.SelectOption(label=_label(setting, value, lang), value=value, default=value == chosen)
                    for value in kind.values(setting.info, now)
                ],
            )
        case Channels():
            ids = now if isinstance(now, tuple) else (now,) if now else ()
            yield ChannelsSelect(name, ids, _text(f"{name}_none", lang), most=kind.most, posts=kind.posts)
        case Banks():
            options = [
                discord.SelectOption(label=title, value=bank, default=bank in (now or ()))
                for bank, title in banks.items()
            ]
            yield BanksSelect(name, options, _text(f"{name}_none", lang))
        case OneRole():
            yield RoleSelect(_unless(name, _HELPER), now, _text(f"{name}_none", lang))
        case Mentionable():
            yield WhoSelect(name, now, _text(f"{name}_none", lang))
        case Schedule():
            yield ChannelsSelect(name, (now.channel_id,) if now else (), _text(f"{name}_none", lang))
            if now is not None:
                yield TimeButton(_unless(name, _DAILY), _text("time", lang, hour=now.hour, zone=now.zone))


def _label(setting: SettingField, value: str, lang: Lang) -> str:
    *own, common = setting.label(value)
    key = next((key for key in own if f"discord.settings.{key}" in entries()), common)
    return clip(_text(key, lang, value=value), OPTION_LABEL)


def _text(key: str, lang: Lang, **values: object) -> str:
    return say(f"discord.settings.{key}", lang, **values)
