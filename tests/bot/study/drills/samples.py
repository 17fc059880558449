"""A small drill for tests of what is built on drills: softmax, with one mistake that is known."""

from __future__ import annotations

from knowledge.bank.drills import Drill, DrillMeta, Sources
from knowledge.bank.values import Text

START = '''\
import numpy as np


def softmax(logits):
    """Return the softmax over the last axis; logits: (n, k)."""
    raise NotImplementedError
'''
SOLUTION = """\
import numpy as np


def softmax(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    exps = np.exp(shifted)
    return exps / exps.sum(axis=-1, keepdims=True)
"""
WRONG_AXIS = SOLUTION.replace("axis=-1", "axis=0")
NAIVE = SOLUTION.replace(" - logits.max(axis=-1, keepdims=True)", "")
TORCH = (
    SOLUTION.replace("import numpy as np", "import torch")
    .replace("np.exp", "torch.exp")
    .replace("logits.max(axis=-1, keepdims=True)", "logits.amax(dim=-1, keepdim=True)")
)
JUDGE = '''\
"""Judge of a stable softmax."""
import numpy as np


def reference(logits):
    exps = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return exps / np.sum(exps, axis=-1, keepdims=True)


def probes(rng):
    return {
        "shape": [(rng.normal(size=(2, 3)),)],
        "values": [(rng.normal(size=(2, 3)),), (rng.normal(size=(4, 5)),)],
        "large": [(np.array([[1000.0, 0.0, 3.0], [1.0, 2.0, 900.0]]),)],
    }


def holds_shape(arguments, given):
    return np.shape(given) == arguments[0].shape
'''


def _text(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


META = DrillMeta(
    title=_text("数值稳定的 softmax", "A stable softmax"),
    statement=_text(
        "写出 `softmax(logits)`：在最后一维上归一化，输入很大也不能溢出。",
        "Write `softmax(logits)` over the last axis, so that large logits do not overflow.",
    ),
    level="basic",
    minutes=8,
    function="softmax",
    aliases=("手撕 softmax", "softmax from scratch"),
    hints=(
        _text("先想想 exp(1000) 是多少。", "What is exp(1000)?"),
        _text("减去每行的最大值再取 exp。", "Subtract the maximum of each row before exp."),
    ),
    checks={
        "shape": _text("形状不变", "The shape stays"),
        "values": _text("数值正确", "The values are right"),
        "large": _text("大 logits 不溢出", "Large logits do not overflow"),
    },
    mistakes={
        "wrong-axis": _text("你是在第 0 维上归一化的。", "You normalise over axis 0."),
        "no-shift": _text("没有先减去最大值，大的 logits 会溢出。", "Without subtracting the maximum, exp overflows."),
    },
    forbidden=("scipy.special.softmax",),
)
DRILL = Drill(
    topic="gan", name="stable-softmax", meta=META,
    variants={"numpy": Sources(start=START, solution=SOLUTION),
              "torch": Sources(start=START.replace("numpy as np", "torch"), solution=TORCH)},
    judge=JUDGE, mistakes={"wrong-axis": WRONG_AXIS, "no-shift": NAIVE},
)  # fmt: skip
