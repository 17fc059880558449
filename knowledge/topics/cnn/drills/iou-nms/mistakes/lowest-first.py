import numpy as np


def nms(boxes: np.ndarray, scores: np.ndarray, threshold: float) -> tuple[list[int], np.ndarray]:
    iou = pairwise_iou(boxes)
    keep = []
    for index in np.argsort(scores, kind="stable"):
        if (iou[index, keep] <= threshold).all():
            keep.append(index)
    return keep, iou


def pairwise_iou(boxes: np.ndarray) -> np.ndarray:
    x1, y1, x2, y2 = boxes.T
    width = np.minimum.outer(x2, x2) - np.maximum.outer(x1, x1)
    height = np.minimum.outer(y2, y2) - np.maximum.outer(y1, y1)
    inter = width.clip(min=0) * height.clip(min=0)
    area = (x2 - x1) * (y2 - y1)
    union = np.add.outer(area, area) - inter
    union[union == 0] = np.inf  # two boxes without area: 0 / inf is 0
    return inter / union
