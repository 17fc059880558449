"""What the package's own bank promises as a whole; `epoch check` looks at each topic."""

import tomllib
from importlib.resources import files

from knowledge.bank import parameters
from knowledge.bank.loader import load_bank
from knowledge.bank.paths import learning_path
from knowledge.check.relations import PLANNED
from knowledge.search.reading import HAN

BANK = load_bank()


def test_all_planned_topics_are_there() -> None:
    assert set(BANK.topics) >= PLANNED


def test_each_source_question_is_answered_by_one_topic() -> None:
    numbers = [number for topic in BANK.topics.values() for number in topic.meta.questions]
    assert sorted(numbers) == list(range(1, 41))


def test_relations_name_only_topics_of_the_bank() -> None:
    for topic in BANK.topics.values():
        assert {*topic.meta.related, *topic.meta.requires} <= set(BANK.topics), topic.slug


def test_at_least_twenty_topics_draw_a_figure() -> None:
    drawing = [topic.slug for topic in BANK.topics.values() if any("savefig(" in e.source for e in topic.examples)]
    assert len(drawing) >= 20


def test_every_path_puts_requirements_first_and_the_goal_last() -> None:
    for goal in BANK.topics.values():
        path = learning_path(BANK, goal)
        seen: set[str] = set()
        for topic in path:
            assert set(topic.meta.requires) <= seen, (goal.slug, topic.slug)
            seen.add(topic.slug)
        assert path[-1] is goal


def test_the_path_to_lstm_leads_over_backpropagation_and_rnn() -> None:
    path = [topic.slug for topic in learning_path(BANK, BANK["lstm"])]
    steps = ["gradient-descent", "backpropagation", "vanishing-exploding-gradients", "rnn", "lstm"]
    assert [slug for slug in path if slug in steps] == steps
    assert len(path) < 12


def test_every_key_point_has_wordings_in_both_languages_and_none_is_both_right_and_wrong() -> None:
    for topic in BANK.topics.values():
        assert len(topic.wordings) == len(topic.meta.key_points), topic.slug
        for index, point in enumerate(topic.wordings):
            chinese = sum(bool(HAN.search(text)) for text in point.said)
            assert chinese >= 1, (topic.slug, index)
            assert len(point.said) - chinese >= 2, (topic.slug, index)
            assert point.wrong, (topic.slug, index)
        said = [text for point in topic.wordings for text in point.said]
        wrong = [text for point in topic.wordings for text in point.wrong]
        assert len({*said, *wrong}) == len(said) + len(wrong), topic.slug


def test_every_value_that_may_be_changed_says_in_chinese_what_it_is() -> None:
    missing = [
        f"{topic.slug} {example.name} {value.name}"
        for topic in BANK.topics.values()
        for example in topic.examples
        for value in parameters.offered(example)
        if not HAN.search(value.meaning("zh"))
    ]
    assert missing == []


def test_no_shared_meaning_is_left_that_no_example_has() -> None:
    shared = tomllib.loads((files("knowledge.bank") / "parameters.toml").read_text(encoding="utf-8"))
    used = {
        value.text
        for topic in BANK.topics.values()
        for example in topic.examples
        for value in parameters.parse(example.source)
    }
    assert set(shared) <= used
