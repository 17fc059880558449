"""Topics and quiz items by names that they no longer have: what people keep (cards, messages, links) has those.

`formerly` in `topic.toml` has old slugs of the topic, the oldest first. In an item of `quiz.toml` it has old ids of the
item; one that came from another topic says so, `"old-slug/old-id"`. What is called by a name today has it, whoever had
it before.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from knowledge.bank.drills import Drill
from knowledge.bank.models import Bank, Item, Topic


@dataclass(frozen=True, slots=True)
class Renamed:
    """The old names of a bank.

    Attributes:
        topics: slugs by old slugs.
        items: topic and id by old topic and old id, for items that have or had another id or topic than theirs.
    """

    topics: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)


def find_topic(bank: Bank, slug: str) -> Topic | None:
    """Return the topic that has or had that slug; None where there is none any more."""
    return bank.topics.get(slug) or bank.topics.get(renamed(bank).topics.get(slug, ""))


def find_item(bank: Bank, slug: str, item_id: str) -> tuple[Topic, Item] | None:
    """Return the item that is or was called so in a topic that is or was called so; None where it has left the bank."""
    return next(((topic, item) for known, topic, item in items_of(bank, slug) if known == item_id), None)


def find_drill(bank: Bank, slug: str, item_id: str) -> Drill | None:
    """Return the drill whose `item` it is, of a topic that is or was called so; None where there is none any more."""
    topic = find_topic(bank, slug)
    return next((drill for drill in topic.drills if drill.item == item_id), None) if topic is not None else None


def items_of(bank: Bank, slug: str) -> Iterator[tuple[str, Topic, Item]]:
    """Yield all that was ever an item of the topic: by which id, where it is now, and itself.

    Where an id is there twice the first counts: an item that says it was called so, which no item of the topic may be
    called today, goes before one that merely came along when the whole topic was renamed.
    """
    for (old_slug, old_id), (new_slug, new_id) in renamed(bank).items.items():
        if old_slug == slug:
            topic = bank[new_slug]
            yield old_id, topic, next(item for item in topic.quiz if item.id == new_id)
    if (topic_now := find_topic(bank, slug)) is not None:
        for item in topic_now.quiz:
            yield item.id, topic_now, item


def old_names(topic: Topic, item: Item) -> Iterator[tuple[str, str]]:
    """Yield each topic and id under which `formerly` of an item names it."""
    for name in item.formerly:
        slug, _, item_id = name.rpartition("/")
        for owner in [slug] if slug else [topic.slug, *topic.meta.formerly]:
            yield owner, item_id


def first_slug(topic: Topic) -> str:
    """Return what a topic was called first, which no renaming changes."""
    return next(iter(topic.meta.formerly), topic.slug)


def first_name(topic: Topic, item: Item) -> tuple[str, str]:
    """Return topic and id by which an item was called first, which no renaming changes."""
    slug, _, item_id = next(iter(item.formerly), item.id).rpartition("/")
    return slug or first_slug(topic), item_id


_known: dict[int, Renamed] = {}


def renamed(bank: Bank) -> Renamed:
    """Return the old names of a bank, gathered at the first use and dropped with the bank."""
    found = _known.get(id(bank))
    if found is None:
        found = _known[id(bank)] = _gather(bank)
        weakref.finalize(bank, _known.pop, id(bank), None)
    return found


def _gather(bank: Bank) -> Renamed:
    topics: dict[str, str] = {}
    items: dict[tuple[str, str], tuple[str, str]] = {}
    here = {(topic.slug, item.id) for topic in bank.topics.values() for item in topic.quiz}
    for topic in bank.topics.values():
        for old in topic.meta.formerly:
            if old not in bank.topics:
                topics.setdefault(old, topic.slug)
        for item in topic.quiz:
            for name in old_names(topic, item):
                if name not in here:
                    items.setdefault(name, (topic.slug, item.id))
    return Renamed(topics, items)
