"""Matplotlib's list of fonts: made once, by nobody but the runner, and used by later jobs."""

import json
from pathlib import Path

import pytest

from runners.fonts import FontList
from runners.local import LocalRunner
from tests.runners.conftest import run, runner_behind

pytest.importorskip("matplotlib")
#: Tells whether the list was found, before the import makes one.
LOOK = """
import os, matplotlib
folder = os.environ["MPLCONFIGDIR"]
print([name.split("-")[0] for name in os.listdir(folder)] if os.path.isdir(folder) else None)
"""


async def test_a_job_that_draws_finds_the_list_and_others_do_not_wait_for_it(
    tmp_path: Path,
) -> None:
    runner_behind("bubblewrap")
    runner = LocalRunner("bubblewrap", cache_dir=tmp_path)
    assert (await run(runner, "print(1)")).text() == "1\n"
    assert not list(tmp_path.iterdir())
    assert (await run(runner, LOOK)).text() == "['fontlist']\n"
    [kept] = tmp_path.glob("fonts-*/fontlist-*.json")
    assert json.loads(kept.read_text())["ttflist"]

    modified = kept.stat().st_mtime_ns
    again = LocalRunner("bubblewrap", cache_dir=tmp_path)
    assert (await run(again, LOOK)).text() == "['fontlist']\n"
    assert kept.stat().st_mtime_ns == modified


async def test_a_job_cannot_change_the_list_for_the_next(tmp_path: Path) -> None:
    runner_behind("bubblewrap")
    runner = LocalRunner("bubblewrap", cache_dir=tmp_path)
    poison = LOOK + "\nfor name in os.listdir(folder): open(os.path.join(folder, name), 'w').write('poison')"
    assert (await run(runner, poison)).ended == ("ok", None)
    read = LOOK + "\nfor name in os.listdir(folder): print('poison' in open(os.path.join(folder, name)).read())"
    assert (await run(runner, read)).text() == "['fontlist']\nFalse\n"


def test_a_folder_that_cannot_be_used_costs_only_time(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "fontlist-v1.json").write_text("{}")
    (tmp_path / "file").write_text("in the way")
    fonts = FontList(tmp_path / "file")
    assert fonts.missed_by("import matplotlib")
    fonts.keep(source)
    assert fonts.file == ("fontlist-v1.json", b"{}")
    assert "cannot keep the list of fonts" in caplog.text
    assert not fonts.missed_by("import matplotlib")
