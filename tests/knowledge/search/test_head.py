from collections.abc import Callable

import numpy as np
import pytest

from knowledge.bank.errors import IndexCacheError
from knowledge.search import head
from knowledge.search.head import Features, Head, deal

TOPICS, EACH = 4, 30


def fit(features: Features, owners: np.ndarray, topics: int, report: Callable[[int, int], None]) -> Head:
    return head.fit(features, owners, deal(owners), topics, report)


def made_up(seed: int, topics: int = TOPICS, signal: float = 1.0) -> tuple[Features, np.ndarray, Features]:
    """Passages, nearer to those of the same owner by `signal`; their owners; as many fresh questions like them."""
    chance = np.random.default_rng(seed)
    owners = np.repeat(np.arange(topics + 1), EACH)
    points = chance.standard_normal((2, len(owners), 24)) * 0.6
    points[:, np.arange(len(owners)), owners] += 2 * signal
    passages, fresh = points / np.linalg.norm(points, axis=2, keepdims=True)
    itself = np.eye(len(owners), dtype=bool)
    return features(passages @ passages.T, owners, itself), owners, features(fresh @ passages.T, owners)


def features(total: np.ndarray, owners: np.ndarray, unseen: np.ndarray | None = None) -> Features:
    others = total if unseen is None else np.where(unseen, -1.0, total)
    pooled = np.stack([others[:, owners == owner].max(axis=1) for owner in np.unique(owners)], axis=1)[:, :, None]
    return Features(total, pooled, np.zeros((len(total), 1)))


def silent(done: int, total: int) -> None:
    pass


def test_a_signal_is_learned_and_its_out_of_fold_figures_are_honest() -> None:
    passages, owners, fresh = made_up(0, signal=0.7)
    fitted = fit(passages, owners, TOPICS, silent)
    p = fitted.probabilities(fresh)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    inside = owners < TOPICS
    top1 = (p[inside, :-1].argmax(axis=1) == owners[inside]).mean()
    assert top1 > 0.8
    assert abs(top1 - fitted.report.top1) < 0.1
    assert (fitted.report.questions, fitted.report.negatives) == (TOPICS * EACH, EACH)


def test_shuffled_labels_give_chance_not_skill() -> None:
    passages, owners, _ = made_up(1)
    shuffled = np.random.default_rng(1).permutation(owners)
    itself = np.eye(len(owners), dtype=bool)
    assert fit(features(passages.total, shuffled, itself), shuffled, TOPICS, silent).report.top1 < 2 / TOPICS
    assert fit(passages, owners, TOPICS, silent).report.top1 > 0.85


def test_confidence_is_calibrated_on_fresh_questions() -> None:
    passages, owners, fresh = made_up(2, signal=0.5)
    fitted = fit(passages, owners, TOPICS, silent)
    p = fitted.probabilities(fresh)
    confidence = fitted.confidence(p)
    right = (owners < TOPICS) & (p[:, :-1].argmax(axis=1) == owners)
    assert abs(confidence.mean() - right.mean()) < 0.12
    assert confidence[right].mean() > confidence[~right].mean() + 0.2


def test_fitting_twice_gives_the_same_numbers() -> None:
    one, two = (fit(*made_up(3)[:2], TOPICS, silent) for _ in range(2))
    for name, value in one.arrays().items():
        np.testing.assert_array_equal(value, two.arrays()[name])


@pytest.mark.parametrize("topics", [1, 2, 7])
def test_any_number_of_topics_will_do(topics: int) -> None:
    fitted = fit(*made_up(4, topics)[:2], topics, silent)
    assert np.isfinite(fitted.report.top1)
    assert fitted.thresholds[0] <= fitted.thresholds[1]


def test_a_bank_without_negatives_or_with_single_questions_still_fits() -> None:
    alone = Features(np.eye(3), np.zeros((3, 4, 1)), np.zeros((3, 1)))
    fitted = fit(alone, np.arange(3), 3, silent)
    assert np.isfinite(fitted.confidence(fitted.probabilities(alone))).all()


def test_outcomes_follow_the_thresholds() -> None:
    fitted = fit(*made_up(5)[:2], TOPICS, silent)
    clarify, answer = fitted.thresholds
    assert fitted.outcome(answer) == "answer"
    assert fitted.outcome(float(np.nextafter(answer, 0))) == "clarify"
    assert fitted.outcome(float(np.nextafter(clarify, 0))) == "decline"


def test_progress_ends_at_its_end() -> None:
    steps: list[tuple[int, int]] = []
    fit(*made_up(6)[:2], TOPICS, lambda done, total: steps.append((done, total)))
    assert [done for done, _ in steps] == list(range(1, steps[0][1] + 1))


@pytest.mark.parametrize("name", ["ridge", "weights", "priors", "platt", "thresholds", "folds"])
def test_numbers_of_the_wrong_shape_or_kind_are_damage(name: str) -> None:
    passages, owners, _ = made_up(7)
    arrays = fit(passages, owners, TOPICS, silent).arrays()
    shape = {"passages": len(owners), "topics": TOPICS, "signals": 1, "extras": 1}
    Head.restore(arrays, **shape)
    key = f"head.{name}"
    for wrong in (arrays[key][:-1], arrays[key] * np.nan, arrays[key].astype(np.float32)):
        with pytest.raises(IndexCacheError, match=name):
            Head.restore({**arrays, key: wrong}, **shape)
    with pytest.raises(IndexCacheError, match=name):
        Head.restore({other: value for other, value in arrays.items() if other != key}, **shape)
