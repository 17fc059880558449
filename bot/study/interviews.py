"""A mock interview, for both fronts: which question is asked, how an answer is graded and recorded, what follows.

question → answer → Tutor.grade → Judged → Learning.record → the next question
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.study.learning import GivenAnswer, Learning
from bot.study.schedule import AGAIN, EASY, GOOD, HARD, Grade
from knowledge.bank.interviews import follow_ups
from knowledge.bank.models import InWords, Lang, Topic

if TYPE_CHECKING:
    from bot.study.cards import Card
    from bot.study.tutor import Tutor
    from knowledge.grading.grades import PointGrade
    from knowledge.search.terms import UnitRef


#: What may stand around a quotation and belongs to its neighbours; brackets and signs belong to it.
_AROUND = " .,;:!?…。，、；：！？"


@dataclass(frozen=True, slots=True)
class InterviewQuestion:
    """One question of an interview.

    Attributes:
        topic: what it is about.
        key: what tells it from the topic's others: the item's id, or the question itself.
        prompt: as it is asked.
        answer: a checked answer, in Markdown.
        item: its quiz item, whose points an answer is held against; None for a question of the interview section,
            to which the bank has an answer but no points.
    """

    topic: Topic
    key: str
    prompt: str
    answer: str
    item: InWords | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer held against the points of its question.

    Attributes:
        points: one grade a point, in the order of the question.
        grade: what it counts as.
        card: when the item comes back; None where an earlier answer to this same asking was counted already.
        units: the units of the page that hold these points, those of missed points first.
    """

    points: tuple[PointGrade, ...]
    grade: Grade
    card: Card | None
    units: tuple[UnitRef, ...] = ()


def questions(topic: Topic, lang: Lang) -> list[InterviewQuestion]:
    """Return all that can be asked about a topic, each open item before its part of the interview section."""
    items = [of_item(topic, item, lang) for item in topic.quiz if isinstance(item, InWords)]
    section = [InterviewQuestion(topic, each.question, each.question, each.answer) for each in follow_ups(topic, lang)]
    parts = max(len(items), 1)
    ends = [len(section) * n // parts for n in range(parts + 1)]
    found: list[InterviewQuestion] = []
    for n in range(parts):
        found += [*items[n : n + 1], *section[ends[n] : ends[n + 1]]]
    return found


def of_item(topic: Topic, item: InWords, lang: Lang) -> InterviewQuestion:
    """Return an open item as a question."""
    answer = item.why[lang] if item.why is not None else topic.passage("answer", lang, "answer")
    return InterviewQuestion(topic, item.id, item.prompt[lang], answer, item)


def follow_up(question: InterviewQuestion, lang: Lang) -> InterviewQuestion | None:
    """Return the next question on the same topic, in a cycle through all of them; None if there is only one."""
    everything = questions(question.topic, lang)
    place = next((n for n, each in enumerate(everything) if each.key == question.key), -1)
    following = everything[(place + 1) % len(everything)]
    return following if following.key != question.key else None


async def judge(
    tutor: Tutor,
    learning: Learning,
    member_id: int,
    question: InterviewQuestion,
    answer: str,
    source: str,
    guild_id: int | None = None,
) -> Judged:
    """Grade an answer to an item and save it as a review, once for each source; `guild_id` is the server it is in.

    Raises:
        knowledge.bank.errors.QueryError: the answer is empty, only symbols, or too long.
        bot.store.errors.StoreError: it could not be saved, so it does not count.
    """
    assert question.item is not None
    grades = await tutor.grade(question.topic, answer)
    points = tuple(grades[index] for index in question.item.points)
    grade = grade_of(points)
    given = GivenAnswer(member_id, question.topic.slug, question.item.id, grade, source, guild_id=guild_id)
    moved = await learning.record([given])
    missed_first = sorted(points, key=lambda point: point.covered and not point.unsure)
    units = await tutor.holding(question.topic, [point.index for point in missed_first])
    return Judged(points, grade, moved[0] if moved else None, units)


def model_answer(question: InterviewQuestion, judged: Judged, lang: Lang) -> list[str]:
    """Return what a full answer says, in Markdown: the item's own words, or else the units that hold its points."""
    if not judged.units or (question.item is not None and question.item.why is not None):
        return [question.answer]
    return [question.topic.passage(unit.section, lang, unit.unit).strip() for unit in judged.units]


def grade_of(points: Sequence[PointGrade]) -> Grade:
    """Return what an answer counts as: by the share of its points, where one that is unsure counts half.

    All of them for sure: easy; two thirds: good; one third: hard; fewer: again.
    """
    halves = sum(1 if point.unsure else 2 * point.covered for point in points)
    share = halves / (2 * len(points))
    return EASY if share == 1 else GOOD if share >= 2 / 3 else HARD if share >= 1 / 3 else AGAIN


def as_typed(span: str, answer: str) -> str:
    """Return the stretch of `answer` that `span`, which the grader folded, stands for; the span if it is not found."""
    folded, places = [], []
    for place, character in enumerate(answer):
        for letter in unicodedata.normalize("NFKC", character).lower():
            if letter.isalnum():
                folded.append(letter)
                places.append(place)
    wanted = "".join(filter(str.isalnum, span))
    start = "".join(folded).find(wanted)
    if not wanted or start < 0:
        return span
    first, last = places[start], places[start + len(wanted) - 1]
    while first and not answer[first - 1].isalnum() and not answer[first - 1].isspace():
        first -= 1
    while last + 1 < len(answer) and not answer[last + 1].isalnum() and not answer[last + 1].isspace():
        last += 1
    return answer[first : last + 1].strip(_AROUND)
