"""The bank that is kept in the cache folder is the one that loads, or it is not used."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from shutil import copytree

import pytest

from knowledge.bank import kept
from knowledge.bank.kept import FILE, packaged_bank
from knowledge.bank.loader import load_bank, topics_root

SLUGS = ("gan", "lstm")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for slug in SLUGS:
        copytree(topics_root() / slug, tmp_path / "topics" / slug)
    (tmp_path / "topics" / "stray.txt").write_text("a problem, to be kept, too")
    return tmp_path / "topics"


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every folder that was read topic by topic."""
    found: list[Path] = []

    def load(folder: Path) -> object:
        found.append(folder)
        return load_bank(folder)

    monkeypatch.setattr(kept, "load_bank", load)
    return found


def test_the_second_start_reads_no_topic_and_has_the_same_bank(root: Path, tmp_path: Path, loads: list[Path]) -> None:
    first, again = packaged_bank(tmp_path, root), packaged_bank(tmp_path, root)
    assert len(loads) == 1
    assert first == again == load_bank(root)
    assert again.problems
    assert [type(each) for each in again["gan"].quiz] == [type(each) for each in first["gan"].quiz]
    assert type(again["gan"]) is type(first["gan"])


def test_the_whole_packaged_bank_comes_back_as_it_is(tmp_path: Path, loads: list[Path]) -> None:
    assert packaged_bank(tmp_path) == packaged_bank(tmp_path)
    assert len(loads) == 1


def test_nothing_is_kept_without_a_folder(root: Path, loads: list[Path]) -> None:
    assert packaged_bank(None, root) == packaged_bank(None, root)
    assert len(loads) == 2


@pytest.mark.parametrize("change", ["content", "time", "new file", "gone"])
def test_a_bank_that_has_changed_is_read_anew(root: Path, tmp_path: Path, loads: list[Path], change: str) -> None:
    packaged_bank(tmp_path, root)
    page = root / "gan" / "en.md"
    match change:
        case "content":  # of the same length, at the same time
            before = page.stat()
            page.write_text(page.read_text(encoding="utf-8").replace("generator", "Generator"), encoding="utf-8")
            os.utime(page, ns=(before.st_atime_ns, before.st_mtime_ns))
        case "time":
            os.utime(page)
        case "new file":
            (root / "gan" / "more.txt").touch()
        case "gone":
            (root / "stray.txt").unlink()
    assert packaged_bank(tmp_path, root) == load_bank(root)
    assert len(loads) == 2
    packaged_bank(tmp_path, root)
    assert len(loads) == 2, "and is kept then"


@pytest.mark.parametrize("damage", ["cut", "letter", "empty", "no header", "sound JSON that is no bank"])
def test_a_damaged_file_is_not_used(
    root: Path, tmp_path: Path, loads: list[Path], damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    packaged_bank(tmp_path, root)
    file = tmp_path / FILE
    header, content = file.read_bytes().split(b"\n", 1)
    file.write_bytes({
        "cut": header + b"\n" + content[:-10],
        "letter": header + b"\n" + content.replace(b"generator", b"generatox", 1),
        "empty": b"",
        "no header": content,
        "sound JSON that is no bank": _whole(header, b'{"topics": {"gan": {}}, "problems": []}'),
    }[damage])  # fmt: skip
    with caplog.at_level(logging.WARNING):
        assert packaged_bank(tmp_path, root) == load_bank(root)
    assert len(loads) == 2


def _whole(header: bytes, content: bytes) -> bytes:
    from hashlib import sha256

    said = json.loads(header) | {"sha256": sha256(content).hexdigest()}
    return json.dumps(said).encode() + b"\n" + content


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_what_others_can_write_is_not_read_for_its_code_runs_as_the_bank_s_own(
    root: Path, tmp_path: Path, loads: list[Path], mode: int, caplog: pytest.LogCaptureFixture
) -> None:
    packaged_bank(tmp_path, root)
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
    (tmp_path / FILE).chmod(mode)
    packaged_bank(tmp_path, root)
    assert len(loads) == 2
    assert "may have been written by somebody else" in caplog.text


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_belongs_to_somebody_else_is_not_read(root: Path, tmp_path: Path, loads: list[Path]) -> None:
    packaged_bank(tmp_path, root)
    os.chown(tmp_path / FILE, 12345, -1)
    packaged_bank(tmp_path, root)
    assert len(loads) == 2


def test_a_folder_that_takes_no_file_is_no_error(root: Path, tmp_path: Path, loads: list[Path]) -> None:
    (tmp_path / "file").touch()
    assert packaged_bank(tmp_path / "file", root) == load_bank(root)
