from __future__ import annotations

import re
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from runners.local import LocalRunner
from runners.models import Job
from runners.shortpaths import PathFilter, host_folders
from tests.runners.conftest import run

FOLDERS = ("/home/x/.venv/lib/python3.11/site-packages/", "/home/x/.venv/", "/opt/py/lib/python3.11/")
TEXT = """\
  File "try.py", line 3, in <module>
  File "/home/x/.venv/lib/python3.11/site-packages/numpy/core.py", line 9, in f
/opt/py/lib/python3.11/json/decoder.py:12: Warning in /home/x/.venv/bin/python and /home/x/other
"""
SHOWN = """\
  File "try.py", line 3, in <module>
  File "numpy/core.py", line 9, in f
json/decoder.py:12: Warning in bin/python and /home/x/other
"""


@given(st.lists(st.integers(0, len(TEXT)), max_size=8))
def test_folders_of_the_host_go_wherever_the_text_is_cut(cuts: list[int]) -> None:
    filtering = PathFilter(FOLDERS)
    ends = [*sorted(cuts), len(TEXT)]
    pieces = [TEXT[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    assert "".join(map(filtering.feed, pieces)) + filtering.flush() == SHOWN


def test_nothing_is_held_back_that_cannot_become_a_folder() -> None:
    filtering = PathFilter(FOLDERS)
    assert filtering.feed("loss 0.5 / 3 ") == "loss 0.5 / 3 "
    assert filtering.feed("at /ho") == "at "
    assert filtering.feed("use") == "/house"


def test_this_interpreters_folders_are_known() -> None:
    import numpy

    assert any(numpy.__file__.startswith(folder) for folder in host_folders())
    assert any(re.__file__.startswith(folder) for folder in host_folders())


async def test_a_learners_traceback_names_modules_and_no_folder_of_the_host() -> None:
    source = "import json, warnings, numpy\nprint(numpy.__name__)\nnumpy.linalg.inv([[0, 0], [0, 0]])\n"
    result = await run(LocalRunner(warm=False), Job(source, name="try.py"))
    text = result.text() + result.text("stderr")
    assert 'File "try.py", line 3' in text
    assert 'File "numpy/linalg/' in text
    assert str(Path(sys.prefix)) not in text
    assert "site-packages" not in text
