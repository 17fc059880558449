"""Output sizes of 'valid' and 'same' as TensorFlow gives them, by formula, and where 'same' puts its zeros."""
import os
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf

ODD_ZERO = "end"  # the side that gets one zero more when their number is odd: one of start, end
CASES = ((28, 3, 1, 1), (28, 5, 1, 1), (28, 3, 2, 1), (7, 3, 2, 1),
         (224, 7, 2, 1), (28, 3, 1, 2), (28, 3, 1, 4), (6, 1, 2, 1))  # side n, kernel k, stride s, dilation d
SEED = 0  # random seed, 0..9999

def valid_size(n, k, s, d):
    return (n - d * (k - 1) - 1) // s + 1

def same_size(n, s):
    return -(-n // s)  # ⌈n/s⌉

def same_zeros(n, k, s, d):
    """Zeros before and after, so that valid_size gives ⌈n/s⌉."""
    total = max((same_size(n, s) - 1) * s + d * (k - 1) + 1 - n, 0)
    less, more = total // 2, total - total // 2
    return (less, more) if ODD_ZERO == "end" else (more, less)

rng = np.random.default_rng(SEED)
print("                valid         same")
print("  n k s d  TF formula   TF formula  zeros")
wrong, uneven, worst = 0, 0, 0.0
for n, k, s, d in CASES:
    x, w = rng.normal(size=(1, n, n, 1)), rng.normal(size=(k, k, 1, 1))
    valid = tf.nn.conv2d(x, w, s, "VALID", dilations=d)
    same = tf.nn.conv2d(x, w, s, "SAME", dilations=d)
    zeros = same_zeros(n, k, s, d)
    by_hand = tf.nn.conv2d(np.pad(x, ((0, 0), zeros, zeros, (0, 0))), w, s, "VALID", dilations=d)
    worst = max(worst, np.abs(by_hand - same).max())
    uneven += zeros[0] != zeros[1]
    sizes = valid.shape[1], valid_size(n, k, s, d), same.shape[1], same_size(n, s)
    wrong += sizes[0] != sizes[1] or sizes[2] != sizes[3]
    print(f"{n:3} {k} {s} {d} {sizes[0]:3} {sizes[1]:7} {sizes[2]:4} {sizes[3]:7}  {zeros[0]}+{zeros[1]}")
print(f"{uneven} of {len(CASES)} pad one side more than the other")
print(f"padded by hand = 'same': {worst < 1e-9}")
assert wrong == 0, "a formula disagrees with TensorFlow"
assert uneven > 0, "no case with an odd number of zeros"
assert worst < 1e-9, "TensorFlow puts its zeros elsewhere"
