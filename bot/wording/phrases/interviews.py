"""A mock interview in words."""

from __future__ import annotations

from bot.study.interviews import Judged
from bot.study.schedule import GRADES
from bot.wording import say
from bot.wording.phrases.reviews import span
from knowledge.bank.models import Lang


def judgement(judged: Judged, lang: Lang, now: float) -> tuple[str, str]:
    """Return how many points an answer made, and what it counts as in the schedule of reviews."""
    sure = sum(point.covered and not point.unsure for point in judged.points)
    unsure = sum(point.unsure for point in judged.points)
    made = say("member.interview.made", lang, made=sure, count=len(judged.points))
    if unsure:
        made += say("member.interview.perhaps", lang, count=unsure)
    if judged.card is None:
        return made, say("member.interview.first_counts", lang)
    name, when = say(f"member.grade.{GRADES[judged.grade]}", lang), span(judged.card.due - now, lang)
    return made, say("member.review.saved", lang, grade=name, when=when)
