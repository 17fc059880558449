"""What is asked in a whole interview, of a role and of a member; and which follow-up an answer calls for.

A topic is drawn by its weight in the role, the likelier the less of it is remembered; what was asked last time is left
for another time where there is anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from random import Random
from typing import TypeVar

from bot.study.loops.machine import Loop, Part
from bot.study.loops.roles import Role
from bot.study.rounds.questions import present
from knowledge.bank.drills import Drill
from knowledge.bank.formerly import find_topic
from knowledge.bank.kinds.find_bug import FindBug
from knowledge.bank.models import Bank, InWords, Item, Lang, Topic
from knowledge.search.terms import UnitRef

T = TypeVar("T")

#: Open questions of one interview.
OPEN = 3
#: What each part is worth, in minutes, before they are stretched to the clock; a drill says itself.
MINUTES = {"open": 5.0, "follow_up": 2.5, "bug": 4.0}
#: A drill may take this share of the clock, where there is one so short.
_DRILL_SHARE = 0.5
#: How much likelier a topic is of which nothing is remembered than one of which all is.
_NEED = 4.0
_ASKS = ("?", "？")


def parts_of_role(
    role: Role,
    bank: Bank,
    lang: Lang,
    chance: Random,
    *,
    limit_s: float,
    recalled: Mapping[str, float],
    passed: Collection[tuple[str, str]] = (),
    last: Loop | None = None,
) -> list[tuple[Part, float]]:
    """Return the parts of an interview, each with the minutes it is worth; fewer where the bank has not all of them.

    Args:
        role: whose topics are asked about.
        bank: has them.
        lang: of the questions.
        chance: draws.
        limit_s: the clock, in seconds.
        recalled: share of each topic that the member remembers, by slug.
        passed: topic and item of drills that the member passed before.
        last: the interview before this one.
    """
    weights = {
        topic.slug: weight * (1 + _NEED * (1 - recalled.get(topic.slug, 0.0)))
        for slug, weight in role.topics.items()
        if (topic := find_topic(bank, slug)) is not None
    }
    before = {(part.topic, part.item) for part in last.parts} if last is not None else set()
    topics = [bank[slug] for slug in weights]
    parts: list[tuple[Part, float]] = []
    used: list[str] = []
    opens = [(topic, item) for topic in topics for item in topic.quiz if isinstance(item, InWords)]
    for topic, item in _drawn(opens, OPEN, weights, before, used, chance):
        parts.append((Part("open", topic.slug, item.id, points=tuple(item.points)), MINUTES["open"]))
        parts.append((Part("follow_up", topic.slug), MINUTES["follow_up"]))
    bugs = [(topic, item) for topic in topics for item in topic.quiz if isinstance(item, FindBug)]
    for topic, bug in _drawn(bugs, 1, weights, before, used, chance):
        question = present(topic, bug, lang, chance).as_json()
        parts.append((Part("bug", topic.slug, bug.id, question=question), MINUTES["bug"]))
    drill = _drill([drill for topic in topics for drill in topic.drills], weights, before, passed, limit_s, chance)
    if drill is not None:
        parts.append((Part("drill", drill.topic, drill.item), float(drill.meta.minutes)))
    return parts


def _drawn(
    found: Sequence[tuple[Topic, T]],
    count: int,
    weights: Mapping[str, float],
    before: Collection[tuple[str, str]],
    used: list[str],
    chance: Random,
) -> list[tuple[Topic, T]]:
    """Draw items, each of a topic of its own and none of those `used` where there are as many; note their topics."""
    drawn: list[tuple[Topic, T]] = []
    rest = list(found)
    while rest and len(drawn) < count:
        fresh = _narrowed(
            rest, lambda pair: pair[0].slug not in used, lambda pair: (pair[0].slug, _id_of(pair[1])) not in before
        )
        topics = list(dict.fromkeys(topic.slug for topic, _ in fresh))
        slug = chance.choices(topics, [weights[each] for each in topics])[0]
        pair = chance.choice([each for each in fresh if each[0].slug == slug])
        drawn.append(pair)
        rest.remove(pair)
        used.append(slug)
    return drawn


def _id_of(item: object) -> str:
    return item.id if isinstance(item, Item) else ""


def _narrowed(found: list[T], *wishes: Callable[[T], bool]) -> list[T]:
    """Return those that all wishes hold for; a wish that leaves nothing is not granted."""
    for wish in wishes:
        found = [each for each in found if wish(each)] or found
    return found


def _drill(
    drills: Iterable[Drill],
    weights: Mapping[str, float],
    before: Collection[tuple[str, str]],
    passed: Collection[tuple[str, str]],
    limit_s: float,
    chance: Random,
) -> Drill | None:
    found = _narrowed(
        list(drills),
        lambda drill: drill.meta.minutes * 60 <= limit_s * _DRILL_SHARE,
        lambda drill: (drill.topic, drill.item) not in before,
        lambda drill: (drill.topic, drill.item) not in passed,
    )
    return chance.choices(found, [weights[drill.topic] for drill in found])[0] if found else None


def follow_up(
    topic: Topic, lang: Lang, asked: Part, made: Collection[int], units: Mapping[int, UnitRef]
) -> Part | None:
    """Return what is asked after an open question: about a point that its answer did not make, in checked text.

    First a unit of the topic's page that asks for such a point, and answers it; then another open item of the topic,
    with as many points as can be that were not made; then a question of the page's interview section, without points.

    Args:
        topic: of the question.
        lang: the language it is asked in.
        asked: the open question.
        made: key points of the topic that the answer made for sure.
        units: the units that hold the points which were not made, by point.
    """
    leads = [unit.id for unit in topic.units[lang] if unit.lead.endswith(_ASKS)]
    for point in asked.points:
        if point not in made and point in units and units[point].unit in leads:
            held = tuple(each for each, place in units.items() if place == units[point] and each not in made)
            return Part("follow_up", topic.slug, unit=units[point].unit or "", points=held)
    others = [item for item in topic.quiz if isinstance(item, InWords) and item.id != asked.item]
    if others:
        best = max(others, key=lambda item: sum(point not in made for point in item.points))
        return Part("follow_up", topic.slug, best.id, points=tuple(best.points))
    sections = {unit.id: unit.section for unit in topic.units[lang]}
    first = next((unit for unit in leads if sections[unit] == "interview"), None)
    return Part("follow_up", topic.slug, unit=first) if first is not None else None
