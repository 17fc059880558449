import numpy as np


def beam_search(table: np.ndarray, start: int, end: int, beams: int, steps: int) -> list[tuple[list[int], float]]:
    beam = [([start], 0.0)]
    for _ in range(steps):
        candidates = []
        for tokens, score in beam:
            if tokens[-1] == end:
                candidates.append((tokens, score))
                continue
            for token, step in enumerate(table[tokens[-1]]):
                if step > -np.inf:
                    candidates.append((tokens + [token], score + step))
        candidates.sort(key=lambda each: (each[1], each[0]), reverse=True)
        beam = candidates[:beams]
    return beam
