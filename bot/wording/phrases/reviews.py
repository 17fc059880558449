"""Spaced repetition in words: where a learner stands, and when an item comes back."""

from __future__ import annotations

from bot.study.fitter import KeptFit
from bot.study.learning import ReviewStatus
from bot.wording import say
from knowledge.bank.models import Lang

_MINUTE, _HOUR, _DAY = 60.0, 3_600.0, 86_400.0
#: (from which length on, unit in seconds, wording)
_UNITS = (
    (600 * _DAY, 365 * _DAY, "years"), (60 * _DAY, 30 * _DAY, "months"), (_DAY, _DAY, "days"), (_HOUR, _HOUR, "hours"),
)  # fmt: skip


def standing_words(standing: ReviewStatus, lang: Lang) -> str:
    """Return what is due, what is new, the answers of today and the streak, in one line."""
    counts = {name: getattr(standing, name) for name in ("due", "new", "today", "streak")}
    return say("member.review.standing", lang, **counts)


def fit_words(fit: KeptFit, lang: Lang) -> str:
    """Return whether a learner's intervals are their own, and what they are worth on answers held out."""
    key = "fitted" if fit.parameters is not None else "usual"
    return say(f"studying.fit.{key}", lang, told=fit.told, loss=fit.log_loss, usual=fit.usual_log_loss)


def span(seconds: float, lang: Lang) -> str:
    """Return a length of time in its largest fitting unit."""
    for least, unit, name in _UNITS:
        if seconds >= least:
            return say(f"member.span.{name}", lang, count=round(seconds / unit))
    return say("member.span.minutes", lang, count=max(1, round(seconds / _MINUTE)))
