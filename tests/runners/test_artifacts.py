import os
import struct
import sys
import zlib
from pathlib import Path

import pytest

from runners.artifacts import MAX_PIXELS, MEDIA_TYPES, Shelf, picture_size, safe_name, sweep_parts
from runners.inside.collect import AGAIN_S, EXTENSIONS, PICTURES, Collector
from runners.models import Artifact


def png(width: int, height: int) -> bytes:
    """The shortest file that says it is a PNG of that size."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


def accept(files: list[tuple[str, bytes]], count: int, max_bytes: int, out_dir: Path | None) -> list[Artifact]:
    shelf = Shelf(count, max_bytes, out_dir)
    taken = [shelf.take(number, name, content) for number, (name, content) in enumerate(files)]
    return [artifact for artifact in taken if artifact]


def test_both_sides_of_the_wall_know_the_same_kinds_of_file() -> None:
    assert set(MEDIA_TYPES) == EXTENSIONS
    assert {kind for kind in MEDIA_TYPES if MEDIA_TYPES[kind].startswith("image/")} == PICTURES
    assert ".svg" not in EXTENSIONS  # may carry scripts
    assert not {".html", ".zip", ".pkl", ".py"} & EXTENSIONS


def test_good_files_are_written_where_asked(tmp_path: Path) -> None:
    kept = accept([("plot.png", png(640, 480)), ("t.csv", b"a,b\n")], 8, 1000, tmp_path / "new" / "out")
    assert [(a.name, a.media_type, a.size) for a in kept] == [("plot.png", "image/png", 33), ("t.csv", "text/csv", 4)]
    assert [a.path.read_bytes() for a in kept if a.path] == [png(640, 480), b"a,b\n"]


def test_without_a_folder_they_are_only_named() -> None:
    assert [a.path for a in accept([("t.txt", b"x")], 8, 1000, None)] == [None]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("huge.png", png(30000, 30000)),
        ("flat.png", png(0, 5)),
        ("liar.png", b"<script>alert(1)</script>"),
        ("huge.gif", b"GIF89a" + struct.pack("<HH", 65535, 65535)),
        ("cut.jpg", b"\xff\xd8\xff"),
        ("huge.jpg", b"\xff\xd8\xff\xc0\x00\x11\x08" + struct.pack(">HH", 60000, 60000) + b"\x03"),
        ("a.svg", b"<svg/>"),
        ("a.html", b"<p>"),
        ("big.txt", b"x" * 1001),
        ("empty.txt", b""),
        ("noextension", b"x"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_left_out(name: str, content: bytes, tmp_path: Path) -> None:
    assert accept([(name, content), ("fine.txt", b"x")], 8, 1000, tmp_path)[0].name == "fine.txt"
    assert [path.name for path in tmp_path.iterdir()] == ["fine.txt"]


def test_no_more_files_than_allowed() -> None:
    assert len(accept([(f"{n}.txt", b"x") for n in range(20)], 8, 10, None)) == 8


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("../../etc/cron.d/x.txt", "x.txt"),
        ("/abs/y.PNG", "y.png"),
        ("混淆矩阵.png", "混淆矩阵.png"),
        ("a b\n\x1b[31m\u202egnp.png", "a_b___31m_gnp.png"),
        (".hidden.txt", "hidden.txt"),
        ("--rm.txt", "rm.txt"),
        ("@everyone `x`.csv", "_everyone__x_.csv"),
        (".png", "png"),
        ("x" * 300 + ".txt", "x" * 60 + ".txt"),
    ],
)
def test_names_are_made_plain(raw: str, name: str) -> None:
    assert safe_name(raw) == name


def test_two_files_of_one_name_both_stay() -> None:
    assert [a.name for a in accept([("a.txt", b"1"), ("a.txt", b"2")], 8, 10, None)] == ["a.txt", "a-2.txt"]


def test_a_file_that_comes_again_keeps_its_name_and_its_place(tmp_path: Path) -> None:
    shelf = Shelf(1, 100, tmp_path)
    first, again = shelf.take(3, "a.txt", b"old"), shelf.take(3, "a.txt", b"new!")
    assert first
    assert again
    assert (first.name, again.name, again.size) == ("a.txt", "a.txt", 4)
    assert (tmp_path / "a.txt").read_bytes() == b"new!"
    assert shelf.take(4, "b.txt", b"x") is None  # one too many


def test_a_link_planted_in_the_target_folder_is_replaced_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    out = tmp_path / "out"
    out.mkdir()
    (out / "a.txt").symlink_to(victim)
    accept([("a.txt", b"new")], 8, 10, out)
    assert victim.read_text() == "untouched"
    assert (out / "a.txt").read_bytes() == b"new"


def test_a_folder_that_cannot_be_written_costs_the_file_and_not_the_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    assert accept([("a.txt", b"x")], 8, 10, tmp_path / "file" / "out")[0].path is None
    assert "cannot save a.txt" in caplog.text


def test_a_file_that_cannot_take_its_place_leaves_nothing_beside_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a.txt").mkdir()
    (kept,) = accept([("a.txt", b"x")], 8, 1000, tmp_path)
    assert kept.path is None
    assert "cannot save a.txt" in caplog.text
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]


def test_real_pictures_tell_their_size(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    for extension in ("png", "gif", "jpg"):
        path = tmp_path / f"p.{extension}"
        image.new("RGB", (123, 45)).save(path)
        assert picture_size(path.read_bytes()) == (123, 45)
    assert MAX_PIXELS < image.MAX_IMAGE_PIXELS  # what is let through, the usual reader opens without complaint


def test_the_collector_takes_plain_files_only_oldest_first(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("first")
    os.utime(tmp_path / "b.txt", (1, 1))
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.txt").write_text("second")
    (tmp_path / "link.txt").symlink_to("b.txt")
    (tmp_path / "twice.txt").write_text("x")
    os.link(tmp_path / "twice.txt", tmp_path / "again.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "large.txt").write_text("x" * 101)
    (tmp_path / "code.py").write_text("x")
    taken = Collector(str(tmp_path), 8, 100)
    assert list(taken.rest()) == [(0, "b.txt", b"first"), (1, "a.txt", b"second")]
    assert list(taken.rest()) == []  # as it stands, it was sent
    (tmp_path / "b.txt").write_text("changed")
    assert list(taken.rest()) == [(0, "b.txt", b"changed")]
    assert len(list(Collector(str(tmp_path), 1, 100).rest())) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")
def test_a_picture_is_taken_when_it_is_written_and_again_when_it_changes(tmp_path: Path) -> None:
    taken = Collector(str(tmp_path), 2, 100)
    taken.watch()
    assert list(taken.fresh(0)) == []
    with (tmp_path / "a.png").open("wb") as file:
        file.write(b"half")
        file.flush()
        assert list(taken.fresh(0)) == []
    (tmp_path / "notes.txt").write_text("at the end")
    assert list(taken.fresh(0)) == [(0, "a.png", b"half")]
    (tmp_path / "a.png").write_bytes(b"whole")
    assert list(taken.fresh(AGAIN_S / 2)) == []
    assert list(taken.fresh(AGAIN_S)) == [(0, "a.png", b"whole")]
    assert list(taken.fresh(3 * AGAIN_S)) == []
    (tmp_path / "moved.tmp").write_bytes(b"moved")
    (tmp_path / "moved.tmp").rename(tmp_path / "b.png")
    (tmp_path / "link.png").symlink_to("a.png")
    assert list(taken.fresh(4 * AGAIN_S)) == [(1, "b.png", b"moved")]
    assert list(taken.rest()) == []  # notes.txt would be the third of two
    assert taken.fd is not None
    os.close(taken.fd)


def test_files_that_a_killed_run_left_half_written_are_swept_and_nothing_else(tmp_path: Path) -> None:
    def made(name: str, age_s: float = 7_200.0) -> Path:
        file = tmp_path / "runs" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"half")
        os.utime(file, (NOW - age_s, NOW - age_s))
        return file

    gone = [made("gan-main/.epoch-ab_c1234"), made("cnn/.epoch-zzzzzzzz")]
    kept = [
        made("gan-main/loss.png"), made("gan-main/.epoch-notes.txt"), made("rnn/.epoch-abcd1234", age_s=60.0),
        made(".epoch-abcd1234"), made("mine/deep/.epoch-abcd1234"),
    ]  # fmt: skip
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".epoch-abcd1234").touch()
    os.utime(elsewhere / ".epoch-abcd1234", (0, 0))
    (tmp_path / "runs" / "link").symlink_to(elsewhere)
    (tmp_path / "runs" / "rnn" / ".epoch-abcd0000").symlink_to(kept[0])
    (tmp_path / "runs" / "empty").mkdir()
    assert sweep_parts(tmp_path / "runs", NOW) == len(gone)
    assert not any(file.exists() for file in gone)
    assert all(file.exists() for file in kept)
    assert (elsewhere / ".epoch-abcd1234").exists()
    assert sorted(each.name for each in (tmp_path / "runs").iterdir() if each.is_dir()) == [
        "empty", "gan-main", "link", "mine", "rnn",
    ]  # fmt: skip
    assert sweep_parts(tmp_path / "missing", NOW) == 0


NOW = 1_800_000_000.0
