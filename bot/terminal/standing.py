"""A learner's progress in a terminal: of `epoch progress` and of `/progress` in the chat."""

from __future__ import annotations

from bot.study.days import days_until
from bot.study.learning import FORECAST_DAYS, TERMINAL, Learning, Progress
from bot.study.plan import MOST_DAYS
from bot.study.refusals import Refusal
from bot.terminal.lines import Voice, one_line
from bot.wording.foreign import printable
from bot.wording.phrases.progress import in_words
from bot.wording.phrases.reviews import standing_words
from bot.wording.phrases.scores import score_words


async def progress_until(learning: Learning, typed: str | None) -> Progress:
    """Return the progress of whoever sits at the terminal, with a forecast to the day that was typed, if any.

    Raises:
        bot.study.refusals.Refusal: it is no day to come.
    """
    days = None
    if typed is not None:
        days = days_until(typed, await learning.day(TERMINAL))
        if days is None or not 0 <= days <= MOST_DAYS:
            raise Refusal("studying.score.bad_date", typed=one_line(typed, 40), most=MOST_DAYS)
    return await learning.progress(TERMINAL, FORECAST_DAYS, until=days)


def put_progress(voice: Voice, progress: Progress) -> None:
    """Print it: where the learner stands, what they know of all topics begun, what they would score."""
    voice.put(standing_words(progress.standing, voice.lang), "dim")
    if not progress.begun:
        voice.say("member.console.empty")
        return
    for line in in_words(progress, voice.lang, printable):
        voice.put(line.replace("**", ""))
    for line in score_words(progress, voice.lang, printable, most=None):
        voice.put(line.replace("**", ""))
    voice.say("studying.score.how", "dim")
