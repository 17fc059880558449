"""The text of a mock interview's messages. The question's text does not tell the key points of the answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.discord.ui.split import pieces
from bot.discord.ui.text import clip, fitting, neutralise, one_line, width
from bot.study.interviews import InterviewQuestion, Judged, as_typed, model_answer
from bot.wording import say
from bot.wording.phrases.interviews import judgement
from knowledge.bank.models import Lang
from knowledge.grading.grades import PointGrade

_TITLE, _PROMPT, _POINT, _ANSWER, _FOLLOW_UP, _COMPARED = 200, 1_000, 500, 1_600, 400, 900
#: All quotes of one message together, and the longest and shortest of them.
_QUOTES, _LONGEST, _SHORTEST = 1_200, 240, 80


def asked_blocks(question: InterviewQuestion, lang: Lang) -> list[str]:
    """Return a question that waits for its answer."""
    hint = "graded" if question.item is not None else "compared"
    return [*_question(question, lang), "-# " + say(f"member.interview.{hint}", lang)]


def judged_blocks(
    question: InterviewQuestion,
    judged: Judged,
    answer: str,
    lang: Lang,
    now: float,
    following: InterviewQuestion | None,
) -> list[str]:
    """Return what an answer to an item is worth, point by point, then the checked answer and the next question."""
    assert question.item is not None
    room = min(_LONGEST, max(_SHORTEST, _QUOTES // len(judged.points)))
    points = [_point(question, point, answer, lang, room) for point in judged.points]
    head = [*_question(question, lang), verdict(judged, lang, now)]
    return fitting([*head, *points, *_answer(model_answer(question, judged, lang), following, lang)])


def compared_blocks(
    question: InterviewQuestion, answer: str, lang: Lang, following: InterviewQuestion | None
) -> list[str]:
    """Return an answer beside the checked one, where there are no points to tick."""
    said = f"{say('member.interview.you_said', lang)}\n> {one_line(answer, _COMPARED)}"
    compare = "-# " + say("member.interview.compare", lang)
    return fitting([*_question(question, lang), said, compare, *_answer([question.answer], following, lang)])


def verdict(judged: Judged, lang: Lang, now: float) -> str:
    """Return how many points were made, and what the answer counted as."""
    return "\n-# ".join(judgement(judged, lang, now))


def _question(question: InterviewQuestion, lang: Lang) -> list[str]:
    kind = say(f"member.interview.{'question' if question.item is not None else 'follow_up'}", lang)
    title = f"### {clip(question.topic.title[lang], _TITLE)}\n-# {kind}"
    return [title, f"**{clip(neutralise(question.prompt), _PROMPT)}**"]


def _point(question: InterviewQuestion, point: PointGrade, answer: str, lang: Lang, room: int) -> str:
    text = clip(neutralise(question.topic.meta.key_points[point.index][lang]), _POINT)
    if not point.unsure and not point.covered:
        return f"⬜ {text}"
    line = f"🟡 {say('member.interview.unsure', lang, point=text)}" if point.unsure else f"✅ {text}"
    return f"{line}\n> {_quoted(point, answer, room)}"


def _quoted(point: PointGrade, answer: str, room: int) -> str:
    """Return the member's own words, those that the point has too in bold."""
    return bold(one_line(as_typed(point.span, answer), room), point.words)


def bold(line: str, words: Sequence[str]) -> str:
    """Return a line of foreign text, escaped already, with some of its words in bold."""
    longest_first = sorted(filter(str.isalnum, words), key=len, reverse=True)
    if not longest_first:
        return line
    ascii_ = "|".join(re.escape(word) for word in longest_first if word.isascii())
    others = "|".join(re.escape(word) for word in longest_first if not word.isascii())
    found = "|".join(filter(None, [rf"(?<![A-Za-z0-9])(?:{ascii_})(?![A-Za-z0-9])" if ascii_ else "", others]))
    return re.sub(f"(?:{found})+", r"**\g<0>**", line, flags=re.IGNORECASE)


def _answer(parts: Sequence[str], following: InterviewQuestion | None, lang: Lang) -> list[str]:
    """Return the checked answer, as many of its parts as there is room for, and what may be asked next."""
    blocks: list[str] = []
    for part in filter(None, parts):
        shown = pieces(part, _ANSWER)[0].shown.strip()
        if blocks and sum(map(width, blocks)) + width(shown) > _ANSWER:
            continue
        blocks.append(shown)
    if blocks:
        blocks[0] = f"**{say('member.interview.answer', lang)}**\n{blocks[0]}"
    if following is not None:
        blocks.append(say("member.interview.next", lang, question=clip(neutralise(following.prompt), _FOLLOW_UP)))
    return blocks
