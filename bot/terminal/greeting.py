"""What greets whoever has learned here before: what is due, the streak, and how far the day is they named."""

from __future__ import annotations

from bot.study.learning import TERMINAL, Learning
from bot.wording import say
from knowledge.bank.models import Lang


async def greeting(learning: Learning, lang: Lang) -> list[str]:
    """Return lines such as "4 due, streak 3"; none for who has nothing due, no streak and named no day."""
    standing = await learning.standing(TERMINAL)
    goal, today = await learning.goal(TERMINAL), await learning.day(TERMINAL)
    lines = []
    if standing.due or standing.streak:
        lines.append(say("agenda.console.greeting", lang, due=standing.due, streak=standing.streak))
    if goal.day is not None and goal.day >= today:
        lines.append(say("agenda.console.day", lang, date=goal.day, days=(goal.day - today).days))
    return lines
