from __future__ import annotations

import logging
import os
import stat
from pathlib import Path

import pytest

from bot.terminal.history import FILE, open_history


def test_what_was_typed_is_there_again_and_nobody_else_reads_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        first = open_history(tmp_path / "new" / "data")
    finally:
        os.umask(before)
    for line in ("什么是过拟合", "  ", "/run gan"):
        first.append_string(line)
    path = tmp_path / "new" / "data" / FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(open_history(path.parent).load_history_strings()) == ["/run gan", "什么是过拟合"]


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_text("")
    path.chmod(0o644)
    open_history(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_where_nothing_can_be_kept_the_chat_goes_on_and_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "data").write_text("a file, no folder")
    with caplog.at_level(logging.WARNING):
        history = open_history(tmp_path / "data")
        history.append_string("what is a GAN?")
        history.append_string("and why?")
    assert history.get_strings() == ["what is a GAN?", "and why?"]
    assert len(caplog.records) == 1


def test_a_file_that_takes_no_more_lines_costs_one_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    history = open_history(tmp_path)
    (tmp_path / FILE).unlink()
    (tmp_path / FILE).mkdir()
    with caplog.at_level(logging.WARNING):
        history.append_string("first")
        history.append_string("second")
    assert history.get_strings() == ["first", "second"]
    assert len(caplog.records) == 1
