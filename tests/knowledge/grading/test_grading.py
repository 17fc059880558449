from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from knowledge.bank.errors import QueryError
from knowledge.bank.loader import load_bank
from knowledge.bank.models import Bank
from knowledge.grading import fit as grading_fit
from knowledge.grading.claims import ClaimText, clauses, opposed, sentences, spans, stem
from knowledge.grading.evidence import SIGNALS
from knowledge.grading.fit import Bools
from knowledge.grading.grader import Grader, Scorer
from knowledge.grading.grades import PointGrade
from knowledge.search.arrays import F64
from knowledge.search.encoder_choice import open_encoder
from knowledge.search.glossary import Glossary
from knowledge.search.reading import normalise

DATA = Path(__file__).parents[2] / "data"
ANSWERS = DATA / "grading.jsonl"
HELD = DATA / "grading_held.jsonl"


@pytest.fixture(scope="module")
def bank() -> Bank:
    return load_bank()


@pytest.fixture(scope="module")
def grader(bank: Bank) -> Grader:
    return Grader(bank, open_encoder())


def covered(grades: tuple[PointGrade, ...]) -> list[int]:
    return [grade.index for grade in grades if grade.covered]


def claim(text: str) -> ClaimText:
    return ClaimText.read(normalise(text), Glossary.packaged())


@pytest.mark.parametrize(
    ("topic", "answer", "points"),
    [
        ("gan", "The generator turns noise into samples and the discriminator says how likely a sample is real.", [0]),
        ("gan", "模式坍塌就是生成器只会产出少数几种样本，可以用 WGAN-GP 缓解。", [5]),
        ("lstm", "一开始遗忘门的偏置要初始化成正数，一般是 1，这样刚开始会记住。", [5]),
        ("optimizers", "I had pasta for lunch and then took the train home.", []),
        ("cnn", "It is very popular and works well.", []),
    ],
)
def test_an_answer_covers_the_points_it_makes_and_no_others(
    bank: Bank, grader: Grader, topic: str, answer: str, points: list[int]
) -> None:
    assert covered(grader.grade(bank[topic], answer)) == points


def test_a_point_as_it_stands_in_the_bank_is_covered_in_either_language(bank: Bank, grader: Grader) -> None:
    for lang in ("zh", "en"):
        missed = [
            (slug, index)
            for slug in ("gan", "rnn", "batch-normalization")
            for index, point in enumerate(bank[slug].meta.key_points)
            if not grader.grade(bank[slug], point[lang])[index].covered
        ]
        assert missed == []


def test_the_opposite_of_a_point_scores_below_the_point_itself(bank: Bank, grader: Grader) -> None:
    says = grader.grade(bank["cross-validation"], "Cross-validation does not make a model overfit less.")[4]
    denies = grader.grade(bank["cross-validation"], "Cross-validation makes a model overfit less.")[4]
    assert denies.score < says.score


def test_a_grade_names_the_words_that_matched(bank: Bank, grader: Grader) -> None:
    english = grader.grade(bank["gan"], "Well. Mode collapse: it covers only a few modes.")[5]
    assert {"mode", "collapse"} <= set(english.words)
    assert "mode collapse" in english.span
    chinese = grader.grade(bank["gan"], "这个嘛。我觉得是模式坍塌，多样性不够。")[5]
    assert "模式坍塌" in chinese.words
    assert all(word in chinese.span for word in chinese.words)


def test_grades_do_not_depend_on_case_and_width(bank: Bank, grader: Grader) -> None:
    plain = grader.grade(bank["gan"], "Mode collapse, eased by WGAN-GP")
    assert grader.grade(bank["gan"], "MODE COLLAPSE, eased by ＷＧＡＮ-ＧＰ") == plain


@pytest.mark.parametrize(("answer", "reason"), [("  ", "empty"), ("?!", "symbols"), ("a" * 4001, "too_long")])
def test_an_answer_that_cannot_be_graded_says_why(bank: Bank, grader: Grader, answer: str, reason: str) -> None:
    with pytest.raises(QueryError) as caught:
        grader.grade(bank["gan"], answer)
    assert caught.value.reason == reason


def test_the_labelled_answers_cover_every_topic_both_languages_and_split_by_topic(bank: Bank) -> None:
    answers = grading_fit.load(ANSWERS, bank)
    halves: dict[str, set[str]] = {}
    for answer in answers:
        halves.setdefault(answer.topic, set()).add(answer.half)
    assert all(len(found) == 1 for found in halves.values())
    assert {answer.lang for answer in answers} == {"zh", "en", "mix"}
    assert len({answer.id for answer in answers}) == len(answers)
    pairs = Counter(a.half for a in answers for _ in bank[a.topic].meta.key_points)
    assert min(pairs.values()) >= 200


def test_the_answers_kept_apart_are_valid_and_none_is_among_those_fitted_on(bank: Bank) -> None:
    held, fitted_on = grading_fit.load(HELD, bank), grading_fit.load(ANSWERS, bank)
    assert {answer.half for answer in held} == {"held"}
    assert len({answer.id for answer in held + fitted_on}) == len(held) + len(fitted_on)
    assert not {answer.answer for answer in held} & {answer.answer for answer in fitted_on}


def test_the_answers_kept_apart_cover_their_topics_whole_in_both_languages(bank: Bank) -> None:
    held = grading_fit.load(HELD, bank)
    named = {answer.topic for answer in grading_fit.load(ANSWERS, bank) if answer.half == "held"}
    assert {answer.topic for answer in held} >= named | {"resnet", "transfer-learning"}
    points = {(answer.topic, index) for answer in held for index in range(len(bank[answer.topic].meta.key_points))}
    assert {(answer.topic, index) for answer in held for index in answer.covered} == points
    pairs = Counter(answer.lang for answer in held for _ in bank[answer.topic].meta.key_points)
    assert min(pairs["zh"], pairs["en"]) >= 200
    for topic in {answer.topic for answer in held}:
        assert {"zh", "en"} <= {answer.lang for answer in held if answer.topic == topic}


def some(bank: Bank, grader: Grader, *topics: str) -> grading_fit.Pairs:
    answers = [a.model_copy(update={"half": "dev"}) for a in grading_fit.load(ANSWERS, bank) if a.topic in topics]
    return grading_fit.pairs(grader, bank, answers, lambda done, total: None)["dev"]


def test_grading_holds_on_topics_it_was_not_fitted_on(bank: Bank, grader: Grader) -> None:
    scorer = grading_fit.fit(some(bank, grader, "cnn", "gan", "lstm", "overfitting", "backpropagation"))
    unseen = some(bank, grader, "rnn", "vae", "optimizers")
    assert grading_fit.figures(scorer, unseen)["f1"] >= 0.75
    backwards = replace(scorer, constant=0.0, leaf=-scorer.leaf)
    assert grading_fit.figures(backwards, unseen)["f1"] < 0.3


def test_topics_without_wordings_are_graded_by_their_key_points_alone(bank: Bank) -> None:
    bare = Bank(
        topics={slug: bank[slug].model_copy(update={"wordings": (), "pairs": None}) for slug in ("gan", "lstm")}
    )
    grader = Grader(bare, open_encoder())
    assert covered(grader.grade(bare["gan"], "Mode collapse: G covers only a few modes; WGAN-GP eases it.")) == [5]
    assert covered(grader.grade(bare["gan"], "I had pasta for lunch.")) == []
    signals = grader.evidence(bare["lstm"], "It gates.").signals
    assert {SIGNALS[i] for i in np.flatnonzero(np.isnan(signals).all(axis=0))} >= {"said", "side"}


def test_a_claim_that_sounds_right_and_is_wrong_scores_below_the_right_one(bank: Bank, grader: Grader) -> None:
    right, wrong = (
        grader.grade(bank["pooling-layer"], answer)[0]
        for answer in ("池化层没有可学习的参数，通道数不变。", "池化层有参数要学，还会改变通道数。")
    )
    assert right.covered
    assert wrong.score < right.score


@pytest.mark.parametrize(
    ("right", "swapped"),
    [
        ("学习率太大会发散，太小收敛慢", "学习率太大收敛慢，太小会发散"),
        ("too large a rate diverges, too small is slow", "too small a rate diverges, too large is slow"),
    ],
)
def test_the_same_words_said_of_each_other_are_no_point(bank: Bank, grader: Grader, right: str, swapped: str) -> None:
    says, turns_round = (grader.grade(bank["learning-rate"], answer)[1] for answer in (right, swapped))
    assert says.score > 2 * turns_round.score
    assert not turns_round.covered


def told(signals: F64, covered: Bools, topics: NDArray[np.str_], about: Bools | None = None) -> grading_fit.Pairs:
    kinds = np.where(covered, grading_fit.TERSE, grading_fit.TURNED) if about is not None else topics
    nowhere = np.zeros(len(covered), np.bool_)
    return grading_fit.Pairs(signals, covered, topics, topics, kinds, nowhere if about is None else about)


def test_a_topic_is_judged_by_a_fit_that_never_saw_it() -> None:
    rng = np.random.default_rng(7)
    topics = np.repeat([f"topic-{n}" for n in range(8)], 60)
    signals = rng.normal(size=(480, len(SIGNALS)))
    assert grading_fit.crossed(told(signals, signals[:, 0] > 0.5, topics))["f1"] > 0.85
    at_random = told(signals, rng.random(480) > 0.7, topics)
    assert grading_fit.crossed(at_random)["f1"] < 0.55  # chance: saying yes to all of them has .46


def test_the_fit_finds_the_signal_that_tells_and_gives_probabilities() -> None:
    rng = np.random.default_rng(5)
    signals = rng.normal(size=(400, len(SIGNALS)))
    labels = signals[:, 3] + 0.3 * rng.normal(size=400) > 0.8
    found = told(signals, labels, np.array(["a", "b", "c", "d"] * 100))
    scorer = grading_fit.fit(found)
    assert np.bincount(scorer.signal[:, 0]).argmax() == 3
    assert grading_fit.figures(scorer, found)["f1"] > 0.8
    assert abs(float(scorer.scores(signals).mean()) - float(labels.mean())) < 0.05


def test_trees_score_as_the_library_that_grew_them_does() -> None:
    rng = np.random.default_rng(3)
    signals = rng.normal(size=(300, len(SIGNALS)))
    labels = signals[:, 2] * signals[:, 5] > 0.4
    by_hand = grading_fit.boosted(signals, labels)
    library, rows, _, _ = grading_fit.grown(signals, labels)
    ours, theirs = by_hand.scores(signals), library.predict_proba(rows[: len(signals)])[:, 1]
    assert np.abs(ours - theirs).max() < 1e-6
    assert ours.std() > 0.2


def test_a_row_without_a_signal_goes_the_way_of_the_least() -> None:
    signal, leaf = np.array([[4]]), np.array([[-1.0, 1.0]])
    stump = Scorer(0.0, signal, np.array([[0.0]]), leaf, 0.5)
    rows = np.zeros((3, len(SIGNALS)))
    rows[:, 4] = (np.nan, -0.5, 0.5)
    missing, below, above = stump.scores(rows).tolist()
    assert missing == below < 0.5 < above


def test_where_there_are_reversals_the_threshold_leaves_them_out() -> None:
    """Half of what counts for sure is turned round, and lies between .5 and .6: F1 alone would let it in."""
    scores = np.concatenate([np.linspace(0.55, 0.95, 60), np.linspace(0.45, 0.6, 20), np.full(100, 0.1)])
    covered = np.arange(180) < 60
    topics, about = np.full(180, "a"), np.arange(180) < 80
    signals = np.zeros((180, len(SIGNALS)))
    apart = grading_fit.threshold(scores, told(signals, covered, topics, about))
    alike = grading_fit.threshold(scores, told(signals, covered, topics))
    assert alike < apart
    assert (scores[60:80] >= apart).mean() < (scores[60:80] >= alike).mean()


def test_trees_survive_being_written() -> None:
    packaged = Scorer.packaged()
    data = json.loads(packaged.as_json())
    assert data["signals"] == list(SIGNALS)
    assert packaged.signal.shape == packaged.cut.shape == (len(packaged.leaf), packaged.leaf.shape[1] - 1)
    assert packaged.signal.max() < len(SIGNALS)
    assert np.allclose(data["leaf"], packaged.leaf)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{}", "id"),
        ('{"id":"a","half":"dev","topic":"no","lang":"en","kind":"x","answer":"a","covered":[]}', "no topic 'no'"),
        ('{"id":"a","half":"dev","topic":"gan","lang":"en","kind":"x","answer":"a","covered":[99]}', "not 99"),
    ],
)
def test_a_bad_line_of_labels_is_named(bank: Bank, tmp_path: Path, line: str, problem: str) -> None:
    file = tmp_path / "answers.jsonl"
    file.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(grading_fit.LabelsError, match="line 1.*" + problem):
        grading_fit.load(file, bank)


def test_endings_and_both_spellings_have_one_stem() -> None:
    assert stem("normalised") == stem("normalizes") == stem("normalization") == stem("normalise")
    assert stem("gradients") == stem("gradient")
    assert stem("sample") != stem("simple")


def test_symbols_and_abbreviations_are_read_aloud() -> None:
    assert claim("η 太大").stems >= claim("learning rate").stems
    assert "not" in claim("it doesn't").words


def test_words_of_one_clause_belong_together_and_words_of_two_do_not() -> None:
    bonds = claim("too large diverges, and too small is slow").bonds
    assert ("diverg", "larg") in bonds
    assert ("slow", "small") in bonds
    assert not {("larg", "slow"), ("diverg", "small")} & bonds


def test_a_negation_reaches_what_follows_and_no_further() -> None:
    assert claim("it does not learn weights, it pools").denied == {stem("learn"), stem("weights")}


def test_opposites_count_only_where_the_texts_disagree() -> None:
    assert opposed(claim("a larger step"), claim("a smaller step")) == 1
    assert opposed(claim("larger or smaller"), claim("a smaller step")) == 0


def test_a_text_falls_into_sentences_and_clauses() -> None:
    assert sentences("one. two! 三。四") == ["one.", "two!", "三。", "四"]
    assert clauses("it shrinks the map, because it strides") == ["it shrinks the map", "because it strides"]


@given(st.text(max_size=300))
def test_spans_are_never_empty_and_never_twice(text: str) -> None:
    found = spans(text)
    assert found
    assert len(set(found)) == len(found)
