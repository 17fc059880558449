"""The text of `/plan`: the day, today's list with the reason for each item, what it comes to; and of a reminder."""

from __future__ import annotations

from datetime import date

from bot.discord.ui.text import clip, fitting, neutralise, one_line
from bot.study.agenda import Agenda
from bot.study.learning import ReviewStatus
from bot.study.plan import DRILL, Step
from bot.study.reminders import Reminder, ReminderStep
from bot.wording import say
from bot.wording.phrases.plans import expected_words, why_words
from bot.wording.phrases.progress import short_title
from knowledge.bank.models import Bank, Lang

#: Items of the list that are shown, and how much of each.
_ROWS, _PROMPT, _TITLE = 12, 72, 60


def plan_blocks(agenda: Agenda, bank: Bank, lang: Lang, reminder: str, said: str = "") -> list[str]:
    """Return the texts of a member's plan.

    Args:
        agenda: of today.
        bank: has its items.
        lang: of the words.
        reminder: the line on reminders.
        said: what was just changed.
    """
    head = [f"### {say('agenda.head.title', lang)}"]
    if agenda.over is not None:
        head.append(say("agenda.head.over", lang, date=agenda.over.isoformat()))
    head.append(_day(agenda, lang))
    if agenda.steps:
        left = sum(step.piece.minutes for step in agenda.left)
        values = {"count": len(agenda.steps), "done": len(agenda.steps) - len(agenda.left), "minutes": left}
        head.append(say("agenda.head.list" if agenda.left else "agenda.head.done", lang, **values))
    elif agenda.days == 0:
        head.append(say("agenda.head.nothing_today", lang))
    else:
        head.append(say("agenda.head.nothing", lang, minutes=agenda.goal.minutes))
    rows = [_row(number, step, agenda, bank, lang) for number, step in enumerate(agenda.steps[:_ROWS], 1)]
    if (rest := len(agenda.steps) - len(rows)) > 0:
        rows.append("-# " + say("agenda.row.more", lang, count=rest))
    foot = expected_words(agenda, lang)
    below = "\n".join([foot, f"-# {reminder}"])
    return fitting([each for each in ("\n".join(filter(None, [said, *head])), "\n".join(rows), below) if each])


def _day(agenda: Agenda, lang: Lang) -> str:
    minutes = agenda.goal.minutes
    if agenda.day is None:
        return say("agenda.head.undated", lang, days=agenda.days, minutes=minutes)
    key = "agenda.head.until" if agenda.days else "agenda.head.today"
    return say(key, lang, date=agenda.day.isoformat(), days=agenda.days, minutes=minutes)


def _row(number: int, step: Step, agenda: Agenda, bank: Bank, lang: Lang) -> str:
    topic = bank[step.piece.topic]
    drill = next((each for each in topic.drills if each.item == step.piece.item), None)
    if step.piece.kind == DRILL and drill is not None:
        kind, prompt = say("plan.row.drill", lang), drill.meta.title[lang]
    else:
        item = next(each for each in topic.quiz if each.id == step.piece.item)
        kind, prompt = item.about.name[lang], item.prompt[lang]
    title = one_line(short_title(topic.title[lang]), _TITLE)
    values = {"number": number, "title": title, "kind": one_line(kind, _TITLE), "prompt": one_line(prompt, _PROMPT)}
    if step.piece.key in agenda.done:
        return say("agenda.row.done", lang, **values)
    why = why_words(step, bank, lang, lambda text: clip(neutralise(text), _TITLE))
    return say("agenda.row.open", lang, **values) + f"\n-# {why}"


def reminder_line(reminder: Reminder | None, quiet: bool, lang: Lang) -> str:
    """Return whether a member is reminded, and when; `quiet`: not until they have studied again."""
    if reminder is None:
        return say("agenda.reminder.off", lang)
    hour = f"{reminder.hour:02d}:00"
    zone = one_line(reminder.zone or "UTC", _TITLE)
    if reminder.closed is not None:
        return say("agenda.reminder.closed", lang)
    return say("agenda.reminder.quiet" if quiet else "agenda.reminder.on", lang, hour=hour, zone=zone)


def reminder_text(standing: ReviewStatus, day: date | None, today: date, choice: ReminderStep, lang: Lang) -> list[str]:
    """Return what a reminder says.

    Args:
        standing: of the member.
        day: of the interview; None for none to come.
        today: the member's day.
        choice: whether it is the last one for now.
        lang: of the words.
    """
    lines = [f"### {say('agenda.remind.title', lang)}"]
    lines.append(say("agenda.remind.standing", lang, due=standing.due, new=standing.new))
    if standing.streak:
        lines.append(say("agenda.remind.streak", lang, days=standing.streak))
    if day is not None and day > today:
        lines.append(say("agenda.remind.day", lang, days=(day - today).days, date=day.isoformat()))
    small = say("agenda.remind.last" if choice == "last" else "agenda.remind.why", lang)
    return ["\n".join(lines), f"-# {small}"]
