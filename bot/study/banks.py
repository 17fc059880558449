"""The topics that people can be asked about: those whose names fit into custom ids, whose length is limited.

Discord takes 100 characters for an id, and the longest one beside a slug is that of an item shown in a review.
"""

from __future__ import annotations

from knowledge.bank.models import PACKAGED_BANK, Bank, Problem

#: The longest slug that every control can carry, in characters; a test holds it against the controls there are.
LONGEST_SLUG = 44


def within_reach(bank: Bank) -> Bank:
    """Return a bank without the topics whose slug no control could carry; its problems say which they are."""
    long = [topic for topic in bank.topics.values() if len(topic.slug) > LONGEST_SLUG]
    if not long:
        return bank
    problems = [
        Problem(
            path=topic.slug if topic.bank == PACKAGED_BANK else f"{topic.bank}/{topic.slug}",
            problem=f"has a name of {len(topic.slug)} characters",
            fix=f"name its folder with at most {LONGEST_SLUG}: the ids of buttons hold no more",
        )
        for topic in long
    ]
    topics = {slug: topic for slug, topic in bank.topics.items() if len(slug) <= LONGEST_SLUG}
    return bank.model_copy(update={"topics": topics, "problems": (*bank.problems, *problems)})
