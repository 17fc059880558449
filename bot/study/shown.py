"""Where on a topic's page somebody is, and what comes next there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from knowledge.bank.formerly import find_topic
from knowledge.bank.models import SECTIONS, Bank, Lang, SectionId, Topic

#: `gan#vs-vae`, as `address` writes it.
_ADDRESS = re.compile(r"\s*([a-z0-9]+(?:-[a-z0-9]+)*)#([a-z0-9]+(?:-[a-z0-9]+)*)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PagePlace:
    """A place on a topic's page, such as the one that was shown last.

    Attributes:
        topic: slug of the topic under discussion.
        lang: language it was shown in.
        section: section of its page; None where nothing of the page was shown yet, but a run or an item.
        unit: unit of that section; None for all of the section.
    """

    topic: str
    lang: Lang
    section: SectionId | None = None
    unit: str | None = None


def address(place: PagePlace) -> str:
    """Return what opens a place when it is asked for: `gan#vs-vae` for a unit, `gan#how` for a section."""
    return f"{place.topic}#{place.unit or place.section or next(iter(SECTIONS))}"


def place_at(bank: Bank, text: str, lang: Lang) -> PagePlace | None:
    """Return the place that an address names; None for every other text, and for a topic that is not there.

    Of a part that its topic does not have, that is the beginning of the page: see `unknown_part`.

    Args:
        bank: has the topics, also by their former names.
        text: as it was typed.
        lang: to show it in.
    """
    found = _addressed(bank, text)
    if found is None:
        return None
    topic, name = found
    return _part(topic, name, lang) or onward(topic, PagePlace(topic.slug, lang))


def unknown_part(bank: Bank, text: str, lang: Lang) -> str | None:
    """Return the part that an address names and its topic does not have; None for every other text."""
    found = _addressed(bank, text)
    return found[1] if found is not None and _part(*found, lang) is None else None


def _addressed(bank: Bank, text: str) -> tuple[Topic, str] | None:
    found = _ADDRESS.fullmatch(text)
    topic = find_topic(bank, found[1].lower()) if found is not None else None
    return None if found is None or topic is None else (topic, found[2].lower())


def _part(topic: Topic, name: str, lang: Lang) -> PagePlace | None:
    for unit in topic.units[lang]:
        if unit.id == name and name not in SECTIONS:
            return PagePlace(topic.slug, lang, unit.section, unit.id)
    return next((PagePlace(topic.slug, lang, each) for each in topic.sections[lang] if each == name), None)


def onward(topic: Topic, shown: PagePlace) -> PagePlace | None:
    """Return what comes next on a topic's page, which is its beginning where nothing was shown; None at its end."""
    places = list(_places(topic, shown))
    ahead = 0
    for number, place in enumerate(places, start=1):
        if place.section == shown.section and shown.unit in (None, place.unit):
            ahead = number
    return places[ahead] if ahead < len(places) else None


def last(topic: Topic, lang: Lang) -> PagePlace:
    """Return the end of a topic's page, where who has read all of it is."""
    *_, end = _places(topic, PagePlace(topic.slug, lang))
    return end


def _places(topic: Topic, shown: PagePlace) -> Iterator[PagePlace]:
    """Yield the places of the page in reading order: units, or the whole of a section that has none."""
    for section in SECTIONS:
        if section not in topic.sections[shown.lang]:
            continue
        units: list[str | None] = [unit.id for unit in topic.units[shown.lang] if unit.section == section]
        for unit in units or [None]:
            yield replace(shown, section=section, unit=unit)
