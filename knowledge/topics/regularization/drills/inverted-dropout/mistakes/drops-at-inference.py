import numpy as np


def dropout(x, uniforms, rate, training, dout):
    mask = np.where(uniforms >= rate, 1 / (1 - rate), 0.0)
    return x * mask, dout * mask
