import numpy as np


def beam_search(table: np.ndarray, start: int, end: int, beams: int, steps: int) -> list[tuple[list[int], float]]:
    """Search for the most probable sequences with a beam.

    Args:
        table: log-probability of the next token (column) after the last one (row), (V, V); -inf is impossible.
        start: the first token of all sequences.
        end: a sequence that ends with it is finished.
        beams: how many sequences stay after each step.
        steps: how often sequences are extended, at most.

    Returns:
        [(tokens, score), ...], best first; of equal scores the smaller list of tokens first.
    """
    raise NotImplementedError
