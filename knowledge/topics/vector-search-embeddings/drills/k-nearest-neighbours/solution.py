import numpy as np


def knn_predict(
    train: np.ndarray, labels: np.ndarray, queries: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    distances = np.linalg.norm(queries[:, None, :] - train, axis=2)  # (m, 1, d) - (n, d) -> (m, n, d) -> (m, n)
    neighbours = distances.argsort(kind="stable")[:, :k]  # stable: of equal distances the earlier comes first
    # argmax returns the first maximum: the smaller class wins a tie.
    predicted = np.array([np.bincount(votes).argmax() for votes in labels[neighbours]])
    return predicted, neighbours
