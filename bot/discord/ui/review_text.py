"""A line of small print: how many reviews a member has due, and the streak."""

from __future__ import annotations

from bot.study.learning import ReviewStatus
from bot.wording.phrases.reviews import standing_words
from knowledge.bank.models import Lang


def standing_line(standing: ReviewStatus, lang: Lang) -> str:
    """Return the small print over a review."""
    return "-# " + standing_words(standing, lang)
