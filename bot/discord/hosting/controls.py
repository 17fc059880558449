"""The panel of `/settings`: what a host can set, each change saved at once, for the host's eyes alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

import discord
from discord import ui
from pydantic import ValidationError

from bot.discord.services import ServedClient
from bot.discord.ui.base import Control, Form, ItemT, layout, picked, rows, typed_in
from bot.discord.ui.colours import BLURPLE
from bot.discord.ui.errors import Gone
from bot.discord.ui.language import lang_of
from bot.discord.ui.text import one_line
from bot.store.guilds import MOST_AT_ONCE, DailyTime, GuildSettings
from bot.wording import say
from knowledge.bank.models import LANGS, Lang

_AUTO = "auto"
_OFF = "off"
#: Pauses between two runs of one member that a host can pick, in seconds.
_PAUSES = (0, 10, 30, 60, 300)
#: The longest a run may take, in seconds: examples need up to 20 on an idle machine.
_LONGEST = (20, 30, 60, 120)
_ANSWERS_IN = [
    discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.forum, discord.ChannelType.voice,
]  # fmt: skip
_POSTS_IN = [discord.ChannelType.text, discord.ChannelType.news]
#: Where the time of the daily question starts, by the language of the host.
_ZONES: dict[Lang, str] = {"zh": "Asia/Shanghai", "en": "UTC"}


class Setting(Control[ItemT], template=r"(?!)"):
    """Changes one setting and shows the panel anew; for those who manage the server."""

    replies = "quiet"

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Save, then show."""
        if interaction.guild_id is None or not manages(interaction):
            await interaction.followup.send(say("discord.settings.not_host", lang_of(interaction)), ephemeral=True)
            return
        servers = interaction.client.services.servers
        try:
            changes = self.changes(interaction, servers.of(interaction.guild_id))
            await servers.change(interaction.guild_id, **changes)
        except ValueError as error:  # also what pydantic raises: no panel of this version has such a value
            raise Gone("setting") from error
        await interaction.edit_original_response(view=await panel(interaction))

    def changes(self, interaction: discord.Interaction[ServedClient], before: GuildSettings) -> dict[str, Any]:
        """Return the fields to change, with what was chosen."""
        raise NotImplementedError


class SettingSelect(Setting[ui.Select[Any]], template=r"epoch:set:(?P<name>language|runs|longest|atonce|edited)"):
    """One of a few values."""

    def __init__(self, name: str, options: list[discord.SelectOption] | None = None) -> None:
        shown = options or [discord.SelectOption(label="?")]
        super().__init__(ui.Select(custom_id=f"epoch:set:{name}", options=shown))
        self.name = name

    def changes(self, interaction: discord.Interaction[ServedClient], before: GuildSettings) -> dict[str, Any]:
        """Return what the value means."""
        value = picked(self.item)
        if self.name == "language":
            return {"lang": None if value == _AUTO else value}
        if self.name == "edited":
            return {"edited_code": value}
        if self.name == "longest":
            return {"run_seconds": None if value == _AUTO else float(value)}
        if self.name == "atonce":
            return {"runs_at_once": int(value)}
        return {"runs": False} if value == _OFF else {"runs": True, "run_cooldown_s": float(value)}


class ChannelsSelect(Setting[ui.ChannelSelect[Any]], template=r"epoch:setin:(?P<name>channels|daily)"):
    """Where it answers, or where the daily question comes."""

    def __init__(self, name: str, chosen: tuple[int, ...] = (), placeholder: str = "…") -> None:
        kind = discord.SelectDefaultValueType.channel
        super().__init__(
            ui.ChannelSelect(
                custom_id=f"epoch:setin:{name}",
                channel_types=_ANSWERS_IN if name == "channels" else _POSTS_IN,
                min_values=0,
                max_values=25 if name == "channels" else 1,
                placeholder=placeholder,
                default_values=[discord.SelectDefaultValue(id=channel, type=kind) for channel in chosen[:25]],
            )
        )
        self.name = name

    def changes(self, interaction: discord.Interaction[ServedClient], before: GuildSettings) -> dict[str, Any]:
        """Return the channels; a daily question keeps its time."""
        chosen = [channel.id for channel in self.item.values]
        if self.name == "channels":
            return {"channels": chosen}
        if not chosen:
            return {"daily": None, "daily_blocked": False}
        zone, now = _ZONES[lang_of(interaction)], interaction.client.services.clock()
        time = before.daily or DailyTime(channel_id=chosen[0], zone=zone, since=now)
        return {"daily": {**time.model_dump(), "channel_id": chosen[0]}, "daily_blocked": False}


class HelperSelect(Setting[ui.RoleSelect[Any]], template=r"epoch:setrole"):
    """Whom members may call."""

    def __init__(self, role: int | None = None, placeholder: str = "…") -> None:
        kind = discord.SelectDefaultValueType.role
        chosen = [] if role is None else [discord.SelectDefaultValue(id=role, type=kind)]
        select: ui.RoleSelect[Any] = ui.RoleSelect(
            custom_id="epoch:setrole", min_values=0, placeholder=placeholder, default_values=chosen
        )
        super().__init__(select)

    def changes(self, interaction: discord.Interaction[ServedClient], before: GuildSettings) -> dict[str, Any]:
        """Return the role; everyone is no helper."""
        chosen = [role.id for role in self.item.values if role.id != interaction.guild_id]
        return {"helper_role": chosen[0] if chosen else None}


class TimeButton(Control[ui.Button[Any]], template=r"epoch:settime"):
    """Opens the form for the time of the daily question."""

    def __init__(self, label: str = "?") -> None:
        super().__init__(ui.Button(label=label, emoji="🕘", custom_id="epoch:settime"))

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Open the form, which is the acknowledgement."""
        lang = lang_of(interaction)
        daily = interaction.client.services.servers.of(interaction.guild_id).daily
        await interaction.response.send_modal(TimeForm(daily or DailyTime(channel_id=0, zone=_ZONES[lang]), lang))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Nothing more: the form says what comes next."""


class TimeForm(Form):
    """Takes hour and zone."""

    template: ClassVar = re.compile(r"epoch:time")
    replies = "quiet"

    def __init__(self, now: DailyTime, lang: Lang) -> None:
        super().__init__("epoch:time", say("discord.settings.time_title", lang))
        for name, value in (("hour", str(now.hour)), ("zone", now.zone)):
            field: ui.TextInput[Any] = ui.TextInput(custom_id=name, default=value, max_length=64)
            hint = say(f"discord.settings.{name}_hint", lang)
            label = say(f"discord.settings.{name}", lang)
            self.add_item(ui.Label[Any](text=label, description=hint, component=field))

    @classmethod
    async def blank(
        cls, interaction: discord.Interaction[ServedClient], match: re.Match[str], typed: Mapping[str, str]
    ) -> Form:
        """Return the form with the time as it is."""
        lang = lang_of(interaction)
        daily = interaction.client.services.servers.of(interaction.guild_id).daily
        return cls(daily or DailyTime(channel_id=0, zone=_ZONES[lang]), lang)

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[ServedClient], match: re.Match[str], filled: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Save, then show; what does not fit changes nothing and is said."""
        lang = lang_of(interaction)
        servers = interaction.client.services.servers
        daily = servers.of(interaction.guild_id).daily
        if interaction.guild_id is None or not manages(interaction) or daily is None:
            key = "discord.settings.channel_first" if manages(interaction) else "discord.settings.not_host"
            await interaction.followup.send(say(key, lang), ephemeral=True)
            return
        typed = typed_in(filled, "hour"), typed_in(filled, "zone")
        hour, zone = typed[0].strip().partition(":")[0], typed[1].strip()
        same = (hour, zone) == (str(daily.hour), daily.zone)
        since = (
            daily.since if same else interaction.client.services.clock()
        )  # an hour that has passed waits for tomorrow
        changed = {**daily.model_dump(), "hour": hour, "zone": zone, "since": since}
        try:
            await servers.change(interaction.guild_id, daily=changed)
        except ValidationError as error:
            text = say("discord.settings.bad_time", lang, given=one_line(" ".join(typed), 80))
            again = await interaction.client.services.filled.keep(interaction, filled, error)
            await interaction.followup.send(view=layout(text, *rows(*filter(None, [again]))), ephemeral=True)
            return
        await interaction.edit_original_response(view=await panel(interaction))


def manages(interaction: discord.Interaction[Any]) -> bool:
    """Return whether a member may change what belongs to the server."""
    return interaction.guild_id is not None and interaction.permissions.manage_guild


async def panel(interaction: discord.Interaction[ServedClient]) -> ui.LayoutView:
    """Return the panel of the interaction's server."""
    bot, guild, lang = interaction.client, interaction.guild, lang_of(interaction)
    settings = bot.services.servers.of(interaction.guild_id)
    role = guild.get_role(settings.helper_role) if guild and settings.helper_role else None
    reachable = role is None or role.mentionable or interaction.app_permissions.mention_everyone
    if guild is None or settings.daily is None:
        return settings_view(settings, lang, helper_reachable=reachable)
    channel, at = guild.get_channel(settings.daily.channel_id), await bot.services.daily.next_at(guild.id)
    rights = channel.permissions_for(guild.me) if channel is not None else discord.Permissions.none()
    postable = rights.view_channel and rights.send_messages
    return settings_view(settings, lang, helper_reachable=reachable, daily_at=at, daily_postable=postable)


def settings_view(
    settings: GuildSettings,
    lang: Lang,
    *,
    helper_reachable: bool = True,
    daily_at: float | None = None,
    daily_postable: bool = True,
) -> ui.LayoutView:
    """Return what is set, each with its control below.

    Args:
        settings: what is set.
        lang: of the texts.
        helper_reachable: whether the bot may mention the role of the helpers.
        daily_at: when the next daily question comes.
        daily_postable: whether the bot may post it in its channel.
    """

    def text(key: str, **values: object) -> str:
        return say(f"discord.settings.{key}", lang, **values)

    everywhere, nobody, never = text("everywhere"), text("nobody"), text("never")
    daily = settings.daily
    helper = text("helper") if helper_reachable else f"{text('helper')}\n⚠️ {text('unreachable')}"
    daily_text = text("daily") if daily_postable else f"{text('daily')}\n⚠️ {text('daily_shut')}"
    if daily_at is not None and daily_postable:
        daily_text += "\n-# " + text("daily_next", at=int(daily_at))
    blocks: list[str | ui.Item[Any]] = [
        f"### {text('title')}\n-# {text('hint')}",
        text("language"), *rows(SettingSelect("language", _languages(settings, lang))),
        text("channels"), *rows(ChannelsSelect("channels", settings.channels, everywhere)),
        helper, *rows(HelperSelect(settings.helper_role, nobody)),
        text("runs"), *rows(SettingSelect("runs", _runs(settings, lang))),
        *rows(SettingSelect("longest", _longest(settings, lang))),
        *rows(SettingSelect("atonce", _at_once(settings, lang))),
        text("edited"), *rows(SettingSelect("edited", _edited(settings, lang))),
        daily_text, *rows(ChannelsSelect("daily", (daily.channel_id,) if daily else (), never)),
    ]  # fmt: skip
    if daily is not None:
        blocks += rows(TimeButton(text("time", hour=daily.hour, zone=daily.zone)))
    return layout(*blocks, colour=BLURPLE)


def _languages(settings: GuildSettings, lang: Lang) -> list[discord.SelectOption]:
    values = [(_AUTO, say("discord.settings.auto", lang))]
    values += [(each, say("discord.settings.own", each)) for each in LANGS]
    return [discord.SelectOption(label=label, value=v, default=v == (settings.lang or _AUTO)) for v, label in values]


def _runs(settings: GuildSettings, lang: Lang) -> list[discord.SelectOption]:
    now = f"{settings.run_cooldown_s:g}" if settings.runs else _OFF
    pauses = sorted({*map(float, _PAUSES), settings.run_cooldown_s})
    values = [(_OFF, say("discord.settings.runs_off", lang))]
    values += [(f"{pause:g}", _pause(pause, lang)) for pause in pauses]
    return [discord.SelectOption(label=label, value=value, default=value == now) for value, label in values]


def _pause(seconds: float, lang: Lang) -> str:
    if not seconds:
        return say("discord.settings.runs_free", lang)
    return say("discord.settings.runs_pause", lang, seconds=f"{seconds:g}")


def _longest(settings: GuildSettings, lang: Lang) -> list[discord.SelectOption]:
    now = settings.run_seconds
    values = [(_AUTO, say("discord.settings.longest_auto", lang))]
    values += [
        (f"{seconds:g}", say("discord.settings.longest", lang, seconds=f"{seconds:g}"))
        for seconds in sorted({*map(float, _LONGEST), *([now] if now else [])})
    ]
    chosen = f"{now:g}" if now else _AUTO
    return [discord.SelectOption(label=label, value=value, default=value == chosen) for value, label in values]


def _at_once(settings: GuildSettings, lang: Lang) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(
            label=say("discord.settings.at_once", lang, count=count), value=str(count),
            default=count == settings.runs_at_once,
        )
        for count in range(1, MOST_AT_ONCE + 1)
    ]  # fmt: skip


def _edited(settings: GuildSettings, lang: Lang) -> list[discord.SelectOption]:
    names = ("everyone", "managers", "nobody")
    return [
        discord.SelectOption(
            label=say(f"discord.settings.edited_{name}", lang), value=name, default=name == settings.edited_code
        )
        for name in names
    ]
