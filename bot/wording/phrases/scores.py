"""What a learner would score, in lines that a phone has room for."""

from __future__ import annotations

from datetime import timedelta

from bot.study.learning import Progress
from bot.study.scores import ExpectedScore, TopicScore
from bot.wording import say
from bot.wording.foreign import Clean
from bot.wording.phrases.progress import short_title
from bot.wording.phrases.reviews import fit_words
from knowledge.bank.models import Lang

#: Topics that are named, the best and the worst: a message has room for as many.
_NAMED = 3


def score_words(progress: Progress, lang: Lang, clean: Clean, most: int | None = 2 * _NAMED) -> list[str]:
    """Return what a learner would score today and on their day, then topics with their intervals, a line each.

    Args:
        progress: of a learner; nothing is said before a beginning.
        lang: language of the lines.
        clean: makes titles harmless where the lines are shown.
        most: topics to name, half of them the best, the others the worst; None for all.
    """
    found = progress.scores
    if found is None or not found.begun:
        return []
    lines = [say("studying.score.today", lang, **_percents(found.today))]
    if found.on_day is not None and found.days is not None:
        day = progress.today + timedelta(days=found.days)
        lines.append(say("studying.score.on_day", lang, date=day, days=found.days, **_percents(found.on_day)))
    titles = {each.topic.slug: each.topic.title[lang] for each in progress.begun}
    named = found.begun
    if most is not None and len(named) > most:
        named = (*named[: most // 2], *named[-(most - most // 2) :])
    lines += [_topic(each, titles.get(each.slug, each.slug), lang, clean) for each in named]
    if progress.fit is not None and progress.fit.told:
        lines.append(fit_words(progress.fit, lang))
    return lines


def _topic(each: TopicScore, title: str, lang: Lang, clean: Clean) -> str:
    drills = say("studying.score.drills", lang, drills=each.drills, all=each.all_drills) if each.all_drills else ""
    values = _percents(each.score)
    return say(
        "studying.score.topic", lang, title=clean(short_title(title)), seen=each.seen, pieces=each.pieces,
        drills=drills, **values,
    )  # fmt: skip


def _percents(score: ExpectedScore) -> dict[str, int]:
    return {name: round(100 * getattr(score, name)) for name in ("mean", "low", "high")}
