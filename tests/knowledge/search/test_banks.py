"""Several banks in one index: what a foreign one answers, what it costs the others, what a choice hides."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from knowledge.bank.banks import joined
from knowledge.bank.loader import load_bank
from knowledge.bank.models import Bank
from knowledge.search import retriever as searching
from knowledge.search.arrays import F32
from knowledge.search.encoder import Encoder
from knowledge.search.evaluation import evaluate, load_queries
from knowledge.search.glossary import Glossary
from knowledge.search.index import PassageIndex, packaged_negatives, passages_of
from knowledge.search.outside import unanswered
from knowledge.search.retriever import Reply, Retriever
from knowledge.search.votes import Votes, votes
from tests.knowledge.banks import NEGATIVES, small_bank
from tests.knowledge.conftest import Progress, WordEncoder
from tests.knowledge.second_bank import SLUGS, both_banks, write_second_bank

QUERIES = Path(__file__).parents[2] / "data" / "queries.jsonl"
#: In the packaged negatives, and answered by the second bank: the same words, nearly the same, other words around.
ANSWERED = {
    "hash collision", "哈希冲突怎么解决", "left join vs inner join", "left join versus inner join",
    "binary search in python", "hash function",
}  # fmt: skip
#: Questions that its pages answer, in words that no ask has.
ASKED = {
    "which customers have no orders": ("sql-joins", "practice"),
    "Python 里怎么求某个数在有序列表里出现了几次": ("binary-search", "practice"),
    "why must a dictionary key not be a mutable object": ("hash-tables", "mutable-keys"),
}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return both_banks(tmp_path_factory.mktemp("banks") / "basics")


@pytest.fixture(scope="module")
def found(both: Bank) -> Retriever:
    """Both banks, with few negatives: those of the packaged ones that the second bank answers are among them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "packaged_negatives", lambda **_: (*NEGATIVES, *sorted(ANSWERED)))
        return Retriever.over(both, None, glossary=Glossary.packaged())


class Telling(WordEncoder):
    """Tells how many passages it encoded for an index, apart from questions."""

    indexed = 0

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> F32:
        self.indexed += len(texts) if progress is not None else 0
        return super().passages(texts, progress)


def named(reply: Reply) -> set[str | None]:
    """All topics that a reply shows, or leads to."""
    return {reply.topic, *(each.topic for each in reply.candidates), *reply.also, *(p.topic for p in reply.below)}


def test_a_negative_that_a_foreign_topic_answers_is_dropped_and_no_other(both: Bank) -> None:
    every = packaged_negatives(loaded=frozenset(both.topics))
    dropped = set(every) - set(unanswered(every, both))
    assert dropped >= ANSWERED
    assert len(dropped) < 20
    assert not dropped & {"stack vs queue", "二叉树层序遍历", "hash browns", "join two strings", "sql window functions"}
    packaged = Bank(topics={slug: topic.model_copy(update={"origin": None}) for slug, topic in both.topics.items()})
    assert unanswered(every, packaged) == every, "those of the packaged bank were written beside its topics"


def test_questions_on_a_foreign_bank_are_answered_by_its_units(found: Retriever) -> None:
    replies = dict(zip(ASKED, found.ask_many(list(ASKED)), strict=True))
    assert {question: (reply.topic, reply.unit) for question, reply in replies.items()} == ASKED
    assert [reply.topic for reply in found.ask_many(["hash collision", "哈希冲突怎么解决"])] == ["hash-tables"] * 2
    assert [reply.topic for reply in found.ask_many(["what is mode collapse", "过拟合咋办"])] == ["gan", "overfitting"]


def test_a_bank_that_was_not_chosen_is_nowhere_in_any_reply(found: Retriever, both: Bank) -> None:
    asks = [ask for slug in SLUGS for lang in ("zh", "en") for ask in both[slug].meta.asks[lang]]
    asks += [
        *ASKED, *(both[slug].title.en for slug in SLUGS), "what is a hash table", "hash table vs overfitting",
        "overfitting and hash tables, what is the difference", "chaining", "拉链法", "relu 和 left join 的区别",
    ]  # fmt: skip
    assert sum(bool(named(reply) & SLUGS) for reply in found.ask_many(asks)) == len(asks), "else nothing was hidden"
    others = frozenset(both.topics) - SLUGS
    about: list[str | None] = [None, "hash-tables"]
    for topic in about:
        replies = found.ask_many(asks, about=[topic] * len(asks), topics=others)
        assert not [named(reply) & SLUGS for reply in replies if named(reply) & SLUGS]
    own = ["判别器太强生成器学不动", "what is the receptive field", "relu or sigmoid", "gan vs overfitting", *asks]
    assert all(named(reply) <= {None, *SLUGS} for reply in found.ask_many(own, topics=SLUGS))
    assert found.ask("hash collision").topic == "hash-tables", "a choice changes nothing for who made another"


def test_what_was_chosen_is_found_as_if_it_were_alone(found: Retriever) -> None:
    others = frozenset(small_bank().topics)
    asked = ["what is mode collapse", "过拟合咋办", "receptive field", "为什么要非线性"]
    alone = Retriever.over(small_bank(), None, negatives=NEGATIVES, glossary=Glossary.packaged())
    first = [[reply.candidates[0].topic for reply in replies] for replies in (
        found.ask_many(asked, topics=others), alone.ask_many(asked))]  # fmt: skip
    assert first[0] == first[1]
    assert found.within(frozenset(found.slugs)) is found
    assert found.within(SLUGS) is found.within(SLUGS)


def test_no_passage_of_a_bank_that_was_not_chosen_has_a_vote(
    found: Retriever, both: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = []

    def spy(index: PassageIndex, *given: Any) -> Votes:  # noqa: ANN401 - as the real one
        counted.append((index, given[3] if len(given) > 3 else None))
        return votes(index, *given)

    monkeypatch.setattr(searching, "votes", spy)
    found.ask("what is mode collapse")
    found.ask_many(["what is mode collapse"], topics=frozenset(both.topics) - SLUGS)
    (_, without), (index, (hidden,)), _ = counted
    assert without is None
    slugs = [*sorted(both.topics), None]
    assert {place for place, each in enumerate(index.passages) if slugs[each.owner] in SLUGS} == set(hidden.tolist())


def test_a_question_on_a_bank_that_was_not_chosen_is_declined(found: Retriever, both: Bank) -> None:
    """What is left knows its words, and would answer."""
    asked = [ask for ask in both["gan"].meta.asks["en"] if "mode" in ask or "discriminator" in ask]
    replies = found.ask_many([*asked, "过拟合咋办"], topics=SLUGS)
    assert [reply.outcome for reply in replies] == ["decline"] * len(replies)
    assert len(replies) > 2


def test_each_set_of_banks_has_an_index_of_its_own_and_takes_the_vectors_there_are(tmp_path: Path, both: Bank) -> None:
    first, second, third = Telling(), Telling(), Telling()

    def opened(bank: Bank, encoder: Encoder) -> Retriever:
        return Retriever.over(bank, encoder, cache_dir=tmp_path, negatives=NEGATIVES, glossary=Glossary.packaged())

    opened(small_bank(), first)
    (kept,) = tmp_path.iterdir()
    before = kept.read_bytes()
    opened(both, second)
    assert len(list(tmp_path.iterdir())) == 2
    assert kept.read_bytes() == before, "the packaged bank's index gave way to that of another set"
    assert 0 < second.indexed <= len(passages_of(both.only({"basics"}), ())), "all other vectors were there already"
    opened(small_bank(), third)
    assert third.encoded == 0


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_second_bank_costs_the_packaged_one_no_more_than_a_hundredth_of_its_top_1(
    encoder: Encoder, whole: Retriever, tmp_path: Path
) -> None:
    queries = load_queries(QUERIES)
    both = joined(load_bank(), [str(write_second_bank(tmp_path / "basics"))])
    assert set(both.topics) >= SLUGS
    alone, beside = evaluate(whole, queries), evaluate(Retriever.over(both, encoder), queries)
    assert (beside.top1 or 0) >= (alone.top1 or 0) - 0.01
