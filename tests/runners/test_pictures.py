"""What pictures declare: real ones pass, and whatever would cost a viewer more than it may is refused undecoded."""

from __future__ import annotations

import io
import struct
import time
import zlib
from pathlib import Path

import pytest

from runners import pictures
from runners.artifacts import Shelf
from runners.models import Note
from runners.pictures import MAX_MOVING_PIXELS, MAX_PIXELS, NotAPicture
from tests.runners.test_artifacts import png

PIL = pytest.importorskip("PIL.Image")
SIDE = 1000  # a million pixels: 26 scans are too many and 126 frames, 25 and 125 are not


def taken(name: str, content: bytes) -> bool:
    return Shelf(8, 8 << 20, None).take(0, name, content) is not None


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


END = chunk(b"IEND", b"")


def named(value: object) -> str:
    """The id of a case: its name alone, none of its bytes."""
    return value if isinstance(value, str) else ""


def apng(frames: int, announced: int, side: int = SIDE, frame_side: int = 1) -> bytes:
    control = struct.pack(">IIIIHHBB", frame_side, frame_side, 0, 0, 1, 10, 0, 0)
    each = b"".join(chunk(b"fcTL", struct.pack(">I", number) + control) for number in range(frames))
    return png(side, side) + chunk(b"acTL", struct.pack(">II", announced, 0)) + each + END


def gif(frames: int, screen: int, side: int, corner: int = 0) -> bytes:
    frame = b"," + struct.pack("<HHHHB", corner, corner, side, side, 0) + b"\x02\x02L\x01\x00"
    return b"GIF89a" + struct.pack("<HHBBB", screen, screen, 0, 0, 0) + frame * frames + b";"


def segment(marker: int, body: bytes = b"") -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg(scans: int, *, frame: int = 0xC2, precision: int = 8, side: int = SIDE, between: bytes = b"") -> bytes:
    header = struct.pack(">BHHB", precision, side, side, 1) + b"\x01\x11\x00"
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
    return b"\xff\xd8" + segment(frame, header) + (between + scan) * scans + b"\xff\xd9"


def saved(kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    PIL.effect_noise((200, 100), 50).save(file, kind, **options)
    return file.getvalue()


ANIMATION = {"save_all": True, "append_images": [PIL.effect_noise((200, 100), n) for n in range(1, 20)]}


@pytest.mark.parametrize(
    ("name", "content", "work"),
    [
        ("a.png", saved("png"), 1),
        ("a.png", saved("png", **ANIMATION), 20),
        ("a.gif", saved("gif"), 1),
        ("a.gif", saved("gif", **ANIMATION), 20),
        ("a.jpg", saved("jpeg"), 1),
        ("a.jpeg", saved("jpeg", progressive=True), 6),
        ("a.jpg", saved("jpeg", progressive=True, exif=b"Exif\0\0" + b"\xff\xda" * 99, comment=b"\xff\xc0"), 6),
    ],
)
def test_what_programs_save_is_taken_and_every_frame_and_scan_counted(name: str, content: bytes, work: int) -> None:
    picture = pictures.read(content)
    assert (picture.width, picture.height, picture.work) == (200, 100, 20_000 * work)
    assert taken(name, content)


def test_figures_of_matplotlib_are_taken(tmp_path: Path) -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    figure = pyplot.figure()
    figure.gca().plot([1, 2])
    for name in ("a.png", "a.jpg"):
        figure.savefig(tmp_path / name)
        assert taken(name, (tmp_path / name).read_bytes())
    pyplot.close(figure)


@pytest.mark.parametrize(
    ("name", "few", "many"),
    [
        ("frames of an APNG, each one pixel on a large screen", apng(125, 125), apng(126, 126)),
        ("frames of an APNG that says it has one", apng(125, 1), apng(126, 1)),
        ("an APNG that says it has many and has none", apng(0, 125), apng(0, 126)),
        ("frames of a GIF", gif(125, SIDE, SIDE), gif(126, SIDE, SIDE)),
        ("small frames of a GIF on a large screen", gif(125, SIDE, 1), gif(126, SIDE, 1)),
        ("frames of a GIF larger than its screen", gif(125, 1, SIDE), gif(126, 1, SIDE)),
        ("a frame of a GIF far off its screen", gif(1, 1, 1, corner=SIDE), gif(1, 1, 1, corner=65_000)),
        ("scans of a JPEG", jpeg(25), jpeg(26)),
        ("scans of a JPEG behind what viewers pass over", jpeg(25, between=b"\0"), jpeg(26, between=b"\0\xff\xff")),
        ("a JPEG of two forms", jpeg(1, frame=0xC0), jpeg(1) + jpeg(1)[2:]),
    ],
    ids=named,
)
def test_all_frames_and_scans_together_stay_below_the_cap(name: str, few: bytes, many: bytes) -> None:
    kind = {b"\x89P": "a.png", b"GI": "a.gif", b"\xff\xd8": "a.jpg"}[few[:2]]
    assert taken(kind, few), name
    assert not taken(kind, many), name


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a wrong checksum.png", png(9, 9)[:-1] + b"x"),
        ("a wrong checksum later.png", png(9, 9) + chunk(b"IDAT", b"x")[:-1] + b"y" + END),
        ("two headers.png", png(9, 9) + png(9000, 9000)[8:] + END),
        ("a frame larger than the picture.png", apng(1, 1, side=9, frame_side=10)),
        ("text that unpacks to a gigabyte.png", png(9, 9) + chunk(b"zTXt", b"k\0\0" + b"x" * 70_000) + END),
        ("text in two pieces.png", png(9, 9) + chunk(b"zTXt", b"x" * 40_000) + chunk(b"iTXt", b"x" * 40_000) + END),
        ("a huge colour profile.png", png(9, 9) + chunk(b"iCCP", b"k\0\0" + b"x" * 70_000) + END),
        ("no known depth.png", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 9, 9, 3, 2, 0, 0, 0))),
        ("an archive behind it.png", png(9, 9) + END + b"PK\x03\x04"),
        ("an archive behind it.gif", gif(1, 9, 9) + b"PK\x03\x04"),
        ("an archive behind it.jpg", jpeg(1, side=9) + b"PK\x03\x04"),
        ("nothing.png", png(0, 0)),
        ("nothing.gif", gif(0, 0, 0)),
        ("a frame of nothing.gif", gif(1, 9, 0)),
        ("no known block.gif", gif(1, 9, 9)[:-1] + b"?" + b"x" * 9),
        ("nothing.jpg", jpeg(1, side=0)),
        ("twelve bits.jpg", jpeg(1, side=9, precision=12)),
        ("arithmetic.jpg", jpeg(1, side=9, frame=0xC9)),
        ("lossless.jpg", jpeg(1, side=9, frame=0xC3)),
        ("hierarchical.jpg", jpeg(1, side=9, frame=0xC5)),
        ("huge.jpg", jpeg(1, side=65_000)),
        ("no header.jpg", b"\xff\xd8" + segment(0xE0, b"JFIF\0") + b"\xff\xd9"),
        ("a GIF.png", gif(1, 9, 9)),
        ("a PNG.jpg", png(9, 9)),
        ("a web page.gif", b"GIF89a<script>alert(1)</script>"),
    ],
    ids=named,
)
def test_what_no_program_saves_in_good_faith_is_left_out(name: str, content: bytes) -> None:
    assert not taken(name, content)


def told(name: str, content: bytes) -> list[Note]:
    """What the author of a file is told."""
    shelf = Shelf(8, 8 << 20, None)
    shelf.take(0, name, content)
    return shelf.left_out


def test_an_animation_of_the_usual_size_is_taken_up_to_its_own_limit_and_the_author_reads_the_number() -> None:
    """matplotlib's are 640 x 480; 82 frames of that were too many when pictures and animations had one limit."""
    assert 640 * 480 * 406 <= MAX_MOVING_PIXELS < 640 * 480 * 407
    frame = b"," + struct.pack("<HHHHB", 0, 0, 640, 480, 0) + b"\x02\x02L\x01\x00"
    head = b"GIF89a" + struct.pack("<HHBBB", 640, 480, 0, 0, 0)
    for frames in (82, 200, 406):
        assert told("a.gif", head + frame * frames + b";") == []
    assert told("a.gif", head + frame * 407 + b";") == [Note("left_frames", ("125", "a.gif"))]
    assert told("a.png", apng(126, 126)) == [Note("left_frames", ("125", "a.png"))]


def test_a_frame_may_not_be_larger_than_a_picture_and_its_author_reads_the_number() -> None:
    """A viewer holds a whole frame, however few there are."""
    refused = [Note("left_pixels", ("25", "a.gif"))]
    assert told("a.gif", gif(5, 5000, 1)) == []
    assert told("a.gif", gif(2, 5001, 1)) == refused
    assert told("a.gif", gif(1, 1, 1, corner=5000)) == refused
    assert told("a.png", apng(2, 2, side=5001)) == [Note("left_pixels", ("25", "a.png"))]
    assert told("a.jpg", jpeg(26)) == [Note("left_pixels", ("25", "a.jpg"))]
    assert told("a.jpg", gif(1, 9, 9)) == [Note("left_picture", ("a.jpg",))]


def test_the_limit_is_met_to_the_pixel() -> None:
    assert taken("a.png", png(5000, 5000))
    assert MAX_PIXELS == 5000 * 5000
    assert not taken("a.png", png(5000, 5001))


@pytest.mark.parametrize("kind", ["png", "gif", "jpeg"])
def test_a_file_cut_off_anywhere_is_read_as_far_as_it_goes_or_refused(kind: str) -> None:
    whole = saved(kind)
    for length in [*range(60), *range(60, len(whole), 97)]:
        try:
            assert pictures.read(whole[:length]).work == 20_000
        except NotAPicture:
            assert length < 700  # its header is missing


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("chunks.png", png(9, 9) + chunk(b"tEXt", b"") * 600_000),
        ("pieces.gif", gif(1, 9, 9)[:-1] + b"\x21\xfe" + b"\x01x" * 4_000_000),
        ("frames.gif", gif(500_000, 1, 1)),
        ("frames that are taken.gif", gif(24_999, 50, 1)),
        ("segments.jpg", jpeg(1, side=1)[:-2] + segment(0xFE) * 2_000_000),
        ("segments of no length.jpg", jpeg(1, side=1)[:-2] + b"\xff\xe0\0\0" * 2_000_000),
        ("data.jpg", jpeg(1, side=1)[:-2] + b"\xff\x00" * 4_000_000),
        ("filling.jpg", jpeg(1, side=1)[:-2] + b"\xff" * 8_000_000),
    ],
    ids=named,
)
def test_a_look_at_the_worst_file_stays_cheap(name: str, content: bytes) -> None:
    before = time.process_time()
    Shelf(8, 9 << 20, None).take(0, name, content)
    assert time.process_time() - before < 1
