import struct
import zlib
from pathlib import Path

import pytest

from runners.artifacts import MAX_PIXELS, MEDIA_TYPES, accept, picture_size, safe_name
from runners.inside.collect import EXTENSIONS, candidates


def png(width: int, height: int) -> bytes:
    """The shortest file that says it is a PNG of that size."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


def test_both_sides_of_the_wall_know_the_same_kinds_of_file() -> None:
    assert set(MEDIA_TYPES) == EXTENSIONS
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


def test_real_pictures_tell_their_size(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    for extension in ("png", "gif", "jpg"):
        path = tmp_path / f"p.{extension}"
        image.new("RGB", (123, 45)).save(path)
        assert picture_size(path.read_bytes()) == (123, 45)
    assert MAX_PIXELS < image.MAX_IMAGE_PIXELS  # what is let through, the usual reader opens without complaint


def test_the_collector_takes_plain_files_only_oldest_first(tmp_path: Path) -> None:
    import os

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
    assert list(candidates(str(tmp_path), 8, 100)) == [("b.txt", b"first"), ("a.txt", b"second")]
    assert len(list(candidates(str(tmp_path), 1, 100))) == 1
