"""What an answer may use: each thing that is refused, beside something like it that is not."""

from __future__ import annotations

import pytest

from knowledge.grading.drills.rules import Variant, refused

FORBIDDEN = (
    "numpy.linalg.lstsq", "numpy.linalg.solve", "torch.softmax", "scipy.special.softmax", "torch.nn.functional.pad",
)  # fmt: skip


def reason(code: str, variant: Variant = "numpy") -> str | None:
    found = refused(code, forbidden=FORBIDDEN, variant=variant)
    assert found is None or found.kind == "forbidden"
    return None if found is None else found.reason


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("import numpy as np\nnp.linalg.lstsq(a, b)", "numpy.linalg.lstsq"),
        ("from numpy.linalg import lstsq", "numpy.linalg.lstsq"),
        ("from numpy.linalg import lstsq as f", "numpy.linalg.lstsq"),
        ("from numpy import linalg as l\nl.solve(a, b)", "numpy.linalg.solve"),
        ("import numpy.linalg as l\nf = l.lstsq", "numpy.linalg.lstsq"),
        ("import numpy as np\nL = np.linalg\nL.lstsq(a, b)", "numpy.linalg.lstsq"),
        ("import numpy as np\n(lambda: np.linalg)().lstsq(a, b)", "numpy.linalg.lstsq"),
        ("import numpy as np\ngetattr(np.linalg, 'lstsq')(a, b)", "numpy.linalg.lstsq"),
        ("from numpy.linalg import *\nlstsq(a, b)", "numpy.linalg.lstsq"),
        ("from scipy.special import softmax", "scipy.special.softmax"),
        ("import scipy", "scipy"),
        ("import os", "os"),
        ("from . import x", "."),
        ("from collections import sys", "collections.sys"),
        ("open('x')", "open"),
        ("f = getattr\nf(a, b)", "getattr"),
        ("x.__globals__", "__globals__"),
        ("__builtins__", "__builtins__"),
        ("import numpy as np\nnp.lib.format", "numpy.lib.format"),
        ("type('C', (), {})", "type"),
    ],
)
def test_it_is_refused_by_its_name(code: str, name: str) -> None:
    assert reason(code) == name


@pytest.mark.parametrize(
    "code",
    [
        "import numpy as np\nnp.linalg.norm(a)\nnp.linalg.inv(a)",
        "def lstsq(a, b): return a\nlstsq(1, 2)",
        "class Solver:\n    def solve(self): return 1\nSolver().solve()",
        "import numpy as np\nnp.lib.stride_tricks.sliding_window_view(a, 3)",
        "import numpy as np\nrng = np.random.default_rng(0)\nrng.random()",
        "def f(input, open=1): return input + open",
        "self = 1\nclass A:\n    def __init__(self): self._x = 1\n    def get(self, other): return other._x",
        "type(x) is int\nx.__class__.__name__",
        "if __name__ == '__main__': pass",
        "from __future__ import annotations\nfrom typing import Any\nfrom collections import Counter, defaultdict",
        "match x:\n    case int(y): pass\n    case {'a': b}: pass\n    case [1, *_]: pass",
        "try:\n    pass\nexcept ValueError as error:\n    print(error.args)",
    ],
)
def test_an_honest_thing_is_not(code: str) -> None:
    assert reason(code) is None


def test_pytorch_is_there_in_its_own_variant_alone() -> None:
    assert reason("import torch") == "torch"
    assert reason("import torch\ntorch.exp(x)", "torch") is None
    assert reason("import torch\nx.softmax(-1)", "torch") == "torch.softmax"
    assert reason("import torch\ntorch.nn.functional.pad(x, p)", "torch") == "torch.nn.functional.pad"
    assert reason("import torch\nimport numpy as np\nnp.pad(x, 1)", "torch") is None


def test_what_is_forbidden_of_pytorch_may_have_a_namesake_in_numpy() -> None:
    assert reason("import numpy as np\nnp.pad(x, 1)") is None


@pytest.mark.parametrize(
    ("code", "said"),
    [("def f(:", "line 1"), ("x = 1\n  y = 2", "line 2"), ("\0", "null"), ("return 1", "line 1"), ("(" * 5000, "")],
)
def test_what_does_not_compile_says_where(code: str, said: str) -> None:
    found = refused(code)
    assert found is not None
    assert found.kind == "syntax"
    assert said in found.reason


def test_a_private_name_of_a_library_is_no_attribute_of_ones_own() -> None:
    own = "class A:\n    _core = 1\n    _mine = 2\n"
    assert reason(f"{own}x._mine") is None
    assert reason(f"{own}x._core") == "_core"
