"""A day's plan in a terminal: of `epoch plan`, and of `/plan` in the chat. Its list is made once a day and stays."""

from __future__ import annotations

from dataclasses import dataclass

from bot.study.agenda import MOST_MINUTES, Agenda, Goal
from bot.study.days import day_in, days_until
from bot.study.learning import TERMINAL, Learning
from bot.study.plan import DRILL, MOST_DAYS, Step
from bot.study.refusals import Refusal
from bot.terminal.lines import Voice, one_line
from bot.wording import say
from bot.wording.foreign import printable
from bot.wording.phrases.plans import expected_words, why_words
from bot.wording.phrases.progress import short_title
from knowledge.bank.models import Bank

#: Characters of an item that stand in the list, and of what cannot be read as a day.
_PROMPT, _TYPED = 72, 40
#: What takes the day away in the chat.
_FORGET = ("forget", "忘掉")


@dataclass(frozen=True, slots=True)
class Commands:
    """How the commands are typed that a plan names: the plan's own, that of a drill, that of reviewing."""

    plan: str
    drill: str
    review: str


OF_EPOCH = Commands("epoch plan", "epoch drill", "epoch review")
OF_CHAT = Commands("/plan", "/drill", "/review")


async def plan_for(learning: Learning, words: list[str]) -> Agenda:
    """Return today's list after `/plan [DATE] [MINUTES]` or `/plan forget`; what is given is kept.

    Raises:
        bot.study.refusals.Refusal: it is no day to come, or no number of minutes.
    """
    goal, minutes = await learning.goal(TERMINAL), None
    if words and words[-1].isdecimal():
        typed, words = words[-1], words[:-1]
        minutes = int(typed[:4])
        if not 1 <= minutes <= MOST_MINUTES:
            raise Refusal("agenda.refused.minutes", typed=one_line(typed, _TYPED), most=MOST_MINUTES)
    wanted, typed = goal, " ".join(words)
    if typed.lower() in _FORGET:
        wanted = Goal(None, goal.minutes)
    elif typed:
        today, shown = await learning.day(TERMINAL), one_line(typed, _TYPED)
        days = days_until(typed, today)
        if days is None:
            raise Refusal("agenda.refused.day", typed=shown)
        if days < 0:
            raise Refusal("agenda.refused.over", typed=shown)
        if days > MOST_DAYS:
            raise Refusal("agenda.refused.far", typed=shown, days=MOST_DAYS)
        wanted = Goal(day_in(days, today), goal.minutes)
    return await agenda_for(learning, Goal(wanted.day, minutes or wanted.minutes))


async def agenda_for(learning: Learning, wanted: Goal) -> Agenda:
    """Return today's list for a goal, which is kept; where it is the one there was, so is the list."""
    kept = await learning.goal(TERMINAL)
    if (wanted.day, wanted.minutes) != (kept.day, kept.minutes):
        await learning.set_goal(TERMINAL, wanted.day, wanted.minutes)
    return await learning.agenda(TERMINAL)


def put_plan(voice: Voice, bank: Bank, agenda: Agenda, commands: Commands) -> None:
    """Print a day's list, what of it is done, and what it comes to on the day.

    Args:
        voice: prints it.
        bank: that it was made of.
        agenda: of today.
        commands: how to go on.
    """
    if agenda.over is not None:
        voice.say("agenda.console.over", date=agenda.over, command=commands.plan)
    if agenda.day is None:
        voice.say("plan.head.undated", "dim", days=agenda.days, command=commands.plan)
    else:
        voice.say("plan.head.until" if agenda.days else "plan.head.today", "dim", date=agenda.day, days=agenda.days)
    left = agenda.left
    if left:
        minutes = sum(step.piece.minutes for step in left)
        done = len(agenda.steps) - len(left)
        voice.say("plan.head.line", "bold cyan", count=len(agenda.steps), done=done, minutes=minutes)
    elif agenda.steps:
        voice.say("agenda.head.done", "bold cyan", count=len(agenda.steps))
    elif agenda.days:
        voice.say("agenda.head.nothing", minutes=agenda.goal.minutes)
    else:
        voice.say("agenda.head.nothing_today")
    for number, step in enumerate(agenda.steps, 1):
        _put_step(voice, bank, number, step, commands, done=step.piece.key in agenda.done)
    voice.put(expected_words(agenda, voice.lang).replace("**", ""))
    if left:
        voice.say("plan.expected.review", "dim", command=commands.review)


def _put_step(voice: Voice, bank: Bank, number: int, step: Step, commands: Commands, *, done: bool) -> None:
    topic, lang = bank[step.piece.topic], voice.lang
    why = why_words(step, bank, lang, printable)
    drill = next((each for each in topic.drills if each.item == step.piece.item), None)
    if step.piece.kind == DRILL and drill is not None:
        kind, prompt = say("plan.row.drill", lang), drill.meta.title[lang]
        why = say("plan.row.write", lang, why=why, command=commands.drill, drill=drill.id)
    else:
        item = next(each for each in topic.quiz if each.id == step.piece.item)
        kind, prompt = item.about.name[lang], item.prompt[lang]
    title = one_line(short_title(topic.title[lang]))
    if done:
        voice.put(say("agenda.row.done", lang, number=number, title=title, kind=one_line(kind)), "dim")
        return
    voice.say("plan.row.line", number=number, title=title, kind=one_line(kind), prompt=one_line(prompt, _PROMPT))
    voice.say("plan.row.why", "dim", why=why)
