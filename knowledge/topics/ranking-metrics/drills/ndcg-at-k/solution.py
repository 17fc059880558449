import numpy as np


def dcg(relevance: np.ndarray) -> float:
    discounts = np.log2(np.arange(len(relevance)) + 2)  # rank 1 is divided by log2(2)
    return ((2.0**relevance - 1) / discounts).sum()


def ndcg_at_k(relevance: np.ndarray, scores: np.ndarray, k: int) -> float:
    ideal = dcg(np.sort(relevance)[::-1][:k])
    if ideal == 0:
        return 0.0
    ranked = relevance[np.argsort(-scores, kind="stable")]
    return dcg(ranked[:k]) / ideal
