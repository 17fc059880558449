import numpy as np


def ndcg_at_k(relevance: np.ndarray, scores: np.ndarray, k: int) -> float:
    """Compute the normalised discounted cumulative gain of one query.

    Args:
        relevance: (n,) integers of 0 and more, how relevant each document is.
        scores: (n,), by which the model ranks, highest first; equal scores keep their order.
        k: how many places count, 1 or more; more than n means all.

    Returns:
        DCG@k over the DCG@k of the ideal ranking; 0 where nothing is relevant.
    """
    raise NotImplementedError
