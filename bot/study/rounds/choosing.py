"""Choosing the questions of a round: of the topics and kinds asked for, those not asked lately first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from bot.study.rounds.questions import PACK, Pack, Question, present, present_trivia
from knowledge.bank.formerly import find_item, find_topic
from knowledge.bank.models import Bank, ByLetter, Lang

#: Edits that writing and two typos may make of one answer another.
_NEAR = 4


def choose(
    bank: Bank,
    lang: Lang,
    rng: Random,
    *,
    count: int,
    topics: Sequence[str] = (),
    packs: Sequence[Pack] = (),
    kinds: Sequence[str] = (),
    lately: Sequence[tuple[str, str]] = (),
) -> tuple[Question, ...]:
    """Return at most `count` questions, drawn by `rng`.

    Args:
        bank: where they come from.
        lang: in which language.
        rng: chance.
        count: how many are wished for.
        topics: only of these; with none and no packs, of all.
        packs: of these, too.
        kinds: only such items of the bank; of all kinds with none.
        lately: (topic, item) asked in this place lately, the newest first: they come last.
    """
    slugs = topics or (() if packs else tuple(bank.topics))
    pool = [
        present(topic, item, lang, rng)
        for topic in filter(None, (find_topic(bank, slug) for slug in slugs))
        for item in topic.quiz
        if isinstance(item, ByLetter) and (not kinds or item.kind in kinds)
    ]
    pool += [_trivia(pack, number) for pack in packs for number in range(1, len(pack.questions) + 1)]
    rng.shuffle(pool)
    age = {key: len(lately) - index for index, key in reversed(list(enumerate(lately)))}
    pool.sort(key=lambda question: age.get((question.topic, question.item), 0))
    chosen = pool[:count]
    rng.shuffle(chosen)
    by_name = {f"{PACK}{pack.name}": pack for pack in packs}
    return tuple(_beside_rivals(question, by_name.get(question.topic)) for question in chosen)


def again(
    bank: Bank, lang: Lang, rng: Random, missed: Sequence[tuple[str, str]], packs: Sequence[Pack] = ()
) -> tuple[Question, ...]:
    """Return the missed questions anew, their options in another order; those that are gone are left out."""
    by_name = {pack.name: pack for pack in packs}
    found = []
    for name, item_id in missed:
        known, pack = find_item(bank, name, item_id), by_name.get(name.removeprefix("pack:"))
        if known is not None and isinstance(known[1], ByLetter):
            found.append(present(*known, lang, rng))
        elif pack is not None and (number := int(item_id.removeprefix("q"))) <= len(pack.questions):
            found.append(_beside_rivals(_trivia(pack, number), pack))
    return tuple(found)


def _trivia(pack: Pack, number: int) -> Question:
    return present_trivia(pack.name, number, *pack.questions[number - 1])


def _beside_rivals(question: Question, pack: Pack | None) -> Question:
    """Add the pack's other answers that are a typo away from this question's, so that none is taken for it."""
    if pack is None:
        return question
    from rapidfuzz import process  # a start of the bot would wait for them
    from rapidfuzz.distance import OSA

    others = {other: other.casefold() for _, answers in pack.questions for other in answers}
    near = {
        other
        for answer in question.right
        for _, _, other in process.extract(
            answer.casefold(), others, scorer=OSA.distance, score_cutoff=_NEAR, limit=None
        )
    }
    return replace(question, rivals=tuple(sorted(near - {*question.right})))
