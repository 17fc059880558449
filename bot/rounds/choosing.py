"""Which questions a round asks: of the topics and kinds wished for, those not asked lately first."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from bot.rounds.questions import KINDS, Kind, Question, present, present_trivia
from bot.store.packs import Pack
from knowledge.models import Bank, Choice, FindBug, Lang, Predict, Topic

Item = Choice | Predict | FindBug


def choose(
    bank: Bank,
    lang: Lang,
    rng: Random,
    *,
    count: int,
    topics: Sequence[str] = (),
    packs: Sequence[Pack] = (),
    kinds: Sequence[Kind] = KINDS,
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
        kinds: only such items of the bank.
        lately: (topic, item) asked in this place lately, the newest first: they come last.
    """
    slugs = topics or (() if packs else tuple(bank.topics))
    pool = [
        present(bank[slug], item, lang, rng)
        for slug in slugs
        for item in bank[slug].quiz
        if item.kind != "open" and item.kind in kinds
    ]
    pool += [
        present_trivia(pack.name, number, *question)
        for pack in packs
        for number, question in enumerate(pack.questions, 1)
    ]
    rng.shuffle(pool)
    age = {key: len(lately) - index for index, key in reversed(list(enumerate(lately)))}
    pool.sort(key=lambda question: age.get((question.topic, question.item), 0))
    chosen = pool[:count]
    rng.shuffle(chosen)
    return tuple(chosen)


def again(
    bank: Bank, lang: Lang, rng: Random, missed: Sequence[tuple[str, str]], packs: Sequence[Pack] = ()
) -> tuple[Question, ...]:
    """Return the missed questions anew, their options in another order; those that are gone are left out."""
    by_name = {pack.name: pack for pack in packs}
    found = []
    for name, item_id in missed:
        topic, pack = bank.topics.get(name), by_name.get(name.removeprefix("pack:"))
        if topic is not None and (item := _item(topic, item_id)) is not None:
            found.append(present(topic, item, lang, rng))
        elif pack is not None and (number := int(item_id.removeprefix("q"))) <= len(pack.questions):
            found.append(present_trivia(pack.name, number, *pack.questions[number - 1]))
    return tuple(found)


def _item(topic: Topic, item_id: str) -> Item | None:
    return next((item for item in topic.quiz if item.id == item_id and item.kind != "open"), None)
