"""Nothing that Epoch loads reports to its maker: no file of theirs appears, no host is looked up."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge.search.silence import SWITCHES
from runners.visible import environment, python_home

ROOT = Path(__file__).parents[3]
#: Opens a session over the smallest graph there is, and gives its threads time to speak.
SESSION = """
import sys, time
from onnx import TensorProto, helper
from knowledge.search.onnx_encoder import _opened
value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "xy"]
graph = helper.make_graph([helper.make_node("Abs", ["x"], ["y"])], "g", value[:1], value[1:])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
session = _opened(model.SerializeToString())
time.sleep(float(sys.argv[1]))
"""


def open_session(folder: Path, seconds: int, *under: str) -> None:
    said = {name: value for name, value in os.environ.items() if name not in SWITCHES}
    env = {**said, "HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache"), "PYTHONPATH": str(ROOT)}
    command = [*under, sys.executable, "-c", SESSION, str(seconds)]
    subprocess.run(command, env=env, check=True, timeout=300)


def test_a_session_leaves_no_file_of_its_library(tmp_path: Path) -> None:
    open_session(tmp_path, 0)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_a_session_looks_up_no_host_and_connects_to_none(tmp_path: Path) -> None:
    traced = tmp_path / "calls"
    open_session(tmp_path, 15, "strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmmsg", "-o", str(traced))
    assert not re.findall(r".*AF_INET.*", traced.read_text(errors="replace"))


def test_onnx_runtime_is_loaded_in_the_one_place_that_silences_it_first() -> None:
    loads = set()
    for folder in ("bot", "knowledge", "runners"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                names = [node.module] if isinstance(node, ast.ImportFrom) else []
                names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if any(str(name).split(".")[0] == "onnxruntime" for name in names):
                    loads.add(file.relative_to(ROOT).as_posix())
    assert loads == {"knowledge/search/silence.py"}


def test_learners_programs_are_told_the_same() -> None:
    given = environment(python_home(), home_dir="/home", scratch="/tmp")
    assert SWITCHES.items() <= given.items()
