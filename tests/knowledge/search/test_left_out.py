"""What is known of a question in a bank without the topic that it is about: how caution is learned."""

from __future__ import annotations

from knowledge.search.glossary import Glossary
from knowledge.search.index import Passage
from knowledge.search.retriever import QueryReader

SLUGS = ["dropout", "lora-peft"]
PASSAGES = [
    Passage(0, "ask", "zyxwv turns units off"),
    Passage(1, "ask", "zyxwv adapters of low rank"),
    Passage(0, "ask", "qqq"),
    Passage(1, "name", "lora"),
    Passage(2, "negative", "how to bake bread"),
]


def reader() -> QueryReader:
    return QueryReader.build(Glossary({}, {}), PASSAGES, SLUGS)


def share(of: QueryReader, text: str, without: int = -1) -> float:
    return float(of.known([of.read(text)], without=without)[0, 0])


def test_letters_that_only_the_topic_left_out_has_are_not_known_without_it() -> None:
    full = reader()
    assert share(full, "qqq") == 1
    assert share(full, "qqq", without=0) == 0
    assert share(full, "qqq", without=1) == 1, "another topic left out takes nothing of it"


def test_letters_that_another_topic_has_too_stay_known() -> None:
    full = reader()
    assert share(full, "zyxwv", without=0) == share(full, "zyxwv", without=1) == 1
    assert 0 < share(full, "zyxwv adapters", without=1) < 1


def test_a_topic_left_out_is_one_that_the_bank_lacks() -> None:
    full = reader()
    without = full.within(["dropout"], [])
    asked = [full.read("what is lora")]
    assert (full.known(asked)[0, 1], without.known(asked, without=1)[0, 1]) == (0, 1)


def test_a_reader_from_the_cache_knows_as_much_of_a_question() -> None:
    full = reader()
    again = QueryReader.restore(Glossary({}, {}), PASSAGES, SLUGS, full.arrays())
    for text in ("qqq", "zyxwv adapters", "bread"):
        assert share(again, text) == share(full, text)
