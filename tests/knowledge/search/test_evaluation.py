import itertools
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.search.evaluation import (
    LabelledQuery,
    QueryFileError,
    auroc,
    calibrate,
    evaluate,
    load_queries,
    score,
    write_predictions,
)
from knowledge.search.retriever import Candidate, Reply, Retriever
from tests.knowledge.banks import small_bank

SLUGS = ("a", "b", "c", "d")


def query(number: int, *topics: str, lang: str = "en") -> LabelledQuery:
    return LabelledQuery(id=f"q{number}", lang=lang, query="?", topics=list(topics))


def reply(ranking: str, confidence: float, outcome: str = "answer") -> Reply:
    answered = outcome == "answer"
    candidates = tuple(Candidate(slug, 1 / rank) for rank, slug in enumerate(ranking, 1))
    return Reply(
        outcome,  # type: ignore[arg-type]
        ranking[0] if answered else None,
        "answer" if answered else None,
        confidence,
        "en",
        candidates,
    )


def test_every_figure_by_hand() -> None:
    queries = [query(1, "a"), query(2, "b", lang="zh"), query(3, "c", "d"), query(4, "d"), query(5), query(6)]
    replies = [
        reply("abc", 0.9),
        reply("abc", 0.8),
        reply("abc", 0.3, "clarify"),
        reply("abc", 0.2, "decline"),
        reply("abc", 0.6),
        reply("abc", 0.1, "decline"),
    ]
    scores = score(queries, replies, SLUGS)
    assert (scores.queries, scores.inside) == (6, 4)
    assert (scores.top1, scores.top3) == (0.25, 0.75)
    assert scores.mrr == pytest.approx((1 + 1 / 2 + 1 / 3 + 0) / 4, abs=1e-4)
    assert scores.auroc == 6 / 8
    assert (scores.far, scores.frr, scores.answered, scores.precision) == (0.5, 0.25, 0.5, 0.5)
    assert scores.by_lang["zh"] == {"queries": 1, "top1": 0.0, "top3": 1.0, "mrr": 0.5}


def test_the_unit_is_right_where_one_of_those_named_is_shown() -> None:
    named = [query(n, "a").model_copy(update={"units": ["a#one", "b#two"]}) for n in (1, 2, 3, 4)]
    right = replace(reply("abc", 0.9), unit="one")
    replies = [
        right,
        replace(right, topic="b", unit="two"),
        replace(right, unit="two"),  # of another topic
        replace(right, outcome="clarify"),
        reply("abc", 0.9),
    ]
    assert score([*named, query(5, "a")], replies, SLUGS).unit == 0.5
    assert score([query(5, "a")], replies[:1], SLUGS).unit is None


def test_a_line_may_name_one_topic_or_unit_instead_of_several(tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    lines = [
        {"id": "1", "lang": "zh", "query": "?", "topic": "a", "unit": "a#one"},
        {"id": "2", "lang": "zh", "query": "?", "topic": None},
        {"id": "3", "lang": "zh", "query": "?", "topics": ["a", "b"], "units": ["a#one", "b#two"]},
    ]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    read = [(each.topics, each.units) for each in load_queries(path)]
    assert read == [(["a"], ["a#one"]), ([], []), (["a", "b"], ["a#one", "b#two"])]
    path.write_text('{"id": "1", "lang": "zh", "query": "?", "topics": [], "units": "a#one"}', encoding="utf-8")
    with pytest.raises(QueryFileError, match="units"):
        load_queries(path)


def test_a_question_on_a_topic_that_the_bank_lacks_is_outside() -> None:
    scores = score([query(1, "a"), query(2, "unwritten")], [reply("ab", 0.9), reply("ab", 0.4)], SLUGS)
    assert (scores.inside, scores.top1, scores.far) == (1, 1.0, 1.0)


def test_clarify_is_neither_a_false_accept_nor_a_false_reject() -> None:
    scores = score([query(1, "a"), query(2)], [reply("ab", 0.5, "clarify"), reply("ab", 0.5, "clarify")], SLUGS)
    assert (scores.far, scores.frr, scores.auroc) == (0.0, 0.0, 0.5)


def test_figures_that_no_question_could_tell_are_none_and_json_takes_them() -> None:
    scores = score([query(1)], [reply("ab", 0.5)], SLUGS)
    assert (scores.top1, scores.auroc, scores.frr) == (None, None, None)
    assert json.loads(json.dumps(scores.as_dict()))["top1"] is None


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30), st.lists(st.integers(0, 5), min_size=1, max_size=30))
def test_auroc_counts_pairs_and_is_turned_around_by_turning_sides(inside: list[int], outside: list[int]) -> None:
    pairs = list(itertools.product(inside, outside))
    by_hand = sum((a > b) + 0.5 * (a == b) for a, b in pairs) / len(pairs)
    assert auroc(np.array(inside), np.array(outside)) == pytest.approx(by_hand)
    assert auroc(np.array(outside), np.array(inside)) == pytest.approx(1 - by_hand)


@given(st.permutations(range(6)))
def test_scores_do_not_depend_on_the_order_of_the_file(order: list[int]) -> None:
    queries = [query(i, *(("a",) if i < 4 else ())) for i in range(6)]
    replies = [reply("ab" if i % 2 else "ba", i / 7) for i in range(6)]
    turned = score([queries[i] for i in order], [replies[i] for i in order], SLUGS)
    assert turned.as_dict() == score(queries, replies, SLUGS).as_dict()


def asks_of_the_bank() -> list[LabelledQuery]:
    found = [
        LabelledQuery(id=f"{slug}-{lang}-{i}", lang=lang, query=text, topics=[slug])
        for slug, topic in small_bank().topics.items()
        for lang in ("zh", "en")
        for i, text in enumerate(topic.meta.asks[lang])  # type: ignore[index]
    ]
    return [*found, LabelledQuery(id="smile", lang="en", query="🙂🙂", topics=[])]


def test_what_the_bank_was_told_scores_high_and_wrong_labels_score_at_chance(lexical: Retriever) -> None:
    queries = asks_of_the_bank()
    scores = evaluate(lexical, queries)
    assert scores.top1 is not None
    assert scores.top1 > 0.95
    slugs = lexical.slugs
    following = dict(zip(slugs, (*slugs[1:], slugs[0]), strict=True))
    wrong = [q.model_copy(update={"topics": [following[slug] for slug in q.topics]}) for q in queries]
    assert (score(wrong, scores.replies, slugs).top1 or 0) < 0.05
    chance = np.random.default_rng(0).permutation(len(queries) - 1)
    shuffled = [q.model_copy(update={"topics": queries[j].topics}) for q, j in zip(queries, chance, strict=False)]
    assert abs((score(shuffled, scores.replies[:-1], slugs).top1 or 0) - 0.25) < 0.15


def test_symbols_are_declined_with_no_confidence(lexical: Retriever) -> None:
    answer = evaluate(lexical, [LabelledQuery(id="smile", lang="en", query="🙂🙂", topics=[])]).replies[0]
    assert (answer.outcome, answer.confidence, len(answer.candidates)) == ("decline", 0.0, 3)


def test_latency_is_the_median_of_the_clock_that_was_given(lexical: Retriever) -> None:
    ticks = iter([0.0, 0.010, 1.0, 1.020, 2.0, 2.500])
    queries = [LabelledQuery(id=str(i), lang="en", query="what is a gan", topics=[]) for i in range(3)]
    assert evaluate(lexical, queries, clock=lambda: next(ticks)).latency_ms == 20.0


def test_calibrate_gives_the_figures_behind_the_thresholds() -> None:
    report = calibrate(small_bank(), cache_dir=None, model="none", encoder=False)
    assert report.questions > 60
    assert report.negatives >= 300
    assert 0 < report.clarify_threshold <= report.answer_threshold < 1
    assert report.top1 > 0.5


GOOD = '{"id": "1", "lang": "zh", "query": "过拟合", "topics": ["overfitting"], "style": "s"}'


def test_a_file_is_read_with_blank_lines_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "queries.jsonl"
    path.write_text(f"\ufeff{GOOD}\n\n", encoding="utf-8")
    assert load_queries(path)[0].query == "过拟合"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no questions"),
        ("\n \n", "no questions"),
        (f"{GOOD}\nnot json", r":2: .*wanted"),
        (f"{GOOD}\n[1, 2]", r":2: "),
        (f"{GOOD}\n{GOOD}", r":2: id '1' is line 1's"),
        ('{"id": "1", "lang": "zh", "query": "x"}', r":1: topics: "),
        ('{"id": 1, "lang": "zh", "query": "x", "topics": []}', r":1: id: "),
        ('{"id": "1", "lang": "zh", "query": "x", "topics": "gan"}', r":1: topics: "),
        ('{"id": "1", "lang": "zh", "query": null, "topics": []}', r":1: query: "),
    ],
)
def test_a_bad_line_is_named_with_what_was_wanted(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "queries.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(QueryFileError, match=says) as caught:
        load_queries(path)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_text_or_not_there_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "latin.jsonl").write_bytes(b"\xff\xfe\x00")
    for name, says in (("latin.jsonl", "UTF-8"), ("none.jsonl", "No such file"), ("", "cannot be read")):
        with pytest.raises(QueryFileError, match=says):
            load_queries(tmp_path / name)


def test_predictions_are_a_compact_line_a_query_its_id_first(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    answers = [{"outcome": "answer", "topic": "甲"}, {"outcome": "decline", "topic": None}]
    write_predictions(path, [query(1, "a"), query(2)], answers)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [list(json.loads(line)) for line in lines] == [["id", "outcome", "topic"]] * 2
    assert json.loads(lines[0])["topic"] == "甲"
    assert "甲" in lines[0]
    assert ": " not in lines[0]
    with pytest.raises(QueryFileError, match="cannot be written"):
        write_predictions(tmp_path, [query(1)], answers[:1])
