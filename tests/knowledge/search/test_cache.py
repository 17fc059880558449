import hashlib
import json
import logging
import multiprocessing
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.bank.errors import IndexCacheError
from knowledge.search import cache

ARRAYS = {"a": np.arange(12, dtype=np.float32).reshape(3, 4), "b": np.array([1, 2, 3])}


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "index.bin"
    assert cache.write(path, "mark", ARRAYS)
    found = cache.read(path, "mark")
    assert found is not None
    assert all(np.array_equal(found[name], ARRAYS[name]) for name in ARRAYS)
    assert [p.name for p in path.parent.iterdir()] == ["index.bin"]


def test_a_stale_file_is_no_match_and_no_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "index.bin"
    cache.write(path, "old", ARRAYS)
    assert cache.read(path, "new") is None
    assert not caplog.records


def test_every_single_flipped_bit_is_noticed() -> None:
    data = cache.pack("mark", {"a": np.arange(4)})
    for place in range(0, len(data) * 8, 37):
        damaged = bytearray(data)
        damaged[place // 8] ^= 1 << place % 8
        try:
            found = cache.unpack(bytes(damaged), "mark")
        except IndexCacheError:
            continue
        # Only the fingerprint itself may change unnoticed, and then it does not match.
        assert found is None


@pytest.mark.parametrize("keep", [0, 1, 40, 200, -1])
def test_a_truncated_file_is_damaged(keep: int) -> None:
    with pytest.raises(IndexCacheError):
        cache.unpack(cache.pack("mark", ARRAYS)[:keep], "mark")


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"null\n", b"[]\n", b'{"format": 1}\n', b"\xff\xfe\n\x00", b"x" * 10_000, b"{" * 4000 + b"\n"]
)
def test_rubbish_is_damaged(data: bytes) -> None:
    with pytest.raises(IndexCacheError):
        cache.unpack(data, "mark")


def signed(places: object, body: bytes = b"") -> bytes:
    """A file whose checksum fits whatever its arrays claim to be."""
    payload = json.dumps(places).encode() + b"\n" + body
    digest = hashlib.sha256(payload).hexdigest()
    header = {"format": 2, "fingerprint": "mark", "bytes": len(payload), "sha256": digest}
    return json.dumps(header).encode() + b"\n" + payload


def test_objects_are_neither_kept_nor_read() -> None:
    with pytest.raises(TypeError, match="only numbers"):
        cache.pack("mark", {"a": np.array([object()], dtype=object)})
    with pytest.raises(IndexCacheError):
        cache.unpack(signed([["a", "|O", [1], 0]], bytes(8)), "mark")


@pytest.mark.parametrize(
    "places",
    [
        None,
        {"a": 1},
        [["a"]],
        [["a", "<f4", [2], 0]],
        [["a", "<f4", [1], -4]],
        [["a", "<f4", [1], 99]],
        [["a", "<f4", [-1], 0]],
        [["a", "<f4", ["1"], 0]],
        [["a", "no type", [1], 0]],
    ],
)
def test_a_well_signed_file_with_impossible_arrays_is_damaged(places: object) -> None:
    assert cache.unpack(signed([["a", "<f4", [1], 0]], bytes(4)), "mark") is not None
    with pytest.raises(IndexCacheError):
        cache.unpack(signed(places, bytes(4)), "mark")


def test_arrays_are_aligned_views_that_nobody_can_write() -> None:
    found = cache.unpack(cache.pack("mark", ARRAYS), "mark")
    assert found is not None
    assert all(array.flags.aligned and not array.flags.owndata for array in found.values())
    with pytest.raises(ValueError, match="read-only"):
        found["a"][0] = 1


def test_a_sound_file_of_the_format_before_is_stale() -> None:
    data = cache.pack("mark", ARRAYS).replace(b'"format": 2', b'"format": 1', 1)
    assert cache.unpack(data, "mark") is None


def test_a_damaged_file_is_reported_once_and_not_used(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "index.bin"
    path.write_bytes(cache.pack("mark", ARRAYS)[:-1])
    with caplog.at_level(logging.WARNING):
        assert cache.read(path, "mark") is None
    assert len(caplog.records) == 1
    assert "damaged" in caplog.text


def test_a_folder_in_the_place_of_the_file_is_reported(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "index.bin").mkdir()
    assert cache.read(tmp_path / "index.bin", "mark") is None
    assert not cache.write(tmp_path / "index.bin", "mark", ARRAYS)
    assert [r.levelname for r in caplog.records] == ["WARNING", "WARNING"]
    assert [p.name for p in tmp_path.iterdir()] == ["index.bin"]


def test_a_file_in_the_place_of_the_folder_is_reported(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "cache").write_text("no folder")
    assert not cache.write(tmp_path / "cache" / "index.bin", "mark", ARRAYS)
    assert len(caplog.records) == 1


def test_a_full_disk_costs_one_warning_and_leaves_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert not cache.write(tmp_path / "index.bin", "mark", ARRAYS)
    assert "No space left on device" in caplog.text
    assert len(caplog.records) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_folder_that_takes_no_file_is_survived() -> None:
    assert not cache.write(Path("/dev/full/index.bin"), "mark", ARRAYS)
    assert not cache.write(Path("/proc/index.bin"), "mark", ARRAYS)


def _write_often(path: str, value: int) -> None:
    for _ in range(20):
        cache.write(Path(path), "mark", {"a": np.full(20_000, value)})


def test_two_processes_writing_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "index.bin"
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_write_often, args=(str(path), value)) for value in (1, 2)]
    for writer in writers:
        writer.start()
    seen = 0
    while any(writer.is_alive() for writer in writers):
        if path.exists():
            found = cache.unpack(path.read_bytes(), "mark")
            assert found is not None
            assert len(set(found["a"].tolist())) == 1
            seen += 1
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert seen > 0
    assert [p.name for p in tmp_path.iterdir()] == ["index.bin"]


def test_the_header_is_one_readable_line() -> None:
    header = json.loads(cache.pack("mark", ARRAYS).split(b"\n")[0])
    assert header["fingerprint"] == "mark"


@given(st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]))))
def test_texts_survive_as_lines(texts: list[str]) -> None:
    assert cache.texts(cache.lines(texts)) == texts


@pytest.fixture
def settled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that counts as large and was written long ago; reading it has noted its checksum."""
    monkeypatch.setattr(cache, "_LARGE", 0)
    path = tmp_path / "index.bin"
    cache.write(path, "mark", ARRAYS)
    monkeypatch.setattr(cache, "_SETTLED_S", -1e9)
    assert cache.read(path, "mark") is not None
    return path


def _reckoned(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return a list that grows by each checksum of a whole file."""
    found: list[object] = []
    reckon = hashlib.file_digest

    def counted(file: Any, kind: str) -> Any:  # noqa: ANN401
        found.append(file)
        return reckon(file, kind)

    monkeypatch.setattr(hashlib, "file_digest", counted)
    return found


def test_a_large_file_that_was_checked_and_has_not_changed_is_not_read_whole_again(
    settled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reckoned = _reckoned(monkeypatch)
    found = cache.read(settled, "mark")
    assert found is not None
    assert np.array_equal(found["a"], ARRAYS["a"])
    assert not reckoned


def test_a_byte_written_after_the_check_is_noticed(settled: Path, caplog: pytest.LogCaptureFixture) -> None:
    before = settled.stat()
    with settled.open("r+b") as file:
        file.seek(-3, os.SEEK_END)
        file.write(b"\x7f")
    os.utime(settled, ns=(before.st_atime_ns, before.st_mtime_ns))  # who sets the time back sets another one anew
    assert cache.read(settled, "mark") is None
    assert "checksum" in caplog.text


def test_another_file_in_its_place_is_checked_anew(settled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.write(settled, "mark", {"a": np.arange(3)})
    reckoned = _reckoned(monkeypatch)
    found = cache.read(settled, "mark")
    assert found is not None
    assert len(found["a"]) == 3
    assert len(reckoned) == 1


@pytest.mark.parametrize("kept", [b"", b"[]", b"{", b'{"stamp": [1, 2, 3, 4, 5], "sha256": "no"}'])
def test_a_note_that_says_nothing_of_this_file_is_as_none(
    settled: Path, monkeypatch: pytest.MonkeyPatch, kept: bytes
) -> None:
    settled.with_name("index.bin.checked").write_bytes(kept)
    reckoned = _reckoned(monkeypatch)
    assert cache.read(settled, "mark") is not None
    assert len(reckoned) == 1


def test_a_file_written_a_moment_ago_is_not_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_LARGE", 0)
    monkeypatch.setattr(cache, "_SETTLED_S", 1e6)
    path = tmp_path / "index.bin"
    cache.write(path, "mark", ARRAYS)
    assert cache.read(path, "mark") is not None
    assert [each.name for each in tmp_path.iterdir()] == ["index.bin"]


def test_a_damaged_file_is_damaged_however_often_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_LARGE", 0)
    monkeypatch.setattr(cache, "_SETTLED_S", -1e9)
    path = tmp_path / "index.bin"
    data = bytearray(cache.pack("mark", ARRAYS))
    data[-3] ^= 1
    path.write_bytes(data)
    assert cache.read(path, "mark") is None
    assert cache.read(path, "mark") is None
