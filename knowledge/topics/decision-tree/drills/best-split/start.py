import numpy as np


def best_split(x: np.ndarray, y: np.ndarray) -> tuple[int, float, float] | None:
    """Find the split of a node with the least weighted Gini impurity.

    Args:
        x: (n, d), one row a sample.
        y: (n,) integers of 0 and more, the classes.

    Returns:
        feature: the column to split, the lowest in a tie.
        threshold: a midpoint of neighbouring distinct values, the smallest in a tie; x <= threshold goes left.
        impurity: mean Gini impurity of the two sides, weighted by their sizes.
        Or None where every column has a single value.
    """
    raise NotImplementedError
