"""What the zygote imports: the modules that examples were seen to load, from `preload.txt`.

`python -m runners.learn SCRIPT…` writes that file anew, from runs of the scripts.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
from pathlib import Path

LIST = Path(__file__).with_name("preload.txt")
#: TensorFlow's own pools; they exist as soon as anything was computed.
_FORBIDDEN = "tf_"


def load(names: list[str] | None = None) -> None:
    """Import the list, skipping what is not installed, and draw one figure that nobody sees: both are safe to fork."""
    for name in listed() if names is None else names:
        try:
            importlib.import_module(name)
        except ImportError:
            continue  # not installed here, or moved in another version: the job imports what it needs by itself
    if "matplotlib" in sys.modules:
        _draw()


def listed() -> list[str]:
    """Return the module names of the list, in its order."""
    try:
        lines = LIST.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [line for line in lines if line and not line.startswith("#")]


def _draw() -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    pyplot.plot([0, 1])
    pyplot.title("$x$")
    pyplot.savefig(io.BytesIO(), format="png")
    pyplot.close("all")


def forbidden_threads() -> list[str]:
    """Return the names of threads of this process that a fork would miss."""
    names = []
    for task in os.listdir("/proc/self/task"):
        with open(f"/proc/self/task/{task}/comm", encoding="utf-8", errors="replace") as file:
            names.append(file.read().strip())
    return sorted(name for name in names if name.startswith(_FORBIDDEN))
