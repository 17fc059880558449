"""What comes next on a page."""

from __future__ import annotations

import pytest

from bot.study.shown import PagePlace, last, onward
from knowledge.bank.loader import load_bank
from knowledge.bank.models import LANGS, SECTIONS, Lang, Topic
from tests.knowledge.banks import small_bank


def whole_page(topic: Topic, lang: Lang) -> list[tuple[str, str | None]]:
    place: PagePlace | None = PagePlace(topic.slug, lang)
    seen = []
    while (place := onward(topic, place)) is not None:
        assert place.section is not None
        seen.append((place.section, place.unit))
    return seen


@pytest.mark.parametrize("lang", LANGS)
def test_going_on_reads_each_page_once_from_its_beginning_to_its_end(lang: Lang) -> None:
    for topic in load_bank().topics.values():
        seen = whole_page(topic, lang)
        assert [unit for _, unit in seen] == [unit.id for unit in topic.units[lang]], topic.slug
        assert (last(topic, lang).section, last(topic, lang).unit) == seen[-1]


def test_a_page_without_units_is_read_by_sections() -> None:
    assert whole_page(small_bank("gan")["gan"], "en") == [(section, None) for section in SECTIONS]


def test_after_a_whole_section_comes_the_next_section() -> None:
    gan = load_bank()["gan"]
    after = onward(gan, PagePlace("gan", "zh", "answer"))
    assert after is not None
    assert after.section == "how"


def test_a_unit_that_has_left_the_page_is_no_dead_end() -> None:
    gan = load_bank()["gan"]
    assert onward(gan, PagePlace("gan", "zh", "how", "gone")) == onward(gan, PagePlace("gan", "zh"))
