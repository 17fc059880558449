"""Old names of topics and items: each leads to what has it now, and to nothing that has another's name today."""

from __future__ import annotations

import pytest

from knowledge.bank import names
from knowledge.bank.errors import UnknownTopic
from knowledge.bank.formerly import find_item, find_topic, first_name, first_slug, items_of, renamed
from knowledge.bank.models import Bank, Item
from tests.bot.world import bank


def changed(
    slug: str = "gan", to: str = "gan", was: tuple[str, ...] = (), **items: tuple[str, tuple[str, ...]]
) -> Bank:
    """The small bank, a topic of it under another slug, its items under the ids and with the old names given."""
    small = bank()
    topic = small[slug]
    quiz: list[Item] = []
    for item in topic.quiz:
        item_id, old = items.get(item.id.replace("-", "_"), (item.id, ()))
        quiz.append(item.model_copy(update={"id": item_id, "formerly": old}))
    meta = topic.meta.model_copy(update={"formerly": was})
    moved = topic.model_copy(update={"slug": to, "meta": meta, "quiz": tuple(quiz)})
    return Bank(topics={**{key: each for key, each in small.topics.items() if key != slug}, to: moved})


def found(of: Bank, slug: str, item_id: str) -> tuple[str, str] | None:
    pair = find_item(of, slug, item_id)
    return None if pair is None else (pair[0].slug, pair[1].id)


def test_a_topic_is_found_by_the_slug_it_had() -> None:
    now = changed(to="adversarial-nets", was=("gan", "gans"))
    for name in ("gan", "gans", "adversarial-nets"):
        topic = find_topic(now, name)
        assert topic is not None
        assert topic.slug == "adversarial-nets"
    assert names.find(now, "Gans").slug == "adversarial-nets"
    assert find_topic(bank(), "gans") is None
    with pytest.raises(UnknownTopic):
        names.find(bank(), "adversarial-nets")


def test_an_item_is_found_by_what_it_was_called_in_every_topic_it_was_in() -> None:
    now = changed(to="nets", was=("gan",), first=("opening", ("first", "cnn/start")))
    for slug, item_id in (
        ("gan", "first"),
        ("nets", "first"),
        ("cnn", "start"),
        ("nets", "opening"),
        ("gan", "opening"),
    ):
        assert found(now, slug, item_id) == ("nets", "opening"), (slug, item_id)
    assert found(now, "gan", "second") == ("nets", "second"), "the topic's new name is enough"
    assert found(now, "overfitting", "first") is None
    assert found(now, "gan", "never") is None
    assert [item_id for item_id, _, _ in items_of(now, "gan")] == ["first", "opening", "second", "in-words"]


def test_who_has_a_name_today_is_found_by_it() -> None:
    now = changed(was=("cnn",), first=("opening", ("second", "first")))
    assert find_topic(now, "cnn") is now["cnn"]
    assert found(now, "gan", "second") == ("gan", "second")
    assert renamed(now).topics == {}
    assert set(renamed(now).items) == {("gan", "first"), ("cnn", "second"), ("cnn", "first")}


def test_an_item_that_left_a_renamed_topic_goes_before_a_new_one_of_its_old_id() -> None:
    """`gan` was renamed, its `second` moved elsewhere, and its `first` is called `second` now."""
    now = changed(to="nets", was=("gan",), first=("second", ()), second=("moved", ()))
    other = now["cnn"]
    moved = now["nets"].quiz[1].model_copy(update={"formerly": ("gan/second",)})
    topics = {**now.topics, "cnn": other.model_copy(update={"quiz": (moved,)})}
    split = Bank(topics=topics)
    assert found(split, "gan", "second") == ("cnn", "moved")
    assert found(split, "nets", "second") == ("nets", "second")
    assert renamed(split).items[("gan", "second")] == ("cnn", "moved"), "as what is kept is moved"


def test_what_was_exported_keeps_the_names_it_had_first() -> None:
    before = bank()["gan"]
    named = {first_name(before, item) for item in before.quiz}
    now = changed(to="nets", was=("gan", "gans"), first=("opening", ("first", "start")))["nets"]
    assert first_slug(now) == first_slug(before) == "gan"
    assert {first_name(now, item) for item in now.quiz} == named
    moved = now.quiz[0].model_copy(update={"formerly": ("cnn/start", "begin")})
    assert first_name(now, moved) == ("cnn", "start")


def test_each_bank_has_old_names_of_its_own() -> None:
    assert renamed(bank()).topics == {}
    assert renamed(changed(to="nets", was=("gan",))).topics == {"gan": "nets"}
    assert renamed(bank()).topics == {}
