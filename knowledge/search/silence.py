"""Switches off the telemetry of libraries, before any of them is loaded.

ONNX Runtime since 1.32 writes an id of the machine into the user's cache folder and looks up a host when a session
opens.
"""

from __future__ import annotations

import os
from typing import Any

#: What switches it off, by library; one who sets a variable otherwise has chosen so.
SWITCHES = {
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime
    "HF_HUB_DISABLE_TELEMETRY": "1",  # huggingface_hub, transformers
    "DO_NOT_TRACK": "1",  # huggingface_hub and whoever else follows consoledonottrack.com
}


def silence() -> None:
    """Switch off what reports to others, in this process and what it starts."""
    for name, value in SWITCHES.items():
        os.environ.setdefault(name, value)


def onnx_runtime() -> Any:  # noqa: ANN401 - a module without types
    """Return the module `onnxruntime`, which nothing else may import."""
    silence()
    import onnxruntime

    return onnxruntime
