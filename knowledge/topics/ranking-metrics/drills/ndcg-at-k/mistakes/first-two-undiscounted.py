import numpy as np


def dcg(rel):
    return np.sum((2.0**rel - 1) / np.log2(np.maximum(np.arange(1, len(rel) + 1), 2)))


def ndcg_at_k(relevance, scores, k):
    ranked = relevance[np.argsort(-scores, kind="stable")]
    ideal = dcg(np.sort(relevance)[::-1][:k])
    if ideal == 0:
        return 0.0
    return dcg(ranked[:k]) / ideal
