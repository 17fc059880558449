from dataclasses import replace

import numpy as np
import pytest

from knowledge.bank.errors import IndexCacheError
from knowledge.search.calibration import TAUGHT, Calibration, fit, learn, signals
from knowledge.search.retriever import QueryReader
from knowledge.search.unit_choice import Ranking
from knowledge.search.votes import Votes

TOPICS, EACH = 4, 60


def made(of_topics: np.ndarray) -> tuple[Votes, Ranking]:
    """Votes for topics, where no unit has any."""
    none = np.zeros((len(of_topics), 0))
    ranking = Ranking(of_topics[:, :-1], np.full(len(of_topics), -1), np.zeros((len(of_topics), Ranking.SIGNALS)))
    return Votes(of_topics, none, of_topics.max(axis=1), none), ranking


Made = tuple[Votes, Ranking, np.ndarray, np.ndarray]


def made_up(seed: int, topics: int = TOPICS, signal: float = 1.0) -> Made:
    """Votes that favour the right owner by `signal`; what is known of the words: nothing; the owners."""
    chance = np.random.default_rng(seed)
    owners = np.repeat(np.arange(topics + 1), EACH)
    of_topics = chance.normal(0.1, 0.25, (len(owners), topics + 1))
    of_topics[np.arange(len(owners)), owners] += 0.6 * signal
    return (*made(of_topics), np.zeros((len(owners), 1)), owners)


def test_a_signal_is_learned_and_its_figures_are_those_of_fresh_votes() -> None:
    fitted = fit(*made_up(0))
    _, fresh, _, owners = made_up(10)
    p = fitted.probabilities(fresh)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    inside = owners < TOPICS
    top1 = (p[inside].argmax(axis=1) == owners[inside]).mean()
    assert top1 > 0.8
    assert abs(top1 - fitted.report.top1) < 0.1
    assert (fitted.report.questions, fitted.report.negatives) == (TOPICS * EACH, EACH)


def test_shuffled_labels_give_chance_not_skill() -> None:
    *found, owners = made_up(1)
    shuffled = np.random.default_rng(1).permutation(owners)
    nonsense, honest = fit(*found, shuffled), fit(*found, owners)
    assert nonsense.report.top1 < 2 / TOPICS
    assert honest.report.top1 > 0.85
    confidences = [each.confidence(*found) for each in (nonsense, honest)]
    assert np.ptp(confidences[0]) < 0.5 < 0.8 < np.ptp(confidences[1]), "who knows nothing is never sure"


def test_a_temperature_makes_the_probabilities_of_the_topics_honest() -> None:
    fitted = fit(*made_up(2, signal=0.5))
    _, fresh, _, owners = made_up(12, signal=0.5)
    inside = owners < TOPICS
    p = fitted.probabilities(fresh)[inside]
    assert abs(p.max(axis=1).mean() - (p.argmax(axis=1) == owners[inside]).mean()) < 0.1
    weak, strong = (fit(*made_up(2, signal=signal)).temperature[0] for signal in (0.2, 1.0))
    assert weak < strong


def test_confidence_is_calibrated_on_fresh_questions() -> None:
    fitted = fit(*made_up(2, signal=0.8))
    *fresh, owners = made_up(12, signal=0.8)
    confidence = fitted.confidence(*fresh)
    right = (owners < TOPICS) & (fresh[1].topics.argmax(axis=1) == owners)
    assert abs(confidence.mean() - right.mean()) < 0.12
    assert confidence[right].mean() > confidence[~right].mean() + 0.2


def test_words_that_tell_are_heard() -> None:
    votes, ranking, _, owners = made_up(3, signal=0.0)
    telling = (owners < TOPICS).astype(float)[:, None]
    fitted = fit(votes, ranking, telling, owners)
    known, unknown = (fitted.confidence(votes, ranking, np.full_like(telling, value)).mean() for value in (1, 0))
    assert known > unknown + 0.1


def test_what_the_units_tell_is_heard() -> None:
    votes, ranking, words, owners = made_up(3, signal=0.0)
    telling = np.column_stack([owners < TOPICS, np.zeros((len(owners), Ranking.SIGNALS - 1))]).astype(float)
    fitted = fit(votes, replace(ranking, signals=telling), words, owners)
    ones, noughts = np.zeros_like(telling) + [1, 0, 0], np.zeros_like(telling)
    sure, unsure = (fitted.confidence(votes, replace(ranking, signals=each), words).mean() for each in (ones, noughts))
    assert sure > unsure + 0.1


def test_fitting_twice_gives_the_same_numbers() -> None:
    one, two = (fit(*made_up(3)) for _ in range(2))
    for name, value in one.arrays().items():
        np.testing.assert_array_equal(value, two.arrays()[name])


@pytest.mark.parametrize("topics", [1, 2, 7])
def test_any_number_of_topics_will_do(topics: int) -> None:
    fitted = fit(*made_up(4, topics))
    assert np.isfinite(fitted.report.top1)
    assert fitted.thresholds[0] <= fitted.thresholds[1]


def test_a_bank_without_negatives_or_with_single_questions_still_fits() -> None:
    *alone, owners = (*made(np.eye(3, 4)), np.zeros((3, 1)), np.arange(3))
    fitted = fit(*alone, owners)
    assert np.isfinite(fitted.confidence(*alone)).all()
    assert np.isfinite(fitted.figures).all()


def test_outcomes_follow_the_thresholds() -> None:
    fitted = fit(*made_up(5, signal=0.8))
    clarify, answer = fitted.thresholds
    assert clarify < answer
    assert fitted.outcome(answer) == "answer"
    assert fitted.outcome(float(np.nextafter(answer, 0))) == "clarify"
    assert fitted.outcome(float(np.nextafter(clarify, 0))) == "decline"


def test_what_is_surely_outside_is_not_asked_back_though_some_of_the_bank_s_own_look_like_it() -> None:
    fitted = fit(*made_up(5, signal=0.1))
    assert 0.1 <= fitted.thresholds[0] <= fitted.thresholds[1]
    assert fitted.outcome(0.09) == "decline"


def test_a_bank_with_few_questions_beside_many_negatives_is_as_sure_of_them() -> None:
    votes, ranking, words, owners = made_up(6)
    few = (owners == TOPICS) | (np.arange(len(owners)) % 6 == 0)
    confidence = [
        fit(*each, of).confidence(*each)[of < TOPICS].mean()
        for *each, of in ((votes, ranking, words, owners), (*made(votes.topics[few]), words[few], owners[few]))
    ]
    assert abs(confidence[0] - confidence[1]) < 0.1


def test_questions_without_their_topic_teach_caution_and_make_no_threshold() -> None:
    votes, ranking, words, owners = made_up(8)
    beside = np.repeat(np.arange(len(owners)), 2)
    away = np.zeros(len(beside), np.bool_)
    away[1::2] = owners < TOPICS
    # They look like those inside, but for votes that are half as clear.
    halved = votes.topics[beside] * np.where(away, 0.5, 1.0)[:, None]
    outside = np.where(away, TOPICS, owners[beside])
    wary = fit(*made(halved), words[beside], outside, away)
    bold = fit(*made(halved[~away]), words[beside][~away], outside[~away])
    assert wary.report.questions == bold.report.questions
    assert wary.report.negatives == bold.report.negatives
    near, clear = (each.confidence(*made(halved), words[beside])[away].mean() for each in (wary, bold))
    assert near < clear - 0.1


def test_what_real_questions_taught_holds_until_the_bank_s_own_say_otherwise() -> None:
    votes, ranking, words, owners = made_up(3, signal=0.0)
    silent = (votes, ranking, words, owners)
    lesson = [0.0] * (signals(votes, ranking, words).shape[1] - 2) + [3.0, 0.0]
    deaf, told = fit(*silent), fit(*silent, None, lesson)
    known, unknown = (
        [each.confidence(votes, ranking, np.full_like(words, value)).mean() for each in (deaf, told)]
        for value in (1, 0)
    )
    assert known[0] == pytest.approx(unknown[0], abs=1e-6), "its own questions say nothing of it"
    assert known[1] > unknown[1] + 0.3
    against = (owners == TOPICS).astype(float)[:, None]
    moved = fit(votes, ranking, against, owners, None, lesson)
    assert moved.weights[-2] < lesson[-2] - 0.5, "here what was told of is a sign of the outside"


def test_learning_finds_the_signal_that_tells_inside_from_outside() -> None:
    chance = np.random.default_rng(0)
    good = np.arange(400) < 250
    seen = np.column_stack([good * 0.01 + chance.normal(0, 0.01, 400), chance.normal(0, 5, 400), np.ones(400)])
    weights = learn(seen, good)
    assert weights[0] > 50
    assert abs(weights[1]) < 0.1
    shuffled = learn(seen, chance.permutation(good))
    assert abs(shuffled[0]) < weights[0] / 3


def test_what_was_taught_has_a_weight_for_each_signal_and_tells_against_what_the_bank_lacks() -> None:
    votes, ranking, words, _ = made_up(0)
    assert len(TAUGHT) == signals(votes, ranking, np.repeat(words, QueryReader.SIGNALS, axis=1)).shape[1]
    first, outside, *_, lacking, _ = TAUGHT
    assert outside < 0 < first
    assert lacking < 0


@pytest.mark.parametrize("name", ["temperature", "weights", "thresholds", "figures"])
def test_numbers_of_the_wrong_shape_or_kind_are_damage(name: str) -> None:
    arrays = fit(*made_up(7)).arrays()
    Calibration.restore(arrays, words=1)
    key = f"calibration.{name}"
    for wrong in (arrays[key][:-1], arrays[key] * np.nan, arrays[key].astype(np.float32)):
        with pytest.raises(IndexCacheError, match=name):
            Calibration.restore({**arrays, key: wrong}, words=1)
    with pytest.raises(IndexCacheError, match=name):
        Calibration.restore({other: value for other, value in arrays.items() if other != key}, words=1)
