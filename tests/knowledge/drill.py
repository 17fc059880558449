"""Writes a small drill that breaks no rule, for tests that then break exactly one."""

from __future__ import annotations

from pathlib import Path

NAME = "softmax"

TOML = """\
title = { zh = "数值稳定的 softmax", en = "A stable softmax" }
statement = { zh = "写出最后一维上的 softmax，大的输入不能溢出。", en = "Write softmax over the last axis; large inputs must not overflow." }
level = "basic"
minutes = 8
function = "softmax"
aliases = ["手撕 softmax", "softmax from scratch"]
hints = [
  { zh = "指数很容易溢出，想想先做什么。", en = "An exponential overflows soon: what comes first?" },
  { zh = "减去最大值：`shifted = logits - logits.max(axis=-1, keepdims=True)`。", en = "Take the maximum away: `shifted = logits - logits.max(axis=-1, keepdims=True)`." },
]
forbidden = ["scipy.special.softmax"]

[checks]
shape = { zh = "形状不变", en = "The shape stays" }
values = { zh = "数值正确", en = "The values are right" }
large = { zh = "大的输入不溢出", en = "Large inputs do not overflow" }

[mistakes]
wrong-axis = { zh = "你是在第 0 维上归一化的。", en = "You normalise over axis 0." }
no-shift = { zh = "你没有先减去最大值。", en = "You did not take the maximum away first." }
"""  # noqa: E501 - as authors write them

START = '''\
from __future__ import annotations

import numpy as np


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return the softmax over the last axis.

    Args:
        logits: (rows, classes).

    Returns:
        (rows, classes), each row sums to 1.
    """
    raise NotImplementedError
'''

SOLUTION = """\
import numpy as np


def softmax(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    weights = np.exp(shifted)
    return weights / weights.sum(axis=-1, keepdims=True)
"""

WRONG_AXIS = SOLUTION.replace("axis=-1", "axis=0")
NO_SHIFT = SOLUTION.replace("logits - logits.max(axis=-1, keepdims=True)", "logits")

JUDGE = '''\
"""Judge of a stable softmax."""
import numpy as np


def reference(logits):
    """Row by row."""
    rows = []
    for row in logits:
        weights = np.exp(row - max(row))
        rows.append(weights / sum(weights))
    return np.array(rows)


def probes(rng):
    """Return the inputs of each check."""
    return {
        "shape": [(rng.normal(size=(1, 3)),), (rng.normal(size=(4, 2)),)],
        "values": [(rng.normal(size=(2, 3)),), (rng.normal(size=(5, 4)) * 5,)],
        "large": [(np.array([[1000.0, 0.0, 900.0], [-1000.0, -2000.0, -1000.5]]),)],
    }


def holds_shape(arguments, given):
    """The shape is that of the logits."""
    return np.shape(given) == arguments[0].shape
'''

#: A solution and a start for PyTorch.
SOLUTION_TORCH = """\
import torch


def softmax(logits):
    shifted = logits - logits.max(dim=-1, keepdim=True).values
    weights = torch.exp(shifted)
    return weights / weights.sum(dim=-1, keepdim=True)
"""
START_TORCH = START.replace("import numpy as np", "import torch").replace("np.ndarray", "torch.Tensor")


def write_drill(topic: Path, name: str = NAME, *, torch: bool = False) -> Path:
    """Write the drill into a topic's folder and return its own."""
    folder = topic / "drills" / name
    (folder / "mistakes").mkdir(parents=True)
    files = {
        "drill.toml": TOML, "start.py": START, "solution.py": SOLUTION, "judge.py": JUDGE,
        "mistakes/wrong-axis.py": WRONG_AXIS, "mistakes/no-shift.py": NO_SHIFT,
    }  # fmt: skip
    if torch:
        files |= {"start_torch.py": START_TORCH, "solution_torch.py": SOLUTION_TORCH}
    for file, content in files.items():
        (folder / file).write_text(content, encoding="utf-8")
    return folder
