"""The controls of `/plan` and of a reminder. Each works under old messages: what is set is kept with the member."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from zoneinfo import available_timezones

import discord
from discord import ui

from bot.discord.plan.text import plan_blocks, reminder_line
from bot.discord.services import ServedClient
from bot.discord.ui.base import Control, Form, is_private, layout, rows, typed_in
from bot.discord.ui.colours import BLURPLE
from bot.discord.ui.ids import Id
from bot.discord.ui.language import lang_of
from bot.discord.ui.review_controls import ReviewButton
from bot.discord.ui.text import clip
from bot.study.agenda import MOST_MINUTES, Agenda
from bot.study.days import day_in, days_until
from bot.study.plan import MOST_DAYS
from bot.study.refusals import Refusal
from bot.study.reminders import Reminder, is_quiet
from bot.wording import say
from bot.wording.languages import LANGUAGES
from knowledge.bank.models import Bank, Lang

#: How much is repeated of what cannot be read.
_TYPED = 60
#: Hour at which reminders come where nobody chose another.
_HOUR = 19


def read_day(typed: str, today: date) -> date:
    """Return the day that was typed.

    Raises:
        Refusal: it names none, one that is over, or one too far ahead.
    """
    days, shown = days_until(typed, today), clip(typed, _TYPED)
    if days is None:
        raise Refusal("agenda.refused.day", typed=shown)
    if days < 0:
        raise Refusal("agenda.refused.over", typed=shown)
    if days > MOST_DAYS:
        raise Refusal("agenda.refused.far", typed=shown, days=MOST_DAYS)
    return day_in(days, today)


def read_minutes(typed: str) -> int:
    """Return the minutes that were typed; `Refusal` for what is no number of minutes in a day."""
    text = typed.strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 4 and 1 <= int(text) <= MOST_MINUTES):
        raise Refusal("agenda.refused.minutes", typed=clip(typed, _TYPED), most=MOST_MINUTES)
    return int(text)


async def shown_plan(interaction: discord.Interaction[ServedClient], said: str = "") -> ui.LayoutView:
    """Return a member's plan of today as it is now; `said`: what was just changed."""
    services, member, lang = interaction.client.services, interaction.user.id, lang_of(interaction)
    learning = services.learning_in(interaction.guild_id)
    agenda = await learning.agenda(member, interaction.guild_id)
    reminder = await services.store.reminders.get(member)
    quiet = reminder is not None and is_quiet(reminder, await services.store.reminders.studied(member))
    return plan_view(agenda, services.tutor_in(interaction.guild_id).bank, lang, reminder, said, quiet=quiet)


def plan_view(
    agenda: Agenda, bank: Bank, lang: Lang, reminder: Reminder | None, said: str = "", *, quiet: bool = False
) -> ui.LayoutView:
    """Return a member's plan of today with its controls."""
    buttons: list[ui.Item[Any]] = []
    if agenda.left:
        buttons.append(ReviewButton("plan", lang, say("agenda.button.begin", lang)))
    buttons.append(DateButton(say("agenda.button.date", lang)))
    if agenda.goal.day is not None:
        buttons.append(ForgetDateButton(say("agenda.button.forget", lang)))
    reminded = reminder is not None and reminder.closed is None
    buttons.append(RemindButton(say("agenda.button.retime" if reminded else "agenda.button.remind", lang)))
    if reminded:
        buttons.append(StopRemindersButton(say("agenda.button.stop", lang)))
    blocks = plan_blocks(agenda, bank, lang, reminder_line(reminder, quiet, lang), said)
    return layout(*blocks, *rows(*buttons), colour=BLURPLE)


def reminder_view(blocks: list[str], lang: Lang) -> ui.LayoutView:
    """Return a reminder as it is sent."""
    begin, stop = (say(f"agenda.button.{name}", lang) for name in ("begin", "stop"))
    return layout(*blocks, *rows(ReviewButton("plan", lang, begin), StopRemindersButton(stop)), colour=BLURPLE)


class DateButton(Control[ui.Button[Any]], prefix="epoch:plandate"):
    """Opens the form for the day and the minutes."""

    def __init__(self, label: str = "…") -> None:
        super().__init__(ui.Button(label=label, emoji="📅", custom_id=self.encode()))

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Open the form, which is the acknowledgement."""
        goal = await interaction.client.services.learning.goal(interaction.user.id)
        day = "" if goal.day is None else goal.day.isoformat()
        await interaction.response.send_modal(DateForm(DateId(), lang_of(interaction), day, str(goal.minutes)))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Do nothing: what was filled in arrives with the form."""


@dataclass(frozen=True)
class DateId(Id, prefix="epoch:planday"):
    """The custom id of the form."""


class DateForm(Form[DateId]):
    """The form for the day of the interview and the minutes a day."""

    replies = "page"

    def __init__(self, named: DateId, lang: Lang, day: str = "", minutes: str = "") -> None:
        super().__init__(named, say("agenda.form.title", lang))
        for part, value in (("day", day), ("minutes", minutes)):
            self.add_item(_field(f"agenda.form.{part}", part, value, lang, required=part == "minutes"))

    @classmethod
    async def blank(
        cls, interaction: discord.Interaction[ServedClient], named: DateId, typed: Mapping[str, str]
    ) -> Self:
        """Return the form without anything in it."""
        return cls(named, lang_of(interaction))

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[ServedClient], named: DateId, filled: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Keep them, and show the plan; without a day there is none."""
        learning, member = interaction.client.services.learning, interaction.user.id
        minutes, typed = read_minutes(typed_in(filled, "minutes")), typed_in(filled, "day")
        today = await learning.day(member, interaction.guild_id)
        await learning.set_goal(member, read_day(typed, today) if typed.strip() else None, minutes)
        said = say("agenda.said.changed", lang_of(interaction))
        await interaction.edit_original_response(view=await shown_plan(interaction, said))


class ForgetDateButton(Control[ui.Button[Any]], prefix="epoch:planforget"):
    """Forgets the day of the interview; the minutes a day stay."""

    replies = "page"

    def __init__(self, label: str = "…") -> None:
        super().__init__(ui.Button(label=label, emoji="🗑️", custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Forget it, and show the plan."""
        learning, member = interaction.client.services.learning, interaction.user.id
        goal = await learning.goal(member)
        if goal.day is not None:
            await learning.set_goal(member, None, goal.minutes)
        said = say("agenda.said.forgotten", lang_of(interaction))
        await interaction.edit_original_response(view=await shown_plan(interaction, said))


class RemindButton(Control[ui.Button[Any]], prefix="epoch:remind"):
    """Opens the form for the hour of reminders and the time zone."""

    def __init__(self, label: str = "…") -> None:
        super().__init__(ui.Button(label=label, emoji="🔔", custom_id=self.encode()))

    async def acknowledge(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Open the form, which is the acknowledgement."""
        services, lang, member = interaction.client.services, lang_of(interaction), interaction.user.id
        reminder, set_zone = await services.store.reminders.get(member), (await services.store.members.get(member)).zone
        hour = _HOUR if reminder is None else reminder.hour
        zone = set_zone or services.servers.zone_of(interaction.guild_id) or LANGUAGES[lang].zone
        await interaction.response.send_modal(RemindForm(RemindId(), lang, str(hour), zone))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """Do nothing: what was filled in arrives with the form."""


@dataclass(frozen=True)
class RemindId(Id, prefix="epoch:remindat"):
    """The custom id of the form."""


class RemindForm(Form[RemindId]):
    """The form for the hour of reminders and the time zone; handing it in is what asks for them."""

    replies = "page"

    def __init__(self, named: RemindId, lang: Lang, hour: str = "", zone: str = "") -> None:
        super().__init__(named, say("agenda.form.remind", lang))
        for part, value in (("hour", hour), ("zone", zone)):
            self.add_item(_field(f"agenda.form.{part}", part, value, lang))

    @classmethod
    async def blank(
        cls, interaction: discord.Interaction[ServedClient], named: RemindId, typed: Mapping[str, str]
    ) -> Self:
        """Return the form without anything in it."""
        return cls(named, lang_of(interaction))

    @classmethod
    async def submitted(
        cls, interaction: discord.Interaction[ServedClient], named: RemindId, filled: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Keep them, and show the plan."""
        services, lang, member = interaction.client.services, lang_of(interaction), interaction.user.id
        typed, zone = typed_in(filled, "hour").strip(), typed_in(filled, "zone").strip()
        hour = typed.removesuffix("点").replace("：", ":").partition(":")[0].strip()
        if not (hour.isascii() and hour.isdecimal() and len(hour) <= 2 and int(hour) < 24):
            raise Refusal("agenda.refused.hour", typed=clip(typed, _TYPED))
        if zone not in available_timezones():
            raise Refusal("agenda.refused.zone", typed=clip(zone, _TYPED))
        now = services.clock()
        await services.store.members.set_zone(member, zone, now)
        await services.store.reminders.set(member, int(hour), lang, now)
        said = say("agenda.said.reminded", lang)
        await interaction.edit_original_response(view=await shown_plan(interaction, said))


class StopRemindersButton(Control[ui.Button[Any]], prefix="epoch:remindstop"):
    """Ends the reminders of who presses it."""

    replies = "page"

    def __init__(self, label: str = "…") -> None:
        super().__init__(ui.Button(label=label, emoji="🔕", custom_id=self.encode()))

    async def press(self, interaction: discord.Interaction[ServedClient]) -> None:
        """End them; under a plan that is shown anew, under a reminder it is said."""
        await interaction.client.services.store.reminders.stop(interaction.user.id)
        said = say("agenda.said.stopped", lang_of(interaction))
        view = await shown_plan(interaction, said) if is_private(interaction) else layout(said)
        await interaction.edit_original_response(view=view)


def _field(key: str, part: str, value: str, lang: Lang, *, required: bool = True) -> ui.Label[Any]:
    field: ui.TextInput[Any] = ui.TextInput(custom_id=part, default=value, max_length=64, required=required)
    return ui.Label[Any](text=say(key, lang), description=say(f"{key}_hint", lang), component=field)
