"""`epoch plan`: what to study today for an interview on a date."""

from __future__ import annotations

import asyncio
import time
from datetime import date
from typing import Annotated

import typer

from bot.cli._base import JsonFlag, QuestionsLangOption, UsageProblem, app, interface_lang, plain_errors, print_json
from bot.cli._consoles import out
from bot.factory import open_bank
from bot.settings import Settings
from bot.store.location import open_store
from bot.study.agenda import MOST_MINUTES, Agenda, Goal
from bot.study.days import day_in, days_until
from bot.study.plan import MOST_DAYS
from bot.study.timetable import system_day


@app.command()
@plain_errors
def plan(
    ctx: typer.Context,
    date_: Annotated[
        str | None,
        typer.Argument(
            metavar="[DATE]",
            help="The day, as 2026-12-20, 30d or next friday; without one the day named before, or else in 30 days.",
        ),
    ] = None,
    minutes: Annotated[
        int | None, typer.Option(min=1, max=MOST_MINUTES, help="Minutes you have a day; 20 without it.")
    ] = None,
    forget: Annotated[bool, typer.Option("--forget", help="Forget the day that was named before.")] = False,
    lang: QuestionsLangOption = None,
    as_json: JsonFlag = False,
) -> None:
    """What to study today for an interview on a date, which is kept: a list with the reason for each item."""
    read: Settings = ctx.obj
    if forget and date_ is not None:
        raise UsageProblem("--forget takes the day away, so it goes with no day; leave one out")
    if date_ is not None:
        _days(date_, system_day(time.time()), spare=1)  # what is no day in any zone needs no database
    bank = open_bank(read)

    async def made() -> Agenda:
        from bot.study.learning import TERMINAL, Learning
        from bot.terminal.plan import agenda_for

        async with await open_store(read, bank=bank) as store:
            learning = Learning(store, bank, time.time)
            today, kept = await learning.day(TERMINAL), await learning.goal(TERMINAL)
            named = None if date_ is None else day_in(_days(date_, today), today)
            return await agenda_for(learning, Goal(None if forget else named or kept.day, minutes or kept.minutes))

    found = asyncio.run(made())
    if as_json:
        print_json(as_document(found))
        return
    from bot.terminal.lines import Voice
    from bot.terminal.plan import OF_EPOCH, put_plan

    put_plan(Voice(out, lang or interface_lang(read)), bank, found, OF_EPOCH)


def as_document(found: Agenda) -> dict[str, object]:
    """Return a day's list for JSON; `why` is a `bot.study.plan.StepReason`, or `needed:` and the topic's slug."""
    today = [
        {
            "topic": step.piece.topic,
            "item": step.piece.item,
            "why": step.why if step.needed_by is None else f"{step.why}:{step.needed_by}",
            "done": step.piece.key in found.done,
        }
        for step in found.steps
    ]
    date_ = day_in(found.days, found.today).isoformat()
    return {"date": date_, "days": found.days, "today": today, "expected": round(found.expected, 4)}


def _days(typed: str, today: date, spare: int = 0) -> int:
    days = days_until(typed, today)
    if days is None:
        raise UsageProblem(
            f"{typed} is no day that can be planned for; write it as 2026-12-20, or as +14 for in 14 days"
        )
    if days < -spare:
        raise UsageProblem(f"{typed} is over; give a day from today on")
    if days > MOST_DAYS + spare:
        raise UsageProblem(f"{typed} is too far ahead; a plan looks {MOST_DAYS} days ahead at most")
    return days
