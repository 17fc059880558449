from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.discord.ask.controls import answer_views
from bot.discord.ask.text import Page, echo, lead, leads, offer, section_pages, sources_text
from bot.discord.ui.text import MESSAGE_TEXT, width
from knowledge.bank.loader import load_bank
from knowledge.bank.models import LANGS, SECTIONS, Lang, Topic, Unit
from tests.bot.world import bank

GAN = bank()["gan"]


def with_section(text: str) -> Topic:
    return GAN.model_copy(update={"sections": {lang: {**GAN.sections[lang], "how": text} for lang in LANGS}})


def total(page: Page) -> int:
    return sum(map(width, page.blocks))


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(["word " * 50, "中文" * 150, "😀" * 300, "", "```py", "```", "- x"]), max_size=60),
    st.one_of(st.none(), st.text(max_size=3000)),
)
def test_a_section_of_any_length_becomes_messages_within_limits(lines: list[str], question: str | None) -> None:
    topic = with_section("start\n" + "\n".join(lines))
    for page in section_pages(topic, "how", "zh", question=question):
        assert total(page) <= MESSAGE_TEXT
        assert all(block.strip() for block in page.blocks)
    for view in answer_views(topic, "how", "zh", "en", question=question):
        assert view.content_length() <= MESSAGE_TEXT
        assert len(list(view.walk_children())) <= 40


def test_pages_are_numbered_and_only_the_last_has_controls() -> None:
    topic = with_section("\n\n".join("word " * 100 for _ in range(20)))
    pages = section_pages(topic, "how", "en")
    assert len(pages) > 2
    assert pages[0].blocks[0].startswith("### ")
    assert pages[1].blocks[0] == f"-# (2/{len(pages)})"
    views = answer_views(topic, "how", "en", "en")
    assert [len(list(view.walk_children())) > 5 for view in views] == [False] * (len(views) - 1) + [True]


def test_the_numbers_of_the_source_questions_stand_below() -> None:
    numbered = GAN.model_copy(update={"meta": GAN.meta.model_copy(update={"questions": (7, 34, 39)})})
    (page,) = section_pages(numbered, "answer", "zh")
    assert page.blocks[-1] == "-# 面试题第 7、34、39 题"


def test_a_unit_is_called_by_the_words_it_begins_with_and_a_section_by_its_units() -> None:
    begun = Unit(id="loss", section="how", lead="The `loss`.", text="**The `loss`.** One number. Small is good.")
    plain = Unit(id="how", section="how", lead="", text="The **first** sentence. The second.")
    long = Unit(id="long", section="how", lead="梯" * 200, text="梯" * 200)
    assert [lead(begun), lead(plain)] == ["The loss", "The first sentence."]
    assert width(lead(long)) == 100
    topic = GAN.model_copy(update={"units": {"en": (plain, begun, begun), "zh": (long, long)}})
    assert leads(topic, "how", "en") == "The loss · The loss"
    assert width(leads(topic, "how", "zh")) == 100
    assert leads(topic, "answer", "en") == ""


@pytest.mark.parametrize("lang", LANGS)
def test_sources_are_links_where_they_have_an_address_and_harmless_whatever_they_are(lang: Lang) -> None:
    def of(*lines: str) -> str:
        return sources_text(GAN.model_copy(update={"meta": GAN.meta.model_copy(update={"sources": lines})}), lang)

    assert of("A paper, arXiv:1406.2661").endswith("\n1. [A paper](https://arxiv.org/abs/1406.2661)")
    assert of("A book").endswith("\n1. A book")
    assert "@everyone" not in of("@everyone](x) arXiv:1406.2661")
    assert of("a](x) b, arXiv:1406.2661").endswith(r"[a\](x) b](https://arxiv.org/abs/1406.2661)")
    many = of(*["long " * 100 + ", arXiv:1406.2661"] * 50)
    assert width(many) <= MESSAGE_TEXT
    assert many.endswith("…"), "what does not fit is not cut in the middle of a link"


@pytest.mark.parametrize("lang", LANGS)
def test_the_sources_of_every_topic_fit_a_message(lang: Lang) -> None:
    for topic in load_bank().topics.values():
        text = sources_text(topic, lang)
        assert text.count("\n") == 1 + len(topic.meta.sources), topic.slug
        assert not text.endswith("…")


@pytest.mark.parametrize("outcome", ["clarify", "decline"])
@pytest.mark.parametrize("lang", LANGS)
def test_an_offer_says_what_it_is_and_repeats_the_question(outcome: str, lang: Lang) -> None:
    (text,) = offer(outcome, lang, question="a\nb").blocks
    assert text.startswith("> a b\n**")


def test_a_long_question_is_repeated_in_part() -> None:
    assert width(echo("why " * 1000)) <= 250


def test_every_unit_of_the_real_bank_is_one_message_and_every_section_two_at_most() -> None:
    for topic in load_bank().topics.values():
        for lang in LANGS:
            for section in SECTIONS:
                views = answer_views(topic, section, lang, "zh", question="x" * 1000)
                assert len(views) <= 2, f"{topic.slug} {lang} {section}"
                for unit in (unit.id for unit in topic.units[lang] if unit.section == section):
                    alone = answer_views(topic, section, lang, "zh", question="x" * 1000, unit=unit)
                    assert len(alone) == 1, f"{topic.slug} {lang} {unit}"
                ids = [item.custom_id for item in views[-1].walk_children() if hasattr(item, "custom_id")]
                assert all(len(custom_id) <= 100 for custom_id in ids)
