"""The same fact tested twice, in one topic or in two: a learner who meets both learns nothing from the second."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from rapidfuzz import fuzz
from rapidfuzz.utils import default_process

from knowledge.bank.models import InWords, Item, Problem, Topic
from knowledge.check.texts import problem

#: How alike two prompts must be to ask the same, in hundredths; less where the right answers are alike, too.
_PROMPTS, _PROMPTS_WITH_ANSWER, _ANSWERS = 88, 70, 55
#: How alike two programs must be to show the same.
_PROGRAMS = 80


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an item asks and what is right, in English: both languages say the same."""

    slug: str
    item: Item
    prompt: str
    answer: str
    code: str


def repeats(topics: Sequence[Topic], selected: Collection[str]) -> Iterator[Problem]:
    """Check the items of all `topics` against each other; report what concerns the `selected` slugs."""
    asked = [_asked(topic, item) for topic in topics for item in topic.quiz]
    asked = [each for each in asked if not each.prompt.startswith("todo")]  # the same draft in every new topic
    for one, other in combinations(asked, 2):
        if one.item.kind != other.item.kind or not {one.slug, other.slug} & set(selected):
            continue
        if _alike(one, other):
            at, before = (other, one) if other.slug in selected else (one, other)
            where = f"'{before.item.id}'" if at.slug == before.slug else f"'{before.item.id}' of '{before.slug}'"
            what = f"item '{at.item.id}': asks the same as {where}"
            yield problem(f"{at.slug}/quiz.toml", what, "ask something else in one of them")


def _asked(topic: Topic, item: Item) -> _Asked:
    if isinstance(item, InWords):  # key points, which the topic's other open questions may ask for, too
        return _Asked(topic.slug, item, default_process(item.prompt.en), "", "")
    sheet = item.sheet(topic, "en")
    answer = sheet.options[sheet.right] if sheet.right is not None and not sheet.code else ""
    return _Asked(topic.slug, item, default_process(sheet.prompt), default_process(answer), sheet.code or "")


def _alike(one: _Asked, other: _Asked) -> bool:
    if one.code and other.code:
        return fuzz.ratio(one.code, other.code, score_cutoff=_PROGRAMS) > 0
    prompts = fuzz.token_sort_ratio(one.prompt, other.prompt, score_cutoff=_PROMPTS_WITH_ANSWER)
    if prompts >= _PROMPTS:
        return True
    return bool(prompts and one.answer) and fuzz.token_sort_ratio(one.answer, other.answer) >= _ANSWERS
