from __future__ import annotations

import os
from pathlib import Path

import pytest

from knowledge.files import write_whole


def test_folders_are_made_and_an_old_file_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b" / "gan.ipynb"
    write_whole(target, b"old")
    write_whole(target, b"new")
    assert target.read_bytes() == b"new"
    assert os.listdir(target.parent) == ["gan.ipynb"]
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    assert target.stat().st_mode == plain.stat().st_mode, "readable as any file one writes"


def test_what_fails_half_way_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "gan.ipynb"
    write_whole(target, b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="No space"):
        write_whole(target, b"new")
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["gan.ipynb"]


def test_a_device_is_written_to_and_stays_one() -> None:
    read, write = os.pipe()
    try:
        write_whole(Path(f"/dev/fd/{write}"), b"all of it")
        assert os.read(read, 100) == b"all of it"
    finally:
        os.close(read)
        os.close(write)
