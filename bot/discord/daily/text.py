"""The text of the daily question's messages. While the question is open, nothing in it tells the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from bot.discord.ui.item_text import program_blocks, question_blocks, told_blocks, topic_title
from bot.discord.ui.names import called
from bot.discord.ui.text import clip, fitting
from bot.store.daily import DailyAnswer
from bot.study.item_runs import ItemOutput
from bot.study.rounds.questions import Question
from bot.wording import say
from bot.wording.languages import listed
from knowledge.bank.models import Bank, Lang

DailyReply = Literal["counted", "changed", "same", "changed_already", "closed"]
_NAMES, _WHY = 20, 700


def open_blocks(question: Question, day: date, bank: Bank, lang: Lang) -> list[str]:
    """Return the question as it is asked."""
    title = say("daily.title", lang, day=day, topic=topic_title(question.topic, bank, lang))
    return question_blocks(question, title, lang)


def results_blocks(
    question: Question,
    day: date,
    answers: Sequence[DailyAnswer],
    names: Mapping[int, str],
    printed: ItemOutput,
    bank: Bank,
    lang: Lang,
) -> list[str]:
    """Return the answer, who had it, what the program really does, and why.

    Args:
        question: what was asked.
        day: when.
        answers: of everyone.
        names: what those who had it are called; a mention stands for who is not among them, it does not ping.
        printed: what the program of the question printed just now.
        bank: has the name of the topic.
        lang: of the question.
    """
    title = say("daily.results", lang, day=day, topic=topic_title(question.topic, bank, lang))
    letters = "".join(answer.final for answer in answers)
    blocks = question_blocks(question, title, lang, marked="".join(question.right), counts=letters)
    blocks.append(_who(answers, names, lang))
    blocks += program_blocks(question, lang, printed)
    if question.why:
        blocks.append(clip(question.why, _WHY))
    return fitting(blocks)


def told_day_blocks(question: Question, day: date, bank: Bank, lang: Lang) -> list[str]:
    """Return a question with its answer, for one member alone, in the language of `question`."""
    topic = topic_title(question.topic, bank, lang)
    return told_blocks(question, say("daily.results", lang, day=day, topic=topic), lang)


def _who(answers: Sequence[DailyAnswer], names: Mapping[int, str], lang: Lang) -> str:
    right = [answer.member_id for answer in answers if answer.correct]
    if not answers:
        return say("quiz.reveal.nobody_answered", lang)
    if not right:
        return say("quiz.reveal.nobody_right", lang, count=len(answers))
    shown = [called(member, names) for member in right[:_NAMES]]
    text = listed(shown, lang)
    if len(right) > _NAMES:
        text += f" {say('quiz.reveal.more', lang, count=len(right) - _NAMES)}"
    return say("quiz.reveal.had_it", lang, right=len(right), count=len(answers), names=text)


def daily_reply(reply: DailyReply, lang: Lang, answer: str = "", until: float = 0.0) -> str:
    """Return what only the member sees who answered; `answer` is what counts for them now."""
    return say(f"daily.reply.{reply}", lang, answer=answer, until=int(until))


def stand_line(count: int, mine: DailyAnswer | None, lang: Lang) -> str:
    """Return how many have answered so far, and what the member has."""
    if mine is None:
        return say("daily.stand.not_yet", lang, count=count)
    key = "final" if mine.first_id != mine.final_id else "mine"
    return say(f"daily.stand.{key}", lang, count=count, answer=mine.final)
