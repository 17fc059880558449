"""A small drill, written as a folder and read by the loader: the stable softmax, whose judge has one check a kind."""

from __future__ import annotations

from pathlib import Path

from knowledge.bank.drills import Drill
from knowledge.bank.loader import load_bank
from tests.knowledge.tiny import accept_by_hand, write_topic

META = """\
title = { zh = "数值稳定的 softmax", en = "A stable softmax" }
statement = { zh = "写出 `softmax(logits)`，在最后一维上归一化。", en = "Write `softmax(logits)` over the last axis." }
level = "basic"
minutes = 8
function = "softmax"
aliases = ["手撕 softmax", "softmax from scratch"]
hints = [
  { zh = "指数会溢出。", en = "Exponentials overflow." },
  { zh = "先减去最大值。", en = "Subtract the maximum first." },
]
forbidden = [
  "scipy.special.softmax", "scipy.special.logsumexp", "numpy.logaddexp", "torch.softmax", "torch.Tensor.softmax",
]

[checks]
shape = { zh = "形状不变", en = "The shape stays" }
values = { zh = "数值正确", en = "The values are right" }
large = { zh = "大 logits 不溢出", en = "Large logits do not overflow" }

[mistakes]
wrong-axis = { zh = "你是在第 0 维上归一化的。", en = "You normalise over axis 0." }
overflows = { zh = "你没有减去最大值，指数溢出了。", en = "You did not subtract the maximum, and exp overflows." }
"""

START = '''\
import numpy as np


def softmax(logits):
    """Return the softmax over the last axis.

    logits: (n, k) -> (n, k)
    """
    raise NotImplementedError
'''

SOLUTION = """\
import numpy as np


def softmax(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    exps = np.exp(shifted)
    return exps / exps.sum(axis=-1, keepdims=True)
"""

START_TORCH = START.replace("numpy as np", "torch")
SOLUTION_TORCH = """\
import torch


def softmax(logits):
    shifted = logits - logits.max(dim=-1, keepdim=True).values
    exps = shifted.exp()
    return exps / exps.sum(dim=-1, keepdim=True)
"""

JUDGE = '''\
"""Judge of a stable softmax."""

import math

import numpy as np

TOLERANCE = {"large": 1e-4}


def reference(logits):
    """One number at a time."""
    out = np.empty(logits.shape)
    for row, line in enumerate(logits):
        top = max(line)
        parts = [math.exp(each - top) for each in line]
        out[row] = [part / sum(parts) for part in parts]
    return out


def probes(rng):
    """Small ones first."""
    return {
        "shape": [(rng.normal(size=(1, 3)),), (rng.normal(size=(2, 5)),)],
        "values": [(rng.normal(size=shape),) for shape in ((1, 2), (2, 3), (3, 4), (5, 7))],
        "large": [(rng.normal(size=(2, 3)) * 1000,), (np.array([[1000.0, 0.0, -1000.0]]),)],
    }


def holds_shape(arguments, given):
    """The shape stays."""
    return np.shape(given) == arguments[0].shape
'''

MISTAKES = {
    "wrong-axis": """\
import numpy as np


def softmax(logits):
    exps = np.exp(logits - logits.max(axis=0, keepdims=True))
    return exps / exps.sum(axis=0, keepdims=True)
""",
    "overflows": """\
import numpy as np


def softmax(logits):
    exps = np.exp(logits)
    return exps / exps.sum(axis=-1, keepdims=True)
""",
}


def write_drill(bank: Path, *, slug: str = "mean", name: str = "softmax", **changed: str) -> Path:
    """Write a topic with this one drill into the folder of a bank; return the drill's folder.

    Args:
        bank: made where it is not there.
        slug: of the topic.
        name: of the drill.
        changed: other texts for `meta`, `start`, `solution` or `judge`.
    """
    folder = write_topic(bank, slug) / "drills" / name
    (folder / "mistakes").mkdir(parents=True)
    texts = {
        "drill.toml": changed.get("meta", META),
        "start.py": changed.get("start", START),
        "solution.py": changed.get("solution", SOLUTION),
        "start_torch.py": START_TORCH,
        "solution_torch.py": SOLUTION_TORCH,
        "judge.py": changed.get("judge", JUDGE),
        **{f"mistakes/{each}.py": text for each, text in MISTAKES.items()},
    }
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8")
    return folder


def softmax_drill(bank: Path, **changed: str) -> Drill:
    """Return the drill as the loader reads it from a folder that is written for it."""
    accept_by_hand(write_drill(bank, **changed).parent.parent)
    loaded = load_bank(bank)
    assert not loaded.problems, loaded.problems
    return loaded["mean"].drills[0]
