import numpy as np


def nms(boxes: np.ndarray, scores: np.ndarray, threshold: float) -> tuple[list[int], np.ndarray]:
    """IoU of all pairs, and non-maximum suppression.

    Args:
        boxes: x1, y1, x2, y2 with x1 <= x2 and y1 <= y2, (n, 4).
        scores: (n,).
        threshold: a box is removed if its IoU with a kept box of higher rank is greater.

    Returns:
        (keep, iou): indices kept, by descending score (equal scores: lower index first), and (n, n).
    """
    raise NotImplementedError
